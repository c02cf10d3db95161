"""ADAE, ADCM, ADMH, ADPR and ADDV of fulpyr, from SDTM files alone."""

from __future__ import annotations

import pandas as pd
import pytest
from known_truth import KnownTruth

pytestmark = pytest.mark.slow

ACTIONS = {
    "NONE": "DOSE NOT CHANGED",
    "REDUCED": "DOSE REDUCED",
    "INTERRUPTED": "DRUG INTERRUPTED",
    "WITHDRAWN": "DRUG WITHDRAWN",
    "NA": "NOT APPLICABLE",
}


@pytest.fixture(scope="module")
def events(fulpyr: KnownTruth) -> pd.DataFrame:
    """ADAE beside the true events, whose columns end with _TRUE."""
    truth = fulpyr.truth("adverse_events").add_suffix("_TRUE")
    adae = fulpyr.adam("adae")
    adae["NUMBER"] = adae["AESPID"].astype("int64")
    whole = adae.merge(
        truth,
        left_on=["SUBJID", "NUMBER"],
        right_on=["SUBJECT_TRUE", "AESPID_TRUE"],
        how="outer",
        validate="1:1",
        indicator="_WHERE",
    )
    assert whole["_WHERE"].eq("both").all()
    return whole


def test_events_are_the_true_ones(events: pd.DataFrame) -> None:
    assert events["AEDECOD"].tolist() == events["TERM_TRUE"].tolist()
    assert events["ASTDT"].tolist() == events["START_TRUE"].tolist()
    assert events["ATOXGRN"].tolist() == events["GRADE_TRUE"].tolist()
    assert events["AESER"].eq("Y").tolist() == events["SERIOUS_TRUE"].tolist()
    assert events["AACNPYR"].tolist() == events["ACTION_PYROTINIB_TRUE"].map(ACTIONS).tolist()


def test_an_event_that_was_seen_to_end_ends_on_the_true_day(events: pd.DataFrame) -> None:
    ended = events[events["ENDED_TRUE"]]
    assert ended["AENDT"].tolist() == ended["END_TRUE"].tolist()
    going_on = events[~events["ENDED_TRUE"] & (events["AEOUT"] != "FATAL")]
    assert going_on["AENDT"].isna().all()


def test_treatment_emergent_is_what_starts_with_the_first_dose_and_up_to_28_days_after_the_last(
    events: pd.DataFrame,
) -> None:
    emergent = events["TREATMENT_EMERGENT_TRUE"] & (events["ASTDT"] <= events["TRTEDT"] + 28)
    assert events["TRTEMFL"].eq("Y").fillna(False).tolist() == emergent.tolist()


@pytest.mark.parametrize(
    ("flag", "within", "grade"),
    [
        ("AOCCFL", ["USUBJID"], False),
        ("AOCCSFL", ["USUBJID", "AEBODSYS"], False),
        ("AOCCPFL", ["USUBJID", "AEBODSYS", "AEDECOD"], False),
        ("AOCC01FL", ["USUBJID"], True),
        ("AOCC02FL", ["USUBJID", "AEBODSYS"], True),
        ("AOCC03FL", ["USUBJID", "AEBODSYS", "AEDECOD"], True),
    ],
)
def test_one_event_of_each_group_is_the_first_or_the_first_of_the_highest_grade(
    fulpyr: KnownTruth, flag: str, within: list[str], grade: bool
) -> None:
    emergent = fulpyr.adam("adae").query("TRTEMFL == 'Y'")
    flagged = emergent[emergent[flag] == "Y"].set_index(within)
    groups = emergent.groupby(within)
    assert flagged.index.is_unique
    assert len(flagged) == groups.ngroups
    if grade:
        assert (flagged["ATOXGRN"] == groups["ATOXGRN"].max().loc[flagged.index]).all()
    else:
        assert (flagged["ASTDT"] == groups["ASTDT"].min().loc[flagged.index]).all()


def test_events_of_special_interest_stand_in_the_table_of_the_spec(fulpyr: KnownTruth) -> None:
    adae = fulpyr.adam("adae")
    assert set(adae.loc[adae["CQ01NAM"].notna(), "AEDECOD"]) == {"Diarrhoea"}
    assert set(adae.loc[adae["CQ02NAM"].notna(), "AEDECOD"]) == {"Palmar-plantar erythrodysaesthesia syndrome"}
    assert set(adae.loc[adae["CQ05NAM"].notna(), "AEDECOD"]) == {"Ejection fraction decreased"}
    assert adae["AESIFL"].eq("Y").fillna(False).tolist() == adae["AESINAM"].notna().tolist()


def test_the_drug_of_the_other_arm_has_no_causality(fulpyr: KnownTruth) -> None:
    adae = fulpyr.adam("adae")
    for arm, drug in (("Fulvestrant + Pyrotinib", "ARELCAP"), ("Capecitabine + Pyrotinib", "ARELFUL")):
        assert set(adae.loc[adae["TRTA"] == arm, drug]) == {"NOT APPLICABLE"}


def test_the_first_new_therapy_is_that_of_adsl(fulpyr: KnownTruth) -> None:
    adcm, adsl = fulpyr.adam("adcm"), fulpyr.adam("adsl")
    first = adcm[adcm["AOCC01FL"] == "Y"][["USUBJID", "ASTDT", "CMDECOD"]]
    begun = adsl[adsl["NACTDT"].notna()][["USUBJID", "NACTDT", "NACTTRT"]]
    assert first.to_numpy().tolist() == begun.to_numpy().tolist()
