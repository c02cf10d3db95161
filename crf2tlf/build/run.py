"""One run of a stage: which steps are due, how each ends, and the records of it."""

from __future__ import annotations

import time
from collections import Counter
from concurrent.futures import FIRST_COMPLETED, Future, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

from crf2tlf.build.fingerprint import (
    ContentHashes,
    Fingerprint,
    Fingerprints,
    explain_change,
    library_versions,
    project_version,
)
from crf2tlf.build.folder import label_path, remove_leftovers
from crf2tlf.build.pool import Outcome, Workers, outcome_of, run_step
from crf2tlf.build.report import Console, Log, built_line, clock, tell, tell_error, write_run_record
from crf2tlf.build.stamps import Stamp, read_stage_stamps, read_stamp, remove_step, write_stamp
from crf2tlf.build.steps import Step
from crf2tlf.errors import Context, UnreadableFile


@dataclass(frozen=True)
class RunSummary:
    """How a run ended: step names by what became of them (`failed` with the error's text), rows and counts of all.

    `rows` and `notes` cover the steps built and kept.
    """

    stage: str
    study: str
    built: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    failed: dict[str, str] = field(default_factory=dict)
    not_run: tuple[str, ...] = ()
    rows: dict[str, int] = field(default_factory=dict)
    notes: dict[str, int] = field(default_factory=dict)
    seconds: float = 0.0

    @property
    def exit_code(self) -> int:
        """0 when everything is built or kept, 1 when a step failed."""
        return 1 if self.failed else 0


class Run:
    """One run of a stage: the state that its parts share."""

    def __init__(
        self,
        stage: str,
        study: str,
        steps: dict[str, Step],
        before: dict[str, tuple[str, ...]],
        build_folder: Path,
        force: bool,
    ) -> None:
        self.stage, self.study, self.steps, self.before = stage, study, steps, before
        self.build_folder, self.force = build_folder, force
        self.hashes = ContentHashes()
        self.fingerprints = Fingerprints(build_folder, self.hashes)
        self.log = Log(build_folder, stage)
        self.built: dict[str, Stamp] = {}
        self.kept: dict[str, Stamp] = {}
        self.failed: dict[str, str] = {}
        self.not_run: dict[str, str] = {}
        self.seconds: dict[str, float] = {}
        self.started = clock()
        self.clock = time.perf_counter()

    def clean(self) -> None:
        """Remove what a killed build left, and the outputs that no step writes any more."""
        leftovers = remove_leftovers(self.build_folder)
        present = frozenset(
            label_path(path, self.build_folder) for step in self.steps.values() for path in step.outputs
        )
        removed = []
        for stamp in read_stage_stamps(self.build_folder, self.stage):
            if stamp.step not in self.steps:
                removed += remove_step(self.build_folder, stamp, spare=present)
        self.log.write("start", study=self.study, steps=len(self.steps), leftovers=leftovers, removed=removed)
        for label in removed:
            tell(f"removed {label}, which no step of {self.stage} writes any more")

    def build(self, jobs: int, quiet: bool) -> None:
        """Go through the steps in their order; those that do not need each other run side by side.

        Of the steps that can begin the one that the stage named first does: what steps share in a worker process
        serves those that stand side by side.
        """
        due = self.list_due()
        place = {name: number for number, name in enumerate(self.steps)}
        with Workers(min(jobs, len(due))) as workers, Console(self.stage, len(due), quiet) as console:
            order = TopologicalSorter(self.before)
            order.prepare()
            running: dict[Future[Outcome], tuple[Step, Fingerprint]] = {}
            waiting: list[str] = []
            while order.is_active():
                waiting = sorted([*waiting, *order.get_ready()], key=place.__getitem__)
                # Without workers a step has ended when it is begun: its stamp is written before the next one begins.
                while waiting and not any(future.done() for future in running):
                    step = self.steps[waiting.pop(0)]
                    begun = self.begin(step, step.name in due, workers, console)
                    if begun is None:
                        order.done(step.name)
                    else:
                        running[begun[0]] = (step, begun[1])
                ended = wait(running, return_when=FIRST_COMPLETED).done if running else set()
                for future in sorted(ended, key=lambda done: running[done][0].name):
                    step, fingerprint = running.pop(future)
                    self.end(step, fingerprint, outcome_of(future, step, self.study), console)
                    order.done(step.name)

    def list_due(self) -> set[str]:
        """The steps that are due, or may become so because a step before them is."""
        due: set[str] = set()
        for name, needs in self.before.items():
            if due.intersection(needs) or self.check_kept(self.steps[name], self.fingerprint(name)) is None:
                due.add(name)
        return due

    def fingerprint(self, name: str) -> Fingerprint:
        """The fingerprint of a step as the files are now."""
        step = self.steps[name]
        return self.fingerprints.of(step, tuple(self.steps[need] for need in sorted(step.needs)))

    def check_kept(self, step: Step, fingerprint: Fingerprint) -> Stamp | None:
        """The stamp of a step whose outputs are what building it now would give, else None."""
        stamp = None if self.force else read_stamp(self.build_folder, step.name)
        if stamp is None or stamp.fingerprint != fingerprint:
            return None
        return stamp if stamp.outputs == self.fingerprints.written(step) else None

    def begin(
        self, step: Step, is_due: bool, workers: Workers, console: Console
    ) -> tuple[Future[Outcome], Fingerprint] | None:
        """Start a step; None when there is nothing to wait for: it is kept, fails at once or cannot be run."""
        blocked = [name for name in self.before[step.name] if name in self.failed or name in self.not_run]
        if blocked:
            self.leave(step, f"needs {', '.join(blocked)}", console)
            return None
        fingerprint = self.fingerprint(step.name)
        kept = self.check_kept(step, fingerprint)
        if kept is not None:
            self.keep(kept, is_due, console)
            return None
        missing = [path for path in step.inputs if path not in step.optional and self.hashes.of(path) is None]
        if missing:
            self.fail(step, self.missing_input(step, missing[0]), console)
            return None
        console.begin(step.name)
        try:
            return workers.executor.submit(run_step, step, self.study, self.build_folder), fingerprint
        except BrokenProcessPool:
            self.leave(step, "the worker processes were ended from outside", console)
            return None

    def missing_input(self, step: Step, path: Path) -> Outcome:
        """The outcome of a step that cannot be run because an input file is not there."""
        fix = "put the file there, or name its folder with RAW= (--raw) where it is raw data"
        context = Context(study=self.study, dataset=step.name, fix=fix)
        return Outcome(error=str(UnreadableFile(f"there is no {label_path(path, self.build_folder)}", context)))

    def keep(self, stamp: Stamp, is_due: bool, console: Console) -> None:
        """Note that a step is up to date."""
        self.kept[stamp.step] = stamp
        self.log.write("kept", step=stamp.step)
        if is_due:
            console.end(stamp.step, "")

    def end(self, step: Step, fingerprint: Fingerprint, outcome: Outcome, console: Console) -> None:
        """Note how a step ended: its stamp when it was built, its error when it failed."""
        self.hashes.forget(step.outputs)
        if outcome.error:
            self.fail(step, outcome, console)
            return
        old = read_stamp(self.build_folder, step.name)
        if old is not None:
            remove_step(self.build_folder, old, spare=frozenset(outcome.outputs))
        stamp = Stamp(step.name, fingerprint, outcome.outputs, outcome.rows, outcome.notes)
        write_stamp(self.build_folder, stamp)
        self.built[step.name], self.seconds[step.name] = stamp, outcome.seconds
        reason = explain_change(old.fingerprint, fingerprint) if old else "never built"
        seconds = round(outcome.seconds, 3)
        self.log.write("built", step=step.name, rows=outcome.rows, notes=outcome.notes, seconds=seconds, reason=reason)
        console.end(step.name, built_line(step.name, outcome.rows, outcome.seconds))

    def fail(self, step: Step, outcome: Outcome, console: Console) -> None:
        """Note that a step failed, and remove what it wrote now or before."""
        self.failed[step.name], self.seconds[step.name] = outcome.error, outcome.seconds
        self.discard(step)
        self.log.write("failed", step=step.name, error=outcome.error, trace=outcome.trace)
        if outcome.trace:
            tell_error(outcome.trace)
        console.end(step.name, f"{step.name}  failed")

    def leave(self, step: Step, reason: str, console: Console) -> None:
        """Note that a step is not run, and remove what it wrote before."""
        self.not_run[step.name] = reason
        self.discard(step)
        self.log.write("not run", step=step.name, reason=reason)
        console.end(step.name, f"{step.name}  not run: {reason}")

    def discard(self, step: Step) -> None:
        """Remove the outputs and the stamp of a step, so that nobody reads what is out of date."""
        labels = {label_path(path, self.build_folder): "" for path in step.outputs}
        old = read_stamp(self.build_folder, step.name)
        remove_step(self.build_folder, Stamp(step.name, {}, labels | (old.outputs if old else {})))
        self.hashes.forget(step.outputs)

    def stop(self) -> None:
        """Put away an interrupted run: no unfinished file stays, and run.json says that it was stopped."""
        remove_leftovers(self.build_folder)
        self.log.write("stopped")
        write_run_record(self.build_folder, self.study, self.stage, self.record("stopped"))

    def finish(self) -> RunSummary:
        """Close the log and write run.json; returns how the run ended."""
        summary = self.summary()
        self.log.write("end", built=len(self.built), failed=len(self.failed), seconds=round(summary.seconds, 3))
        record = self.record("failed" if self.failed else "complete")
        write_run_record(self.build_folder, self.study, self.stage, record)
        return summary

    def summary(self) -> RunSummary:
        """What became of the steps, in their order."""
        done = {name: stamp for name in self.before if (stamp := self.built.get(name) or self.kept.get(name))}
        rows, notes = Counter[str](), Counter[str]()
        for stamp in done.values():
            rows.update(stamp.rows)
            notes.update(stamp.notes)
        return RunSummary(
            self.stage,
            self.study,
            built=tuple(name for name in self.before if name in self.built),
            kept=tuple(name for name in self.before if name in self.kept),
            failed={name: self.failed[name] for name in self.before if name in self.failed},
            not_run=tuple(name for name in self.before if name in self.not_run),
            rows=dict(rows),
            notes=dict(notes),
            seconds=time.perf_counter() - self.clock,
        )

    def record(self, status: str) -> dict[str, Any]:
        """The run as run.json holds it."""
        done = self.built | self.kept
        inputs = {label: value for stamp in done.values() for label, value in stamp.fingerprint["inputs"].items()}
        return {
            "status": status,
            "started": self.started,
            "ended": clock(),
            "seconds": round(time.perf_counter() - self.clock, 3),
            "versions": {"crf2tlf": project_version(), **library_versions()},
            "inputs": dict(sorted(inputs.items())),
            "steps": {name: self.record_step(name) for name in self.before},
        }

    def record_step(self, name: str) -> dict[str, Any]:
        """One step as run.json holds it: status, seconds spent in this run, rows and counts."""
        seconds = round(self.seconds.get(name, 0.0), 3)
        if name in self.failed:
            return {"status": "failed", "seconds": seconds, "error": self.failed[name]}
        if name in self.not_run:
            return {"status": "not run", "seconds": seconds, "error": self.not_run[name]}
        stamp = self.built.get(name) or self.kept.get(name)
        if stamp is None:
            return {"status": "stopped", "seconds": seconds}
        status = "built" if name in self.built else "kept"
        return {"status": status, "seconds": seconds, "rows": stamp.rows, "notes": stamp.notes}
