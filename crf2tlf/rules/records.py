"""The verbs that read several records: the subject's in another source, or a group of this dataset's own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal as OneOf

from crf2tlf.rules.expressions import Expression, Reference
from crf2tlf.rules.reads import Read, inside, named, own, read_in

Keys = tuple[tuple[str, Expression], ...]


@dataclass(frozen=True)
class RecordLookup:
    """`lookup` with `source`: a value of the subject's record in a form or dataset, found by key fields."""

    source: str
    by: Keys
    value: str
    where: Expression | None = None
    missing: OneOf["issue", "blank"] = "issue"

    @property
    def of(self) -> Reference:
        """The field that is looked up, with its source."""
        return named(
            self.value if "." in self.value and self.value.startswith("SUPP") else f"{self.source}.{self.value}"
        )


@dataclass(frozen=True)
class ValueAt:
    """`value_at`: the value of the one record of the group for which a condition holds, such as the baseline."""

    of: str
    within: tuple[str, ...]
    where: Expression


@dataclass(frozen=True)
class Neighbour:
    """`previous` or `next`: a value of the record before or after this one in the group's order.

    With `where` the nearest record for which it holds; the record may hold no value.
    """

    which: OneOf["previous", "next"]
    of: str
    within: tuple[str, ...]
    order: tuple[str, ...]
    where: Expression | None = None


@dataclass(frozen=True)
class Bound:
    """Which records of a group count: those whose `theirs` is before, or not after, this record's `ours`."""

    side: OneOf["before", "up_to"]
    theirs: str
    ours: str


@dataclass(frozen=True)
class Summary:
    """`count`, `sum`, `mean`, `min` or `max` of a group: records of this dataset, or the subject's in another source.

    With `within` the group is of this dataset, and `of` a variable of it. Otherwise the records are those of the
    source of `of`, of the same subject and with the same keys `by`. Values that are missing do not count.
    """

    which: OneOf["count", "sum", "mean", "min", "max"]
    of: Reference | None
    within: tuple[str, ...] = ()
    by: Keys = ()
    where: Expression | None = None
    bound: Bound | None = None

    @property
    def source(self) -> str:
        """The other source whose records count, "" for this dataset."""
        return "" if self.within or self.of is None else self.of.source


RecordsRule = RecordLookup | ValueAt | Neighbour | Summary


def reads_of_records(rule: RecordsRule) -> Iterator[Read]:
    """Everything that the rule reads directly."""
    match rule:
        case RecordLookup():
            yield Read(rule.of)
            yield from _reads_of_keys(rule.by, rule.source)
            yield from read_in(rule.where, rule.source)
        case ValueAt(of, within, where):
            yield from own(of, *within)
            yield from read_in(where)
        case Neighbour(_, of, within, order, where):
            yield from own(of, *within, *order)
            yield from read_in(where)
        case Summary():
            yield from (Read(rule.of),) if rule.of is not None else ()
            yield from own(*rule.within)
            yield from _reads_of_keys(rule.by, rule.source)
            yield from read_in(rule.where, rule.source)
            if rule.bound is not None:
                yield from own(rule.bound.ours)
                yield from inside(rule.source, rule.bound.theirs) if rule.source else own(rule.bound.theirs)


def _reads_of_keys(by: Keys, source: str) -> Iterator[Read]:
    yield from inside(source, *(name for name, _ in by))
    for _, key in by:
        yield from read_in(key)
