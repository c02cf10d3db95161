"""What the tests against R share: stored values, public data sets, and the marks of what may be absent."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from lifelines.datasets import load_lung

ROOT = Path(__file__).resolve().parents[2]
ORACLE = ROOT / "tests" / "oracle"
PUBLIC = ROOT.parent / "shared" / "data" / "survival"
Json = Mapping[str, Any]

needs_r = pytest.mark.skipif(shutil.which("Rscript") is None, reason="Rscript is not installed")
needs_public_data = pytest.mark.skipif(not PUBLIC.is_dir(), reason="the folder ../shared/data/survival is absent")


def read_reference(name: str) -> Json:
    """The values that R gave, from tests/oracle."""
    stored: Json = json.loads((ORACLE / f"{name}.json").read_text(encoding="utf-8"))
    return stored


def read_lung() -> pd.DataFrame:
    """The lung cancer data of R's package survival, of patients whose ECOG status is 0 to 2."""
    every = load_lung()
    cases: pd.DataFrame = every[every["ph.ecog"] <= 2].reset_index(drop=True)
    return cases


def read_trial(name: str) -> pd.DataFrame:
    """One of the public trials reconstructed from their curves."""
    return pd.read_csv(PUBLIC / f"{name}.csv")
