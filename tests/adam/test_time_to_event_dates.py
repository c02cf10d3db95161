"""What rules can name: records within bounds and gaps; rule sets of the same rows; texts with fields."""

from __future__ import annotations

import re
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from adam_toys import AdamToy, typed

from adam.time_to_event.dates import compute_allowed_gap
from crf2tlf.errors import DataError
from crf2tlf.spec.describe_parameters import describe_parameter
from crf2tlf.spec.time_to_event import Schedule, parse_template

MakeToy = Callable[..., AdamToy]
FIELDS = ("USUBJID", "ADT", "CNSR", "RULE", "SRCDOM", "SRCVAR", "SRCSEQ")
HEAD = """\
    TTX:
      name:  Toy (days)
      unit:  days
      start: ADSL.TRTSDT
"""
SCANS = """\
      series:
        scans: {date: ADXE.ADT, where: TERM == 'SCAN', after: start}
"""


def subjects(count: int, **changed: list[object]) -> pd.DataFrame:
    """ADSL of subjects 1, 2 … who start on 2024-01-01."""
    given: dict[str, list[object]] = {"USUBJID": [str(number) for number in range(1, count + 1)]}
    given |= {"SAFFL": ["Y"] * count, "TRTSDT": ["2024-01-01"] * count, "LASTDT": ["2024-12-31"] * count}
    given |= {"DTHDT": [None] * count, "NEWDT": [None] * count, "REASON": [None] * count}
    return typed(**(given | changed))


def scans(*rows: tuple[str, int, str]) -> pd.DataFrame:
    """Scans: subject, number, date."""
    return typed(
        USUBJID=[subject for subject, _, _ in rows],
        XASEQ=[number for _, number, _ in rows],
        ADT=[date for _, _, date in rows],
        PLANDT=["2024-02-12" for _ in rows],
        TERM=["SCAN" for _ in rows],
    )


def outcome(toy: AdamToy, people: pd.DataFrame, found: pd.DataFrame, *columns: str) -> list[tuple[object, ...]]:
    return toy.rows("ADTTE", *(columns or FIELDS), ADSL=people, ADXE=found)


@pytest.mark.parametrize(
    ("bound", "date", "number"),
    [
        ("before: limit", "2024-03-01", 2.0),
        ("on_or_before: limit", "2024-04-01", 3.0),
        ("on_or_before: limit, on_or_after: limit", "2024-04-01", 3.0),
        ("before: limit, after: limit", "2024-01-01", None),
        ("after: limit", "2024-05-01", 4.0),
    ],
)
def test_the_last_record_within_bounds_counts_else_the_other_date(
    toy: MakeToy, bound: str, date: str, number: float | None
) -> None:
    parameters = f"""{HEAD}{SCANS}\
      dates:
        limit: ADSL.NEWDT
        found: {{last: scans, {bound}, otherwise: start}}
      rules:
        R: {{code: 0, date: found, text: Found}}
    """
    people = subjects(1, NEWDT=["2024-04-01"])
    seen = scans(("1", 1, "2024-01-01"), ("1", 3, "2024-04-01"), ("1", 2, "2024-03-01"), ("1", 4, "2024-05-01"))
    rows = outcome(toy(parameters=parameters), people, seen, "ADT", "SRCSEQ")
    assert rows == [(date, number)]


def test_a_bound_that_the_subject_does_not_have_bounds_nothing(toy: MakeToy) -> None:
    parameters = f"""{HEAD}{SCANS}\
      dates:
        limit: ADSL.NEWDT
        found: {{last: scans, before: limit, otherwise: start}}
      rules:
        R: {{code: 0, date: found, text: Found}}
    """
    people = subjects(3, NEWDT=[None, "2024-02-15", "2024-02-14"])
    seen = scans(("1", 1, "2024-02-14"), ("1", 2, "2024-05-01"), ("2", 1, "2024-02-14"), ("3", 1, "2024-02-14"))
    assert outcome(toy(parameters=parameters), people, seen) == [
        ("1", "2024-05-01", 0.0, "R", "ADXE", "ADT", 2.0),
        ("2", "2024-02-14", 0.0, "R", "ADXE", "ADT", 1.0),
        ("3", "2024-01-01", 0.0, "R", "ADSL", "TRTSDT", None),
    ]


def test_of_records_on_one_day_the_first_has_the_lowest_number_and_the_last_the_highest(toy: MakeToy) -> None:
    parameters = f"""{HEAD}\
      rules:
        A: {{code: 0, when: SAFFL == 'Y', date: earliest_scan, text: First}}
        B: {{code: 0, date: latest_scan, text: Last}}
      dates:
        earliest_scan: {{first: ADXE.ADT, where: TERM == 'SCAN'}}
        latest_scan:   {{last: ADXE.ADT, where: TERM == 'SCAN'}}
    """
    people = subjects(2, SAFFL=["Y", "N"])
    seen = scans(*((subject, number, "2024-03-01") for subject in "12" for number in (7, 4, 9)))
    assert outcome(toy(parameters=parameters), people, seen, "RULE", "SRCSEQ") == [("A", 4.0), ("B", 9.0)]


def test_of_dates_on_one_day_the_one_listed_first_counts(toy: MakeToy) -> None:
    parameters = f"""{HEAD}\
      dates:
        both: {{earliest: [death, last_seen]}}
        late: {{latest: [last_seen, death]}}
        death: ADSL.DTHDT
        last_seen: ADSL.LASTDT
      rules:
        E: {{code: 0, when: SAFFL == 'Y', date: both, text: Earliest}}
        L: {{code: 1, date: late, text: Latest}}
    """
    people = subjects(2, SAFFL=["Y", "N"], DTHDT=["2024-12-31", "2024-12-31"])
    rows = outcome(toy(parameters=parameters), people, scans(), "RULE", "SRCVAR")
    assert rows == [("E", "DTHDT"), ("L", "LASTDT")]


GAP = f"""{HEAD}{SCANS}\
      schedule: {{every: 42, window: 7, missed: 2}}
      dates:
        death: ADSL.DTHDT
        seen:  {{last: scans, before: death, otherwise: start}}
      gaps:
        gap: {{from: seen, to: death}}
      rules:
        GAP:   {{code: 5, when: gap, date: seen, text: Death after missed assessments}}
        DEATH: {{code: 0, date: death, text: Death}}
        LAST:  {{code: 1, when: not gap or missing(death), date: ADSL.LASTDT, text: Alive}}
"""


def test_two_intervals_and_the_window_are_no_gap_and_one_day_more_is(toy: MakeToy) -> None:
    people = subjects(4, DTHDT=["2024-05-13", "2024-05-14", "2024-04-01", None])
    seen = scans(("1", 1, "2024-02-12"), ("2", 1, "2024-02-12"))
    assert outcome(toy(parameters=GAP), people, seen, "USUBJID", "ADT", "CNSR", "RULE") == [
        ("1", "2024-05-13", 0.0, "DEATH"),  # 91 days after the assessment
        ("2", "2024-02-12", 5.0, "GAP"),  # 92 days
        ("3", "2024-04-01", 0.0, "DEATH"),  # 91 days after the start
        ("4", "2024-12-31", 1.0, "LAST"),
    ]


def test_the_interval_in_force_at_each_step_makes_the_gap() -> None:
    schedule = Schedule(((1, 42), (169, 84)), 7, 2)
    offsets = np.array([0.0, 84.0, 125.0, 126.0, 167.0, 168.0, 400.0, np.nan])
    allowed = [91.0, 91.0, 91.0, 42.0 + 84.0 + 7.0, 42.0 + 84.0 + 7.0, 175.0, 175.0, 91.0]
    assert compute_allowed_gap(offsets, schedule).tolist() == allowed


RULE_SETS = f"""{HEAD}\
      dates:
        death:   ADSL.DTHDT
        therapy: ADSL.NEWDT
      rules:
        NEW:   {{code: 3, when: therapy < death, date: therapy, text: New therapy}}
        DEATH: {{code: 0, date: death, text: Death}}
        LAST:  {{code: 1, date: ADSL.LASTDT, text: Alive}}
      variants:
        TTXPOL: {{name: Policy, without: [NEW]}}
        TTXNEW: {{name: New therapy counts, rules: {{NEW: {{code: 0, text: New therapy as event}}}}}}
        TTXEND:
          name: Ends with consent
          dates: {{therapy: ADSL.LASTDT}}
          rules: {{START: {{before: DEATH, code: 9, when: SAFFL == 'N', date: start, text: Not treated}}}}
    OTHER:
      like: TTX
      name: Other start (days)
      start: {{first: ADXE.ADT, where: TERM == 'SCAN'}}
      where: not missing(start)
"""


def test_rule_sets_and_likenesses_change_what_they_say_and_keep_the_rest(toy: MakeToy) -> None:
    people = subjects(2, SAFFL=["Y", "N"], DTHDT=["2024-06-01", "2024-06-01"], NEWDT=["2024-05-01", None])
    made = toy(parameters=RULE_SETS)
    assert [(each.code, each.rule_set_of) for each in made.study.adam["ADTTE"].parameters.values()] == [
        ("TTX", ""),
        ("TTXPOL", "TTX"),
        ("TTXNEW", "TTX"),
        ("TTXEND", "TTX"),
        ("OTHER", ""),
    ]
    rows = outcome(made, people, scans(("2", 1, "2024-03-01")), "USUBJID", "PARAMCD", "ADT", "CNSR", "RULE", "STARTDT")
    assert rows == [
        ("1", "TTX", "2024-05-01", 3.0, "NEW", "2024-01-01"),
        ("1", "TTXEND", "2024-06-01", 0.0, "DEATH", "2024-01-01"),
        ("1", "TTXNEW", "2024-05-01", 0.0, "NEW", "2024-01-01"),
        ("1", "TTXPOL", "2024-06-01", 0.0, "DEATH", "2024-01-01"),
        ("2", "OTHER", "2024-06-01", 0.0, "DEATH", "2024-03-01"),
        ("2", "TTX", "2024-06-01", 0.0, "DEATH", "2024-01-01"),
        ("2", "TTXEND", "2024-01-01", 9.0, "START", "2024-01-01"),
        ("2", "TTXNEW", "2024-06-01", 0.0, "DEATH", "2024-01-01"),
        ("2", "TTXPOL", "2024-06-01", 0.0, "DEATH", "2024-01-01"),
    ]


def test_who_switches_is_told_with_both_outcomes(toy: MakeToy) -> None:
    people = subjects(2, SAFFL=["Y", "N"], DTHDT=["2024-06-01", "2024-06-01"], NEWDT=["2024-05-01", None])
    switchers = toy(parameters=RULE_SETS).switchers("ADTTE", ADSL=people, ADXE=scans())
    columns = ["USUBJID", "RULESET", "SWITCH", "CNSR", "ADT", "TO_CNSR", "TO_ADT"]
    assert switchers[columns].to_numpy(dtype=object).tolist() == [
        ["1", "TTXEND", "censored to event", 3.0, "2024-05-01", 0.0, "2024-06-01"],
        ["2", "TTXEND", "event to censored", 0.0, "2024-06-01", 9.0, "2024-01-01"],
        ["1", "TTXNEW", "censored to event", 3.0, "2024-05-01", 0.0, "2024-05-01"],
        ["1", "TTXPOL", "censored to event", 3.0, "2024-05-01", 0.0, "2024-06-01"],
    ]


MONTHS = """\
    TTX:
      name:  Toy (months)
      unit:  months
      start: ADSL.TRTSDT
      rules:
        LAST: {code: 0, date: ADSL.LASTDT, text: Alive}
      instead: {ADSL.LASTDT: ADSL.NEWDT}
    TTY: {like: TTX, name: Toy (short months), days_per_month: 30, instead: {ADSL.LASTDT: ADSL.LASTDT}}
"""


def test_months_have_the_days_that_the_parameter_says_and_another_date_is_written_instead(toy: MakeToy) -> None:
    people = subjects(1, LASTDT=["2024-02-29"], NEWDT=["2024-03-01"])
    rows = outcome(toy(parameters=MONTHS), people, scans(), "PARAMCD", "ADT", "AVAL", "SRCVAR")
    assert rows == [("TTX", "2024-03-01", 61 / 30.4375, "NEWDT"), ("TTY", "2024-02-29", 2.0, "LASTDT")]


def test_the_description_of_a_parameter_says_how_days_become_months(toy: MakeToy) -> None:
    parameters = toy(parameters=MONTHS).study.adam["ADTTE"].parameters
    assert describe_parameter(parameters["TTX"]) == (
        "Time starts on ADSL.TRTSDT. The first rule that holds and whose date is known: LAST: event on ADSL.LASTDT, "
        "Alive. ADSL.NEWDT is written for ADSL.LASTDT. Days are divided by 30.4375 to give months."
    )
    assert describe_parameter(parameters["TTY"]).endswith("Days are divided by 30 to give months.")


def test_a_date_to_write_instead_that_is_missing_stops_the_parameter(toy: MakeToy) -> None:
    made = toy(parameters=MONTHS)
    with pytest.raises(DataError) as caught:
        made.derive("ADTTE", ADSL=subjects(2, NEWDT=["2024-03-01", None]), ADXE=scans())
    assert str(caught.value).replace(made.study.name, "toy") == (
        "toy ADTTE: TTX has no date to write instead for 1 of 2 subjects.\n"
        "  spec     specs/toy/adam/ADTTE.yaml:24  parameters.TTX.instead\n"
        "  subject  2: ADSL.NEWDT is missing\n"
        "  fix      give the date to these records, or take the variable out of 'instead'"
    )


TEXTS = f"""{HEAD}\
      dates: {{therapy: ADSL.NEWDT}}
      rules:
        STOP:
          code: 0
          when: not missing(REASON)
          date: ADSL.LASTDT
          text: "STOPPED: {{REASON}}"
          explain: "stopped on {{date}} for {{REASON}}[ before a new therapy on {{therapy}}]; scans until {{DTHDT}}"
        LAST: {{code: 1, date: ADSL.LASTDT, text: ONGOING}}
"""


def test_texts_and_explanations_are_filled_in(toy: MakeToy) -> None:
    people = subjects(3, REASON=["TOXICITY", "CHOICE", None], NEWDT=[None, "2025-01-05", None])
    explained = toy(parameters=TEXTS).explained("ADTTE", ADSL=people, ADXE=scans())
    assert explained["EVNTDESC"].tolist() == ["STOPPED: TOXICITY", "STOPPED: CHOICE", "ONGOING"]
    assert explained["EXPLAIN"].tolist() == [
        "stopped on 2024-12-31 for TOXICITY; scans until unknown",
        "stopped on 2024-12-31 for CHOICE before a new therapy on 2025-01-05; scans until unknown",
        "censored on 2024-12-31: ONGOING",
    ]
    assert [line.rpartition(":")[2] for line in explained["SPEC"]] == ["30", "30", "35"]


def test_a_template_knows_its_fields() -> None:
    template = parse_template("on {date}[ or {other}]")
    assert (template.fields, template.parts[1]) == (("date", "other"), (True, (" or ", "other", "")))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a ] b", "the bracket ']' at character 3 has no partner"),
        ("[a [b]]", "the bracket '[' at character 4 has no partner"),
        ("[a", "a bracket '[' is not closed"),
        ("a {1} b", "a field is a name in braces, such as {date}"),
    ],
)
def test_a_template_that_cannot_be_filled_is_refused(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message) + "$"):
        parse_template(text)


def test_the_outcome_of_a_subject_does_not_depend_on_the_others(toy: MakeToy) -> None:
    made = toy(parameters=GAP)
    people = subjects(4, DTHDT=["2024-05-13", "2024-05-14", "2024-04-01", None])
    seen = scans(("1", 1, "2024-02-12"), ("2", 1, "2024-02-12"))
    whole = made.derive("ADTTE", ADSL=people, ADXE=seen).frame
    alone = [
        made.derive("ADTTE", ADSL=people[people["USUBJID"] == each].reset_index(drop=True), ADXE=seen).frame
        for each in people["USUBJID"]
    ]
    pd.testing.assert_frame_equal(whole, pd.concat(alone, ignore_index=True))
