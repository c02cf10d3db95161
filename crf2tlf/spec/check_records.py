"""Checks of the verbs that read several records: those of another source, or those of the dataset itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from crf2tlf.errors import Fault
from crf2tlf.rules import verbs
from crf2tlf.rules.columns import Kind
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
