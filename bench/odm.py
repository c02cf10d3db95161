"""How fast ODM-XML is read, and in how much memory beyond that of the tables.

    python bench/odm.py [--values 100000,1000000,3000000] [--folder DIR]

The files have 3 item groups of 10 items at 20 visits a subject. Each reading is a process of its own. `pass` is the
peak memory of a pass over the file that keeps no table, which is flat; `peak` that of a reading with its tables. Both
are beyond that of a process that reads a file of one subject. Prints a table and one line of JSON.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from crf2tlf.tables import read_odm  # noqa: E402

GROUPS, ITEMS, VISITS = ("VS", "LB", "AE"), 10, 20
HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<ODM xmlns="http://www.cdisc.org/ns/odm/v1.3" FileType="Snapshot"'
    ' FileOID="bench" CreationDateTime="2024-01-01T00:00:00">\n<ClinicalData StudyOID="S" MetaDataVersionOID="1">\n'
)
TAIL = "</ClinicalData>\n</ODM>\n"


def subject_text(number: int) -> str:
    """A subject with 600 values."""
    lines = [f'<SubjectData SubjectKey="{number:06d}">', f'<SiteRef LocationOID="{number % 20:02d}"/>']
    for visit in range(VISITS):
        lines.append(f'<StudyEventData StudyEventOID="C{visit}D1" StudyEventRepeatKey="1">')
        for group in GROUPS:
            lines.append(f'<FormData FormOID="F.{group}" FormRepeatKey="1">')
            lines.append(f'<ItemGroupData ItemGroupOID="IG.{group}" ItemGroupRepeatKey="1">')
            lines += [
                f'<ItemData ItemOID="{group}.I{item}" Value="{(number * 7 + item * 13 + visit) % 997 / 10}"/>'
                for item in range(ITEMS)
            ]
            lines.append("</ItemGroupData></FormData>")
        lines.append("</StudyEventData>")
    return "\n".join([*lines, "</SubjectData>", ""])


def write_file(path: Path, values: int) -> None:
    """A file with at least so many values."""
    with path.open("w", encoding="utf-8") as stream:
        stream.write(HEAD)
        for number in range(max(1, -(-values // (len(GROUPS) * ITEMS * VISITS)))):
            stream.write(subject_text(number))
        stream.write(TAIL)


def read_here(path: Path, nothing: bool) -> dict[str, Any]:
    """One reading: seconds, records, and the memory of the tables in MB."""
    started = time.perf_counter()
    tables = read_odm(path, () if nothing else None)
    seconds = time.perf_counter() - started
    frames = [table.frame for table in tables.values()]
    size = sum(int(frame.memory_usage(deep=True).sum()) for frame in frames)
    return {"seconds": round(seconds, 2), "records": sum(map(len, frames)), "tables_mb": size / 1e6}


def measure(path: Path, *options: str) -> dict[str, Any]:
    """One reading in a process of its own, with its peak memory in MB."""
    process = subprocess.Popen(
        [sys.executable, __file__, "--read", str(path), *options], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    printed = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"reading {path} failed with exit code {process.returncode}")
    return json.loads(printed) | {"peak_mb": usage.ru_maxrss / 1024}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Read ODM-XML files")
    parser.add_argument("--values", default="100000,1000000,3000000", help="numbers of ItemData")
    parser.add_argument("--folder", type=Path, default=None, help="where the files are written")
    parser.add_argument("--read", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--nothing", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.read:
        print(json.dumps(read_here(given.read, given.nothing)))
        return
    results = []
    with tempfile.TemporaryDirectory(dir=given.folder) as name:
        path = Path(name) / "odm.xml"
        write_file(path, 1)
        base = measure(path)["peak_mb"]
        titles = ("values", "file MB", "seconds", "values/s", "peak MB", "pass MB", "tables MB")
        print(" ".join(f"{title:>10}" for title in titles))
        for number in (int(text) for text in given.values.split(",")):
            write_file(path, number)
            each = measure(path) | {"values": number, "file_mb": path.stat().st_size / 1e6}
            each["pass_mb"] = measure(path, "--nothing")["peak_mb"] - base
            each["peak_mb"] -= base
            results.append(each)
            print(
                f"{number:10,} {each['file_mb']:10.0f} {each['seconds']:10.1f} {number / each['seconds']:10,.0f}"
                f" {each['peak_mb']:10.0f} {each['pass_mb']:10.0f} {each['tables_mb']:10.0f}",
                flush=True,
            )
    print(json.dumps({"base_mb": base, "results": results}))


if __name__ == "__main__":
    main()
