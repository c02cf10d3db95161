"""Every function of the expression language: the usual, the missing, the edge."""

from __future__ import annotations

import pytest
from frame_scope import compute, values

from crf2tlf.rules.columns import number_column, text_column
from crf2tlf.rules.function_names import FUNCTION_SIGNATURES
from crf2tlf.rules.functions import FUNCTIONS, compute_number_texts, compute_numbers, compute_rounded

NA = None
Value = str | float | bool | None

ON_TEXT: dict[str, list[tuple[list[str | None], list[Value]]]] = {
    "upper(T)": [(["aB", "é", "ß1", NA], ["AB", "É", "ẞ1", NA])],
    "lower(T)": [(["aB", "É", NA], ["ab", "é", NA])],
    "trim(T)": [([" a b ", "\ta\n", "  ", NA], ["a b", "a", NA, NA])],
    "length(T)": [(["abc", "é ", NA], [3.0, 2.0, NA])],
    "missing(T)": [(["a", " ", NA], [False, False, True])],
    "normal(T)": [(["\uff13\u7ea7 ", "\u201ca\u00a0 b\u201d", "\u3000", NA], ["3\u7ea7", "a b", NA, NA])],
    "is_ascii(T)": [(["a~", "\u7ea7", NA], [True, False, NA])],
    "digits(T)": [(["grade 3 of 5", "2.50 mg", "5.", "none", NA], ["3", "2.50", "5", NA, NA])],
    "concat(T, '-', T)": [(["a", NA], ["a-a", NA])],
    "concat(T, '')": [(["a", NA], [NA, NA])],
    "substr(T, 2)": [(["abc", "a", "日本語", NA], ["bc", NA, "本語", NA])],
    "substr(T, 2, 1)": [(["abc", "a", NA], ["b", NA, NA])],
    "substr(T, 1, 99)": [(["abc", NA], ["abc", NA])],
    "replace(T, 'a', 'bb')": [(["aXa", "x", NA], ["bbXbb", "x", NA])],
    "replace(T, '.', '')": [(["1.5", ".", "abc", NA], ["15", NA, "abc", NA])],
    "scan(T, 1, '-')": [(["01-701-1015", "01", "-1", NA], ["01", "01", NA, NA])],
    "scan(T, 3, '-')": [(["01-701-1015", "01", NA], ["1015", NA, NA])],
    "scan(T, 2, '. ')": [(["a. b. c", "a.b", NA], ["b", NA, NA])],
    "piece(T, 1)": [(["in one  piece ", "a" * 200, NA], ["in one  piece ", "a" * 200, NA])],
    "piece(T, 2)": [(["in one piece", "a" * 200, NA], [NA, NA, NA])],
    "contains(T, '.')": [(["a.c", "abc", NA], [True, False, NA])],
    "contains(T, 'B')": [(["abc", "aBc", NA], [False, True, NA])],
    "starts_with(T, '(')": [(["(a", "a(", NA], [True, False, NA])],
    "ends_with(T, '(T)')": [(["WEEK 10 (T)", "WEEK 10", NA], [True, False, NA])],
    "datepart(T)": [(["2024-01-02T10:30", "2024-01", NA], ["2024-01-02", "2024-01", NA])],
    "timepart(T)": [(["2024-01-02T10:30", "2024-01-02", "2024", NA], ["10:30", NA, NA, NA])],
    "complete(T)": [(["2024-02-29T10", "2023-02-29", "2024-02", "x", NA], [True, False, False, False, NA])],
    "year(T)": [(["2024-02-29", "2024", "24-02", "x", NA], [2024.0, 2024.0, NA, NA, NA])],
    "month(T)": [(["2024-02-29", "2024-02", "2024", NA], [2.0, 2.0, NA, NA])],
    "day(T)": [(["2024-02-29T10:30", "2024-02", NA], [29.0, NA, NA])],
    "date(T)": [
        (
            ["1960-01-01", "1959-12-31", "2024-02-29T10:30", "2023-02-29", "2024-02", "9999-12-31", "1600-01-01", NA],
            [0.0, -1.0, 23435.0, NA, NA, 2936549.0, -131487.0, NA],
        )
    ],
    "number(T)": [
        (
            ["7", " 7 ", "+5", "-5", "5.", ".5", "1e3", "1E-2", "0", "-0.0"],
            [7.0, 7.0, 5.0, -5.0, 5.0, 0.5, 1000.0, 0.01, 0.0, 0.0],
        ),
        (["abc", "1,5", "1 000", "0x1F", "NaN", "inf", "1e999", "9" * 400, "١٢", "<5", NA], [NA] * 11),
    ],
    "min(T, 'b')": [(["a", "c", NA], ["a", "b", "b"])],
    "max(T, 'b')": [(["a", "c", NA], ["b", "c", "b"])],
    "coalesce(T, 'b')": [(["a", NA], ["a", "b"])],
    "coalesce(T, T)": [(["a", NA], ["a", NA])],
}
ON_NUMBERS: dict[str, tuple[list[float | None], list[Value]]] = {
    "iso(N)": ([0, 23435.5, -138061, -138062, 2936550, NA], ["1960-01-01", "2024-02-29", "1582-01-01", NA, NA, NA]),
    "abs(N)": ([-1.5, 0, 2, NA], [1.5, 0.0, 2.0, NA]),
    "floor(N)": ([-1.5, 1.5, 2, NA], [-2.0, 1.0, 2.0, NA]),
    "ceil(N)": ([-1.5, 1.5, 2, NA], [-1.0, 2.0, 2.0, NA]),
    "min(N, 0, 5)": ([-1, 1, 9, NA], [-1.0, 0.0, 0.0, 0.0]),
    "max(N, 0)": ([-1, 1, NA], [0.0, 1.0, 0.0]),
    "max(N, N)": ([1, NA], [1.0, NA]),
    "coalesce(N, 9)": ([1, NA], [1.0, 9.0]),
    "missing(N)": ([0, NA], [False, True]),
    "missing(N / 0)": ([0, 1], [True, True]),
    "text(N)": (
        [1, -1, 0.1, 1e-5, 1.5e-7, 1e15, 1e22, 123456.789, 0.1 + 0.2, NA],
        ["1", "-1", "0.1", "0.00001", "0.00000015", "1000000000000000", "1e+22", "123456.789", "0.30000000000000004", NA],  # noqa: E501
    ),
}  # fmt: skip


@pytest.mark.parametrize(
    ("text", "given", "expected"), [(text, *case) for text, cases in ON_TEXT.items() for case in cases]
)
def test_a_function_of_texts(text: str, given: list[str | None], expected: list[Value]) -> None:
    assert compute(text, T=text_column(given)) == expected


@pytest.mark.parametrize(("text", "given", "expected"), [(text, *case) for text, case in ON_NUMBERS.items()])
def test_a_function_of_numbers(text: str, given: list[float | None], expected: list[Value]) -> None:
    assert compute(text, N=number_column(given)) == expected


@pytest.mark.parametrize(
    ("number", "decimals", "expected"),
    [
        (0.5, 0, 1.0),
        (-0.5, 0, -1.0),
        (1.5, 0, 2.0),
        (2.5, 0, 3.0),
        (-2.5, 0, -3.0),
        (0.4999999999999, 0, 0.0),
        (1.005, 2, 1.01),
        (-1.005, 2, -1.01),
        (2.675, 2, 2.68),
        (0.285, 2, 0.29),
        (1.015, 2, 1.02),
        (8.345, 2, 8.35),
        (1.0049999, 2, 1.0),
        (0.1 + 0.2 + 0.2, 0, 1.0),
        (-0.3, 0, 0.0),
        (15.0, -1, 20.0),
        (-25.0, -1, -30.0),
        (290.0, -1, 290.0),
        (1e12, 0, 1e12),
        (1e12 + 0.4, 0, 1e12),
        (123456789.12345, 4, 123456789.1235),
        (2.0**52 + 1, 0, 2.0**52 + 1),
        (9007199254740993.0, 2, 9007199254740993.0),
        (1e300, 15, 1e300),
    ],
)
def test_a_number_is_rounded_half_away_from_zero(number: float, decimals: int, expected: float) -> None:
    column = number_column([number, None])
    assert values(compute_rounded(column, number_column(decimals, 2))) == [expected, NA]
    if decimals == 0:
        assert values(compute_rounded(column)) == [expected, NA]


def test_what_rounds_to_zero_is_no_minus_zero() -> None:
    assert str(compute_rounded(number_column([-0.3]))[0]) == "0.0"


@pytest.mark.parametrize("number", [0.1, 1 / 3, 1e-7, 1e-8, 123456789.123, 5e-324, 1.7976931348623157e308, -2.5])
def test_the_text_of_a_number_is_that_number_again(number: float) -> None:
    assert values(compute_numbers(compute_number_texts(number_column([number])))) == [number]


def test_every_function_of_the_list_is_there_and_tested() -> None:
    assert FUNCTIONS.keys() == FUNCTION_SIGNATURES.keys()
    tested = {text.partition("(")[0] for text in (*ON_TEXT, *ON_NUMBERS)} | {"round"}
    assert tested == FUNCTION_SIGNATURES.keys()


@pytest.mark.parametrize(
    ("name", "arity"),
    [
        ("missing", "1 argument"),
        ("concat", "2 or more arguments"),
        ("substr", "2 to 3 arguments"),
        ("round", "1 to 2 arguments"),
        ("scan", "3 arguments"),
    ],
)
def test_a_function_says_how_many_arguments_it_takes(name: str, arity: str) -> None:
    assert FUNCTION_SIGNATURES[name].arity == arity
