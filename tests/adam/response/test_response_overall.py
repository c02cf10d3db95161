"""Non-target and new lesions, the overall response and its date (RECIST 1.1 sections 4.3.3 to 4.3.5)."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from response_toys import RECIST, START, Shown, column, day, lesions, responses

from adam.response import add_baseline, compute_responses
from crf2tlf.rules.columns import text_column

NT = {"CR": "A", "NON-CR/NON-PD": "P", "NE": "ND", "PD": "PD"}
TARGET: dict[str, float | str] = {"CR": "A", "PR": 50, "SD": 90, "NE": "ND", "PD": 130}


def overall(target: str, non_target: str, new: str) -> str:
    """The overall response of one assessment with these components."""
    shown: dict[str, Shown] = {"NEW1": [None, new]} if new else {}
    if target != "NONE":
        shown["T01"] = [100, TARGET[target]]
    if non_target != "NONE":
        shown["NT1"] = ["P", NT[non_target]]
    frame = lesions(shown)
    if target == non_target == "NONE":
        row = {"LNKGRP": "A0", "ADT": day(START), "BASELINE": "Y", "USUBJID": "1", "EVALUATOR": "INVESTIGATOR"}
        bare = pd.DataFrame([row, row | {"LNKGRP": "A1", "ADT": day(START) + 42, "BASELINE": None}])
        texts = {name: text_column(bare.get(name), 2) for name in frame.columns if name not in {"ADT", "LDIAM"}}
        bare = bare.assign(**texts, LDIAM=np.nan)
        frame = pd.concat([bare, frame], ignore_index=True) if len(frame) else bare
    found = compute_responses(frame, RECIST)
    response: str = column(found[found["ABLFL"].isna()], "OVRLRESP")[0]
    return response


@pytest.mark.parametrize(
    ("target", "non_target", "new", "expected"),
    [
        ("CR", "CR", "", "CR"),
        ("CR", "NONE", "", "CR"),
        ("CR", "NON-CR/NON-PD", "", "PR"),
        ("CR", "NE", "", "PR"),
        ("PR", "CR", "", "PR"),
        ("PR", "NON-CR/NON-PD", "", "PR"),
        ("PR", "NE", "", "PR"),
        ("PR", "NONE", "", "PR"),
        ("SD", "CR", "", "SD"),
        ("SD", "NON-CR/NON-PD", "", "SD"),
        ("SD", "NE", "", "SD"),
        ("SD", "NONE", "", "SD"),
        ("NE", "CR", "", "NE"),
        ("NE", "NON-CR/NON-PD", "", "NE"),
        ("NE", "NE", "", "NE"),
        ("NE", "NONE", "", "NE"),
        ("PD", "CR", "", "PD"),
        ("PD", "NON-CR/NON-PD", "U", "PD"),
        ("PD", "NONE", "", "PD"),
        ("CR", "PD", "", "PD"),
        ("NE", "PD", "", "PD"),
        ("NONE", "PD", "", "PD"),
        ("CR", "CR", "U", "PD"),
        ("NE", "NE", "U", "PD"),
        ("NONE", "CR", "U", "PD"),
        ("NONE", "NONE", "U", "PD"),
        ("CR", "CR", "E", "CR"),
        ("SD", "NONE", "A", "SD"),
        ("NONE", "CR", "", "CR"),
        ("NONE", "NON-CR/NON-PD", "", "NON-CR/NON-PD"),
        ("NONE", "NE", "", "NE"),
        ("NONE", "NONE", "", "NED"),
    ],
)
def test_the_overall_response_follows_tables_1_and_2(target: str, non_target: str, new: str, expected: str) -> None:
    assert overall(target, non_target, new) == expected


@pytest.mark.parametrize(
    ("states", "expected"),
    [
        (["A", "A"], ("CR", "NT_GONE")),
        (["A", "P"], ("NON-CR/NON-PD", "NT_PERSISTS")),
        (["A", "ND"], ("NE", "NT_NOT_ALL_ASSESSED")),
        (["P", "ND"], ("NE", "NT_NOT_ALL_ASSESSED")),
        (["P", None], ("NE", "NT_NOT_ALL_ASSESSED")),
        (["PD", "ND"], ("PD", "NT_PROGRESSION")),
        (["PD", "A"], ("PD", "NT_PROGRESSION")),
    ],
)
def test_non_target_lesions_are_judged_together(states: list[str | None], expected: tuple[str, str]) -> None:
    found = responses({"NT1": ["P", states[0]], "NT2": ["P", states[1]]})
    assert column(found, "NTRGRESP", "NTRGRULE") == [expected]


def test_the_order_of_the_rules_decides_whether_a_lesion_that_persists_outweighs_one_not_assessed() -> None:
    rules = RECIST.non_target
    other = replace(RECIST, non_target=(rules[0], rules[2], rules[1], rules[3]))
    assert column(responses({"NT1": ["P", "P"], "NT2": ["P", "ND"]}, other), "NTRGRESP") == ["NON-CR/NON-PD"]


@pytest.mark.parametrize(("size", "expected"), [(9.9, "CR"), (10.0, "NON-CR/NON-PD")])
def test_a_non_target_node_is_normal_below_10_mm(size: float, expected: str) -> None:
    assert column(responses({"NT1 node": [12, size]}), "NTRGRESP") == [expected]


def test_a_non_target_lesion_first_seen_after_the_baseline_counts_nowhere() -> None:
    assert column(responses({"NT1": ["P", "A"], "NT2": [None, "PD"]}), "NTRGRESP") == ["CR"]


def test_an_equivocal_new_lesion_goes_on() -> None:
    found = responses({"T01": [30, 30, 30], "NEW1": [None, "E", "E"]})
    assert column(found, "NEWLES", "OVRLRESP") == [("EQUIVOCAL", "SD")] * 2


def test_an_equivocal_new_lesion_that_proves_true_dates_back() -> None:
    found = responses({"T01": [30] * 4, "NEW1": [None, "E", "ND", "U"]})
    assert column(found, "NEWLES", "OVRLRESP", "ADT", "NEWDT") == [
        ("Y", "PD", "2024-02-12", "2024-02-12"),
        ("Y", "PD", "2024-03-25", "2024-02-12"),
        ("Y", "PD", "2024-05-06", "2024-02-12"),
    ]


def test_an_equivocal_new_lesion_dates_back_only_if_the_criterion_says_so() -> None:
    criterion = replace(RECIST, new_lesion=replace(RECIST.new_lesion, back_date_equivocal=False))
    found = responses({"T01": [30] * 3, "NEW1": [None, "E", "U"]}, criterion)
    assert column(found, "NEWLES") == ["EQUIVOCAL", "Y"]


def test_one_equivocal_lesion_is_not_proven_by_another() -> None:
    found = responses({"T01": [30] * 3, "NEW1": [None, "E", "A"], "NEW2": [None, None, "U"]})
    assert column(found, "NEWLES") == ["EQUIVOCAL", "Y"]


@pytest.mark.parametrize(("persists", "expected"), [(True, ["Y", "Y"]), (False, ["Y", "N"])])
def test_a_new_lesion_counts_at_later_assessments_too(persists: bool, expected: list[str]) -> None:
    criterion = replace(RECIST, new_lesion=replace(RECIST.new_lesion, persists=persists))
    assert column(responses({"T01": [30] * 3, "NEW1": [None, "U", "A"]}, criterion), "NEWLES") == expected


def test_what_shows_progression_is_named() -> None:
    found = responses({"T01": [30, 40], "NT1": ["P", "PD"], "NEW1": [None, "U"]})
    assert column(found, "PDBY", "OVRRULE") == [("TARGET/NON-TARGET/NEW LESION", "NEW_LESION")]


SCANS = {("T01", 1): "2024-02-10", ("T02", 1): "2024-02-14", ("NEW1", 1): "2024-02-12", ("NT1", 1): "2024-02-20"}


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        ({"T01": [30, 30], "T02": [30, 30]}, "2024-02-14"),
        ({"T01": [30, 50], "T02": [30, 40]}, "2024-02-10"),
        ({"T01": [30, 30], "T02": [30, 30], "NEW1": [None, "U"]}, "2024-02-12"),
        ({"T01": [30, 50], "T02": [30, 40], "NEW1": [None, "U"]}, "2024-02-10"),
        ({"T01": [30, 30], "NT1": ["P", "PD"]}, "2024-02-20"),
        ({"T01": [30, "A"], "T02": [30, "A"], "NT1": ["P", "A"]}, "2024-02-20"),
        ({"T01": [30, "ND"], "T02": [30, 30], "NT1": ["P", "ND"]}, "2024-02-20"),
        ({"T01": [30, "ND"]}, "2024-02-10"),
    ],
)
def test_progression_has_the_earliest_date_of_what_shows_it_and_all_else_the_latest(
    shown: dict[str, Shown], expected: str
) -> None:
    assert column(responses(shown, dates=SCANS), "ADT") == [expected]


def test_the_date_of_target_progression_is_a_parameter() -> None:
    criterion = replace(RECIST, dates=replace(RECIST.dates, target_progression="latest"))
    assert column(responses({"T01": [30, 50], "T02": [30, 40]}, criterion, dates=SCANS), "ADT") == ["2024-02-14"]


def test_the_baseline_is_the_last_assessment_on_or_before_the_start() -> None:
    frame = lesions({"T01": [30, 32, 40, 40]}, days=[-40, -8, 0, 1]).assign(BASELINE=None)
    starts = pd.DataFrame({"USUBJID": text_column(["1"]), "STARTDT": [day(START)]})
    flagged = add_baseline(frame, starts, RECIST.baseline)
    assert column(flagged, "BASELINE") == [None, None, "Y", None]
    assert column(compute_responses(flagged, RECIST), "LNKGRP", "ABLFL") == [("A2", "Y"), ("A3", None)]


def test_a_baseline_scan_after_the_start_counts_only_within_the_days_allowed() -> None:
    frame = lesions({"T01": [30, 32]}, days=[3, 42]).assign(BASELINE=None)
    starts = pd.DataFrame({"USUBJID": text_column(["1"]), "STARTDT": [day(START)]})
    late = replace(RECIST.baseline, days_after_start=3)
    assert column(add_baseline(frame, starts, RECIST.baseline), "BASELINE") == [None, None]
    assert column(add_baseline(frame, starts, late), "BASELINE") == ["Y", None]


def test_assessments_without_a_date_are_left_out() -> None:
    frame = lesions({"T01": [30, "ND", 30]})
    frame.loc[1, "ADT"] = np.nan
    assert column(compute_responses(frame, RECIST), "LNKGRP") == ["A0", "A2"]


def test_two_assessments_on_one_day_stand_in_the_order_of_their_records() -> None:
    found = responses({"T01": [30, 40, 40]}, days=[-7, 42, 42])
    assert column(found, "LNKGRP", "NADIR") == [("A1", 30.0), ("A2", 30.0)]
