"""Which rows stay together, which headings are open at a row, and which values are not repeated."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from tlf.render.geometry import Geometry
from tlf.render.page import Column, Row
from tlf.render.placed import PlacedRow
from tlf.render.rows import blank_cells

FULLEST = 0.9
"""A block that fills more of a page than this is not kept together: its page before would stand half empty."""


def height_of(rows: Sequence[PlacedRow]) -> float:
    """Height of rows with the gaps above them, in points."""
    return sum(row.height + row.gap for row in rows)


def chunks_of(rows: Sequence[PlacedRow], source: Sequence[Row], capacity: float) -> Iterator[tuple[int, int]]:
    """Runs of rows that stay on one page, as (first, behind the last)."""
    start = 0
    for place in range(len(rows)):
        if place + 1 < len(rows) and _glued(source[place], source[place + 1]):
            continue
        if height_of(rows[start : place + 1]) <= capacity * FULLEST:
            yield start, place + 1
        else:
            yield from _loose_chunks(rows, start, place + 1, capacity)
        start = place + 1


def parents_of(rows: Sequence[PlacedRow]) -> list[tuple[int, ...]]:
    """For each row the places of the headings whose groups it stands in, outermost first."""
    found: list[tuple[int, ...]] = []
    open_headings: tuple[int, ...] = ()
    for place, row in enumerate(rows):
        open_headings = tuple(heading for heading in open_headings if rows[heading].indent < row.indent)
        found.append(open_headings)
        if row.heading:
            open_headings = (*open_headings, place)
    return found


def thin_rows(rows: Sequence[PlacedRow], columns: Sequence[Column], geometry: Geometry) -> list[PlacedRow]:
    """The rows, `no_repeat` values blanked where they, and all to their left, are as in the row above."""
    if not any(column.no_repeat for column in columns):
        return list(rows)
    repeats = [[], *(_repeats(above, row, columns) for above, row in pairwise(rows))]
    return [blank_cells(row, places, geometry) if places else row for row, places in zip(rows, repeats, strict=True)]


def _repeats(above: PlacedRow, row: PlacedRow, columns: Sequence[Column]) -> list[int]:
    places: list[int] = []
    if len(above.cells) != len(columns) or len(row.cells) != len(columns):
        return places
    for place, column in enumerate(columns):
        if not column.no_repeat or above.cells[place].text != row.cells[place].text:
            break
        places.append(place)
    return places


def _glued(row: Row, following: Row) -> bool:
    opens = row.heading and following.indent > row.indent
    return opens or (row.block != "" and row.block == following.block)


def _loose_chunks(rows: Sequence[PlacedRow], first: int, last: int, capacity: float) -> Iterator[tuple[int, int]]:
    """A run that is too high for a page: only headings still stay with their first row, where both fit."""
    start = first
    for place in range(first, last):
        more = place + 1 < last and rows[place].heading
        if not more or height_of(rows[start : place + 2]) > capacity * FULLEST:
            yield start, place + 1
            start = place + 1
