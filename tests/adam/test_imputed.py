"""One table of all dates that were imputed, and its page."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from adam_toys import as_rows
from small_files import Record, open_records

from adam.imputed import render_imputed, select_imputed
from crf2tlf.spec.load import load_study
from crf2tlf.spec.model import Study

FIRST_DOSE = (date(2024, 3, 10) - date(1960, 1, 1)).days
PATIENTS: list[Record] = [{"USUBJID": name, "TRTSDT": FIRST_DOSE} for name in ("S1", "S2")]
EVENTS: list[Record] = [
    {"USUBJID": "S2", "AEDECOD": "Rash", "AESTDTC": "2024", "AEENDTC": "2024-04"},
    {"USUBJID": "S1", "AEDECOD": "Rash", "AESTDTC": "2024-03-11", "AEENDTC": None},
    {"USUBJID": "S1", "AEDECOD": "Nausea", "AESTDTC": "2024-03", "AEENDTC": "2024-04-02"},
]


@pytest.fixture(scope="module")
def study(root: Path) -> Study:
    return load_study("fulpyr", root)


def test_each_partial_date_stands_with_what_became_of_it_and_its_rule(study: Study) -> None:
    deriver = open_records(study, "ADAE", {"ADSL": PATIENTS, "AE": EVENTS})
    found = select_imputed(deriver.dataset("ADAE"))
    assert as_rows(found, "DATASET", "USUBJID", "SEQVAR", "SEQ", "VARIABLE", "COLLECTED", "IMPUTED", "FLAG") == [
        ("ADAE", "S2", "AESEQ", 1, "AENDT", "2024-04", "2024-04-30", "D"),
        ("ADAE", "S1", "AESEQ", 3, "ASTDT", "2024-03", "2024-03-10", "D"),
        ("ADAE", "S2", "AESEQ", 1, "ASTDT", "2024", "2024-03-10", "M"),
    ]
    assert found["SOURCE"].tolist() == ["AE.AEENDTC", "AE.AESTDTC", "AE.AESTDTC"]
    assert found["RULE"].tolist()[1] == (
        "ASTDT is the date of AE.AESTDTC; of a partial date the first possible day, not before EARLIEST where the "
        "known parts allow it."
    )
    assert found["SPEC"].str.startswith("specs/fulpyr/adam/ADAE.yaml:").all()


def test_complete_and_missing_dates_are_not_imputed(study: Study) -> None:
    deriver = open_records(study, "ADAE", {"ADSL": PATIENTS, "AE": EVENTS[1:2]})
    assert select_imputed(deriver.dataset("ADAE")).empty


def test_a_date_that_a_working_variable_imputed_has_the_name_of_its_flag(study: Study) -> None:
    patient = {"USUBJID": "S1", "DMDTC": "2024-03-01", "RFXSTDTC": "2024-03-10"}
    therapy = {"USUBJID": "S1", "CMCAT": "SUBSEQUENT ANTI-CANCER THERAPY", "CMSTDTC": "2024-08", "CMDECOD": "LETROZOLE"}
    found = select_imputed(open_records(study, "ADSL", {"DM": [patient], "CM": [therapy]}).dataset("ADSL"))
    assert as_rows(found, "USUBJID", "SEQVAR", "SEQ", "VARIABLE", "COLLECTED", "IMPUTED", "FLAG") == [
        ("S1", None, None, "NACTDT", "2024-08", "2024-08-01", "D")
    ]


def test_the_page_has_a_list_for_each_variable(study: Study) -> None:
    deriver = open_records(study, "ADAE", {"ADSL": PATIENTS, "AE": EVENTS})
    page = render_imputed(study, select_imputed(deriver.dataset("ADAE")))
    assert '<span class="count">3</span> partial dates of 2 subjects were completed for analysis.' in page
    assert page.count("<section>") == 2
    assert "<td>S2</td><td>AESEQ 1</td><td>2024</td><td>2024-03-10</td><td>M</td>" in page


def test_the_page_of_a_study_without_partial_dates_says_so(study: Study) -> None:
    deriver = open_records(study, "ADAE", {"ADSL": PATIENTS, "AE": EVENTS[1:2]})
    page = render_imputed(study, select_imputed(deriver.dataset("ADAE")))
    assert "<p>Every date of the analysis datasets is as collected.</p>" in page
    assert "<input" not in page
