"""ADSL of fulpyr, from SDTM files alone, against what really happened to every subject."""

from __future__ import annotations

import pandas as pd
import pytest
from known_truth import KnownTruth
from small_files import listed

pytestmark = pytest.mark.slow

LOSS_IS_STATED_AFTER = 84  # days without a contact
CUT_OFF = 23725  # 2024-12-15
SEEN = {
    "VISCFL": ("VISCERAL", {True: "Y", False: "N"}),
    "LIVERFL": ("LIVER", {True: "Y", False: "N"}),
    "BRAINFL": ("BRAIN", {True: "Y", False: "N"}),
    "MEASFL": ("MEASURABLE", {True: "Y", False: "N"}),
    "HRSTAT": ("HORMONE_POSITIVE", {True: "POSITIVE", False: "NEGATIVE"}),
    "TRT01A": ("REGIMEN", {"FUL": "Fulvestrant + Pyrotinib", "CAP": "Capecitabine + Pyrotinib"}),
}
REASONS = {
    "PD": ("PROGRESSIVE DISEASE", "PROGRESSIVE DISEASE"),
    "CLINPD": ("PROGRESSIVE DISEASE", "CLINICAL PROGRESSION"),
    "AE": ("ADVERSE EVENT", "ADVERSE EVENT"),
    "DEATH": ("DEATH", "DEATH"),
    "LOST": ("LOST TO FOLLOW-UP", "LOST TO FOLLOW-UP"),
    "PHYSICIAN": ("PHYSICIAN DECISION", "PHYSICIAN DECISION"),
    "SUBJECT": ("WITHDRAWAL BY SUBJECT", "WITHDRAWAL BY SUBJECT"),
    "ONGOING": (None, None),
}


@pytest.fixture(scope="module")
def everybody(fulpyr: KnownTruth) -> pd.DataFrame:
    """ADSL beside the truth, whose columns end with _TRUE."""
    truth = fulpyr.truth("subjects").add_suffix("_TRUE")
    return fulpyr.adam("adsl").merge(
        truth, left_on="SUBJID", right_on="SUBJECT_TRUE", how="outer", validate="1:1", indicator="_WHERE"
    )


@pytest.fixture(scope="module")
def randomised(everybody: pd.DataFrame) -> pd.DataFrame:
    return everybody[~everybody["SCREEN_FAILURE_TRUE"]]


def test_every_subject_has_one_record(everybody: pd.DataFrame) -> None:
    assert everybody["_WHERE"].eq("both").all()
    assert everybody["USUBJID"].is_unique
    assert len(everybody) == 315


@pytest.mark.parametrize(
    ("variable", "true"),
    [
        ("RANDDT", "START"),
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
def test_dates_age_and_previous_therapy_are_the_true_ones(randomised: pd.DataFrame, variable: str, true: str) -> None:
    assert listed(randomised[variable]) == listed(randomised[f"{true}_TRUE"])


def test_loss_is_stated_when_contacts_have_failed_for_twelve_weeks(randomised: pd.DataFrame) -> None:
    stated = (randomised["LOST_TRUE"] + LOSS_IS_STATED_AFTER).clip(upper=CUT_OFF)
    assert listed(randomised["LOSTDT"]) == listed(stated)


@pytest.mark.parametrize("variable", list(SEEN))
def test_the_disease_and_the_treatment_are_the_true_ones(randomised: pd.DataFrame, variable: str) -> None:
    true, terms = SEEN[variable]
    assert listed(randomised[variable]) == listed(randomised[f"{true}_TRUE"].map(terms))


def test_previous_lines_are_the_true_ones(randomised: pd.DataFrame) -> None:
    assert randomised["PRLINES"].tolist() == randomised["LINE_TRUE"].astype(int).tolist()


@pytest.mark.parametrize("gene", ["PIK3CA", "TP53", "ESR1", "ERBB2"])
def test_a_gene_that_the_samples_tell_of_is_as_it_truly_is(randomised: pd.DataFrame, gene: str) -> None:
    told = randomised[randomised[gene].notna()]
    assert len(told) == 280
    assert listed(told[gene]) == listed(told[f"GENE_{gene}_TRUE"].map({True: "MUTATED", False: "WILD TYPE"}))


def test_circulating_tumour_dna_is_as_it_truly_is(randomised: pd.DataFrame) -> None:
    told = randomised[randomised["CTDNABL"].notna()]
    assert len(told) == 281
    assert listed(told["CTDNABL"]) == listed(told["GENE_CTDNA_TRUE"].map({True: "DETECTED", False: "NOT DETECTED"}))


def test_the_reason_for_the_end_of_treatment_is_the_true_one(randomised: pd.DataFrame) -> None:
    true = [REASONS[reason] for reason in randomised["DISCONTINUATION_REASON_TRUE"]]
    assert list(zip(listed(randomised["DCTREAS"]), listed(randomised["DCTREASP"]), strict=True)) == true


def test_a_population_flag_has_a_reason_where_it_is_no(everybody: pd.DataFrame) -> None:
    for flag, reason in (("FASFL", "FASEXREA"), ("SAFFL", "SAFEXREA"), ("PPROTFL", "PPEXREAS")):
        assert everybody[flag].isin(["Y", "N"]).all()
        assert everybody[flag].eq("N").tolist() == everybody[reason].notna().tolist()


def test_who_is_out_of_the_per_protocol_set_and_why(everybody: pd.DataFrame) -> None:
    assert everybody["PPEXREAS"].value_counts().to_dict() == {
        "NOT RANDOMISED": 23,
        "NO POST-BASELINE TUMOUR ASSESSMENT": 11,
        "MAJOR PROTOCOL DEVIATION": 8,
        "KEY INELIGIBILITY": 3,
    }


def test_populations_are_nested(everybody: pd.DataFrame) -> None:
    sets = {name: set(everybody.loc[everybody[name] == "Y", "USUBJID"]) for name in ("PPROTFL", "FASFL", "ITTFL")}
    assert sets["PPROTFL"] <= sets["FASFL"] <= sets["ITTFL"]


def test_strata_of_clean_data_are_verified(randomised: pd.DataFrame) -> None:
    assert randomised["STRATAR"].tolist() == randomised["STRATAV"].tolist()
    assert randomised["MISSTRFL"].isna().all()


def test_nothing_lies_after_the_cut_off(everybody: pd.DataFrame) -> None:
    dates = ["RANDDT", "TRTSDT", "TRTEDT", "NACTDT", "EOTDT", "EOSDT", "LSTALVDT", "CLINPDDT"]
    assert (everybody[dates].max() <= CUT_OFF).all()
