"""Steps small enough to be understood at a glance: each writes what it read, under its own name."""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path

from crf2tlf.build import Step, StepResult, run_steps
from crf2tlf.errors import DataError
from crf2tlf.tables.atomic import atomic_path

LINES = 30


def copy_lines(name: str, inputs: tuple[Path, ...], outputs: tuple[Path, ...], pause: float = 0.0) -> StepResult:
    """Write the content of all inputs to each output, slowly, and report one dataset."""
    content = "".join(path.read_text(encoding="ascii") for path in inputs)
    for output in outputs:
        with atomic_path(output) as part, part.open("w", encoding="ascii") as file:
            for line in range(LINES):
                file.write(f"{name} {output.name} {line}\n")
                file.flush()
                time.sleep(pause)
            file.write(content)
    return StepResult(rows={name.upper(): LINES}, notes={"partial date": 1})


def fail_with_message(message: str) -> StepResult:
    """Fail as a derivation does."""
    raise DataError(message)


def fail_by_mistake(_message: str) -> StepResult:
    """Fail as a program with a fault does."""
    raise KeyError("AESTDTC")


def write_nothing() -> StepResult:
    """Promise an output and write none."""
    return StepResult()


def end_worker() -> StepResult:
    """End as a process does that the system kills for want of memory."""
    os.kill(os.getpid(), signal.SIGKILL)
    return StepResult()


def toy(name: str, inputs: tuple[Path, ...], outputs: tuple[Path, ...], pause: float = 0.0, key: str = "1") -> Step:
    """A step of stage 'toy' that copies lines."""
    return Step(f"toy/{name}", copy_lines, (name, inputs, outputs, pause), inputs, key, outputs)


def diamond(folder: Path, raw: Path, pause: float = 0.0) -> list[Step]:
    """Five steps: two from raw files, two from the first, one from both; one of them writes two files."""
    file = {name: folder / "toy" / f"{name}.txt" for name in ("dm", "ex", "ae", "suppae", "lb", "adsl")}
    return [
        toy("adsl", (file["ae"], file["suppae"], file["lb"], file["ex"]), (file["adsl"],), pause),
        toy("ae", (file["dm"], raw / "ae.csv"), (file["ae"], file["suppae"]), pause),
        toy("dm", (raw / "dm.csv",), (file["dm"],), pause),
        toy("ex", (raw / "ex.csv",), (file["ex"],), pause),
        toy("lb", (file["dm"],), (file["lb"],), pause),
    ]


def write_raw(raw: Path) -> Path:
    """Three raw files."""
    raw.mkdir(parents=True)
    for name in ("ae", "dm", "ex"):
        (raw / f"{name}.csv").write_text(f"raw {name}\n", encoding="ascii")
    return raw


def build_and_exit(build_folder: Path, raw: Path, pause: float, jobs: int) -> None:
    """Build all steps and end this process with the exit code of a stage."""
    try:
        steps = diamond(build_folder, raw, pause)
        run_steps("toy", "pilot", steps, build_folder=build_folder, jobs=jobs, force=True)
    except KeyboardInterrupt:
        os._exit(130)
    except SystemExit as stopped:
        os._exit(int(str(stopped.code)))
    os._exit(0)


def build_on_demand(build_folder: Path, raw: Path, pause: float) -> None:
    """For each number of jobs read, start a build in a process of its own, say its number, wait, say its status.

    The builds are forked from here, where the modules are loaded, so that a killed build costs no half second.
    """
    report = os.fdopen(os.dup(sys.stdout.fileno()), "w")
    for line in sys.stdin:
        process = os.fork()
        if process == 0:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            build_and_exit(build_folder, raw, pause, int(line))
        print(process, file=report, flush=True)
        print(os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]), file=report, flush=True)


if __name__ == "__main__":
    build_on_demand(Path(sys.argv[1]), Path(sys.argv[2]), float(sys.argv[3]))
