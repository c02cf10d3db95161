"""lookup into another form or dataset: by subject and keys, with every record's place, and what stops or is told."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from toy_study import Toy, as_rows, dataset, faults_of

MakeToy = Callable[..., Toy]
EVENTS = "SUBJ,NO,TERM\n01,1,Rash\n01,2,Cough\n01,3,Fever\n02,1,Rash\n03,,Rash\n"
CODES = "SUBJ,EVENT,PT,GRADE\n01,1,Rash,2\n01,2,Cough,1\n02,1,Rash maculo-papular,x\n"
PLACED = ("RULE", "USUBJID", "FORM", "ROW", "FIELD", "VALUE", "MESSAGE")


def make(toy: MakeToy, rule: str, *, codes: str = CODES, codelists: str = "") -> Toy:
    variables = {"XATERM": "from: raw.xa.TERM", "XADECOD": rule}
    unread = "\n".join(
        f"not_submitted: {{{pairs}}}\n"
        for pairs in [", ".join(f"raw.code.{name}: no" for name in ("GRADE", "PT") if name not in rule)]
        if pairs
    )
    return toy(
        forms={"xa": EVENTS, "code": codes},
        datasets={"XA": dataset("XA", variables, source="raw.xa", keys="USUBJID, XATERM", more=unread)},
        codelists=codelists,
    )


def test_a_record_is_found_by_subject_and_keys(toy: MakeToy) -> None:
    made = make(toy, "lookup: {source: raw.code, by: {EVENT: raw.xa.NO}, value: PT, missing: blank}")
    built = made.derive("XA")
    assert as_rows(built.frame, "USUBJID", "XATERM", "XADECOD") == [
        ("01", "Cough", "Cough"),
        ("01", "Fever", None),
        ("01", "Rash", "Rash"),
        ("02", "Rash", "Rash maculo-papular"),
        ("03", "Rash", None),
    ]
    assert as_rows(built.picked, "VARIABLE", "DSROW", "SOURCE", "ROW") == [
        ("XADECOD", 1, "code", 3),
        ("XADECOD", 3, "code", 2),
        ("XADECOD", 4, "code", 4),
    ]
    assert len(built.issues) == 0


def test_a_key_without_a_record_is_an_issue_and_a_missing_key_is_none(toy: MakeToy) -> None:
    made = make(toy, "lookup: {source: raw.code, by: {EVENT: raw.xa.NO}, value: PT}")
    assert as_rows(made.derive("XA").issues, *PLACED) == [
        ("NO_ROW", "01", "xa", 4, "NO", "3", "there is no such record of the subject in raw.code")
    ]


def test_records_that_differ_are_an_issue_and_records_that_agree_are_one(toy: MakeToy) -> None:
    codes = CODES + "01,1,Rash,2\n01,2,Coughing,1\n"
    made = make(toy, "lookup: {source: raw.code, by: {EVENT: raw.xa.NO}, value: PT, missing: blank}", codes=codes)
    built = made.derive("XA")
    assert as_rows(built.frame, "XATERM", "XADECOD")[:3] == [("Cough", None), ("Fever", None), ("Rash", "Rash")]
    message = "several records of raw.code differ in PT, so that none is taken"
    assert as_rows(built.issues, *PLACED) == [("SEVERAL_ROWS", "01", "xa", 3, "NO", "2", message)]


def test_a_condition_chooses_among_the_records(toy: MakeToy) -> None:
    codes = CODES + "01,2,Coughing,3\n"
    rule = "lookup: {source: raw.code, by: {EVENT: raw.xa.NO}, value: PT, where: GRADE == '3', missing: blank}"
    assert make(toy, rule, codes=codes).rows("XA", "XATERM", "XADECOD")[:3] == [
        ("Cough", "Coughing"),
        ("Fever", None),
        ("Rash", None),
    ]


def test_a_collected_value_that_is_looked_up_is_read_as_a_number_and_told_at_its_own_place(toy: MakeToy) -> None:
    rule = "lookup: {source: raw.code, by: {EVENT: raw.xa.NO}, value: GRADE, missing: blank}, type: integer"
    built = make(toy, rule).derive("XA")
    assert as_rows(built.frame, "XADECOD") == [(1.0,), (None,), (2.0,), (None,), (None,)]
    message = "the collected value is no number"
    assert as_rows(built.issues, *PLACED) == [("NOT_A_NUMBER", "02", "code", 4, "GRADE", "x", message)]


def test_a_collected_value_that_is_looked_up_becomes_a_term(toy: MakeToy) -> None:
    codelists = "PT: {sponsor: Terms, terms: {RASH: [Rash, Rash maculo-papular], COUGH: [Cough]}}\n"
    rule = "lookup: {source: raw.code, by: {EVENT: raw.xa.NO}, value: PT, missing: blank}, codelist: PT"
    assert make(toy, rule, codelists=codelists).rows("XA", "XADECOD") == [
        ("COUGH",),
        (None,),
        ("RASH",),
        ("RASH",),
        (None,),
    ]


def linked(toy: MakeToy, rule: str) -> Toy:
    """CM-like records that name an event, and the events with their numbers."""
    return toy(
        forms={"xa": "SUBJ,NO\n01,2\n01,1\n02,1\n", "ya": "SUBJ,EVENT\n01,1\n01,9\n02,1\n02,\n"},
        datasets={
            "XA": dataset(
                "XA", {"XASPID": "from: raw.xa.NO", "XASEQ": "seq: true"}, source="raw.xa", keys="USUBJID, XASPID"
            ),
            "YA": dataset(
                "YA", {"YAEVENT": "from: raw.ya.EVENT", "YALINK": rule}, source="raw.ya", keys="USUBJID, YAEVENT"
            ),
        },
    )


def test_a_dataset_is_looked_up_by_its_variables(toy: MakeToy) -> None:
    rule = "lookup: {source: XA, by: {XASPID: YAEVENT}, value: XASEQ, missing: blank}, type: integer"
    assert linked(toy, rule).rows("YA", "USUBJID", "YAEVENT", "YALINK") == [
        ("01", "1", 1.0),
        ("01", "9", None),
        ("02", None, None),
        ("02", "1", 1.0),
    ]


def test_records_may_be_chosen_by_what_a_dataset_holds(toy: MakeToy) -> None:
    made = linked(toy, "lookup: {source: XA, value: XASPID, where: XASPID == '2', missing: blank}")
    assert made.rows("YA", "USUBJID", "YALINK") == [("01", "2"), ("01", "2"), ("02", None), ("02", None)]


@pytest.mark.parametrize(
    ("rule", "fault"),
    [
        ("lookup: {source: XB, by: {XASPID: YAEVENT}, value: XASEQ}", "there is no 'XB'"),
        ("lookup: {source: XA, by: {SPID: YAEVENT}, value: XASPID}", "'SPID' is not a variable of XA"),
        ("lookup: {source: XA, by: {XASPID: YAEVENT}, value: XASEQ}", "'XA.XASEQ' is a number, but the type is text"),
        (
            "lookup: {source: XA, by: {XASEQ: YAEVENT}, value: XASPID}",
            "the expression gives text, but a number is wanted; use number()",
        ),
    ],
)
def test_a_lookup_that_cannot_be_is_refused(toy: MakeToy, rule: str, fault: str) -> None:
    assert fault in faults_of(lambda: linked(toy, rule))


def test_a_link_is_two_records_where_both_ends_exist_and_a_relation_of_datasets_stands_once(toy: MakeToy) -> None:
    event = "lookup: {source: XA, by: {XASPID: YAEVENT}, value: XASEQ, missing: blank}, type: integer"
    records = (
        "{id: datasets, source: table.rel}, {id: event, source: YA, where: not missing(EVENTSEQ)}, "
        "{id: naming, source: YA, where: not missing(EVENTSEQ)}"
    )
    number = "lookup: {source: XA, by: {XASPID: YA.YAEVENT}, value: XASEQ, missing: blank}"
    variables = {
        "USUBJID": "by_record: {datasets: {no_data: none}, event: {from: YA.USUBJID}, naming: {from: YA.USUBJID}}",
        "ZADOM": "by_record: {datasets: {from: table.rel.DOM}, event: {set: XA}, naming: {set: YA}}",
        "ZAVAL": "by_record: {datasets: {no_data: none}, event: {calc: text(EVENTSEQ)}, "
        "naming: {calc: text(YA.YASEQ)}}",
    }
    working = f"working: {{EVENTSEQ: {{by_record: {{datasets: {{no_data: none}}, event: {{{number}}}, "
    working += "naming: {no_data: none}}, type: integer}}\n"
    made = toy(
        forms={"xa": "SUBJ,NO\n01,2\n01,1\n02,1\n", "ya": "SUBJ,EVENT\n01,1\n01,9\n02,1\n02,\n"},
        tables={"rel": "DOM\nTU\nTR\n"},
        datasets={
            "XA": dataset(
                "XA", {"XASPID": "from: raw.xa.NO", "XASEQ": "seq: true"}, source="raw.xa", keys="USUBJID, XASPID"
            ),
            "YA": dataset(
                "YA",
                {"YAEVENT": "from: raw.ya.EVENT", "YASEQ": "seq: true"},
                source="raw.ya",
                keys="USUBJID, YAEVENT",
                more=f"working: {{EVENTSEQ: {{{event}}}}}\n",
            ),
            "ZA": dataset("ZA", variables, records=records, keys="USUBJID, ZADOM, ZAVAL", more=working),
        },
    )
    expected = [
        (None, "TR", None),
        (None, "TU", None),
        ("01", "XA", "1"),
        ("01", "YA", "1"),
        ("02", "XA", "1"),
        ("02", "YA", "2"),
    ]
    assert made.rows("ZA", "USUBJID", "ZADOM", "ZAVAL") == expected
    assert as_rows(made.derive("ZA", 1).frame, "USUBJID", "ZADOM", "ZAVAL") == expected
