"""Check that a text stored in pieces is stored whole, or that it is told where it is not."""

from __future__ import annotations

from collections.abc import Iterator

from crf2tlf.errors import Fault
from crf2tlf.rules import verbs
from crf2tlf.rules.expressions import Call, Expression, Literal, walk
from crf2tlf.rules.show import show
from crf2tlf.spec.model import Dataset


def check_pieces(dataset: Dataset) -> Iterator[Fault]:
    """A fault for each text of whose pieces the last one stored may leave a rest that no check of the dataset tells."""
    stored: dict[str, int] = {}
    for variable in (*dataset.variables.values(), *dataset.supp.values()):
        for text, number in _pieces(*_expressions(variable.rule)):
            stored[text] = max(number, stored.get(text, 0))
    told = set(_pieces(*(check.when for check in dataset.checks)))
    for text, number in stored.items():
        if (text, number + 1) not in told:
            count = "one piece" if number == 1 else f"{number} pieces"
            hint = f"add one with 'when: not missing(piece({text}, {number + 1}))'"
            yield Fault(dataset.location, "checks", f"no check tells where {text} has more than {count}", hint)


def _pieces(*expressions: Expression) -> Iterator[tuple[str, int]]:
    """The texts of which expressions take pieces, and the numbers of these."""
    for expression in expressions:
        for part in walk(expression):
            if isinstance(part, Call) and part.function == "piece":
                text, number = part.arguments
                if isinstance(number, Literal) and isinstance(number.value, float):
                    yield show(text), int(number.value)


def _expressions(rule: verbs.Rule) -> Iterator[Expression]:
    """The expressions of a rule and of its branches."""
    match rule:
        case verbs.Calculate(expression, _):
            yield expression
        case verbs.Case(branches):
            for _, branch in branches:
                yield from _expressions(branch)
        case verbs.ByRecord(rules):
            for _, inner in rules:
                yield from _expressions(inner)
