"""One page of a PDF: text, rules and pictures at computed places. Y counts upwards, as PDF has it."""

from __future__ import annotations

import io
from collections.abc import Sequence

from reportlab.lib.utils import ImageReader
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

from tlf.render.fonts import CHINESE, EMBEDDED, characters_of_face, drawn_widths, face_runs
from tlf.render.geometry import CELL_PADDING, MARGIN, ROW_PADDING, line_height
from tlf.render.page import Figure
from tlf.render.paginate import TITLE_GAP, foot_height, title_line
from tlf.render.placed import Page, PagedDisplay, PlacedCell, PlacedRow

BASELINE = 0.78
"""Share of the height of a line that is above the baseline."""
RULE = 0.5
NOT_EMBEDDED = (
    f"This page holds Chinese text in {CHINESE}, a font that is not embedded. Where it does not show, install a "
    "Chinese font, or read the RTF or HTML version."
)


class Sheet:
    """Draws one page of a display from top to bottom; `top` is where the next thing begins."""

    def __init__(self, canvas: Canvas, paged: PagedDisplay, study_face: str) -> None:
        self.canvas, self.paged, self.study_face = canvas, paged, study_face
        self.geometry = paged.geometry
        self.top = self.geometry.height - MARGIN

    def draw(self, page: Page) -> None:
        """Everything on the page: head line, titles, body, footnotes and foot."""
        self.canvas.setLineWidth(RULE)
        self._head(page)
        if page.figure is not None:
            self._figure(page.figure, page.size)
        else:
            self._table(page)
        self.top -= TITLE_GAP / 2
        size = self.geometry.small_size
        for note in self.paged.footnotes:
            self._lines(note.lines, size, "left")
        self._foot()
        self._warn(page)

    def _head(self, page: Page) -> None:
        size = self.geometry.body_size
        self._aligned(self.paged.page_label(page), size, "right")
        self._lines((self.paged.display.study,), size, "left")
        self.top -= TITLE_GAP
        for title in self.paged.titles:
            for line in title.lines:
                self._aligned(line, size + 1, "center", title.bold)
                self.top -= title_line(self.geometry)
        self.top -= TITLE_GAP

    def _foot(self) -> None:
        self.top = MARGIN + foot_height(self.paged)
        size = self.geometry.foot_size
        self._aligned(self.paged.stamp, size, "right")
        self._lines(self.paged.foot, size, "left")

    def _warn(self, page: Page) -> None:
        """Under the foot: why text may be missing, where the page uses the face that is not embedded."""
        texts = [line for row in (*self.paged.header, *page.rows) for cell in row.cells for line in cell.lines]
        texts += [line for text in (*self.paged.titles, *self.paged.footnotes) for line in text.lines]
        if characters_of_face([*texts, self.paged.display.study], CHINESE, self.study_face):
            self._aligned(NOT_EMBEDDED, self.geometry.foot_size, "left")

    def _table(self, page: Page) -> None:
        self._rule(0.0, self.geometry.body_width)
        for row in self.paged.header:
            self._row(row)
        if self.paged.header:
            self._rule(0.0, self.geometry.body_width)
        for row in page.rows:
            self._row(row)
        self._rule(0.0, self.geometry.body_width)

    def _row(self, row: PlacedRow) -> None:
        self.top -= row.gap
        for cell in row.cells:
            self._cell(cell, row)
        self.top -= row.height

    def _cell(self, cell: PlacedCell, row: PlacedRow) -> None:
        size, line = self.geometry.body_size, self.geometry.line
        first, last = self.paged.boxes[cell.first], self.paged.boxes[cell.first + cell.count - 1]
        left, right = first.left + CELL_PADDING, last.left + last.width - CELL_PADDING
        lift = row.height - ROW_PADDING - len(cell.lines) * line if row.role == "header" else 0.0
        top = self.top - ROW_PADDING / 2 - lift
        for text in cell.lines:
            self._place(text.rstrip(" \n"), (left + cell.inset, right), top, size, cell.align, row.bold)
            top -= line
        if cell.over:
            self._rule(left, right, self.top - row.height)

    def _figure(self, figure: Figure, size: tuple[float, float]) -> None:
        width, height = size
        left = MARGIN + (self.geometry.body_width - width) / 2
        self.top -= TITLE_GAP + height
        picture = ImageReader(io.BytesIO(figure.png))
        self.canvas.drawImage(picture, left, self.top, width, height, mask="auto")

    def _lines(self, lines: Sequence[str], size: float, align: str) -> None:
        for line in lines:
            self._aligned(line, size, align)
            self.top -= line_height(size)

    def _aligned(self, text: str, size: float, align: str, bold: bool = False) -> None:
        self._place(text.rstrip(" \n"), (0.0, self.geometry.body_width), self.top, size, align, bold)

    def _place(self, text: str, room: tuple[float, float], top: float, size: float, align: str, bold: bool) -> None:
        if not text:
            return
        runs = list(face_runs(text, bold, self.study_face))
        free = room[1] - room[0] - sum(_advance(face, run) for face, run in runs) * size
        x = MARGIN + room[0] + {"left": 0.0, "center": free / 2, "right": free}[align]
        y = top - BASELINE * line_height(size)
        # One text object for the line: what is copied or searched stays one piece.
        line = self.canvas.beginText(x, y)
        for face, run in runs:
            line.setFont(face, size)
            line.textOut(run)
        self.canvas.drawText(line)

    def _rule(self, left: float, right: float, y: float | None = None) -> None:
        y = self.top if y is None else y
        self.canvas.line(MARGIN + left, y, MARGIN + right, y)


def _advance(face: str, text: str) -> float:
    """Width of a run in ems, as drawn."""
    if face in EMBEDDED:
        known = drawn_widths(face)
        return sum(known[character] for character in text)
    return float(stringWidth(text, face, 1000)) / 1000
