"""What must hold in every record of fulpyr's findings of ADaM, from SDTM files alone."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from known_truth import KnownTruth

pytestmark = pytest.mark.slow

FINDINGS = ("adlb", "advs", "adeg", "adcv", "adbm")


@pytest.mark.parametrize("name", FINDINGS)
def test_codes_and_names_of_parameters_and_visits_go_together(fulpyr: KnownTruth, name: str) -> None:
    frame = fulpyr.adam(name)
    for code, text in (("PARAMCD", "PARAM"), ("PARAMCD", "PARAMN"), ("AVISIT", "AVISITN")):
        pairs = frame[[code, text]].drop_duplicates()
        assert not pairs.isna().any(axis=None)
        assert not pairs[code].duplicated().any(), code
        assert not pairs[text].duplicated().any(), text


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


@pytest.mark.parametrize("name", FINDINGS)
def test_every_record_has_its_source_and_every_flag_is_y_or_blank(fulpyr: KnownTruth, name: str) -> None:
    frame = fulpyr.adam(name)
    assert not frame.duplicated(["USUBJID", "PARAMCD", "SRCDOM", "SRCSEQ"]).any()
    for domain, records in frame.groupby("SRCDOM"):
        source = fulpyr.sdtm(str(domain).lower())
        known = pd.MultiIndex.from_frame(source[["USUBJID", f"{domain}SEQ"]])
        assert pd.MultiIndex.from_frame(records[["USUBJID", "SRCSEQ"]]).isin(known).all()
    for flag in [column for column in frame if column.endswith("FL") and column not in ("ITTFL", "SAFFL")]:
        assert set(frame[flag].dropna()) <= {"Y"}, flag


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


def _equal(left: pd.Series, right: pd.Series) -> bool:
    return bool(np.array_equal(left.to_numpy("float64"), right.to_numpy("float64"), equal_nan=True))
