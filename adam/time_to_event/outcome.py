"""The outcome of each subject under a parameter's rules: the first rule that holds and whose date the subject has."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from adam.time_to_event.dates import Dates, SubjectDates
from adam.time_to_event.templates import fill
from crf2tlf.rules.columns import (
    BoolArray,
    Column,
    FloatArray,
    IntArray,
    compute_iso_dates,
    kind_of,
    number_column,
    take_rows,
    text_column,
)
from crf2tlf.rules.evaluate import evaluate_condition
from crf2tlf.rules.expressions import Reference
from crf2tlf.rules.functions import compute_number_texts
from crf2tlf.rules.vectors import compute_days
from crf2tlf.spec.time_to_event import OUTCOME, START, OutcomeRule, Parameter, Template, parse_template

NO_RULE = -1


@dataclass(frozen=True)
class Outcome:
    """For each subject in ADSL the number of the rule that fired (-1: none) and the date that it gave."""

    subjects: SubjectDates
    fired: IntArray
    dates: Dates

    @property
    def parameter(self) -> Parameter:
        return self.subjects.parameter

    @property
    def start(self) -> FloatArray:
        return self.subjects.date(START).days

    @property
    def is_early(self) -> BoolArray:
        """Whether a subject's date is before its start."""
        return self.dates.days < self.start

    def from_start(self) -> Outcome:
        """The same outcomes, with a date before the start counted as the start; its source stays."""
        days = np.where(self.is_early, self.start, self.dates.days)
        return replace(self, dates=replace(self.dates, days=days))

    def origin(self, row: int) -> str:
        """The dataset, variable and record number that gave a subject's date."""
        variable = self.subjects.variables[self.dates.place[row]]
        number = self._numbers(np.array([row]))[0]
        return str(variable) if np.isnan(number) else f"{variable}, record {number:g}"

    def fields(self, rows: IntArray) -> dict[str, Column]:
        """The fields of the parameter for some rows of ADSL; dates are days since 1960-01-01."""
        parameter, count = self.parameter, len(rows)
        variables = [(each.source, each.name) for each in self.subjects.variables]
        place = self.dates.place[rows]
        codes = [rule.code for rule in parameter.rules]
        days = self.dates.days[rows] - self.start[rows] + 1
        return {
            "code": text_column(parameter.code, count),
            "name": text_column(parameter.name, count),
            "start": number_column(self.start[rows]),
            "date": number_column(self.dates.days[rows]),
            "value": number_column(days / parameter.days_per_month if parameter.unit == "months" else days),
            "cnsr": number_column(np.array(codes, dtype=np.float64)[self.fired[rows]]),
            "event_text": self._texts(rows, lambda rule: rule.text),
            "date_text": self._by_rule(rows, [rule.date_text for rule in parameter.rules]),
            "source_dataset": text_column(np.array([source for source, _ in variables], dtype=object)[place]),
            "source_variable": text_column(np.array([name for _, name in variables], dtype=object)[place]),
            "source_sequence": number_column(self._numbers(rows)),
            "rule": self._by_rule(rows, [rule.id for rule in parameter.rules]),
        }

    def explanations(self, rows: IntArray) -> Column:
        """A sentence for each of some rows of ADSL: the outcome, and why."""
        return self._texts(rows, explanation)

    def spec_lines(self, rows: IntArray) -> Column:
        """The file and line of the rule that fired."""
        return self._by_rule(rows, [str(rule.location) for rule in self.parameter.rules])

    def _by_rule(self, rows: IntArray, texts: list[str]) -> Column:
        return text_column(np.array(texts, dtype=object)[self.fired[rows]])

    def _texts(self, rows: IntArray, template: Callable[[OutcomeRule], Template]) -> Column:
        """A text of the rule that fired, with its fields filled in."""
        found = np.full(len(rows), "", dtype=object)
        for number, rule in enumerate(self.parameter.rules):
            own = np.flatnonzero(self.fired[rows] == number)
            if len(own):
                found[own] = fill(template(rule), len(own), partial(self._field, rows[own]))
        return text_column(found)

    def _field(self, rows: IntArray, name: str) -> Column:
        """What stands for a field: a date in ISO 8601, or the value of a variable of ADSL."""
        if name == OUTCOME:
            return compute_iso_dates(self.dates.days[rows])
        if self.parameter.is_own(Reference((name,))):
            return compute_iso_dates(self.subjects.date(name).days[rows])
        store = self.subjects.store
        values = take_rows(store.adsl.column(name), rows)
        if kind_of(values) == "text":
            return values
        dataset = store.deriver.study.dataset(store.adsl.name)
        variable = dataset.find(name) if dataset is not None else None
        is_date = variable is not None and variable.format.startswith("DATE")
        return compute_iso_dates(values.to_numpy()) if is_date else compute_number_texts(values)

    def _numbers(self, rows: IntArray) -> FloatArray:
        """The number of the record that gave each date; missing where its dataset numbers none."""
        found = np.full(len(rows), np.nan)
        for place, variable in enumerate(self.subjects.variables):
            numbers = self.subjects.store.numbers(variable.source)
            own = np.flatnonzero((self.dates.place[rows] == place) & (self.dates.row[rows] >= 0))
            if numbers is not None and len(own):
                found[own] = numbers[self.dates.row[rows[own]]]
        return found


def explanation(rule: OutcomeRule) -> Template:
    """The sentence that explains a rule's outcome; without one of its own it is made from the rule's text."""
    if rule.explain.parts:
        return rule.explain
    return parse_template(f"{'event' if rule.code == 0 else 'censored'} on {{{OUTCOME}}}: {rule.text}")


def decide(subjects: SubjectDates) -> Outcome:
    """The outcome of every subject: the first rule that holds, and whose date the subject has."""
    fired = np.full(subjects.length, NO_RULE, dtype=np.int64)
    dates = Dates.none(subjects.length)
    for number, rule in enumerate(subjects.parameter.rules):
        given = subjects.date(rule.date)
        applies = (fired == NO_RULE) & evaluate_condition(rule.when, subjects) & ~np.isnan(given.days)
        fired = np.where(applies, number, fired)
        dates = dates.otherwise(applies, given)
    for written, other in subjects.parameter.instead:
        dates = _replaced(subjects, dates, written, other)
    return Outcome(subjects, fired, dates)


def _replaced(subjects: SubjectDates, dates: Dates, written: Reference, other: Reference) -> Dates:
    """The dates that come from one variable, as another variable of the same record has them."""
    rows = dates.row
    own = (dates.place == subjects.number_of(written)) & (rows >= 0)
    column = subjects.store.deriver.source(other.source).column(other.name)
    days = compute_days(take_rows(column, np.where(own, rows, -1))).astype(np.float64)
    place = np.full(subjects.length, subjects.number_of(other), dtype=np.int64)
    return dates.otherwise(own, Dates(days, place, rows))
