"""`python -m crf2tlf.spec check STUDY`: every fault of every spec file, before any data is opened."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from crf2tlf.errors import Crf2tlfError, SpecError
from crf2tlf.spec.kept import compute_spec_key, write_kept_study
from crf2tlf.spec.load import read_study
from crf2tlf.spec.read_outputs import read_outputs
from crf2tlf.spec.resolved import write_resolved_spec


def main(arguments: Sequence[str] | None = None) -> int:
    """Check a study's spec and write it resolved to build/<study>/spec; 0 right, 1 faults, 2 a wrong call."""
    parser = argparse.ArgumentParser(prog="python -m crf2tlf.spec", allow_abbrev=False)
    parser.add_argument("command", choices=("check",))
    parser.add_argument("study", metavar="STUDY")
    parser.add_argument("--build", metavar="DIR", type=Path, default=Path("build"))
    given = parser.parse_args(arguments)
    try:
        # Before the files are read: what changes after that is then not taken for checked.
        key = compute_spec_key(given.study, Path.cwd())
        study, faults = read_study(given.study, Path.cwd())
        outputs, faults_of_outputs = read_outputs(study)
        if faults or faults_of_outputs:
            raise SpecError([*faults, *faults_of_outputs])
        folder = given.build / study.name / "spec"
        write_resolved_spec(study, folder)
        write_kept_study(folder, key, study)
    except Crf2tlfError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    datasets = len(study.sdtm) + len(study.adam)
    variables = sum(1 for each in (*study.sdtm.values(), *study.adam.values()) for _ in each.all_variables())
    counts = f"{datasets} datasets, {variables} variables, {len(study.codelists)} codelists, {len(outputs)} displays"
    print(f"check: {study.name} is right: {counts}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
