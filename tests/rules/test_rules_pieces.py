"""Texts that do not fit into a variable of a transport file, in pieces of 200 bytes."""

from __future__ import annotations

import pytest
from frame_scope import values

from crf2tlf.rules.columns import text_column
from crf2tlf.rules.pieces import compute_piece, split_text


def test_a_long_text_is_cut_at_the_last_blank_that_leaves_200_bytes() -> None:
    text = "word " * 39 + "five5 six six"  # the blank before the first "six" is the 201st character
    assert split_text(text) == ["word " * 39 + "five5", "six six"]
    assert [len(piece) for piece in split_text(text)] == [200, 7]


def test_a_word_that_ends_beyond_the_200th_byte_goes_to_the_next_piece() -> None:
    assert split_text("word " * 39 + "five56 six") == [("word " * 39).rstrip(), "five56 six"]


def test_pieces_are_counted_in_bytes_not_in_characters() -> None:
    accented = "é" * 70 + " " + "é" * 40  # 111 characters, 221 bytes in UTF-8
    assert split_text(accented) == ["é" * 70, "é" * 40]


def test_a_letter_that_takes_four_bytes_in_gb_18030_counts_four() -> None:
    assert [len(piece) for piece in split_text("ñ" * 60)] == [50, 10]


def test_chinese_is_cut_beside_a_character_and_never_before_what_closes() -> None:
    assert split_text("患" * 70) == ["患" * 66, "患" * 4]  # 3 bytes each
    assert split_text("患" * 66 + "。" + "者" * 3) == ["患" * 65, "患。" + "者" * 3]
    assert split_text("患" * 64 + "loperamide 4 mg") == ["患" * 64, "loperamide 4 mg"]


def test_a_word_of_more_than_200_bytes_is_cut_where_it_must_be() -> None:
    assert split_text("x" * 450) == ["x" * 200, "x" * 200, "x" * 50]


@pytest.mark.parametrize(
    ("number", "expected"),
    [(1, ["short", "a" * 150, "b" * 200, None]), (2, [None, "c" * 60, "b" * 200, None]), (3, [None, None, "b", None])],
)
def test_each_row_has_the_piece_of_its_own_text(number: int, expected: list[str | None]) -> None:
    texts = text_column(["short", "a" * 150 + "\n\n" + "c" * 60, "b" * 401, None])
    assert values(compute_piece(texts, number)) == expected


def test_blanks_around_a_long_text_make_no_piece_of_their_own() -> None:
    assert split_text(" " * 250 + "a" * 201 + " " * 250) == ["a" * 200, "a"]
