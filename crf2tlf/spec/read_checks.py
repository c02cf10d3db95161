"""`checks` of a dataset: conditions over its records that make an issue of each record for which they hold."""

from __future__ import annotations

from typing import Literal, cast

from crf2tlf.spec.model import Check
from crf2tlf.spec.nodes import Node
from crf2tlf.spec.read_rules import RuleReader

SEVERITIES = ("error", "warning", "note")


def read_checks(rules: RuleReader, node: Node | None) -> tuple[Check, ...]:
    """The checks in the order in which they stand; one whose condition cannot be read is left out."""
    found: list[Check] = []
    reader = rules.reader
    for item in reader.items(node):
        entry = reader.entry(item)
        if entry is None:
            continue
        reader.known_keys(entry, ("id", "when", "message", "severity", "show", "field"), ("id", "when", "message"))
        id_ = reader.text(entry.get("id"))
        if id_ in {check.id for check in found}:
            reader.faults.add(entry.location, entry.where, f"the check '{id_}' stands twice")
        when = rules.expression(entry.get("when"))
        if when is None:
            continue
        severity = cast(
            Literal["error", "warning", "note"], reader.one_of(entry.get("severity"), SEVERITIES, "warning")
        )
        message, show = reader.text(entry.get("message")), reader.texts(entry.get("show"))
        fields = tuple(rules.reference(each) for each in reader.items(entry.get("field")))
        found.append(Check(id_, when, reader.text(entry.get("when")), message, severity, show, entry.location, fields))
    return tuple(found)
