"""Expressions back to text, in one normal form."""

from __future__ import annotations

from crf2tlf.rules.expressions import (
    Arithmetic,
    Call,
    Comparison,
    Constant,
    Expression,
    Literal,
    Logic,
    Membership,
    Minus,
    Negation,
    Reference,
)

_STRENGTH = {"or": 1, "and": 2, "not": 3, "compare": 4, "+": 5, "-": 5, "*": 6, "/": 6}
_MINUS = 7
_ATOM = 9


def show(expression: Expression) -> str:
    """The text of an expression; parsing it again gives the same tree."""
    return _show(expression)[0]


def _show(expression: Expression) -> tuple[str, int]:
    match expression:
        case Literal(value):
            return (repr(value), _ATOM) if isinstance(value, str) else (_number(value), _ATOM if value >= 0 else _MINUS)
        case Constant(name):
            return f"${name}", _ATOM
        case Reference():
            return expression.dotted, _ATOM
        case Negation(operand):
            return f"not {_inside(operand, _STRENGTH['not'])}", _STRENGTH["not"]
        case Minus(operand):
            return f"-{_inside(operand, _ATOM)}", _MINUS
        case Arithmetic(operator, left, right):
            strength = _STRENGTH[operator]
            return f"{_inside(left, strength)} {operator} {_inside(right, strength + 1)}", strength
        case Comparison(operator, left, right):
            strength = _STRENGTH["compare"]
            return f"{_inside(left, strength + 1)} {operator} {_inside(right, strength + 1)}", strength
        case Membership(item, values, negated):
            members = ", ".join(show(value) for value in values)
            word = "not in" if negated else "in"
            return f"{_inside(item, _STRENGTH['compare'] + 1)} {word} [{members}]", _STRENGTH["compare"]
        case Logic(operator, operands):
            strength = _STRENGTH[operator]
            return f" {operator} ".join(_inside(operand, strength + 1) for operand in operands), strength
        case Call(function, arguments):
            return f"{function}({', '.join(show(argument) for argument in arguments)})", _ATOM


def _inside(expression: Expression, least: int) -> str:
    text, strength = _show(expression)
    return text if strength >= least else f"({text})"


def _number(value: float) -> str:
    """The shortest text that is the same number again."""
    return str(int(value)) if value == int(value) and abs(value) < 1e15 else repr(value)
