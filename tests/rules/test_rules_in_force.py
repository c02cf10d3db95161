"""Which record of a subject is in force on a day."""

from __future__ import annotations

import numpy as np

from crf2tlf.rules.columns import text_column
from crf2tlf.rules.vectors import find_in_force

# Elements of two subjects, not in order: A has three from days 1, 10 and 30, B has one from day 5.
SUBJECTS = text_column(["A", "A", "A", "B", None])
STARTS = np.array([10.0, 1.0, 30.0, 5.0, 1.0])
ORDER = np.array([1, 0, 2, 3, 4])


def found(which: str, subjects: list[str | None], days: list[float]) -> list[int]:
    return find_in_force(which, text_column(subjects), np.array(days), SUBJECTS, STARTS, ORDER).tolist()


def test_the_last_record_that_starts_on_or_before_the_day_is_in_force() -> None:
    assert found("last", ["A", "A", "A", "A"], [1.0, 9.0, 10.0, 99.0]) == [1, 1, 0, 2]


def test_no_record_is_in_force_before_the_first_one_or_for_a_missing_day_or_subject() -> None:
    assert found("last", ["A", "B", "A", None, "C"], [0.0, 4.0, np.nan, 20.0, 20.0]) == [-1, -1, -1, -1, -1]


def test_the_records_of_another_subject_never_count() -> None:
    assert found("last", ["B", "B"], [5.0, 40.0]) == [3, 3]


def test_first_takes_the_next_record_on_or_after_the_day() -> None:
    assert found("first", ["A", "A", "A", "B"], [2.0, 10.0, 31.0, 1.0]) == [0, 0, -1, 3]


def test_among_records_of_one_day_the_order_decides() -> None:
    subjects, starts = text_column(["A", "A"]), np.array([3.0, 3.0])
    wanted, days = text_column(["A"]), np.array([3.0])
    assert find_in_force("last", wanted, days, subjects, starts, np.array([0, 1])).tolist() == [1]
    assert find_in_force("last", wanted, days, subjects, starts, np.array([1, 0])).tolist() == [0]
    assert find_in_force("first", wanted, days, subjects, starts, np.array([0, 1])).tolist() == [0]


def test_without_records_nothing_is_in_force() -> None:
    nothing = np.zeros(0, dtype=np.int64)
    assert find_in_force("last", text_column(["A"]), np.array([3.0]), SUBJECTS, STARTS, nothing).tolist() == [-1]
