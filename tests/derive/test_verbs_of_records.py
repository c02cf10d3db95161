"""by_record, distinct, no_data and not_submitted: the usual, an edge and an error each."""

from __future__ import annotations

from collections.abc import Callable

from toy_study import Toy, dataset, faults_of

MakeToy = Callable[..., Toy]
TWO_SOURCES = "{id: first, source: raw.xa, where: KEEP == 'Y'}, {id: second, source: raw.xb}"


def test_by_record_has_a_rule_for_each_source_and_records_keep_their_order_within_the_key(toy: MakeToy) -> None:
    variables = {
        "USUBJID": "by_record: {first: {from: raw.xa.SUBJ}, second: {from: raw.xb.SUBJ}}",
        "XAVAL": "by_record: {first: {from: raw.xa.VAL}, second: {set: B}}",
        "XANUM": "by_record: {first: {set: 1}, second: {from: raw.xb.NUM}}, type: integer",
    }
    made = toy(
        forms={"xa": "SUBJ,KEEP,VAL\n02,Y,a\n01,N,b\n01,Y,\n", "xb": "SUBJ,NUM\n01,8\n02,9\n"},
        datasets={"XA": dataset("XA", variables, records=TWO_SOURCES)},
    )
    assert made.rows("XA", "USUBJID", "XAVAL", "XANUM") == [
        ("01", None, 1.0),
        ("01", "B", 8.0),
        ("02", "a", 1.0),
        ("02", "B", 9.0),
    ]


def test_by_record_where_one_source_has_no_records(toy: MakeToy) -> None:
    variables = {
        "USUBJID": "by_record: {first: {from: raw.xa.SUBJ}, second: {from: raw.xb.SUBJ}}",
        "XANUM": "by_record: {first: {set: 1}, second: {set: 2}}, type: integer",
    }
    made = toy(
        forms={"xa": "SUBJ,KEEP\n01,N\n", "xb": "SUBJ\n01\n"},
        datasets={"XA": dataset("XA", variables, records=TWO_SOURCES)},
    )
    assert made.rows("XA", "USUBJID", "XANUM") == [("01", 2.0)]


def test_by_record_without_a_rule_for_a_source_is_refused(toy: MakeToy) -> None:
    variables = {
        "USUBJID": "by_record: {first: {from: raw.xa.SUBJ}, second: {from: raw.xb.SUBJ}}",
        "XANUM": "by_record: {first: {set: 1}}, type: integer",
    }
    text = dataset("XA", variables, records=TWO_SOURCES)
    assert faults_of(lambda: toy(forms={"xa": "SUBJ,KEEP\n", "xb": "SUBJ\n"}, datasets={"XA": text})) == (
        "specs/toy/sdtm/XA.yaml:9: variables.XANUM: there is no rule for the records second\n1 fault in the spec"
    )


def test_distinct_keeps_the_first_record_of_each_group(toy: MakeToy) -> None:
    records = "{id: main, source: raw.xa, where: not missing(VAL), distinct: [SUBJ, VISIT]}"
    variables = {"USUBJID": "from: raw.xa.SUBJ", "XAVIS": "from: raw.xa.VISIT", "XAVAL": "from: raw.xa.VAL"}
    made = toy(
        forms={"xa": "SUBJ,VISIT,VAL\n01,1,\n01,1,a\n01,1,b\n01,2,c\n02,1,d\n"},
        datasets={"XA": dataset("XA", variables, records=records)},
    )
    assert made.rows("XA", "USUBJID", "XAVIS", "XAVAL") == [("01", "1", "a"), ("01", "2", "c"), ("02", "1", "d")]


def test_no_data_is_missing_for_texts_and_numbers(toy: MakeToy) -> None:
    variables = {"XAONE": "no_data: never asked", "XATWO": "no_data: never asked, type: integer"}
    made = toy(forms={"xa": "SUBJ\n01\n"}, datasets={"XA": dataset("XA", variables, source="raw.xa")})
    frame = made.derive("XA").frame
    assert made.rows("XA", "XAONE", "XATWO") == [(None, None)]
    assert [str(frame[name].dtype) for name in ("XAONE", "XATWO")] == ["string", "float64"]


def test_no_data_without_a_reason_is_refused(toy: MakeToy) -> None:
    text = dataset("XA", {"XAONE": "no_data: ''"}, source="raw.xa")
    assert faults_of(lambda: toy(forms={"xa": "SUBJ\n"}, datasets={"XA": text})) == (
        "specs/toy/sdtm/XA.yaml:9: variables.XAONE.no_data: 'no_data' needs a reason\n1 fault in the spec"
    )


def test_a_field_that_is_not_submitted_is_left_out_with_its_reason(toy: MakeToy) -> None:
    text = dataset("XA", {"XAONE": "from: raw.xa.ONE"}, source="raw.xa", more="not_submitted: {raw.xa.PAGE: a page}\n")
    made = toy(forms={"xa": "SUBJ,ONE,PAGE\n01,a,7\n"}, datasets={"XA": text})
    assert list(made.derive("XA").frame) == ["USUBJID", "XAONE"]
    assert made.study.sdtm["XA"].not_submitted == {"raw.xa.PAGE": "a page"}


def test_a_field_that_is_neither_mapped_nor_listed_is_refused(toy: MakeToy) -> None:
    text = dataset("XA", {"XAONE": "from: raw.xa.ONE"}, source="raw.xa")
    assert faults_of(lambda: toy(forms={"xa": "SUBJ,ONE,PAGE\n"}, datasets={"XA": text})) == (
        "specs/toy/study.yaml:9: forms.xa: the field 'PAGE' is neither mapped nor listed in not_submitted\n"
        "1 fault in the spec"
    )


def test_a_field_that_is_both_mapped_and_listed_is_refused(toy: MakeToy) -> None:
    text = dataset("XA", {"XAONE": "from: raw.xa.ONE"}, source="raw.xa", more="not_submitted: {raw.xa.ONE: a page}\n")
    assert faults_of(lambda: toy(forms={"xa": "SUBJ,ONE\n"}, datasets={"XA": text})) == (
        "specs/toy/sdtm/XA.yaml:10: not_submitted.raw.xa.ONE: 'raw.xa.ONE' is submitted: a rule reads it\n"
        "1 fault in the spec"
    )
