"""The results of a study's displays, what R says of the same ADaM files, and how the two are compared."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from known_truth import KnownTruth

from crf2tlf.spec.load import load_study
from crf2tlf.tables import read_parquet
from tlf.results import Sources, compute_replay, facts_of, read_sources

ROOT = Path(__file__).resolve().parents[2]
EQUAL = 1e-9

needs_r = pytest.mark.skipif(shutil.which("Rscript") is None, reason="Rscript is not installed")

Json = Mapping[str, Any]


def build_results(built: KnownTruth) -> pd.DataFrame:
    """The results of all displays of the study."""
    command = [sys.executable, "-W", "error", "-m", "tlf", built.study, "--build", str(built.folder), "--quiet"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return read_parquet(built.folder / built.study / "tlf" / "ard.parquet")


def ask_r(built: KnownTruth, written: Path) -> Json:
    """What the study's script of tests/oracle says of its ADaM files."""
    script = ROOT / "tests" / "oracle" / f"{built.study}_displays.R"
    command = ["Rscript", str(script), str(built.folder / built.study / "adam"), str(written)]
    finished = subprocess.run(command, check=False, capture_output=True, text=True, timeout=600)
    assert finished.returncode == 0, finished.stderr
    found: Json = json.loads(written.read_text(encoding="utf-8"))
    return found


class Results:
    """The results of one display, by analysis, statistic and levels of the groups."""

    def __init__(self, ard: pd.DataFrame, output: str) -> None:
        own = ard[ard["OUTPUTID"] == output]
        levels = zip(*(own[f"GRP{place}LV"].fillna("") for place in range(1, 5)), strict=True)
        names = zip(own["ANALYSISID"], own["STATNAME"], levels, own["STATNUM"], strict=True)
        self.found = {(a, s, tuple(filter(None, each))): value for a, s, each, value in names}

    def values(self, analysis: str, statistics: Sequence[str], *levels: str) -> list[float]:
        return [self.found[analysis, statistic, levels] for statistic in statistics]


def assert_equal(found: object, expected: object) -> None:
    wanted = np.array(expected, dtype=np.float64)
    np.testing.assert_allclose(np.asarray(found, dtype=np.float64), wanted, rtol=EQUAL, atol=EQUAL)


def assert_replays(ard: pd.DataFrame, built: KnownTruth) -> None:
    """Every count is that of its filter, run again over the files."""
    study = load_study(built.study, ROOT)
    names = sorted(set(ard["DATASET"]) | {"ADSL"})
    folder = built.folder / built.study / "adam"
    sources = read_sources(folder, facts_of(study, names), study.constants, study.encoding)
    assert_counts(ard, sources)


def assert_counts(ard: pd.DataFrame, sources: Sources) -> None:
    """Every count is that of its filter, run again over these files."""
    replayed = ard.merge(compute_replay(ard, sources), on="RESULTID", validate="1:1")
    assert (replayed["RECORDS"] == replayed["NRECORDS"]).all()
    subjects, records = (replayed[replayed["COUNTS"] == counted] for counted in ("subjects", "records"))
    assert len(subjects) > 1000
    assert (subjects["SUBJECTS"] == subjects["STATNUM"]).all()
    assert (records["RECORDS"] == records["STATNUM"]).all()
