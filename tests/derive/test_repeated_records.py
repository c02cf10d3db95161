"""Records that repeat each other: which one is kept, and what is told of the others."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from toy_study import Toy, as_rows, dataset, faults_of

MakeToy = Callable[..., Toy]
FORM = """\
    SUBJ,VISIT,DAY,RESULT
    01,1,2024-01-02,5
    01,2,2024-02-01,6
    01,1,2024-01-05,7
    02,1,2024-01-01,5
    02,1,2024-01-01,5
    """
FIELDS = {"XAVISIT": "from: raw.xa.VISIT", "XARES": "from: raw.xa.RESULT", "XADTC": "from: raw.xa.DAY"}


def make(toy: MakeToy, distinct: str) -> Toy:
    records = f"{{id: main, source: raw.xa, {distinct}}}"
    variables = {"USUBJID": "calc: \"concat('T-', raw.xa.SUBJ)\""} | FIELDS
    return toy(
        forms={"xa": FORM}, datasets={"XA": dataset("XA", variables, records=records, keys="USUBJID, XAVISIT, XADTC")}
    )


def test_the_first_record_is_kept_and_the_others_are_told_with_its_place(toy: MakeToy) -> None:
    built = make(toy, "distinct: [VISIT], report: DUPLICATE_PAGE").derive("XA")
    assert as_rows(built.frame, "USUBJID", "XAVISIT", "XARES") == [
        ("T-01", "1", "5"),
        ("T-01", "2", "6"),
        ("T-02", "1", "5"),
    ]
    columns = ("RULE", "SEVERITY", "USUBJID", "FORM", "ROW", "FIELD", "VALUE", "MESSAGE", "DETAIL")
    message = "the record repeats another one and is left out"
    assert as_rows(built.issues, *columns) == [
        ("DUPLICATE_PAGE", "warning", "T-01", "xa", 4, "VISIT", "1", message, "kept: xa.csv row 2"),
        ("DUPLICATE_PAGE", "warning", "T-02", "xa", 6, "VISIT", "1", message, "kept: xa.csv row 5"),
    ]
    assert set(built.issues["SPEC"].str.rpartition("/")[2]) == {"XA.yaml:6"}


def test_the_last_by_an_order_is_kept_where_the_spec_says_so(toy: MakeToy) -> None:
    built = make(toy, "distinct: [VISIT], keep: last, order: [DAY], report: DUPLICATE_PAGE").derive("XA")
    assert as_rows(built.frame, "XAVISIT", "XARES") == [("1", "7"), ("2", "6"), ("1", "5")]
    assert as_rows(built.issues, "ROW", "DETAIL") == [(2, "kept: xa.csv row 4"), (5, "kept: xa.csv row 6")]


def test_records_of_different_subjects_never_repeat_each_other(toy: MakeToy) -> None:
    made = make(toy, "distinct: [VISIT], keep: first")
    assert made.derive("XA", 1).frame.equals(made.derive("XA").frame)
    assert len(made.derive("XA").frame) == 3
    assert len(made.derive("XA").issues) == 0


@pytest.mark.parametrize(
    ("distinct", "fault"),
    [
        ("report: DUPLICATE_PAGE", "'report' needs 'distinct'"),
        ("distinct: [VISIT], keep: best", "'best' is not one of first, last"),
        ("distinct: [VISIT], order: [DAYS]", "records.main: 'DAYS' is not a field of raw.xa; did you mean 'DAY'?"),
    ],
)
def test_a_choice_that_cannot_be_is_refused(toy: MakeToy, distinct: str, fault: str) -> None:
    assert fault in faults_of(lambda: make(toy, distinct))
