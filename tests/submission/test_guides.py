"""The reviewer's guides: what they say of a study, and the bytes of their PDF."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import Any

import pandas as pd
import pytest
from pypdf import PdfReader

from crf2tlf.errors import ValueDoesNotFit
from crf2tlf.spec.model import Study
from submission.guide import Guide, Section, make_table
from submission.guide_content import Facts, compose_guide
from submission.guides import render_guide

RULES = pd.DataFrame({"DATASET": ["AE", "DS", "ADSL"], "BLOCKED": ["", "", "there is no file adsl.xpt"]})
FINDINGS = pd.DataFrame(
    {
        "DATASET": ["DS", "AE"],
        "VARIABLE": ["", "AESEV"],
        "MESSAGE": ["records agree in all keys", "AESEV is not a term"],
        "SEVERITY": ["error", "warning"],
        "COUNT": [2, 1200],
        "REASON": ["Two visits of one day", ""],
    }
)
ISSUES = pd.DataFrame(
    {
        "DATASET": ["EX", "EX"],
        "VARIABLE": ["EXSTDTC", "EXSTDTC"],
        "RULE": ["date", "date"],
        "MESSAGE": ["no date", "no date"],
    }
)
RECORDS = {"AE": 1191, "SUPPAE": 0, "DM": 306, "DS": 850, "ADSL": 254, "ADTTE": 254}
EXPLAINED = (
    ("CORE-000598", "RELSPEC", "RELSPEC has no DOMAIN"),
    ("CORE-000699", "", "Not collected"),
    ("CORE-000718", "EX", "Open query date: as reported"),
    ("CORE-000718", "AE", "Open query AE_END_BEFORE_START: as reported, and answered since"),
)
FACTS = Facts(RECORDS, FINDINGS, RULES, ISSUES, EXPLAINED, {"crf2tlf": "0.1.0", "python": "3.11.7", "lxml": ""})
FIRST = Section("First", ("Some words.",), (make_table(("A", "B"), [("x", 1200)], (1, 1)),))
TOY = Guide("A Guide", "TOY", "A toy study", (FIRST,))


def section(guide: Guide, title: str) -> Section:
    """The section of that title."""
    (found,) = (each for each in guide.sections if each.title == title)
    return found


def text_of(pdf: bytes) -> str:
    """All text of a PDF, blanks made one."""
    return " ".join(" ".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(pdf)).pages)


def test_the_guide_of_tabulations_lists_the_datasets_as_written(pilot: Study) -> None:
    datasets = section(compose_guide(pilot, "SDTM", FACTS), "Datasets")
    assert datasets.paragraphs == (
        "3 datasets are submitted. No record was collected for SUPPAE; no file is submitted for it.",
    )
    assert datasets.tables[0].rows[0] == (
        "AE",
        "Adverse Events",
        "Events",
        "One record per adverse event per subject",
        "STUDYID, USUBJID, AETERM, AESTDTC, AEDTC, AESEQ",
        "1,191",
    )


def test_findings_stand_with_their_explanation(pilot: Study) -> None:
    conformance = section(compose_guide(pilot, "SDTM", FACTS), "Data conformance")
    assert conformance.paragraphs == (
        "2 rules made from the specification were applied to the datasets as written.",
        "2 findings:",
    )
    assert conformance.tables[0].rows == (
        ("DS", "", "records agree in all keys (error)", "2", "Two visits of one day"),
        ("AE", "AESEV", "AESEV is not a term (warning)", "1,200", "Open: no explanation has been given."),
    )


def test_rules_that_could_not_be_applied_are_counted(pilot: Study) -> None:
    conformance = section(compose_guide(pilot, "ADaM", FACTS), "Data conformance")
    assert conformance.paragraphs == (
        "0 rules made from the specification were applied to the datasets as written. "
        "1 rules could not be applied. None of them failed.",
    )


def test_what_core_finds_stands_with_its_explanation_in_the_guide_to_sdtm_alone(pilot: Study) -> None:
    core = section(compose_guide(pilot, "SDTM", FACTS), "Findings of CDISC CORE")
    assert core.tables[0].rows == (
        ("CORE-000598", "RELSPEC", "RELSPEC has no DOMAIN"),
        ("CORE-000699", "all", "Not collected"),
        ("CORE-000718", "EX", "Open query date: as reported"),
    )
    assert "Findings of CDISC CORE" not in {each.title for each in compose_guide(pilot, "ADaM", FACTS).sections}
    silent = replace(FACTS, explained=())
    assert "Findings of CDISC CORE" not in {each.title for each in compose_guide(pilot, "SDTM", silent).sections}


def test_what_is_not_submitted_stands_with_its_reason(pilot: Study) -> None:
    parts = section(compose_guide(pilot, "SDTM", FACTS), "Data that are not submitted").parts
    assert (
        "AE",
        "ae.FOLDER",
        "the form's name in the data capture system, the same in every record",
    ) in parts[0].tables[0].rows
    assert ("DM", "ACTARMUD", "every actual arm is an arm of the protocol") in parts[1].tables[0].rows


def test_collected_values_that_could_not_be_used_are_counted(pilot: Study) -> None:
    issues = section(compose_guide(pilot, "SDTM", FACTS), "Collected values that could not be used")
    assert issues.tables[0].rows == (("EX", "EXSTDTC", "no date", "2"),)


def test_the_analysis_guide_tells_imputation_and_time_to_event(pilot: Study) -> None:
    guide = compose_guide(pilot, "ADaM", FACTS)
    assert [row[:2] for row in section(guide, "Imputed dates").tables[0].rows] == [("ADAE", "ASTDT"), ("ADAE", "AENDT")]
    assert section(guide, "Time-to-event parameters").tables[0].rows == (
        ("TTDE", "Start", "Time to First Dermatologic Event (days)", "ADSL.TRTSDT"),
        (
            "TTDE",
            "Date",
            "dermatologic",
            "the first ADAE.ASTDT where TRTEMFL == 'Y' and CQ01NAM == 'DERMATOLOGIC EVENTS'",
        ),
        ("TTDE", "Event", "DERM: Dermatologic Event Occurred", "dermatologic"),
        ("TTDE", "Censored 1", "COMPLETED: Study Completion Date", "ADSL.RFENDT"),
    )
    assert section(guide, "Software").tables[0].rows == (("crf2tlf", "0.1.0"), ("python", "3.11.7"))


def test_a_guide_has_contents_bookmarks_and_page_numbers() -> None:
    pdf = render_guide(TOY)
    reader = PdfReader(io.BytesIO(pdf))
    assert [each.title for each in reader.outline if not isinstance(each, list)] == ["1 First"]
    text = text_of(pdf)
    assert "Some words." in text
    assert "1,200" in text
    assert "TOY: A Guide Page 1" in text
    assert reader.metadata is not None
    assert reader.metadata.title == "TOY: A Guide"


def test_every_face_of_a_guide_is_embedded(pilot: Study) -> None:
    pages: list[Any] = list(PdfReader(io.BytesIO(render_guide(compose_guide(pilot, "SDTM", FACTS)))).pages)
    fonts = [font.get_object() for page in pages for font in page["/Resources"]["/Font"].values()]
    assert {str(font["/BaseFont"]).partition("+")[2] for font in fonts} == {"DejaVuSans", "DejaVuSans-Bold"}
    assert all("/FontFile2" in font["/FontDescriptor"] for font in fonts)


def test_the_same_guide_gives_the_same_bytes() -> None:
    assert render_guide(TOY) == render_guide(TOY)


def test_a_character_without_a_shape_is_refused() -> None:
    with pytest.raises(ValueDoesNotFit) as raised:
        render_guide(Guide("A Guide", "TOY", "\u8bd5\u9a8c", ()))
    assert str(raised.value) == (
        "TOY: no face of the guide has the characters \u8bd5 U+8BD5, \u9a8c U+9A8C\n"
        "  fix      write it otherwise in the spec"
    )
