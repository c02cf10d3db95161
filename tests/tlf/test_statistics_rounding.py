"""Numbers as text: half away from zero, on the digits somebody sees."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crf2tlf.errors import DataError
from tlf.statistics import format_count, format_interval, format_number, format_p_value, round_half_away


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [
        (2.5, 0, "3"),
        (0.5, 0, "1"),
        (-2.5, 0, "-3"),
        (0.125, 2, "0.13"),
        (2.675, 2, "2.68"),
        (1.005, 2, "1.01"),
        (0.285, 2, "0.29"),
        (2.4999999999999996, 0, "3"),
        (2.4999, 0, "2"),
        (0.1 + 0.2, 1, "0.3"),
        (99.95, 1, "100.0"),
        (-0.04, 1, "0.0"),
        (7.0, 2, "7.00"),
        (123456789.4999, 0, "123456789"),
        (1e30, 1, "1" + "0" * 30 + ".0"),
        (4e-12, 3, "0.000"),
    ],
)
def test_a_tie_goes_away_from_zero(value: float, decimals: int, text: str) -> None:
    assert format_number(value, decimals) == text


def test_a_mean_that_sums_to_a_tie_is_a_tie() -> None:
    assert format_number(float(np.mean([0.1, 0.2, 0.3, 0.4, 0.25])), 1) == "0.3"
    assert format_number(float(np.mean([1.1, 2.2, 0.45])), 2) == "1.25"


@given(st.integers(-(10**9), 10**9), st.integers(0, 4))
def test_every_decimal_tie_rounds_away_from_zero(whole: int, decimals: int) -> None:
    tie = float(f"{whole}5e-{decimals + 1}")
    expected = whole - 1 if whole < 0 else whole + 1
    assert format_number(tie, decimals) == format_number(float(f"{expected}e-{decimals}"), decimals)


@given(st.floats(-1e9, 1e9), st.integers(0, 6))
def test_rounding_moves_a_value_by_half_a_digit_at_most(value: float, decimals: int) -> None:
    assert abs(round_half_away(value, decimals) - value) <= 0.5 * 10**-decimals + 1e-13 * abs(value)


def test_what_is_not_estimable_is_shown_as_ne_or_as_asked() -> None:
    assert format_number(math.nan, 1) == "NE"
    assert format_number(math.inf, 1, missing="-") == "-"
    assert math.isnan(round_half_away(math.nan, 1))
    assert format_interval(10.45, math.nan, 1) == "(10.5, NE)"


@pytest.mark.parametrize(
    ("p", "text"),
    [
        (0.00009999, "<0.0001"),
        (0.0001, "0.0001"),
        (0.04995, "0.0500"),
        (0.0, "<0.0001"),
        (0.99996, "1.0000"),
        (1.0, "1.0000"),
        (math.nan, "NE"),
    ],
)
def test_a_p_value_below_the_last_digit_is_shown_as_smaller(p: float, text: str) -> None:
    assert format_p_value(p) == text


def test_a_p_value_has_the_decimals_asked_for() -> None:
    assert format_p_value(0.0004, 3) == "<0.001"
    assert format_p_value(0.6484, 3) == "0.648"


def test_a_p_value_outside_0_and_1_is_refused() -> None:
    with pytest.raises(DataError, match=r"^a p-value is between 0 and 1, not 1\.2$"):
        format_p_value(1.2)


def test_no_subject_and_all_subjects_are_shown_without_decimals() -> None:
    assert format_count(0, 86) == "0"
    assert format_count(0, 0) == "0"
    assert format_count(86, 86) == "86 (100)"
    assert format_count(1, 8) == "1 (12.5)"
    assert format_count(1, 16, decimals=0) == "1 (6)"
    assert format_count(3, 80) == "3 (3.8)"


def test_a_count_over_its_denominator_is_not_shown() -> None:
    with pytest.raises(DataError, match=r"^a count is between 0 and its denominator 3, not 4$"):
        format_count(4, 3)


def test_negative_decimals_are_refused() -> None:
    with pytest.raises(DataError, match=r"^a number of decimals is at least 0, not -1$"):
        format_number(1.0, -1)
