"""The index of all displays, as one HTML page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from tlf.render.html import html_page
from tlf.render.html_assets import INDEX_SCRIPT, INDEX_STYLE
from tlf.render.page import IndexEntry

_HEADINGS = {"table": "Tables", "figure": "Figures", "listing": "Listings"}


def render_index(entries: Sequence[IndexEntry], *, title: str, about: str = "", all_pdf: str = "") -> str:
    """The index: tables, figures and listings in the order given, each with links to its files.

    `about` is a line under the title (data cut-off, timestamp); `all_pdf` the address of the PDF with all displays.
    """
    sections = "\n".join(
        f"<section><h2>{heading}</h2>\n{_table([entry for entry in entries if entry.kind == kind])}</section>"
        for kind, heading in _HEADINGS.items()
        if any(entry.kind == kind for entry in entries)
    )
    everything = f'<a href="{escape(all_pdf)}">All displays in one PDF</a>' if all_pdf else ""
    search = '<input id="search" type="search" placeholder="Search displays" aria-label="Search displays" hidden>'
    body = (
        f'<main>\n<h1>{escape(title)}</h1>\n<p class="about">{escape(about)}</p>\n'
        f'<div class="tools">{search}{everything}</div>\n{sections}\n</main>\n<script>{INDEX_SCRIPT}</script>\n'
    )
    return html_page(title, INDEX_STYLE, body)


def _table(entries: Sequence[IndexEntry]) -> str:
    head = (
        '<th scope="col">Number</th><th scope="col">Title</th><th scope="col">Population</th><th scope="col">Files</th>'
    )
    rows = "\n".join(_row(entry) for entry in entries)
    return f"<table><thead><tr>{head}</tr></thead>\n<tbody>\n{rows}\n</tbody></table>"


def _row(entry: IndexEntry) -> str:
    title = f'<a href="{escape(entry.html)}">{escape(entry.title)}</a>' if entry.html else escape(entry.title)
    return (
        f'<tr><th scope="row">{escape(entry.number)}</th><td>{title}</td>'
        f'<td class="population">{escape(entry.population)}</td><td class="files">{"".join(_links(entry))}</td></tr>'
    )


def _links(entry: IndexEntry) -> Iterator[str]:
    for name, address in (("RTF", entry.rtf), ("PDF", entry.pdf), ("HTML", entry.html)):
        if address:
            yield f'<a href="{escape(address)}">{name}</a>'
