"""The rules that read several records, in words."""

from __future__ import annotations

from crf2tlf.rules import verbs
from crf2tlf.rules.expressions import Expression
from crf2tlf.rules.records import Keys, RecordsRule
from crf2tlf.rules.show import show

_WORDS = {"sum": "the sum", "mean": "the mean", "min": "the smallest", "max": "the largest"}


def phrase_of_records(rule: RecordsRule) -> str:
    """The rule as the end of a sentence that begins with the variable's name and "is"."""
    match rule:
        case verbs.RecordLookup(source, by, _, where, _):
            return f"{rule.of} of the subject's record in {source}" + _conditions(by, where)
        case verbs.ValueAt(of, within, where):
            return f"{of} of the record within {', '.join(within)} where {show(where)}"
        case verbs.Neighbour(which, of, within, order, where):
            record = f"the {which} record by {', '.join(order)} within {', '.join(within)}"
            return f"{of} of {record}" + _conditions((), where)
        case verbs.Summary():
            return _phrase_of_summary(rule)


def _phrase_of_summary(rule: verbs.Summary) -> str:
    if rule.which == "count":
        counted = "records" if rule.of is None else f"records with {rule.of}"
        what = f"the number of {counted}"
    else:
        what = f"{_WORDS[rule.which]} of {rule.of}"
    group = " of the subject" if rule.source else f" within {', '.join(rule.within)}"
    bound = ""
    if rule.bound is not None:
        side = "before" if rule.bound.side == "before" else "on or before"
        bound = f" with {rule.bound.theirs} {side} {rule.bound.ours} of this record"
    return what + group + bound + _conditions(rule.by, rule.where)


def _conditions(by: Keys, where: Expression | None) -> str:
    parts = [f"{name} equals {show(key)}" for name, key in by]
    if where is not None:
        parts.append(show(where))
    return f" where {' and '.join(parts)}" if parts else ""
