"""Template `hierarchy` as a table: n (%) of subjects, each level set in under the one above it."""

from __future__ import annotations

from crf2tlf.spec.output_bodies import Hierarchy
from tlf.displays.numbers import Numbers
from tlf.displays.parts import Body, ResultColumn, count_cell, result_header
from tlf.render import Cell, Column, Row, Span
from tlf.results import DatasetFacts

ANY = "ANY"
STEP = "  "
Place = tuple[str, ...]


def make_hierarchy_rows(
    body: Hierarchy, numbers: Numbers, facts: DatasetFacts, columns: tuple[ResultColumn, ...]
) -> Body:
    """The table's header and rows, in the order of the results; no rows when there is no record at all."""
    stub = body.label or "\n".join(
        STEP * depth + facts.variables[level].label for depth, level in enumerate(body.levels)
    )
    places = _places(body, columns)
    header = _graded_header(body, stub, columns) if body.grades is not None else result_header(stub, columns, "n (%)")
    rows = [_row(body, numbers, places, path) for path in _paths(body, numbers) if path]
    if not rows:
        return Body(header, ())
    first = [_row(body, numbers, places, ())] if body.any else []
    return Body(header, (*first, *rows), _footnotes(body, numbers))


def _places(body: Hierarchy, columns: tuple[ResultColumn, ...]) -> tuple[Place, ...]:
    """The groups of each column of cells: the column, and with grades the group of grades."""
    if body.grades is None:
        return tuple((column.label,) for column in columns)
    return tuple((column.label, group.label) for column in columns for group in body.grades.groups)


def _graded_header(body: Hierarchy, stub: str, columns: tuple[ResultColumn, ...]) -> tuple[Column | Span, ...]:
    groups = body.grades.groups if body.grades is not None else ()
    spans = (
        Span(f"{column.label}\n(N={column.big_n.count})", tuple(Column(f"{group.label}\nn (%)") for group in groups))
        for column in columns
    )
    return (Column(stub, "left"), *spans)


def _footnotes(body: Hierarchy, numbers: Numbers) -> tuple[str, ...]:
    if body.grades is None or not numbers.get("UNGRADED", "n_records").count:
        return ()
    n = numbers.get("UNGRADED", "n_records").count
    word = "record has" if n == 1 else "records have"
    return (f"{n} {word} no grade and count in columns of any grade alone.",)


def _paths(body: Hierarchy, numbers: Numbers) -> list[tuple[str, ...]]:
    """The levels in the order of the results, each once: a result's groups are its column and then the path."""
    wanted = {ANY, *body.levels}
    above = 1 if body.grades is None else 2
    found = (levels[above:] for name, statistic, levels in numbers.places() if name in wanted and statistic == "n")
    return list(dict.fromkeys(found))


def _row(body: Hierarchy, numbers: Numbers, places: tuple[Place, ...], path: tuple[str, ...]) -> Row:
    analysis = body.levels[len(path) - 1] if path else ANY
    found = (numbers.get(analysis, "n", (*place, *path)) for place in places)
    cells = (Cell(path[-1] if path else body.any), *(count_cell(numbers, number) for number in found))
    is_parent = bool(path) and len(path) < len(body.levels)
    outermost = len(path) == 1 and len(body.levels) > 1
    return Row(cells, indent=max(len(path) - 1, 0), heading=is_parent, blank_before=outermost)
