"""Best overall response with and without confirmation, first progression, first response, control and benefit."""

from __future__ import annotations

from dataclasses import replace

import pytest
from response_toys import RECIST, column, course, several, subjects

from adam.response import add_best_explanations, compute_best_responses
from adam.response.parameters import Criterion
from crf2tlf.errors import DataError

Seen = tuple[int, str]


def best(
    *seen: Seen, code: str = "BOR", therapy: str | None = None, criterion: Criterion = RECIST
) -> tuple[str, str | None]:
    """Value and date of one parameter of one subject."""
    who = subjects("1", therapy={"1": therapy} if therapy else None)
    found = compute_best_responses(course(*seen), who, criterion)
    row: tuple[str, str | None] = column(found[found["PARAMCD"] == code], "AVALC", "ADT")[0]
    return row


def test_the_best_of_the_order_counts_and_of_equals_the_first() -> None:
    assert best((42, "SD"), (84, "PR"), (126, "PR"), (168, "SD")) == ("PR", "2024-03-25")
    assert best((42, "SD"), (84, "PR"), (126, "CR"), (168, "PR")) == ("CR", "2024-05-06")


@pytest.mark.parametrize(("since", "expected"), [(34, "NE"), (35, "SD")])
def test_stable_disease_counts_from_the_minimum_duration_less_the_window(since: int, expected: str) -> None:
    assert best((since, "SD"))[0] == expected
    assert best((since, "NON-CR/NON-PD"))[0] == expected.replace("SD", "NON-CR/NON-PD")


def test_stable_disease_seen_too_early_and_then_progression_is_progression() -> None:
    assert best((28, "SD"), (84, "PD")) == ("PD", "2024-03-25")


def test_stable_disease_needs_the_minimum_duration_only_once() -> None:
    assert best((28, "SD"), (84, "SD")) == ("SD", "2024-03-25")


def test_a_response_needs_no_minimum_duration() -> None:
    assert best((20, "PR"))[0] == "PR"


def test_after_first_progression_nothing_counts() -> None:
    assert best((42, "SD"), (84, "PD"), (126, "CR")) == ("SD", "2024-02-12")


def test_after_new_therapy_nothing_counts_but_the_day_itself_does() -> None:
    assert best((42, "SD"), (84, "PR"), therapy="2024-03-25") == ("PR", "2024-03-25")
    assert best((42, "SD"), (84, "PR"), therapy="2024-03-24") == ("SD", "2024-02-12")


def test_assessments_on_or_before_the_start_do_not_count() -> None:
    assert best((-7, "CR"), (0, "CR")) == ("MISSING", None)


def test_without_assessments_the_best_response_is_missing_or_as_the_criterion_says() -> None:
    assert best() == ("MISSING", None)
    assert best(criterion=replace(RECIST, best=replace(RECIST.best, no_assessment="NE"))) == ("NE", None)


def test_not_evaluable_is_better_than_missing() -> None:
    assert best((42, "NE"), (84, "NE")) == ("NE", "2024-02-12")


def test_of_two_assessments_on_one_day_the_worse_counts_but_not_one_that_is_not_evaluable() -> None:
    assert best((42, "PR"), (42, "SD"))[0] == "SD"
    assert best((42, "NE"), (42, "PR"))[0] == "PR"
    assert best((42, "CR"), (42, "PD"))[0] == "PD"


LATE = 60


@pytest.mark.parametrize(
    ("first", "after", "late", "early"),
    [
        ("CR", "CR", "CR", "CR"),
        ("CR", "PR", "SD", "SD"),  # too early: the PR itself, seen late enough, is stable disease
        ("CR", "SD", "SD", "SD"),
        ("CR", "PD", "SD", "PD"),
        ("CR", "NE", "SD", "NE"),
        ("CR", None, "SD", "NE"),
        ("PR", "CR", "PR", "PR"),
        ("PR", "PR", "PR", "PR"),
        ("PR", "SD", "SD", "SD"),
        ("PR", "PD", "SD", "PD"),
        ("PR", "NE", "SD", "NE"),
        ("PR", None, "SD", "NE"),
        ("NE", "NE", "NE", "NE"),
        ("NE", "PD", "PD", "PD"),
        ("SD", "PD", "SD", "PD"),
        ("CR", "NON-CR/NON-PD", "SD", "NON-CR/NON-PD"),
    ],
)
def test_the_confirmed_best_response_follows_table_3(first: str, after: str | None, late: str, early: str) -> None:
    for since, expected in ((LATE, late), (20, early)):
        following: list[Seen] = [(since + 28, after), (since + 29, "NE")] if after else []
        assert best((since, first), *following, code="CBOR")[0] == expected


@pytest.mark.parametrize(("after", "expected"), [(27, "SD"), (28, "PR"), (29, "PR")])
def test_confirmation_takes_28_days_without_plus_1(after: int, expected: str) -> None:
    assert best((LATE, "PR"), (LATE + after, "PR"), code="CBOR")[0] == expected


def test_a_response_seen_again_too_soon_may_be_confirmed_later() -> None:
    seen: list[Seen] = [(42, "PR"), (56, "PR"), (70, "PR")]
    found = compute_best_responses(course(*seen), subjects("1"), RECIST)
    assert column(found[found["PARAMCD"] == "CBOR"], "AVALC", "ADT", "CONFDT") == [("PR", "2024-02-12", "2024-03-11")]


@pytest.mark.parametrize(
    ("between", "expected"),
    [
        (["NE"], "PR"),
        (["ND"], "PR"),
        (["NE", "NE"], "SD"),
        (["NE", "ND"], "SD"),
        (["SD"], "SD"),
        (["PD"], "SD"),
        (["NE", "SD"], "SD"),
    ],
)
def test_at_most_one_assessment_that_is_not_evaluable_may_lie_between(between: list[str], expected: str) -> None:
    seen: list[Seen] = [(42 * (number + 1), each) for number, each in enumerate(["PR", *between, "PR"])]
    assert best(*seen, code="CBOR")[0] == expected


def test_the_second_of_three_responses_may_be_the_confirmed_one() -> None:
    seen: list[Seen] = [(42, "PR"), (84, "NE"), (126, "NE"), (168, "PR"), (210, "PR")]
    assert best(*seen, code="CBOR") == ("PR", "2024-06-17")


def test_a_complete_response_confirmed_over_one_ne_only_by_a_complete_response() -> None:
    assert best((42, "CR"), (84, "NE"), (126, "CR"), code="CBOR")[0] == "CR"
    assert best((42, "CR"), (84, "NE"), (126, "PR"), (168, "PR"), code="CBOR") == ("PR", "2024-05-06")


@pytest.mark.parametrize(("choice", "expected"), [("goes_on", "PR"), ("breaks", "SD")])
def test_a_partial_response_after_a_complete_one_breaks_confirmation_if_the_criterion_says_so(
    choice: str, expected: str
) -> None:
    rules = replace(RECIST, confirmation=replace(RECIST.confirmation, partial_after_complete=choice))
    assert best((42, "PR"), (56, "CR"), (80, "PR"), code="CBOR", criterion=rules)[0] == expected


def test_progression_confirms_nothing_and_dates_the_progression() -> None:
    assert best((20, "PR"), (62, "PD"), code="CBOR") == ("PD", "2024-03-03")


def test_all_parameters_of_a_confirmed_responder() -> None:
    seen = course((42, "SD"), (84, "PR"), (126, "NE"), (168, "PR"), (210, "PD"))
    found = compute_best_responses(seen, subjects("1"), RECIST)
    assert column(found, "PARAMCD", "AVALC", "AVAL", "ADT", "CONFDT", "LNKGRP", "RULE") == [
        ("BOR", "PR", 2.0, "2024-03-25", None, "A2", "AS_SEEN"),
        ("CBOR", "PR", 2.0, "2024-03-25", "2024-06-17", "A2", "PR/PR"),
        ("PD", "Y", 1.0, "2024-07-29", None, "A5", "AS_SEEN"),
        ("RSP", "Y", 1.0, "2024-03-25", None, "A2", "AS_SEEN"),
        ("CRSP", "Y", 1.0, "2024-03-25", "2024-06-17", "A2", "PR/PR"),
        ("BCP", "Y", 1.0, "2024-03-25", None, "A2", "AS_SEEN"),
        ("CBCP", "Y", 1.0, "2024-03-25", "2024-06-17", "A2", "PR/PR"),
        ("DC", "Y", 1.0, "2024-03-25", None, "A2", "AS_SEEN"),
        ("CDC", "Y", 1.0, "2024-03-25", "2024-06-17", "A2", "PR/PR"),
        ("CB", "Y", 1.0, "2024-03-25", None, "A2", "AS_SEEN"),
        ("CCB", "Y", 1.0, "2024-03-25", "2024-06-17", "A2", "PR/PR"),
    ]


def test_all_parameters_of_a_response_that_is_not_confirmed() -> None:
    found = compute_best_responses(course((84, "PR"), (126, "PD")), subjects("1"), RECIST)
    values = dict(column(found, "PARAMCD", "AVALC"))
    assert values == {
        "BOR": "PR", "CBOR": "SD", "PD": "Y", "RSP": "Y", "CRSP": "N", "BCP": "Y", "CBCP": "N", "DC": "Y", "CDC": "Y",
        "CB": "Y", "CCB": "N",
    }  # fmt: skip


@pytest.mark.parametrize(("since", "expected"), [(167, ("N", None)), (168, ("Y", "2024-06-17"))])
def test_stable_disease_is_a_benefit_from_24_weeks_on(since: int, expected: tuple[str, str | None]) -> None:
    assert best((42, "SD"), (since, "SD"), code="CB") == expected
    assert best((42, "SD"), (since, "SD"), code="CCB") == expected


def test_first_progression_is_dated_also_after_new_therapy() -> None:
    assert best((42, "SD"), (84, "PD"), therapy="2024-03-01", code="PD") == ("Y", "2024-03-25")
    assert best((42, "SD"), (84, "PD"), therapy="2024-03-01") == ("SD", "2024-02-12")


def test_subjects_stand_as_given_whether_or_not_they_have_assessments() -> None:
    seen = several(course((42, "PR"), subject="3"), course((42, "PD"), subject="1"))
    found = compute_best_responses(seen, subjects("1", "2", "3"), RECIST)
    assert column(found[found["PARAMCD"] == "BOR"], "USUBJID", "AVALC") == [("1", "PD"), ("2", "MISSING"), ("3", "PR")]


def test_best_responses_are_explained() -> None:
    seen = several(
        course((42, "PR"), (84, "PR"), subject="1"),
        course((42, "PR"), (84, "PD"), subject="2"),
        course((20, "CR"), subject="3"),
        course((20, "SD"), subject="4"),
    )
    found = add_best_explanations(compute_best_responses(seen, subjects("1", "2", "3", "4", "5"), RECIST), RECIST)
    assert column(found[found["PARAMCD"].isin(["BOR", "CBOR"])], "EXPLAIN") == [
        "BOR PR on 2024-02-12",
        "CBOR PR on 2024-02-12, confirmed on 2024-03-25 (42 days later)",
        "BOR PR on 2024-02-12",
        "CBOR SD on 2024-02-12: PR not confirmed, then PD",
        "BOR CR on 2024-01-21",
        "CBOR NE on 2024-01-21: CR not confirmed, nothing after it, seen before day 35 after the start",
        "BOR NE on 2024-01-21: stable before day 35 after the start",
        "CBOR NE on 2024-01-21: stable before day 35 after the start",
        "BOR MISSING: no assessment after the start",
        "CBOR MISSING: no assessment after the start",
    ]


def test_a_response_of_a_subject_who_is_not_given_is_refused() -> None:
    with pytest.raises(DataError) as error:
        compute_best_responses(course((42, "PR")), subjects("2"), RECIST)
    assert str(error.value) == (
        "1 subjects and evaluators of the responses are not among the subjects.\n"
        "  subject  1: EVALUATOR INVESTIGATOR\n"
        "  fix      give each subject and evaluator a row with the date of the start"
    )


def test_a_subject_given_twice_is_refused() -> None:
    with pytest.raises(DataError) as error:
        compute_best_responses(course((42, "PR")), subjects("1", "1"), RECIST)
    assert str(error.value) == (
        "a subject and evaluator stand twice among the subjects.\n"
        "  subject  1: EVALUATOR INVESTIGATOR\n"
        "  fix      one row each"
    )


def test_a_response_that_the_criterion_does_not_know_is_refused() -> None:
    with pytest.raises(DataError) as error:
        compute_best_responses(course((42, "iUPD")), subjects("1"), RECIST)
    assert str(error.value) == (
        "the criterion does not know the response iUPD.\n"
        "  fix      map them to one of: CR, PR, SD, NON-CR/NON-PD, NED, PD, NE, ND, MISSING"
    )
