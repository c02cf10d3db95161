"""The subject once for all: USUBJID, identifiers of one person, subjects that are left out."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from toy_study import Rows, Toy, as_rows, dataset, faults_of

from crf2tlf.derive.subjects import combine_exclusions
from sdtm.blocks import Extract
from sdtm.stage import derive_block

MakeToy = Callable[..., Toy]
STUDY = """\
subject:
  id: concat($STUDYID, '-', SUBJID)
  same: {table: rescreened, from: EARLIER, to: SUBJID}
excluded:
  - {id: TEST, where: "starts_with(SUBJID, 'TEST')", reason: subjects of a test}
"""
TABLES = {"rescreened": "EARLIER,SUBJID\n01,05\n05,09\n"}
VISITS = "SUBJ,DAY\n09,05-Mar-2024\n01,01-Jan-2024\nTEST1,02-Jan-2024\nTEST1,03-Jan-2024\n02,09-Mar-2024\n"
PEOPLE = "SUBJ,SEX\n01,F\n09,F\nTEST1,M\n02,M\n"


def make(toy: MakeToy) -> Toy:
    person = {
        "USUBJID": "subject: true",
        "XASEX": "from: source.SEX",
        "XAPREV": "lookup: {table: rescreened, by: {SUBJID: source.SUBJ}, value: EARLIER, missing: blank}",
        "XAFIRST": "min: YA.YADTC",
    }
    visit = {"USUBJID": "subject: true", "YASUBJ": "from: raw.ya.SUBJ", "YADTC": "date: source.DAY"}
    latest = "{id: main, source: raw.xa, where: SUBJ == subject.SUBJID}"
    return toy(
        study=STUDY,
        tables=TABLES,
        forms={"xa": PEOPLE, "ya": VISITS},
        datasets={
            "XA": dataset("XA", person, records=latest),
            "YA": dataset("YA", visit, source="raw.ya", keys="USUBJID, YADTC"),
            "ZA": dataset(
                "ZA", {"USUBJID": "subject: true", "ZASEX": "from: XA.XASEX"}, records="{id: main, source: YA}"
            ),
        },
    )


@pytest.mark.parametrize("subjects_per_block", [1, 2, 4000])
def test_records_of_an_earlier_identifier_count_for_the_last_one_whatever_the_blocks(
    toy: MakeToy, subjects_per_block: int
) -> None:
    made = make(toy)
    people, visits = (made.derive(name, subjects_per_block).frame for name in ("XA", "YA"))
    assert as_rows(visits, "USUBJID", "YASUBJ", "YADTC") == [
        ("TOY-02", "02", "2024-03-09"),
        ("TOY-09", "01", "2024-01-01"),
        ("TOY-09", "09", "2024-03-05"),
    ]
    assert as_rows(people, "USUBJID", "XASEX", "XAPREV", "XAFIRST") == [
        ("TOY-02", "M", None, "2024-03-09"),
        ("TOY-09", "F", "05", "2024-01-01"),
    ]


def test_a_record_made_from_another_dataset_has_its_subject(toy: MakeToy) -> None:
    assert make(toy).rows("ZA", "USUBJID", "ZASEX") == [("TOY-02", "M"), ("TOY-09", "F"), ("TOY-09", "F")]


def notes(made: Toy, name: str, telling: tuple[str, ...]) -> Rows:
    issues = derive_block(made.study, name, telling, Extract(made.raw, made.raw, made.raw), 0).issues
    return as_rows(issues, "RULE", "SEVERITY", "DATASET", "USUBJID", "FORM", "ROW", "FIELD", "VALUE")


def test_an_excluded_subject_is_told_by_form_and_in_the_study_s_issues_once(toy: MakeToy) -> None:
    made = make(toy)
    assert notes(made, "XA", ("xa", "ya")) == [
        ("EXCLUDED_SUBJECT", "note", "XA", "TEST1", "xa", 4, "SUBJ", "1"),
        ("EXCLUDED_SUBJECT", "note", "XA", "TEST1", "ya", 4, "SUBJ", "2"),
    ]
    issues = derive_block(made.study, "XA", ("xa", "ya"), Extract(made.raw, made.raw, made.raw), 0).issues
    combined = combine_exclusions(issues)
    assert as_rows(combined, "USUBJID", "FORM", "ROW", "VALUE", "MESSAGE") == [
        (
            "TEST1",
            "xa",
            4,
            "TEST1",
            "the subject is excluded: subjects of a test; 3 records are left out of every dataset",
        )
    ]


def test_a_dataset_that_tells_no_form_has_no_note(toy: MakeToy) -> None:
    assert notes(make(toy), "YA", ()) == []


def test_the_verb_needs_a_subject_in_study_yaml(toy: MakeToy) -> None:
    text = dataset("XA", {"USUBJID": "subject: true"}, source="raw.xa")
    assert faults_of(lambda: toy(forms={"xa": "SUBJ\n"}, datasets={"XA": text})) == (
        "specs/toy/sdtm/XA.yaml:8: variables.USUBJID: study.yaml has no 'subject', which says how subjects are "
        "identified\n1 fault in the spec"
    )


def test_identifiers_that_lead_back_or_stand_twice_are_refused(toy: MakeToy) -> None:
    text = dataset("XA", {"USUBJID": "subject: true"}, source="raw.xa")
    rows = "EARLIER,SUBJID\n01,02\n02,01\n03,04\n03,05\n,06\n"
    assert faults_of(
        lambda: toy(study=STUDY, tables={"rescreened": rows}, forms={"xa": "SUBJ\n"}, datasets={"XA": text})
    ) == (
        "specs/toy/rescreened.csv:2: EARLIER: '01' leads back to itself\n"
        "specs/toy/rescreened.csv:3: EARLIER: '02' leads back to itself\n"
        "specs/toy/rescreened.csv:5: EARLIER: '03' stands twice, first on line 4\n"
        "specs/toy/rescreened.csv:6: EARLIER: an identifier is missing\n4 faults in the spec"
    )


def test_a_field_that_is_not_submitted_in_any_form_is_said_once(toy: MakeToy) -> None:
    study = "not_submitted: {PAGE: a key of the system}\n"
    forms = {"xa": "SUBJ,PAGE\n01,1\n", "xb": "SUBJ,PAGE\n01,7\n"}
    text = dataset("XA", {"XAPAGE": "from: raw.xb.PAGE"}, source="raw.xb")
    assert toy(study=study, forms=forms, datasets={"XA": text}).rows("XA", "XAPAGE") == [("7",)]


def test_a_field_of_no_form_is_no_field_to_leave_out(toy: MakeToy) -> None:
    study = "not_submitted: {PGAE: a key of the system}\n"
    text = dataset("XA", {"XAPAGE": "from: raw.xa.PAGE"}, source="raw.xa")
    assert faults_of(lambda: toy(study=study, forms={"xa": "SUBJ,PAGE\n"}, datasets={"XA": text})) == (
        "specs/toy/study.yaml:8: not_submitted.PGAE: no form has a field 'PGAE'; did you mean 'PAGE'?\n"
        "1 fault in the spec"
    )
