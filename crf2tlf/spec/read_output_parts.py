"""Parts of an output's spec that several templates share: conditions, levels with labels, numbers, comparisons."""

from __future__ import annotations

from typing import cast

from crf2tlf.rules.expressions import ExpressionError, parse_expression
from crf2tlf.spec.nodes import Items, Mapping, Node, Reader
from crf2tlf.spec.output_bodies import Compare, Condition, Ties

COMPARE_FIELDS = ("reference", "strata", "ties", "unstratified")


def read_condition(reader: Reader, node: Node | None) -> Condition | None:
    """An expression that selects records; None without one."""
    if node is None:
        return None
    text = reader.text(node)
    try:
        return Condition(parse_expression(text), text, node.location, node.where)
    except ExpressionError as error:
        reader.faults.add(node.location, node.where, str(error))
        return None


def read_levels(reader: Reader, node: Node | None) -> tuple[tuple[str, str], ...]:
    """Values and their labels: a list of values, or a mapping of values to labels."""
    if isinstance(node, Mapping):
        return tuple((value, reader.text(label)) for value, label in node)
    return tuple((value, value) for value in reader.texts(node))


def read_entries(reader: Reader, node: Node | None, message: str = "a list is wanted") -> tuple[Mapping, ...]:
    """The mappings of a list."""
    if node is not None and not isinstance(node, Items):
        reader.faults.add(node.location, node.where, message)
    found = (reader.mapping(item) for item in (node.items if isinstance(node, Items) else ()))
    return tuple(entry for entry in found if entry is not None)


def read_number(reader: Reader, node: Node | None, default: float = 0.0) -> float:
    """A number, such as 1.30 or -30."""
    text = reader.text(node)
    if node is None:
        return default
    try:
        return float(text)
    except ValueError:
        reader.faults.add(node.location, node.where, f"'{text}' is not a number")
        return default


def read_compare(reader: Reader, node: Node | None) -> Compare | None:
    """The comparison of the columns with a reference column; None without one."""
    found = reader.mapping(node)
    if found is None:
        return None
    reader.known_keys(found, COMPARE_FIELDS, ("reference",))
    return Compare(
        reader.text(found.get("reference")),
        reader.texts(found.get("strata")),
        cast(Ties, reader.one_of(found.get("ties"), ("efron", "breslow"), "efron")),
        reader.flag(found.get("unstratified")),
        found.location,
    )


def require_compare(reader: Reader, node: Mapping) -> Compare:
    """The comparison of a template that cannot do without one; a fault where it is missing."""
    found = read_compare(reader, node.get("compare"))
    if found is None:
        if node.get("compare") is None:
            reader.faults.add(node.location, node.where, "the field 'compare' is missing")
        return Compare("", (), "efron", False, node.location)
    return found
