"""Checks of an output against the study's ADaM specs: every dataset, variable and condition it names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from crf2tlf.errors import Fault, Location, did_you_mean
from crf2tlf.rules.columns import Kind
from crf2tlf.rules.evaluate import KindError, infer_kind
from crf2tlf.rules.expressions import Reference, constants
from crf2tlf.rules.verbs import Read
from crf2tlf.spec.model import Dataset, Study
from crf2tlf.spec.names import Names, UnknownName
from crf2tlf.spec.outputs import (
    Columns,
    Condition,
    Hierarchy,
    KaplanMeier,
    Listing,
    Output,
    Summary,
    SummaryRow,
)

PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


def check_output(output: Output, study: Study) -> list[Fault]:
    """All faults of an output that only the ADaM specs can show."""
    return list(OutputChecker(output, study).faults())


def placeholders(text: str) -> tuple[str, ...]:
    """The variables in braces of a text, each once: "{ASTDT} ({ASTDY})" gives ASTDT and ASTDY."""
    return tuple(dict.fromkeys(PLACEHOLDER.findall(text)))


@dataclass(frozen=True)
class OutputChecker:
    """Checks one output."""

    output: Output
    study: Study

    def faults(self) -> Iterator[Fault]:
        """The faults, datasets first: without those nothing else can be told."""
        output = self.output
        unknown = list(self._datasets())
        if unknown:
            yield from unknown
            return
        yield from self._condition(output.population.where, output.population.dataset)
        yield from self._condition(output.where, output.dataset)
        yield from self._columns(output.columns)
        match output.body:
            case Summary(rows):
                yield from self._summary(rows)
            case Hierarchy():
                yield from self._hierarchy(output.body)
            case KaplanMeier():
                yield from self._kaplan_meier(output.body)
            case Listing():
                yield from self._listing(output.body)

    def _datasets(self) -> Iterator[Fault]:
        named = {self.output.population.dataset: "population.dataset"}
        for name, where in ({self.output.dataset: "dataset"} | named).items():
            if name not in self.study.adam:
                hint = did_you_mean(name, self.study.adam)
                yield Fault(self.output.location, where, f"there is no ADaM dataset '{name}'", hint)
        if self.output.population.dataset not in {"ADSL", self.output.dataset}:
            message = "a population is of ADSL, or of the dataset of the output"
            yield Fault(self.output.location, "population.dataset", message)

    def _dataset(self, name: str) -> Dataset:
        return self.study.adam[name]

    def _kind(self, dataset: str, reference: Reference) -> Kind:
        """The kind of what a condition reads; UnknownName unless it is this dataset's or the subject's in ADSL."""
        names = Names(self.study)
        name = names.resolve(Read(reference, dataset), self._dataset(dataset))
        if name.source not in {dataset, "ADSL"}:
            message = f"'{reference}': an output reads its own dataset and ADSL, so that it can be traced"
            raise UnknownName(message, f"derive it in {dataset}")
        return names.kind(name)

    def _condition(self, condition: Condition | None, dataset: str) -> Iterator[Fault]:
        if condition is None:
            return
        for constant in constants(condition.expression):
            if constant not in self.study.constants:
                hint = did_you_mean(constant, self.study.constants)
                yield Fault(condition.location, condition.where, f"'${constant}' is not a constant of the study", hint)
        try:
            kind = infer_kind(
                condition.expression, lambda reference: self._kind(dataset, reference), self.study.constants
            )
        except UnknownName as error:
            yield Fault(condition.location, condition.where, str(error), error.hint)
        except KindError as error:
            yield Fault(condition.location, condition.where, str(error))
        else:
            if kind != "boolean":
                message = "a condition is wanted, such as SAFFL == 'Y'"
                yield Fault(condition.location, condition.where, message)

    def _variable(self, dataset: str, name: str, where: str, place: Location, wanted: Kind | None) -> Iterator[Fault]:
        variable = self._dataset(dataset).variables.get(name)
        if variable is None:
            hint = did_you_mean(name, self._dataset(dataset).variables)
            yield Fault(place, where, f"'{name}' is not a variable of {dataset}", hint)
        elif wanted is not None and wanted != ("number" if variable.is_number else "text"):
            word = "a number" if variable.is_number else "text"
            yield Fault(place, where, f"'{name}' is {word}, {'a number' if wanted == 'number' else 'text'} is wanted")

    def _columns(self, columns: Columns | None) -> Iterator[Fault]:
        if columns is None:
            return
        used = dict.fromkeys((self.output.population.dataset, self.output.dataset))
        for dataset in used:
            name = columns.variable(dataset)
            if not name:
                yield Fault(columns.location, "columns.by", f"the variable of {dataset} is missing")
            else:
                yield from self._variable(dataset, name, "columns.by", columns.location, "text")
        for dataset, _ in columns.by:
            if dataset and dataset not in used:
                yield Fault(columns.location, "columns.by", f"the output does not read {dataset}")
        if columns.order:
            population = self.output.population.dataset
            yield from self._variable(population, columns.order, "columns.order", columns.location, "number")

    def _summary(self, rows: tuple[SummaryRow, ...]) -> Iterator[Fault]:
        if not rows:
            yield Fault(self.output.location, "rows", "a summary needs at least one variable")
        for row in rows:
            where = f"rows.{row.variable}"
            dataset = self.output.dataset
            number = row.statistics or row.test == "anova"
            yield from self._variable(dataset, row.variable, where, row.location, "number" if number else None)
            if row.order:
                yield from self._variable(dataset, row.order, f"{where}.order", row.location, "number")
            variable = self._dataset(dataset).variables.get(row.variable)
            if variable is not None and variable.is_number and (row.levels or row.test in {"chi_square", "fisher"}):
                yield Fault(row.location, where, f"'{row.variable}' is a number: it has no levels to count")

    def _hierarchy(self, body: Hierarchy) -> Iterator[Fault]:
        if not 1 <= len(body.levels) <= 3:
            yield Fault(body.location, "levels", "a hierarchy has one to three levels")
        for level in body.levels:
            yield from self._variable(self.output.dataset, level, "levels", body.location, "text")

    def _kaplan_meier(self, body: KaplanMeier) -> Iterator[Fault]:
        dataset = self._dataset(self.output.dataset)
        yield from self._variable(dataset.name, "PARAMCD", "parameter", body.location, "text")
        yield from self._variable(dataset.name, body.time, "time", body.location, "number")
        yield from self._variable(dataset.name, body.censor, "censor", body.location, "number")
        if dataset.parameters and body.parameter not in dataset.parameters:
            hint = did_you_mean(body.parameter, dataset.parameters)
            yield Fault(body.location, "parameter", f"'{body.parameter}' is no parameter of {dataset.name}", hint)

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
                yield from self._variable(dataset, name, where, column.location, None)
        for name in placeholders(body.heading):
            yield from self._variable(dataset, name, "heading", body.location, None)
        for name in body.sort:
            yield from self._variable(dataset, name, "sort", body.location, None)
        shares = [column.share for column in body.columns if column.share is not None]
        if shares and len(shares) != len(body.columns):
            yield Fault(body.location, "columns", "either every column has a share of the width or none has")
