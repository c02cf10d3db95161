"""Template `counts` as a table: a line for each condition, under it the levels of a variable."""

from __future__ import annotations

from collections.abc import Iterator

from crf2tlf.spec.output_bodies import CountRow, Counts
from tlf.displays.numbers import Numbers
from tlf.displays.parts import NOTHING, Body, ResultColumn, count_cell, result_header
from tlf.render import Cell, Row


def make_count_rows(body: Counts, numbers: Numbers, columns: tuple[ResultColumn, ...]) -> Body:
    """The table's header and rows; a line on the left margin begins a block where it follows one that is set in."""
    rows = [
        line for place, row in enumerate(body.rows, start=1) for line in _lines(row, f"ROW{place}", numbers, columns)
    ]
    shown = [
        Row(row.cells, row.indent, heading=_opens(rows, place), blank_before=_is_apart(rows, place))
        for place, row in enumerate(rows)
    ]
    return Body(result_header("", columns, "n (%)"), tuple(shown))


def _opens(rows: list[Row], place: int) -> bool:
    return place + 1 < len(rows) and rows[place + 1].indent > rows[place].indent


def _is_apart(rows: list[Row], place: int) -> bool:
    """Whether an empty line stands above: between blocks of which one is more than a line."""
    if rows[place].indent or not place:
        return False
    return rows[place - 1].indent > 0 or _opens(rows, place)


def _lines(row: CountRow, name: str, numbers: Numbers, columns: tuple[ResultColumn, ...]) -> Iterator[Row]:
    if row.heading:
        yield Row((Cell(row.label), *(NOTHING for _ in columns)), row.indent)
        return
    yield Row((Cell(row.label), *(_cell(row, name, numbers, column) for column in columns)), row.indent)
    labels = dict(row.levels)
    if row.by:
        for level in dict.fromkeys(levels[1] for levels in numbers.levels(name, "n") if len(levels) > 1):
            cells = (count_cell(numbers, numbers.get(name, "n", (column.label, level))) for column in columns)
            yield Row((Cell(labels.get(level, level)), *cells), row.indent + 1)


def _cell(row: CountRow, name: str, numbers: Numbers, column: ResultColumn) -> Cell:
    number = numbers.get(name, "n_records" if row.records else "n", (column.label,))
    if row.records or number.denominator is None:
        return numbers.cell(str(number.count), number)
    return count_cell(numbers, number)
