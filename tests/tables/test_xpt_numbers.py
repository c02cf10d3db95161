"""IBM numbers: bytes typed by hand, the borders of the range, and no double changed on its way."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crf2tlf.tables import missing_codes, special_missing
from crf2tlf.tables.xpt_numbers import ibm_from_ieee, ieee_from_ibm

SMALLEST, LARGEST = 16.0**-65, 16.0**63 * (1 - 2.0**-53)


def ibm_hex(value: float) -> str:
    """The eight bytes of a number in a transport file."""
    words, outside = ibm_from_ieee(np.array([value]))
    assert outside is None
    return f"{int(words[0]):016X}"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (0.0, "0000000000000000"),
        (-0.0, "0000000000000000"),
        (1.0, "4110000000000000"),
        (-1.0, "C110000000000000"),
        (2.0, "4120000000000000"),
        (100.0, "4264000000000000"),
        (0.1, "401999999999999A"),
        (-118.625, "C276A00000000000"),
        (SMALLEST, "0010000000000000"),
        (LARGEST, "7FFFFFFFFFFFFFF8"),
        (math.nan, "2E00000000000000"),
        (special_missing("A"), "4100000000000000"),
        (special_missing("Z"), "5A00000000000000"),
        (special_missing("_"), "5F00000000000000"),
    ],
)
def test_a_number_has_the_bytes_of_ts_140(value: float, expected: str) -> None:
    assert ibm_hex(value) == expected


@pytest.mark.parametrize("value", [math.inf, -math.inf, 16.0**63, -(16.0**63), SMALLEST / 2, 5e-324])
def test_a_number_beyond_the_ibm_range_is_marked(value: float) -> None:
    _, outside = ibm_from_ieee(np.array([1.0, value, math.nan, 0.0]))
    assert outside is not None
    assert outside.tolist() == [False, True, False, False]


in_range = st.floats(SMALLEST, LARGEST, allow_subnormal=False)


@settings(deadline=None)
@given(st.lists(st.one_of(in_range, in_range.map(lambda value: -value), st.just(0.0)), min_size=1, max_size=50))
def test_a_double_in_range_comes_back_unchanged(values: list[float]) -> None:
    words, outside = ibm_from_ieee(np.array(values))
    assert outside is None
    assert ieee_from_ibm(words).tolist() == values


@settings(deadline=None)
@given(st.lists(st.sampled_from(".ABCDEFGHIJKLMNOPQRSTUVWXYZ_0"), min_size=1, max_size=40))
def test_missing_values_keep_their_letter(letters: list[str]) -> None:
    by_letter = {".": math.nan, "0": 0.0}
    values = np.array([by_letter[letter] if letter in by_letter else special_missing(letter) for letter in letters])
    words, _ = ibm_from_ieee(values)
    codes = missing_codes(ieee_from_ibm(words))
    assert [chr(code) if code else "0" for code in codes] == letters


def test_a_nan_of_a_computation_is_the_plain_missing_value() -> None:
    with np.errstate(invalid="ignore"):
        nans = np.array([np.inf]) - np.inf
    assert missing_codes(np.concatenate([nans, -nans, [1.0]])).tolist() == [46, 46, 0]


def test_a_zero_with_a_sign_or_exponent_only_reads_as_zero() -> None:
    words = np.array([0x8000000000000000, 0x4000000000000000, 0xC100000000000000], dtype=np.uint64)
    assert ieee_from_ibm(words).tolist() == [0.0, 0.0, 0.0]


def test_a_number_of_a_mainframe_with_56_bits_is_rounded_to_the_nearest_double() -> None:
    assert ieee_from_ibm(np.array([0x40FFFFFFFFFFFFFF], dtype=np.uint64)).tolist() == [1.0]


@pytest.mark.parametrize("letter", ["a", "", "AB", "1", "."])
def test_a_letter_that_is_no_special_missing_value_is_refused(letter: str) -> None:
    with pytest.raises(ValueError, match="is not one of A to Z or _"):
        special_missing(letter)
