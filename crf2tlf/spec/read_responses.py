"""`specs/<study>/responses/<NAME>.yaml`: a run of the response engine, with what it reads of the study's datasets."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Literal as OneOf
from typing import cast

from crf2tlf.rules.columns import Kind
from crf2tlf.rules.expressions import Reference
from crf2tlf.rules.verbs import CopyFrom
from crf2tlf.spec.model import VARIABLE_NAME, Dataset, Origin, RecordSource, Response, Variable
from crf2tlf.spec.nodes import Mapping, Reader, read_yaml
from crf2tlf.spec.read_dataset import DatasetReader
from crf2tlf.spec.time_to_event import Effect

_NEEDED = ("response", "criterion", "evaluators", "subjects", "lesions", "measurements")
_FIELDS = (*_NEEDED, "reported", "driver", "override", "effect_on")
_OPTIONAL = {"NACTDT", "NODE", "ORGAN", "PARENTS", "VISIT", "VISITNUM"}
# What each input holds besides USUBJID: the lesion of TU, its measurement of TR, the response of RS.
INPUTS: dict[str, dict[str, Kind]] = {
    "subjects": {"STARTDT": "number", "NACTDT": "number"},
    "lesions": {"EVAL": "text", "LNKID": "text", "ROLE": "text", "NODE": "text", "ORGAN": "text", "PARENTS": "text"},
    "measurements": {
        "EVAL": "text", "LNKID": "text", "LNKGRP": "text", "ADT": "number", "LDIAM": "number", "STATUS": "text",
        "SEQ": "number", "VISIT": "text", "VISITNUM": "number",
    },
    "reported": {
        "EVAL": "text", "LNKGRP": "text", "ADT": "number", "TEST": "text", "VALUE": "text", "SEQ": "number",
        "VISIT": "text", "VISITNUM": "number",
    },
}  # fmt: skip


def read_responses(folder: Path, root: Path, datasets: DatasetReader) -> dict[str, Response]:
    """The runs of the response engine by name, one a file."""
    found: dict[str, Response] = {}
    for path in sorted((folder / "responses").glob("*.yaml")):
        shown = path.relative_to(root).as_posix()
        node = read_yaml(path, shown, datasets.reader.faults)
        name = path.stem
        if node is None:
            datasets.reader.faults.lost |= {"responses", name}
            continue
        found[name] = _response(name, node, root, datasets)
    return found


def _response(name: str, node: Mapping, root: Path, datasets: DatasetReader) -> Response:
    reader = datasets.reader
    reader.known_keys(node, _FIELDS, _NEEDED)
    place = node.keys.get("response", node.location)
    if not VARIABLE_NAME.match(name):
        reader.faults.add(place, "response", f"'{name}' is no name of a response: 1 to 8 of A-Z, 0-9, _")
    if reader.text(node.get("response"), name) != name:
        reader.faults.add(place, "response", f"the file is named {name}.yaml")
    criterion = reader.text(node.get("criterion"))
    if criterion and not (root / "specs" / "standards" / f"{criterion}.yaml").is_file():
        reader.faults.add(node.keys["criterion"], "criterion", f"there is no specs/standards/{criterion}.yaml")
    driver = reader.one_of(node.get("driver"), ("computed", "reported"), "computed")
    if driver == "reported" and node.get("reported") is None:
        reader.faults.add(
            node.keys["driver"], "driver", "the responses as reported are not given: 'reported' is missing"
        )
    inputs = [_input(f"{name}.{table}", table, reader.mapping(node.get(table)), datasets) for table in INPUTS]
    return Response(
        name,
        criterion,
        cast(OneOf["computed", "reported"], driver),
        reader.texts(node.get("evaluators")),
        reader.mapping(node.get("override")),
        {each.name: each for each in inputs if each is not None},
        place,
        _effect(node, reader),
    )


def _effect(node: Mapping, reader: Reader) -> Effect | None:
    """The parameter that the referee judges by, such as ADTTE.PFSINV."""
    text = reader.text(node.get("effect_on"))
    if not text:
        return None
    place = node.keys["effect_on"]
    dataset, _, parameter = text.partition(".")
    if not dataset or not parameter or node.get("reported") is None:
        message = (
            f"'{text}' is no parameter of a dataset, such as ADTTE.PFS"
            if not dataset or not parameter
            else "there is nothing to compare with: 'reported' is missing"
        )
        reader.faults.add(place, "effect_on", message)
        return None
    return Effect(dataset, parameter, place)


def _input(name: str, table: str, node: Mapping | None, datasets: DatasetReader) -> Dataset | None:
    """One input as a dataset whose variables are the engine's; USUBJID is that of its source."""
    if node is None:
        return None
    reader = datasets.reader
    reader.known_keys(node, ("source", "where", "variables"), ("source", "variables"))
    source = reader.text(node.get("source"))
    where = datasets.rules.expression(node.get("where"))
    record = RecordSource("main", source, where, reader.text(node.get("where")), (), node.location)
    given = reader.mapping(node.get("variables")) or Mapping({}, {}, node.location, node.where)
    needed = tuple(each for each in INPUTS[table] if each not in _OPTIONAL)
    reader.known_keys(given, tuple(INPUTS[table]), needed)
    reference = Reference((*source.split("."), "USUBJID"))
    subject = Variable(name, "USUBJID", "", "text", CopyFrom(reference), "from", node.location, Origin("Predecessor"))
    variables = {
        variable.name: replace(variable, type="integer" if INPUTS[table].get(variable.name) == "number" else "text")
        for variable in datasets.input_variables(name, given).values()
    }
    return Dataset(name, "ADaM", "", "", "", "", (), (record,), {"USUBJID": subject, **variables}, node.location)
