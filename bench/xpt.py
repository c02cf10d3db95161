"""How fast XPT files are written and read, against pyreadstat and R haven on the same rows and machine.

    python bench/xpt.py [--rows 1000000] [--repeat 3] [--folder DIR] [--only crf2tlf,haven]

The dataset is like LB: 30 variables, 12 numbers and 18 texts. Every measurement is a process of its own that makes or
loads the frame first and then takes the time of the one call; its peak memory is that of the whole process. Prints a
table and one line of JSON, and leaves nothing behind. Tools that are not installed are left out.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from crf2tlf.tables import XptVariable, read_parquet, read_xpt, text_length, write_parquet, write_xpt

TOOLS = ("crf2tlf", "pyreadstat", "haven")
ROWS_PER_SUBJECT = 500
R_SCRIPT = Path(__file__).with_name("xpt.R")
Measurement = dict[str, Any]


def make_frame(rows: int) -> pd.DataFrame:
    """A dataset like LB: constant, coded, long and mostly blank texts; counts, results and days."""
    random = np.random.default_rng(20240101)
    subject, record = np.divmod(np.arange(rows), ROWS_PER_SUBJECT)
    tests = np.array([f"TEST{number:03d}" for number in range(40)])
    test = random.integers(0, len(tests), rows)
    result = np.round(random.lognormal(2, 1, rows), 3)
    day = random.integers(-14, 700, rows)
    date = (np.datetime64("2020-01-01") + (day + subject % 300)).astype(str)
    subjects = np.char.add("STUDY001-", np.char.zfill(subject.astype(str), 7))
    flag = np.array(["", "Y"])
    text = {
        "STUDYID": np.full(rows, "STUDY001"),
        "DOMAIN": np.full(rows, "LB"),
        "USUBJID": subjects,
        "LBSPID": np.char.add("LB-", record.astype(str)),
        "LBTESTCD": tests[test],
        "LBTEST": np.char.add("Laboratory test by the name of ", tests[test]),
        "LBCAT": np.array(["CHEMISTRY", "HEMATOLOGY", "URINALYSIS"])[test % 3],
        "LBORRES": result.astype(str),
        "LBORRESU": np.array(["mmol/L", "U/L", "10^9/L", "g/dL"])[test % 4],
        "LBSTRESC": result.astype(str),
        "LBSTRESU": np.array(["mmol/L", "U/L", "10^9/L", "g/L"])[test % 4],
        "LBNRIND": np.array(["", "LOW", "NORMAL", "HIGH"])[random.integers(0, 4, rows)],
        "LBSPEC": np.array(["SERUM", "BLOOD", "URINE"])[test % 3],
        "LBSTAT": np.array(["", "NOT DONE"])[(random.random(rows) < 0.02).astype(int)],
        "LBLOBXFL": flag[(record < len(tests)).astype(int)],
        "VISIT": np.array(["SCREENING", "CYCLE 1 DAY 1", "UNSCHEDULED"])[record % 3],
        "LBDTC": np.char.add(date, "T08:30"),
        "EPOCH": np.array(["SCREENING", "TREATMENT", "FOLLOW-UP"])[record % 3],
    }
    number = {
        "LBSEQ": record + 1.0,
        "LBSTRESN": np.where(random.random(rows) < 0.05, np.nan, result),
        "LBORNRLO": test / 10,
        "LBORNRHI": test * 2.5,
        "LBSTNRLO": test / 7,
        "LBSTNRHI": test * 3.3,
        "VISITNUM": record % 20 + 1.0,
        "VISITDY": record % 20 * 7.0,
        "LBDY": day.astype(float),
        "LBTPTNUM": np.where(record % 2, 1.0, np.nan),
        "AVAL": result,
        "CHG": random.normal(0, 5, rows),
    }
    frame = {name: pd.Series(values, dtype=pd.StringDtype("pyarrow")) for name, values in text.items()}
    for name in ("LBNRIND", "LBSTAT", "LBLOBXFL"):
        frame[name] = frame[name].replace("", pd.NA)
    return pd.DataFrame(frame | {name: pd.Series(values) for name, values in number.items()}, copy=False)


def variables_of(frame: pd.DataFrame) -> list[XptVariable]:
    """Declared as FDA wants: each text as long as its longest value."""
    return [
        XptVariable(name, "number", 8, f"Label of {name}")
        if frame[name].dtype == np.float64
        else XptVariable(name, "text", text_length(frame[name]), f"Label of {name}")
        for name in frame.columns
    ]


def prepare(rows: int, folder: Path) -> None:
    """The files from which the measured processes load the frame."""
    frame = make_frame(rows)
    write_parquet(folder / "lb.parquet", frame)
    write_xpt(folder / "lb.xpt", frame, name="LB", label="Laboratory Test Results", variables=variables_of(frame))


def measure_here(tool: str, task: str, folder: Path) -> Measurement:
    """One call of a Python tool: seconds of wall clock and CPU."""
    import pyreadstat

    source, target = folder / "lb.xpt", folder / f"written_{tool}.xpt"
    frame = read_parquet(folder / "lb.parquet") if task == "write" else pd.DataFrame()
    variables = variables_of(frame)
    if tool == "pyreadstat":
        # Its fastest input; from Arrow text it takes about four times as long.
        frame = frame.astype({each.name: object for each in variables if each.type == "text"})
        frame = frame.where(frame.notna(), None)
    wall, cpu = time.perf_counter(), time.process_time()
    if (tool, task) == ("crf2tlf", "write"):
        write_xpt(target, frame, name="LB", label="Laboratory Test Results", variables=variables)
    elif tool == "crf2tlf":
        frame = read_xpt(source).frame
    elif task == "write":
        pyreadstat.write_xport(frame, target, file_format_version=5, table_name="LB")
    else:
        frame, _ = pyreadstat.read_xport(source)
    return {"wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu, "rows": len(frame)}


def measure(tool: str, task: str, folder: Path) -> Measurement:
    """One measurement in a process of its own, with its peak memory in MB."""
    if tool == "haven":
        command = ["Rscript", str(R_SCRIPT), task, str(folder / "lb.xpt"), str(folder / "lb.rds")]
    else:
        command = [sys.executable, __file__, "--measure", tool, task, "--folder", str(folder)]
    for written in (folder / f"written_{tool}.xpt", folder / "lb.rds.xpt"):
        written.unlink(missing_ok=True)
    # Else the disk would still be at work for what was written before.
    os.sync()
    started = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert started.stdout is not None
    printed = started.stdout.read()
    _, status, usage = os.wait4(started.pid, 0)
    started.returncode = os.waitstatus_to_exitcode(status)
    if started.returncode:
        raise SystemExit(f"{tool} {task} failed with exit code {started.returncode}")
    measured: Measurement = json.loads(printed.splitlines()[-1]) if printed.strip() else {}
    return measured | {"tool": tool, "task": task, "peak_mb": round(usage.ru_maxrss / 1024)}


def has_haven() -> bool:
    """Whether R and its package haven are installed."""
    if shutil.which("Rscript") is None:
        return False
    check = ["Rscript", "-e", "quit(status = !requireNamespace('haven', quietly = TRUE))"]
    return subprocess.run(check, capture_output=True, check=False).returncode == 0


def run(rows: int, repeat: int, folder: Path, tools: list[str]) -> list[Measurement]:
    """All measurements; of repeated ones the best."""
    # Nothing large is made in this process: the peak memory of a process that it starts would begin at its own.
    subprocess.run([sys.executable, __file__, "--prepare", "--rows", str(rows), "--folder", str(folder)], check=True)
    if "haven" in tools:
        measure("haven", "prepare", folder)
    results = []
    for task in ("write", "read"):
        for tool in tools:
            measured = [measure(tool, task, folder) for _ in range(repeat)]
            results.append(min(measured, key=lambda each: float(each["cpu"])))
    return results


def report(results: list[Measurement], rows: int, size: int) -> None:
    """The table and the line of JSON."""
    ours = {each["task"]: each for each in results if each["tool"] == "crf2tlf"}
    print(f"{rows:,} rows x 30 variables, {size / 1e6:.0f} MB")
    print(f"{'task':6} {'tool':11} {'wall s':>8} {'CPU s':>8} {'peak MB':>8} {'wall ratio':>11} {'CPU ratio':>10}")
    for each in results:
        base = ours[each["task"]]
        each["wall_ratio"], each["cpu_ratio"] = each["wall"] / base["wall"], each["cpu"] / base["cpu"]
        print(
            f"{each['task']:6} {each['tool']:11} {each['wall']:8.2f} {each['cpu']:8.2f} {each['peak_mb']:8}"
            f" {each['wall_ratio']:11.1f} {each['cpu_ratio']:10.1f}"
        )
    rounded = [
        {key: round(value, 3) if isinstance(value, float) else value for key, value in each.items()} for each in results
    ]
    print(json.dumps({"rows": rows, "variables": 30, "bytes": size, "results": rounded}))


def main() -> None:
    """Measure, print, and remove what was written."""
    parser = argparse.ArgumentParser(description="Write and read XPT files against pyreadstat and R haven")
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--repeat", type=int, default=3, help="measure so many times and take the best")
    parser.add_argument("--only", default=",".join(TOOLS), help="tools to measure; crf2tlf is always among them")
    parser.add_argument("--folder", type=Path, default=None, help="where the files are written")
    parser.add_argument("--measure", nargs=2, metavar=("TOOL", "TASK"), help=argparse.SUPPRESS)
    parser.add_argument("--prepare", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.prepare:
        prepare(arguments.rows, arguments.folder)
        return
    if arguments.measure:
        tool, task = arguments.measure
        print(json.dumps(measure_here(tool, task, arguments.folder)))
        return
    tools = [tool for tool in TOOLS if tool == "crf2tlf" or tool in arguments.only.split(",")]
    if "haven" in tools and not has_haven():
        print("R haven is not installed and left out", file=sys.stderr)
        tools.remove("haven")
    with tempfile.TemporaryDirectory(dir=arguments.folder) as folder:
        results = run(arguments.rows, arguments.repeat, Path(folder), tools)
        report(results, arguments.rows, (Path(folder) / "lb.xpt").stat().st_size)


if __name__ == "__main__":
    main()
