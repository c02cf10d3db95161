"""The drawn pages of the annotated CRF: what stands on them, and where."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from pypdf import PdfReader

from crf2tlf.spec.crf import ItemDef
from crf2tlf.spec.load import load_study
from crf2tlf.spec.model import Study
from define.acrf.content import Annotation, FormContent, Question, answer_of, compose_crf
from define.acrf.draw import draw_form
from define.acrf.faces import BOLD, face_runs, register_faces, wrap
from define.acrf.layout import lay_out
from define.acrf.merge import merge_crf
from define.files import count_crf_pages

STAMP = "D:20240102030405Z"


@pytest.fixture(scope="module")
def fulpyr(root: Path) -> Study:
    """The randomised study, which has no CRF as PDF."""
    return load_study("fulpyr", root)


@pytest.fixture(scope="module")
def drawn(fulpyr: Study) -> PdfReader:
    """Its annotated CRF."""
    return PdfReader(io.BytesIO(merge_crf(fulpyr, {}, STAMP)))


def content(fulpyr: Study, form: str) -> FormContent:
    return next(each for each in compose_crf(fulpyr) if each.form == form)


def boxes(fulpyr: Study, form: str, label: str) -> list[str]:
    (question,) = (each for each in content(fulpyr, form).questions if each.label == label)
    return [box.text for box in question.annotations]


def test_a_question_is_annotated_with_the_variables_collected_in_it(fulpyr: Study) -> None:
    assert boxes(fulpyr, "ae", "Adverse event") == ["AETERM", "AETERML in SUPPAE"]
    assert boxes(fulpyr, "vs", "Systolic blood pressure") == ["VSORRES when VSTESTCD = SYSBP"]
    assert boxes(fulpyr, "dm", "Ethnicity") == ["ETHNICC in SUPPDM"]


def test_a_question_that_is_not_submitted_says_why(fulpyr: Study) -> None:
    (question,) = (each for each in content(fulpyr, "sfu").questions if each.label.startswith("New adverse event"))
    assert question.annotations == (Annotation("[NOT SUBMITTED]", (), "the events themselves are in AE"),)


def test_what_is_the_same_in_all_records_of_a_page_stands_at_its_head(fulpyr: Study) -> None:
    assert content(fulpyr, "ecpyr").heading == (Annotation("ECTRT = PYROTINIB", ("EC",)),)


def test_the_legend_names_the_datasets_of_the_page(fulpyr: Study) -> None:
    assert content(fulpyr, "rand").datasets == (("DM", "Demographics"), ("DS", "Disposition"))


def test_an_answer_is_a_blank_with_its_unit_or_its_choices() -> None:
    assert answer_of(ItemDef("TEMP", "Temperature", "float", unit="C")) == "__________ C"
    assert answer_of(ItemDef("VSDAT", "Date", "date")) == "____ - __ - __   YYYY-MM-DD"
    coded = ItemDef("AESER", "Serious", "code", (("N", "No", "否"), ("Y", "Yes", "是")))
    assert answer_of(coded) == "☐\u00a0No   ☐\u00a0Yes"


def test_a_form_that_is_longer_than_a_page_goes_on_on_the_next() -> None:
    asked = tuple(Question(f"Question {number}", "___", (), (f"Q{number}",)) for number in range(60))
    form = lay_out(FormContent("xx", "A long form", ("Screening",), (), (), asked))
    assert len(form.pages) == 2
    pages = form.page_of_field()
    assert (pages["Q0"], pages["Q59"]) == (1, 2)
    assert len(PdfReader(io.BytesIO(draw_form("X", form, 0))).pages) == 2


def test_chinese_is_set_in_its_own_face() -> None:
    register_faces()
    assert list(face_runs("AE 不良事件", BOLD)) == [(BOLD, "AE "), ("STSong-Light", "不良事件")]


def test_a_word_longer_than_a_line_is_broken() -> None:
    assert len(wrap("W" * 40, BOLD, 8.0, 100.0)) > 1
    assert wrap("one two", BOLD, 8.0, 1000.0) == ("one two",)


def test_the_pages_counted_are_the_pages_drawn(fulpyr: Study, drawn: PdfReader) -> None:
    counted = count_crf_pages(fulpyr)
    assert counted.total == len(drawn.pages)
    page = counted.fields["ae", "AEOUTCD"]
    assert "AEOUT" in drawn.pages[page - 1].extract_text()
    origin = fulpyr.sdtm["AE"].variables["AEOUT"].origin
    assert counted.of_origin(origin) == (page,)


def test_bookmarks_lead_by_visit_by_form_and_by_dataset(drawn: PdfReader) -> None:
    titles = [entry.title for entry in drawn.outline if not isinstance(entry, list)]
    assert titles == ["Visits", "Forms", "Datasets"]


def test_the_same_spec_gives_the_same_bytes(fulpyr: Study) -> None:
    assert merge_crf(fulpyr, {}, STAMP) == merge_crf(fulpyr, {}, STAMP)
