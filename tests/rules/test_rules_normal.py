"""The normal form of collected text, and matching by it."""

from __future__ import annotations

import pytest

from crf2tlf.rules.columns import number_column, text_column
from crf2tlf.rules.functions import FUNCTIONS
from crf2tlf.rules.normal import normal_text
from crf2tlf.rules.vectors import compute_lookup, compute_mapped


@pytest.mark.parametrize(
    ("written", "normal"),
    [
        ("\uff13\u7ea7", "3\u7ea7"),  # a wide digit
        ("Yes ", "Yes"),
        ("a\u00a0 b\u3000c", "a b c"),
        ("\u201cnausea\u201d", "nausea"),
        ("the \u201cold\u201d site", 'the "old" site'),
        ("patient\u2019s", "patient's"),
        ("T\u2011DM1", "T-DM1"),
        ("\ufeffHER2\u200b", "HER2"),
        ("yes", "yes"),
        ('"', '"'),
    ],
)
def test_the_normal_form(written: str, normal: str) -> None:
    assert normal_text(written) == normal


def test_a_missing_text_and_one_of_blanks_have_no_normal_form() -> None:
    found = FUNCTIONS["normal"](text_column([None, "\u3000", " A"]))
    assert found.tolist()[2] == "A"
    assert found.isna().tolist() == [True, True, False]


def test_collected_values_match_exactly_first_and_then_by_their_normal_form() -> None:
    terms = {"3\u7ea7": "3", "Yes": "Y", "Yes ": "BLANK", "A-1": "ONE", "A\u20131": "TWO"}
    collected = text_column(["\uff13\u7ea7", "Yes", "Yes ", "\u00a0Yes", "YES", "A\u20111", "A-1"])
    found, unknown = compute_mapped(collected, terms)
    assert found.fillna("").tolist() == ["3", "Y", "BLANK", "", "", "", "ONE"]
    assert unknown.tolist() == [False, False, False, True, True, True, False]


def test_keys_of_a_table_match_by_their_normal_form_where_only_one_row_has_it() -> None:
    keys = [text_column(["\uff13\u7ea7", "B ", "C\u00a0", None]), text_column(["x", "\u201cy\u201d", "z", "x"])]
    table = [["3\u7ea7", "B", "C", "C "], ["x", "y", "z", "z"]]
    found, absent = compute_lookup(keys, table, ["one", "two", "three", "four"])
    assert found.fillna("").tolist() == ["one", "two", "", ""]
    assert absent.tolist() == [False, False, True, False]


def test_is_ascii_and_digits() -> None:
    texts = text_column(["grade 3 of 5", "\u7ea7", "2.50 mg", None, "none"])
    assert FUNCTIONS["is_ascii"](texts).astype(object).fillna("").tolist() == [True, False, True, "", True]
    assert FUNCTIONS["digits"](texts).fillna("").tolist() == ["3", "", "2.50", "", ""]


def test_iso_is_the_inverse_of_date() -> None:
    found = FUNCTIONS["iso"](number_column([0, 23435.0, None, -1.0]))
    assert found.fillna("").tolist() == ["1960-01-01", "2024-02-29", "", "1959-12-31"]
