"""The verb `date` in YAML: what is read, in which format, and how a numeric date is imputed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Literal, cast

from crf2tlf.rules import verbs
from crf2tlf.rules.dates import DATE_FORMATS
from crf2tlf.spec.nodes import Items, Mapping, Node, Text
from crf2tlf.spec.read_parts import PartReader

DATE_FIELDS = ("date", "time", "format", "impute", "not_before", "not_after")


def read_date(rules: PartReader, node: Node, branch: Callable[[Node], verbs.Rule]) -> verbs.Rule:
    """The rule of a date; `branch` reads the rule that gives its format row by row."""
    if isinstance(node, Text):
        return verbs.IsoDate(rules.reference(node))
    if isinstance(node, Mapping) and "imputed" in node.entries:
        rules.fields(node, ("imputed",), ())
        return verbs.ImputationFlag(rules.reader.text(node.get("imputed")))
    found = rules.fields(node, DATE_FIELDS, ("date",))
    optional = {
        name: rules.reference(found.get(name)) for name in ("time", "not_before", "not_after") if found.get(name)
    }
    rule = verbs.IsoDate(
        rules.reference(found.get("date")),
        impute=cast(Literal["", "first", "last"], rules.reader.one_of(found.get("impute"), ("first", "last"))),
        time=optional.get("time"),
        not_before=optional.get("not_before"),
        not_after=optional.get("not_after"),
    )
    return _with_format(rules, rule, found.get("format"), branch)


def _with_format(
    rules: PartReader, rule: verbs.IsoDate, node: Node | None, branch: Callable[[Node], verbs.Rule]
) -> verbs.IsoDate:
    """One format, several of which one reads a text, or a lookup in a study table that gives each row's format."""
    if isinstance(node, Items):
        formats = tuple(rules.reader.one_of(item, tuple(DATE_FORMATS)) for item in node.items)
        if len(set(formats)) < 2 or len(set(formats)) < len(formats):
            rules.reader.faults.add(node.location, node.where, "a list of formats needs two or more different ones")
        return replace(rule, formats=formats)
    if isinstance(node, Mapping):
        lookup = branch(node)
        if isinstance(lookup, verbs.Lookup):
            return replace(rule, format_by=lookup)
        if lookup != verbs.NoData(""):
            rules.reader.faults.add(node.location, node.where, "only a lookup in a study table gives a format")
        return rule
    return replace(rule, format=rules.reader.one_of(node, tuple(DATE_FORMATS)))
