"""What the displays of several templates share."""

from __future__ import annotations

from dataclasses import dataclass

from tlf.displays.numbers import Number, Numbers
from tlf.render import Cell, Column, Row, Span
from tlf.statistics import format_count

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


def count_cell(numbers: Numbers, number: Number) -> Cell:
    """ "12 (14.0)", see format_count."""
    return numbers.cell(format_count(number.count, number.denominator or 0), number)
