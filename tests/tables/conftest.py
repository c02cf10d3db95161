"""What the tests of data files share: a typed text column, and a small dataset with its variables."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from crf2tlf.tables import XptVariable

PUBLIC_DATA = Path(__file__).resolve().parents[3] / "shared" / "data" / "cdiscpilot01"


@pytest.fixture
def ae() -> pd.DataFrame:
    """Three adverse events with a missing text and a missing number."""
    return pd.DataFrame(
        {
            "USUBJID": pd.Series(["01-701-1015", "01-701-1015", "01-701-1023"], dtype="string[pyarrow]"),
            "AESEQ": [1.0, 2.0, 1.0],
            "AETERM": pd.Series(["RASH", "NAUSEA", pd.NA], dtype="string[pyarrow]"),
            "AESTDY": [3.0, float("nan"), -12.0],
        }
    )


@pytest.fixture
def ae_variables() -> list[XptVariable]:
    """The variables of `ae`."""
    return [
        XptVariable("USUBJID", "text", 11, "Unique Subject Identifier"),
        XptVariable("AESEQ", "number", 8, "Sequence Number", "8."),
        XptVariable("AETERM", "text", 6, "Reported Term for the Adverse Event", "$6."),
        XptVariable("AESTDY", "number", 8, "Study Day of Start of Adverse Event"),
    ]


@pytest.fixture
def public_data() -> Path:
    """The folder of the public pilot study; the test is skipped where it is absent."""
    if not PUBLIC_DATA.is_dir():
        pytest.skip(f"the public data are not at {PUBLIC_DATA}")
    return PUBLIC_DATA


@pytest.fixture(scope="session")
def run_r() -> Callable[..., list[str]]:
    """A function that runs R code with arguments and gives the lines it prints; skips where haven is not installed."""
    if shutil.which("Rscript") is None:
        pytest.skip("R is not installed")
    check = ["Rscript", "-e", "quit(status = !requireNamespace('haven', quietly = TRUE))"]
    if subprocess.run(check, capture_output=True, check=False).returncode:
        pytest.skip("the R package haven is not installed")

    def run(code: str, *arguments: str) -> list[str]:
        done = subprocess.run(["Rscript", "-e", code, *arguments], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout.splitlines()

    return run
