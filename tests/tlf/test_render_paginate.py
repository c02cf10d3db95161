"""Which rows stand on which page, and where the lines break."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_render_samples import make_adverse_events, make_demographics, make_figure, make_listing, make_png

from crf2tlf.errors import ProgramError, ValueDoesNotFit
from tlf.render import Cell, Column, Display, Figure, Paging, Provenance, Row, Span, paginate, printable
from tlf.render.decimal_align import measure_block, pad_parentheses, shift_of
from tlf.render.geometry import SAFETY, column_boxes, header_grid
from tlf.render.paginate import body_capacity
from tlf.render.wrap import text_width, wrap_text

TEXTS = st.text(st.sampled_from("ab zW-–1.,;%\n ü腹泻，（）。"), max_size=80)


def make_table(rows: tuple[Row, ...], *, columns: int = 2, **changes: object) -> Display:
    header = (Column("Label", "left", share=3), *(Column(f"Arm {place}", share=1) for place in range(1, columns)))
    fields = {"header": header, "rows": rows, **changes}
    return Display("Table 1", "table", ("A title",), Provenance("t_1"), **fields)  # type: ignore[arg-type]


def make_row(label: str, number: str = "1", **changes: object) -> Row:
    return replace(Row((Cell(label), Cell(number))), **changes)  # type: ignore[arg-type]


def labels_by_page(display: Display) -> list[list[str]]:
    return [[row.cells[0].text for row in page.rows] for page in paginate(display).pages]


def test_a_display_without_rows_says_so() -> None:
    assert labels_by_page(make_table(())) == [["No data meet the criteria"]]


def test_a_figure_without_a_picture_says_so() -> None:
    assert labels_by_page(replace(make_figure(), figures=())) == [["No data meet the criteria"]]


def test_every_row_stands_on_one_page_in_order() -> None:
    labels = [f"Row {place}" for place in range(200)]
    pages = labels_by_page(make_table(tuple(make_row(label) for label in labels)))
    assert len(pages) > 1
    assert [label for page in pages for label in page] == labels


@pytest.mark.parametrize("display", [make_adverse_events(), make_listing(), make_demographics()])
def test_no_page_is_fuller_than_its_capacity(display: Display) -> None:
    paged = paginate(display)
    capacity = body_capacity(paged)
    assert all(sum(row.height + row.gap for row in page.rows) <= capacity + 1e-6 for page in paged.pages)


def test_a_group_that_goes_over_a_page_is_continued_on_the_next() -> None:
    rows = (make_row("Skin disorders", "9 (4.5)", heading=True), *(make_row(f"Rash {n}", indent=1) for n in range(60)))
    pages = paginate(make_table(rows)).pages
    first = pages[1].rows[0]
    assert [cell.text for cell in first.cells] == ["Skin disorders (continued)", ""]
    assert first.role == "continued"


def test_nested_groups_are_continued_outermost_first() -> None:
    rows = (
        make_row("Body system", heading=True),
        make_row("Group", heading=True, indent=1),
        *(make_row(f"Term {n}", indent=2) for n in range(60)),
    )
    assert labels_by_page(make_table(rows))[1][:2] == ["Body system (continued)", "Group (continued)"]


def test_a_row_that_is_set_in_less_ends_the_group() -> None:
    rows = (
        make_row("Body system", heading=True),
        make_row("Term", indent=1),
        *(make_row(f"Other {n}") for n in range(60)),
    )
    assert "continued" not in labels_by_page(make_table(rows))[1][0]


def test_a_heading_does_not_stand_alone_at_the_end_of_a_page() -> None:
    full = len(labels_by_page(make_table(tuple(make_row(f"Row {n}") for n in range(200))))[0])
    rows = tuple(make_row(f"Row {n}") for n in range(full - 1))
    pages = labels_by_page(make_table((*rows, make_row("Heading", heading=True), make_row("Term", indent=1))))
    assert pages[1] == ["Heading", "Term"]


def test_a_block_stays_on_one_page() -> None:
    rows = tuple(make_row(f"Row {n}") for n in range(28))
    block = tuple(make_row(f"Age {n}", block="age") for n in range(12))
    pages = labels_by_page(make_table((*rows, *block)))
    assert pages[1] == [f"Age {n}" for n in range(12)]


def test_a_block_that_is_higher_than_a_page_falls_apart() -> None:
    pages = labels_by_page(make_table(tuple(make_row(f"Age {n}", block="age") for n in range(100))))
    assert len(pages) == 3
    assert sum(map(len, pages)) == 100


def test_an_empty_line_is_dropped_at_the_top_of_a_page() -> None:
    pages = paginate(make_table(tuple(make_row(f"Row {n}", blank_before=True) for n in range(60)))).pages
    assert [page.rows[0].gap for page in pages] == [0.0] * len(pages)
    assert pages[0].rows[1].gap > 0


def test_a_row_that_is_higher_than_a_page_goes_on_over_pages_without_loss() -> None:
    text = " ".join(f"word{place}" for place in range(2000))
    pages = labels_by_page(make_table((make_row(text),)))
    assert len(pages) > 1
    assert "".join(page[0] for page in pages) == text


def test_a_repeated_value_is_shown_again_only_at_the_top_of_a_page() -> None:
    header = (Column("Subject", "left", no_repeat=True), Column("Arm", "left", no_repeat=True), Column("Term", "left"))
    rows = tuple(Row((Cell("01-001"), Cell("A"), Cell(f"Term {place}"))) for place in range(60))
    pages = paginate(
        make_table((*rows, Row((Cell("01-002"), Cell("A"), Cell("Last")))), columns=3, header=header)
    ).pages
    assert [[cell.text for cell in row.cells] for row in pages[0].rows[:2]] == [
        ["01-001", "A", "Term 0"],
        ["", "", "Term 1"],
    ]
    assert [cell.text for cell in pages[1].rows[0].cells[:2]] == ["01-001", "A"]
    assert [cell.text for cell in pages[-1].rows[-1].cells] == ["01-002", "A", "Last"]


def test_titles_that_leave_no_room_for_rows_are_refused() -> None:
    display = make_table((make_row("Row"),), footnotes=tuple(f"Note {n}" for n in range(60)))
    with pytest.raises(ProgramError) as caught:
        paginate(display)
    assert str(caught.value) == (
        "Table 1: titles, header and footnotes leave no room for rows\n"
        "  fix      shorten titles and footnotes, or choose a larger paper or a smaller font"
    )


def test_a_head_line_that_is_too_wide_is_refused() -> None:
    with pytest.raises(ValueDoesNotFit) as caught:
        paginate(make_table((make_row("Row"),), study="W" * 80))
    assert str(caught.value) == (
        f"Table 1: the head line '{'W' * 80}' does not fit on one line beside 'Page 1 of 1'\n"
        "  fix      shorten it in study.yaml"
    )


def test_a_control_character_is_refused() -> None:
    with pytest.raises(ValueDoesNotFit) as caught:
        paginate(make_table((make_row("bad\x0btext"),)))
    assert str(caught.value) == (
        "Table 1: the text 'bad\\x0btext' holds U+000B, which cannot be printed\n"
        "  fix      replace the character where the text is made"
    )


def test_printable_text_keeps_every_character_visible() -> None:
    assert printable("one\r\ntwo\tthree\x0bfour") == "one\ntwo three\\x0bfour"
    assert printable("Köln 腹泻") == "Köln 腹泻"


def test_a_wrongly_built_display_names_every_fault() -> None:
    with pytest.raises(ProgramError) as caught:
        make_table((Row((Cell("one"),)), make_row("two", indent=-1)))
    assert str(caught.value) == ("Table 1: row 1 has 1 cells, expected 2; row 2 has the indent -1, expected 0 or more")


def test_shares_of_the_width_are_given_for_all_columns_or_for_none() -> None:
    with pytest.raises(ProgramError, match="either every column has a share of the width or none has"):
        make_table((), header=(Column("a", share=1), Column("b")))


def test_a_span_needs_columns() -> None:
    with pytest.raises(ProgramError, match="the span 'Treatment' has no columns"):
        make_table((), header=(Column("a"), Span("Treatment", ())))


def test_a_font_size_has_the_steps_of_rtf() -> None:
    with pytest.raises(ProgramError, match=r"the font size 8\.3 is not 6 to 12 in steps of a half"):
        make_table((), paging=Paging(font_size=8.3))


def test_a_figure_that_is_no_png_is_refused() -> None:
    with pytest.raises(ProgramError, match="a figure is not a PNG file"):
        paginate(replace(make_figure(), figures=(Figure(b"GIF89a", "words"),)))


def test_a_figure_is_shown_at_300_dpi_unless_the_page_is_smaller() -> None:
    small = replace(make_figure(), figures=(Figure(make_png(300, 150), "words"),))
    large = replace(make_figure(), figures=(Figure(make_png(6000, 3000), "words"),))
    assert paginate(small).pages[0].size == (72.0, 36.0)
    assert paginate(large).pages[0].size == (684.0, 342.0)


def test_boxes_of_columns_fill_the_body() -> None:
    for display in (make_adverse_events(), make_listing(), make_demographics()):
        boxes = column_boxes(display, 684.0)
        assert boxes[0].left == 0.0
        assert boxes[-1].left + boxes[-1].width == pytest.approx(684.0)
        assert all(box.width > 0 for box in boxes)


def test_a_column_has_room_for_its_numbers_as_they_stand_aligned() -> None:
    # The counts have three digits before the point, the rates two, and their limits reach further to the right.
    numbers = ("168 (87.0)", "48.1 (40.8, 55.0)")
    wide = (Column(f"A label of a column that is wider {place}") for place in range(6))
    rows = tuple(Row((Cell("Rate"), *[Cell(number)] * 7)) for number in numbers)
    display = make_table(rows, header=(Column("", "left"), *wide, Column("All")))
    needed = 9.0 * measure_block([(number, False) for number in numbers], 99.0).width
    assert column_boxes(display, 684.0)[-1].inner * SAFETY >= needed


def test_a_header_tree_becomes_rows_with_columns_in_the_last() -> None:
    one, two, three = Column("1"), Column("2"), Column("3")
    inner = Span("inner", (two, three))
    outer = Span("outer", (one, inner))
    last = Span("last", (one,))
    assert header_grid((Column("0"), outer, last)) == [
        [(1, 3, outer)],
        [(2, 2, inner), (4, 1, last)],
        [(0, 1, Column("0")), (1, 1, one), (2, 1, two), (3, 1, three), (4, 1, one)],
    ]


@given(TEXTS, st.floats(1, 30), st.booleans())
def test_lines_join_to_the_text_again(text: str, width: float, bold: bool) -> None:
    assert "".join(wrap_text(text, width, bold)) == text


@given(TEXTS, st.floats(2, 30))
def test_no_line_is_wider_than_its_column(text: str, width: float) -> None:
    assert all(text_width(line.rstrip(" \n")) <= width + 1e-9 for line in wrap_text(text, width) if line.strip())


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("fits", 10.0, ("fits",)),
        ("two words", 2.6, ("two ", "words")),
        ("Palmar-plantar", 4.0, ("Palmar-", "plantar")),
        ("2024-03-01", 3.0, ("2024-0", "3-01")),
        ("a\nb", 10.0, ("a\n", "b")),
        ("腹泻，腹泻", 3.0, ("腹泻，", "腹泻")),
        ("腹泻腹，泻", 3.0, ("腹泻", "腹，泻")),
    ],
)
def test_lines_break_where_word_processors_break(text: str, width: float, lines: tuple[str, ...]) -> None:
    assert wrap_text(text, width) == lines


def test_two_no_break_spaces_are_as_wide_as_a_digit() -> None:
    for bold in (False, True):
        assert {text_width(digit, bold) for digit in "0123456789"} == {text_width("\u00a0\u00a0", bold)} == {0.5}


@pytest.mark.parametrize(
    ("text", "padded"),
    [
        ("5 (2.3)", "5 \u00a0\u00a0(2.3)"),
        ("12 (34.5)", "12 (34.5)"),
        ("1.23 (0.98, 1.54)", "1.23 \u00a0\u00a0(0.98, 1.54)"),
        ("0", "0"),
        ("NE (NE, NE)", "NE (NE, NE)"),
    ],
)
def test_numbers_in_parentheses_are_padded_to_the_same_digits(text: str, padded: str) -> None:
    assert pad_parentheses(text, 2) == padded


def test_decimal_points_and_ends_of_whole_numbers_stand_in_line() -> None:
    texts = ["5 (2.3)", "112 (34.5)", "45.6 (12.3)", "<0.001", "1,234"]
    block = measure_block([(text, False) for text in texts], 20.0)
    ends = {
        text: shift_of(padded, False, block) + text_width(start)
        for text, padded, start in (
            (text, pad_parentheses(text, block.digits), start)
            for text, start in zip(texts, ("5", "112", "45", "<0", "1,234"), strict=True)
        )
    }
    assert set(ends.values()) == {block.before}
    assert min(shift_of(text, False, block) for text in texts) == 0.0


def test_a_number_that_does_not_fit_is_wrapped_and_not_aligned() -> None:
    display = make_table((make_row("Row", "1.23 (0.98, 1.54) and more text that is long"),), columns=2)
    narrow = replace(display, header=(Column("Label", "left", share=12), Column("Arm", share=1)))
    cell = paginate(narrow).pages[0].rows[0].cells[1]
    assert len(cell.lines) > 1
    assert (cell.align, cell.shift) == ("center", None)


def test_smaller_type_puts_more_rows_on_a_page() -> None:
    rows = tuple(make_row(f"Row {n}") for n in range(200))
    shown = [len(labels_by_page(make_table(rows, paging=Paging(font_size=size)))[0]) for size in (8.0, 9.0, 10.0)]
    # At 9 points: 504 high, less foot 9, head 10.8, gaps 18, titles 24, header 13.2, reserve 10.8 = 418.2; rows of 12.
    assert shown == [39, 34, 31]


def test_lines_are_measured_with_a_reserve() -> None:
    assert SAFETY < 1
