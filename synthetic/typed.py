"""YAML nodes to dataclasses by their annotations: every field known, present and of its type, or a fault."""

from __future__ import annotations

import dataclasses
import types
from datetime import date
from typing import Any, NewType, TypeVar, Union, get_args, get_origin, get_type_hints

from crf2tlf.errors import Location
from crf2tlf.spec.nodes import Node, Reader

T = TypeVar("T")
EPOCH = date(1960, 1, 1)

# A date in a parameter file (2024-01-31), as days since 1960-01-01.
Day = NewType("Day", int)


def read_record(kind: type[T], node: Node | None, reader: Reader, place: Location) -> T | None:
    """The dataclass `kind` from a mapping whose keys are its fields; None after faults in its keys."""
    fields = reader.mapping(node)
    if fields is None:
        reader.faults.add(place, "", f"the values of {kind.__name__} are missing")
        return None
    members = dataclasses.fields(kind)  # type: ignore[arg-type]
    missing = dataclasses.MISSING
    required = tuple(one.name for one in members if one.default is missing and one.default_factory is missing)
    before = len(reader.faults.found)
    reader.known_keys(fields, tuple(member.name for member in members), required)
    hints = get_type_hints(kind)
    values = {key: read_value(hints[key], value, reader) for key, value in fields if key in hints}
    return kind(**values) if len(reader.faults.found) == before else None


def read_value(kind: Any, node: Node, reader: Reader) -> Any:
    """One value of the annotated type: a scalar, date, tuple, dict, optional or dataclass."""
    origin, arguments = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        return read_value(next(argument for argument in arguments if argument is not type(None)), node, reader)
    if origin is tuple:
        return tuple(read_value(arguments[0], item, reader) for item in reader.items(node))
    if origin is dict:
        return {key: read_value(arguments[1], item, reader) for key, item in reader.mapping(node) or ()}
    if dataclasses.is_dataclass(kind) and isinstance(kind, type):
        return read_record(kind, node, reader, node.location)
    return _scalar(kind, node, reader)


def _scalar(kind: Any, node: Node, reader: Reader) -> Any:
    text = reader.text(node)
    try:
        return (date.fromisoformat(text) - EPOCH).days if kind is Day else kind(text)
    except ValueError:
        word = {float: "a number", int: "a whole number", Day: "a date as 2024-01-31"}.get(kind, str(kind))
        reader.faults.add(node.location, node.where, f"'{text}' is not {word}")
        return None
