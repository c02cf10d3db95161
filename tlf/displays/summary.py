"""Template `summary` as a table: a heading for each variable, under it statistics or levels."""

from __future__ import annotations

from collections.abc import Iterator

from crf2tlf.spec.output_bodies import DEFAULT_STATISTICS, STATISTICS, Summary, SummaryRow
from tlf.displays.numbers import Numbers
from tlf.displays.parts import NOTHING, Body, ResultColumn, count_cell, result_header
from tlf.render import Cell, Column, Row
from tlf.results import DatasetFacts
from tlf.statistics import format_number, format_p_value

MISSING_LABEL = "Missing"
JOINED = {"mean_sd": "{} ({})", "q1_q3": "{}, {}", "min_max": "{}, {}"}


def make_summary_rows(body: Summary, numbers: Numbers, facts: DatasetFacts, columns: tuple[ResultColumn, ...]) -> Body:
    """The table's header and rows; with a test in any row a last column for p-values."""
    tested = any(row.test for row in body.rows)
    header = result_header("", columns)
    if tested:
        header = (*header, Column("p-value"))
    rows = (line for row in body.rows for line in _block(row, numbers, facts, columns, tested))
    return Body(header, tuple(rows))


def _block(
    row: SummaryRow, numbers: Numbers, facts: DatasetFacts, columns: tuple[ResultColumn, ...], tested: bool
) -> Iterator[Row]:
    variable = facts.variables[row.variable]
    label = row.label or variable.label
    is_number = variable.is_number
    last = _test_cells(row, numbers) if tested else ()
    heading = label if is_number else f"{label}, n (%)"
    cells = (Cell(heading), *(NOTHING for _ in columns), *last)
    yield Row(cells, blank_before=True, heading=True, block=row.id)
    lines = _statistic_lines(row, numbers, columns) if is_number else _level_lines(row, numbers, columns)
    blank = (NOTHING,) if tested else ()
    for text, results in lines:
        yield Row((Cell(text), *results, *blank), indent=1, block=row.id)


def _statistic_lines(
    row: SummaryRow, numbers: Numbers, columns: tuple[ResultColumn, ...]
) -> Iterator[tuple[str, tuple[Cell, ...]]]:
    for line in row.statistics or DEFAULT_STATISTICS:
        names, label, extra = STATISTICS[line]
        yield label, tuple(_statistic_cell(row, numbers, column, line, names, extra) for column in columns)


def _statistic_cell(
    row: SummaryRow, numbers: Numbers, column: ResultColumn, line: str, names: tuple[str, ...], extra: tuple[int, ...]
) -> Cell:
    found = [numbers.get(row.id, name, (column.label,)) for name in names]
    is_count = names[0] in {"n", "n_missing"}
    if not is_count and _is_empty(row, numbers, column):
        return NOTHING
    texts = [
        format_number(number.value, 0 if is_count else row.decimals + more)
        for number, more in zip(found, extra, strict=True)
    ]
    return numbers.cell(JOINED.get(line, "{}").format(*texts), *found)


def _is_empty(row: SummaryRow, numbers: Numbers, column: ResultColumn) -> bool:
    """Whether a line above tells that the column has no value, so that statistics would only repeat it."""
    place = (row.id, "n", (column.label,))
    return numbers.has(*place) and not numbers.get(*place).count


def _level_lines(
    row: SummaryRow, numbers: Numbers, columns: tuple[ResultColumn, ...]
) -> Iterator[tuple[str, tuple[Cell, ...]]]:
    labels = dict(row.levels)
    levels = dict.fromkeys(level for _, level in numbers.levels(row.id, "n"))
    for level in levels:
        label = labels.get(level, level) if level else MISSING_LABEL
        found = (numbers.get(row.id, "n", (column.label, level)) for column in columns)
        yield label, tuple(count_cell(numbers, number) for number in found)


def _test_cells(row: SummaryRow, numbers: Numbers) -> tuple[Cell, ...]:
    if not row.test:
        return (NOTHING,)
    statistic, p_value = (numbers.get(row.id, name) for name in ("statistic", "p_value"))
    return (numbers.cell(format_p_value(p_value.value), p_value, statistic),)
