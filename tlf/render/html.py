"""HTML: a page that needs nothing but itself, one section per page of the paper versions.

Tables are marked up for screen readers. A cell that shows a result opens a panel with the rule that selects its
records and the keys of the first of them.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from html import escape
from types import MappingProxyType

from tlf.render.geometry import INDENT
from tlf.render.html_assets import DISPLAY_STYLE, PANEL_SCRIPT, SECURITY
from tlf.render.page import Detail, Display, Figure
from tlf.render.paginate import paginate
from tlf.render.placed import Page, PagedDisplay, PlacedCell, PlacedRow

NO_DETAILS: Mapping[str, Detail] = MappingProxyType({})


def render_html(display: Display, details: Mapping[str, Detail] = NO_DETAILS) -> str:
    """The display as one HTML file; `details` maps the ids of results to how they came about.

    Only details of results that the display shows are written. A result without one stays plain text, with its id in
    the attribute `data-result`.
    """
    paged = paginate(display)
    wanted = _wanted(display, details)
    sections = "\n".join(line for page in paged.pages for line in _section(page, paged, wanted))
    panel = _panel(wanted) if wanted else ""
    style = _page_rule(paged) + DISPLAY_STYLE
    return html_page(display.name, style, f"<main>\n{sections}\n</main>\n{panel}")


def html_page(title: str, style: str, body: str) -> str:
    """A whole HTML file around a body."""
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{SECURITY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>{style}</style>\n</head>\n<body>\n{body}</body>\n</html>\n"
    )


def _page_rule(paged: PagedDisplay) -> str:
    geometry = paged.geometry
    sheet = _number(geometry.body_width / geometry.body_size + 5.2)
    size = f"{_number(geometry.width)}pt {_number(geometry.height)}pt"
    return f"@page {{ size: {size}; margin: 54pt; }}\n:root {{ --sheet: {sheet}em; --print: {geometry.body_size}pt; }}"


def _wanted(display: Display, details: Mapping[str, Detail]) -> dict[str, Detail]:
    shown = (cell.result for row in display.rows for cell in row.cells)
    return {result: details[result] for result in dict.fromkeys(shown) if result in details}


def _panel(wanted: Mapping[str, Detail]) -> str:
    found = {result: asdict(detail) for result, detail in wanted.items()}
    # A "<" inside the data could end the script element.
    packed = json.dumps(found, ensure_ascii=True, separators=(",", ":")).replace("<", "\\u003c")
    return (
        '<aside id="panel" hidden aria-live="polite" aria-label="Records behind the result"></aside>\n'
        f'<script type="application/json" id="details">{packed}</script>\n<script>{PANEL_SCRIPT}</script>\n'
    )


def _section(page: Page, paged: PagedDisplay, wanted: Mapping[str, Detail]) -> Iterator[str]:
    label = paged.page_label(page)
    yield f'<section class="page" id="page-{page.number}" aria-label="{label}">'
    yield f'<div class="run"><span>{_text(paged.display.study)}</span><span>{label}</span></div>'
    yield f'<div class="titles" id="titles-{page.number}">{_titles(page, paged)}</div>'
    yield _figure(page.figure) if page.figure else "\n".join(_table(page, paged, wanted))
    if paged.footnotes:
        yield f'<div class="notes">{"".join(f"<p>{_text(note.text)}</p>" for note in paged.footnotes)}</div>'
    foot = " ".join(line.rstrip() for line in paged.foot)
    yield f'<div class="foot"><span>{_text(foot)}</span><span>{_text(paged.stamp)}</span></div>'
    yield "</section>"


def _titles(page: Page, paged: PagedDisplay) -> str:
    bold = [_text(title.text).replace("\n", "<br>") for title in paged.titles if title.bold]
    tag = "h1" if page.number == 1 else "p"
    population = f'<p class="population">{_text(paged.display.population)}</p>' if paged.display.population else ""
    return f"<{tag}>{'<br>'.join(bold)}</{tag}>{population}"


def _figure(figure: Figure) -> str:
    kind, content = ("svg+xml", figure.svg) if figure.svg else ("png", figure.png)
    source = f"data:image/{kind};base64,{base64.b64encode(content).decode('ascii')}"
    return f'<figure><img src="{source}" alt="{escape(figure.alternative)}"></figure>'


def _table(page: Page, paged: PagedDisplay, wanted: Mapping[str, Detail]) -> Iterator[str]:
    yield f'<table class="body" aria-labelledby="titles-{page.number}">'
    share = 100 / sum(box.width for box in paged.boxes)
    widths = (f'<col style="width:{_number(box.width * share)}%">' for box in paged.boxes)
    yield f"<colgroup>{''.join(widths)}</colgroup>"
    if paged.header:
        yield f"<thead>{''.join(_header(paged.header, len(paged.boxes)))}</thead>"
    yield "<tbody>"
    yield from (_row(row, paged, wanted) for row in page.rows)
    yield "</tbody></table>"


def _header(header: Sequence[PlacedRow], columns: int) -> Iterator[str]:
    """The header rows; a cell with nothing above it reaches up through the rows above."""
    free = [0] * columns
    parts: list[list[tuple[int, str]]] = [[] for _ in header]
    for level, row in enumerate(header):
        for cell in row.cells:
            parts[free[cell.first]].append((cell.first, _header_cell(cell, level - free[cell.first] + 1)))
            free[cell.first : cell.first + cell.count] = [level + 1] * cell.count
    for cells in parts:
        yield f"<tr>{''.join(text for _, text in sorted(cells))}</tr>"


def _header_cell(cell: PlacedCell, rows: int) -> str:
    reach = (f' colspan="{cell.count}"' if cell.count > 1 else "") + (f' rowspan="{rows}"' if rows > 1 else "")
    if cell.over:
        return f'<th scope="colgroup" class="span"{reach}><span>{_text(cell.text)}</span></th>'
    return f'<th scope="col"{_side(cell)}{reach}>{_text(cell.text)}</th>'


def _row(row: PlacedRow, paged: PagedDisplay, wanted: Mapping[str, Detail]) -> str:
    names = [
        name
        for name, given in (("bold", row.bold), ("gap", row.gap and row.role == "body"), (row.role, row.role != "body"))
        if given
    ]
    start = f'<tr class="{" ".join(names)}">' if names else "<tr>"
    return start + "".join(_cell(cell, row, paged, wanted) for cell in row.cells) + "</tr>"


def _cell(cell: PlacedCell, row: PlacedRow, paged: PagedDisplay, wanted: Mapping[str, Detail]) -> str:
    content = _text(cell.text)
    if cell.shift is not None:
        width = _number(paged.blocks[cell.first])
        content = f'<span class="number" style="width:{width}em;padding-left:{_number(cell.shift)}em">{content}</span>'
    if cell.result in wanted:
        content = f'<button type="button">{content}</button>'
    result = f' data-result="{escape(cell.result)}"' if cell.result else ""
    span = f' colspan="{cell.count}"' if cell.count > 1 else ""
    if cell.first == 0 and row.role != "message":
        inset = f' style="padding-left:{_number(0.33 + row.indent * INDENT / 9)}em"' if row.indent else ""
        scope = ' scope="rowgroup"' if row.heading else ' scope="row"'
        return f"<th{scope}{_side(cell)}{span}{inset}{result}>{content}</th>"
    side = "" if cell.shift is not None else _side(cell)
    return f"<td{side}{span}{result}>{content}</td>"


def _side(cell: PlacedCell) -> str:
    return "" if cell.align == "center" else f' class="{cell.align}"'


def _text(text: str) -> str:
    return escape(text, quote=False)


def _number(value: float) -> str:
    return f"{value:.3f}".rstrip("0").rstrip(".")
