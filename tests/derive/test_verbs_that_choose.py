"""seq, min, max, first, last, flags of occurrence and baseline: the usual, an edge and an error each."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from toy_study import Toy, dataset

from crf2tlf.errors import SpecError

MakeToy = Callable[..., Toy]
RESULTS = """\
    SUBJ,VISIT,DAY,RESULT
    02,2,15-Mar-2024,5
    01,1,01-Mar-2024,3
    01,3,29-Mar-2024,
    01,2,15-Mar-2024,9
    02,1,,7
    """
FIELDS = {
    "XAVISIT": "from: raw.xa.VISIT",
    "XADTC": "date: raw.xa.DAY",
    "XARES": "from: raw.xa.RESULT, type: integer",
}


def make(toy: MakeToy, variables: dict[str, str], *, keys: str = "USUBJID, XAVISIT", form: str = RESULTS) -> Toy:
    return toy(
        forms={"xa": form},
        datasets={"XA": dataset("XA", FIELDS | variables, source="raw.xa", keys=keys)},
    )


def test_seq_counts_within_the_subject_in_the_order_of_the_keys(toy: MakeToy) -> None:
    made = make(toy, {"XASEQ": "seq: true"})
    assert made.rows("XA", "USUBJID", "XAVISIT", "XASEQ") == [
        ("01", "1", 1.0),
        ("01", "2", 2.0),
        ("01", "3", 3.0),
        ("02", "1", 1.0),
        ("02", "2", 2.0),
    ]


def test_seq_by_other_variables_counts_missing_values_first_and_ties_as_they_stand(toy: MakeToy) -> None:
    made = make(toy, {"XASEQ": "seq: {by: [XARES]}"}, form=RESULTS + "01,4,,9\n")
    assert made.rows("XA", "USUBJID", "XAVISIT", "XASEQ") == [
        ("01", "1", 2.0),
        ("01", "2", 3.0),
        ("01", "3", 1.0),
        ("01", "4", 4.0),
        ("02", "1", 2.0),
        ("02", "2", 1.0),
    ]


def test_seq_may_be_a_key_itself(toy: MakeToy) -> None:
    made = make(toy, {"XASEQ": "seq: true"}, keys="USUBJID, XADTC, XASEQ")
    assert made.rows("XA", "USUBJID", "XADTC", "XASEQ") == [
        ("01", "2024-03-01", 1.0),
        ("01", "2024-03-15", 2.0),
        ("01", "2024-03-29", 3.0),
        ("02", None, 1.0),
        ("02", "2024-03-15", 2.0),
    ]


def test_seq_that_is_a_text_is_refused(toy: MakeToy) -> None:
    with pytest.raises(SpecError, match="'seq' gives a number, but the type is text"):
        make(toy, {"XASEQ": "seq: true, type: text"})


SUBJECTS = "SUBJ\n01\n02\n03\n"


def choose(toy: MakeToy, *rules: str) -> list[tuple[object, ...]]:
    """What rules over XA give for the subjects 01, 02 and 03, of whom 03 has no record in XA."""
    chosen = {f"YA{number}": rule for number, rule in enumerate(rules, start=1)}
    made = toy(
        forms={"xa": RESULTS, "ya": SUBJECTS},
        datasets={
            "XA": dataset("XA", FIELDS, source="raw.xa", keys="USUBJID, XAVISIT"),
            "YA": dataset("YA", chosen, source="raw.ya"),
        },
    )
    return made.rows("YA", *chosen)


def test_min_and_max_leave_missing_values_out(toy: MakeToy) -> None:
    found = choose(
        toy,
        "min: {of: XA.XARES}, type: integer",
        "max: {of: XA.XARES}, type: integer",
        "min: {of: XA.XADTC}",
        "max: {of: XA.XADTC}",
    )
    assert found == [
        (3.0, 9.0, "2024-03-01", "2024-03-29"),
        (5.0, 7.0, "2024-03-15", "2024-03-15"),
        (None, None, None, None),
    ]


def test_min_and_max_with_a_condition_and_over_a_raw_field(toy: MakeToy) -> None:
    found = choose(
        toy,
        "max: {of: XA.XARES, where: XAVISIT != '2'}, type: integer",
        "min: {of: raw.xa.RESULT, where: VISIT == '2'}",
        "max: {of: XA.XARES, where: XARES > 100}, type: integer",
    )
    assert found == [(3.0, "9", None), (7.0, "5", None), (None, None, None)]


def test_the_largest_of_several_variables_is_the_largest_that_is_not_missing(toy: MakeToy) -> None:
    extra = dataset("ZA", {"ZADTC": "date: raw.za.DAY"}, source="raw.za")
    made = toy(
        forms={"xa": RESULTS, "ya": SUBJECTS, "za": "SUBJ,DAY\n01,28-Mar-2024\n02,16-Mar-2024\n03,01-Jan-2024\n"},
        datasets={
            "XA": dataset("XA", FIELDS, source="raw.xa"),
            "YA": dataset("YA", {"YALAST": "max: [XA.XADTC, ZA.ZADTC]"}, source="raw.ya"),
            "ZA": extra,
        },
    )
    assert made.rows("YA", "YALAST") == [("2024-03-29",), ("2024-03-16",), ("2024-01-01",)]


def test_a_condition_over_several_variables_is_refused(toy: MakeToy) -> None:
    with pytest.raises(SpecError, match="'where' needs a single variable in 'of'"):
        choose(toy, "max: {of: [XA.XARES, XA.XARES], where: XAVISIT == '1'}, type: integer")


def test_first_and_last_take_the_record_in_order_even_if_it_holds_no_value(toy: MakeToy) -> None:
    found = choose(
        toy,
        "first: {of: XA.XARES, by: [XAVISIT]}, type: integer",
        "last: {of: XA.XARES, by: [XAVISIT]}, type: integer",
        "last: {of: XA.XAVISIT, by: [XARES]}",
    )
    assert found == [(3.0, None, "2"), (7.0, 5.0, "1"), (None, None, None)]


def test_first_and_last_with_a_condition_and_by_raw_fields(toy: MakeToy) -> None:
    found = choose(
        toy,
        "last: {of: XA.XARES, by: [XAVISIT], where: not missing(XARES)}, type: integer",
        "first: {of: raw.xa.VISIT, by: [RESULT], where: RESULT != '3'}",
    )
    assert found == [(9.0, "2"), (5.0, "2"), (None, None)]


def test_first_by_an_unknown_variable_is_refused(toy: MakeToy) -> None:
    with pytest.raises(SpecError, match="'XAVIST' is not a variable of XA; did you mean 'XAVISIT'"):
        choose(toy, "first: {of: XA.XARES, by: [XAVIST]}, type: integer")


def test_a_partial_date_has_the_record_in_force_on_all_days_that_it_can_mean(toy: MakeToy) -> None:
    elements = (
        "SUBJ,NAME,START\n01,SCREEN,20-Jan-2024\n01,TREAT,15-Mar-2024\n01,FOLLOW,01-Feb-2025\n02,SCREEN,01-Mar-2024\n"
    )
    days = [
        "17-Jan-2024",
        "14-Mar-2024",
        "15-Mar-2024",
        "Jan-2024",
        "Feb-2024",
        "Mar-2024",
        "Apr-2024",
        "2023",
        "2024",
        "2025",
    ]
    form = "SUBJ,DAY\n" + "".join(f"01,{day}\n" for day in [*days, "2026", ""]) + "02,Mar-2024\n"
    made = toy(
        forms={"xe": elements, "xa": form},
        datasets={
            "XE": dataset("XE", {"XENAME": "from: raw.xe.NAME", "XESTDTC": "date: raw.xe.START"}, source="raw.xe"),
            "XA": dataset(
                "XA",
                {
                    "XALINE": "from: raw.xa.DAY",
                    "XADTC": "date: raw.xa.DAY",
                    "XALAST": "last: {of: XE.XENAME, by: [XESTDTC], on: XADTC}",
                    "XANEXT": "first: {of: XE.XENAME, by: [XESTDTC], on: XADTC}",
                },
                source="raw.xa",
                keys="USUBJID, XADTC",
            ),
        },
    )
    assert made.rows("XA", "USUBJID", "XADTC", "XALAST", "XANEXT") == [
        ("01", None, None, None),
        ("01", "2023", None, "SCREEN"),
        ("01", "2024", None, None),
        ("01", "2024-01", None, None),
        ("01", "2024-01-17", None, "SCREEN"),
        ("01", "2024-02", "SCREEN", "TREAT"),
        ("01", "2024-03", None, None),
        ("01", "2024-03-14", "SCREEN", "TREAT"),
        ("01", "2024-03-15", "TREAT", "TREAT"),
        ("01", "2024-04", "TREAT", "FOLLOW"),
        ("01", "2025", None, None),
        ("01", "2026", "FOLLOW", None),
        ("02", "2024-03", "SCREEN", None),
    ]


def test_flags_stand_on_the_first_and_last_record_of_each_group(toy: MakeToy) -> None:
    variables = {
        "FIRSTFL": "first: {within: [USUBJID], order: [XAVISIT]}",
        "LASTFL": "last: {within: [USUBJID], order: [XAVISIT]}",
        "HIGHFL": "last: {within: [USUBJID], order: [XAVISIT], where: XARES >= 5}",
    }
    assert make(toy, variables).rows("XA", "USUBJID", "XAVISIT", "FIRSTFL", "LASTFL", "HIGHFL") == [
        ("01", "1", "Y", None, None),
        ("01", "2", None, None, "Y"),
        ("01", "3", None, "Y", None),
        ("02", "1", "Y", None, None),
        ("02", "2", None, "Y", "Y"),
    ]


def test_of_records_that_tie_the_flag_stands_on_the_first_or_last_as_collected(toy: MakeToy) -> None:
    variables = {
        "XALINE": "from: raw.xa.LINE",
        "FIRSTFL": "first: {within: [USUBJID], order: [XAVISIT]}",
        "LASTFL": "last: {within: [USUBJID], order: [XAVISIT]}",
        "NONEFL": "first: {within: [USUBJID], order: [XAVISIT], where: XALINE == 'x'}",
    }
    form = "SUBJ,VISIT,DAY,RESULT,LINE\n01,1,,,a\n01,1,,,b\n01,1,,,c\n"
    assert make(toy, variables, form=form).rows("XA", "XALINE", "FIRSTFL", "LASTFL", "NONEFL") == [
        ("a", "Y", None, None),
        ("b", None, None, None),
        ("c", None, "Y", None),
    ]


def test_a_group_of_missing_values_is_a_group(toy: MakeToy) -> None:
    variables = {"FIRSTFL": "first: {within: [USUBJID, XADTC], order: [XAVISIT]}"}
    form = "SUBJ,VISIT,DAY,RESULT\n01,1,,\n01,2,,\n01,3,01-Mar-2024,\n"
    assert make(toy, variables, form=form).rows("XA", "XAVISIT", "FIRSTFL") == [("1", "Y"), ("2", None), ("3", "Y")]


def test_a_flag_that_is_a_number_is_refused(toy: MakeToy) -> None:
    with pytest.raises(SpecError, match="the flag is text, but the type is integer"):
        make(toy, {"FIRSTFL": "first: {within: [USUBJID], order: [XAVISIT]}, type: integer"})


def baseline_of(toy: MakeToy, form: str, start: str, where: str = "not missing(XARES)") -> list[tuple[object, ...]]:
    """The baseline flags per test of XA, the reference being the start of treatment of the subject."""
    variables = {
        "XATEST": "from: raw.xa.TEST",
        "XADTC": "date: {date: raw.xa.DAY, time: raw.xa.TIME}",
        "XARES": "from: raw.xa.RESULT, type: integer",
        "XALOBXFL": f"baseline: {{by: [XATEST], date: XADTC, reference: YA.YASTDTC, where: {where}}}",
    }
    made = toy(
        forms={"xa": "SUBJ,TEST,DAY,TIME,RESULT\n" + form, "ya": "SUBJ,DAY,TIME\n" + start},
        datasets={
            "XA": dataset("XA", variables, source="raw.xa", keys="USUBJID, XATEST, XADTC"),
            "YA": dataset("YA", {"YASTDTC": "date: {date: raw.ya.DAY, time: raw.ya.TIME}"}, source="raw.ya"),
        },
    )
    return made.rows("XA", "USUBJID", "XATEST", "XADTC", "XALOBXFL")


def test_the_baseline_is_the_last_result_on_or_before_the_reference_date(toy: MakeToy) -> None:
    form = "01,A,01-Mar-2024,,1\n01,A,05-Mar-2024,,2\n01,A,06-Mar-2024,,3\n01,B,05-Mar-2024,,\n01,B,04-Mar-2024,,9\n"
    assert baseline_of(toy, form, "01,05-Mar-2024,\n") == [
        ("01", "A", "2024-03-01", None),
        ("01", "A", "2024-03-05", "Y"),
        ("01", "A", "2024-03-06", None),
        ("01", "B", "2024-03-04", "Y"),
        ("01", "B", "2024-03-05", None),
    ]


def test_times_decide_on_the_day_of_the_reference_only_where_both_have_one(toy: MakeToy) -> None:
    form = "01,A,05-Mar-2024,08:00,1\n01,A,05-Mar-2024,09:00,2\n02,A,05-Mar-2024,23:00,1\n"
    assert baseline_of(toy, form, "01,05-Mar-2024,08:30\n02,05-Mar-2024,\n") == [
        ("01", "A", "2024-03-05T08:00", "Y"),
        ("01", "A", "2024-03-05T09:00", None),
        ("02", "A", "2024-03-05T23:00", "Y"),
    ]


def test_there_is_no_baseline_for_a_partial_date_or_without_a_reference(toy: MakeToy) -> None:
    form = "01,A,Mar-2024,,1\n02,A,05-Mar-2024,,1\n03,A,05-Mar-2024,,1\n"
    assert baseline_of(toy, form, "01,05-Mar-2024,\n02,,\n") == [
        ("01", "A", "2024-03", None),
        ("02", "A", "2024-03-05", None),
        ("03", "A", "2024-03-05", None),
    ]


def test_a_baseline_by_an_unknown_variable_is_refused(toy: MakeToy) -> None:
    with pytest.raises(SpecError, match="'XARS' is not a variable of XA; did you mean 'XARES'"):
        baseline_of(toy, "", "", where="XARS == 1")
