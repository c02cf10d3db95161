"""YAML nodes to the verb `grade`."""

from __future__ import annotations

from crf2tlf.rules.grades import Grade
from crf2tlf.spec.nodes import Node
from crf2tlf.spec.read_parts import PartReader
from crf2tlf.spec.read_records import read_keys


def read_grade(rules: PartReader, node: Node) -> Grade:
    """`grade`."""
    found = rules.fields(node, ("table", "by", "value", "limits"), ("table", "by", "value"))
    limits = rules.reader.mapping(found.get("limits"))
    return Grade(
        rules.reader.text(found.get("table")),
        read_keys(rules, found),
        rules.reference(found.get("value")),
        tuple((name, rules.reference(of)) for name, of in (limits or ())),
    )
