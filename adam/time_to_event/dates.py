"""The named dates and gaps of a parameter for each subject, and where each date was found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from adam.time_to_event.records import RecordStore
from crf2tlf.errors import ProgramError
from crf2tlf.rules.columns import BoolArray, Column, FloatArray, IntArray, boolean_column, number_column
from crf2tlf.rules.expressions import Reference
from crf2tlf.rules.vectors import compute_days
from crf2tlf.spec.time_to_event import (
    START,
    Bound,
    NamedChoice,
    NamedDate,
    Parameter,
    RecordDate,
    Schedule,
    SubjectDate,
)


@dataclass(frozen=True)
class Dates:
    """A date for each subject, in days since 1960-01-01, NaN where there is none.

    `place` is the number of its variable among `SubjectDates.variables`, `row` its row there; -1 for none.
    """

    days: FloatArray
    place: IntArray
    row: IntArray

    def otherwise(self, chosen: BoolArray, other: Dates) -> Dates:
        """The other dates where `chosen`, else these."""
        pairs = ((other.days, self.days), (other.place, self.place), (other.row, self.row))
        days, place, row = (np.where(chosen, theirs, own) for theirs, own in pairs)
        return Dates(days, place, row)

    @staticmethod
    def none(count: int) -> Dates:
        """No date for anybody."""
        nowhere = np.full(count, -1, dtype=np.int64)
        return Dates(np.full(count, np.nan), nowhere, nowhere)


@dataclass
class SubjectDates:
    """What the rules of one parameter see of each subject in ADSL: dates, gaps and variables."""

    store: RecordStore
    parameter: Parameter
    variables: list[Reference] = field(default_factory=list)
    _found: dict[str, Dates] = field(default_factory=dict)

    @property
    def length(self) -> int:
        return self.store.adsl.length

    def column(self, reference: Reference) -> Column:
        """A date or gap of the parameter, a variable of ADSL, or another dataset's for the subject."""
        if not self.parameter.is_own(reference):
            return self.store.deriver.column_of(self.store.adsl, reference)
        if reference.name in self.parameter.gaps:
            return self._gap(reference.name)
        return number_column(self.date(reference.name).days)

    def constant(self, name: str) -> str | float:
        return self.store.deriver.study.constants[name]

    def date(self, name: str) -> Dates:
        """The date of that name; each is computed once."""
        if name not in self._found:
            self._found[name] = self._compute(self.parameter.named(name))
        return self._found[name]

    def number_of(self, variable: Reference) -> int:
        """The number of a variable among those that dates come from."""
        if variable not in self.variables:
            self.variables.append(variable)
        return self.variables.index(variable)

    def _compute(self, date: NamedDate) -> Dates:
        match date.rule:
            case SubjectDate(reference):
                found = self._of_subjects(reference)
            case RecordDate():
                found = self._of_records(date.rule)
            case NamedChoice(which, names):
                found = _choose(which, [self.date(name) for name in names], self.length)
        return found.otherwise(np.isnan(found.days), self.date(date.otherwise)) if date.otherwise else found

    def _of_subjects(self, reference: Reference) -> Dates:
        days = compute_days(self.store.deriver.column_of(self.store.adsl, reference)).astype(np.float64)
        known = ~np.isnan(days)
        own = reference.source == self.store.adsl.name
        rows = np.where(known & own, np.arange(self.length), -1)
        return Dates(days, np.where(known, self.number_of(reference), -1), rows)

    def _of_records(self, rule: RecordDate) -> Dates:
        """The subject's first or last record within the bounds."""
        records = self.store.records(rule.series.date, rule.series.where)
        if not len(records.rows):
            return Dates.none(self.length)
        subjects = np.arange(self.length)
        earliest, latest = self._limits(rule.series.bounds)
        place = records.first(subjects, earliest) if rule.which == "first" else records.last(subjects, latest)
        days = records.days[place]
        known = (place >= 0) & ~(days < earliest) & ~(days > latest)
        number = self.number_of(rule.series.date)
        rows = np.where(known, records.rows[place], -1)
        return Dates(np.where(known, days, np.nan), np.where(known, number, -1), rows)

    def _limits(self, bounds: Sequence[Bound]) -> tuple[FloatArray, FloatArray]:
        """The first and the last day that count for each subject; missing where nothing bounds them."""
        earliest, latest = np.full(self.length, np.nan), np.full(self.length, np.nan)
        for bound in bounds:
            days = self.date(bound.name).days
            if bound.side.endswith("before"):
                latest = np.fmin(latest, days - 1 if bound.side == "before" else days)
            else:
                earliest = np.fmax(earliest, days + 1 if bound.side == "after" else days)
        return earliest, latest

    def _gap(self, name: str) -> Column:
        gap, schedule = self.parameter.gaps[name], self.parameter.schedule
        if schedule is None:
            raise ProgramError(f"{self.parameter.code} has the gap {name} and no schedule")
        since, until = self.date(gap.start).days, self.date(gap.end).days
        allowed = compute_allowed_gap(since - self.date(START).days, schedule)
        return boolean_column(until - since > allowed, np.isnan(since) | np.isnan(until))


def _choose(which: str, candidates: Sequence[Dates], count: int) -> Dates:
    """The earliest or latest of several dates; of those on one day the first in the list."""
    best = Dates.none(count)
    for other in candidates:
        better = other.days < best.days if which == "earliest" else other.days > best.days
        best = best.otherwise(better | (np.isnan(best.days) & ~np.isnan(other.days)), other)
    return best


def compute_allowed_gap(offset: FloatArray, schedule: Schedule) -> FloatArray:
    """The most days that may lie between an assessment, `offset` days after the start, and an event.

    More means that `missed` planned assessments in a row were missed: as many intervals, each the one in force when it
    begins, and the window. With 42 days, a window of 7 and 2 missed it is 91 days.
    """
    first_days = np.array([day for day, _ in schedule.intervals], dtype=np.float64)
    lengths = np.array([days for _, days in schedule.intervals], dtype=np.float64)
    reached = np.where(np.isnan(offset), 0.0, offset)
    for _ in range(schedule.missed):
        # Day 1 is the start itself, so an offset of n days is study day n + 1.
        in_force = np.clip(np.searchsorted(first_days, reached + 1, side="right") - 1, 0, len(lengths) - 1)
        reached = reached + lengths[in_force]
    return np.asarray(reached - np.where(np.isnan(offset), 0.0, offset) + schedule.window, dtype=np.float64)
