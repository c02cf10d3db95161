"""Time-to-event parameters in words, for define.xml, the reviewer's guide and the resolved spec."""

from __future__ import annotations

from collections.abc import Iterator

from crf2tlf.rules.expressions import Expression
from crf2tlf.rules.show import show
from crf2tlf.spec.time_to_event import (
    NamedChoice,
    NamedDate,
    OutcomeRule,
    Parameter,
    RecordDate,
    Schedule,
    SubjectDate,
)


def describe_date(date: NamedDate) -> str:
    """What a named date is."""
    match date.rule:
        case SubjectDate(reference):
            words = str(reference)
        case RecordDate(which, series):
            bounds = [f"{bound.side.replace('_', ' ')} {bound.name}" for bound in series.bounds]
            words = " ".join([f"the {which} {series.date}", " and ".join(bounds)]).strip()
            words += f" where {show(series.where)}" if series.where is not None else ""
        case NamedChoice(_, (name,)):
            words = name
        case NamedChoice(which, names):
            words = f"the {which} of {', '.join(names)}"
    return f"{words}, else {date.otherwise}" if date.otherwise else words


def describe_dates(parameter: Parameter) -> Iterator[tuple[str, str]]:
    """The name of each date and gap, and what it is; a date that is named like its variable says enough."""
    for date in parameter.dates.values():
        words = describe_date(date)
        if words != date.name:
            yield date.name, words
    for gap in parameter.gaps.values():
        allowed = describe_schedule(parameter.schedule) if parameter.schedule is not None else "the schedule allows"
        yield gap.name, f"more days from {gap.start} to {gap.end} than {allowed}"


def describe_schedule(schedule: Schedule) -> str:
    """The longest stretch without an assessment that is no gap."""
    steps = [f"{days} days from study day {day}" for day, days in schedule.intervals]
    every = f"{schedule.intervals[0][1]} days" if len(steps) == 1 else f"the interval in force ({'; '.join(steps)})"
    return f"{schedule.missed} times {every} and {schedule.window} days"


def describe_rule(rule: OutcomeRule) -> str:
    """A rule's outcome, date and condition."""
    outcome = "event" if rule.code == 0 else f"censored ({rule.code})"
    return f"{rule.id}: {outcome} on {rule.date}, {rule.text}" + _condition(rule.when)


def describe_parameter(parameter: Parameter) -> str:
    """A parameter whole: population, start, dates, rules in their order."""
    parts = [f"Subjects where {show(parameter.where)}."] if parameter.where is not None else []
    parts.append(f"Time starts on {describe_date(parameter.start)}.")
    parts += [f"{name} is {words}." for name, words in describe_dates(parameter)]
    rules = "; ".join(describe_rule(rule) for rule in parameter.rules)
    parts.append(f"The first rule that holds and whose date is known: {rules}.")
    parts += [f"{other} is written for {written}." for written, other in parameter.instead]
    if parameter.unit == "months":
        parts.append(f"Days are divided by {parameter.days_per_month:g} to give months.")
    if parameter.sap:
        parts.append(f"Source: {parameter.sap}.")
    return " ".join(parts)


def outcome_terms(parameter: Parameter) -> tuple[tuple[str, str], ...]:
    """The values of CNSR with what they mean: 0 is an event (ADaM BDS for TTE 1.0 section 4.3)."""
    texts: dict[int, dict[str, None]] = {}
    for rule in parameter.rules:
        texts.setdefault(rule.code, {})[str(rule.text)] = None
    return tuple((str(code), "Event" if code == 0 else "; ".join(texts[code])) for code in sorted(texts))


def _condition(when: Expression | None) -> str:
    return f", if {show(when)}" if when is not None else ""
