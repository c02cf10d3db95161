"""Checks of a dataset as a whole: keys, records, required variables, parameters, lengths of labels."""

from __future__ import annotations

from collections.abc import Iterator

from crf2tlf.errors import Fault, did_you_mean
from crf2tlf.rules.evaluate import KindError, infer_kind
from crf2tlf.rules.expressions import Expression, Reference, constants
from crf2tlf.rules.verbs import Read
from crf2tlf.spec.model import Dataset, RecordSource
from crf2tlf.spec.names import Names, UnknownName
from crf2tlf.spec.standards import Standards

LABEL_BYTES = 40
CLASSES = (
    "TRIAL DESIGN",
    "SPECIAL PURPOSE",
    "INTERVENTIONS",
    "EVENTS",
    "FINDINGS",
    "FINDINGS ABOUT",
    "RELATIONSHIP",
    "STUDY REFERENCE",
    "SUBJECT LEVEL ANALYSIS DATASET",
    "BASIC DATA STRUCTURE",
    "OCCURRENCE DATA STRUCTURE",
    "ADAM OTHER",
)


def check_dataset(dataset: Dataset, names: Names, standards: Standards) -> Iterator[Fault]:
    """The faults of a dataset that are not a single variable's."""
    yield from _check_head(dataset)
    yield from _check_keys(dataset)
    for record in dataset.records:
        yield from _check_record(dataset, record, names)
    if not dataset.records:
        yield Fault(dataset.location, "records", "the dataset has no records")
    yield from _check_required(dataset, standards)
    yield from _check_parameters(dataset, names)


def _check_head(dataset: Dataset) -> Iterator[Fault]:
    for what, text in (("label", dataset.label), ("class", dataset.class_), ("structure", dataset.structure)):
        if not text:
            yield Fault(dataset.location, what, f"the dataset has no {what} and the standard gives none")
    if dataset.class_ and dataset.class_ not in CLASSES:
        hint = did_you_mean(dataset.class_, CLASSES)
        yield Fault(dataset.location, "class", f"'{dataset.class_}' is no class of SDTM or ADaM", hint)
    if len(dataset.label.encode()) > LABEL_BYTES:
        yield Fault(dataset.location, "label", f"the label is longer than {LABEL_BYTES} bytes")


def _check_keys(dataset: Dataset) -> Iterator[Fault]:
    for key in dataset.keys:
        place = dataset.key_locations.get(key, dataset.location)
        if key not in dataset.variables:
            hint = did_you_mean(key, dataset.variables)
            yield Fault(place, "keys", f"'{key}' is not a variable of {dataset.name}", hint)
        if dataset.keys.count(key) > 1:
            yield Fault(place, "keys", f"'{key}' stands twice")
    if not dataset.keys:
        yield Fault(dataset.location, "keys", "the dataset has no keys")


def _check_record(dataset: Dataset, record: RecordSource, names: Names) -> Iterator[Fault]:
    where = f"records.{record.id}"
    try:
        names.known(record.source)
    except UnknownName as error:
        yield Fault(record.location, where, str(error), error.hint)
        return
    if record.source == dataset.name:
        yield Fault(record.location, where, f"{dataset.name} cannot be made from its own records")
    if dataset.standard == "ADaM" and record.source.startswith("raw."):
        yield Fault(record.location, where, "ADaM reads SDTM, not raw forms")
    yield from check_condition(record.where, record.source, dataset, names, record, where)
    for field in record.distinct:
        yield from _check_read(Read(Reference(tuple(field.split("."))), record.source), dataset, names, record, where)


def check_condition(
    condition: Expression | None, inside: str, dataset: Dataset, names: Names, place: object, where: str
) -> Iterator[Fault]:
    """The faults of a condition over a source's fields."""
    if condition is None:
        return
    location = getattr(place, "location", dataset.location)
    for constant in constants(condition):
        if constant not in names.study.constants:
            hint = did_you_mean(constant, names.study.constants)
            yield Fault(location, where, f"'${constant}' is not a constant of the study", hint)

    def kind_of(reference: Reference) -> str:
        return names.kind(names.resolve(Read(reference, inside), dataset))

    try:
        if infer_kind(condition, kind_of, names.study.constants) != "boolean":  # type: ignore[arg-type]
            yield Fault(location, where, "a condition is wanted, such as AESER == 'Y'")
    except UnknownName as error:
        yield Fault(location, where, str(error), error.hint)
    except KindError as error:
        yield Fault(location, where, str(error))


def _check_read(read: Read, dataset: Dataset, names: Names, place: object, where: str) -> Iterator[Fault]:
    try:
        names.resolve(read, dataset)
    except UnknownName as error:
        yield Fault(getattr(place, "location", dataset.location), where, str(error), error.hint)


def _check_required(dataset: Dataset, standards: Standards) -> Iterator[Fault]:
    if dataset.standard != "SDTM":
        return
    for variable in standards.variables("SDTM", dataset.name):
        if variable.core == "Req" and variable.name not in dataset.variables:
            message = f"{variable.name} is required in {dataset.name} (SDTMIG {standards.versions['SDTMIG']})"
            yield Fault(dataset.location, "variables", message)


def _check_parameters(dataset: Dataset, names: Names) -> Iterator[Fault]:
    uses = any(variable.verb == "parameter" for variable in dataset.variables.values())
    if uses and not dataset.parameters:
        yield Fault(dataset.location, "parameters", "a variable has the verb 'parameter' and there are no parameters")
    for parameter in dataset.parameters.values():
        where = f"parameters.{parameter.code}"
        yield from _check_read(Read(parameter.start), dataset, names, parameter, f"{where}.start")
        yield from check_condition(parameter.where, "ADSL", dataset, names, parameter, f"{where}.where")
        for event in parameter.events:
            place = f"{where}.events.{event.id}"
            yield from _check_read(Read(event.date), dataset, names, event, place)
            yield from check_condition(event.where, event.date.source, dataset, names, event, place)
        for rule in parameter.censor:
            place = f"{where}.censor.{rule.code}"
            yield from _check_read(Read(rule.date), dataset, names, rule, place)
            yield from check_condition(rule.when, "ADSL", dataset, names, rule, place)
        if not parameter.events or not parameter.censor:
            yield Fault(parameter.location, where, "a parameter needs at least one event and one censoring rule")
