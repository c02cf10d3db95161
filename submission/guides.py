"""A reviewer's guide as a PDF: contents, bookmarks, embedded faces, no clock and no random ids."""

from __future__ import annotations

import io
from collections.abc import Iterator
from functools import cache
from html import escape
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

from reportlab.lib.colors import HexColor
from reportlab.lib.enums import TA_LEFT
from reportlab.lib.pagesizes import letter
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import inch
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import BaseDocTemplate, Flowable, Frame, PageTemplate, Paragraph, Spacer, Table, TableStyle
from reportlab.platypus.tableofcontents import TableOfContents

from crf2tlf.errors import Context, ValueDoesNotFit
from submission.guide import Guide, GuideTable, Section

REGULAR, BOLD = "DejaVuSans", "DejaVuSans-Bold"
MARGIN = 0.9 * inch
WIDTH = letter[0] - 2 * MARGIN
LINE, SOFT = HexColor("#c5ccd6"), HexColor("#eef2f7")


def render_guide(guide: Guide) -> bytes:
    """The guide's PDF; the same guide gives the same bytes. ValueDoesNotFit for a character that the face lacks."""
    register_faces()
    check_characters(guide)
    target = io.BytesIO()
    document = GuideDocument(guide, target)
    document.multiBuild(list(flow(guide)), canvasmaker=document.make_canvas)
    return target.getvalue()


@cache
def register_faces() -> None:
    """DejaVu Sans, which comes with matplotlib, so that the guide is the same on every machine."""
    folder = Path(str(distribution("matplotlib").locate_file("matplotlib/mpl-data/fonts/ttf")))
    for name in (REGULAR, BOLD):
        pdfmetrics.registerFont(TTFont(name, str(folder / f"{name}.ttf")))
    pdfmetrics.registerFontFamily(REGULAR, normal=REGULAR, bold=BOLD, italic=REGULAR, boldItalic=BOLD)


def check_characters(guide: Guide) -> None:
    """Raise ValueDoesNotFit where a text has a character that the face does not have."""
    known = pdfmetrics.getFont(REGULAR).face.charToGlyph
    missing = sorted({each for text in texts_of(guide) for each in text if ord(each) not in known and each != "\n"})
    if missing:
        shown = ", ".join(f"{each} U+{ord(each):04X}" for each in missing[:5])
        fix = "write it otherwise in the spec"
        raise ValueDoesNotFit(f"no face of the guide has the characters {shown}", Context(guide.study, fix=fix))


def texts_of(guide: Guide) -> Iterator[str]:
    """All texts of a guide."""
    yield from (guide.title, guide.study, guide.study_title)
    waiting = list(guide.sections)
    while waiting:
        section = waiting.pop()
        waiting += section.parts
        yield from (section.title, *section.paragraphs)
        for table in section.tables:
            yield from (*table.heads, *(cell for row in table.rows for cell in row))


def _style(name: str, size: float, face: str = REGULAR, before: float = 0, after: float = 4) -> ParagraphStyle:
    return ParagraphStyle(
        name, fontName=face, fontSize=size, leading=size * 1.35, spaceBefore=before, spaceAfter=after, alignment=TA_LEFT
    )


STYLES = {
    "title": _style("title", 18, BOLD, 120, 10),
    "study": _style("study", 12, after=8),
    "head1": _style("head1", 13, BOLD, 14, 5),
    "head2": _style("head2", 10.5, BOLD, 9, 4),
    "text": _style("text", 9.5, after=5),
    "cell": _style("cell", 7.5, after=0),
    "cell_head": _style("cell_head", 7.5, BOLD, after=0),
    "contents1": _style("contents1", 10, after=2),
    "contents2": _style("contents2", 9, after=2),
}
STYLES["contents2"].leftIndent = 14


class GuideDocument(BaseDocTemplate):  # type: ignore[misc]  # reportlab has no types
    """Letter pages with the study and the page number at the foot; headings become bookmarks and contents."""

    def __init__(self, guide: Guide, target: io.BytesIO) -> None:
        super().__init__(
            target,
            pagesize=letter,
            leftMargin=MARGIN,
            rightMargin=MARGIN,
            topMargin=MARGIN,
            bottomMargin=MARGIN,
            title=f"{guide.study}: {guide.title}",
            subject=guide.study_title,
            creator="crf2tlf",
            invariant=1,
            lang="en-US",
        )
        self.guide = guide
        frame = Frame(MARGIN, MARGIN, WIDTH, letter[1] - 2 * MARGIN, 0, 0, 0, 0)
        self.addPageTemplates(PageTemplate("page", [frame], onPage=self._foot))

    def make_canvas(self, *arguments: Any, **options: Any) -> Any:
        """The canvas of one pass: it shows its bookmarks when it is opened."""
        from reportlab.pdfgen.canvas import Canvas

        canvas = Canvas(*arguments, **{**options, "initialFontName": REGULAR})
        canvas.showOutline()
        canvas.setViewerPreference("DisplayDocTitle", "true")
        return canvas

    def afterFlowable(self, flowable: Flowable) -> None:  # noqa: N802  reportlab's name
        """Note a heading's page."""
        mark = getattr(flowable, "mark", None)
        if mark is None:
            return
        level, key, text = mark
        self.canv.bookmarkPage(key)
        self.canv.addOutlineEntry(text, key, level)
        self.notify("TOCEntry", (level, escape(text), self.page, key))

    def _foot(self, canvas: Any, _document: Any) -> None:
        canvas.saveState()
        canvas.setFont(REGULAR, 8)
        canvas.drawString(MARGIN, 0.55 * inch, f"{self.guide.study}: {self.guide.title}")
        canvas.drawRightString(letter[0] - MARGIN, 0.55 * inch, f"Page {canvas.getPageNumber()}")
        canvas.restoreState()


def flow(guide: Guide) -> Iterator[Flowable]:
    """The guide as reportlab sets it."""
    yield Paragraph(escape(guide.title), STYLES["title"])
    yield Paragraph(escape(guide.study), STYLES["study"])
    yield Paragraph(escape(guide.study_title), STYLES["study"])
    yield Spacer(1, 24)
    contents = TableOfContents(dotsMinLevel=0)
    contents.levelStyles = [STYLES["contents1"], STYLES["contents2"]]
    # Without a face of their own, tables name Helvetica, which is not embedded.
    contents.tableStyle = TableStyle([("FONTNAME", (0, 0), (-1, -1), REGULAR), ("VALIGN", (0, 0), (-1, -1), "TOP")])
    yield contents
    for number, section in enumerate(guide.sections, start=1):
        yield from section_flow(section, str(number), 0)


def section_flow(section: Section, number: str, level: int) -> Iterator[Flowable]:
    """A section with its subsections."""
    text = f"{number} {section.title}"
    heading = Paragraph(escape(text), STYLES[f"head{level + 1}"])
    heading.keepWithNext = True
    heading.mark = (level, f"section-{number}", text)
    yield heading
    for paragraph in section.paragraphs:
        yield Paragraph(escape(paragraph), STYLES["text"])
    for table in section.tables:
        yield table_flow(table)
        yield Spacer(1, 8)
    for place, part in enumerate(section.parts, start=1):
        yield from section_flow(part, f"{number}.{place}", level + 1)


def table_flow(table: GuideTable) -> Flowable:
    """A table whose head repeats on every page."""
    heads = [Paragraph(escape(head), STYLES["cell_head"]) for head in table.heads]
    rows = [[Paragraph(escape(cell), STYLES["cell"]) for cell in row] for row in table.rows]
    total = sum(table.widths)
    laid = Table([heads, *rows], colWidths=[WIDTH * width / total for width in table.widths], repeatRows=1)
    laid.setStyle(
        TableStyle(
            [
                ("FONTNAME", (0, 0), (-1, -1), REGULAR),
                ("BACKGROUND", (0, 0), (-1, 0), SOFT),
                ("LINEBELOW", (0, 0), (-1, -1), 0.4, LINE),
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
                ("LEFTPADDING", (0, 0), (-1, -1), 3),
                ("RIGHTPADDING", (0, 0), (-1, -1), 3),
            ]
        )
    )
    return laid
