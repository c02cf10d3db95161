"""ADTTE of both studies, from SDTM files alone, against what really happened: every subject, parameter, rule set."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import pytest
from compared_outcomes import REASONS, RULE_SETS
from known_truth import KnownTruth

from crf2tlf.rules.columns import compute_sas_dates, number_column

pytestmark = pytest.mark.slow

STUDIES = ("fulpyr", "pyrws")
PRIMARY = {"fulpyr": "PFSINV", "pyrws": "RWPFS"}
POLICY = {"fulpyr": "PFSPOL", "pyrws": "RWPFSPOL"}
SUBJECTS = {"fulpyr": 292, "pyrws": 500}
# How many subjects each rule of the primary rule set decides.
DECIDED = {
    "fulpyr": {"6": 203, "12": 34, "3": 12, "7": 10, "8": 9, "2": 8, "4": 5, "9": 5, "10": 3, "1": 2, "11": 1},
    "pyrws": {"6": 297, "12": 46, "3": 44, "9": 33, "2": 21, "7": 20, "8": 12, "10": 11, "4": 8, "1": 6, "5": 2},
}
# Clinical progression stands in RS in one study, in the end of treatment page of the other.
NO_SOURCE = {"fulpyr": set[str](), "pyrws": {"RS"}}
BRAIN_PROGRESSIONS = {"fulpyr": 24, "pyrws": 75}
OS_RULES = {"DEATH": "1", "LOST": "2", "CONSENT": "3", "ALIVE": "4"}


@pytest.fixture(scope="module", params=STUDIES)
def built(request: pytest.FixtureRequest, known_truth: Callable[[str], KnownTruth]) -> KnownTruth:
    """Each study in turn, from raw to ADaM."""
    return known_truth(request.param)


@pytest.fixture(scope="module")
def outcomes(built: KnownTruth) -> pd.DataFrame:
    """ADTTE beside the truth, whose columns end with _TRUE; parameters that the truth does not tell are left out."""
    codes = {pair: names[STUDIES.index(built.study)] for pair, names in RULE_SETS.items()}
    truth = built.truth("tte").astype({"RULE": "int64"})
    truth["PARAMCD"] = [codes[pair] for pair in zip(truth["PARAMETER"], truth["RULESET"], strict=True)]
    truth["USUBJID"] = f"{built.study.upper()}-" + truth["SUBJECT"].astype(str)
    columns = ["RULE", "CNSR", "REASON", "START", "DATE"]
    truth = truth.rename(columns={name: f"{name}_TRUE" for name in columns})
    written = built.adam("adtte")
    written = written[written["PARAMCD"].isin(list(codes.values()))]
    return written.merge(truth, on=["USUBJID", "PARAMCD"], how="outer", validate="1:1", indicator="_WHERE")


def test_every_subject_has_every_parameter_and_rule_set(built: KnownTruth, outcomes: pd.DataFrame) -> None:
    assert outcomes["_WHERE"].eq("both").all()
    assert len(outcomes) == SUBJECTS[built.study] * len(RULE_SETS)


@pytest.mark.parametrize("pair", RULE_SETS)
def test_events_censorings_and_dates_are_the_true_ones(outcomes: pd.DataFrame, pair: tuple[str, str]) -> None:
    one = outcomes[(outcomes["PARAMETER"] == pair[0]) & (outcomes["RULESET"] == pair[1])]
    assert one["CNSR"].tolist() == one["CNSR_TRUE"].tolist()
    assert one["ADT"].tolist() == one["DATE_TRUE"].tolist()
    assert one["STARTDT"].tolist() == one["START_TRUE"].tolist()


@pytest.mark.parametrize("pair", RULE_SETS)
def test_the_rule_that_fired_and_its_reason_are_the_true_ones(outcomes: pd.DataFrame, pair: tuple[str, str]) -> None:
    one = outcomes[(outcomes["PARAMETER"] == pair[0]) & (outcomes["RULESET"] == pair[1])]
    rules = one["ACNRULE"].map(OS_RULES) if pair[0] == "OS" else one["ACNRULE"]
    assert rules.tolist() == one["RULE_TRUE"].astype(str).tolist()
    assert one["EVNTDESC"].tolist() == [REASONS.get(reason, reason) for reason in one["REASON_TRUE"]]


def test_each_rule_decides_somebody(built: KnownTruth, outcomes: pd.DataFrame) -> None:
    one = outcomes[outcomes["PARAMCD"] == PRIMARY[built.study]]
    assert one["ACNRULE"].value_counts().to_dict() == DECIDED[built.study]


def test_the_source_of_each_date_is_a_record_with_that_date(built: KnownTruth) -> None:
    written = built.adam("adtte")
    sources = {
        "ADRS": built.adam("adrs").drop(columns="SRCSEQ").rename(columns={"ASEQ": "SRCSEQ"}),
        "ADRSCNS": built.adam("adrscns").drop(columns="SRCSEQ").rename(columns={"ASEQ": "SRCSEQ"}),
        "EX": built.sdtm("ex").rename(columns={"EXSEQ": "SRCSEQ"}),
        "RS": built.sdtm("rs").rename(columns={"RSSEQ": "SRCSEQ"}),
        "ADSL": built.adam("adsl").assign(SRCSEQ=float("nan")),
    }
    assert set(written["SRCDOM"]) == set(sources) - NO_SOURCE[built.study]
    assert written["SRCSEQ"].isna().tolist() == written["SRCDOM"].eq("ADSL").tolist()
    for (domain, variable), records in written.groupby(["SRCDOM", "SRCVAR"]):
        source = sources[str(domain)][["USUBJID", "SRCSEQ", variable]].rename(columns={variable: "FOUND"})
        found = records.merge(source, on=["USUBJID", "SRCSEQ"], how="left", validate="m:1")
        dates = found["FOUND"]
        if isinstance(dates.dtype, pd.StringDtype):
            dates = number_column(compute_sas_dates(dates))
        assert dates.tolist() == found["ADT"].tolist(), (domain, variable)


def test_intracranial_progression_is_no_earlier_than_progression_and_later_where_it_is_elsewhere(
    built: KnownTruth,
) -> None:
    written = built.adam("adtte").set_index("USUBJID")
    brain = written[(written["PARAMCD"] == "CNSPFS") & (written["ACNRULE"] == "6")]
    anywhere = written[(written["PARAMCD"] == POLICY[built.study]) & (written["ACNRULE"] == "6")]
    assert len(brain) == BRAIN_PROGRESSIONS[built.study]
    assert (brain["ADT"] >= anywhere["ADT"].reindex(brain.index)).all()


def test_time_is_in_months_of_30_and_7_16_days(outcomes: pd.DataFrame) -> None:
    days = (outcomes["ADT"] - outcomes["STARTDT"] + 1).to_numpy()
    assert (abs(outcomes["AVAL"].to_numpy() * 30.4375 - days) < 1e-9).all()
