"""Rules about ADaM datasets: number and text pairs, dates, days, sources, time to event, treatment emergence."""

from __future__ import annotations

import re
from collections.abc import Iterator

from crf2tlf.rules import verbs
from crf2tlf.spec.model import Dataset
from qc.checks import (
    AtLeast,
    DaysBetween,
    Filled,
    FlagNeedsOrder,
    NumbersInOrder,
    OneToOne,
    SourceRecord,
    StudyDay,
    WholeNumber,
)
from qc.rules import Rule, make_rule

ORDERED = (("ASTDT", "AENDT"), ("ASTDTM", "AENDTM"), ("TRTSDT", "TRTEDT"), ("TRTSDTM", "TRTEDTM"), ("STARTDT", "ADT"))
IDENTIFIERS = ("STUDYID", "USUBJID", "SUBJID", "PARAM", "PARAMCD")
POPULATION_FLAGS = ("FASFL", "SAFFL", "ITTFL", "PPROTFL", "COMPLFL", "RANDFL", "ENRLFL")
TIME_TO_EVENT = ("AVAL", "CNSR", "STARTDT", "ADT")
PERIOD_START = re.compile(r"(AP\d\d|TR\d\d|PH\d|P\d\dS\d)SDT(M?)\Z")


def adam_rules(spec: Dataset) -> Iterator[Rule]:
    """The rules that ADaM adds."""
    yield from filled_rules(spec)
    yield from number_pair_rules(spec)
    yield from order_rules(spec)
    yield from day_rules(spec)
    yield from source_rules(spec)
    yield from time_to_event_rules(spec)
    if {"TRTEMFL", "ASTDT", "TRTSDT"} <= set(spec.variables):
        check, place = FlagNeedsOrder("TRTEMFL", "TRTSDT", "ASTDT"), spec.variables["TRTEMFL"].location
        message = "the event began before treatment (ASTDT before TRTSDT) but TRTEMFL is Y"
        yield make_rule("treatment_emergent", spec.name, "TRTEMFL", check, place, message)


def filled_rules(spec: Dataset) -> Iterator[Rule]:
    """What is never missing in ADaM, where core Req only says that the variable is there (ADaMIG 1.3)."""
    names = {*IDENTIFIERS, *(POPULATION_FLAGS if spec.name == "ADSL" else ())}
    names |= set(TIME_TO_EVENT) if "CNSR" in spec.variables else set()
    for name in (name for name in spec.variables if name in names):
        place = spec.variables[name].location
        yield make_rule("adam_required", spec.name, name, Filled(name), place, f"{name} is missing")


def number_pair_rules(spec: Dataset) -> Iterator[Rule]:
    """A text variable and its number (TRT01P and TRT01PN) stand one to one (ADaMIG 1.3)."""
    for name, variable in spec.variables.items():
        number = spec.variables.get(f"{name}N")
        # ADURN and the like are no codes of a text: they have no text beside them.
        if number is None or variable.is_number or not number.is_number:
            continue
        message = f"a value of {name} stands beside several of {name}N, or the other way round"
        yield make_rule(
            "one_to_one", spec.name, f"{name}/{name}N", OneToOne(name, f"{name}N"), number.location, message
        )
    if {"PARAMCD", "AVAL", "AVALC"} <= set(spec.variables):
        message = "within a parameter, a value of AVALC stands beside several of AVAL, or the other way round"
        check, place = OneToOne("AVAL", "AVALC", ("PARAMCD",)), spec.variables["AVALC"].location
        yield make_rule("one_to_one", spec.name, "AVAL/AVALC", check, place, message)


def order_rules(spec: Dataset) -> Iterator[Rule]:
    """Numeric start dates are not after their end dates."""
    periods = [(name, PERIOD_START.sub(r"\1EDT\2", name)) for name in spec.variables if PERIOD_START.match(name)]
    for start, end in (*ORDERED, *periods):
        if start in spec.variables and end in spec.variables:
            check, place = NumbersInOrder(start, end), spec.variables[start].location
            yield make_rule("dates_in_order", spec.name, f"{start}/{end}", check, place, f"{start} is after {end}")


def day_rules(spec: Dataset) -> Iterator[Rule]:
    """Relative days are what their date and reference give (ADaMIG 1.3 section 3.3.3)."""
    for name, variable in spec.variables.items():
        rule = variable.rule
        if not isinstance(rule, verbs.StudyDay) or len(rule.reference.parts) != 2:
            continue
        dataset, reference = rule.reference.parts
        check = StudyDay(name, rule.date, dataset, reference)
        message = f"{name} is not what {rule.date} and {dataset}.{reference} give"
        yield make_rule("study_day", spec.name, name, check, variable.location, message)


def source_rules(spec: Dataset) -> Iterator[Rule]:
    """Records lead back to SDTM or ADaM records."""
    if {"SRCDOM", "SRCVAR", "SRCSEQ"} <= set(spec.variables):
        check, place = SourceRecord("SRCDOM", "SRCVAR", "SRCSEQ"), spec.variables["SRCDOM"].location
        message = "SRCDOM, SRCVAR and SRCSEQ name no record of the subject"
        yield make_rule("source_record", spec.name, "SRCDOM", check, place, message)


def time_to_event_rules(spec: Dataset) -> Iterator[Rule]:
    """CNSR and AVAL of a time-to-event dataset (ADaM BDS for TTE 1.0)."""
    if "CNSR" in spec.variables:
        place = spec.variables["CNSR"].location
        yield make_rule("censor_whole", spec.name, "CNSR", WholeNumber("CNSR"), place, "CNSR is not whole")
        yield make_rule("censor_positive", spec.name, "CNSR", AtLeast("CNSR", 0), place, "CNSR is smaller than 0")
    daily = tuple(code for code, each in spec.parameters.items() if each.unit.lower() in {"day", "days"})
    if daily and {"AVAL", "STARTDT", "ADT"} <= set(spec.variables):
        check, place = DaysBetween("AVAL", "STARTDT", "ADT", daily), spec.variables["AVAL"].location
        message = "AVAL is not ADT - STARTDT + 1, but its unit is days"
        yield make_rule("days_between", spec.name, "AVAL", check, place, message)
