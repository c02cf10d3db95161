"""ADSL and ADAE of pyrws, from SDTM files alone, against what really happened to every subject."""

from __future__ import annotations

import pandas as pd
import pytest
from known_truth import KnownTruth
from small_files import listed

pytestmark = pytest.mark.slow

LOSS_IS_STATED_AFTER = 84  # days without a contact
CUT_OFF = 23801  # 2025-03-01
SEEN = {
    "VISCFL": ("VISCERAL", {True: "Y", False: "N"}),
    "LIVERFL": ("LIVER", {True: "Y", False: "N"}),
    "BRAINFL": ("BRAIN", {True: "Y", False: "N"}),
    "MEASFL": ("MEASURABLE", {True: "Y", False: "N"}),
    "HRSTAT": ("HORMONE_POSITIVE", {True: "POSITIVE", False: "NEGATIVE"}),
    "LINE": ("LINE", {"1": "FIRST LINE", "2": "SECOND LINE", "3": "THIRD OR LATER LINE"}),
    "PRLINES": ("LINE", {"1": 0, "2": 1, "3": 2}),
    "REGIMEN": (
        "REGIMEN",
        {
            "TAX": "TRASTUZUMAB + TAXANE",
            "TRA": "TRASTUZUMAB + OTHER",
            "CAP": "CAPECITABINE",
            "VIN": "VINORELBINE",
            "END": "ENDOCRINE THERAPY",
            "MONO": "PYROTINIB ALONE",
        },
    ),
}


@pytest.fixture(scope="module")
def enrolled(pyrws: KnownTruth) -> pd.DataFrame:
    """ADSL beside the truth, whose columns end with _TRUE, without screening failures."""
    truth = pyrws.truth("subjects").add_suffix("_TRUE")
    whole = pyrws.adam("adsl").merge(
        truth, left_on="SUBJID", right_on="SUBJECT_TRUE", how="outer", validate="1:1", indicator="_WHERE"
    )
    assert whole["_WHERE"].eq("both").all()
    assert whole["ENRLFL"].eq("N").tolist() == whole["SCREEN_FAILURE_TRUE"].tolist()
    return whole[~whole["SCREEN_FAILURE_TRUE"]]


@pytest.mark.parametrize(
    ("variable", "true"),
    [
        ("ENRLDT", "START"),
        ("TRTSDT", "FIRST_DOSE"),
        ("TRTEDT", "LAST_DOSE"),
        ("DTHDT", "DEATH"),
        ("NACTDT", "NEW_THERAPY"),
        ("WCONSDT", "WITHDRAWAL"),
        ("LSTALVDT", "LAST_ALIVE"),
        ("EOTDT", "DISCONTINUATION"),
        ("CLINPDDT", "CLINICAL_PROGRESSION"),
        ("RFICDT", "CONSENT"),
        ("AGE", "AGE"),
        ("PRHER2", "PRIOR_HER2"),
    ],
)
def test_dates_age_and_previous_therapy_are_the_true_ones(enrolled: pd.DataFrame, variable: str, true: str) -> None:
    assert listed(enrolled[variable]) == listed(enrolled[f"{true}_TRUE"])


@pytest.mark.parametrize("variable", list(SEEN))
def test_the_disease_and_the_treatment_are_the_true_ones(enrolled: pd.DataFrame, variable: str) -> None:
    true, terms = SEEN[variable]
    assert listed(enrolled[variable]) == listed(enrolled[f"{true}_TRUE"].map(terms))


def test_loss_is_stated_when_contacts_have_failed_for_twelve_weeks(enrolled: pd.DataFrame) -> None:
    stated = (enrolled["LOST_TRUE"] + LOSS_IS_STATED_AFTER).clip(upper=CUT_OFF)
    assert listed(enrolled["LOSTDT"]) == listed(stated)


def test_her2_is_equivocal_where_a_result_of_2_was_not_examined_further(enrolled: pd.DataFrame) -> None:
    known = enrolled[["HER2IHC", "HER2ISH", "HER2STAT"]].astype(object).fillna(".").drop_duplicates()
    assert sorted(known.itertuples(index=False, name=None)) == [
        ("2+", ".", "EQUIVOCAL"),
        ("2+", "AMPLIFIED", "POSITIVE"),
        ("3+", ".", "POSITIVE"),
    ]


def test_events_are_the_true_ones(pyrws: KnownTruth) -> None:
    adae, truth = pyrws.adam("adae"), pyrws.truth("adverse_events")
    adae["AESPID"] = adae["AESPID"].astype("int64")
    both = adae.merge(truth, left_on=["SUBJID", "AESPID"], right_on=["SUBJECT", "AESPID"], how="outer", validate="1:1")
    assert len(both) == len(adae) == len(truth)
    assert both["AEDECOD"].tolist() == both["TERM"].tolist()
    assert both["ASTDT"].tolist() == both["START"].tolist()
    assert both["ATOXGRN"].tolist() == both["GRADE"].tolist()
    emergent = both["TREATMENT_EMERGENT"] & (both["ASTDT"] <= both["TRTEDT"] + 28)
    assert both["TRTEMFL"].eq("Y").fillna(False).tolist() == emergent.tolist()
