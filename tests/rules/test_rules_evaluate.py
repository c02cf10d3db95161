"""Expressions over columns: missing is missing, conditions are three-valued, kinds must fit."""

from __future__ import annotations

import numpy as np
import pytest
from frame_scope import FrameScope, compute, values

from crf2tlf.rules.columns import Column, Kind, boolean_column, number_column, text_column
from crf2tlf.rules.evaluate import KindError, evaluate, evaluate_condition, infer_kind
from crf2tlf.rules.expressions import Reference, parse_expression

NA = None
EVERY_PAIR = [True, True, True, False, False, False, NA, NA, NA]
OTHER = [True, False, NA, True, False, NA, True, False, NA]


def condition(marks: list[bool | None]) -> Column:
    return boolean_column(np.array([mark is True for mark in marks]), np.array([mark is None for mark in marks]))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A and B", [True, False, NA, False, False, False, NA, False, NA]),
        ("A or B", [True, True, True, True, False, NA, True, NA, NA]),
        ("not A", [False, False, False, True, True, True, NA, NA, NA]),
        ("not (A and B)", [False, True, NA, True, True, True, NA, True, NA]),
        ("not (A or B)", [False, False, False, False, True, NA, False, NA, NA]),
        ("A == B", [True, False, NA, False, True, NA, NA, NA, NA]),
        ("A != B", [False, True, NA, True, False, NA, NA, NA, NA]),
    ],
)
def test_logic_is_three_valued(text: str, expected: list[bool | None]) -> None:
    assert compute(text, A=condition(EVERY_PAIR), B=condition(OTHER)) == expected


def test_a_condition_holds_only_where_it_is_true() -> None:
    scope = FrameScope({"A": condition([True, False, NA])})
    assert evaluate_condition(parse_expression("A"), scope).tolist() == [True, False, False]
    assert evaluate_condition(parse_expression("not A"), scope).tolist() == [False, True, False]
    assert evaluate_condition(None, scope).tolist() == [True, True, True]


TEXTS = {"A": text_column(["a", "b", "a", None, None]), "B": text_column(["b", "b", None, "b", None])}
NUMBERS = {"A": number_column([1, 2, 1, None, None]), "B": number_column([2, 2, None, 2, None])}


@pytest.mark.parametrize("columns", [TEXTS, NUMBERS], ids=["texts", "numbers"])
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A == B", [False, True, NA, NA, NA]),
        ("A != B", [True, False, NA, NA, NA]),
        ("A < B", [True, False, NA, NA, NA]),
        ("A <= B", [True, True, NA, NA, NA]),
        ("A > B", [False, False, NA, NA, NA]),
        ("A >= B", [False, True, NA, NA, NA]),
        ("missing(A)", [False, False, False, True, True]),
        ("not missing(A) and not missing(B)", [True, True, False, False, False]),
    ],
)
def test_a_comparison_with_a_missing_value_is_missing(
    text: str, expected: list[bool | None], columns: dict[str, Column]
) -> None:
    assert compute(text, **columns) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A in ['a', 'c']", [True, False, True, NA, NA]),
        ("A not in ['a', 'c']", [False, True, False, NA, NA]),
        ("A in ['A']", [False, False, False, NA, NA]),
        ("A in ['a '] ", [False, False, False, NA, NA]),
    ],
)
def test_a_missing_value_is_in_no_list_and_not_outside_one(text: str, expected: list[bool | None]) -> None:
    assert compute(text, **TEXTS) == expected


def test_numbers_can_be_looked_for_in_a_list() -> None:
    column = number_column([-1, 0, 2, None])
    assert compute("N in [-1, 2]", N=column) == [True, False, True, NA]
    assert compute("N not in [-1, 2]", N=column) == [False, True, False, NA]


def test_texts_compare_by_code_point() -> None:
    column = text_column(["B", "a", "Z", "é", "10", "9"])
    assert compute("T < 'a'", T=column) == [True, False, True, False, True, True]
    assert compute("T < '9'", T=column) == [False, False, False, False, True, False]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A + B", [3.0, 4.0, NA, NA, NA]),
        ("A - B * 2", [-3.0, -2.0, NA, NA, NA]),
        ("-A", [-1.0, -2.0, -1.0, NA, NA]),
        ("A / B", [0.5, 1.0, NA, NA, NA]),
        ("A / 0", [NA, NA, NA, NA, NA]),
        ("0 / 0", [NA, NA, NA, NA, NA]),
        ("(A + B) / 2 - -1", [2.5, 3.0, NA, NA, NA]),
    ],
)
def test_arithmetic_with_a_missing_value_or_a_zero_below_is_missing(text: str, expected: list[float | None]) -> None:
    assert compute(text, **NUMBERS) == expected


def test_a_number_over_all_bounds_warns_of_nothing() -> None:
    assert compute("A * 1e308 * 10", A=number_column([1, None])) == [float("inf"), NA]


def test_constants_and_literals_fill_every_row() -> None:
    scope = FrameScope({"A": number_column([1, None])}, {"SITE": "101", "AGE": 18.0})
    assert values(evaluate(parse_expression("$SITE"), scope)) == ["101", "101"]
    assert values(evaluate(parse_expression("$AGE + 1"), scope)) == [19.0, 19.0]
    assert values(evaluate(parse_expression("A in [$AGE, 1]"), scope)) == [True, NA]


@pytest.mark.parametrize(
    "text", ["T == 'a'", "N + 1", "upper(T)", "T in ['a']", "missing(N)", "round(N, 1)", "text(N)"]
)
def test_no_rows_give_no_rows(text: str) -> None:
    assert compute(text, T=text_column([]), N=number_column([])) == []


def kind(text: str, constants: dict[str, str | float] | None = None) -> Kind:
    def of(reference: Reference) -> Kind:
        kinds: dict[str, Kind] = {"T": "text", "N": "number", "B": "boolean"}
        return kinds[reference.dotted]

    return infer_kind(parse_expression(text), of, constants or {"X": "x", "ONE": 1.0, "HALF": 0.5})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("'a'", "text"),
        ("1", "number"),
        ("$X", "text"),
        ("$ONE", "number"),
        ("T", "text"),
        ("-N", "number"),
        ("N + 1", "number"),
        ("T == 'a'", "boolean"),
        ("N in [1, $ONE]", "boolean"),
        ("not B", "boolean"),
        ("B or N > 1", "boolean"),
        ("missing(B)", "boolean"),
        ("coalesce(T, 'a')", "text"),
        ("max(N, 1)", "number"),
        ("replace(T, 'a', '')", "text"),
        ("round(N, -2)", "number"),
        ("substr(T, $ONE)", "text"),
        ("number(substr(T, 1, 2)) + 1", "number"),
    ],
)
def test_the_kind_of_an_expression_is_known_before_data(text: str, expected: str) -> None:
    assert kind(text) == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("T + 1", "'+' needs a number and gets text"),
        ("1 - B", "'-' needs a number and gets a condition"),
        ("-T", "'-' needs a number and gets text"),
        ("not N", "'not' needs a condition and gets a number"),
        ("B and T", "'and' needs a condition and gets text"),
        ("T == 1", "'==' compares text with a number"),
        ("B == 1", "'==' compares a condition with a number"),
        ("N in ['1']", "'in' compares a number with text"),
        ("T in ['a', $ONE]", "'in' compares text with a number"),
        ("upper(N)", "'upper()' needs text and gets a number"),
        ("round(T)", "'round()' needs a number and gets text"),
        ("concat(T, N)", "'concat()' needs text and gets a number"),
        ("concat(N, T)", "'concat()' needs text and gets a number"),
        ("coalesce(T, N)", "'coalesce()' compares text with a number"),
        ("min(N, 'a')", "'min()' compares a number with text"),
        ("substr(T, '1')", "'substr()' needs a number and gets text"),
        ("contains(T, T)", "'contains()' needs a constant as argument 2"),
        ("substr(T, N)", "'substr()' needs a constant as argument 2"),
        ("round(N, 1 + 1)", "'round()' needs a constant as argument 2"),
        ("contains(T, '')", "'contains()' needs a text that is not empty as argument 2"),
        ("replace(T, '', 'a')", "'replace()' needs a text that is not empty as argument 2"),
        ("scan(T, 1, '')", "'scan()' needs a text that is not empty as argument 3"),
        ("scan(T, 0, '-')", "'scan()' needs a whole number of at least 1 as argument 2"),
        ("scan(T, -1, '-')", "'scan()' needs a whole number of at least 1 as argument 2"),
        ("substr(T, 0)", "'substr()' needs a whole number of at least 1 as argument 2"),
        ("substr(T, 1, 0)", "'substr()' needs a whole number of at least 1 as argument 3"),
        ("substr(T, $HALF)", "'substr()' needs a whole number of at least 1 as argument 2"),
        ("round(N, 0.5)", "'round()' needs a whole number of at least -15 as argument 2"),
        ("round(N, 1e300)", "'round()' needs a whole number of at least -15 as argument 2"),
    ],
)
def test_kinds_that_do_not_fit_are_told(text: str, message: str) -> None:
    with pytest.raises(KindError) as raised:
        kind(text)
    assert str(raised.value) == message
