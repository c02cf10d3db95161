"""YAML nodes to the rules that read several records: lookups by keys, neighbours, single values, summaries."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal as OneOf
from typing import cast

from crf2tlf.rules.expressions import Reference
from crf2tlf.rules.records import Bound, Keys, Neighbour, RecordLookup, RecordsRule, Summary, ValueAt
from crf2tlf.rules.verbs import NoData
from crf2tlf.spec.nodes import Mapping, Node, Text
from crf2tlf.spec.read_parts import PartReader

SUMMARY_FIELDS = ("of", "within", "by", "where", "before", "up_to")
SummaryVerb = OneOf["count", "sum", "mean", "min", "max"]


def read_record_lookup(rules: PartReader, node: Node) -> RecordLookup:
    """`lookup` with `source`."""
    found = rules.fields(node, ("source", "by", "value", "where", "missing"), ("source", "value"))
    return RecordLookup(
        rules.reader.text(found.get("source")),
        read_keys(rules, found),
        rules.reader.text(found.get("value")),
        rules.expression(found.get("where")),
        cast(OneOf["issue", "blank"], rules.reader.one_of(found.get("missing"), ("issue", "blank"), "issue")),
    )


def read_keys(rules: PartReader, found: Mapping) -> Keys:
    """The columns or fields of `by`, each with what it must equal."""
    by = rules.reader.mapping(found.get("by"))
    if by is not None and not by.entries:
        rules.reader.faults.add(by.location, by.where, "'by' needs at least one column")
    parsed = [(column, rules.expression(key)) for column, key in (by or ())]
    return tuple((column, key) for column, key in parsed if key is not None)


def read_value_at(rules: PartReader, node: Node) -> RecordsRule | NoData:
    """`value_at`."""
    found = rules.fields(node, ("of", "within", "where"), ("of", "within", "where"))
    where = rules.expression(found.get("where"))
    of, within = rules.reader.text(found.get("of")), rules.reader.texts(found.get("within"))
    return NoData("") if where is None else ValueAt(of, within, where)


def read_neighbour(which: OneOf["previous", "next"]) -> Callable[[PartReader, Node], RecordsRule]:
    """The reader of `previous` or `next`."""

    def read(rules: PartReader, node: Node) -> RecordsRule:
        found = rules.fields(node, ("of", "within", "order", "where"), ("of", "within", "order"))
        within, order = (rules.reader.texts(found.get(name)) for name in ("within", "order"))
        return Neighbour(which, rules.reader.text(found.get("of")), within, order, rules.expression(found.get("where")))

    return read


def read_summary(which: SummaryVerb) -> Callable[[PartReader, Node], RecordsRule]:
    """The reader of `count`, `sum`, `mean`, or of `min` and `max` over a group."""

    def read(rules: PartReader, node: Node) -> RecordsRule:
        given = node.entries if isinstance(node, Mapping) else {}
        needed = () if which == "count" and "within" in given else ("of",)
        found = rules.fields(node, SUMMARY_FIELDS, needed)
        of = rules.reference(found.get("of")) if found.get("of") else None
        rule = Summary(
            which,
            of,
            rules.reader.texts(found.get("within")),
            read_keys(rules, found),
            rules.expression(found.get("where")),
            _bound(rules, found),
        )
        _check_group(rules, node, rule, found)
        return rule

    return read


def is_summary(node: Node) -> bool:
    """Whether `min` or `max` is of a group: of this dataset, or of another source with keys or a bound."""
    grouping = ("within", "by", "before", "up_to")
    return isinstance(node, Mapping) and any(name in node.entries for name in grouping)


def _check_group(rules: PartReader, node: Node, rule: Summary, found: Mapping) -> None:
    faults, other = rules.reader.faults, rule.of is not None and rule.of != Reference(("",)) and rule.of.source
    if rule.within and other:
        faults.add(node.location, node.where, f"'within' groups records of this dataset, and {rule.of} is of another")
    elif rule.of is not None and rule.of.parts != ("",) and not other and not rule.within:
        faults.add(node.location, node.where, f"'within' is missing: which records of {rule.of} count")
    if rule.within and found.get("by"):
        faults.add(node.location, node.where, "'by' matches records of another source; give 'within' or 'by'")
    if found.get("before") and found.get("up_to"):
        faults.add(node.location, node.where, "give 'before' or 'up_to', not both")


def _bound(rules: PartReader, found: Mapping) -> Bound | None:
    """`before: ADT` within this dataset, `before: {EXSTDTC: ASTDTC}` for another source."""
    for side in ("before", "up_to"):
        node = found.get(side)
        if node is None:
            continue
        if isinstance(node, Text):
            theirs = ours = node.value
        else:
            pairs = rules.reader.mapping(node)
            entries = list(pairs.entries.items()) if pairs is not None else []
            if len(entries) != 1:
                rules.reader.faults.add(node.location, node.where, f"'{side}' compares one variable with one")
                return None
            theirs, ours = entries[0][0], rules.reader.text(entries[0][1])
        return Bound("before" if side == "before" else "up_to", theirs, ours)
    return None
