"""Checks of a whole study's spec: names, kinds, codelists, coverage of the raw fields, cycles."""

from __future__ import annotations

from collections.abc import Iterator

from crf2tlf.errors import Fault
from crf2tlf.spec.check_coverage import check_coverage
from crf2tlf.spec.check_datasets import check_dataset
from crf2tlf.spec.check_rules import check_variable
from crf2tlf.spec.graph import Graph
from crf2tlf.spec.model import Study
from crf2tlf.spec.names import Names
from crf2tlf.spec.standards import Standards


def check_study(study: Study, standards: Standards) -> list[Fault]:
    """All faults of a study's datasets, none of which needs data to be found."""
    names = Names(study)
    faults: list[Fault] = []
    for dataset in (*study.sdtm.values(), *study.adam.values()):
        faults.extend(check_dataset(dataset, names, standards))
        for variable in dataset.all_variables():
            faults.extend(check_variable(dataset, variable, names))
    faults.extend(check_coverage(study))
    faults.extend(_check_cycles(study))
    return faults


def _check_cycles(study: Study) -> Iterator[Fault]:
    graph = Graph(study)
    cycle = graph.cycle()
    if not cycle:
        return
    variable = next((found for name in cycle if (found := graph.names.variable(name)) is not None), None)
    chain = " reads ".join(f"{name.source}.{name.name}" for name in cycle)
    if variable is not None:
        yield Fault(variable.location, f"variables.{variable.name}", f"a cycle: {chain}")
