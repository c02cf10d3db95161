"""previous, next, count, sum, mean, min and max of a group, value_at: the usual, an edge and an error each."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from toy_study import Toy, as_rows, dataset, faults_of

MakeToy = Callable[..., Toy]
RESULTS = """\
    SUBJ,TEST,DAY,RESULT,BASE
    01,A,2024-01-01,50,Y
    01,A,2024-01-15,40,
    01,A,2024-02-01,,
    01,A,2024-03-01,30,
    01,B,2024-01-01,7,Y
    02,A,2024-01-01,9,
    02,A,2024-01-01,8,
    """
FIELDS = {
    "XATESTCD": "from: raw.xa.TEST",
    "XADTC": "date: {date: raw.xa.DAY, format: YYYY-MM-DD}",
    "XARES": "from: raw.xa.RESULT, type: integer",
    "XABLFL": "from: raw.xa.BASE",
}
GROUP = "within: [USUBJID, XATESTCD]"
KEYS = "USUBJID, XATESTCD, XADTC, XASEQ"


def make(toy: MakeToy, rules: dict[str, str], form: str = RESULTS) -> Toy:
    variables = FIELDS | {"XASEQ": "seq: {by: [XATESTCD, XADTC]}"} | rules
    return toy(forms={"xa": form}, datasets={"XA": dataset("XA", variables, source="raw.xa", keys=KEYS)})


def column(toy: MakeToy, rule: str) -> list[object]:
    """What a rule gives for the records in the order in which they stand above."""
    return [value for (value,) in make(toy, {"XADERIV": rule}).rows("XA", "XADERIV")]


def test_the_neighbours_of_a_record_are_those_of_its_group_in_the_order_given(toy: MakeToy) -> None:
    previous = column(toy, f"previous: {{of: XARES, {GROUP}, order: [XADTC]}}, type: integer")
    following = column(toy, f"next: {{of: XADTC, {GROUP}, order: [XADTC]}}")
    assert previous == [None, 50, 40, None, None, None, 9]
    assert following == ["2024-01-15", "2024-02-01", "2024-03-01", None, None, "2024-01-01", None]


def test_a_condition_passes_over_neighbours(toy: MakeToy) -> None:
    rule = f"previous: {{of: XARES, {GROUP}, order: [XADTC], where: not missing(XARES)}}, type: integer"
    assert column(toy, rule) == [None, 50, 40, 40, None, None, 9]


def test_records_of_a_group_are_counted(toy: MakeToy) -> None:
    assert column(toy, f"count: {{{GROUP}}}") == [4, 4, 4, 4, 1, 2, 2]
    assert column(toy, f"count: {{{GROUP}, where: XARES > 35}}") == [2, 2, 2, 2, 0, 0, 0]
    assert column(toy, f"count: {{of: XARES, {GROUP}}}") == [3, 3, 3, 3, 1, 2, 2]
    assert column(toy, "count: {within: [USUBJID, XATESTCD, XADTC]}") == [1, 1, 1, 1, 1, 2, 2]


def test_sums_and_means_leave_missing_values_out(toy: MakeToy) -> None:
    assert column(toy, f"sum: {{of: XARES, {GROUP}}}, type: integer") == [120, 120, 120, 120, 7, 17, 17]
    mean = f"mean: {{of: XARES, {GROUP}, where: XATESTCD == 'A'}}, type: float, significant_digits: 1"
    assert column(toy, mean) == [40, 40, 40, 40, None, 8.5, 8.5]


def test_a_bound_takes_the_records_before_this_one(toy: MakeToy) -> None:
    nadir = f"min: {{of: XARES, {GROUP}, before: XADTC}}, type: integer"
    assert column(toy, nadir) == [None, 50, 40, 40, None, None, None]
    cumulative = f"sum: {{of: XARES, {GROUP}, up_to: XADTC}}, type: integer"
    assert column(toy, cumulative) == [50, 90, 90, 120, 7, 17, 17]
    assert column(toy, f"count: {{{GROUP}, before: XADTC}}") == [0, 1, 2, 3, 0, 0, 0]
    assert column(toy, f"max: {{of: XADTC, {GROUP}, up_to: XADTC}}") == [
        "2024-01-01",
        "2024-01-15",
        "2024-02-01",
        "2024-03-01",
        "2024-01-01",
        "2024-01-01",
        "2024-01-01",
    ]


def test_the_record_that_gave_a_value_is_in_the_lineage(toy: MakeToy) -> None:
    built = make(toy, {"XADERIV": f"min: {{of: XARES, {GROUP}, before: XADTC}}, type: integer"}).derive("XA")
    assert as_rows(built.picked, "VARIABLE", "DSROW", "SOURCE", "ROW") == [
        ("XADERIV", 2, "xa", 2),
        ("XADERIV", 3, "xa", 3),
        ("XADERIV", 4, "xa", 3),
    ]


def test_the_value_of_the_record_where_a_condition_holds(toy: MakeToy) -> None:
    rule = f"value_at: {{of: XARES, {GROUP}, where: XABLFL == 'Y'}}, type: integer"
    assert column(toy, rule) == [50, 50, 50, 50, 7, None, None]


def test_values_that_differ_are_an_issue_of_each_record_where_the_condition_holds(toy: MakeToy) -> None:
    form = RESULTS + "    01,A,2024-01-02,51,Y\n    01,B,2024-01-02,7,Y\n"
    rule = f"value_at: {{of: XARES, {GROUP}, where: XABLFL == 'Y'}}, type: integer"
    built = make(toy, {"XADERIV": rule}, form).derive("XA")
    assert as_rows(built.frame, "XADERIV") == [(None,)] * 5 + [(7,)] * 2 + [(None,)] * 2
    message = "several records of one USUBJID, XATESTCD differ in XARES, so that none is taken"
    assert as_rows(built.issues, "RULE", "USUBJID", "ROW", "FIELD", "VALUE", "MESSAGE") == [
        ("SEVERAL_ROWS", "01", 2, "XARES", "50", message),
        ("SEVERAL_ROWS", "01", 9, "XARES", "51", message),
    ]


def test_a_group_counts_whole_where_a_branch_uses_it(toy: MakeToy) -> None:
    rule = "case: [{when: XATESTCD == 'A', then: {count: {within: [USUBJID]}}}], type: integer"
    assert column(toy, rule) == [5, 5, 5, 5, None, 2, 2]
    assert column(toy, f"case: [{{when: XARES > 45, then: {{count: {{{GROUP}}}}}}}], type: integer") == [
        4,
        None,
        None,
        None,
        None,
        None,
        None,
    ]


def others(toy: MakeToy, *rules: str) -> list[tuple[object, ...]]:
    """What rules over XA give for a subject's days and tests."""
    chosen = {f"YA{number}": rule for number, rule in enumerate(rules, start=1)}
    days = "SUBJ,TEST,DAY\n01,A,2024-01-15\n01,B,2024-01-15\n02,A,2023-12-31\n03,A,2024-01-15\n"
    fields = {"YATESTCD": "from: raw.ya.TEST", "YADTC": "date: {date: raw.ya.DAY, format: YYYY-MM-DD}"}
    xa = FIELDS | {"XASEQ": "seq: {by: [XATESTCD, XADTC]}"}
    made = toy(
        forms={"xa": RESULTS, "ya": days},
        datasets={
            "XA": dataset("XA", xa, source="raw.xa", keys=KEYS),
            "YA": dataset("YA", fields | chosen, source="raw.ya", keys="USUBJID, YATESTCD"),
        },
    )
    return made.rows("YA", *chosen)


def test_records_of_another_dataset_are_summed_for_the_subject(toy: MakeToy) -> None:
    assert others(
        toy,
        "sum: {of: XA.XARES}, type: integer",
        "sum: {of: XA.XARES, by: {XATESTCD: YATESTCD}}, type: integer",
        "count: {of: XA.XASEQ, where: XABLFL == 'Y'}",
        "sum: {of: XA.XARES, by: {XATESTCD: YATESTCD}, up_to: {XADTC: YADTC}}, type: integer",
    ) == [(127, 120, 2, 90), (127, 7, 2, 7), (17, 17, 0, None), (None, None, 0, None)]


def test_the_smallest_of_another_dataset_with_the_same_key(toy: MakeToy) -> None:
    rule = "min: {of: XA.XARES, by: {XATESTCD: YATESTCD}}, type: integer"
    assert others(toy, rule) == [(30,), (7,), (8,), (None,)]


def test_results_do_not_depend_on_the_block_of_subjects(toy: MakeToy) -> None:
    rules = {
        "XADERIV": f"mean: {{of: XARES, {GROUP}, up_to: XADTC}}, type: float, significant_digits: 1",
        "XABASE": f"value_at: {{of: XARES, {GROUP}, where: XABLFL == 'Y'}}, type: integer",
        "XAPREV": f"previous: {{of: XARES, {GROUP}, order: [XADTC]}}, type: integer",
    }
    made = make(toy, rules)
    assert made.derive("XA", 1).frame.equals(made.derive("XA").frame)


def test_a_form_without_records_gives_no_records(toy: MakeToy) -> None:
    rules = {
        "XADERIV": f"sum: {{of: XARES, {GROUP}, up_to: XADTC}}, type: integer",
        "XAMIN": f"min: {{of: XADTC, {GROUP}, before: XADTC}}",
        "XABASE": f"value_at: {{of: XARES, {GROUP}, where: XABLFL == 'Y'}}, type: integer",
        "XAPREV": f"previous: {{of: XARES, {GROUP}, order: [XADTC]}}, type: integer",
    }
    assert make(toy, rules, "SUBJ,TEST,DAY,RESULT,BASE\n").rows("XA", *rules) == []


@pytest.mark.parametrize(
    ("rule", "fault"),
    [
        (f"count: {{{GROUP}}}, type: text", "'count' gives a number, but the type is text"),
        ("sum: {of: XATESTCD, within: [USUBJID]}, type: integer", "'XATESTCD' is text, but the type is integer"),
        ("count: {within: [XATESTCD]}", "'within' needs USUBJID: a group lies within a subject"),
        ("sum: {of: XARES}, type: integer", "'within' is missing: which records of XARES count"),
        ("previous: {of: XADERIV, within: [USUBJID], order: [XADTC]}", "'XADERIV' reads itself"),
        (
            "count: {within: [USUBJID], before: XADTC, up_to: XADTC}",
            "give 'before' or 'up_to', not both",
        ),
        (
            "min: {of: XADTC, within: [USUBJID], before: XARES2}",
            "'XARES2' is not a variable of XA; did you mean 'XARES'?",
        ),
    ],
)
def test_a_group_that_cannot_be_is_refused(toy: MakeToy, rule: str, fault: str) -> None:
    assert fault in faults_of(lambda: make(toy, {"XADERIV": rule}))
