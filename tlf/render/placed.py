"""A display after pagination: what stands where on each page. The three renderers read this and nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from tlf.render.geometry import Box, Geometry
from tlf.render.page import Display, Figure


@dataclass(frozen=True)
class PlacedText:
    """A line of titles or footnotes: its text, and the lines it takes."""

    text: str
    lines: tuple[str, ...]
    bold: bool = False


@dataclass(frozen=True)
class PlacedCell:
    """A cell with its lines broken.

    first, count  columns it reaches over
    inset         distance of the text from the left inner edge of the column in points (indent, decimal point)
    shift         of a decimal-aligned cell: distance in ems from the left edge of the column's block of numbers
    over          a header over other headers, underlined
    """

    first: int
    count: int
    text: str
    lines: tuple[str, ...]
    align: Literal["left", "center", "right"]
    inset: float = 0.0
    shift: float | None = None
    result: str = ""
    over: bool = False


@dataclass(frozen=True)
class PlacedRow:
    """A row of the body or of the header; `height` includes the padding, `gap` is the empty space above it."""

    cells: tuple[PlacedCell, ...]
    height: float
    gap: float = 0.0
    bold: bool = False
    indent: int = 0
    heading: bool = False
    role: Literal["header", "body", "continued", "message"] = "body"

    @property
    def line_count(self) -> int:
        """Lines of the highest cell."""
        return max(len(cell.lines) for cell in self.cells)


@dataclass(frozen=True)
class Page:
    """One page: rows of a table or listing, or one figure with its width and height in points."""

    number: int
    rows: tuple[PlacedRow, ...] = ()
    figure: Figure | None = None
    size: tuple[float, float] = (0.0, 0.0)


@dataclass(frozen=True)
class PagedDisplay:
    """A display cut into pages. `blocks` holds the width in ems of each column's block of numbers (0 without)."""

    display: Display
    geometry: Geometry
    boxes: tuple[Box, ...]
    blocks: tuple[float, ...]
    titles: tuple[PlacedText, ...]
    header: tuple[PlacedRow, ...]
    footnotes: tuple[PlacedText, ...]
    foot: tuple[str, ...]
    stamp: str
    pages: tuple[Page, ...]

    def page_label(self, page: Page) -> str:
        """ "Page 2 of 7" """
        return f"Page {page.number} of {len(self.pages)}"
