"""What the displays of several templates share."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from tlf.displays.numbers import Number, Numbers
from tlf.render import Cell, Column, Row, Span
from tlf.statistics import NOT_ESTIMABLE, format_count, format_interval, format_number, format_p_value

BIG_N = "BIG_N"


@dataclass(frozen=True)
class Body:
    """Header, rows, and footnotes that the results themselves call for."""

    header: tuple[Column | Span, ...]
    rows: tuple[Row, ...]
    footnotes: tuple[str, ...] = ()


@dataclass(frozen=True)
class ResultColumn:
    """A column of results: its level and the number of its subjects."""

    label: str
    big_n: Number


def big_n_columns(numbers: Numbers) -> tuple[ResultColumn, ...]:
    """The columns of a table in their order."""
    return tuple(ResultColumn(label, numbers.get(BIG_N, "N", (label,))) for (label,) in numbers.levels(BIG_N, "N"))


def result_header(stub: str, columns: tuple[ResultColumn, ...], below: str = "") -> tuple[Column, ...]:
    """The stub and a column of each group with its big N; `below` is a last line such as "n (%)"."""
    last = f"\n{below}" if below else ""
    results = (Column(f"{column.label}\n(N={column.big_n.count}){last}") for column in columns)
    return (Column(stub, "left"), *results)


NOTHING = Cell("")


def estimate_cell(numbers: Numbers, found: Sequence[Number], decimals: int, *details: Number) -> Cell:
    """ "12.5 (10.5, 14.2)" of an estimate and its limits; details are shown beside the page only."""
    estimate, lower, upper = (number.value for number in found)
    if math.isnan(estimate) and math.isnan(lower) and math.isnan(upper):
        return numbers.cell(NOT_ESTIMABLE, *found, *details)
    text = f"{format_number(estimate, decimals)} {format_interval(lower, upper, decimals)}"
    return numbers.cell(text, *found, *details)


def p_value_cell(numbers: Numbers, p_value: Number, *details: Number) -> Cell:
    """ "0.0312" or "<0.0001"."""
    return numbers.cell(format_p_value(p_value.value), p_value, *details)


def count_cell(numbers: Numbers, number: Number) -> Cell:
    """ "12 (14.0)", see format_count."""
    return numbers.cell(format_count(number.count, number.denominator or 0), number)
