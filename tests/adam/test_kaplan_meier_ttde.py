"""Time to the first dermatologic event: what tlf.statistics says of our ADTTE equals what R says.

tests/oracle/kaplan_meier_ttde.json holds the output of kaplan_meier_ttde.R for AVAL and CNSR of ADTTE by TRTP, and by
TRTA, at the days 0, 28, … 196.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyreadstat
import pytest

from tlf.statistics import (
    IntervalKind,
    compute_kaplan_meier_by_group,
    compute_landmarks,
    compute_log_rank,
    compute_number_at_risk,
    compute_quantiles,
    compute_reverse_kaplan_meier,
)

pytestmark = pytest.mark.public_data

EQUAL = 1e-9
TICKS = list(range(0, 197, 28))
KINDS: list[IntervalKind] = ["loglog", "log", "plain"]
TREATMENTS = ["TRTP", "TRTA"]
needs_r = pytest.mark.skipif(shutil.which("Rscript") is None, reason="Rscript is not installed")


@pytest.fixture(scope="module")
def adtte(pilot_build: Path) -> pd.DataFrame:
    frame, _ = pyreadstat.read_xport(str(pilot_build / "adam" / "adtte.xpt"))
    return frame[frame["PARAMCD"] == "TTDE"].reset_index(drop=True)


def assert_equal(computed: object, expected: object) -> None:
    found, wanted = np.asarray(computed, dtype=np.float64), np.asarray(expected, dtype=np.float64)
    np.testing.assert_allclose(found, wanted, rtol=EQUAL, atol=EQUAL)


@pytest.mark.parametrize("treatment", TREATMENTS)
def test_medians_limits_rates_and_numbers_at_risk_equal_r(
    treatment: str, adtte: pd.DataFrame, kaplan_meier_ttde: dict[str, Any]
) -> None:
    arms = kaplan_meier_ttde[treatment]["arms"]
    curves = compute_kaplan_meier_by_group(adtte["AVAL"], adtte["CNSR"] == 0, adtte[treatment])
    assert list(curves) == list(arms)
    for name, curve in curves.items():
        expected = arms[name]
        assert (curve.n, curve.n_events, curve.n_censored) == tuple(
            expected[part] for part in ("n", "events", "censored")
        )
        assert expected["ticks"] == TICKS
        assert compute_number_at_risk(curve, TICKS).tolist() == expected["at_risk"]
        for kind in KINDS:
            quantiles = compute_quantiles(curve, kind=kind)
            for part in ("estimate", "lower", "upper"):
                assert_equal([getattr(quantile, part) for quantile in quantiles], expected["quantiles"][kind][part])
            rates = compute_landmarks(curve, expected["landmarks"][kind]["time"], kind=kind)
            for part in ("survival", "std_error", "lower", "upper"):
                assert_equal(rates[part], expected["landmarks"][kind][part])


@pytest.mark.parametrize("treatment", TREATMENTS)
def test_follow_up_equals_r(treatment: str, adtte: pd.DataFrame, kaplan_meier_ttde: dict[str, Any]) -> None:
    for name, expected in kaplan_meier_ttde[treatment]["arms"].items():
        arm = adtte[adtte[treatment] == name]
        quantiles = compute_quantiles(compute_reverse_kaplan_meier(arm["AVAL"], arm["CNSR"] == 0))
        for part in ("estimate", "lower", "upper"):
            assert_equal([getattr(quantile, part) for quantile in quantiles], expected["follow_up"][part])


@pytest.mark.parametrize("treatment", TREATMENTS)
def test_log_rank_tests_of_all_arms_and_of_each_pair_equal_r(
    treatment: str, adtte: pd.DataFrame, kaplan_meier_ttde: dict[str, Any]
) -> None:
    stored = kaplan_meier_ttde[treatment]
    for expected in (stored["log_rank"], *stored["pairs"]):
        rows = adtte[adtte[treatment].isin(expected["groups"])]
        test = compute_log_rank(rows["AVAL"], rows["CNSR"] == 0, rows[treatment])
        assert list(test.groups) == expected["groups"]
        assert (test.n.tolist(), test.observed.tolist()) == (expected["n"], expected["observed"])
        assert_equal(test.expected, expected["expected"])
        assert_equal(test.variance, expected["variance"])
        assert test.degrees_of_freedom == expected["df"]
        assert_equal(test.chi_square, expected["chi_square"])
        np.testing.assert_allclose(test.p_value, expected["p"], rtol=EQUAL, atol=0)


def test_the_figures_of_the_planned_arms(kaplan_meier_ttde: dict[str, Any]) -> None:
    stored = kaplan_meier_ttde["TRTP"]
    medians = {name: arm["quantiles"]["loglog"]["estimate"][1] for name, arm in stored["arms"].items()}
    assert medians == {"Placebo": None, "Xanomeline High Dose": 36, "Xanomeline Low Dose": 33}
    assert {name: arm["events"] for name, arm in stored["arms"].items()} == {
        "Placebo": 29,
        "Xanomeline High Dose": 61,
        "Xanomeline Low Dose": 62,
    }


@pytest.mark.r
@needs_r
@pytest.mark.parametrize("treatment", TREATMENTS)
def test_r_still_says_what_is_stored(
    treatment: str, adtte: pd.DataFrame, kaplan_meier_ttde: dict[str, Any], root: Path, tmp_path: Path
) -> None:
    records = adtte[["AVAL", "CNSR"]].assign(TRTP=adtte[treatment])
    records.to_csv(tmp_path / "records.csv", index=False)
    script = root / "tests" / "oracle" / "kaplan_meier_ttde.R"
    ticks = ",".join(map(str, TICKS))
    command = ["Rscript", str(script), str(tmp_path / "records.csv"), str(tmp_path / "results.json"), ticks]
    finished = subprocess.run(command, check=False, capture_output=True, text=True, timeout=120)
    assert finished.returncode == 0, finished.stderr
    found = json.loads((tmp_path / "results.json").read_text(encoding="utf-8"))
    for part in ("arms", "log_rank", "pairs"):
        assert_same(found[part], kaplan_meier_ttde[treatment][part])


def assert_same(found: object, expected: object) -> None:
    """The same structure with the same numbers, to 1e-11."""
    if isinstance(expected, dict):
        assert isinstance(found, dict)
        assert list(found) == list(expected)
        for name in expected:
            assert_same(found[name], expected[name])
    elif isinstance(expected, list):
        assert isinstance(found, list)
        assert len(found) == len(expected)
        for one, other in zip(found, expected, strict=True):
            assert_same(one, other)
    elif isinstance(expected, int | float):
        assert found == pytest.approx(expected, rel=1e-11, abs=1e-300)
    else:
        assert found == expected
