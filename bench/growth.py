"""SDTM and the efficacy datasets of ADaM as the number of subjects grows: time, memory, and rows a second by dataset.

    python bench/growth.py [--study fulpyr] [--subjects 500,5000,50000] [--stages sdtm,efficacy] [--jobs 2]

The raw data of the synthetic study are made first (bench/synthetic.py measures that). `efficacy` is ADSL, ADRS and
ADTTE with what they read (bench/efficacy.py), `adam` the whole stage. Each runs in a process of its own into an empty
build folder. Memory is that of the largest process. Prints a table a size, the exponent of the growth of CPU time with
the rows (1 is linear), and one line of JSON. 50,000 subjects need some 40 GB of disk.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
Measurement = dict[str, Any]


def run(command: list[str]) -> tuple[float, float, float]:
    """Wall seconds, CPU seconds of all its processes, and MB of the largest one."""
    before = os.times()
    started = time.perf_counter()
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen([sys.executable, *command], cwd=ROOT, stdout=subprocess.DEVNULL, env=environment)
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - started
    after = os.times()
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(command)} failed with exit code {process.returncode}")
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    return wall, cpu, usage.ru_maxrss / 1024


def steps_of(build: Path, stage: str) -> tuple[dict[str, float], dict[str, int]]:
    """Seconds and rows by dataset, as the run itself recorded them; the blocks of a dataset are added up."""
    record = json.loads((build / "run.json").read_text(encoding="utf-8"))["stages"][stage]
    seconds: dict[str, float] = {}
    rows: dict[str, int] = {}
    for name, step in record["steps"].items():
        dataset = name.split("/", 1)[1].split(".")[0]
        seconds[dataset] = seconds.get(dataset, 0.0) + step["seconds"]
        rows.update(step.get("rows", {}))
    return seconds, rows


def measure(study: str, subjects: int, stages: list[str], jobs: int, folder: Path | None) -> list[Measurement]:
    """One size: all stages."""
    found = []
    with tempfile.TemporaryDirectory(dir=folder) as name:
        raw, build = Path(name) / "raw", Path(name) / "build"
        run(["-m", "synthetic", study, "--subjects", str(subjects), "--no-faults", "--out", str(raw)])
        for stage in stages:
            options = [study, "--build", str(build), "--jobs", str(jobs), "--quiet", "--raw", str(raw)]
            command = ["bench/efficacy.py", study, str(build), "--jobs", str(jobs)]
            wall, cpu, peak = run(command if stage == "efficacy" else ["-m", stage, *options])
            seconds, rows = steps_of(build / study, "adam" if stage == "efficacy" else stage)
            found.append(
                {
                    "study": study,
                    "subjects": subjects,
                    "stage": stage,
                    "wall": round(wall, 1),
                    "cpu": round(cpu, 1),
                    "peak_mb": round(peak),
                    "rows": sum(rows.values()),
                    "datasets": {
                        dataset: {"rows": rows[dataset], "seconds": round(seconds[dataset], 2)}
                        for dataset in sorted(rows)
                        if dataset in seconds
                    },
                }
            )
    return found


def show(each: Measurement, named: list[str]) -> None:
    """One stage of one size as lines."""
    print(
        f"{each['study']:8} {each['stage']:8} {each['subjects']:7,} subjects {each['rows']:12,} rows"
        f" {each['wall']:8.1f} s wall {each['cpu']:8.1f} s CPU {each['peak_mb']:6,} MB"
        f" {each['rows'] / each['cpu']:9,.0f} rows a CPU second",
        flush=True,
    )
    of = {name: told for name, told in each["datasets"].items() if told["rows"]}
    print(
        "   " + "  ".join(f"{name} {told['rows'] / max(told['seconds'], 0.01):,.0f}/s" for name, told in of.items()),
        flush=True,
    )
    chosen = [of[name]["seconds"] for name in named if name in of]
    if chosen and each["stage"] != "sdtm":
        print(f"   {', '.join(named)} together: {sum(chosen):.1f} s", flush=True)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="SDTM and ADaM as the number of subjects grows")
    parser.add_argument("--study", default="fulpyr")
    parser.add_argument("--subjects", default="500,5000,50000")
    parser.add_argument("--stages", default="sdtm,efficacy", help="of sdtm, efficacy and adam, in that order")
    parser.add_argument("--datasets", default="ADSL,ADRS,ADTTE", help="whose time together is shown")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--folder", type=Path, default=None, help="where the files are written")
    given = parser.parse_args()
    results, stages = [], given.stages.split(",")
    for number in given.subjects.split(","):
        for each in measure(given.study, int(number), stages, given.jobs, given.folder):
            results.append(each)
            show(each, given.datasets.split(","))
    for stage in stages:
        sizes = [each for each in results if each["stage"] == stage]
        if len(sizes) > 1:
            first, last = sizes[0], sizes[-1]
            growth = math.log(last["cpu"] / first["cpu"]) / math.log(last["rows"] / first["rows"])
            print(f"{stage}: growth of the CPU time with the rows: exponent {growth:.2f}")
    print(json.dumps({"results": results}))


if __name__ == "__main__":
    main()
