"""Time to event: named dates, and ordered rules of which the first that holds gives the outcome."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import pytest
from adam_toys import AdamToy, typed

from crf2tlf.errors import DataError

MakeToy = Callable[..., AdamToy]
PFS = """\
    PFS:
      name:  Progression-Free Survival (days)
      unit:  days
      where: SAFFL == 'Y'
      start: ADSL.TRTSDT
      dates:
        progression: {first: ADXE.ADT, where: TERM == 'PD'}
        death:       ADSL.DTHDT
        event:       {earliest: [progression, death]}
      rules:
        PD:    {code: 0, when: progression == event, date: progression, text: Progression}
        DEATH: {code: 0, date: death, text: Death}
        NEW:   {code: 2, when: NEWDT < LASTDT, date: ADSL.NEWDT, text: New therapy, date_text: Start of new therapy}
        LAST:  {code: 1, date: ADSL.LASTDT, text: Last contact}
    """
COLUMNS = ("USUBJID", "ADT", "AVAL", "CNSR", "EVNTDESC", "SRCDOM", "SRCVAR", "SRCSEQ")


def subjects(**changed: list[object]) -> pd.DataFrame:
    """ADSL of two subjects who start on 2024-01-01 and are last seen on 2024-06-30."""
    given: dict[str, list[object]] = {"USUBJID": ["1", "2"], "SAFFL": ["Y", "Y"]}
    given |= {"TRTSDT": ["2024-01-01"] * 2, "DTHDT": [None] * 2, "LASTDT": ["2024-06-30"] * 2, "NEWDT": [None] * 2}
    return typed(**(given | changed))


def events(*rows: tuple[str, int, str | None, str]) -> pd.DataFrame:
    """ADXE: subject, number, date, term."""
    names = ("USUBJID", "XASEQ", "ADT", "TERM")
    return typed(**{name: [row[number] for row in rows] for number, name in enumerate(names)})


def test_the_first_record_counts_with_its_number(toy: MakeToy) -> None:
    found = events(("1", 1, "2024-03-01", "PD"), ("1", 2, "2024-02-01", "PD"), ("1", 3, "2024-01-15", "SD"))
    rows = toy(parameters=PFS).rows("ADTTE", *COLUMNS, ADSL=subjects(DTHDT=["2024-05-01", None]), ADXE=found)
    assert rows == [
        ("1", "2024-02-01", 32.0, 0.0, "Progression", "ADXE", "ADT", 2.0),
        ("2", "2024-06-30", 182.0, 1.0, "Last contact", "ADSL", "LASTDT", None),
    ]


def test_an_earlier_event_that_is_listed_later_counts(toy: MakeToy) -> None:
    found = events(("1", 1, "2024-03-01", "PD"))
    rows = toy(parameters=PFS).rows("ADTTE", *COLUMNS, ADSL=subjects(DTHDT=["2024-02-29", "2024-01-01"]), ADXE=found)
    assert rows == [
        ("1", "2024-02-29", 60.0, 0.0, "Death", "ADSL", "DTHDT", None),
        ("2", "2024-01-01", 1.0, 0.0, "Death", "ADSL", "DTHDT", None),
    ]


def test_of_two_events_on_one_day_the_one_listed_first_counts(toy: MakeToy) -> None:
    found = events(("1", 1, "2024-03-01", "PD"))
    rows = toy(parameters=PFS).rows(
        "ADTTE", "USUBJID", "CNSR", "EVNTDESC", "RULE", ADSL=subjects(DTHDT=["2024-03-01", None]), ADXE=found
    )
    assert rows == [("1", 0.0, "Progression", "PD"), ("2", 1.0, "Last contact", "LAST")]


def test_of_two_records_on_one_day_the_one_with_the_lower_number_counts(toy: MakeToy) -> None:
    found = events(("1", 7, "2024-03-01", "PD"), ("1", 4, "2024-03-01", "PD"))
    rows = toy(parameters=PFS).rows("ADTTE", "USUBJID", "SRCSEQ", ADSL=subjects(), ADXE=found)
    assert rows == [("1", 4.0), ("2", None)]


def test_the_first_rule_that_holds_counts(toy: MakeToy) -> None:
    people = subjects(NEWDT=["2024-04-01", "2024-07-15"])
    rows = toy(parameters=PFS).rows(
        "ADTTE", "USUBJID", "ADT", "CNSR", "EVNTDESC", "CNSDTDSC", "SRCVAR", ADSL=people, ADXE=events()
    )
    assert rows == [
        ("1", "2024-04-01", 2.0, "New therapy", "Start of new therapy", "NEWDT"),
        ("2", "2024-06-30", 1.0, "Last contact", None, "LASTDT"),
    ]


def test_a_rule_without_a_date_for_the_subject_is_passed_over(toy: MakeToy) -> None:
    parameters = PFS.replace("when: NEWDT < LASTDT, ", "")
    rows = toy(parameters=parameters).rows(
        "ADTTE", "USUBJID", "CNSR", ADSL=subjects(NEWDT=[None, "2024-04-01"]), ADXE=events()
    )
    assert rows == [("1", 1.0), ("2", 2.0)]


def test_a_rule_above_another_counts_though_its_date_is_later(toy: MakeToy) -> None:
    people = subjects(NEWDT=["2024-02-01", None])
    rows = toy(parameters=PFS).rows(
        "ADTTE", "USUBJID", "ADT", "CNSR", "CNSDTDSC", ADSL=people, ADXE=events(("1", 1, "2024-03-01", "PD"))
    )
    assert rows == [("1", "2024-03-01", 0.0, None), ("2", "2024-06-30", 1.0, None)]


def test_events_without_a_date_and_of_people_outside_the_population_do_not_count(toy: MakeToy) -> None:
    found = events(("1", 1, None, "PD"), ("2", 1, "2024-02-01", "PD"), ("3", 1, "2024-02-01", "PD"))
    rows = toy(parameters=PFS).rows("ADTTE", "USUBJID", "CNSR", ADSL=subjects(SAFFL=["Y", "N"]), ADXE=found)
    assert rows == [("1", 1.0)]


def test_nobody_in_the_population_gives_no_records(toy: MakeToy) -> None:
    rows = toy(parameters=PFS).rows("ADTTE", *COLUMNS, ADSL=subjects(SAFFL=["N", None]), ADXE=events())
    assert rows == []


def test_each_parameter_has_a_record_for_each_subject_of_its_own_population(toy: MakeToy) -> None:
    overall = """\
    OS:
      name:  Overall Survival (days)
      unit:  days
      start: ADSL.TRTSDT
      rules:
        DEATH: {code: 0, date: ADSL.DTHDT, text: Death}
        LAST:  {code: 1, date: ADSL.LASTDT, text: Last contact}
    """
    people = subjects(SAFFL=["N", "Y"], DTHDT=[None, "2024-05-01"])
    rows = toy(parameters=PFS.rstrip(" ") + overall).rows(
        "ADTTE", "USUBJID", "PARAMCD", "PARAM", "STARTDT", "CNSR", ADSL=people, ADXE=events()
    )
    assert rows == [
        ("1", "OS", "Overall Survival (days)", "2024-01-01", 1.0),
        ("2", "OS", "Overall Survival (days)", "2024-01-01", 0.0),
        ("2", "PFS", "Progression-Free Survival (days)", "2024-01-01", 0.0),
    ]


def error_of(made: AdamToy, people: pd.DataFrame, found: pd.DataFrame) -> str:
    with pytest.raises(DataError) as caught:
        made.derive("ADTTE", ADSL=people, ADXE=found)
    return str(caught.value).replace(made.study.name, "toy")


def test_a_subject_without_any_date_stops_the_parameter(toy: MakeToy) -> None:
    people = subjects(LASTDT=["2024-06-30", None])
    assert error_of(toy(parameters=PFS), people, events()) == (
        "toy ADTTE: PFS has no outcome for 1 of 2 subjects.\n"
        "  spec     specs/toy/adam/ADTTE.yaml:24  parameters.PFS.rules\n"
        "  subject  2: no rule holds that gives a date\n"
        "  fix      add a last rule whose date every subject has, or limit the parameter with 'where'"
    )


def test_a_date_before_the_start_counts_as_the_start_and_is_an_issue(toy: MakeToy) -> None:
    made = toy(parameters=PFS)
    built = made.derive(
        "ADTTE", ADSL=subjects(TRTSDT=["2024-02-01", "2024-07-01"]), ADXE=events(("1", 3, "2024-01-31", "PD"))
    )
    rows = built.frame[["USUBJID", "AVAL", "CNSR", "EVNTDESC", "SRCDOM", "SRCVAR"]].itertuples(index=False, name=None)
    assert list(rows) == [
        ("1", 1.0, 0.0, "Progression", "ADXE", "ADT"),
        ("2", 1.0, 1.0, "Last contact", "ADSL", "LASTDT"),
    ]
    assert built.frame["ADT"].tolist() == built.frame["STARTDT"].tolist()
    columns = ["RULE", "USUBJID", "FORM", "ROW", "FIELD", "VALUE", "MESSAGE", "DETAIL"]
    message = "PFS ends before TRTSDT; the date counts as the start"
    assert list(built.issues[columns].itertuples(index=False, name=None)) == [
        ("TIME_BEFORE_START", "2", "ADSL", 2, "LASTDT", "2024-06-30", message, "TRTSDT 2024-07-01"),
        ("TIME_BEFORE_START", "1", "ADXE", 1, "ADT", "2024-01-31", message, "TRTSDT 2024-02-01"),
    ]


def test_a_subject_without_a_start_stops_the_parameter(toy: MakeToy) -> None:
    assert error_of(toy(parameters=PFS), subjects(TRTSDT=[None, "2024-01-01"]), events()) == (
        "toy ADTTE: PFS has no start for 1 of 2 subjects.\n"
        "  spec     specs/toy/adam/ADTTE.yaml:24  parameters.PFS.start\n"
        "  subject  1: TRTSDT is missing\n"
        "  fix      limit the parameter with 'where' to subjects who have TRTSDT"
    )


OCCURRENCES = """\
dataset: ADXE
label: Toy events
class: OCCURRENCE DATA STRUCTURE
structure: One record per event
keys: [USUBJID, XASEQ]
records: [{id: main, source: XA}]
variables:
  USUBJID: {from: XA.USUBJID}
  XASEQ:   {label: Number, from: XA.XASEQ, type: integer}
  ADT:     {label: Date, date: {date: XA.XADTC, impute: first}}
  ADTF:    {label: Flag, date: {imputed: ADT}}
  TERM:    {label: Term, from: XA.XADECOD}
  TRTEMFL: {case: [{when: year(XA.XADTC) >= 2024, then: Y}]}
  AOCCFL:  {first: {within: [USUBJID], order: [ADT, XASEQ], where: TRTEMFL == 'Y'}}
  AOCCPFL: {first: {within: [USUBJID, TERM], order: [ADT, XASEQ], where: TRTEMFL == 'Y'}}
"""


def test_occurrence_flags_stand_on_the_first_treatment_emergent_event_of_each_group(toy: MakeToy) -> None:
    source = typed(
        USUBJID=["1", "1", "1", "1", "2", "3"],
        XASEQ=[1, 2, 3, 4, 1, 1],
        XADTC=["2023-12-31", "2024-01-05", "2024-01", "2024-01-05", "2023-01-01", "2024-01-01"],
        XADECOD=["RASH", "RASH", "NAUSEA", "RASH", "RASH", None],
    )
    rows = toy(events=OCCURRENCES).rows("ADXE", "USUBJID", "XASEQ", "ADT", "AOCCFL", "AOCCPFL", XA=source)
    assert rows == [
        ("1", 1.0, "2023-12-31", None, None),
        ("1", 2.0, "2024-01-05", None, "Y"),
        ("1", 3.0, "2024-01-01", "Y", "Y"),
        ("1", 4.0, "2024-01-05", None, None),
        ("2", 1.0, "2023-01-01", None, None),
        ("3", 1.0, "2024-01-01", "Y", "Y"),
    ]
