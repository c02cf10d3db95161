"""Pages of the annotated CRF, and how long values are."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from define_toy import write, write_pdf

from crf2tlf.errors import UnreadableFile
from crf2tlf.rules.columns import number_column, text_column
from crf2tlf.spec.model import Study
from define.extent import Extent, compute_extent, infer_data_type
from define.files import CrfPages, count_crf_pages, count_pages, crf_page_offsets


def test_the_crfs_follow_each_other_in_the_order_of_the_forms(toy_study: Study) -> None:
    assert crf_page_offsets(toy_study) == {"dm": 0, "ae": 1}
    assert count_crf_pages(toy_study) == CrfPages({"dm": 0, "ae": 1}, 3)


def test_forms_that_share_a_crf_share_its_pages(toy_study: Study) -> None:
    forms = {name: replace(form, crf="second.pdf") for name, form in toy_study.forms.items()}
    assert count_crf_pages(replace(toy_study, forms=forms)) == CrfPages({"dm": 0, "ae": 0}, 2)


def test_a_missing_crf_is_named(toy_study: Study) -> None:
    forms = {"dm": replace(toy_study.forms["dm"], crf="absent.pdf")}
    with pytest.raises(UnreadableFile, match=r"the CRF of the form 'dm' is missing: .*absent\.pdf"):
        crf_page_offsets(replace(toy_study, forms=forms))


def test_a_file_that_is_no_pdf_is_refused(tmp_path: Path) -> None:
    write(tmp_path / "x.pdf", "no pdf")
    with pytest.raises(UnreadableFile) as raised:
        count_pages(tmp_path / "x.pdf", "toy", "dm")
    assert str(raised.value) == (
        f"toy: the CRF of the form 'dm' is no PDF that can be read: {tmp_path / 'x.pdf'}\n"
        "  fix      put the CRF there, or take 'crf' from forms.dm of study.yaml"
    )


def test_pages_are_counted(tmp_path: Path) -> None:
    write_pdf(tmp_path / "x.pdf", 7)
    assert count_pages(tmp_path / "x.pdf") == 7


@pytest.mark.parametrize(
    ("column", "data_type", "width", "digits", "extent"),
    [
        (text_column(["AB", None, "ABC"]), "text", 12, None, Extent(12)),
        (text_column(["AB", None, "ABC"]), "text", None, None, Extent(3)),
        (text_column([None]), "text", None, None, Extent(1)),
        (number_column([1, -250, None]), "integer", None, None, Extent(3)),
        (number_column([None, None]), "integer", None, None, Extent(1)),
        (number_column([0.5, 12.25]), "float", None, None, Extent(4, 2)),
        (number_column([0.1 + 0.2, 100]), "float", None, None, Extent(4, 1)),
        (number_column([1.5]), "float", None, 2, Extent(3, 2)),
        (number_column([1 / 3]), "float", None, 2, Extent(16, 15)),
        (number_column([7, 8]), "float", None, None, Extent(1, 0)),
        (text_column(["36.65", "7"]), "float", None, None, Extent(4, 2)),
        (text_column(["2024-01-01"]), "date", 10, None, Extent()),
        (text_column(["P18Y"]), "durationDatetime", None, None, Extent()),
    ],
)
def test_lengths_count_characters_or_digits(
    column: pd.Series, data_type: str, width: int | None, digits: int | None, extent: Extent
) -> None:
    assert compute_extent(column, data_type, width, digits) == extent


@pytest.mark.parametrize(
    ("values", "data_type"),
    [
        (["1", "-20"], "integer"),
        (["1", "2.50"], "float"),
        (["007"], "text"),
        (["1", "x"], "text"),
        (["2024-01-31"], "date"),
        (["P18Y", "PT2H"], "durationDatetime"),
        (["P"], "text"),
        ([None], "text"),
    ],
)
def test_the_narrowest_type_that_all_values_have(values: list[str | None], data_type: str) -> None:
    assert infer_data_type(text_column(values)) == data_type


def test_the_length_of_values_counts_the_bytes_of_the_encoding() -> None:
    column = pd.Series(["乏力", "rash"], dtype="string", name="QVAL")
    assert compute_extent(column, "text", encoding="utf-8") == Extent(6)
    assert compute_extent(column, "text", encoding="gb18030") == Extent(4)
