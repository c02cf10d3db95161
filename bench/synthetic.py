"""How long the raw data of a synthetic study take, and in how much memory, as the number of subjects grows.

    python bench/synthetic.py [--studies fulpyr,pyrws] [--subjects 20,500,5000,50000] [--folder DIR]

Each measurement is a process of its own, `python -m synthetic`, whose files are removed before the next one. The time
of a subject must not grow with their number, and neither may the memory once there is more than one block of them:
the slope of the logarithm of the time over that of the rows, from the second size on, is 1 where the growth is linear.
Prints a table, the slope, and one line of JSON.
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


def measure(study: str, subjects: int, folder: Path) -> Measurement:
    """One run in a process of its own: seconds of wall clock and CPU, peak memory, rows, bytes."""
    with tempfile.TemporaryDirectory(dir=folder) as name:
        out = Path(name) / "raw"
        command = [sys.executable, "-m", "synthetic", study, "--subjects", str(subjects), "--out", str(out)]
        os.sync()
        started = time.perf_counter()
        process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise SystemExit(f"{study} with {subjects} subjects failed with exit code {process.returncode}")
        record = json.loads((out / "raw.json").read_text(encoding="utf-8"))
        size = sum(path.stat().st_size for path in out.rglob("*") if path.is_file())
    files = record["files"]
    return {
        "study": study,
        "subjects": subjects,
        "wall": round(wall, 2),
        "cpu": round(usage.ru_utime + usage.ru_stime, 2),
        "peak_mb": round(usage.ru_maxrss / 1024),
        "rows": sum(rows for name, rows in files.items() if not name.startswith(("truth/", "manifest"))),
        "manifest": files["manifest.csv"],
        "bytes": size,
    }


def slope(results: list[Measurement]) -> float:
    """How fast the CPU time grows with the rows: 1 is linear. The first size is left out: it is all start-up."""
    first, last = results[1], results[-1]
    return math.log(last["cpu"] / first["cpu"]) / math.log(last["rows"] / first["rows"])


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Time and memory of the raw data of a synthetic study")
    parser.add_argument("--studies", default="fulpyr,pyrws")
    parser.add_argument("--subjects", default="20,500,5000,50000", help="numbers of enrolled subjects")
    parser.add_argument("--folder", type=Path, default=None, help="where the files are written (8 GB for 50,000)")
    given = parser.parse_args()
    numbers = [int(number) for number in given.subjects.split(",")]
    everything = []
    for study in given.studies.split(","):
        titles = (
            f"{'subjects':>8} {'wall s':>8} {'CPU s':>8} {'peak MB':>8} {'rows':>12} {'MB':>8} {'CPU ms/subject':>15}"
        )
        print(f"{study:8} {titles}")
        results = []
        for number in numbers:
            each = measure(study, number, given.folder)
            results.append(each)
            print(
                f"{'':8} {number:8,} {each['wall']:8.1f} {each['cpu']:8.1f} {each['peak_mb']:8,} {each['rows']:12,}"
                f" {each['bytes'] / 1e6:8,.0f} {1000 * each['cpu'] / number:15.2f}",
                flush=True,
            )
        if len(results) > 2:
            print(f"{'':8} growth of the CPU time with the rows, {numbers[1]:,} to {numbers[-1]:,} subjects:"
                  f" exponent {slope(results):.2f}")  # fmt: skip
        everything += results
    print(json.dumps({"results": everything}))


if __name__ == "__main__":
    main()
