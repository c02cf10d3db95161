"""Checks of a dataset as a whole: keys, records, required variables, parameters, lengths of labels."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from crf2tlf.errors import Fault, Location, did_you_mean
from crf2tlf.rules.columns import Kind
from crf2tlf.rules.evaluate import KindError, infer_kind
from crf2tlf.rules.expressions import Expression, Reference, constants
from crf2tlf.rules.own_source import names_own_source
from crf2tlf.rules.verbs import Read
from crf2tlf.spec.check_pieces import check_pieces
from crf2tlf.spec.model import Dataset, RecordSource
from crf2tlf.spec.names import Names, UnknownName
from crf2tlf.spec.read_parts import UNREADABLE
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
    yield from check_records(dataset, names)
    if dataset.name not in names.lost:
        yield from _check_keys(dataset)
        yield from _check_required(dataset, standards)
    for check in dataset.checks:
        yield from check_condition(check.when, "", dataset, names, check, f"checks.{check.id}")
        for field in check.fields:
            yield from _check_name(Read(field), dataset, names, check, f"checks.{check.id}.field")
        for name in check.show:
            yield from _check_read(Read(Reference((name,))), dataset, names, check, f"checks.{check.id}.show")
    yield from check_pieces(dataset)
    for name in sorted(dataset.working.keys() & dataset.variables.keys()):
        yield Fault(dataset.working[name].location, f"working.{name}", f"'{name}' is a variable of {dataset.name} too")


def check_records(dataset: Dataset, names: Names) -> Iterator[Fault]:
    """The faults of where a dataset's records come from."""
    for record in dataset.records:
        yield from _check_record(dataset, record, names)
    responses = [record.source for record in dataset.records if record.source.startswith("response.")]
    if dataset.results and not responses and f"{dataset.name}.records" not in names.lost:
        hint = "name one as source: response.<name>"
        yield Fault(dataset.location, "results", "there are results, but no records of the response engine", hint)
    for result in dataset.results.values():
        for source in [each for each in responses if each.removeprefix("response.") in names.study.responses][:1]:
            yield from check_condition(result.where, source, dataset, names, result, f"results.{result.code}.where")


def _check_head(dataset: Dataset) -> Iterator[Fault]:
    for what, text in (("label", dataset.label), ("class", dataset.class_), ("structure", dataset.structure)):
        if not text:
            yield Fault(dataset.location, what, f"the dataset has no {what} and the standard gives none")
    if dataset.class_ and dataset.class_ not in CLASSES:
        hint = did_you_mean(dataset.class_, CLASSES)
        yield Fault(dataset.location, "class", f"'{dataset.class_}' is no class of SDTM or ADaM", hint)
    if len(dataset.label.encode()) > LABEL_BYTES:
        yield Fault(dataset.location, "label", f"the label is longer than {LABEL_BYTES} bytes")
    yield from check_ascii(dataset.label, dataset.location, "label")


def check_ascii(label: str, place: Location, where: str) -> Iterator[Fault]:
    """A label stands in an XPT file, which is written in ASCII."""
    strange = next((character for character in label if not character.isascii()), "")
    if strange:
        yield Fault(place, where, f"the label holds '{strange}', and XPT files are written in ASCII")


def _check_keys(dataset: Dataset) -> Iterator[Fault]:
    for key in dataset.keys:
        place = dataset.key_locations.get(key, dataset.location)
        if key not in dataset.variables:
            hint = did_you_mean(key, dataset.variables)
            yield Fault(place, "keys", f"'{key}' is not a variable of {dataset.name}", hint)
        if dataset.keys.count(key) > 1:
            yield Fault(place, "keys", f"'{key}' stands twice")


def _check_record(dataset: Dataset, record: RecordSource, names: Names) -> Iterator[Fault]:
    where = f"records.{record.id}"
    if not record.source:
        return
    try:
        names.known(record.source)
    except UnknownName as error:
        yield from tell(error, record.location, where)
        return
    if record.source == dataset.name:
        yield Fault(record.location, where, f"{dataset.name} cannot be made from its own records")
    elif dataset.standard == "ADaM" and record.source.startswith("raw."):
        yield Fault(record.location, where, "ADaM reads SDTM, not raw forms")
    elif dataset.standard == "SDTM" and record.source.startswith("response."):
        yield Fault(record.location, where, "responses are derived in ADaM")
    elif dataset.standard == "SDTM" and record.source in names.study.adam:
        yield Fault(record.location, where, f"{record.source}: SDTM does not read ADaM")
    else:
        yield from check_condition(record.where, record.source, dataset, names, record, where)
        for field in (*record.distinct, *record.order):
            read = Read(Reference(tuple(field.split("."))), record.source)
            yield from _check_read(read, dataset, names, record, where)


def tell(error: UnknownName | KindError, place: Location, where: str) -> Iterator[Fault]:
    """The fault of an unknown name, unless it only follows from another."""
    if isinstance(error, KindError):
        yield Fault(place, where, str(error))
    elif not error.follows:
        yield Fault(place, where, str(error), error.hint)


def check_condition(
    condition: Expression | None,
    inside: str,
    dataset: Dataset,
    names: Names,
    place: object,
    where: str,
    own: Mapping[str, Kind] = MappingProxyType({}),
) -> Iterator[Fault]:
    """The faults of a condition over a source's fields, and over names of its own with their kinds."""
    if condition is None:
        return
    location = names.places.get(id(condition), getattr(place, "location", dataset.location))
    unknown = [Fault(location, where, *told) for told in names.unknown_constants(condition)]
    if unknown or ("constants" in names.lost and constants(condition)):
        yield from unknown
        return

    def kind_of(reference: Reference) -> Kind:
        if not reference.source and reference.name in own:
            return own[reference.name]
        return names.kind_read(Read(reference, inside), dataset)

    try:
        if infer_kind(condition, kind_of, names.study.constants) != "boolean":
            yield Fault(location, where, "a condition is wanted, such as AESER == 'Y'")
    except UnknownName as error:
        yield from tell(error, location, where)
    except KindError as error:
        yield Fault(location, where, str(error))


def _check_read(read: Read, dataset: Dataset, names: Names, place: object, where: str) -> Iterator[Fault]:
    if names_own_source(read.reference) and not read.inside:
        location = names.places.get(id(read.reference), getattr(place, "location", dataset.location))
        yield Fault(location, where, f"'{read.reference}': only variables read the record's own source")
    else:
        yield from _check_name(read, dataset, names, place, where)


def _check_name(read: Read, dataset: Dataset, names: Names, place: object, where: str) -> Iterator[Fault]:
    if read.reference == UNREADABLE:
        return
    try:
        names.resolve(read, dataset)
    except UnknownName as error:
        location = names.places.get(id(read.reference), getattr(place, "location", dataset.location))
        yield from tell(error, location, where)


def _check_required(dataset: Dataset, standards: Standards) -> Iterator[Fault]:
    if dataset.standard != "SDTM":
        return
    for variable in standards.variables("SDTM", dataset.name):
        if variable.core == "Req" and variable.name not in dataset.variables:
            message = f"{variable.name} is required in {dataset.name} (SDTMIG {standards.versions['SDTMIG']})"
            yield Fault(dataset.location, "variables", message)
