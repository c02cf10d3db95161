"""What differences between computed and reported responses do to PFS: the status, the date and why, typed by hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pandas as pd
from tumour_toys import files, fulpyr, referee

from crf2tlf.rules.columns import compute_iso_dates
from crf2tlf.spec.model import Study
from crf2tlf.spec.time_to_event import Effect

# Assessments are at days 42, 84, 126, 168 after 2024-01-01: 2024-02-12, 2024-03-25, 2024-05-06, 2024-06-17.
ONGOING = "NO EVENT AT DATA CUT-OFF (ONGOING)"


def responses(*overall: str) -> dict[str, Mapping[str, str]]:
    """Overall responses as reported, assessment by assessment."""
    return {f"TA{number:02d}": {"OVRLRESP": value} for number, value in enumerate(overall, start=1)}


def outcomes(found: pd.DataFrame, kind: str) -> list[tuple[float, str, str]]:
    """Code of censoring, date and reason of each difference's subject under one kind of course."""
    days = compute_iso_dates(found[f"OUTDT{kind}"].to_numpy())
    return list(zip(found[f"CNSR{kind}"].tolist(), days.tolist(), found[f"EVNTDESC{kind}"].tolist(), strict=True))


def outcome_of(code: str) -> Study:
    """The study with another parameter by which differences are judged."""
    study = fulpyr()
    response = study.responses["RECIST"]
    assert response.effect_on is not None
    judged = replace(response, effect_on=Effect("ADTTE", code, response.effect_on.location))
    return replace(study, responses={**study.responses, "RECIST": judged})


def test_a_progression_that_was_not_reported_turns_a_censoring_into_an_event(tmp_path: Path) -> None:
    found, page = referee(files({"T01": [25, 20, 26, 26]}, reported=responses("SD", "SD", "SD")), tmp_path)
    overall = found[found["VISIT"] == "TUMOUR ASSESSMENT 2"]
    assert overall["PARAMCD"].tolist() == ["PFSINV"]
    assert outcomes(overall, "REP") == [(10, "2024-05-06", ONGOING)]
    assert outcomes(overall, "COMP") == [(0, "2024-03-25", "DISEASE PROGRESSION")]
    assert outcomes(overall, "ALONE") == [(0, "2024-03-25", "DISEASE PROGRESSION")]
    assert overall["OUTEXPLREP"].tolist() == [
        "censored on 2024-05-06, last adequate assessment, alive without progression at the data cut-off on 2024-12-31"
    ]
    assert overall["EFFECT"].tolist() == [
        f"first progression none -> 2024-03-25; PFSINV censored 2024-05-06 ({ONGOING}) -> "
        "event 2024-03-25 (DISEASE PROGRESSION)"
    ]
    assert (
        "<h2>PFSINV, Progression-Free Survival by Investigator (months): subjects whose outcome by the computed" in page
    )
    assert (
        "<td>FULPYR-01-001</td><td>censored to event</td><td>censored on 2024-05-06, last adequate assessment, alive "
        "without progression at the data cut-off on 2024-12-31</td>"
        "<td>event on 2024-03-25: disease progression by RECIST</td>"
    ) in page


def test_a_progression_without_reason_hides_the_new_therapy_that_came_first(tmp_path: Path) -> None:
    shown = {"T01": [25, 20, 21, 21]}
    found, _ = referee(files(shown, reported=responses("SD", "PD", "PD"), therapy=100), tmp_path)
    assert found["VISIT"].tolist() == ["TUMOUR ASSESSMENT 2", "TUMOUR ASSESSMENT 3"]
    assert outcomes(found, "REP") == [(0, "2024-03-25", "DISEASE PROGRESSION")] * 2
    assert outcomes(found, "COMP") == [(3, "2024-03-25", "NEW ANTI-CANCER THERAPY")] * 2
    # Without the first of the two the second still is a progression, but after the new therapy.
    assert outcomes(found, "ALONE") == [
        (3, "2024-03-25", "NEW ANTI-CANCER THERAPY"),
        (0, "2024-03-25", "DISEASE PROGRESSION"),
    ]
    assert found["EFFECT"].tolist() == [
        "first progression 2024-03-25 -> 2024-05-06; PFSINV event 2024-03-25 (DISEASE PROGRESSION) -> "
        "censored 2024-03-25 (NEW ANTI-CANCER THERAPY)",
        "none",
    ]


def test_an_assessment_that_cannot_be_evaluated_moves_the_date_of_censoring_alone(tmp_path: Path) -> None:
    shown = {"T01": [25, 20, 20], "T02": [25, 20, "ND"]}
    found, _ = referee(files(shown, reported=responses("SD", "SD")), tmp_path)
    assert found["EFFECT"].tolist() == [f"PFSINV censored 2024-03-25 ({ONGOING}) -> censored 2024-02-12 ({ONGOING})"]


def test_a_progression_after_two_missed_assessments_is_censored_only_where_they_could_not_be_evaluated(
    tmp_path: Path,
) -> None:
    shown = {"T01": [25, 20, "ND", "ND", 40]}
    found, _ = referee(files(shown, reported=responses("SD", "SD", "NE", "PD")), tmp_path)
    assert found["COMPUTED"].tolist() == ["NE"]
    assert outcomes(found, "REP") == [(0, "2024-06-17", "DISEASE PROGRESSION")]
    assert outcomes(found, "COMP") == [(4, "2024-02-12", "PROGRESSION AFTER 2 OR MORE MISSED ASSESSMENTS")]


def test_the_outcome_is_the_same_whichever_responses_are_analysed(tmp_path: Path) -> None:
    given = files({"T01": [25, 20, 26, 26]}, reported=responses("SD", "SD", "SD"))
    (tmp_path / "reported").mkdir()
    computed, _ = referee(given, tmp_path)
    reported, _ = referee(given, tmp_path / "reported", fulpyr("reported"))
    pd.testing.assert_frame_equal(computed, reported)


def test_an_outcome_that_only_some_have_is_none_for_the_others(tmp_path: Path) -> None:
    found, _ = referee(files({"T01": [40, 20]}, reported=responses("SD")), tmp_path, outcome_of("DOR"))
    assert found["EFFECT"].tolist() == [f"best response SD -> PR; DOR none -> censored 2024-02-12 ({ONGOING})"]


def test_a_difference_without_consequence_has_no_effect_and_the_page_says_so(tmp_path: Path) -> None:
    found, page = referee(files({"T01": [60, 35, 43, 60]}, reported=responses("PR", "PD", "SD")), tmp_path)
    assert found["EFFECT"].tolist() == ["none"]
    assert "<p>No difference changes it.</p>" in page
