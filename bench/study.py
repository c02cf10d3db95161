"""The whole study end to end, stage by stage: wall seconds, CPU seconds and peak memory of each.

    python bench/study.py [STUDY] [--subjects N] [--repeat N] [--json FILE]

With --subjects the raw data of a synthetic study are made first, without faults, and not measured. Each stage runs in
a process of its own into an empty build folder, as make runs it; the second run of each stage, with nothing to do, is
timed too. Run it from the project's root.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path

STAGES = ("crf2tlf.spec", "sdtm", "adam", "tlf", "define", "qc", "submission")


@dataclass(frozen=True)
class Measured:
    """What one stage took; memory is the largest process's, in MB."""

    stage: str
    wall: float
    cpu: float
    peak_mb: float
    again: float


def measure(stage: str, study: str, build: Path, raw: Path | None) -> Measured:
    """Run a stage twice and measure both runs."""
    command = [sys.executable, "-m", stage, *(["check"] if stage == "crf2tlf.spec" else []), study]
    command += ["--build", str(build), *([] if stage == "crf2tlf.spec" else ["--quiet"])]
    command += ["--raw", str(raw)] if raw is not None and stage != "crf2tlf.spec" else []
    wall, cpu, peak = _run(command)
    again, _, _ = _run(command)
    return Measured(stage, wall, cpu, peak, again)


def make_raw(study: str, subjects: int, folder: Path) -> Path:
    """The raw data of a synthetic study."""
    raw = folder / "raw"
    options = [study, "--subjects", str(subjects), "--no-faults", "--out", str(raw)]
    _run([sys.executable, "-m", "synthetic", *options])
    return raw


def _run(command: list[str]) -> tuple[float, float, float]:
    started = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    assert process.stderr is not None
    complaint = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        sys.exit(f"{' '.join(command)} failed:\n{complaint.decode()}")
    return time.perf_counter() - started, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def main() -> None:
    """Measure all stages and print them as a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("study", nargs="?", default="cdiscpilot01")
    parser.add_argument("--subjects", type=int, help="of a synthetic study, whose raw data are made")
    parser.add_argument("--repeat", type=int, default=1, help="whole runs; the fastest of each stage counts")
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    runs = []
    for _ in range(given.repeat):
        with tempfile.TemporaryDirectory() as folder:
            raw = make_raw(given.study, given.subjects, Path(folder)) if given.subjects else None
            runs.append([measure(stage, given.study, Path(folder), raw) for stage in STAGES])
    best = [min(stage, key=lambda measured: measured.wall) for stage in zip(*runs, strict=True)]
    print(f"{'stage':<14}{'wall s':>8}{'CPU s':>8}{'peak MB':>9}{'again s':>9}")
    for each in best:
        print(f"{each.stage:<14}{each.wall:>8.2f}{each.cpu:>8.2f}{each.peak_mb:>9.0f}{each.again:>9.2f}")
    print(f"{'total':<14}{sum(e.wall for e in best):>8.2f}{sum(e.cpu for e in best):>8.2f}")
    if given.json:
        given.json.write_text(json.dumps([asdict(each) for each in best], indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
