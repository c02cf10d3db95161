"""ADTTE of fulpyr, from SDTM files alone, against what really happened: every subject, parameter and rule set."""

from __future__ import annotations

import pandas as pd
import pytest
from known_truth import KnownTruth

from crf2tlf.rules.columns import compute_sas_dates, number_column

pytestmark = pytest.mark.slow

RULE_SETS = {
    ("PFS", "FDA"): "PFSINV",
    ("PFS", "POLICY"): "PFSPOL",
    ("PFS", "SCHEDULED"): "PFSSCHED",
    ("PFS", "CLINICAL"): "PFSCLIN",
    ("PFS", "THERAPY"): "PFSTHER",
    ("TTF", "LASTDOSE"): "TTF",
    ("TTF", "DECISION"): "TTFDEC",
    ("OS", "ALL"): "OS",
}
OS_RULES = {"DEATH": "1", "LOST": "2", "CONSENT": "3", "ALIVE": "4"}
WORDS = {
    "TREATMENT DISCONTINUATION: AE": "TREATMENT DISCONTINUATION: ADVERSE EVENT",
    "TREATMENT DISCONTINUATION: CLINPD": "TREATMENT DISCONTINUATION: CLINICAL PROGRESSION",
    "TREATMENT DISCONTINUATION: PHYSICIAN": "TREATMENT DISCONTINUATION: PHYSICIAN DECISION",
    "TREATMENT DISCONTINUATION: SUBJECT": "TREATMENT DISCONTINUATION: WITHDRAWAL BY SUBJECT",
}


@pytest.fixture(scope="module")
def outcomes(fulpyr: KnownTruth) -> pd.DataFrame:
    """ADTTE beside the truth, whose columns end with _TRUE; parameters that the truth does not tell are left out."""
    truth = fulpyr.truth("tte").astype({"RULE": "int64"})
    truth["PARAMCD"] = [RULE_SETS[pair] for pair in zip(truth["PARAMETER"], truth["RULESET"], strict=True)]
    truth["USUBJID"] = "FULPYR-" + truth["SUBJECT"].astype(str)
    columns = ["RULE", "CNSR", "REASON", "START", "DATE"]
    truth = truth.rename(columns={name: f"{name}_TRUE" for name in columns})
    written = fulpyr.adam("adtte")
    written = written[written["PARAMCD"].isin(list(RULE_SETS.values()))]
    return written.merge(truth, on=["USUBJID", "PARAMCD"], how="outer", validate="1:1", indicator="_WHERE")


def test_every_subject_has_every_parameter_and_rule_set(outcomes: pd.DataFrame) -> None:
    assert outcomes["_WHERE"].eq("both").all()
    assert len(outcomes) == 292 * len(RULE_SETS)


@pytest.mark.parametrize("code", sorted(RULE_SETS.values()))
def test_events_censorings_and_dates_are_the_true_ones(outcomes: pd.DataFrame, code: str) -> None:
    one = outcomes[outcomes["PARAMCD"] == code]
    assert one["CNSR"].tolist() == one["CNSR_TRUE"].tolist()
    assert one["ADT"].tolist() == one["DATE_TRUE"].tolist()
    assert one["STARTDT"].tolist() == one["START_TRUE"].tolist()


@pytest.mark.parametrize("code", sorted(RULE_SETS.values()))
def test_the_rule_that_fired_and_its_reason_are_the_true_ones(outcomes: pd.DataFrame, code: str) -> None:
    one = outcomes[outcomes["PARAMCD"] == code]
    rules = one["ACNRULE"].map(OS_RULES) if code == "OS" else one["ACNRULE"]
    assert rules.tolist() == one["RULE_TRUE"].astype(str).tolist()
    assert one["EVNTDESC"].tolist() == [WORDS.get(reason, reason) for reason in one["REASON_TRUE"]]


def test_each_rule_decides_somebody(outcomes: pd.DataFrame) -> None:
    one = outcomes[outcomes["PARAMCD"] == "PFSINV"]
    assert one["ACNRULE"].value_counts().to_dict() == {
        "6": 203, "12": 34, "3": 12, "7": 10, "8": 9, "2": 8, "4": 5, "9": 5, "10": 3, "1": 2, "11": 1,
    }  # fmt: skip


def test_the_source_of_each_date_is_a_record_with_that_date(fulpyr: KnownTruth) -> None:
    written = fulpyr.adam("adtte")
    sources = {
        "ADRS": fulpyr.adam("adrs").drop(columns="SRCSEQ").rename(columns={"ASEQ": "SRCSEQ"}),
        "ADRSCNS": fulpyr.adam("adrscns").drop(columns="SRCSEQ").rename(columns={"ASEQ": "SRCSEQ"}),
        "EX": fulpyr.sdtm("ex").rename(columns={"EXSEQ": "SRCSEQ"}),
        "RS": fulpyr.sdtm("rs").rename(columns={"RSSEQ": "SRCSEQ"}),
        "ADSL": fulpyr.adam("adsl").assign(SRCSEQ=float("nan")),
    }
    assert set(written["SRCDOM"]) == set(sources)
    assert written["SRCSEQ"].isna().tolist() == written["SRCDOM"].eq("ADSL").tolist()
    for (domain, variable), records in written.groupby(["SRCDOM", "SRCVAR"]):
        source = sources[str(domain)][["USUBJID", "SRCSEQ", variable]].rename(columns={variable: "FOUND"})
        found = records.merge(source, on=["USUBJID", "SRCSEQ"], how="left", validate="m:1")
        dates = found["FOUND"]
        if isinstance(dates.dtype, pd.StringDtype):
            dates = number_column(compute_sas_dates(dates))
        assert dates.tolist() == found["ADT"].tolist(), (domain, variable)


def test_intracranial_progression_is_no_earlier_than_progression_and_later_where_it_is_elsewhere(
    fulpyr: KnownTruth,
) -> None:
    written = fulpyr.adam("adtte").set_index("USUBJID")
    brain = written[(written["PARAMCD"] == "CNSPFS") & (written["ACNRULE"] == "6")]
    anywhere = written[(written["PARAMCD"] == "PFSPOL") & (written["ACNRULE"] == "6")]
    assert len(brain) == 24
    assert (brain["ADT"] >= anywhere["ADT"].reindex(brain.index)).all()


def test_time_is_in_months_of_30_and_7_16_days(outcomes: pd.DataFrame) -> None:
    days = (outcomes["ADT"] - outcomes["STARTDT"] + 1).to_numpy()
    assert (abs(outcomes["AVAL"].to_numpy() * 30.4375 - days) < 1e-9).all()
