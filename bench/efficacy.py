"""ADSL, ADRS and ADTTE, with the datasets that they read, from the SDTM files of a build folder.

    python bench/efficacy.py STUDY BUILD [--datasets ADSL,ADRS,ADTTE] [--jobs 2]

Runs only the steps of the stage that these datasets need. BUILD is as of `--build`. bench/growth.py measures it.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from adam.stage import plan
from crf2tlf.build import Options, Step, run_steps
from crf2tlf.build.steps import order_steps


def needed_steps(steps: list[Step], study: str, build: Path, datasets: set[str]) -> list[Step]:
    """The steps of the datasets and all that come before them, in the order of the plan."""
    before = order_steps("adam", study, steps, build)
    waiting = [step.name for step in steps if step.name.removeprefix("adam/") in datasets]
    needed: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name not in needed:
            needed.add(name)
            waiting.extend(before[name])
    return [step for step in steps if step.name in needed]


def main() -> int:
    """Build the datasets."""
    parser = argparse.ArgumentParser(description="the datasets of efficacy, from SDTM files")
    parser.add_argument("study")
    parser.add_argument("build", type=Path)
    parser.add_argument("--datasets", default="ADSL,ADRS,ADTTE")
    parser.add_argument("--jobs", type=int, default=2)
    given = parser.parse_args()
    build = given.build / given.study
    steps = plan(Options("adam", given.study, Path("specs"), build))
    chosen = needed_steps(steps, given.study, build, set(given.datasets.split(",")))
    return 1 if run_steps("adam", given.study, chosen, build_folder=build, jobs=given.jobs, quiet=True).failed else 0


if __name__ == "__main__":
    sys.exit(main())
