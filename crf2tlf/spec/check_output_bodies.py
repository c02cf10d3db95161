"""Checks of what a template adds to an output: the variables, conditions and parameters it names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from crf2tlf.errors import Fault, Location, did_you_mean
from crf2tlf.rules.columns import Kind
from crf2tlf.spec.check_output_names import OutputNames
from crf2tlf.spec.output_bodies import (
    Compare,
    Counts,
    Cox,
    HazardRatios,
    Hierarchy,
    KaplanMeier,
    Listing,
    NonInferiority,
    Response,
    Summary,
    SummaryRow,
    Survival,
    TimeToEvent,
    Waterfall,
)
from crf2tlf.spec.outputs import Output

PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


def placeholders(text: str) -> tuple[str, ...]:
    """The variables in braces of a text, each once: "{ASTDT} ({ASTDY})" gives ASTDT and ASTDY."""
    return tuple(dict.fromkeys(split_placeholder(found)[0] for found in PLACEHOLDER.findall(text)))


def split_placeholder(text: str) -> tuple[str, int | None]:
    """The variable of a placeholder, and the decimals it is rounded to: "AVAL:1" gives AVAL and 1."""
    name, _, decimals = text.partition(":")
    return (name, int(decimals)) if decimals.isdecimal() else (text, None)


def body_faults(output: Output, names: OutputNames) -> Iterator[Fault]:
    """All faults of the fields that only its template has."""
    yield from BodyChecker(output, names).faults()


@dataclass(frozen=True)
class BodyChecker:
    """Checks the body of one output."""

    output: Output
    names: OutputNames

    def faults(self) -> Iterator[Fault]:
        """The faults, by template."""
        match self.output.body:
            case Summary(rows):
                yield from self._summary(rows)
            case Counts() as body:
                yield from self._counts(body)
            case Hierarchy() as body:
                yield from self._hierarchy(body)
            case Listing() as body:
                yield from self._listing(body)
            case Response() as body:
                yield from self._response(body)
            case Waterfall() as body:
                yield from self._waterfall(body)
            case body:
                yield from self._survival(body)

    def _parameter(self, parameter: str, place: Location) -> Iterator[Fault]:
        dataset = self.names.dataset(self.output.dataset)
        if dataset.parameters and parameter not in dataset.parameters:
            hint = did_you_mean(parameter, dataset.parameters)
            yield Fault(place, "parameter", f"'{parameter}' is no parameter of {dataset.name}", hint)

    def _survival(self, body: Survival) -> Iterator[Fault]:
        name = self.output.dataset
        yield from self.names.variable(name, "PARAMCD", "parameter", body.location, "text")
        yield from self.names.variable(name, body.time, "time", body.location, "number")
        yield from self.names.variable(name, body.censor, "censor", body.location, "number")
        for parameter in self.output.parameters:
            yield from self._parameter(parameter, body.location)
        match body:
            case TimeToEvent():
                if body.reasons:
                    yield from self.names.variable(name, body.reasons, "reasons", body.location, "text")
            case NonInferiority():
                for each in body.sets:
                    yield from self.names.condition(each.where, self.output.population.dataset)
            case HazardRatios():
                yield from self._ratios(body)
            case Cox():
                yield from self._cox(body)
            case KaplanMeier():
                pass
        yield from self._compare(None if isinstance(body, Cox) else body.compare)

    def _compare(self, compare: Compare | None) -> Iterator[Fault]:
        if compare is None:
            return
        for name in compare.strata:
            yield from self.names.subject_variable(name, "compare.strata", compare.location)

    def _ratios(self, body: HazardRatios) -> Iterator[Fault]:
        yield from self._better(body)
        for place, row in enumerate(body.rows, start=1):
            where = f"rows[{place}]"
            yield from self.names.condition(row.where, self.output.dataset)
            for name in ((row.by,) if row.by else ()) + (row.strata or ()):
                yield from self.names.subject_variable(name, where, row.location)

    def _cox(self, body: Cox) -> Iterator[Fault]:
        yield from self._better(body)
        if not body.covariates:
            yield Fault(body.location, "covariates", "a Cox model needs at least one covariate")
        if body.proportional and "multivariable" not in body.models:
            yield Fault(body.location, "proportional", "the test is of the multivariable model, which `models` lacks")
        for place, covariate in enumerate(body.covariates, start=1):
            where, name = f"covariates[{place}]", covariate.variable
            kind: Kind = "text" if covariate.levels else "number"
            yield from self.names.subject_variable(name, where, covariate.location, kind)
            if len(covariate.levels) == 1:
                yield Fault(covariate.location, where, f"'{name}' needs a level besides the reference")
        for name in body.strata:
            yield from self.names.subject_variable(name, "strata", body.location)

    def _better(self, body: HazardRatios | Cox) -> Iterator[Fault]:
        if len(body.better) not in {0, 2}:
            yield Fault(body.location, "better", "two texts are wanted, for hazard ratios below and over 1")

    def _response(self, body: Response) -> Iterator[Fault]:
        yield from self.names.variable(self.output.dataset, "PARAMCD", "parameter", body.location, "text")
        yield from self.names.variable(self.output.dataset, body.value, "value", body.location, "text")
        yield from self._parameter(body.parameter, body.location)
        named = {level for level, _ in body.levels}
        for rate in body.rates:
            for level in rate.levels:
                if level not in named:
                    hint = did_you_mean(level, named)
                    yield Fault(body.location, f"rates.{rate.id}", f"'{level}' is not one of the levels", hint)
        yield from self._compare(body.compare)

    def _waterfall(self, body: Waterfall) -> Iterator[Fault]:
        yield from self.names.variable(self.output.dataset, body.value, "value", body.location, "number")
        colour = body.colour
        if colour.dataset:
            yield from self.names.variable(colour.dataset, colour.variable, "colour.variable", colour.location, "text")
            yield from self.names.condition(colour.where, colour.dataset)

    def _counts(self, body: Counts) -> Iterator[Fault]:
        if not body.rows:
            yield Fault(body.location, "rows", "a table of counts needs at least one line")
        known: set[str] = set()
        for place, row in enumerate(body.rows, start=1):
            where = f"rows[{place}]"
            yield from self.names.condition(row.where, self.output.dataset)
            if row.by:
                yield from self.names.variable(self.output.dataset, row.by, f"{where}.by", row.location, "text")
            if row.of and row.of not in known:
                hint = did_you_mean(row.of, known) or "name the line with `id`, above this one"
                yield Fault(row.location, f"{where}.of", f"'{row.of}' is not the id of an earlier line", hint)
            if row.id in known:
                yield Fault(row.location, f"{where}.id", f"'{row.id}' is the id of an earlier line")
            known |= {row.id} if row.id else set()

    def _summary(self, rows: tuple[SummaryRow, ...]) -> Iterator[Fault]:
        if not rows:
            yield Fault(self.output.location, "rows", "a summary needs at least one variable")
        for row in rows:
            where = f"rows.{row.id}"
            dataset = self.output.dataset
            yield from self.names.condition(row.where, dataset)
            number = row.statistics or row.test == "anova"
            yield from self.names.variable(dataset, row.variable, where, row.location, "number" if number else None)
            if row.order:
                yield from self.names.variable(dataset, row.order, f"{where}.order", row.location, "number")
            variable = self.names.dataset(dataset).variables.get(row.variable)
            if variable is not None and variable.is_number and (row.levels or row.test in {"chi_square", "fisher"}):
                yield Fault(row.location, where, f"'{row.variable}' is a number: it has no levels to count")

    def _hierarchy(self, body: Hierarchy) -> Iterator[Fault]:
        if not 1 <= len(body.levels) <= 3:
            yield Fault(body.location, "levels", "a hierarchy has one to three levels")
        for level in body.levels:
            yield from self.names.variable(self.output.dataset, level, "levels", body.location, "text")
        if body.grades is not None:
            grades = body.grades
            yield from self.names.variable(self.output.dataset, grades.variable, "grades", grades.location, "number")
            if len(body.levels) > 2:
                yield Fault(body.location, "levels", "a hierarchy with grades has one or two levels")

    def _listing(self, body: Listing) -> Iterator[Fault]:
        dataset = self.output.dataset
        if not body.columns:
            yield Fault(body.location, "columns", "a listing needs at least one column")
        for number, column in enumerate(body.columns, start=1):
            where = f"columns[{number}].show"
            if not placeholders(column.show):
                hint = "write variables in braces, such as {AEDECOD}"
                yield Fault(column.location, where, f"'{column.show}' shows no variable", hint)
            for name in placeholders(column.show):
                yield from self.names.variable(dataset, name, where, column.location, None)
            for name, decimals in map(split_placeholder, PLACEHOLDER.findall(column.show)):
                if decimals is not None and name in self.names.dataset(dataset).variables:
                    yield from self.names.variable(dataset, name, where, column.location, "number")
        for name in placeholders(body.heading):
            yield from self.names.variable(dataset, name, "heading", body.location, None)
        for name in body.sort:
            yield from self.names.variable(dataset, name, "sort", body.location, None)
        shares = [column.share for column in body.columns if column.share is not None]
        if shares and len(shares) != len(body.columns):
            yield Fault(body.location, "columns", "either every column has a share of the width or none has")
