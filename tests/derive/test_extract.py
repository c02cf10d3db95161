"""The data cut-off and texts beside their codes: what is left out and told of whole forms."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from toy_study import Rows, Toy, as_rows, dataset, faults_of

from crf2tlf.spec.model import Study
from sdtm.blocks import Extract
from sdtm.stage import derive_block

MakeToy = Callable[..., Toy]
STUDY = """\
cut_off: 2024-03-31
subject: {id: "concat('T-', SUBJID)"}
code_texts: {table: codes, suffix: CD}
"""
CODES = "FORM,FIELD,CODE,TEXT\nxa,SER,Y,Yes\nxa,SER,N,No\nxb,SER,Y,Indeed\n"
EVENTS = """\
SUBJ,DAY,SER,SERCD
01,31-Mar-2024,Yes,Y
01,01-Apr-2024,No,N
02,UN-Apr-2024,Yes,N
02,05-Mar-2024,,
03,06-Mar-2024,Yes,
03,07-Mar-2024,Perhaps,P
"""
TOLD = ("RULE", "SEVERITY", "USUBJID", "FORM", "ROW", "FIELD", "VALUE", "DETAIL")


def make(toy: MakeToy) -> Toy:
    variables = {
        "USUBJID": "subject: true",
        "XADTC": "date: source.DAY",
        "XASER": "from: source.SERCD",
        "XATEXT": "from: source.SER",
    }
    text = dataset("XA", variables, source="raw.xa", keys="USUBJID, XADTC")
    made = toy(study=STUDY, tables={"codes": CODES}, forms={"xa": EVENTS}, datasets={"XA": text})
    return replace(made, study=with_cut_off(made.study))


def with_cut_off(study: Study) -> Study:
    return replace(study, forms={name: replace(form, cut_off="DAY") for name, form in study.forms.items()})


def told(made: Toy) -> Rows:
    issues = derive_block(made.study, "XA", ("xa",), Extract(made.raw, made.raw, made.raw), 0).issues
    return as_rows(issues, *TOLD)


def test_records_after_the_cut_off_are_in_no_dataset_and_partial_dates_stay(toy: MakeToy) -> None:
    assert make(toy).rows("XA", "USUBJID", "XADTC", "XASER") == [
        ("T-01", "2024-03-31", "Y"),
        ("T-02", "2024-03-05", None),
        ("T-02", "2024-04", "N"),
        ("T-03", "2024-03-06", None),
        ("T-03", "2024-03-07", "P"),
    ]


def test_what_is_left_out_and_texts_of_other_codes_are_told_once(toy: MakeToy) -> None:
    assert told(make(toy)) == [
        ("AFTER_CUT_OFF", "note", "T-01", "xa", 3, "DAY", "01-Apr-2024", None),
        ("TEXT_AGAINST_CODE", "warning", "T-02", "xa", 4, "SER", "Yes", "SERCD N"),
        ("TEXT_AGAINST_CODE", "warning", "T-03", "xa", 6, "SER", "Yes", "SERCD "),
    ]


def test_a_code_that_the_table_lacks_is_left_to_its_codelist(toy: MakeToy) -> None:
    assert all(row[4] != 7 for row in told(make(toy)))


@pytest.mark.parametrize(
    ("study", "fault"),
    [
        (
            "cut_off: 31-Mar-2024\n",
            "specs/toy/study.yaml:1: cut_off: '31-Mar-2024' is no date such as 2024-06-30\n1 fault in the spec",
        ),
        (
            "code_texts: {table: kodes, suffix: CD}\n",
            "specs/toy/study.yaml:8: code_texts: there is no table 'kodes' in study.yaml; did you mean 'codes'?\n"
            "1 fault in the spec",
        ),
        (
            "code_texts: {table: short, suffix: CD}\n",
            "specs/toy/study.yaml:8: code_texts: table.short has no column TEXT: it needs FORM, FIELD, CODE, TEXT\n"
            "1 fault in the spec",
        ),
    ],
)
def test_mistakes_of_the_cut_off_and_of_the_table_of_texts_are_told(toy: MakeToy, study: str, fault: str) -> None:
    tables = {"codes": CODES, "short": "FORM,FIELD,CODE\n"}
    text = dataset("XA", {"XASER": "from: raw.xa.SER"}, source="raw.xa")
    assert (
        faults_of(lambda: toy(study=study, tables=tables, forms={"xa": "SUBJ,SER\n"}, datasets={"XA": text})) == fault
    )
