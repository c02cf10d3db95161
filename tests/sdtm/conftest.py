"""The SDTM of small studies, built once by the stages themselves."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

CLEAN_SUBJECTS = 60
Build = Callable[[str], Path]


@pytest.fixture(scope="session")
def clean_build(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Build:
    """The build folder of a study made from raw data without faults, with its raw data in `raw`."""

    @cache
    def build(study: str) -> Path:
        folder = tmp_path_factory.mktemp(study)
        raw = folder / "raw"
        run_stage(root, "synthetic", study, "--subjects", str(CLEAN_SUBJECTS), "--no-faults", "--out", str(raw))
        run_stage(root, "sdtm", study, "--raw", str(raw), "--build", str(folder), "--quiet")
        return folder

    return build


@pytest.fixture(scope="session")
def run(root: Path) -> Callable[..., None]:
    """What runs a stage with its arguments."""
    return lambda stage, *arguments: run_stage(root, stage, *arguments)


def run_stage(root: Path, stage: str, *arguments: str) -> None:
    """Run a stage as its user does; a warning is an error."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-m", stage, *arguments], cwd=root, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
