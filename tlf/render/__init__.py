"""The display layer: one page model, drawn as RTF, PDF and HTML with the same page breaks."""

from tlf.render.html import render_html
from tlf.render.index import render_index
from tlf.render.page import (
    NO_DATA,
    Cell,
    Column,
    Detail,
    Display,
    Figure,
    IndexEntry,
    Paging,
    Provenance,
    Row,
    Span,
    printable,
)
from tlf.render.paginate import paginate
from tlf.render.pdf import check_faces, render_pdf
from tlf.render.rtf import render_rtf

__all__ = [
    "NO_DATA",
    "Cell",
    "Column",
    "Detail",
    "Display",
    "Figure",
    "IndexEntry",
    "Paging",
    "Provenance",
    "Row",
    "Span",
    "check_faces",
    "paginate",
    "printable",
    "render_html",
    "render_index",
    "render_pdf",
    "render_rtf",
]
