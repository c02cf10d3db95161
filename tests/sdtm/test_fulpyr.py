"""fulpyr: from a raw extract without faults to SDTM without an issue."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from crf2tlf.tables import read_parquet, read_xpt

SUBJECTS = 80


@pytest.fixture(scope="module")
def build(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The SDTM of a small clean fulpyr."""
    folder = tmp_path_factory.mktemp("fulpyr")
    raw = folder / "raw"
    run(root, "synthetic", "fulpyr", "--subjects", str(SUBJECTS), "--no-faults", "--out", str(raw))
    run(root, "sdtm", "fulpyr", "--raw", str(raw), "--build", str(folder), "--quiet")
    return folder / "fulpyr" / "sdtm"


def run(root: Path, stage: str, *arguments: str) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-m", stage, *arguments], cwd=root, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_clean_data_have_no_issue(build: Path) -> None:
    assert read_parquet(build / "issues.parquet").to_dict("records") == []


def test_every_subject_of_the_trial_is_in_dm_once(build: Path) -> None:
    dm = read_xpt(build / "dm.xpt").frame
    assert dm["USUBJID"].is_unique
    assert int(dm["ARMCD"].notna().sum()) == SUBJECTS


@pytest.mark.parametrize("domain", ["ae", "cm", "ds", "ec", "ex", "lb", "mh", "rs", "tr", "tu", "vs"])
def test_every_record_belongs_to_a_subject_of_dm_and_is_numbered_within_it(build: Path, domain: str) -> None:
    subjects = set(read_xpt(build / "dm.xpt").frame["USUBJID"])
    frame = read_xpt(build / f"{domain}.xpt").frame
    assert set(frame["USUBJID"]) <= subjects
    assert not frame.duplicated(["USUBJID", f"{domain.upper()}SEQ"]).any()


def test_every_measured_lesion_was_identified(build: Path) -> None:
    tu, tr = (read_xpt(build / f"{name}.xpt").frame for name in ("tu", "tr"))
    identified = set(zip(tu["USUBJID"], tu["TULNKID"], strict=True))
    measured = tr[tr["TRLNKID"].notna()]  # a scan that was not done names no lesion
    assert set(zip(measured["USUBJID"], measured["TRLNKID"], strict=True)) <= identified
