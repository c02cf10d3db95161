"""The variables and conditions of an output, looked up in the study's ADaM specs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from crf2tlf.errors import Fault, Location, did_you_mean
from crf2tlf.rules.columns import Kind
from crf2tlf.rules.evaluate import KindError, infer_kind
from crf2tlf.rules.expressions import Reference, constants
from crf2tlf.rules.verbs import Read
from crf2tlf.spec.model import Dataset, Study
from crf2tlf.spec.names import Names, UnknownName
from crf2tlf.spec.output_bodies import Condition
from crf2tlf.spec.outputs import Output


@dataclass(frozen=True)
class OutputNames:
    """What an output may read, and the faults of what it names."""

    output: Output
    study: Study

    def dataset(self, name: str) -> Dataset:
        return self.study.adam[name]

    def _kind(self, dataset: str, reference: Reference) -> Kind:
        """The kind of what a condition reads; UnknownName unless it is this dataset's or the subject's in ADSL."""
        names = Names(self.study)
        name = names.resolve(Read(reference, dataset), self.dataset(dataset))
        if name.source not in {dataset, "ADSL"}:
            message = f"'{reference}': an output reads its own dataset and ADSL, so that it can be traced"
            raise UnknownName(message, f"derive it in {dataset}")
        return names.kind(name)

    def condition(self, condition: Condition | None, dataset: str) -> Iterator[Fault]:
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

    def variable(self, dataset: str, name: str, where: str, place: Location, wanted: Kind | None) -> Iterator[Fault]:
        variable = self.dataset(dataset).variables.get(name)
        if variable is None:
            hint = did_you_mean(name, self.dataset(dataset).variables)
            yield Fault(place, where, f"'{name}' is not a variable of {dataset}", hint)
        elif wanted is not None and wanted != ("number" if variable.is_number else "text"):
            word = "a number" if variable.is_number else "text"
            yield Fault(place, where, f"'{name}' is {word}, {'a number' if wanted == 'number' else 'text'} is wanted")

    def subject_variable(self, name: str, where: str, place: Location, wanted: Kind = "text") -> Iterator[Fault]:
        """A variable of the output's dataset, or of ADSL."""
        home = self.output.dataset if name in self.dataset(self.output.dataset).variables else "ADSL"
        yield from self.variable(home, name, where, place, wanted)
