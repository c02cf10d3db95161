"""Pagination: which rows stand on which page, the same for RTF, PDF and HTML."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache

from crf2tlf.errors import Context, ProgramError, ValueDoesNotFit
from tlf.render.chunks import chunks_of, height_of, parents_of, thin_rows
from tlf.render.geometry import CELL_PADDING, MARGIN, SAFETY, Geometry, column_boxes, geometry_of, line_height
from tlf.render.page import CONTROL, Display, Figure, Provenance, Span
from tlf.render.placed import Page, PagedDisplay, PlacedRow, PlacedText
from tlf.render.rows import continue_heading, lines_in, number_blocks, place_header, place_rows, place_text, split_row
from tlf.render.wrap import text_width, wrap_text

TITLE_GAP = 6.0
"""Empty space under the head line and under the titles, in points."""
FIGURE_DPI = 300
MINIMUM_ROWS = 6


@lru_cache(maxsize=16)
def paginate(display: Display) -> PagedDisplay:
    """The display cut into pages. Line and page breaks depend on the display alone, not on the machine."""
    _check_characters(display)
    geometry = geometry_of(display.paging)
    boxes = column_boxes(display, geometry.body_width)
    blocks = number_blocks(display, boxes, geometry)
    foot, stamp = _foot(display.provenance, geometry)
    empty = PagedDisplay(
        display,
        geometry,
        boxes,
        tuple(block.width for block in blocks),
        _titles(display, geometry),
        place_header(display, boxes, geometry),
        _footnotes(display, geometry),
        foot,
        stamp,
        (),
    )
    if display.kind == "figure":
        pages = _figure_pages(empty)
    else:
        rows = place_rows(display, boxes, blocks, geometry)
        pages = _pages(rows, empty)
    _check_head(empty, len(pages))
    return replace(empty, pages=pages)


def body_capacity(paged: PagedDisplay) -> float:
    """Height in points that a page has for the rows under the header; one line is held back for other renderers."""
    geometry = paged.geometry
    titles = sum(len(text.lines) for text in paged.titles) * title_line(geometry)
    notes = sum(len(text.lines) for text in paged.footnotes) * line_height(geometry.small_size)
    header = sum(row.height for row in paged.header)
    fixed = geometry.line + 3 * TITLE_GAP + titles + header + notes + geometry.line
    return geometry.height - 2 * MARGIN - foot_height(paged) - fixed


def title_line(geometry: Geometry) -> float:
    """Height of a line of the titles, which are a point larger than the body."""
    return line_height(geometry.body_size + 1)


def foot_height(paged: PagedDisplay) -> float:
    """Height of the foot of the page in points."""
    return len(paged.foot) * line_height(paged.geometry.foot_size)


class _Pages:
    """Fills page after page with the rows of one display."""

    def __init__(self, rows: Sequence[PlacedRow], paged: PagedDisplay) -> None:
        self.rows, self.paged = rows, paged
        self.thin = thin_rows(rows, paged.display.columns, paged.geometry)
        self.parents = parents_of(rows)
        self.capacity = body_capacity(paged)
        self.done: list[Page] = []
        self.shown: list[PlacedRow] = []
        self.used = 0.0

    def add_chunk(self, first: int, last: int) -> None:
        """Put rows that stay together on the page, on a new one where they do not fit."""
        if not self._at_top() and self.used + height_of(self.thin[first:last]) > self.capacity:
            self._turn(first)
        for place in range(first, last):
            self._add_row(place)

    def close(self) -> tuple[Page, ...]:
        """All pages, the last one as far as it is filled."""
        return (*self.done, Page(len(self.done) + 1, tuple(self.shown)))

    def _add_row(self, place: int) -> None:
        row = self.thin[place]
        if not self._at_top() and self.used + row.gap + row.height > self.capacity:
            self._turn(place)
        if self._at_top():
            full = self.rows[place]
            row = replace(full, gap=full.gap if full.role == "message" else 0.0)
        while self.used + row.gap + row.height > self.capacity and row.line_count > 1:
            lines = lines_in(self.capacity - self.used - row.gap, self.paged.geometry)
            upper, row = split_row(row, max(lines, 1), self.paged.geometry)
            self._put(upper)
            self._turn(place)
        self._put(row)

    def _put(self, row: PlacedRow) -> None:
        self.shown.append(row)
        self.used += row.gap + row.height

    def _turn(self, place: int) -> None:
        """Begin a new page with the headings of the groups that the row at `place` stands in."""
        self.done.append(Page(len(self.done) + 1, tuple(self.shown)))
        self.shown, self.used = [], 0.0
        for heading in self.parents[place]:
            again = continue_heading(self.rows[heading], self.paged.boxes, self.paged.geometry)
            if self.used + again.height <= self.capacity / 2:
                self._put(again)

    def _at_top(self) -> bool:
        return not self.shown or self.shown[-1].role == "continued"


def _pages(rows: Sequence[PlacedRow], paged: PagedDisplay) -> tuple[Page, ...]:
    pages = _Pages(rows, paged)
    if pages.capacity < MINIMUM_ROWS * paged.geometry.line:
        fix = "shorten titles and footnotes, or choose a larger paper or a smaller font"
        raise ProgramError(
            "titles, header and footnotes leave no room for rows", Context(dataset=paged.display.number, fix=fix)
        )
    for first, last in chunks_of(rows, paged.display.rows, pages.capacity):
        pages.add_chunk(first, last)
    return pages.close()


def _figure_pages(paged: PagedDisplay) -> tuple[Page, ...]:
    figures = paged.display.figures
    if not figures:
        return _pages(place_rows(paged.display, paged.boxes, (), paged.geometry), paged)
    room = (paged.geometry.body_width, body_capacity(paged))
    return tuple(Page(number, figure=one, size=_fit(one, room)) for number, one in enumerate(figures, start=1))


def _fit(figure: Figure, room: tuple[float, float]) -> tuple[float, float]:
    """Width and height in points at 300 dpi, made smaller where the page is smaller."""
    if figure.png[:8] != b"\x89PNG\r\n\x1a\n":
        raise ProgramError("a figure is not a PNG file", Context(fix="draw it with the figures stage"))
    pixels = struct.unpack(">II", figure.png[16:24])
    width, height = (count * 72 / FIGURE_DPI for count in pixels)
    scale = min(1.0, room[0] / width, room[1] / height)
    return int(width * scale * 20) / 20, int(height * scale * 20) / 20


def _titles(display: Display, geometry: Geometry) -> tuple[PlacedText, ...]:
    lines = [(display.number, True), *((title, True) for title in display.titles)]
    if display.population:
        lines.append((display.population, False))
    size = geometry.body_size + 1
    return tuple(place_text(text, geometry.body_width, size, bold=bold) for text, bold in lines)


def _footnotes(display: Display, geometry: Geometry) -> tuple[PlacedText, ...]:
    texts = [*display.footnotes, *([display.source] if display.source else [])]
    return tuple(place_text(text, geometry.body_width, geometry.small_size) for text in texts)


def _foot(provenance: Provenance, geometry: Geometry) -> tuple[tuple[str, ...], str]:
    parts = [
        ("Datasets", ", ".join(provenance.datasets)),
        ("Output", provenance.output),
        ("Specification", provenance.spec_hash),
        ("Data cut-off", provenance.cut_off),
    ]
    text = "  |  ".join(f"{name}: {value}" for name, value in parts if value)
    stamp = provenance.timestamp
    width = geometry.body_width / geometry.foot_size * SAFETY - text_width(stamp) - 2
    return wrap_text(text, width), stamp


def _check_head(paged: PagedDisplay, pages: int) -> None:
    label = f"Page {pages} of {pages}"
    room = (paged.geometry.body_width - CELL_PADDING) * SAFETY / paged.geometry.body_size
    if text_width(paged.display.study) + text_width(label) + 1 > room or "\n" in paged.display.study:
        raise ValueDoesNotFit(
            f"the head line {paged.display.study!r} does not fit on one line beside {label!r}",
            Context(dataset=paged.display.number, fix="shorten it in study.yaml"),
        )


def texts_of(display: Display) -> Iterator[str]:
    """Every text that a display shows, but for the fixed words of the page."""
    yield from (display.number, *display.titles, display.population, display.study, *display.footnotes, display.source)
    yield from (display.provenance.output, *display.provenance.datasets, display.provenance.timestamp)
    yield from (display.provenance.spec_hash, display.provenance.cut_off)
    nodes = list(display.header)
    while nodes:
        node = nodes.pop()
        yield node.label
        nodes += node.columns if isinstance(node, Span) else ()
    yield from (cell.text for row in display.rows for cell in row.cells)


def _check_characters(display: Display) -> None:
    for text in texts_of(display):
        found = CONTROL.search(text)
        if found:
            raise ValueDoesNotFit(
                f"the text {text[:60]!r} holds U+{ord(found.group()):04X}, which cannot be printed",
                Context(dataset=display.number, fix="replace the character where the text is made"),
            )
