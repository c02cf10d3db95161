"""A hash of everything in a spec that decides what a dataset's file holds."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import replace

from crf2tlf.rules.verbs import tables_of
from crf2tlf.spec.graph import Graph
from crf2tlf.spec.model import Dataset
from crf2tlf.spec.names import Name


def compute_dataset_key(graph: Graph, dataset: Dataset, names: Iterable[Name]) -> str:
    """The hash of a dataset's spec and of the rules, tables, forms and codelists among `names`, which it reads.

    The dataset's own spec counts with its places, since issues and lineage print them; of other datasets only what
    their rules say counts, so that a change that moves their lines rebuilds nothing else.
    """
    study = graph.study
    variables = [(name, graph.names.variable(name)) for name in sorted(names)]
    every = (*dataset.all_variables(), *(variable for _, variable in variables if variable is not None))
    codelists = sorted({name for variable in every for name in variable.codelists})
    facts: list[object] = [
        study.study_id,
        sorted(study.constants.items()),
        sorted(study.standards.items()),
        study.encoding,
        dataset,
    ]
    facts += [(name, variable.rule, variable.type) for name, variable in variables if variable is not None]
    if dataset.standard == "SDTM" and study.subject is not None:
        facts += [study.subject.id, study.subject.same]
    facts += [(each.where, each.reason, str(each.location)) for each in study.excluded]
    facts += [study.cut_off, study.code_texts, study.tables[study.code_texts.table] if study.code_texts else None]
    tables = {name for variable in every for name in tables_of(variable.rule)}
    facts += [study.tables[name] for name in sorted(tables) if name in study.tables]
    facts += [study.codelists[name].terms for name in codelists if name in study.codelists]
    for source in sorted({name.source for name, _ in variables} | {record.source for record in dataset.records}):
        kind, _, rest = source.partition(".")
        if kind == "raw" and rest in study.forms:
            form = study.forms[rest]
            facts.append(form)
            if form.long is not None:
                facts.append(study.tables[form.long.table])
        elif kind == "table" and rest in study.tables:
            facts.append(study.tables[rest])
        elif kind == "response" and rest in study.responses:
            facts.append(study.responses[rest])
        elif (other := study.dataset(source)) is not None and other is not dataset:
            facts.append([replace(record, location=study.location) for record in other.records])
    return hashlib.sha256(repr(facts).encode()).hexdigest()
