"""Builds what is due of a stage's steps and keeps the rest."""

from __future__ import annotations

import contextlib
import os
import signal
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import FrameType

from crf2tlf.build.folder import lock_folder
from crf2tlf.build.report import count_text, tell, tell_error
from crf2tlf.build.run import Run, RunSummary
from crf2tlf.build.steps import Step, order_steps

__all__ = ["RunSummary", "run_steps"]

# What people count in these stages; elsewhere they count steps.
DATASET_STAGES = frozenset({"sdtm", "adam"})


def run_steps(
    stage: str,
    study: str,
    steps: Sequence[Step],
    *,
    build_folder: Path,
    jobs: int | None = None,
    quiet: bool = False,
    force: bool = False,
) -> RunSummary:
    """Bring the outputs of a stage's steps up to date and say what was built, kept, failed and not run.

    `build_folder` is the study's own (`build/<study>`). A step is built when its fingerprint (content of inputs and
    code, key, versions) or the content of an output is not what its stamp says, or with `force`; at most `jobs`
    steps run side by side (None: one per processor). Outputs of steps that no longer exist are removed. A step that
    fails leaves no output behind, nor do the steps that need it, so no later stage reads what is out of date; the
    others are finished, and all errors are printed at the end.

    Raises ProgramError for steps that cannot be ordered or that would write elsewhere, UsageError when another build
    holds the folder, KeyboardInterrupt and SystemExit(143) after a clean stop.
    """
    before = order_steps(stage, study, steps, build_folder)
    with stop_on_termination(), lock_folder(build_folder, tell):
        run = Run(stage, study, {step.name: step for step in steps}, before, build_folder, force)
        try:
            run.clean()
            run.build(jobs or available_processors(), quiet)
        except BaseException:
            run.stop()
            raise
        summary = run.finish()
    tell_summary(summary)
    return summary


def available_processors() -> int:
    """The number of processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextlib.contextmanager
def stop_on_termination() -> Iterator[None]:
    """Turn SIGTERM into SystemExit(143) within the block, so that everything is put away first."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(_number: int, _frame: FrameType | None) -> None:
        raise SystemExit(143)

    previous = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, previous)


def tell_summary(summary: RunSummary) -> None:
    """Print how a run ended: one line of counts, the counts that steps noted, and all errors."""
    tell(summary_line(summary))
    for note, count in sorted(summary.notes.items()):
        tell(f"  {note}: {count:,}")
    for text in summary.failed.values():
        tell_error(text)


def summary_line(summary: RunSummary) -> str:
    """The counts of a run: 'sdtm: built 3 steps, kept 11, 1.2 s', 'sdtm: nothing to do: 14 datasets are up to date'."""
    if not (summary.built or summary.failed or summary.not_run):
        count, noun = len(summary.kept), "step"
        if summary.stage in DATASET_STAGES and summary.rows:
            count, noun = len(summary.rows), "dataset"
        verb = "is" if count == 1 else "are"
        return f"{summary.stage}: nothing to do: {count_text(count, noun)} {verb} up to date"
    parts = [f"built {count_text(len(summary.built), 'step')}"]
    parts += [f"kept {len(summary.kept)}"] if summary.kept else []
    parts += [f"{len(summary.failed)} failed"] if summary.failed else []
    parts += [f"{len(summary.not_run)} not run"] if summary.not_run else []
    return f"{summary.stage}: {', '.join(parts)}, {summary.seconds:.1f} s"
