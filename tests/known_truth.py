"""A study of known truth built from raw to ADaM, with or without faults, and what really happened in it."""

from __future__ import annotations

import fcntl
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from crf2tlf.tables import read_parquet, read_xpt


@dataclass(frozen=True)
class KnownTruth:
    """The build folder of a study; frames are read as they are needed."""

    study: str
    folder: Path

    def adam(self, name: str) -> pd.DataFrame:
        """A dataset of ADaM as written."""
        return read_xpt(self.folder / self.study / "adam" / f"{name}.xpt", encoding="utf-8").frame

    def sdtm(self, name: str) -> pd.DataFrame:
        """A domain of SDTM as written."""
        return read_xpt(self.folder / self.study / "sdtm" / f"{name}.xpt", encoding="utf-8").frame

    def truth(self, name: str) -> pd.DataFrame:
        """subjects, tte, lesions, responses or adverse_events: dates are days since 1960-01-01."""
        return read_parquet(self.folder / "raw" / "truth" / f"{name}.parquet")


def build_known_truth(root: Path, study: str, folder: Path, *extract: str) -> KnownTruth:
    """Simulate the study and build SDTM and ADaM, once for all processes of a test run.

    `extract` are options of the simulation, such as --no-faults or --subjects.
    """
    folder.mkdir(exist_ok=True)
    raw, done = folder / "raw", folder / "done"
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            _run(root, "synthetic", study, *extract, "--out", str(raw))
            _run(root, "sdtm", study, "--raw", str(raw), "--build", str(folder), "--quiet")
            _run(root, "adam", study, "--build", str(folder), "--quiet")
            done.touch()
    return KnownTruth(study, folder)


def _run(root: Path, stage: str, *arguments: str) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-m", stage, *arguments], cwd=root, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
