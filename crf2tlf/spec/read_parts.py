"""The parts of rules in YAML: expressions, references, and mappings with known keys."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from crf2tlf.rules.expressions import Expression, ExpressionError, Reference, parse_expression, parse_reference
from crf2tlf.spec.facts import CodelistChoice, SubjectFacts
from crf2tlf.spec.nodes import Items, Mapping, Node, Reader, Text

UNREADABLE = Reference(("",))  # stands for a reference with a fault: nobody can type it
_RAW_FORM = re.compile(r"\braw\.([A-Za-z0-9_]+)")
_OWN_SOURCE = re.compile(r"\bsource\.")


@dataclass(frozen=True)
class PartReader:
    """Reads what rules, records and parameters are made of.

    `sources` are the dataset's record sources, `subject` is how the study identifies subjects.
    """

    reader: Reader
    sources: tuple[str, ...] = ()
    subject: SubjectFacts | None = None

    def leave_unread(self, node: Node | None) -> None:
        """Note the raw forms that something with a fault names: whether their fields are mapped cannot be told."""
        for text in _texts(node):
            self.reader.faults.unread.update(_RAW_FORM.findall(text))
            if _OWN_SOURCE.search(text):
                self.reader.faults.unread.update(source.removeprefix("raw.") for source in self.sources)

    def expression(self, node: Node | None) -> Expression | None:
        """The parsed expression of a text, None when there is none or it is faulty."""
        if node is None:
            return None
        if not isinstance(node, Text):
            self.reader.text(node)
            return None
        try:
            parsed = parse_expression(node.value)
        except ExpressionError as error:
            self.leave_unread(node)
            self.reader.faults.add(node.location, node.where, str(error))
            return None
        self.reader.faults.places[id(parsed)] = node.location
        return parsed

    def reference(self, node: Node | None) -> Reference:
        """The reference that a text names, or UNREADABLE."""
        if not isinstance(node, Text):
            self.reader.text(node)
            return UNREADABLE
        try:
            parsed = parse_reference(node.value)
        except ExpressionError as error:
            self.leave_unread(node)
            self.reader.faults.add(node.location, node.where, str(error))
            return UNREADABLE
        self.reader.faults.places[id(parsed)] = node.location
        return parsed

    def fields(self, node: Node, allowed: tuple[str, ...], required: tuple[str, ...]) -> Mapping:
        """A verb's mapping with its keys checked."""
        found = self.reader.mapping(node)
        if found is None:
            return Mapping({}, {}, node.location, node.where)
        self.reader.known_keys(found, allowed, required)
        return found


def _texts(node: Node | None) -> Iterator[str]:
    """All texts of a node."""
    if isinstance(node, Text):
        yield node.value
    elif node is not None:
        below = node.items if isinstance(node, Items) else node.entries.values()
        for inner in below:
            yield from _texts(inner)


def read_codelist_choice(reader: Reader, node: Node | None) -> CodelistChoice | None:
    """`codelist: {by: VARIABLE, of: {VALUE: CODELIST}}`; None where `codelist` is a name or not given."""
    if not isinstance(node, Mapping):
        return None
    reader.known_keys(node, ("by", "of"), ("by", "of"))
    of = reader.mapping(node.get("of"))
    return CodelistChoice(reader.text(node.get("by")), tuple((value, reader.text(name)) for value, name in of or ()))
