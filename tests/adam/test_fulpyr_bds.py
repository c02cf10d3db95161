"""What must hold in every record of fulpyr's findings and exposure of ADaM, from SDTM files alone."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from known_truth import KnownTruth

pytestmark = pytest.mark.slow

FINDINGS = ("adlb", "advs", "adeg", "adcv", "adbm")


@pytest.mark.parametrize("name", FINDINGS)
def test_a_subject_has_one_baseline_of_a_parameter_and_its_value_is_base(fulpyr: KnownTruth, name: str) -> None:
    frame = fulpyr.adam(name)
    baseline = frame[frame["ABLFL"] == "Y"]
    assert len(baseline)
    assert not baseline.duplicated(["USUBJID", "PARAMCD"]).any()
    assert _equal(baseline["AVAL"], baseline["BASE"])
    joined = frame.merge(
        baseline[["USUBJID", "PARAMCD", "AVAL"]],
        on=["USUBJID", "PARAMCD"],
        how="left",
        validate="m:1",
        suffixes=("", "_B"),
    )
    assert _equal(joined["BASE"], joined["AVAL_B"])


@pytest.mark.parametrize("name", FINDINGS)
def test_changes_are_from_the_baseline_and_after_the_first_dose(fulpyr: KnownTruth, name: str) -> None:
    frame = fulpyr.adam(name)
    changed = frame[frame["CHG"].notna()]
    assert (changed["ADY"].isna() | (changed["ADY"] > 1)).all()
    assert np.allclose(changed["CHG"], changed["AVAL"] - changed["BASE"], atol=0.0006)
    if "PCHG" in frame:
        assert np.allclose(changed["PCHG"], 100 * changed["CHG"] / changed["BASE"], atol=0.006)


@pytest.mark.parametrize("name", ["adlb", "advs", "adeg", "adcv"])
def test_one_record_of_a_visit_is_analysed(fulpyr: KnownTruth, name: str) -> None:
    frame = fulpyr.adam(name)
    analysed = frame[frame["ANL01FL"] == "Y"]
    assert not analysed.duplicated(["USUBJID", "PARAMCD", "AVISIT"]).any()
    assert set(analysed["AVISIT"]) == set(frame["AVISIT"]) - {"UNSCHEDULED"}


def test_every_gene_at_baseline_is_that_of_adsl(fulpyr: KnownTruth) -> None:
    adbm, adsl = fulpyr.adam("adbm"), fulpyr.adam("adsl").set_index("USUBJID")
    for gene in ("PIK3CA", "TP53", "ESR1"):
        baseline = adbm[(adbm["PARAMCD"] == gene) & (adbm["ABLFL"] == "Y") & (adbm["VISIT"] == "SCREENING")]
        assert len(baseline)
        assert baseline["BIOMGR"].tolist() == adsl.loc[baseline["USUBJID"], gene].tolist()


def test_receptors_at_baseline_are_those_of_adsl(fulpyr: KnownTruth) -> None:
    adbm, adsl = fulpyr.adam("adbm"), fulpyr.adam("adsl").set_index("USUBJID")
    for marker, variable in (("ER", "ERPCT"), ("PR", "PRPCT"), ("KI67", "KI67BL")):
        baseline = adbm[(adbm["PARAMCD"] == marker) & (adbm["ABLFL"] == "Y")]
        assert _equal(baseline["AVAL"], adsl.loc[baseline["USUBJID"], variable])


def test_exposure_adds_up(fulpyr: KnownTruth) -> None:
    adex, adsl = fulpyr.adam("adex"), fulpyr.adam("adsl")
    intervals = adex[adex["PARAMCD"].str.startswith("DOSE")]
    assert len(intervals) == len(fulpyr.sdtm("ex"))
    assert set(adex["USUBJID"]) == set(adsl.loc[adsl["SAFFL"] == "Y", "USUBJID"])
    wide = adex[adex["PARCAT1"] == "PYROTINIB"].pivot_table(index="USUBJID", columns="PARAMCD", values="AVAL")
    assert np.allclose(wide["ADDPYR"], wide["CUMDPYR"] / wide["DURDPYR"], atol=0.006)
    assert np.allclose(wide["RDIPYR"], 100 * wide["CUMDPYR"] / (400 * wide["DURDPYR"]), atol=0.006)
    reductions = intervals.sort_values(["USUBJID", "PARAMCD", "ASTDT"]).groupby(["USUBJID", "PARCAT1"])["AVAL"]
    fewer = reductions.apply(lambda doses: (doses.diff() < 0).sum())
    counted = adex[adex["PARAMCD"].isin(["NREDPYR", "NREDCAP"])].set_index(["USUBJID", "PARCAT1"])["AVAL"]
    assert fewer.loc[counted.index].tolist() == counted.tolist()


def _equal(left: pd.Series, right: pd.Series) -> bool:
    return bool(np.array_equal(left.to_numpy("float64"), right.to_numpy("float64"), equal_nan=True))
