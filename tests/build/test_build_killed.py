"""Builds that are ended from outside go on from there and end with the same bytes."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from test_build_incremental import tree
from toy_steps import diamond

from crf2tlf.build import run_steps

HERE = Path(__file__).resolve().parent
PROJECT_ROOT = HERE.parents[1]
SECONDS_A_LINE = 0.002
pytestmark = pytest.mark.skipif(os.name != "posix", reason="needs POSIX signals")


class Builds:
    """Starts builds of all steps, each in a process of its own with its modules loaded."""

    def __init__(self, build_folder: Path, raw: Path) -> None:
        command = [sys.executable, str(HERE / "toy_steps.py"), str(build_folder), str(raw), str(SECONDS_A_LINE)]
        environment = os.environ | {"PYTHONPATH": str(PROJECT_ROOT)}
        pipe = subprocess.PIPE
        self.starter = subprocess.Popen(
            command, env=environment, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, text=True
        )

    def start(self, jobs: int) -> int:
        """The number of the process of a new build."""
        assert self.starter.stdin is not None
        print(jobs, file=self.starter.stdin, flush=True)
        return self._read()

    def wait(self) -> int:
        """The exit code of the last build, negative for a signal."""
        return self._read()

    def close(self) -> None:
        self.starter.communicate(timeout=10)

    def _read(self) -> int:
        assert self.starter.stdout is not None
        return int(self.starter.stdout.readline())


@pytest.fixture
def builds(build_folder: Path, raw: Path) -> Iterator[Builds]:
    started = Builds(build_folder, raw)
    yield started
    started.close()


def unfinished(folder: Path) -> list[Path]:
    return list(folder.rglob("*.part"))


def test_a_build_killed_at_any_moment_ends_with_the_same_bytes(builds: Builds, build_folder: Path, raw: Path) -> None:
    whole = Path("whole")
    run_steps("toy", "pilot", diamond(whole, raw, SECONDS_A_LINE), build_folder=whole)
    expected = tree(whole)
    chance = random.Random(20241121)
    codes = []
    for attempt in range(20):
        process = builds.start(jobs=1 + attempt % 2)
        time.sleep(chance.uniform(0.0, 0.28))
        with suppress(ProcessLookupError):  # it may have ended just now
            os.kill(process, signal.SIGKILL)
        codes.append(builds.wait())
        finished = {path.relative_to(build_folder).as_posix(): path for path in build_folder.rglob("toy/*.txt")}
        assert all(path.read_bytes() == expected[name] for name, path in finished.items())
    assert codes.count(-signal.SIGKILL) > 10
    steps = diamond(build_folder, raw, SECONDS_A_LINE)
    run_steps("toy", "pilot", steps, build_folder=build_folder, jobs=2)
    assert tree(build_folder) == expected
    assert unfinished(build_folder) == []


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
@pytest.mark.parametrize("jobs", [1, 2])
def test_a_build_that_is_stopped_leaves_no_unfinished_file(
    builds: Builds, build_folder: Path, number: signal.Signals, code: int, jobs: int
) -> None:
    process = builds.start(jobs)
    until = time.monotonic() + 10
    while not unfinished(build_folder) and time.monotonic() < until:
        time.sleep(0.005)
    os.kill(process, number)
    assert builds.wait() == code
    assert unfinished(build_folder) == []
    assert '"status": "stopped"' in (build_folder / "run.json").read_text(encoding="utf-8")


def test_only_files_with_the_name_of_an_unfinished_one_are_removed(build_folder: Path, raw: Path) -> None:
    build_folder.mkdir(parents=True)
    names = [".ae.xpt.0123456789ab.part", "ae.xpt.0123456789ab.part", ".ae.part", ".ae.xpt.0123456789abc.part"]
    for name in names:
        (build_folder / name).write_text("x", encoding="ascii")
    (build_folder / ".docs.0123456789ab.part").mkdir()
    (build_folder / ".docs.0123456789ab.part" / "index.html").write_text("x", encoding="ascii")
    run_steps("toy", "pilot", diamond(build_folder, raw), build_folder=build_folder)
    assert sorted(path.name for path in unfinished(build_folder)) == sorted(names[1:])
