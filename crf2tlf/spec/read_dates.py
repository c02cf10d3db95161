"""The named dates of a time-to-event parameter in YAML: dates of subjects and records, series, bounds and gaps."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal as OneOf
from typing import cast

from crf2tlf.errors import did_you_mean
from crf2tlf.spec.nodes import Mapping, Node, Text
from crf2tlf.spec.read_parts import UNREADABLE
from crf2tlf.spec.read_rules import RuleReader
from crf2tlf.spec.time_to_event import (
    OUTCOME,
    SIDES,
    START,
    Bound,
    DateRule,
    Gap,
    NamedChoice,
    NamedDate,
    RecordDate,
    Schedule,
    Series,
    SubjectDate,
)

_NAME = re.compile(r"[a-z][a-z0-9_]*\Z")
_RESERVED = (START, OUTCOME, "and", "or", "not", "in")
_WAYS = ("first", "last", "earliest", "latest")


@dataclass(frozen=True)
class DateReader:
    """Reads the dates of one parameter; `series` holds those that its dates may name."""

    rules: RuleReader
    series: dict[str, Series]

    def date(self, name: str, node: Node) -> NamedDate:
        """A date: a variable, the name of another date, or one of first, last, earliest and latest."""
        if isinstance(node, Text):
            return NamedDate(name, self._plain(node), "", node.location, node.where)
        mapping = self.rules.reader.entry(node)
        if mapping is None:
            return NamedDate(name, SubjectDate(UNREADABLE), "", node.location, node.where)
        rule = self._rule(mapping)
        otherwise = self.rules.reader.text(mapping.get("otherwise"))
        return NamedDate(name, rule, otherwise, mapping.location, mapping.where)

    def dates(self, node: Mapping | None) -> dict[str, NamedDate]:
        """The named dates in the order in which they stand."""
        return {name: self.date(name, value) for name, value in named(self.rules, node)}

    def date_of_rule(self, node: Node | None, dates: dict[str, NamedDate]) -> str:
        """The name of the date that a rule gives; a variable such as ADSL.RFENDT becomes a date of that name."""
        name = self.rules.reader.text(node)
        if isinstance(node, Text) and "." in name and name not in dates:
            dates[name] = self.date(name, node)
        return name

    def _plain(self, node: Text) -> DateRule:
        if "." in node.value:
            return SubjectDate(self.rules.reference(node))
        return NamedChoice("earliest", (node.value,))

    def _rule(self, node: Mapping) -> DateRule:
        reader = self.rules.reader
        ways = [key for key in node.entries if key in _WAYS]
        if len(ways) != 1:
            message = f"exactly one of {', '.join(_WAYS)} is wanted"
            reader.faults.add(node.location, node.where, message)
            return SubjectDate(UNREADABLE)
        way, value = ways[0], node.entries[ways[0]]
        if way in ("earliest", "latest"):
            reader.known_keys(node, (way, "otherwise"), (way,))
            return NamedChoice(cast(OneOf["earliest", "latest"], way), reader.texts(value))
        reader.known_keys(node, (way, "where", *SIDES, "otherwise"), (way,))
        return RecordDate(cast(OneOf["first", "last"], way), self._series_of(node, value))

    def _series_of(self, node: Mapping, value: Node) -> Series:
        """The series that a date names, or the records that it describes itself, within the date's own bounds."""
        name = self.rules.reader.text(value)
        bounds = read_bounds(self.rules, node)
        if "." in name:
            where = node.get("where")
            reader = self.rules
            return Series(reader.reference(value), reader.expression(where), reader.reader.text(where), bounds)
        known = self.series.get(name)
        if known is None:
            hint = did_you_mean(name, self.series) or "a variable is written as ADRS.ADT"
            self.rules.reader.faults.add(value.location, value.where, f"there is no series '{name}'", hint)
            return Series(UNREADABLE, None, "", bounds)
        if node.get("where") is not None:
            message = "'where' stands with the series, or the records are described here"
            self.rules.reader.faults.add(node.keys["where"], node.under("where"), message)
        return replace(known, bounds=(*known.bounds, *bounds))


def named(rules: RuleReader, node: Mapping | None) -> Iterator[tuple[str, Node]]:
    """The entries of a mapping whose keys can name a date, a series or a gap."""
    for name, value in node or ():
        if node is not None and (not _NAME.match(name) or name in _RESERVED):
            message = f"'{name}' is no name: small letters, digits and _, and not {', '.join(_RESERVED)}"
            rules.reader.faults.add(node.keys[name], node.under(name), message)
        else:
            yield name, value


def read_bounds(rules: RuleReader, node: Mapping) -> tuple[Bound, ...]:
    """The sides on which records of a series count."""
    given = [(side, rules.reader.text(node.get(side))) for side in SIDES if node.get(side) is not None]
    return tuple(Bound(side, name) for side, name in given)  # type: ignore[arg-type]


def read_series(rules: RuleReader, node: Mapping | None) -> dict[str, Series]:
    """The series by name."""
    found: dict[str, Series] = {}
    for name, value in named(rules, node):
        mapping = rules.reader.entry(value)
        if mapping is not None:
            rules.reader.known_keys(mapping, ("date", "where", *SIDES), ("date",))
            where = mapping.get("where")
            date = rules.reference(mapping.get("date")) if mapping.get("date") is not None else UNREADABLE
            text = rules.reader.text(where)
            found[name] = Series(date, rules.expression(where), text, read_bounds(rules, mapping))
    return found


def read_gaps(rules: RuleReader, node: Mapping | None) -> dict[str, Gap]:
    """The gaps by name."""
    found: dict[str, Gap] = {}
    reader = rules.reader
    for name, value in named(rules, node):
        mapping = reader.entry(value)
        if mapping is not None:
            reader.known_keys(mapping, ("from", "to"), ("from", "to"))
            ends = reader.text(mapping.get("from")), reader.text(mapping.get("to"))
            found[name] = Gap(name, *ends, mapping.location, mapping.where)
    return found


def read_schedule(rules: RuleReader, node: Mapping | None) -> Schedule | None:
    """The planned assessments; `every` is a number of days, or a mapping of study days to the interval from then on."""
    if node is None:
        return None
    reader = rules.reader
    reader.known_keys(node, ("every", "window", "missed"), ("every", "window", "missed"))
    every = node.get("every")
    steps: list[tuple[int, int]] = []
    if isinstance(every, Mapping):
        for day, value in every:
            if not day.isdecimal():
                reader.faults.add(every.keys[day], every.under(day), f"'{day}' is no study day")
                continue
            steps.append((int(day), reader.whole(value, 1, least=1) or 1))
        if steps and min(steps)[0] != 1:
            reader.faults.add(every.location, every.where, "the first interval is that from study day 1 on")
    elif every is not None:
        steps.append((1, reader.whole(every, 1, least=1) or 1))
    window, missed = reader.whole(node.get("window"), 0), reader.whole(node.get("missed"), 1, least=1)
    return Schedule(tuple(sorted(steps)), window or 0, missed or 1)
