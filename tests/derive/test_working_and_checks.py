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
    columns = ("RULE", "SEVERITY", "VARIABLE", "USUBJID", "FORM", "ROW", "FIELD", "VALUE", "MESSAGE", "DETAIL")
    assert as_rows(issues, *columns) == [
        (
            "END_BEFORE_START",
            "warning",
            "XASTDTC",
            "TOY-02",
            "xa",
            3,
            "BEGIN",
            "2024-03-09",
            "it ends before it starts",
            "XASTDTC 2024-03-09, XAENDTC 2024-03-05",
        )
    ]


def test_a_check_of_an_unknown_variable_is_a_fault_of_the_spec(toy: MakeToy) -> None:
    check = "checks:\n  - {id: X, when: XAENDTD < XASTDTC, message: no}\n"
    text = spec(DATES | {"XARES": "from: raw.xa.RESULT"}, check)
    with pytest.raises(SpecError, match=r"checks\.X: 'XAENDTD' is not a variable of XA; did you mean 'XAENDTC'\?"):
        toy(forms={"xa": FORM}, datasets={"XA": text})


def placed(
    toy: MakeToy, check: str, variables: dict[str, str] | None = None, more: str = ""
) -> list[tuple[object, ...]]:
    """Where the issues of a check stand."""
    text = spec(
        DATES | {"XARES": "from: raw.xa.RESULT"} | (variables or {}), f"checks:\n  - {{id: X, {check}}}\n{more}"
    )
    issues = toy(forms={"xa": FORM}, datasets={"XA": text}).derive("XA").issues
    return as_rows(issues, "ROW", "FIELD", "VALUE", "DETAIL")


def test_a_check_stands_at_the_field_that_it_names(toy: MakeToy) -> None:
    late = "when: XAENDTC < XASTDTC, message: no"
    assert placed(toy, f"{late}, show: [XASTDTC], field: raw.xa.FINISH") == [
        (3, "FINISH", "2024-03-05", "XASTDTC 2024-03-09")
    ]
    assert placed(toy, f"{late}, field: XAENDTC") == [(3, "FINISH", "2024-03-05", None)]
    assert placed(toy, f"{late}, field: source.FINISH") == [(3, "FINISH", "2024-03-05", None)]


def test_a_check_stands_at_the_field_behind_the_first_variable_that_it_shows(toy: MakeToy) -> None:
    variables = {"XADAYS": "calc: date(XAENDTC) - date(XASTDTC), type: integer"}
    assert placed(
        toy, "when: XADAYS < 0, message: no, show: [FLAG, XADAYS]", variables, "working: {FLAG: {set: N}}\n"
    ) == [(3, "FINISH", "2024-03-05", "FLAG N, XADAYS -4")]


def test_a_check_of_what_nobody_collected_stands_at_the_record(toy: MakeToy) -> None:
    found = placed(toy, "when: XAENDTC < XASTDTC, message: no, show: [FLAG]", more="working: {FLAG: {set: N}}\n")
    assert found == [(3, "FLAG", "N", "FLAG N")]


def test_a_check_of_a_dataset_made_from_another_stands_in_the_form_behind_it(toy: MakeToy) -> None:
    text = spec(DATES | {"XARES": "from: raw.xa.RESULT"}, "")
    check = "checks: [{id: X, when: XBRES == '4', message: no, show: [XBRES]}]\n"
    other = dataset("XB", {"USUBJID": "from: XA.USUBJID", "XBRES": "from: source.XARES"}, source="XA") + check
    issues = toy(forms={"xa": FORM}, datasets={"XA": text, "XB": other}).derive("XB").issues
    assert as_rows(issues, "USUBJID", "FORM", "ROW", "FIELD", "VALUE") == [("TOY-03", "xa", 4, "RESULT", "4")]


def test_a_check_of_what_was_looked_up_stands_where_that_was_found(toy: MakeToy) -> None:
    rule = "lookup: {source: raw.xc, by: {KEY: raw.xa.RESULT}, value: NOTE, missing: blank}"
    text = spec(DATES | {"XANOTE": rule}, "checks: [{id: X, when: XANOTE == 'BAD', message: no, show: [XANOTE]}]\n")
    forms = {"xa": FORM, "xc": "SUBJ,KEY,NOTE\n03,4,GOOD\n02,3,BAD\n"}
    issues = toy(forms=forms, datasets={"XA": text}).derive("XA").issues
    assert as_rows(issues, "USUBJID", "FORM", "ROW", "FIELD", "VALUE") == [("TOY-02", "xc", 3, "NOTE", "BAD")]


def test_a_check_at_an_unknown_field_is_a_fault_of_the_spec(toy: MakeToy) -> None:
    with pytest.raises(
        SpecError, match=r"checks\.X\.field: 'FINISHED' is not a field of raw\.xa; did you mean 'FINISH'\?"
    ):
        placed(toy, "when: XAENDTC < XASTDTC, message: no, field: raw.xa.FINISHED")
