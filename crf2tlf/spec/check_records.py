"""Checks of the verbs that read several records: those of another source, or those of the dataset itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from crf2tlf.errors import Fault
from crf2tlf.rules import verbs
from crf2tlf.rules.columns import Kind
from crf2tlf.rules.expressions import Expression, Reference
from crf2tlf.rules.reads import named
from crf2tlf.rules.records import Keys, RecordsRule
from crf2tlf.spec.check_parts import PartChecker


class RecordsChecker(PartChecker):
    """Checks the rules of one variable that read several records."""

    def _extreme(self, rule: verbs.Extreme, wanted: Kind) -> Iterator[Fault]:
        for reference in rule.of:
            yield from self._other(reference, wanted)
        if not rule.of or self._exists(rule.of[0].source):
            yield from self._condition(rule.where, rule.of[0].source if rule.of else "")

    def _choice(self, rule: verbs.Pick | verbs.Occurrence | verbs.Baseline, wanted: Kind) -> Iterator[Fault]:
        if isinstance(rule, verbs.Pick):
            yield from self._other(rule.of, wanted)
            if not self._exists(rule.of.source or self.dataset.name):
                return
        elif wanted != "text":
            yield self.fault(f"the flag is text, but the type is {self.variable.type}")
        yield from self._condition(rule.where, rule.of.source if isinstance(rule, verbs.Pick) else "")
        plain = verbs.reads(replace(rule, where=None))
        for read in list(plain)[1:] if isinstance(rule, verbs.Pick) else plain:
            yield from self._reference(read.reference, None, read.inside)

    def of_records(self, rule: RecordsRule, wanted: Kind) -> Iterator[Fault]:
        """The faults of a rule that reads a group of records or the record with certain keys."""
        match rule:
            case verbs.RecordLookup(source, by, _, where, _):
                yield from self._reference(rule.of, "text" if source.startswith("raw.") else wanted)
                yield from self._keys(source, by)
                yield from self._where(where, source)
            case verbs.ValueAt(of, within, where):
                yield from self._own(of, wanted)
                yield from self._group(within)
                yield from self._condition(where)
            case verbs.Neighbour(_, of, within, order, where):
                yield from self._own(of, wanted)
                yield from self._group(within)
                for name in order:
                    yield from self._own(name, None)
                yield from self._condition(where)
            case verbs.Summary():
                yield from self._summary(rule, wanted)

    def _summary(self, rule: verbs.Summary, wanted: Kind) -> Iterator[Fault]:
        if rule.which in {"count", "sum", "mean"} and wanted != "number":
            yield self.fault(f"'{rule.which}' gives a number, but the type is {self.variable.type}")
        if rule.of is not None:
            kinds: dict[str, Kind | None] = {"count": None, "sum": "number", "mean": "number"}
            yield from self._other(rule.of, kinds.get(rule.which, wanted))
            if not self._exists(rule.source or self.dataset.name):
                return
        yield from self._group(rule.within) if not rule.source else ()
        yield from self._keys(rule.source, rule.by)
        yield from self._where(rule.where, rule.source)
        if rule.bound is not None and self._exists(rule.source or self.dataset.name):
            yield from self._same_kind(rule.bound.theirs, Reference((rule.bound.ours,)), rule.source)

    def _own(self, name: str, wanted: Kind | None) -> Iterator[Fault]:
        """A variable of this dataset whose value in another record is read, so that it cannot be this one."""
        yield from self._reference(Reference((name,)), wanted)
        if name == self.variable.name:
            yield self.fault(f"'{name}' reads itself")

    def _group(self, within: tuple[str, ...]) -> Iterator[Fault]:
        for name in within:
            yield from self._own(name, None)
        if within and "USUBJID" in self.dataset.variables and "USUBJID" not in within:
            yield self.fault("'within' needs USUBJID: a group lies within a subject")

    def _where(self, where: Expression | None, source: str) -> Iterator[Fault]:
        if not source or self._exists(source):
            yield from self._condition(where, source)

    def _keys(self, source: str, by: Keys) -> Iterator[Fault]:
        if by and source and self._exists(source):
            for name, key in by:
                yield from self._same_kind(name, key, source)

    def _same_kind(self, name: str, ours: Expression, source: str) -> Iterator[Fault]:
        """Faults of a field of another source and of what it is compared with here."""
        faults = [*self._reference(named(name), None, source), *self._expression(ours, None)]
        yield from faults
        if not faults:
            theirs = self.names.kind(self.names.resolve(verbs.Read(named(name), source), self.dataset))
            yield from self._expression(ours, theirs)
