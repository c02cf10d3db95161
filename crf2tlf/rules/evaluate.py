"""Evaluation of expressions over whole columns.

Missing is missing: a comparison with a missing value is missing, `and`, `or` and `not` are three-valued
(Kleene), and a condition holds only where it is true.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol

import numpy as np
import pandas as pd

from crf2tlf.rules.columns import (
    BoolArray,
    Column,
    Kind,
    boolean_column,
    is_missing,
    is_true,
    kind_of,
    number_column,
    text_column,
)
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
from crf2tlf.rules.function_names import FUNCTION_SIGNATURES
from crf2tlf.rules.functions import FUNCTIONS


class KindError(ValueError):
    """An operator or function got text where it needs a number, or the like; the message says which."""


class Scope(Protocol):
    """What an expression can see: columns by reference, constants by name, and how many rows there are."""

    @property
    def length(self) -> int:
        """The number of rows."""

    def column(self, reference: Reference) -> Column:
        """The column that a reference names."""

    def constant(self, name: str) -> str | float:
        """The study's constant of that name."""


def evaluate(expression: Expression, scope: Scope) -> Column:
    """The value of an expression for every row of the scope, as a text, number or condition column."""
    match expression:
        case Literal(value):
            return _constant_column(value, scope.length)
        case Constant(name):
            return _constant_column(scope.constant(name), scope.length)
        case Reference():
            return scope.column(expression)
        case Negation(operand):
            return ~evaluate(operand, scope)
        case Minus(operand):
            return -evaluate(operand, scope)
        case Arithmetic(operator, left, right):
            return _ARITHMETIC[operator](evaluate(left, scope), evaluate(right, scope))
        case Comparison(operator, left, right):
            return compute_comparison(operator, evaluate(left, scope), evaluate(right, scope))
        case Membership(item, values, negated):
            return _membership(evaluate(item, scope), [_member(value, scope) for value in values], negated)
        case Logic(operator, operands):
            return _logic(operator, [evaluate(operand, scope) for operand in operands])
        case Call(function, arguments):
            return FUNCTIONS[function](*[evaluate(argument, scope) for argument in arguments])


def evaluate_condition(expression: Expression | None, scope: Scope) -> BoolArray:
    """Where a condition holds; everywhere when there is none."""
    if expression is None:
        return np.ones(scope.length, dtype=bool)
    return is_true(evaluate(expression, scope))


def infer_kind(
    expression: Expression, kind_of_reference: Callable[[Reference], Kind], constants: Mapping[str, str | float]
) -> Kind:
    """Whether an expression gives text, a number or a condition; KindError where its parts do not fit together."""

    def inner(part: Expression) -> Kind:
        return infer_kind(part, kind_of_reference, constants)

    match expression:
        case Literal(value):
            return "text" if isinstance(value, str) else "number"
        case Constant(name):
            return "text" if isinstance(constants.get(name, ""), str) else "number"
        case Reference():
            return kind_of_reference(expression)
        case Negation(operand):
            _demand("not", inner(operand), "boolean")
            return "boolean"
        case Minus(operand):
            _demand("-", inner(operand), "number")
            return "number"
        case Arithmetic(operator, left, right):
            _demand(operator, inner(left), "number")
            _demand(operator, inner(right), "number")
            return "number"
        case Comparison(operator, left, right):
            _demand_same(operator, inner(left), inner(right))
            return "boolean"
        case Membership(item, values, _):
            for member in values:
                _demand_same("in", inner(item), inner(member))
            return "boolean"
        case Logic(operator, operands):
            for operand in operands:
                _demand(operator, inner(operand), "boolean")
            return "boolean"
        case Call(function, arguments):
            result = _kind_of_call(function, [inner(argument) for argument in arguments])
            _demand_constants(function, arguments, constants)
            return result


def compute_comparison(operator: str, left: Column, right: Column) -> Column:
    """`left operator right` row by row; missing where either side is missing. Texts compare by code point."""
    missing = is_missing(left) | is_missing(right)
    result = _COMPARE[operator](left, right)
    return boolean_column(is_true(result.astype("boolean")), missing)


def _kind_of_call(function: str, kinds: list[Kind]) -> Kind:
    signature = FUNCTION_SIGNATURES[function]
    wanted: dict[str, Kind] = {"T": "text", "C": "text", "N": "number", "D": "number"}
    for position, kind in enumerate(kinds):
        letter = signature.letter(position)
        if letter in wanted:
            _demand(f"{function}()", kind, wanted[letter])
        elif signature.result == "same":
            _demand_same(f"{function}()", kinds[0], kind)
    results: dict[str, Kind] = {"text": "text", "number": "number", "boolean": "boolean"}
    return kinds[0] if signature.result == "same" else results[signature.result]


def _demand_constants(function: str, arguments: tuple[Expression, ...], constants: Mapping[str, str | float]) -> None:
    """Arguments that must be the same in every row are literals or constants, and such that the function can use."""
    signature = FUNCTION_SIGNATURES[function]
    for position, argument in enumerate(arguments):
        if signature.letter(position) not in "CD":
            continue
        if not isinstance(argument, Literal | Constant):
            raise KindError(f"'{function}()' needs a constant as argument {position + 1}")
        value = argument.value if isinstance(argument, Literal) else constants.get(argument.name)
        if value == "" and (function, position) != ("replace", 2):
            raise KindError(f"'{function}()' needs a text that is not empty as argument {position + 1}")
        least = -15 if function == "round" else 1
        if isinstance(value, float) and not (value.is_integer() and least <= value <= 10_000):
            raise KindError(f"'{function}()' needs a whole number of at least {least} as argument {position + 1}")


_WORDS: dict[Kind, str] = {"text": "text", "number": "a number", "boolean": "a condition"}


def _demand(operator: str, kind: Kind, wanted: Kind) -> None:
    if kind != wanted:
        raise KindError(f"'{operator}' needs {_WORDS[wanted]} and gets {_WORDS[kind]}")


def _demand_same(operator: str, left: Kind, right: Kind) -> None:
    if left != right:
        raise KindError(f"'{operator}' compares {_WORDS[left]} with {_WORDS[right]}")


def _constant_column(value: str | float, length: int) -> Column:
    return text_column(value, length) if isinstance(value, str) else number_column(value, length)


def _member(value: Literal | Constant, scope: Scope) -> str | float:
    return value.value if isinstance(value, Literal) else scope.constant(value.name)


def _membership(item: Column, members: list[str | float], negated: bool) -> Column:
    found = item.isin(members).to_numpy(dtype=bool) if len(item) else np.zeros(0, dtype=bool)
    return boolean_column(~found if negated else found, is_missing(item))


def _logic(operator: str, operands: list[Column]) -> Column:
    result = operands[0].astype("boolean")
    for operand in operands[1:]:
        result = result & operand.astype("boolean") if operator == "and" else result | operand.astype("boolean")
    return result


def _divide(left: Column, right: Column) -> Column:
    zero = right.to_numpy() == 0
    return pd.Series(np.where(zero, np.nan, left.to_numpy() / np.where(zero, 1.0, right.to_numpy())))


_ARITHMETIC: dict[str, Callable[[Column, Column], Column]] = {
    "+": lambda left, right: left + right,
    "-": lambda left, right: left - right,
    "*": lambda left, right: left * right,
    "/": _divide,
}
_COMPARE: dict[str, Callable[[Column, Column], Column]] = {
    "==": lambda left, right: left == right,
    "!=": lambda left, right: left != right,
    "<": lambda left, right: left < right,
    "<=": lambda left, right: left <= right,
    ">": lambda left, right: left > right,
    ">=": lambda left, right: left >= right,
}
__all__ = ["KindError", "Scope", "compute_comparison", "evaluate", "evaluate_condition", "infer_kind", "kind_of"]
