"""Checks of an output against the study's ADaM specs: every dataset, variable and condition it names."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from crf2tlf.errors import Fault, did_you_mean
from crf2tlf.spec.check_output_bodies import body_faults
from crf2tlf.spec.check_output_names import OutputNames
from crf2tlf.spec.model import Study
from crf2tlf.spec.output_bodies import Waterfall
from crf2tlf.spec.outputs import Columns, Output


def check_output(output: Output, study: Study) -> list[Fault]:
    """All faults of an output that only the ADaM specs can show."""
    return list(OutputChecker(output, study).faults())


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
        names = OutputNames(output, self.study)
        yield from names.condition(output.population.where, output.population.dataset)
        yield from names.condition(output.where, output.dataset)
        yield from self._columns(output.columns, names)
        yield from body_faults(output, names)

    def _datasets(self) -> Iterator[Fault]:
        body = self.output.body
        named = {self.output.population.dataset: "population.dataset"}
        joined = {body.colour.dataset: "colour.dataset"} if isinstance(body, Waterfall) and body.colour.dataset else {}
        for name, where in ({self.output.dataset: "dataset"} | named | joined).items():
            if name not in self.study.adam:
                hint = did_you_mean(name, self.study.adam)
                yield Fault(self.output.location, where, f"there is no ADaM dataset '{name}'", hint)
        if self.output.population.dataset not in {"ADSL", self.output.dataset}:
            message = "a population is of ADSL, or of the dataset of the output"
            yield Fault(self.output.location, "population.dataset", message)

    def _columns(self, columns: Columns | None, names: OutputNames) -> Iterator[Fault]:
        if columns is None:
            return
        used = dict.fromkeys((self.output.population.dataset, self.output.dataset))
        for dataset in used:
            name = columns.variable(dataset)
            if name.count(".") and not name.startswith("ADSL."):
                yield Fault(columns.location, "columns.by", f"'{name}': columns are of {dataset} or of ADSL")
            elif not name:
                yield Fault(columns.location, "columns.by", f"the variable of {dataset} is missing")
            else:
                home, _, own = name.rpartition(".")
                yield from names.variable(home or dataset, own, "columns.by", columns.location, "text")
        for dataset, _ in columns.by:
            if dataset and dataset not in used:
                yield Fault(columns.location, "columns.by", f"the output does not read {dataset}")
        if columns.order:
            home, _, own = columns.order_variable(self.output.population.dataset).rpartition(".")
            home = home or self.output.population.dataset
            yield from names.variable(home, own, "columns.order", columns.location, "number")
