"""The command line that every stage shares: `python -m sdtm STUDY`."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from crf2tlf.build.folder import absolute
from crf2tlf.build.report import tell_error
from crf2tlf.build.runner import run_steps
from crf2tlf.build.steps import Step
from crf2tlf.errors import Crf2tlfError, UsageError, did_you_mean

SPECS = Path("specs")
STUDY_FILE = "study.yaml"


@dataclass(frozen=True)
class Options:
    """What a stage was called with.

    `specs` is the folder of all specs (`specs`), `build_folder` the study's own (`build/<study>`), `raw` the folder
    of the raw extract where it is not the study's own.
    """

    stage: str
    study: str
    specs: Path
    build_folder: Path
    raw: Path | None = None
    jobs: int | None = None
    quiet: bool = False
    force: bool = False

    @property
    def study_folder(self) -> Path:
        """The folder of the study's spec: `specs/<study>`."""
        return self.specs / self.study


def main(stage: str, plan: Callable[[Options], Sequence[Step]], arguments: Sequence[str] | None = None) -> int:
    """Run the stage that `plan` lays out, with the arguments of the command line; returns the exit code.

    0 everything is up to date, 1 faults of spec, data or program, 2 a wrong call, 130 and 143 stopped by Ctrl-C and
    SIGTERM. Errors are printed to the standard error stream.
    """
    try:
        options = read_options(stage, arguments)
        steps = plan(options)
        summary = run_steps(
            stage,
            options.study,
            steps,
            build_folder=options.build_folder,
            jobs=options.jobs,
            quiet=options.quiet,
            force=options.force,
        )
    except Crf2tlfError as error:
        tell_error(str(error))
        return error.exit_code
    except KeyboardInterrupt:
        tell_error(f"{stage}: stopped; the next run goes on from here")
        return 130
    except SystemExit as stopped:
        if stopped.code == 143:
            tell_error(f"{stage}: stopped; the next run goes on from here")
        return stopped.code if isinstance(stopped.code, int) else 1
    return summary.exit_code


def read_options(stage: str, arguments: Sequence[str] | None = None) -> Options:
    """The options of a stage's command line; raises UsageError for an unknown study or folder, SystemExit(2) else."""
    parser = argparse.ArgumentParser(prog=f"python -m {stage}", allow_abbrev=False)
    parser.add_argument("study", metavar="STUDY", help="the name of a folder in specs/")
    parser.add_argument("--raw", metavar="DIR", type=Path, help="the raw extract, where it is not the study's own")
    parser.add_argument("--build", metavar="DIR", type=Path, default=Path("build"), help="where results go (build)")
    parser.add_argument("--jobs", metavar="N", type=_positive, help="steps side by side (one per processor)")
    parser.add_argument("--force", action="store_true", help="build everything, also what is up to date")
    parser.add_argument("--quiet", action="store_true", help="plain lines, for logs")
    given = parser.parse_args(arguments)
    check_study(given.study)
    if given.raw is not None and not given.raw.is_dir():
        raise UsageError(f"there is no folder {given.raw} (--raw, RAW=)")
    folder = given.build / given.study
    if absolute(SPECS).resolve() in absolute(folder).resolve().parents:
        raise UsageError(f"{folder} is a folder of specs; choose another folder for results (--build)")
    return Options(stage, given.study, SPECS, folder, given.raw, given.jobs, given.quiet, given.force)


def check_study(study: str, specs: Path = SPECS) -> None:
    """Raise UsageError, naming the studies there are, for a study without a spec."""
    if not specs.is_dir():
        raise UsageError(f"there is no folder '{specs}' here; run this from the project's root")
    known = list_studies(specs)
    if study not in known:
        listed = ", ".join(known) or "none"
        hint = did_you_mean(study, known)
        raise UsageError(f"there is no study '{study}'" + (f"; {hint}" if hint else "") + f"\nstudies: {listed}")


def list_studies(specs: Path = SPECS) -> list[str]:
    """The names of the studies that have a spec, sorted."""
    return sorted(path.parent.name for path in specs.glob(f"*/{STUDY_FILE}"))


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError
    return number
