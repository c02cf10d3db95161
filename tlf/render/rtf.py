"""RTF: plain ASCII, one table per page with its own header, so that every word processor shows the pages computed.

Rich Text Format 1.9.1. Sizes are twips (twentieths of a point) and half points. LibreOffice ignores `\\trhdr` on
import, therefore each page has a table of its own; Word reads it as the table's header for screen readers.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tlf.render.geometry import CELL_PADDING, MARGIN, ROW_PADDING, Geometry, line_height
from tlf.render.page import Display, Figure
from tlf.render.paginate import TITLE_GAP, foot_height, paginate, title_line
from tlf.render.placed import Page, PagedDisplay, PlacedCell, PlacedRow, PlacedText

_FONTS = (
    r"{\fonttbl{\f0\froman\fcharset0\fprq2 Times New Roman;}"
    r"{\f1\fnil\fcharset134\fprq2{\*\falt SimSun}SimSun;}}"
)
_ALIGN = {"left": r"\ql", "center": r"\qc", "right": r"\qr"}
_RULE = r"\brdrs\brdrw10 "


def render_rtf(display: Display) -> bytes:
    """The display as an RTF file: ASCII bytes, the same on every machine."""
    paged = paginate(display)
    parts = [_head(paged), _footer(paged)]
    parts += [line for page in paged.pages for line in _page(page, paged)]
    return ("\n".join(parts) + "\n}\n").encode("ascii")


def escape(text: str) -> str:
    """The text as RTF: braces and backslashes escaped, other than ASCII as \\uN? of UTF-16, line breaks as \\line."""
    if text.isascii() and not any(sign in text for sign in "\\{}\n"):
        return text
    return "".join(_ESCAPES.get(character) or _escape_character(character) for character in text)


_ESCAPES = {"\\": "\\\\", "{": r"\{", "}": r"\}", "\n": r"\line ", "\u00a0": r"\~"}


def _escape_character(character: str) -> str:
    if ord(character) < 128:
        return character
    units = character.encode("utf-16-le")
    codes = [int.from_bytes(units[place : place + 2], "little", signed=True) for place in range(0, len(units), 2)]
    return "".join(f"\\u{code}?" for code in codes)


def _head(paged: PagedDisplay) -> str:
    display, geometry = paged.display, paged.geometry
    margin = _twips(MARGIN)
    bottom = _twips(MARGIN + foot_height(paged))
    size = f"\\paperw{_twips(geometry.width)}\\paperh{_twips(geometry.height)}"
    landscape, section = (r"\landscape", r"\lndscpsxn") if geometry.width > geometry.height else ("", "")
    title = escape(display.name)
    return "\n".join(
        [
            r"{\rtf1\ansi\ansicpg1252\uc1\deff0\stshfdbch1\stshfloch0\stshfhich0\stshfbi0\deflang1033",
            _FONTS,
            r"{\colortbl;\red0\green0\blue0;}",
            r"{\stylesheet{\ql\widctlpar\f0\fs" + f"{_half(geometry.body_size)}" + " Normal;}}",
            r"{\info{\title " + title + r"}{\subject " + escape(display.study) + "}}",
            f"{size}\\margl{margin}\\margr{margin}\\margt{margin}\\margb{bottom}{landscape}\\viewkind1\\nowidctlpar",
            f"\\sectd{section}\\headery{margin}\\footery{margin}",
        ]
    )


def _footer(paged: PagedDisplay) -> str:
    geometry = paged.geometry
    first, *others = (escape(line.rstrip()) for line in paged.foot)
    stamp = r"\tab " + escape(paged.stamp) if paged.stamp else ""
    text = r"\line ".join([first + stamp, *others])
    tab = f"\\tqr\\tx{_twips(geometry.body_width)}"
    return "{\\footer " + _paragraph(text, geometry.foot_size, extra=tab) + "}"


def _page(page: Page, paged: PagedDisplay) -> Iterator[str]:
    yield from _titles(page, paged)
    if page.figure is not None:
        yield _picture(page.figure, page.size)
    else:
        yield from _table(page, paged)
    small = paged.geometry.small_size
    for place, note in enumerate(paged.footnotes):
        yield _paragraph(escape(note.text), small, extra=f"\\sb{_twips(TITLE_GAP / 2)}" if place == 0 else "")
    if not paged.footnotes:
        # The end of a table needs a paragraph after it.
        yield r"\pard\plain\fs2\sl-20\slmult0\par"


def _titles(page: Page, paged: PagedDisplay) -> Iterator[str]:
    geometry = paged.geometry
    new_page = r"\pagebb" if page.number > 1 else ""
    tab = f"\\tqr\\tx{_twips(geometry.body_width)}\\sa{_twips(TITLE_GAP)}{new_page}"
    text = f"{escape(paged.display.study)}\\tab {paged.page_label(page)}"
    yield _paragraph(text, geometry.body_size, extra=tab)
    for place, title in enumerate(paged.titles):
        outline = r"\outlinelevel0" if place == 0 and page.number == 1 else ""
        gap = f"\\sa{_twips(TITLE_GAP)}" if place == len(paged.titles) - 1 else ""
        yield _title(title, geometry, outline + gap)


def _title(title: PlacedText, geometry: Geometry, extra: str) -> str:
    size = geometry.body_size + 1
    bold = r"\b " if title.bold else " "
    line = f"\\sl-{_twips(title_line(geometry))}\\slmult0"
    return f"\\pard\\plain\\qc\\keepn{extra}{line}\\f0\\fs{_half(size)}{bold}{escape(title.text)}\\par"


def _paragraph(text: str, size: float, *, extra: str = "") -> str:
    line = f"\\sl-{_twips(line_height(size))}\\slmult0"
    return f"\\pard\\plain\\ql{extra}{line}\\f0\\fs{_half(size)} {text}\\par"


def _table(page: Page, paged: PagedDisplay) -> Iterator[str]:
    header = paged.header
    for place, row in enumerate(header):
        yield _row(row, paged, top=place == 0, bottom=place == len(header) - 1)
    for place, row in enumerate(page.rows):
        yield _row(row, paged, top=place == 0 and not header, bottom=place == len(page.rows) - 1)


def _row(row: PlacedRow, paged: PagedDisplay, *, top: bool, bottom: bool) -> str:
    cells = _all_columns(row.cells, len(paged.boxes))
    header = r"\trhdr" if row.role == "header" else ""
    height = f"\\trrh{_twips(row.height + row.gap)}"
    # Cells without padding, paragraphs with indents: LibreOffice moves a table with padded cells to the left.
    parts = [f"\\trowd\\trgaph0\\trleft0\\trkeep{header}{height}"]
    for cell in cells:
        last = paged.boxes[cell.first + cell.count - 1]
        borders = (r"\clbrdrt" + _RULE if top else "") + (r"\clbrdrb" + _RULE if bottom else "")
        vertical = r"\clvertalb" if row.role == "header" else r"\clvertalt"
        parts.append(f"{borders}{vertical}\\cellx{_twips(last.left + last.width)}")
    parts += [_cell(cell, row, paged) for cell in cells]
    return "\n".join([*parts, r"\row"])


def _cell(cell: PlacedCell, row: PlacedRow, paged: PagedDisplay) -> str:
    geometry = paged.geometry
    bold = r"\b " if row.bold else " "
    above = _twips(row.gap + ROW_PADDING / 2)
    inset = f"\\li{_twips(CELL_PADDING + cell.inset)}\\ri{_twips(CELL_PADDING)}"
    underline = ""
    if cell.over:
        # A border of the paragraph, not of the cell: it leaves a gap between neighbouring spans.
        underline = r"\brdrb" + _RULE
    return (
        f"\\pard\\plain\\intbl{_ALIGN[cell.align]}{inset}\\sb{above}\\sa{_twips(ROW_PADDING / 2)}{underline}"
        f"\\sl-{_twips(geometry.line)}\\slmult0\\f0\\fs{_half(geometry.body_size)}{bold}{escape(cell.text)}\\cell"
    )


def _all_columns(cells: Sequence[PlacedCell], count: int) -> list[PlacedCell]:
    """The cells with an empty one for each column that has none (columns beside a span)."""
    filled: list[PlacedCell] = []
    for cell in cells:
        filled += [PlacedCell(place, 1, "", ("",), "left") for place in range(_end(filled), cell.first)]
        filled.append(cell)
    return filled + [PlacedCell(place, 1, "", ("",), "left") for place in range(_end(filled), count)]


def _end(cells: Sequence[PlacedCell]) -> int:
    return cells[-1].first + cells[-1].count if cells else 0


def _picture(figure: Figure, size: tuple[float, float]) -> str:
    width, height = size
    digits = figure.png.hex()
    lines = "\n".join(digits[start : start + 128] for start in range(0, len(digits), 128))
    goal = f"\\picwgoal{_twips(width)}\\pichgoal{_twips(height)}"
    words = r"{\*\picprop{\sp{\sn wzDescription}{\sv " + escape(figure.alternative) + "}}}"
    extra = f"\\sb{_twips(TITLE_GAP)}"
    return f"\\pard\\plain\\qc{extra} {{\\pict{words}\\pngblip{goal}\n{lines}}}\\par"


def _twips(points: float) -> int:
    return round(points * 20)


def _half(size: float) -> int:
    return round(size * 2)
