"""PDF: embedded faces, outline, named destinations, and no character lost."""

from __future__ import annotations

import io
from dataclasses import replace
from importlib.metadata import distribution
from pathlib import Path

import pytest
from pypdf import PdfReader
from test_render_samples import DISPLAYS, make_demographics, make_figure, make_listing

from crf2tlf.errors import ProgramError, UnreadableFile, UsageError, ValueDoesNotFit
from tlf.render import check_faces, render_pdf

SANS = Path(str(distribution("matplotlib").locate_file("matplotlib/mpl-data/fonts/ttf/DejaVuSans.ttf")))
HEBREW = replace(make_demographics(), titles=("\u05e9\u05dc\u05d5\u05dd",))


def fonts_of(pdf: bytes) -> dict[str, bool]:
    """The faces of a PDF, and whether each is embedded."""
    found: dict[str, bool] = {}
    for page in PdfReader(io.BytesIO(pdf)).pages:
        for font in page["/Resources"]["/Font"].values():
            font = font.get_object()
            descriptor = font.get("/FontDescriptor", {})
            found[str(font["/BaseFont"])] = "/FontFile2" in descriptor
    return found


def test_every_face_is_embedded() -> None:
    assert fonts_of(render_pdf([make_demographics()])) == {
        "/AAAAAA+STIXGeneral-Regular": True,
        "/AAAAAA+STIXGeneral-Bold": True,
    }


def test_characters_that_the_main_face_lacks_come_from_another_embedded_face() -> None:
    display = replace(make_demographics(), titles=("Neutrophils (10⁹/L)",))
    pdf = render_pdf([display])
    assert fonts_of(pdf)["/AAAAAA+DejaVuSerif"]
    assert "Neutrophils (10⁹/L)" in PdfReader(io.BytesIO(pdf)).pages[0].extract_text()


def test_chinese_without_a_font_of_the_study_is_set_in_a_named_face_and_the_page_says_so() -> None:
    pdf = render_pdf([make_listing()])
    text = PdfReader(io.BytesIO(pdf)).pages[0].extract_text()
    assert "腹泻" in text
    assert "This page holds Chinese text in STSong-Light, a font that is not embedded." in text
    assert check_faces(DISPLAYS) == (
        "Listing 16.2.7.1: 39 characters (。丁三予于五六出剂受) are set in STSong-Light, which is not embedded; "
        "name a TrueType font that has them",
    )


def test_a_page_without_chinese_does_not_speak_of_it() -> None:
    assert "STSong" not in PdfReader(io.BytesIO(render_pdf([make_demographics()]))).pages[0].extract_text()


def test_a_character_that_no_face_has_is_refused() -> None:
    with pytest.raises(ValueDoesNotFit) as caught:
        render_pdf([HEBREW])
    assert str(caught.value) == (
        "Table 14.1.2.1: no face of the PDF has 4 of its characters "
        "(\u05d5 U+05D5, \u05dc U+05DC, \u05dd U+05DD, \u05e9 U+05E9)\n"
        "  fix      name a TrueType font of the study that has them"
    )


def test_a_font_of_the_study_is_embedded() -> None:
    pdf = render_pdf([HEBREW], SANS)
    assert fonts_of(pdf)["/AAAAAA+DejaVuSans"]
    assert check_faces([HEBREW], SANS) == ()


def test_a_font_that_is_none_is_refused(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.ttf"
    wrong.write_bytes(b"not a font at all")
    with pytest.raises(UnreadableFile, match="cannot be used"):
        render_pdf([HEBREW], wrong)


def test_one_pdf_of_all_displays_has_an_outline_by_kind_and_a_destination_for_each() -> None:
    reader = PdfReader(io.BytesIO(render_pdf(DISPLAYS)))
    assert len(reader.pages) == 21
    outline = [[one.title for one in entry] if isinstance(entry, list) else entry.title for entry in reader.outline]
    assert outline == [
        "Tables",
        [
            "Table 14.1.2.1 Demographics and Baseline Characteristics",
            "Table 14.3.1.2 Treatment-Emergent Adverse Events by System Organ Class and Preferred Term",
        ],
        "Listings",
        ["Listing 16.2.7.1 Adverse Events"],
        "Figures",
        ["Figure 14.2.1.1 Kaplan-Meier Plot of Progression-Free Survival"],
    ]
    pages = {name: reader.get_destination_page_number(target) for name, target in reader.named_destinations.items()}
    assert pages == {"/t_14_1_2_1": 0, "/t_14_3_1_2": 1, "/l_16_2_7_1": 12, "/f_14_2_1_1": 20}


def test_a_pdf_has_a_title_and_a_language() -> None:
    reader = PdfReader(io.BytesIO(render_pdf([make_demographics()])))
    assert reader.metadata is not None
    assert reader.metadata.title == "Table 14.1.2.1 Demographics and Baseline Characteristics"
    assert reader.trailer["/Root"]["/Lang"] == "en-US"


def test_a_figure_keeps_its_pixels() -> None:
    page = PdfReader(io.BytesIO(render_pdf([make_figure()]))).pages[0]
    assert [image.image.size for image in page.images if image.image] == [(2700, 1500)]


def test_paper_follows_the_display() -> None:
    page = PdfReader(io.BytesIO(render_pdf([make_listing()]))).pages[0]
    assert (float(page.mediabox.width), float(page.mediabox.height)) == (841.9, 595.3)


def test_a_pdf_of_nothing_is_refused() -> None:
    with pytest.raises(UsageError) as caught:
        render_pdf([])
    assert str(caught.value) == "a PDF needs at least one display"


def test_two_displays_with_one_output_id_are_refused() -> None:
    with pytest.raises(ProgramError) as caught:
        render_pdf([make_demographics(), make_demographics()])
    assert str(caught.value) == (
        "more than one display has the output id t_14_1_2_1\n  fix      give each display an id of its own"
    )
