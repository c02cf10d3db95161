"""RTF: plain ASCII, well nested, one table per page."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from test_render_samples import DISPLAYS, each_display, make_adverse_events, make_demographics, make_figure

from tlf.render import Display, render_rtf
from tlf.render.rtf import escape


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("plain", "plain"),
        ("a\\b{c}", "a\\\\b\\{c\\}"),
        ("two\nlines", "two\\line lines"),
        ("Köln", "K\\u246?ln"),
        ("≥ 3", "\\u8805? 3"),
        ("腹", "\\u-32391?"),
        ("😀", "\\u-10179?\\u-8704?"),
        ("1 \u00a0(2)", "1 \\~(2)"),
    ],
)
def test_text_is_escaped(text: str, escaped: str) -> None:
    assert escape(text) == escaped


@each_display
def test_a_file_is_ascii_and_its_groups_are_closed(display: Display) -> None:
    text = render_rtf(display).decode("ascii")
    plain = re.sub(r"\\[\\{}]", "", text)
    depth = 0
    for sign in re.findall("[{}]", plain):
        depth += 1 if sign == "{" else -1
        assert depth >= 0
    assert depth == 0
    assert text.startswith("{\\rtf1\\ansi")
    assert text.endswith("}\n")


@each_display
def test_every_row_has_as_many_cells_as_cell_edges(display: Display) -> None:
    rows = re.findall(r"\\trowd.*?\\row\b", render_rtf(display).decode("ascii"), flags=re.DOTALL)
    for row in rows:
        edges = [int(edge) for edge in re.findall(r"\\cellx(\d+)", row)]
        assert len(edges) == len(re.findall(r"\\cell(?!x)\b", row))
        assert edges == sorted(set(edges))


def test_each_page_has_its_own_header_and_its_number() -> None:
    pages = render_rtf(make_adverse_events()).decode("ascii").split("\\pagebb")
    assert [page.count("\\trhdr") for page in pages] == [1] * 11
    assert [re.findall(r"Page \d+ of \d+", page) for page in pages] == [[f"Page {n} of 11"] for n in range(1, 12)]


def test_a_span_is_underlined_and_has_empty_cells_beside_it() -> None:
    rows = re.findall(r"\\trowd.*?\\row\b", render_rtf(make_demographics()).decode("ascii"), flags=re.DOTALL)
    assert rows[0].count("\\cellx") == 3
    assert rows[0].count("\\brdrb") == 1
    assert "Treatment group\\cell" in rows[0]


def test_a_figure_is_a_png_with_words_for_it() -> None:
    text = render_rtf(make_figure()).decode("ascii")
    assert "\\pict{\\*\\picprop{\\sp{\\sn wzDescription}{\\sv Two survival curves" in text
    assert "\\pngblip\\picwgoal12960\\pichgoal7200\n89504e470d0a1a0a" in text


def test_nothing_in_a_file_tells_the_time_of_the_run() -> None:
    for display in DISPLAYS:
        assert "creatim" not in render_rtf(display).decode("ascii")


def test_the_foot_is_the_provenance_of_the_display() -> None:
    text = render_rtf(replace(make_demographics(), footnotes=(), source="")).decode("ascii")
    foot = "Datasets: ADSL  |  Output: t_14_1_2_1  |  Specification: 4f1c09ab77de  |  Data cut-off: 2024-03-01"
    assert f"{foot}\\tab 2024-04-15T00:00:00\\par" in text
    assert "\\fs2\\sl-20\\slmult0\\par" in text


def test_a_foot_of_two_lines_has_the_timestamp_on_the_first() -> None:
    display = make_demographics()
    source = replace(display.provenance, datasets=tuple(f"ADSET{place}" for place in range(20)))
    text = render_rtf(replace(display, provenance=source)).decode("ascii")
    foot = re.search(r"\{\\footer.*", text)
    assert foot is not None
    assert re.search(r"ADSET0.*\\tab 2024-04-15T00:00:00\\line .*Data cut-off: 2024-03-01\\par", foot.group())
