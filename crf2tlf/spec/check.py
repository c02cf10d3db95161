"""Checks of a whole study's spec: names, kinds, codelists, coverage of the raw fields, cycles."""

from __future__ import annotations

import graphlib
from collections.abc import Iterator

from crf2tlf.errors import Fault, did_you_mean
from crf2tlf.spec.check_coverage import check_coverage
from crf2tlf.spec.check_datasets import check_dataset
from crf2tlf.spec.check_parameters import check_parameters
from crf2tlf.spec.check_responses import check_response
from crf2tlf.spec.check_rules import check_variable
from crf2tlf.spec.graph import Graph
from crf2tlf.spec.model import Study
from crf2tlf.spec.names import Name, Names
from crf2tlf.spec.nodes import Faults
from crf2tlf.spec.read_long_forms import check_long_forms
from crf2tlf.spec.read_subject import check_cut_off, check_subject
from crf2tlf.spec.standards import Standards


def check_study(study: Study, standards: Standards, reading: Faults | None = None) -> list[Fault]:
    """All faults of a study's datasets, none of which needs data to be found.

    Of what the `reading` could not make out nothing is said: it would only repeat the reading's own faults.
    """
    reading = reading or Faults()
    names = Names(study, frozenset(reading.lost), reading.places)
    faults: list[Fault] = []
    for dataset in (*study.sdtm.values(), *study.adam.values()):
        faults.extend(check_dataset(dataset, names, standards))
        faults.extend(check_parameters(dataset, names))
        for variable in dataset.all_variables():
            faults.extend(check_variable(dataset, variable, names))
    for response in study.responses.values():
        faults.extend(check_response(response, names))
    faults.extend(check_cut_off(study))
    faults.extend(check_subject(study, names))
    faults.extend(check_long_forms(study))
    faults.extend(_check_crf_pages(study, reading))
    graph = Graph(study)
    faults.extend(check_coverage(graph, names, frozenset(reading.unread)))
    faults.extend(_check_cycles(graph))
    return faults


def _check_crf_pages(study: Study, reading: Faults) -> Iterator[Fault]:
    """Faults for forms whose page of the CRF is neither a PDF nor a form of the study's CRF."""
    known = study.crf.forms if study.crf is not None else {}
    for form in study.forms.values() if "crf" not in reading.lost else ():
        if form.long is None and form.crf and not form.crf_file and form.crf not in known:
            message = f"'{form.crf}' is neither a PDF file nor a form of the study's CRF"
            yield Fault(form.location, f"forms.{form.name}.crf", message, did_you_mean(form.crf, known))


def _check_cycles(graph: Graph) -> Iterator[Fault]:
    for cycle in graph.cycles():
        chain = " reads ".join(f"{name.source}.{name.name}" if name.name else f"{name.source}" for name in cycle)
        yield _fault_of_cycle(graph, cycle[0], f"a cycle: {chain}")
    if next(graph.cycles(), None) is None:
        yield from _check_analysis_datasets(graph)


def _fault_of_cycle(graph: Graph, name: Name, message: str) -> Fault:
    variable = graph.names.variable(name)
    if variable is not None:
        return Fault(variable.location, f"variables.{variable.name}", message)
    dataset = graph.study.dataset(name.source)
    return Fault(dataset.location if dataset else graph.study.location, "records", message)


def _check_analysis_datasets(graph: Graph) -> Iterator[Fault]:
    """ADaM datasets are built one after the other from files, so they must not need each other."""
    adam = graph.study.adam
    sources = {name: sorted(graph.sources(dataset) & adam.keys()) for name, dataset in adam.items()}
    try:
        graphlib.TopologicalSorter(sources).prepare()
    except graphlib.CycleError as error:
        ring = list(reversed(error.args[1]))[:-1]
        start = ring.index(min(ring))
        chain = " reads ".join([*ring[start:], *ring[:start], ring[start]])
        hint = "an ADaM dataset is derived whole before another reads it"
        yield Fault(adam[ring[start]].location, "dataset", f"a cycle: {chain}", hint)
