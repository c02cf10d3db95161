"""Template `hierarchy` as a table: n (%) of subjects, each level set in under the one above it."""

from __future__ import annotations

from crf2tlf.spec.outputs import Hierarchy
from tlf.displays.numbers import Numbers
from tlf.displays.parts import Body, ResultColumn, count_cell, result_header
from tlf.render import Cell, Row
from tlf.results import DatasetFacts

ANY = "ANY"
STEP = "  "


def make_hierarchy_rows(
    body: Hierarchy, numbers: Numbers, facts: DatasetFacts, columns: tuple[ResultColumn, ...]
) -> Body:
    """The table's header and rows, in the order of the results; no rows when there is no record at all."""
    stub = body.label or "\n".join(
        STEP * depth + facts.variables[level].label for depth, level in enumerate(body.levels)
    )
    header = result_header(stub, columns, "n (%)")
    rows = [_row(body, numbers, columns, path) for path in _paths(body, numbers) if path]
    if not rows:
        return Body(header, ())
    first = [_row(body, numbers, columns, ())] if body.any else []
    return Body(header, (*first, *rows))


def _paths(body: Hierarchy, numbers: Numbers) -> list[tuple[str, ...]]:
    """The levels in the order of the results, each once: a result's groups are the column and then the path."""
    wanted = {ANY, *body.levels}
    found = (levels[1:] for name, statistic, levels in numbers.places() if name in wanted and statistic == "n")
    return list(dict.fromkeys(found))


def _row(body: Hierarchy, numbers: Numbers, columns: tuple[ResultColumn, ...], path: tuple[str, ...]) -> Row:
    analysis = body.levels[len(path) - 1] if path else ANY
    found = (numbers.get(analysis, "n", (column.label, *path)) for column in columns)
    cells = (Cell(path[-1] if path else body.any), *(count_cell(numbers, number) for number in found))
    is_parent = bool(path) and len(path) < len(body.levels)
    outermost = len(path) == 1 and len(body.levels) > 1
    return Row(cells, indent=max(len(path) - 1, 0), heading=is_parent, blank_before=outermost)
