"""What a rule does with each thing that it reads: make the value of it, or only decide by it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Literal

from crf2tlf.rules import verbs
from crf2tlf.rules.expressions import Call, Expression, Minus, Reference, references
from crf2tlf.rules.reads import Read, own, read_in

Use = Literal["value", "condition"]
RETELLING = ("upper", "lower", "trim", "normal", "number", "text", "digits", "replace", "piece")
"""Functions whose result says nothing that was not collected."""


def uses(rule: verbs.Rule) -> Iterator[tuple[Read, Use]]:
    """Everything that a rule reads directly, with its use.

    What chooses between constants makes the value, since nothing else does; so do the keys by which a table recodes.
    """
    match rule:
        case verbs.CopyFrom() | verbs.Calculate() | verbs.Lookup() | verbs.Decode() | verbs.Program():
            yield from ((read, "value") for read in verbs.reads(rule))
        case verbs.IsoDate(date, time):
            made = {reference for reference in (date, time) if reference is not None}
            yield from ((read, "value" if read.reference in made else "condition") for read in verbs.reads(rule))
        case verbs.Case(branches):
            for condition, branch in branches:
                use: Use = "value" if isinstance(branch, verbs.SetConstant) else "condition"
                yield from ((read, use) for read in read_in(condition))
                yield from uses(branch)
        case verbs.ByRecord(rules):
            for record, inner in rules:
                yield from ((replace(read, record=record), use) for read, use in uses(inner))
        case _:
            values = set(_taken(rule))
            yield from ((read, "value" if read in values else "condition") for read in verbs.reads(rule))


def _taken(rule: verbs.Rule) -> Iterator[Read]:
    """What a rule that chooses records takes from them."""
    match rule:
        case verbs.Extreme(_, of):
            yield from map(Read, of)
        case verbs.Pick() | verbs.RecordLookup():
            yield Read(rule.of)
        case verbs.Summary():
            yield from (Read(rule.of),) if rule.of is not None else ()
        case verbs.ValueAt() | verbs.Neighbour():
            yield from own(rule.of)


def retold(rule: verbs.Rule) -> tuple[Reference, ...]:
    """The references whose values a rule without branches gives as collected or in other letters; () for others.

    A calculation retells one value: `number(raw.dm.AGE)` does, `raw.vs.WEIGHT / 2` does not.
    """
    match rule:
        case verbs.CopyFrom(reference):
            return (reference,)
        case verbs.IsoDate(date, time) if not rule.impute:
            return (date,) if time is None else (date, time)
        case verbs.Calculate(expression, _) if _is_retelling(expression):
            return tuple(references(expression))
        case verbs.Pick() | verbs.RecordLookup():
            return (rule.of,)
        case _:
            return ()


def _is_retelling(expression: Expression) -> bool:
    match expression:
        case Reference():
            return True
        case Minus():
            return False
        case Call(function, arguments) if function in RETELLING:
            return _is_retelling(arguments[0]) and not any(tuple(references(each)) for each in arguments[1:])
        case _:
            return False
