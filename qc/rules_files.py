"""Rules about the header of a file: name, labels, variables and their attributes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from crf2tlf.errors import Location
from crf2tlf.spec.model import Dataset
from crf2tlf.spec.standards import Standards
from crf2tlf.spec.supplemental import supplemental_label, supplemental_variables
from qc.checks import (
    Columns,
    DatasetLabel,
    FileKnown,
    FileName,
    FilePresent,
    NameFits,
    StoredFormat,
    StoredLength,
    StoredType,
    VariableLabel,
    VariableType,
)
from qc.rules import Rule, make_rule


@dataclass(frozen=True)
class Attributes:
    """What a header says of one variable."""

    name: str
    label: str
    type: VariableType
    length: int | None
    format: str
    location: Location


def dataset_attributes(spec: Dataset) -> list[Attributes]:
    """The variables of a dataset as its spec has them."""
    return [
        Attributes(
            each.name,
            each.label,
            "number" if each.is_number else "text",
            8 if each.is_number else each.length,
            each.format,
            each.location,
        )
        for each in spec.variables.values()
    ]


def supplemental_attributes(spec: Dataset, standards: Standards) -> list[Attributes]:
    """The variables of SUPP-- as the standard has them; their place is the parent's first qualifier."""
    place = next(iter(spec.supp.values())).location
    inherited = supplemental_variables(standards, spec.supp_name).values()
    return [Attributes(each.name, each.label, each.type, None, "", place) for each in inherited]


def file_rules(spec: Dataset, standards: Standards) -> Iterator[Rule]:
    """The rules about the header of a dataset's file, and about that of its SUPP--."""
    yield from header_rules(spec.name, spec.label, dataset_attributes(spec), spec.location)
    if spec.supp:
        attributes = supplemental_attributes(spec, standards)
        label = supplemental_label(standards, spec.supp_name)
        yield from header_rules(spec.supp_name, label, attributes, attributes[0].location)


def header_rules(name: str, label: str, variables: Iterable[Attributes], place: Location) -> Iterator[Rule]:
    """The rules about one file's header."""
    variables = tuple(variables)
    yield make_rule("file_present", name, "", FilePresent(), place, f"there is no file {name.lower()}.xpt")
    yield make_rule("file_name", name, "", FileName(), place, "the file is not named as its dataset")
    yield make_rule("dataset_label", name, "", DatasetLabel(label), place, f"the dataset's label is not '{label}'")
    columns = Columns(tuple(each.name for each in variables))
    yield make_rule("columns", name, "", columns, place, "the variables or their order are not those of the spec")
    for each in variables:
        yield from attribute_rules(name, each)


def attribute_rules(dataset: str, each: Attributes) -> Iterator[Rule]:
    """The rules about what a header says of one variable."""
    label, stored = VariableLabel(each.name, each.label), StoredType(each.name, each.type)
    length, shown = StoredLength(each.name, each.length), StoredFormat(each.name, each.format)
    size = f"{each.length} bytes" if each.length else "that of its longest value"
    form = f"'{each.format}'" if each.format else "absent"
    yield make_rule("label", dataset, each.name, label, each.location, f"the label is not '{each.label}'")
    yield make_rule("type", dataset, each.name, stored, each.location, f"the variable is not {each.type}")
    yield make_rule("length", dataset, each.name, length, each.location, f"the length is not {size}")
    yield make_rule("format", dataset, each.name, shown, each.location, f"the format is not {form}")
    message = "the name or the label does not fit into a transport file"
    yield make_rule("name_fits", dataset, each.name, NameFits(each.name), each.location, message)


def unknown_file_rule(name: str, place: Location) -> Rule:
    """The rule that a file without a spec breaks."""
    return make_rule("file_known", name, "", FileKnown(), place, f"no spec describes {name.lower()}.xpt")
