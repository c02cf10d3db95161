"""The drawn pages as PDF, one document a form; the same pages give the same bytes."""

from __future__ import annotations

import io
from typing import Any

from reportlab.lib.colors import HexColor
from reportlab.pdfgen.canvas import Canvas

from define.acrf.faces import BOLD, REGULAR, face_runs, measure, register_faces
from define.acrf.layout import (
    ANNOTATION,
    ANSWER,
    FOOT,
    GAP,
    LABEL,
    LINE,
    MARGIN,
    PADDING,
    PAGE,
    SIZE,
    SMALL,
    SMALL_LINE,
    Box,
    FormPages,
    Row,
    box_width,
    flow,
    top_of_rows,
)

COLORS = tuple(HexColor(each) for each in ("#bfffff", "#ffff96", "#96ff96", "#ffbe9b", "#e3ccff", "#ffd1ea", "#d9d9d9"))
"""Light blue, yellow, green and orange first, as CDISC's Metadata Submission Guidelines 2.0 show them."""
WHITE, LINES, SOFT = HexColor("#ffffff"), HexColor("#9aa5b1"), HexColor("#52606d")


def draw_form(study_id: str, form: FormPages, before: int) -> bytes:
    """The form's pages, of which the first has `before` pages of the whole document before it."""
    register_faces()
    target = io.BytesIO()
    canvas = Canvas(target, pagesize=PAGE, invariant=1, initialFontName=REGULAR, pageCompression=1)
    for number, rows in enumerate(form.pages, start=1):
        _Page(canvas, form).draw(study_id, rows, number, before + number)
        canvas.showPage()
    canvas.save()
    return target.getvalue()


class _Page:
    """One page; y counts down from the top."""

    def __init__(self, canvas: Any, form: FormPages) -> None:
        self._canvas, self._form = canvas, form
        names = [name for name, _ in form.content.datasets]
        self._colors = {name: COLORS[place % len(COLORS)] for place, name in enumerate(names)}

    def draw(self, study_id: str, rows: tuple[Row, ...], number: int, of_document: int) -> None:
        self._head(study_id, number)
        top = top_of_rows(self._form)
        for row in rows:
            self._row(row, top)
            top += row.height
        self._text(MARGIN, PAGE[1] - FOOT + 22, f"{study_id}: Annotated CRF", REGULAR, SMALL)
        shown = f"Page {of_document}"
        self._text(PAGE[0] - MARGIN - measure(shown, REGULAR, SMALL), PAGE[1] - FOOT + 22, shown, REGULAR, SMALL)

    def _head(self, study_id: str, number: int) -> None:
        content, pages = self._form.content, len(self._form.pages)
        self._text(MARGIN, MARGIN + 12, study_id, REGULAR, SMALL)
        of = f"{content.form}, page {number} of {pages}"
        self._text(PAGE[0] - MARGIN - measure(of, REGULAR, SMALL), MARGIN + 12, of, REGULAR, SMALL)
        self._text(MARGIN, MARGIN + 30, content.title, BOLD, 13)
        top = MARGIN + 44
        for text in self._form.visits:
            self._text(MARGIN, top, text, REGULAR, SMALL)
            top += SMALL_LINE
        for boxes in (*flow(self._form.legend), *flow(self._form.heading)):
            left = MARGIN
            for box, width in boxes:
                self._box(box, left, top, width)
                left += width + GAP
            top += max(box.height for box, _ in boxes) + GAP

    def _row(self, row: Row, top: float) -> None:
        self._canvas.setStrokeColor(LINES)
        self._canvas.setLineWidth(0.4)
        self._canvas.rect(MARGIN, PAGE[1] - top - row.height, LABEL + ANSWER, row.height, stroke=1, fill=0)
        for left, lines in ((MARGIN, row.label), (MARGIN + LABEL, row.answer)):
            for place, line in enumerate(lines, start=1):
                self._text(left + PADDING, top + PADDING + place * LINE - 3, line, REGULAR, SIZE)
        below = top + PADDING
        for box in row.boxes:
            self._box(box, MARGIN + LABEL + ANSWER + 2 * PADDING, below, min(box_width(box), ANNOTATION - 2 * PADDING))
            below += box.height + GAP

    def _box(self, box: Box, left: float, top: float, width: float) -> None:
        datasets = box.annotation.datasets
        color = self._colors.get(datasets[0], WHITE) if len(datasets) == 1 else WHITE
        height = len(box.lines) * SMALL_LINE + PADDING
        self._canvas.setFillColor(color)
        self._canvas.setStrokeColor(SOFT)
        self._canvas.setLineWidth(0.5)
        self._canvas.rect(left, PAGE[1] - top - height, width, height, stroke=1, fill=1)
        for place, line in enumerate(box.lines, start=1):
            self._text(left + PADDING, top + place * SMALL_LINE, line, BOLD, SMALL)
        for place, line in enumerate(box.reason, start=1):
            self._text(left + PADDING, top + height + place * SMALL_LINE - 1, line, REGULAR, SMALL)

    def _text(self, left: float, top: float, text: str, face: str, size: float) -> None:
        self._canvas.setFillColor(HexColor("#000000"))
        for own, run in face_runs(text, face):
            self._canvas.setFont(own, size)
            self._canvas.drawString(left, PAGE[1] - top, run)
            left += measure(run, face, size)
