"""What a transport file of version 5 cannot declare: names, labels, lengths and formats that do not fit."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from crf2tlf.errors import Context, ValueDoesNotFit
from crf2tlf.tables.xpt_layout import (
    ENCODINGS,
    MAX_LABEL_BYTES,
    MAX_TEXT_BYTES,
    MAX_VARIABLES,
    XptHeader,
    XptVariable,
    parse_format,
)

SAS_NAME = re.compile(r"[A-Z_][A-Z0-9_]{0,7}")


def require_declaration(
    name: str, label: str, variables: tuple[XptVariable, ...], encoding: str, header: XptHeader
) -> None:
    """Raise ValueDoesNotFit with every fault of the names, labels, lengths and formats of a dataset."""
    if encoding not in ENCODINGS:
        raise ValueDoesNotFit(f"the encoding '{encoding}' is not one of {', '.join(ENCODINGS)}", Context(dataset=name))
    faults = [*dataset_faults(name, label, variables, encoding, header)]
    for variable in variables:
        faults += [f"{variable.name}: {fault}" for fault in variable_faults(variable, encoding)]
    if faults:
        fix = "change the spec of the dataset: a transport file of version 5 cannot hold this"
        raise ValueDoesNotFit("; ".join(faults), Context(dataset=name, fix=fix))


def dataset_faults(
    name: str, label: str, variables: tuple[XptVariable, ...], encoding: str, header: XptHeader
) -> Iterator[str]:
    """The faults of a dataset as a whole."""
    if not SAS_NAME.fullmatch(name):
        yield name_fault(f"the dataset name '{name}'")
    yield from label_faults(label, encoding, "the dataset label")
    if not 0 < len(variables) <= MAX_VARIABLES:
        yield f"the dataset has {len(variables)} variables, not 1 to {MAX_VARIABLES}"
    twice = [each for each, count in Counter(variable.name for variable in variables).items() if count > 1]
    if twice:
        yield f"declared more than once: {', '.join(twice)}"
    for place, size in (("sas_version", 8), ("system", 8), ("dataset_type", 8)):
        if len(getattr(header, place)) > size or not getattr(header, place).isascii():
            yield f"the header field {place} is not ASCII text of at most {size} bytes"
    for place in ("library_created", "library_modified", "created", "modified"):
        if len(getattr(header, place)) > 16 or not getattr(header, place).isascii():
            yield f"the header field {place} is not ASCII text of at most 16 bytes"


def variable_faults(variable: XptVariable, encoding: str) -> Iterator[str]:
    """The faults of one variable."""
    if not SAS_NAME.fullmatch(variable.name):
        yield name_fault("the name")
    yield from label_faults(variable.label, encoding, "the label")
    low, high = (1, MAX_TEXT_BYTES) if variable.type == "text" else (2, 8)
    if not low <= variable.length <= high:
        yield f"a {variable.type} variable has a length of {low} to {high} bytes, not {variable.length}"
    for text in (variable.format, variable.informat):
        try:
            form, _, _ = parse_format(text)
        except ValueError as error:
            yield str(error)
            continue
        if form and form.startswith("$") != (variable.type == "text"):
            yield f"the format '{text}' is not for a {variable.type} variable"


def name_fault(what: str) -> str:
    """What a SAS name must be."""
    return f"{what} is not 1 to 8 of the characters A-Z, 0-9 and _, beginning with a letter or _"


def label_faults(label: str, encoding: str, what: str) -> Iterator[str]:
    """The faults of a label."""
    try:
        size = len(label.encode(encoding))
    except UnicodeEncodeError as error:
        yield f"{what} '{label}' has the character '{label[error.start]}', which is not in {encoding}"
        return
    if size > MAX_LABEL_BYTES:
        yield f"{what} '{label}' is {size} bytes long, not at most {MAX_LABEL_BYTES}"
