"""set, from, case, calc, lookup, decode: the usual, an edge and an error each."""

from __future__ import annotations

from collections.abc import Callable

from toy_study import Toy, dataset, faults_of

MakeToy = Callable[..., Toy]
ANSWERS = """\
    SUBJ,ANSWER,SCORE
    01,Yes,7
    02,No,007
    03,,2.50
    """
NY = "NY: {cdisc: C66742, terms: {N: [No], Y: [Yes]}}\n"


def test_set_gives_every_record_the_value_and_a_constant_of_the_study_its_value(toy: MakeToy) -> None:
    variables = {
        "STUDYID": "set: $STUDYID",
        "XACAT": "set: ANSWER",
        "XALIMIT": "set: $LIMIT, type: integer",
        "XANUM": "set: 2.5, type: float, significant_digits: 1",
        "XAREST": "calc: 'concat(raw.xa.ANSWER, raw.xa.SCORE)'",
    }
    made = toy(forms={"xa": ANSWERS}, datasets={"XA": dataset("XA", variables, source="raw.xa")})
    assert made.rows("XA", "STUDYID", "XACAT", "XALIMIT", "XANUM") == [("TOY", "ANSWER", 3.0, 2.5)] * 3


def test_set_of_no_records_is_an_empty_column(toy: MakeToy) -> None:
    made = toy(forms={"xa": "SUBJ\n"}, datasets={"XA": dataset("XA", {"XACAT": "set: A"}, source="raw.xa")})
    assert made.rows("XA", "USUBJID", "XACAT") == []


def test_set_of_a_text_for_a_number_is_refused(toy: MakeToy) -> None:
    text = dataset("XA", {"XANUM": "set: many, type: integer"}, source="raw.xa")
    assert faults_of(lambda: toy(forms={"xa": "SUBJ\n"}, datasets={"XA": text})) == (
        "specs/toy/sdtm/XA.yaml:9: variables.XANUM: 'many' is no number, but the type is integer\n1 fault in the spec"
    )


def test_from_copies_a_text_as_it_stands_reads_numbers_and_maps_codelists(toy: MakeToy) -> None:
    variables = {
        "XATEXT": "from: raw.xa.SCORE",
        "XANUM": "from: raw.xa.SCORE, type: float, significant_digits: 1",
        "XACODE": "from: raw.xa.ANSWER, codelist: NY",
        "XACOPY": "from: XACODE",
    }
    made = toy(forms={"xa": ANSWERS}, datasets={"XA": dataset("XA", variables, source="raw.xa")}, codelists=NY)
    assert made.rows("XA", "USUBJID", "XATEXT", "XANUM", "XACODE", "XACOPY") == [
        ("01", "7", 7.0, "Y", "Y"),
        ("02", "007", 7.0, "N", "N"),
        ("03", "2.50", 2.5, None, None),
    ]


def test_from_keeps_inner_and_outer_blanks_but_a_blank_cell_is_missing(toy: MakeToy) -> None:
    form = "SUBJ,NOTE\n01, a  b\n02,   \n"
    made = toy(forms={"xa": form}, datasets={"XA": dataset("XA", {"XANOTE": "from: raw.xa.NOTE"}, source="raw.xa")})
    assert made.rows("XA", "XANOTE") == [(" a  b",), (None,)]


def test_from_maps_a_collected_value_with_blanks_around_it_but_guesses_no_case(toy: MakeToy) -> None:
    form = "SUBJ,ANSWER\n01, Yes\n02,yes\n03,Y\n"
    text = dataset("XA", {"XACODE": "from: raw.xa.ANSWER, codelist: NY"}, source="raw.xa")
    made = toy(forms={"xa": form}, datasets={"XA": text}, codelists=NY)
    assert made.rows("XA", "XACODE") == [("Y",), (None,), ("Y",)]


def test_from_of_an_unknown_field_is_refused_with_a_hint(toy: MakeToy) -> None:
    text = dataset("XA", {"XACODE": "from: raw.xa.ANSWR"}, source="raw.xa")
    assert faults_of(lambda: toy(forms={"xa": "SUBJ,ANSWER\n"}, datasets={"XA": text})).splitlines()[0] == (
        "specs/toy/sdtm/XA.yaml:9: variables.XACODE: 'ANSWR' is not a field of raw.xa; did you mean 'ANSWER'?"
    )


def test_case_takes_the_first_branch_that_holds_and_a_missing_value_holds_for_none(toy: MakeToy) -> None:
    variables = {
        "XANUM": "from: raw.xa.SCORE, type: float, significant_digits: 1",
        "XAGRP": "case: [{when: XANUM < 3, then: low}, {when: XANUM < 10, then: {from: raw.xa.ANSWER}}]",
        "XAELSE": "case: [{when: XANUM >= $LIMIT, then: high}, {else: {calc: \"concat('not ', 'high')\"}}]",
    }
    form = "SUBJ,ANSWER,SCORE\n01,Yes,2\n02,No,7\n03,No,\n04,No,10\n"
    made = toy(forms={"xa": form}, datasets={"XA": dataset("XA", variables, source="raw.xa")})
    assert made.rows("XA", "XAGRP", "XAELSE") == [
        ("low", "not high"),
        ("No", "high"),
        (None, "not high"),
        (None, "high"),
    ]


def test_case_of_numbers_stays_missing_where_no_branch_holds(toy: MakeToy) -> None:
    rule = "case: [{when: raw.xa.ANSWER == 'Yes', then: 1}, {when: raw.xa.ANSWER == 'No', then: 0}], type: integer"
    text = dataset("XA", {"XANUM": rule}, source="raw.xa")
    made = toy(forms={"xa": "SUBJ,ANSWER\n01,Yes\n02,\n03,No\n"}, datasets={"XA": text})
    assert made.rows("XA", "XANUM") == [(1.0,), (None,), (0.0,)]


def test_case_with_a_term_outside_the_codelist_is_refused(toy: MakeToy) -> None:
    rule = "case: [{when: missing(raw.xa.ANSWER), then: NO}], codelist: NY"
    text = dataset("XA", {"XACODE": rule}, source="raw.xa")
    assert faults_of(lambda: toy(forms={"xa": "SUBJ,ANSWER\n"}, datasets={"XA": text}, codelists=NY)) == (
        "specs/toy/sdtm/XA.yaml:9: variables.XACODE: 'NO' is not in the codelist NY\n1 fault in the spec"
    )


def test_calc_is_missing_where_a_part_is_missing_and_where_it_divides_by_zero(toy: MakeToy) -> None:
    variables = {
        "XAONE": "calc: number(raw.xa.ONE), type: integer",
        "XATWO": "calc: number(raw.xa.TWO), type: integer",
        "XASUM": "calc: XAONE + XATWO * 2, type: integer",
        "XARATIO": "calc: XAONE / XATWO, type: float, significant_digits: 2",
        "XATEXT": "calc: \"concat(upper(raw.xa.ONE), '/', raw.xa.TWO)\"",
        "XAANY": "calc: 'coalesce(raw.xa.TWO, raw.xa.ONE)'",
    }
    form = "SUBJ,ONE,TWO\n01,1,4\n02,2,\n03,3,0\n"
    made = toy(forms={"xa": form}, datasets={"XA": dataset("XA", variables, source="raw.xa")})
    assert made.rows("XA", "XASUM", "XARATIO", "XATEXT", "XAANY") == [
        (9.0, 0.25, "1/4", "4"),
        (None, None, None, "2"),
        (3.0, None, "3/0", "0"),
    ]


def test_calc_that_gives_a_number_for_a_text_is_refused(toy: MakeToy) -> None:
    text = dataset("XA", {"XATEXT": "calc: length(raw.xa.ONE)"}, source="raw.xa")
    assert faults_of(lambda: toy(forms={"xa": "SUBJ,ONE\n"}, datasets={"XA": text})).startswith(
        "specs/toy/sdtm/XA.yaml:9: variables.XATEXT: the expression gives a number, but the type is text"
    )


VISITS = "NAME,VISITNUM,DAY\nBaseline,1,-1\nWeek 2,2,15\nUnplanned,3,\n"
BY_NAME = "lookup: {table: visits, by: {NAME: raw.xa.VISIT}, value: %s}"


def test_lookup_finds_texts_and_numbers_and_an_empty_cell_of_the_table_is_missing(toy: MakeToy) -> None:
    variables = {"XADAYC": BY_NAME % "DAY", "XADAY": BY_NAME % "DAY" + ", type: integer"}
    made = toy(
        forms={"xa": "SUBJ,VISIT\n01,Week 2\n02,Unplanned\n03,\n"},
        datasets={"XA": dataset("XA", variables, source="raw.xa")},
        tables={"visits": VISITS},
    )
    assert made.rows("XA", "XADAYC", "XADAY") == [("15", 15.0), (None, None), (None, None)]
    assert len(made.derive("XA").issues) == 0


def test_lookup_by_two_columns_needs_both_to_agree(toy: MakeToy) -> None:
    rule = "lookup: {table: arms, by: {ARM: raw.xa.ARM, PART: raw.xa.PART}, value: DOSE, missing: blank}"
    made = toy(
        forms={"xa": "SUBJ,ARM,PART\n01,A,1\n02,A,2\n03,B,2\n04,,2\n"},
        datasets={"XA": dataset("XA", {"XADOSE": rule}, source="raw.xa")},
        tables={"arms": "ARM,PART,DOSE\nA,1,10 mg\nA,2,20 mg\nB,1,30 mg\n"},
    )
    assert made.rows("XA", "USUBJID", "XADOSE") == [("01", "10 mg"), ("02", "20 mg"), ("03", None), ("04", None)]
    assert len(made.derive("XA").issues) == 0


def test_lookup_in_a_table_with_a_key_twice_is_refused(toy: MakeToy) -> None:
    def make() -> Toy:
        return toy(
            forms={"xa": "SUBJ,VISIT\n01,Week 2\n"},
            datasets={"XA": dataset("XA", {"XADAY": BY_NAME % "DAY"}, source="raw.xa")},
            tables={"visits": "NAME,DAY\nWeek 2,15\nWeek 2,16\n"},
        )

    assert faults_of(make).startswith("specs/toy/sdtm/XA.yaml:9: variables.XADAY: table.visits has two rows with NAME")


SEVERITY = (
    "SEV: {sponsor: Severity, terms: {MILD: [mild], SEVERE: [severe], '3': []}, decodes: {MILD: '1', SEVERE: '2'}}\n"
)


def test_decode_gives_a_text_or_a_number_and_nothing_for_a_term_without_decode(toy: MakeToy) -> None:
    variables = {
        "XASEV": "from: raw.xa.SEV, codelist: SEV",
        "XASEVC": "decode: XASEV",
        "XASEVN": "decode: XASEV, type: integer",
    }
    made = toy(
        forms={"xa": "SUBJ,SEV\n01,mild\n02,severe\n03,3\n04,\n"},
        datasets={"XA": dataset("XA", variables, source="raw.xa")},
        codelists=SEVERITY,
    )
    assert made.rows("XA", "XASEV", "XASEVC", "XASEVN") == [
        ("MILD", "1", 1.0),
        ("SEVERE", "2", 2.0),
        ("3", None, None),
        (None, None, None),
    ]


def test_decode_of_a_number_finds_the_term_that_the_number_is_written_as(toy: MakeToy) -> None:
    variables = {"XAGRADE": "from: raw.xa.GRADE, codelist: GRADE, type: integer", "XATEXT": "decode: XAGRADE"}
    made = toy(
        forms={"xa": "SUBJ,GRADE\n01,1\n02,2.0\n03,\n"},
        datasets={"XA": dataset("XA", variables, source="raw.xa")},
        codelists="GRADE: {sponsor: Grade, terms: {'1': [], '2': ['2.0']}, decodes: {'1': low, '2': high}}\n",
    )
    assert made.rows("XA", "XAGRADE", "XATEXT") == [(1.0, "low"), (2.0, "high"), (None, None)]
    assert len(made.derive("XA").issues) == 0


def test_decode_of_a_variable_without_decodes_is_refused(toy: MakeToy) -> None:
    text = dataset("XA", {"XAONE": "from: raw.xa.ONE", "XATEXT": "decode: XAONE"}, source="raw.xa")
    assert faults_of(lambda: toy(forms={"xa": "SUBJ,ONE\n"}, datasets={"XA": text})) == (
        "specs/toy/sdtm/XA.yaml:10: variables.XATEXT: 'XAONE' has no codelist with decodes\n1 fault in the spec"
    )
