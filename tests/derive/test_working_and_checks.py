"""Working variables, which no file holds, and checks of the data, which become issues."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from toy_study import Toy, as_rows, dataset

from crf2tlf.errors import SpecError

MakeToy = Callable[..., Toy]
SUBJECT = {"USUBJID": "calc: \"concat('TOY-', raw.xa.SUBJ)\""}
FORM = "SUBJ,RESULT,BEGIN,FINISH\n01,2,2024-03-01,2024-03-05\n02,3,2024-03-09,2024-03-05\n03,4,2024-03-09,\n"
DATES = {
    "XASTDTC": "date: {date: raw.xa.BEGIN, format: YYYY-MM-DD}",
    "XAENDTC": "date: {date: raw.xa.FINISH, format: YYYY-MM-DD}",
}


def spec(variables: dict[str, str], extra: str) -> str:
    return dataset("XA", SUBJECT | variables, source="raw.xa") + extra


def test_a_working_variable_is_read_by_rules_and_stands_in_no_file(toy: MakeToy) -> None:
    text = spec(
        {"XADOUBLE": "calc: FACTOR * number(raw.xa.RESULT), type: integer"} | DATES,
        "working:\n  FACTOR: {set: 2, type: integer}\n",
    )
    made = toy(forms={"xa": FORM}, datasets={"XA": text})
    assert made.rows("XA", "USUBJID", "XADOUBLE") == [("TOY-01", 4), ("TOY-02", 6), ("TOY-03", 8)]
    assert "FACTOR" not in made.derive("XA").frame


def test_another_dataset_cannot_read_a_working_variable(toy: MakeToy) -> None:
    text = spec(DATES | {"XARES": "from: raw.xa.RESULT"}, "working:\n  FACTOR: {set: 2, type: integer}\n")
    other = dataset("XB", {"USUBJID": "from: XA.USUBJID", "XBFACTOR": "from: XA.FACTOR, type: integer"}, source="XA")
    with pytest.raises(SpecError, match=r"'XA\.FACTOR' is a working variable, which only XA itself reads"):
        toy(forms={"xa": FORM}, datasets={"XA": text, "XB": other})


def test_a_name_is_not_both_submitted_and_working(toy: MakeToy) -> None:
    text = spec(DATES | {"XARES": "from: raw.xa.RESULT"}, "working:\n  XARES: {set: 2}\n")
    with pytest.raises(SpecError, match=r"working\.XARES: 'XARES' is a variable of XA too"):
        toy(forms={"xa": FORM}, datasets={"XA": text})


def test_each_record_that_a_check_finds_is_an_issue_with_its_place_and_values(toy: MakeToy) -> None:
    check = (
        "checks:\n  - id: END_BEFORE_START\n    when: XAENDTC < XASTDTC\n"
        "    message: it ends before it starts\n    show: [XASTDTC, XAENDTC]\n"
    )
    text = spec(DATES | {"XARES": "from: raw.xa.RESULT"}, check)
    issues = toy(forms={"xa": FORM}, datasets={"XA": text}).derive("XA").issues
    columns = ("RULE", "SEVERITY", "VARIABLE", "USUBJID", "FORM", "ROW", "FIELD", "VALUE", "MESSAGE")
    assert as_rows(issues, *columns) == [
        (
            "END_BEFORE_START",
            "warning",
            "XASTDTC",
            "TOY-02",
            "xa",
            3,
            "XASTDTC, XAENDTC",
            "2024-03-09 | 2024-03-05",
            "it ends before it starts",
        )
    ]


def test_a_check_of_an_unknown_variable_is_a_fault_of_the_spec(toy: MakeToy) -> None:
    check = "checks:\n  - {id: X, when: XAENDTD < XASTDTC, message: no}\n"
    text = spec(DATES | {"XARES": "from: raw.xa.RESULT"}, check)
    with pytest.raises(SpecError, match=r"checks\.X: 'XAENDTD' is not a variable of XA; did you mean 'XAENDTC'\?"):
        toy(forms={"xa": FORM}, datasets={"XA": text})
