"""The page model: what a table, listing or figure says, before anything is drawn.

A `Display` holds text only. Numbers are rounded and joined ("12 (34.5)") before they come here; page breaks, line
breaks and the position of each decimal point are worked out in `tlf.render.paginate`, once for all three formats.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

from crf2tlf.errors import Context, ProgramError

Kind = Literal["table", "listing", "figure"]
Alignment = Literal["left", "center", "right", "decimal"]
Paper = Literal["letter", "a4"]
Orientation = Literal["landscape", "portrait"]

NO_DATA = "No data meet the criteria"
CONTROL = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]")
"""Characters that none of the three formats can show."""


@dataclass(frozen=True)
class Column:
    """A column of the body.

    `label` may hold line breaks ("F+P\\n(N=201)"). `share` is the width relative to the other columns; either every
    column of a display has one, or none has and the widths follow from the content. `align` is that of the body
    cells; a header is centred unless its column is left-aligned. With `no_repeat` a value equal to the one above is
    not shown again, except at the top of a page (subject columns of listings).
    """

    label: str
    align: Alignment = "decimal"
    share: float | None = None
    no_repeat: bool = False


@dataclass(frozen=True)
class Span:
    """A header over several columns, underlined; spans may hold spans."""

    label: str
    columns: tuple[Column | Span, ...]


@dataclass(frozen=True)
class Cell:
    """A cell of the body: its text (may hold line breaks) and the id of the result it shows, where it shows one."""

    text: str = ""
    result: str = ""


@dataclass(frozen=True)
class Row:
    """A row of the body.

    cells         one per column; exactly one if `spans`
    indent        steps by which the first cell is set in
    bold          the whole row in bold
    blank_before  an empty line above, except at the top of a page
    heading       opens a group: the rows below that are set in deeper belong to it. It stays with its first row and
                  is repeated as "... (continued)" where a page breaks inside the group
    block         rows next to each other with the same non-empty name stay on one page where they fit on one
    spans         the only cell reaches over all columns
    """

    cells: tuple[Cell, ...]
    indent: int = 0
    bold: bool = False
    blank_before: bool = False
    heading: bool = False
    block: str = ""
    spans: bool = False


@dataclass(frozen=True)
class Figure:
    """One picture, on a page of its own.

    `png` is drawn in RTF and PDF (300 dpi asked for), `svg` in HTML where given. `alternative` says in words what the
    picture shows, for readers who cannot see it.
    """

    png: bytes = field(repr=False)
    alternative: str
    svg: bytes = field(default=b"", repr=False)


@dataclass(frozen=True)
class Provenance:
    """Where a display comes from: printed at the foot of each page. All of it is text from the spec, never the clock.

    output     id of the output, also the named destination in PDF: t_14_1_2_1
    datasets   analysis datasets read: ("ADSL",)
    spec_hash  hash of the resolved spec, as it shall be printed
    cut_off    data cut-off, ISO 8601
    timestamp  ISO 8601
    """

    output: str
    datasets: tuple[str, ...] = ()
    spec_hash: str = ""
    cut_off: str = ""
    timestamp: str = ""


@dataclass(frozen=True)
class Paging:
    """Paper, orientation and size of the body text in points (6 to 12 in halves, the steps of RTF)."""

    paper: Paper = "letter"
    orientation: Orientation = "landscape"
    font_size: float = 9.0


@dataclass(frozen=True)
class Display:
    """One table, listing or figure.

    number      "Table 14.1.2.1"
    titles      the title, then further title lines
    population  "Full Analysis Set"; may be empty
    study       left in the head of each page: "Protocol CDISCPILOT01"
    header      columns, and spans over them
    rows        none: the body says "No data meet the criteria"
    figures     of a figure: one page each
    footnotes   printed under the body of every page
    source      last line under the footnotes: "Source: Listing 16.2.4.1"
    """

    number: str
    kind: Kind
    titles: tuple[str, ...]
    provenance: Provenance
    population: str = ""
    study: str = ""
    header: tuple[Column | Span, ...] = ()
    rows: tuple[Row, ...] = ()
    figures: tuple[Figure, ...] = ()
    footnotes: tuple[str, ...] = ()
    source: str = ""
    paging: Paging = Paging()

    def __post_init__(self) -> None:
        faults = [*_faults_of_kind(self), *_faults_of_header(self), *_faults_of_rows(self)]
        if faults:
            raise ProgramError("; ".join(faults[:5]), Context(dataset=self.number or self.provenance.output))

    @property
    def columns(self) -> tuple[Column, ...]:
        """The columns of the body, left to right."""
        return tuple(leaves(self.header))

    @property
    def name(self) -> str:
        """Number and title on one line: "Table 14.1.2.1 Demographics"."""
        return f"{self.number} {self.titles[0]}".replace("\n", " ")


@dataclass(frozen=True)
class Detail:
    """How a result came about, shown beside an HTML page when its cell is clicked.

    dataset    dataset whose records were counted or summarised
    filter     the expression that selects them
    count      how many there are
    key_names  names of the key variables: ("USUBJID", "ASEQ")
    keys       keys of the first records, one text per key variable
    facts      further lines, name and text: (("Denominator", "201 subjects of F+P"),)
    """

    dataset: str
    filter: str
    count: int
    key_names: tuple[str, ...] = ()
    keys: tuple[tuple[str, ...], ...] = ()
    facts: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class IndexEntry:
    """One line of the index: the display and the relative addresses of its files, empty where there is none."""

    number: str
    kind: Kind
    title: str
    population: str = ""
    rtf: str = ""
    pdf: str = ""
    html: str = ""


def printable(text: str) -> str:
    """Collected text as a cell can show it: line breaks unified, tabs as spaces, other control characters visible.

    A control character becomes its number, "\\x0b", so that nothing vanishes. Displays refuse the characters as such.
    """
    if text.isprintable():
        return text
    plain = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    return CONTROL.sub(lambda found: f"\\x{ord(found.group()):02x}", plain)


def leaves(header: Sequence[Column | Span]) -> Iterator[Column]:
    """The columns under a header tree, left to right."""
    for node in header:
        if isinstance(node, Span):
            yield from leaves(node.columns)
        else:
            yield node


def _faults_of_kind(display: Display) -> Iterator[str]:
    if not display.number or not display.titles:
        yield "a display needs a number and a title"
    if not display.provenance.output:
        yield "a display needs the id of its output"
    if not 6 <= display.paging.font_size <= 12 or display.paging.font_size * 2 % 1:
        yield f"the font size {display.paging.font_size} is not 6 to 12 in steps of a half"
    if display.kind == "figure" and (display.rows or display.header):
        yield "a figure has no columns and no rows"
    if display.kind != "figure" and display.figures:
        yield f"a {display.kind} has no figures"
    if display.kind != "figure" and not display.columns:
        yield f"a {display.kind} needs at least one column"


def _faults_of_header(display: Display) -> Iterator[str]:
    columns = display.columns
    nodes = list(display.header)
    while nodes:
        node = nodes.pop()
        if isinstance(node, Span):
            nodes += node.columns
            if not node.columns:
                yield f"the span {node.label!r} has no columns"
    shares = [column.share for column in columns if column.share is not None]
    if shares and len(shares) != len(columns):
        yield "either every column has a share of the width or none has"
    if any(share <= 0 for share in shares):
        yield "a column's share of the width must be more than 0"


def _faults_of_rows(display: Display) -> Iterator[str]:
    width = len(display.columns)
    for place, row in enumerate(display.rows, start=1):
        expected = 1 if row.spans else width
        if len(row.cells) != expected:
            yield f"row {place} has {len(row.cells)} cells, expected {expected}"
        if row.indent < 0:
            yield f"row {place} has the indent {row.indent}, expected 0 or more"
