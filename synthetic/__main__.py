"""`python -m synthetic STUDY`: the raw data of a synthetic study, with its manifest of faults and its truth."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from crf2tlf.build import Step, StepResult, run_steps
from crf2tlf.build.report import tell_error
from crf2tlf.errors import Crf2tlfError, UsageError
from synthetic.export.run import Order, make_raw
from synthetic.export.settings import FORMATS

SPECS = Path("specs")
INPUTS = ("synthetic.yaml", "raw_forms.yaml", "faults.yaml", "export.yaml")
CODE = ("crf2tlf", "synthetic")


def main(arguments: Sequence[str] | None = None) -> int:
    """Make the raw data where they are not up to date; returns the exit code."""
    try:
        given = read_arguments(arguments)
        order = Order(given.study, given.subjects, given.seed, given.format, not given.no_faults)
        require_study(order.study)
        if given.out is not None:
            rows = make_raw(order, given.out, Path.cwd())
            print(f"{given.out}: {len(rows)} files, {sum(rows.values()):,} rows")
            return 0
        return build_raw(order, given.build / order.study, given.quiet, given.force)
    except Crf2tlfError as error:
        tell_error(str(error))
        return error.exit_code


def read_arguments(arguments: Sequence[str] | None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m synthetic", allow_abbrev=False)
    parser.add_argument("study", metavar="STUDY", help="the name of a folder in specs/ that has a synthetic.yaml")
    parser.add_argument("--subjects", metavar="N", type=at_least_one, help="enrolled subjects (as planned)")
    parser.add_argument("--seed", metavar="S", type=int, help="the seed (that of the spec)")
    parser.add_argument("--format", choices=FORMATS, help="the format of the files (that of the spec)")
    parser.add_argument("--no-faults", action="store_true", help="plant no faults")
    parser.add_argument("--out", metavar="DIR", type=Path, help="a folder of its own in place of build/STUDY/raw")
    parser.add_argument("--build", metavar="DIR", type=Path, default=Path("build"), help="where results go (build)")
    parser.add_argument("--force", action="store_true", help="make the data anew, also where they are up to date")
    parser.add_argument("--quiet", action="store_true", help="plain lines, for logs")
    return parser.parse_args(arguments)


def build_raw(order: Order, folder: Path, quiet: bool, force: bool) -> int:
    """The data in the study's build folder, by the step runner."""
    step = Step(
        name="raw/forms",
        run=run_order,
        arguments=(order, folder / "raw"),
        inputs=tuple(SPECS / order.study / name for name in INPUTS),
        key=json.dumps(asdict(order)),
        outputs=(folder / "raw",),
        code=CODE,
    )
    return run_steps("raw", order.study, [step], build_folder=folder, quiet=quiet, force=force).exit_code


def run_order(order: Order, folder: Path) -> StepResult:
    """The step."""
    rows = make_raw(order, folder, Path.cwd())
    faults = rows["manifest.csv"]
    return StepResult(rows={"files": len(rows), "rows": sum(rows.values())}, notes={"faulty cells": faults})


def require_study(study: str) -> None:
    """Raise UsageError for a study that is not synthetic."""
    known = sorted(path.parent.name for path in SPECS.glob("*/synthetic.yaml"))
    if study not in known:
        raise UsageError(f"'{study}' is no synthetic study; those are {', '.join(known) or '(none)'}")


def at_least_one(text: str) -> int:
    """A whole number from 1."""
    number = int(text)
    if number < 1:
        raise ValueError
    return number


if __name__ == "__main__":
    sys.exit(main())
