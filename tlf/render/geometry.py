"""Paper, type sizes and column widths, in points."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass

from tlf.render.decimal_align import measure_block, starts_with_number
from tlf.render.page import Column, Display, Paging, Row, Span, leaves
from tlf.render.wrap import text_width

PAPERS = {"letter": (612.0, 792.0), "a4": (595.3, 841.9)}
MARGIN = 54.0
"""Three quarters of an inch on every side, as eCTD documents ask for at the binding edge."""
CELL_PADDING = 3.0
ROW_PADDING = 1.2
INDENT = 9.0
LINE_SPACING = 1.2
SAFETY = 0.97
"""Lines are broken at 97 percent of the width, so that kerning and rounding elsewhere never need another line."""


@dataclass(frozen=True)
class Geometry:
    """Sizes of a page: paper, body text, small text (footnotes), foot of the page; everything in points."""

    width: float
    height: float
    body_size: float
    small_size: float
    foot_size: float

    @property
    def body_width(self) -> float:
        return self.width - 2 * MARGIN

    @property
    def line(self) -> float:
        """Height of a line of the body."""
        return line_height(self.body_size)


@dataclass(frozen=True)
class Box:
    """A column: left edge from the left margin, and width, both in points and including the padding."""

    left: float
    width: float

    @property
    def inner(self) -> float:
        return self.width - 2 * CELL_PADDING


def geometry_of(paging: Paging) -> Geometry:
    """The sizes that follow from paper, orientation and size of the body text."""
    short, long = PAPERS[paging.paper]
    width, height = (long, short) if paging.orientation == "landscape" else (short, long)
    return Geometry(width, height, paging.font_size, paging.font_size - 1, paging.font_size - 1.5)


def line_height(size: float) -> float:
    """Height of a line in points, a whole number of twentieths (the unit of RTF)."""
    return round(size * LINE_SPACING * 20) / 20


def column_boxes(display: Display, body_width: float) -> tuple[Box, ...]:
    """One box per column (one for a figure), together as wide as the body, edges on twentieths of a point."""
    columns = display.columns
    if not columns:
        return (Box(0.0, body_width),)
    if columns[0].share is None:
        weights = _content_widths(display, body_width)
    else:
        weights = [column.share or 0.0 for column in columns]
    edges = [0.0, *itertools.accumulate(weights)]
    edges = [round(edge / edges[-1] * body_width * 20) / 20 for edge in edges]
    return tuple(Box(left, right - left) for left, right in itertools.pairwise(edges))


def _content_widths(display: Display, body_width: float) -> list[float]:
    """Widths by content: each column its longest line where all fit, else its longest word and a share of the rest.

    Room that nobody needs goes to all columns alike, so that the columns of numbers do not crowd at the right.
    """
    size = display.paging.font_size
    columns = [[line for text in texts for line in text.split("\n")] for texts in _texts_by_column(display)]
    blocks = _block_widths(display, columns)
    wanted = _widest(_longest(columns, size), blocks)
    # "12 (34.5)" is one word, where there is room for that.
    least = _widest(_longest([[word for line in lines for word in _words(line)] for lines in columns], size), blocks)
    if sum(least) > body_width:
        least = _longest([[word for line in lines for word in line.split(" ")] for lines in columns], size)
    wanted = [min(width, max(least[place], body_width * 0.4)) for place, width in enumerate(wanted)]
    spare = body_width - sum(wanted)
    if spare >= 0:
        return [width + spare / len(wanted) for width in wanted]
    room = body_width - sum(least)
    stretch = [width - need for width, need in zip(wanted, least, strict=True)]
    if room <= 0 or not sum(stretch):
        return least
    return [need + room * more / sum(stretch) for need, more in zip(least, stretch, strict=True)]


def _longest(columns: Sequence[Sequence[str]], size: float) -> list[float]:
    """The width of each column that its longest text needs, with a tenth of a point for the rounding of edges."""
    paddings = (2 * CELL_PADDING + 0.1 + (3 * INDENT if place == 0 else 0) for place in range(len(columns)))
    widths = (max((text_width(text, True) for text in set(texts)), default=0.0) * size / SAFETY for texts in columns)
    return [width + padding for width, padding in zip(widths, paddings, strict=True)]


def _block_widths(display: Display, columns: Sequence[Sequence[str]]) -> list[float]:
    """The width that the numbers of each column need when they stand aligned: "168 (87.0)" over "48.1 (40.8, 55.0)"."""
    size, padding = display.paging.font_size, 2 * CELL_PADDING + 0.1
    blocks = [measure_block(((text, True) for text in texts), math.inf).width for texts in columns]
    aligned = [column.align == "decimal" for column in display.columns]
    return [width * size / SAFETY + padding if decimal else 0.0 for width, decimal in zip(blocks, aligned, strict=True)]


def _widest(first: Sequence[float], second: Sequence[float]) -> list[float]:
    return [max(pair) for pair in zip(first, second, strict=True)]


def _words(line: str) -> list[str]:
    return [line] if starts_with_number(line) else line.split(" ")


def _texts_by_column(display: Display) -> list[list[str]]:
    full = [row for row in display.rows if not row.spans]
    return [[column.label, *_distinct(full, place)] for place, column in enumerate(display.columns)]


def _distinct(rows: Sequence[Row], place: int) -> list[str]:
    return sorted({row.cells[place].text for row in rows})


Node = Column | Span


def header_grid(header: Sequence[Node]) -> list[list[tuple[int, int, Node]]]:
    """The header as rows of (first column, number of columns, node): columns in the last row, spans just above."""
    depth = max((_depth(node) for node in header), default=0)
    grid: list[list[tuple[int, int, Node]]] = [[] for _ in range(depth)]
    _place_nodes(header, 0, grid)
    return grid


def _place_nodes(header: Sequence[Node], first: int, grid: list[list[tuple[int, int, Node]]]) -> None:
    for node in header:
        inside = node.columns if isinstance(node, Span) else ()
        count = sum(1 for _ in leaves((node,)))
        grid[-_depth(node)].append((first, count, node))
        _place_nodes(inside, first, grid)
        first += count


def _depth(node: Node) -> int:
    return 1 + max(map(_depth, node.columns), default=0) if isinstance(node, Span) else 1
