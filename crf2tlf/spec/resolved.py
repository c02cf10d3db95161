"""The resolved specification: what every variable is after inheritance, as YAML that a person can read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from crf2tlf.spec.describe import describe_method
from crf2tlf.spec.facts import Codelist
from crf2tlf.spec.model import Dataset, RecordSource, Study, Variable
from crf2tlf.tables import write_text

_HEAD = "# The resolved spec of {name}, made from specs/{study}: every inherited field written out. Do not edit.\n"


def write_resolved_spec(study: Study, folder: Path) -> list[Path]:
    """Write one file for each dataset, and one for the codelists; returns their paths."""
    contents: dict[str, Any] = {
        f"{dataset.standard.lower()}/{dataset.name}.yaml": describe_dataset(dataset)
        for dataset in (*study.sdtm.values(), *study.adam.values())
    }
    contents["codelists.yaml"] = {codelist.name: describe_codelist(codelist) for codelist in study.codelists.values()}
    for name, content in contents.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        body = yaml.dump(content, Dumper=yaml.CSafeDumper, sort_keys=False, allow_unicode=True, width=120)
        write_text(path, _HEAD.format(name=Path(name).stem, study=study.name) + body)
    return [folder / name for name in contents]


def describe_dataset(dataset: Dataset) -> dict[str, Any]:
    """A dataset as plain values, empty fields left out."""
    sources = tuple(record.source for record in dataset.records)
    head = {
        "dataset": dataset.name,
        "standard": dataset.standard,
        "label": dataset.label,
        "class": dataset.class_,
        "subclass": dataset.subclass,
        "structure": dataset.structure,
        "keys": list(dataset.keys),
        "records": [_describe_record(record) for record in dataset.records],
        "variables": {variable.name: describe_variable(variable, sources) for variable in dataset.variables.values()},
        "supp": {variable.name: describe_variable(variable, sources) for variable in dataset.supp.values()},
        "working": {variable.name: describe_variable(variable, sources) for variable in dataset.working.values()},
        "checks": {check.id: check.when_text for check in dataset.checks},
        "not_submitted": dict(dataset.not_submitted),
    }
    return _without_blanks(head)


def _describe_record(record: RecordSource) -> dict[str, Any]:
    described = {
        "id": record.id,
        "source": record.source,
        "where": record.where_text,
        "distinct": list(record.distinct),
        "keep": record.keep if record.distinct else "",
        "order": list(record.order),
        "report": record.report,
    }
    return _without_blanks(described)


def describe_variable(variable: Variable, sources: tuple[str, ...] = ()) -> dict[str, Any]:
    """A variable as plain values: attributes, origin and method; `sources` are its dataset's record sources."""
    origin = variable.origin
    described = {
        "label": variable.label,
        "type": variable.type,
        "length": variable.length,
        "significant_digits": variable.significant_digits,
        "format": variable.format,
        "verb": variable.verb,
        "codelist": variable.codelist,
        "codelist_by": {by.by: dict(by.of)} if (by := variable.codelist_by) is not None else {},
        "dictionary": variable.dictionary,
        "core": variable.core,
        "role": variable.role,
        "origin": " ".join(part for part in (origin.type, origin.source, origin.predecessor) if part),
        "origin_by": variable.origin_by,
        "form": origin.form,
        "crf": list(origin.pages),
        "rule": describe_method(variable.name, variable.rule, sources).text,
        "method": variable.method.text if variable.method else "",
        "comment": variable.comment,
        "spec": str(variable.location),
    }
    return _without_blanks(described)


def describe_codelist(codelist: Codelist) -> dict[str, Any]:
    """A codelist as plain values: NCI codes looked up, terms with decode and collected values."""
    terms = {
        term.value: _without_blanks({"code": term.code, "decode": term.decode, "collected": list(term.collected)})
        for term in codelist.terms.values()
    }
    return _without_blanks({"label": codelist.label, "code": codelist.code, "terms": terms})


def _without_blanks(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value not in ("", None, [], {})}
