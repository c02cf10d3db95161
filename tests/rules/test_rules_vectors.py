"""Order, sequence, study day, flags, lookup and mapping, as plain functions of columns."""

from __future__ import annotations

import numpy as np
import pytest
from frame_scope import values

from crf2tlf.rules.columns import Column, number_column, take_rows, text_column
from crf2tlf.rules.vectors import (
    compute_group_numbers,
    compute_lookup,
    compute_mapped,
    compute_occurrence_flags,
    compute_order,
    compute_sequence,
    compute_study_days,
    find_positions,
    find_repeated,
    select_one_per_group,
)

NA = None


@pytest.mark.parametrize(
    ("keys", "order"),
    [
        ([text_column(["b", None, "a", "B"])], [1, 3, 2, 0]),  # missing first, then by code point, as PROC SORT
        ([number_column([2, None, -1, 10])], [1, 2, 0, 3]),
        ([text_column(["10", "9", "1"])], [2, 0, 1]),
        ([text_column(["a", "a", "a"])], [0, 1, 2]),  # ties as they stand
        ([text_column(["a", "b", "a"]), number_column([2, 1, 1])], [2, 0, 1]),
        ([text_column([None, "a", None]), number_column([2, 1, None])], [2, 0, 1]),
        ([], [0, 1, 2]),
    ],
)
def test_rows_are_ordered_with_missing_first_and_ties_as_they_stand(keys: list[Column], order: list[int]) -> None:
    assert compute_order(keys, len(order)).tolist() == order


def test_rows_that_agree_are_one_group_and_missing_agrees_with_missing() -> None:
    groups = compute_group_numbers([text_column(["a", "a", None, None, "b"]), number_column([1, 1, 2, 2, None])], 5)
    assert groups[0] == groups[1]
    assert groups[2] == groups[3]
    assert len(set(groups.tolist())) == 3
    assert compute_group_numbers([text_column([])], 0).tolist() == []


def test_the_sequence_counts_from_one_within_each_subject_in_key_order() -> None:
    subjects = text_column(["S2", "S1", "S1", "S2", "S1"])
    dates = text_column(["2024-01-02", "2024-01-03", None, "2024-01-01", "2024-01-03"])
    assert values(compute_sequence(subjects, [dates])) == [2.0, 2.0, 1.0, 1.0, 3.0]
    assert values(compute_sequence(text_column([]), [text_column([])])) == []


@pytest.mark.parametrize(
    ("date", "reference", "day"),
    [
        ("2024-03-01", "2024-03-01", 1.0),
        ("2024-03-02", "2024-03-01", 2.0),
        ("2024-02-29", "2024-03-01", -1.0),
        ("2024-02-28", "2024-03-01", -2.0),
        ("2024-03-02T00:10", "2024-03-01T23:50", 2.0),
        ("2024-03", "2024-03-01", NA),
        (NA, "2024-03-01", NA),
        ("2024-03-01", NA, NA),
        ("2024-03-01", "2024-03", NA),
    ],
)
def test_there_is_no_study_day_zero(date: str | None, reference: str | None, day: float | None) -> None:
    assert values(compute_study_days(text_column([date]), text_column([reference]))) == [day]


def test_a_study_day_of_numeric_dates_is_the_same() -> None:
    days = compute_study_days(number_column([10, 11, 9, None]), number_column([10, 10, 10, 10]))
    assert values(days) == [1.0, 2.0, -1.0, NA]


@pytest.mark.parametrize(
    ("which", "flags"),
    [("first", [NA, "Y", NA, NA, "Y"]), ("last", ["Y", NA, NA, NA, "Y"])],
)
def test_the_first_or_last_chosen_record_of_each_group_is_flagged(which: str, flags: list[str | None]) -> None:
    subjects = text_column(["S1", "S1", "S1", "S2", "S2"])
    order = number_column([3, 2, 1, None, 5])
    chosen = np.array([True, True, False, False, True])
    assert values(compute_occurrence_flags(which, [subjects], [order], chosen)) == flags


def test_of_records_that_tie_the_first_and_the_last_that_stand_are_taken() -> None:
    subjects, order = text_column(["S1", "S1", "S1"]), number_column([1, 1, 1])
    every = np.ones(3, dtype=bool)
    assert select_one_per_group("first", [subjects], [order], every).tolist() == [0]
    assert select_one_per_group("last", [subjects], [order], every).tolist() == [2]


def test_no_chosen_record_gives_no_flag() -> None:
    flags = compute_occurrence_flags("first", [text_column(["S1"])], [], np.array([False]))
    assert values(flags) == [NA]


def test_a_lookup_finds_a_row_by_its_keys_or_says_that_there_is_none() -> None:
    keys = [text_column(["Day 1", "Day 2", None, "Day 1"]), text_column(["A", "A", "A", None])]
    found, absent = compute_lookup(keys, [["Day 1", "Day 1"], ["A", "B"]], ["1", "2"])
    assert values(found) == ["1", NA, NA, NA]
    assert absent.tolist() == [False, True, False, False]


def test_a_lookup_of_no_rows_gives_no_rows() -> None:
    found, absent = compute_lookup([text_column([])], [["Day 1"]], ["1"])
    assert (values(found), absent.tolist()) == ([], [])


def test_a_key_that_stands_twice_in_the_table_is_an_error() -> None:
    with pytest.raises(ValueError, match="the table's key Day 1 stands twice"):
        compute_lookup([text_column(["Day 1"])], [["Day 1", "Day 1"]], ["1", "2"])


def test_collected_texts_become_terms_as_they_stand_or_without_blanks_around() -> None:
    collected = text_column(["Yes", " Yes ", "yes", "Maybe", None])
    mapped, unknown = compute_mapped(collected, {"Yes": "Y", "Y": "Y"})
    assert values(mapped) == ["Y", "Y", NA, NA, NA]
    assert unknown.tolist() == [False, False, True, True, False]


def test_no_collected_texts_become_no_terms() -> None:
    mapped, unknown = compute_mapped(text_column([]), {"Yes": "Y"})
    assert (values(mapped), unknown.tolist()) == ([], [])


def test_a_key_is_found_where_it_stands_and_a_missing_one_nowhere() -> None:
    positions = find_positions(text_column(["b", "c", None, "a"]), text_column([None, "a", None, "b"]))
    assert positions.tolist() == [3, -1, -1, 1]
    assert find_positions(text_column([]), text_column(["a"])).tolist() == []
    assert find_positions(text_column(["a", None]), text_column([])).tolist() == [-1, -1]


def test_keys_that_stand_more_than_once_are_told_in_order() -> None:
    assert find_repeated(text_column(["b", "a", "b", "a", "c", None, None])) == ["a", "b"]


def test_rows_are_taken_by_position_and_none_gives_missing() -> None:
    assert values(take_rows(text_column(["a", "b"]), np.array([1, -1, 0]))) == ["b", NA, "a"]
    assert values(take_rows(number_column([1, 2]), np.array([1, -1]))) == [2.0, NA]
    assert values(take_rows(text_column([]), np.array([-1, -1]))) == [NA, NA]
