"""Target lesions: sums, nadir and the target response (RECIST 1.1 section 4.3.1), at every boundary."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from response_toys import DAYS, RECIST, Shown, column, lesions, responses, several

from adam.response import compute_responses, select_best_change
from crf2tlf.errors import DataError

TARGET = ("TRGRESP", "TRGRULE")


def last(shown: dict[str, Shown]) -> tuple[str, str]:
    """Target response and reason of the last assessment."""
    found: tuple[str, str] = column(responses(shown), *TARGET)[-1]
    return found


@pytest.mark.parametrize(
    ("sizes", "expected"),
    [
        ([50, 60.0], ("PD", "NADIR")),  # exactly 20 %, 10 mm
        ([50, 59.9], ("SD", "ABSOLUTE_ONLY")),  # 19.8 %, 9.9 mm
        ([20, 25.0], ("PD", "NADIR")),  # 25 %, exactly 5 mm
        ([20, 24.9], ("SD", "RELATIVE_ONLY")),  # 24.5 %, 4.9 mm
        ([25, 30.0], ("PD", "NADIR")),  # at 25 mm, 20 % is 5 mm
        ([25, 29.9], ("SD", "STABLE")),
        ([24.9, 29.9], ("PD", "NADIR")),  # 20.08 %, exactly 5 mm
        ([25.1, 30.1], ("SD", "ABSOLUTE_ONLY")),  # 19.9 %, 5 mm
        ([0.7 + 34.3, 42.0], ("PD", "NADIR")),  # 35.0 with an inexact binary sum, exactly 20 %
        ([100, 70.0], ("PR", "DECREASE")),  # exactly 30 %
        ([100, 70.1], ("SD", "STABLE")),
        ([33, 23.1], ("PR", "DECREASE")),  # 9.9 of 33 is exactly 30 %
        ([33, 23.2], ("SD", "STABLE")),
        ([30, 30.0], ("SD", "STABLE")),
        ([30, "A"], ("CR", "ALL_GONE")),
        ([30, 0], ("CR", "ALL_GONE")),
    ],
)
def test_thresholds_are_exact(sizes: list[float | str], expected: tuple[str, str]) -> None:
    assert last({"T01": sizes}) == expected


def test_the_nadir_is_the_lowest_sum_before_the_visit_with_the_baseline() -> None:
    found = responses({"T01": [40, 30, 34, 50, 60], "T02": [20, 10, 8, 8, 8]})
    assert column(found, "SDIAM", "BASE", "CHG", "NADIR", "NADIRDT", "CHGNAD", "TRGRESP") == [
        (40.0, 60.0, -20.0, 60.0, "2023-12-25", -20.0, "PR"),
        (42.0, 60.0, -18.0, 40.0, "2024-02-12", 2.0, "PR"),
        (58.0, 60.0, -2.0, 40.0, "2024-02-12", 18.0, "PD"),
        (68.0, 60.0, 8.0, 40.0, "2024-02-12", 28.0, "PD"),
    ]
    assert column(found, "PCHG")[0] == pytest.approx(-100 / 3)
    assert column(found, "PCHGNAD") == pytest.approx([-100 / 3, 5.0, 45.0, 70.0])


def test_progression_comes_before_partial_response() -> None:
    assert column(responses({"T01": [100, 40, 50]}), *TARGET) == [("PR", "DECREASE"), ("PD", "NADIR")]


def test_of_two_equal_lowest_sums_the_earlier_dates_the_nadir() -> None:
    assert column(responses({"T01": [40, 30, 30, 31]}), "NADIRDT")[-1] == "2024-02-12"


@pytest.mark.parametrize(
    ("node", "expected"),
    [
        (9.9, ("CR", "NODES_NORMAL")),
        (10.0, ("PR", "DECREASE")),
        (0, ("CR", "ALL_GONE")),
    ],
)
def test_a_node_below_10_mm_is_normal(node: float, expected: tuple[str, str]) -> None:
    assert last({"T01": [30, "A"], "T02 node": [15, node]}) == expected


def test_a_node_from_9_to_11_mm_is_no_progression_by_itself() -> None:
    found = responses({"T01 node": [20, 9, 11]})
    assert column(found, *TARGET) == [("CR", "NODES_NORMAL"), ("PR", "DECREASE")]


def test_normal_nodes_that_grow_within_normal_stay_a_complete_response() -> None:
    found = responses({"T01 node": [20, 4, 9.9]})
    assert column(found, *TARGET) == [("CR", "NODES_NORMAL")] * 2


def test_after_a_sum_of_0_any_lesion_is_progression() -> None:
    assert column(responses({"T01": [30, "A", 2]}), *TARGET) == [("CR", "ALL_GONE"), ("PD", "AFTER_ZERO")]


def test_a_lesion_back_after_complete_response_is_progression_only_if_the_criterion_says_so() -> None:
    shown: dict[str, Shown] = {"T01": [30, 0, 3], "T02 node": [15, 8, 8]}
    strict = replace(RECIST, target=replace(RECIST.target, reappearance="complete_response"))
    assert column(responses(shown), *TARGET)[-1] == ("PR", "DECREASE")
    assert column(responses(shown, strict), *TARGET)[-1] == ("PD", "REAPPEARED")


def test_a_lesion_too_small_to_measure_is_5_mm_but_a_measure_below_counts_as_given() -> None:
    assert column(responses({"T01": [30, "TS", 3]}), "SDIAM") == [5.0, 3.0]


@pytest.mark.parametrize(
    ("choice", "expected"), [("not_assessed", ("NE", "NONE_ASSESSED")), ("zero", ("CR", "ALL_GONE"))]
)
def test_an_absent_node_needs_its_short_axis_unless_the_criterion_takes_it_as_0(choice: str, expected: object) -> None:
    criterion = replace(RECIST, measurement=replace(RECIST.measurement, absent_node=choice))
    assert column(responses({"T01 node": [15, "A"]}, criterion), *TARGET) == [expected]


def test_a_target_that_is_not_assessed_makes_the_visit_not_evaluable_and_no_nadir() -> None:
    found = responses({"T01": [30, 15, 30], "T02": [30, "ND", 30], "T03": [30, 25, 30]})
    assert column(found, "LSEXP", "LSASS", "MEASURED", "SDIAM", "CHG", "NADIR", *TARGET) == [
        (3.0, 2.0, 40.0, None, None, 90.0, "NE", "NOT_ALL_ASSESSED"),
        (3.0, 3.0, 90.0, 90.0, 0.0, 90.0, "SD", "STABLE"),
    ]


def test_a_target_without_any_record_was_not_assessed() -> None:
    assert last({"T01": [30, 30], "T02": [30, None]}) == ("NE", "NOT_ALL_ASSESSED")


def test_no_target_assessed_is_not_evaluable() -> None:
    assert last({"T01": [30, "ND"]}) == ("NE", "NONE_ASSESSED")


@pytest.mark.parametrize(("size", "expected"), [(60, ("PD", "PARTIAL_SUM")), (59.9, ("NE", "NOT_ALL_ASSESSED"))])
def test_a_partial_sum_that_shows_progression_already_is_progression(size: float, expected: tuple[str, str]) -> None:
    assert last({"T01": [30, size], "T02": [20, "ND"]}) == expected


def test_a_partial_sum_counts_only_if_the_criterion_says_so() -> None:
    off = replace(RECIST, target=replace(RECIST.target, partial_sum_progression=False))
    assert column(responses({"T01": [30, 80], "T02": [20, "ND"]}, off), *TARGET) == [("NE", "NOT_ALL_ASSESSED")]


def test_a_partial_sum_after_a_sum_of_0_is_progression() -> None:
    found = responses({"T01": [30, "A", 2], "T02": [20, "A", "ND"]})
    assert column(found, *TARGET)[-1] == ("PD", "PARTIAL_SUM_AFTER_ZERO")


def test_a_baseline_that_is_not_complete_gives_no_target_response() -> None:
    found = responses({"T01": [30, 80], "T02": ["ND", 30]})
    assert column(found, "BASE", *TARGET) == [(None, "NE", "BASELINE_INCOMPLETE")]


def test_without_a_baseline_there_is_no_target_response() -> None:
    frame = lesions({"T01": [30, 80]}).assign(BASELINE=None)
    assert column(compute_responses(frame, RECIST), *TARGET, "LSEXP") == [("NE", "NO_BASELINE", None)] * 2


def test_a_target_first_seen_after_the_baseline_counts_nowhere() -> None:
    assert column(responses({"T01": [30, 30], "T02": [None, 40]}), "LSEXP", "MEASURED") == [(1.0, 30.0)]


def test_a_lesion_twice_at_one_assessment_is_refused() -> None:
    frame = lesions({"T01": [30, 30]})
    with pytest.raises(DataError) as error:
        compute_responses(several(frame, frame.tail(1)), RECIST)
    assert str(error.value) == (
        "1 lesion has more than one record at one assessment.\n"
        "  subject  1: A1, T01\n"
        "  fix      leave one record a lesion and assessment, or number the fragments"
    )


def test_a_status_that_the_criterion_does_not_know_is_refused() -> None:
    frame = lesions({"T01": [30, 30]})
    frame.loc[1, "STATUS"] = "VANISHED"
    with pytest.raises(DataError) as error:
        compute_responses(frame, RECIST)
    assert str(error.value) == (
        "1 record has a STATUS of a lesion of role TARGET that the criterion does not know.\n"
        "  subject  1: A1, T01: STATUS VANISHED\n"
        "  fix      map it to one of: DONE, NOT DONE, NE, TOO SMALL, TOO SMALL TO MEASURE, ABSENT"
    )


def test_records_of_no_assessment_are_refused() -> None:
    frame = lesions({"T01": [30, 30]})
    frame.loc[1, "LNKGRP"] = None
    with pytest.raises(DataError) as error:
        compute_responses(frame, RECIST)
    assert str(error.value) == (
        "1 lesion records belong to no assessment.\n"
        "  subject  1: no LNKGRP\n"
        "  fix      link each record of TR to its assessment (TRLNKGRP)"
    )


def test_columns_that_are_missing_are_named() -> None:
    with pytest.raises(DataError, match=r"^the lesion records have no column NODE, PARENTS\.$"):
        compute_responses(lesions({"T01": [30, 30]}).drop(columns=["NODE", "PARENTS"]), RECIST)


def test_no_records_give_no_responses() -> None:
    assert compute_responses(lesions({"T01": [30]}).head(0), RECIST).empty


def test_without_a_status_a_diameter_says_that_the_lesion_was_measured() -> None:
    frame = lesions({"T01": [30, 20], "T02": [30, "ND"]})
    frame["STATUS"] = frame["STATUS"].mask(frame["STATUS"].notna())
    assert column(compute_responses(frame, RECIST), "LSASS") == [2.0, 1.0]


def test_results_do_not_depend_on_the_order_of_records_or_on_other_subjects() -> None:
    first = lesions({"T01": [30, 28, 10], "T02 node": [20, 9, 9]}, subject="1")
    second = lesions({"T01": [50, "A", 4], "NT1": ["P", "A", "A"]}, subject="2", days=[-1, 30, 60])
    shuffled = several(second, first).sample(frac=1, random_state=1).reset_index(drop=True)
    alone = several(compute_responses(first, RECIST), compute_responses(second, RECIST))
    assert compute_responses(shuffled, RECIST).equals(alone)


def test_evaluators_of_one_subject_are_judged_apart() -> None:
    frame = several(lesions({"T01": [30, 40]}), lesions({"T01": [30, 30]}, evaluator="RADIOLOGIST 1"))
    found = compute_responses(frame, RECIST)
    assert column(found[found["ABLFL"].isna()], "EVALUATOR", "TRGRESP") == [
        ("INVESTIGATOR", "PD"),
        ("RADIOLOGIST 1", "SD"),
    ]


def test_the_best_change_is_the_lowest_the_first_of_equals_and_not_after_the_limit() -> None:
    found = compute_responses(lesions({"T01": [100, 60, 60, 50]}), RECIST)
    assert column(select_best_change(found), "LNKGRP", "PCHG") == [("A3", -50.0)]
    limit = np.full(len(found), found["ADT"][2])
    assert column(select_best_change(found, limit), "LNKGRP", "PCHG") == [("A1", -40.0)]


def test_assessments_stand_in_order_of_time_not_of_their_names() -> None:
    days = list(DAYS[:3])
    found = responses({"T01": [40, 50, 20]}, days=[days[0], days[2], days[1]])
    assert column(found, "LNKGRP", "TRGRESP") == [("A2", "PR"), ("A1", "PD")]


def test_an_absent_lesion_is_0_whatever_its_diameter_but_an_absent_node_counts_its_short_axis() -> None:
    frame = lesions({"T01": [30, "A"], "T02 node": [20, "A"]})
    frame["LDIAM"] = [30.0, 20.0, 12.0, 8.0]
    found = compute_responses(frame, RECIST)
    assert column(found, "SDIAM", "TRGRULE") == [(50.0, None), (8.0, "NODES_NORMAL")]
