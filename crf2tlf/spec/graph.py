"""The graph of what reads what, variable by variable: order, cycles, and what a dataset's file depends on."""

from __future__ import annotations

import graphlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from crf2tlf.rules.verbs import Read
from crf2tlf.spec.facts import Form
from crf2tlf.spec.model import Dataset, Study, Variable
from crf2tlf.spec.names import Name, Names, UnknownName
from crf2tlf.spec.response_fields import RESPONSE_FIELDS


@dataclass(frozen=True)
class Graph:
    """Who reads whom in one study; unknown names are left out, since `check` reports them."""

    study: Study

    @cached_property
    def names(self) -> Names:
        return Names(self.study)

    @cached_property
    def reads(self) -> dict[Name, tuple[Name, ...]]:
        """What each variable and supplemental qualifier reads directly."""
        of_variables = {
            self._name(dataset, variable): tuple(dict.fromkeys(self._reads(dataset, variable)))
            for dataset in self._datasets()
            for variable in dataset.all_variables()
        }
        return {**of_variables, **self._reads_of_responses()}

    def _reads_of_responses(self) -> dict[Name, tuple[Name, ...]]:
        """What the records and fields of the response engine read: all of its inputs."""
        found: dict[Name, tuple[Name, ...]] = {}
        for response in self.study.responses.values():
            inputs = response.inputs.values()
            variables = [self._name(each, variable) for each in inputs for variable in each.all_variables()]
            reads = (*variables, *(Name(each.name, "") for each in inputs))
            found |= {Name(response.source, field): reads for field in ("", *RESPONSE_FIELDS)}
        return found

    def cycle(self) -> list[Name]:
        """A cycle of variables or records that read each other, or an empty list; the first name stands last too."""
        return next(self.cycles(), [])

    def cycles(self) -> Iterator[list[Name]]:
        """Cycles that have no name in common, until what is left is free of cycles.

        The name "" of a dataset is the choice of its records. Each cycle begins with its smallest name.
        """
        records = {Name(dataset.name, ""): self._of_records(dataset) for dataset in self._datasets()}
        every = {**self.reads, **records}
        while True:
            left = {name: [read for read in reads if read in every] for name, reads in every.items()}
            try:
                graphlib.TopologicalSorter(left).prepare()
                return
            except graphlib.CycleError as error:
                ring = list(reversed(error.args[1]))[:-1]
            start = ring.index(min(ring))
            yield [*ring[start:], *ring[:start], ring[start]]
            every = {name: reads for name, reads in every.items() if name not in ring}

    def closure(self, dataset: Dataset) -> set[Name]:
        """Everything that the records and variables of a dataset need, directly or through others."""
        start = [self._name(dataset, variable) for variable in dataset.all_variables()]
        seen: set[Name] = set()
        checks = self._resolve(dataset, self.names.reads_of_checks(dataset))
        others = {Name(name.source, "USUBJID") for name in checks if name.is_variable}
        waiting = [*start, *self._of_dataset(dataset), *checks, *others]
        while waiting:
            name = waiting.pop()
            if name not in seen:
                seen.add(name)
                waiting.extend(self.reads.get(name, ()))
        return seen

    def sources(self, dataset: Dataset) -> set[str]:
        """The forms, tables and other datasets that a dataset reads directly, or through the response engine."""
        names = {read for variable in dataset.all_variables() for read in self.reads[self._name(dataset, variable)]}
        found = {name.source for name in (*names, *self._of_dataset(dataset))}
        for response in self.study.responses.values():
            if response.source in found:
                found = found.union(*(self.sources(each) for each in response.inputs.values()))
        return found - {dataset.name, dataset.supp_name}

    def columns(self, dataset: Dataset) -> dict[str, tuple[str, ...]]:
        """By source the names that a dataset reads there directly, or through the response engine."""
        names = {read for variable in dataset.all_variables() for read in self.reads[self._name(dataset, variable)]}
        found: dict[str, set[str]] = {}
        for name in (*names, *self._of_dataset(dataset)):
            found.setdefault(name.source, set()).add(name.name)
        for response in self.study.responses.values():
            for each in response.inputs.values() if response.source in found else ():
                for source, columns in self.columns(each).items():
                    found.setdefault(source, set()).update(columns)
        return {source: tuple(sorted(found[source])) for source in sorted(found)}

    def _datasets(self) -> Iterable[Dataset]:
        inputs = [each for response in self.study.responses.values() for each in response.inputs.values()]
        return (*self.study.sdtm.values(), *self.study.adam.values(), *inputs)

    def _name(self, dataset: Dataset, variable: Variable) -> Name:
        own = dataset.find(variable.name) is variable
        return Name(dataset.name if own else dataset.supp_name, variable.name)

    def _reads(self, dataset: Dataset, variable: Variable) -> list[Name]:
        resolved = self._resolve(dataset, self.names.reads_of_rule(dataset, variable))
        others = dict.fromkeys(name.source for name in resolved if name.is_variable and name.source != dataset.name)
        joins = [Name(source, "USUBJID") for source in (*others, *((dataset.name,) if others else ()))]
        chosen = [
            read for source in others if (other := self.study.dataset(source)) for read in self._of_dataset(other)
        ]
        own = self._of_dataset(dataset)
        itself = self._name(dataset, variable)
        return [name for name in (*resolved, *joins, *chosen, *own) if name != itself]

    @cached_property
    def _of_datasets(self) -> dict[str, tuple[Name, ...]]:
        return {dataset.name: tuple(dict.fromkeys(self._choice(dataset))) for dataset in self._datasets()}

    def _of_dataset(self, dataset: Dataset) -> tuple[Name, ...]:
        """What the choice of a dataset's records and its parameters read."""
        return self._of_datasets[dataset.name]

    def _choice(self, dataset: Dataset) -> list[Name]:
        reads = (*self.names.reads_of_records(dataset), *self.names.reads_of_parameters(dataset))
        sources = [Name(record.source, "") for record in dataset.records]
        return [*self._resolve(dataset, reads), *sources]

    def _of_records(self, dataset: Dataset) -> tuple[Name, ...]:
        """What the choice of records reads; a dataset that names itself as its source is told elsewhere."""
        return tuple(name for name in self._of_dataset(dataset) if name != Name(dataset.name, ""))

    def _resolve(self, dataset: Dataset, reads: Iterable[Read]) -> list[Name]:
        found: list[Name] = []
        for read in reads:
            try:
                found.extend(self.names.resolve_all(read, dataset))
            except UnknownName:
                continue
        return found


def forms_among(names: Iterable[Name]) -> tuple[str, ...]:
    """The raw forms among names, sorted."""
    return tuple(sorted({name.source.removeprefix("raw.") for name in names if name.source.startswith("raw.")}))


def forms_to_tell(graph: Graph) -> dict[str, tuple[str, ...]]:
    """By dataset the forms whose own issues it tells: DM those that it reads, the others the first that does.

    A wide form is told where it is read as such or as a long form, so that each of its records is counted once.
    """
    study, told = graph.study, set[str]()
    found: dict[str, tuple[str, ...]] = {}
    for name in sorted(study.sdtm if study.has_form_issues else (), key=lambda each: (each != "DM", each)):
        forms = forms_among(graph.closure(study.sdtm[name]))
        own = [form for form in forms if wide_form(study, form).name not in told]
        found[name] = tuple({wide_form(study, form).name: form for form in own}.values())
        told |= {wide_form(study, form).name for form in forms}
    return found


def wide_form(study: Study, name: str) -> Form:
    """The form whose file holds a form: itself, or the wide form that a long form is seen from."""
    long = study.forms[name].long
    return study.forms[long.form] if long is not None else study.forms[name]
