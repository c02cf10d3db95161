"""HTML: whole in itself, marked up for screen readers, with the records behind each result."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from html.parser import HTMLParser

from test_render_samples import each_display, make_demographics, make_details, make_figure, make_png

from tlf.render import Cell, Column, Detail, Display, Figure, IndexEntry, Row, Span, render_html, render_index

VOID = {"meta", "col", "img", "br", "input"}


class Nesting(HTMLParser):
    """Checks that elements close in the order they open; collects tags with their attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def parse(page: str) -> Nesting:
    nesting = Nesting()
    nesting.feed(page)
    nesting.close()
    assert nesting.open == []
    return nesting


@each_display
def test_elements_are_closed_and_nothing_is_loaded_from_elsewhere(display: Display) -> None:
    page = render_html(display, make_details())
    addresses = [
        value or ""
        for _, attributes in parse(page).seen
        for name, value in attributes.items()
        if name in ("src", "href")
    ]
    assert all(address.startswith("data:") for address in addresses)
    assert "http://" not in page
    assert "https://" not in page
    assert "@import" not in page


def test_header_cells_say_what_they_head() -> None:
    seen = parse(render_html(make_demographics())).seen
    heads = [
        (attributes.get("scope"), attributes.get("colspan"), attributes.get("rowspan"))
        for tag, attributes in seen
        if tag == "th"
    ]
    assert heads[:5] == [
        ("col", None, "2"),
        ("colgroup", "2", None),
        ("col", None, "2"),
        ("col", None, None),
        ("col", None, None),
    ]
    assert heads[5] == ("rowgroup", None, None)
    assert heads[6] == ("row", None, None)


def test_nested_spans_and_plain_columns_share_the_header_rows() -> None:
    outer = Span("Outer", (Column("One"), Span("Inner", (Column("Two"), Column("Three")))))
    header = (Column("Label", "left"), outer, Span("Last", (Column("Four"),)))
    display = replace(make_demographics(), header=header, rows=(Row(tuple(map(Cell, "abcde"))),))
    thead = re.search("<thead>(.*)</thead>", render_html(display))
    assert thead is not None
    assert re.sub(r' class="[a-z]+"', "", thead.group(1)) == (
        '<tr><th scope="col" rowspan="3">Label</th><th scope="colgroup" colspan="3"><span>Outer</span></th>'
        '<th scope="colgroup" rowspan="2"><span>Last</span></th></tr>'
        '<tr><th scope="col" rowspan="2">One</th><th scope="colgroup" colspan="2"><span>Inner</span></th></tr>'
        '<tr><th scope="col">Two</th><th scope="col">Three</th><th scope="col">Four</th></tr>'
    )


def test_a_result_with_a_detail_is_a_button_and_its_detail_is_in_the_page() -> None:
    page = render_html(make_demographics(), {**make_details(), "not shown": Detail("ADSL", "", 0)})
    assert 'data-result="Age (years)/n/1"><button type="button">' in page
    assert page.count("<button") == 1
    packed = re.search('<script type="application/json" id="details">(.*?)</script>', page)
    assert packed is not None
    details = json.loads(packed.group(1))
    assert list(details) == ["Age (years)/n/1"]
    assert details["Age (years)/n/1"]["filter"] == "FASFL == 'Y' and TRT01P == 'F+P'"
    assert details["Age (years)/n/1"]["count"] == 201


def test_a_result_without_a_detail_keeps_its_id() -> None:
    page = render_html(make_demographics())
    assert 'data-result="Age (years)/n/1"' in page
    assert "<button" not in page
    assert "<script" not in page


def test_markup_in_texts_stays_text() -> None:
    text = "</script><b>&\"'"
    display = replace(make_demographics(), titles=(text,), rows=(Row(tuple(Cell(text, text) for _ in range(4))),))
    page = render_html(display, {text: Detail("ADSL", text, 1, ("USUBJID",), ((text,),))})
    assert "<b>" not in page
    assert page.count("</script>") == 2
    parse(page)


def test_a_figure_is_drawn_from_svg_where_there_is_one() -> None:
    assert 'src="data:image/png;base64,' in render_html(make_figure())
    figure = Figure(make_png(30, 20), 'a "plot"', b"<svg/>")
    page = render_html(replace(make_figure(), figures=(figure,)))
    assert '<img src="data:image/svg+xml;base64,PHN2Zy8+" alt="a &quot;plot&quot;">' in page


def test_the_index_lists_displays_by_kind_with_links_to_their_files() -> None:
    entries = (
        IndexEntry("Listing 16.2.7.1", "listing", "Adverse Events", "Enrolled", html="html/l.html"),
        IndexEntry("Table 14.1.2.1", "table", "Demographics <1>", "FAS", "rtf/t.rtf", "pdf/t.pdf", "html/t.html"),
    )
    page = render_index(entries, title="Study X", about="Data cut-off 2024-03-01", all_pdf="all.pdf")
    parse(page)
    assert re.findall("<h2>(.*?)</h2>", page) == ["Tables", "Listings"]
    assert re.findall('href="(.*?)">(.*?)</a>', page) == [
        ("all.pdf", "All displays in one PDF"),
        ("html/t.html", "Demographics &lt;1&gt;"),
        ("rtf/t.rtf", "RTF"),
        ("pdf/t.pdf", "PDF"),
        ("html/t.html", "HTML"),
        ("html/l.html", "Adverse Events"),
        ("html/l.html", "HTML"),
    ]
