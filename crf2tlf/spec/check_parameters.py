"""Checks of time-to-event parameters: every date, gap and field is known, is a date, and is not made from itself."""

from __future__ import annotations

import graphlib
from collections.abc import Iterator
from dataclasses import dataclass

from crf2tlf.errors import Fault, Location, did_you_mean
from crf2tlf.rules.columns import Kind
from crf2tlf.rules.expressions import Expression, Reference
from crf2tlf.rules.verbs import Read
from crf2tlf.spec.check_datasets import check_condition, tell
from crf2tlf.spec.model import Dataset
from crf2tlf.spec.names import Names, UnknownName
from crf2tlf.spec.read_parts import UNREADABLE
from crf2tlf.spec.time_to_event import START, NamedDate, OutcomeRule, Parameter, RecordDate, Series, SubjectDate

SUBJECTS = "ADSL"
_TEXTS_OF_DAYS = ("date", "datetime", "partialDate", "partialDatetime")


def check_parameters(dataset: Dataset, names: Names) -> Iterator[Fault]:
    """The faults of a dataset's time-to-event parameters; what a rule set shares with its parameter is told once."""
    uses = any(variable.verb == "parameter" for variable in dataset.variables.values())
    if uses and not dataset.parameters and not dataset.results and f"{dataset.name}.parameters" not in names.lost:
        yield Fault(dataset.location, "parameters", "a variable has the verb 'parameter' and there are no parameters")
    for parameter in dataset.parameters.values():
        yield from ParameterChecker(parameter, dataset, names).faults()


@dataclass(frozen=True)
class ParameterChecker:
    """Checks one parameter or rule set."""

    parameter: Parameter
    dataset: Dataset
    names: Names

    def faults(self) -> Iterator[Fault]:
        parameter = self.parameter
        yield from self._condition(parameter.where, SUBJECTS, parameter, f"{parameter.place}.where")
        for date in parameter.all_dates():
            yield from self._date(date)
        yield from self._cycle()
        yield from self._gaps()
        for rule in parameter.rules:
            yield from self._rule(rule)
        for replaced, other in parameter.instead:
            for reference in (replaced, other):
                yield from self._reference(reference, parameter.location, f"{parameter.place}.instead")
            if replaced.source != other.source:
                message = f"'{other}' is not a variable of the record that gave {replaced}"
                place = self.names.places.get(id(other), parameter.location)
                yield Fault(place, f"{parameter.place}.instead", message)

    def _date(self, date: NamedDate) -> Iterator[Fault]:
        if isinstance(date.rule, SubjectDate):
            yield from self._reference(date.rule.reference, date.location, date.place)
        elif isinstance(date.rule, RecordDate):
            yield from self._series(date.rule.series, date)
        for name in date.needs():
            yield from self._name(name, date.location, date.place)

    def _series(self, series: Series, date: NamedDate) -> Iterator[Fault]:
        yield from self._reference(series.date, date.location, date.place)
        if self.names.study.dataset(series.date.source) is not None:
            yield from self._condition(series.where, series.date.source, date, date.place)

    def _name(self, name: str, location: Location, place: str) -> Iterator[Fault]:
        if name != START and name not in self.parameter.dates:
            hint = did_you_mean(name, [START, *self.parameter.dates])
            yield Fault(location, place, f"there is no date '{name}'", hint)

    def _cycle(self) -> Iterator[Fault]:
        needs = {date.name: date.needs() for date in self.parameter.all_dates()}
        try:
            graphlib.TopologicalSorter(needs).prepare()
        except graphlib.CycleError as error:
            ring = list(reversed(error.args[1]))[:-1]
            start = ring.index(next(name for name in needs if name in ring))
            chain = " reads ".join([*ring[start:], *ring[:start], ring[start]])
            date = self.parameter.named(ring[start])
            yield Fault(date.location, date.place, f"the date is made from itself: {chain}")

    def _gaps(self) -> Iterator[Fault]:
        for gap in self.parameter.gaps.values():
            if self.parameter.schedule is None:
                yield Fault(gap.location, gap.place, "a gap needs the 'schedule' of the assessments")
            for name in (gap.start, gap.end):
                yield from self._name(name, gap.location, gap.place) if name else ()
            if gap.name in self.parameter.dates:
                yield Fault(gap.location, gap.place, f"'{gap.name}' is a date too")

    def _rule(self, rule: OutcomeRule) -> Iterator[Fault]:
        yield from self._condition(rule.when, SUBJECTS, rule, rule.place)
        yield from self._name(rule.date, rule.location, rule.place)
        for found, name in self.parameter.fields():
            if found is rule:
                yield from self._read(Reference((name,)), SUBJECTS, rule.location, rule.place)

    def _reference(self, reference: Reference, location: Location, place: str) -> Iterator[Fault]:
        """The faults of a variable that must hold a date."""
        if reference == UNREADABLE:
            return
        location = self.names.places.get(id(reference), location)
        faults = list(self._read(reference, "", location, place))
        yield from faults
        if faults:
            return
        try:
            variable = self.names.variable(self.names.resolve(Read(reference), self.dataset))
        except UnknownName:
            return
        if variable is not None and not variable.is_number and variable.type not in _TEXTS_OF_DAYS:
            yield Fault(location, place, f"'{reference}' is no date: its type is {variable.type}")

    def _read(self, reference: Reference, inside: str, location: Location, place: str) -> Iterator[Fault]:
        try:
            self.names.resolve(Read(reference, inside), self.dataset)
        except UnknownName as error:
            yield from tell(error, location, place)

    def _condition(self, condition: Expression | None, inside: str, at: object, place: str) -> Iterator[Fault]:
        own = self._kinds() if inside == SUBJECTS else {}
        yield from check_condition(condition, inside, self.dataset, self.names, at, place, own)

    def _kinds(self) -> dict[str, Kind]:
        """The kinds of the names that conditions know beside the variables of ADSL."""
        kinds: dict[str, Kind] = {START: "number"}
        kinds |= dict.fromkeys(self.parameter.dates, "number")
        return kinds | dict.fromkeys(self.parameter.gaps, "boolean")
