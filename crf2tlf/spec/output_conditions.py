"""Which records of its dataset an output analyses, as one condition: for results, and for define.xml's ARM."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from crf2tlf.rules.expressions import (
    Arithmetic,
    Call,
    Comparison,
    Expression,
    Literal,
    Logic,
    Membership,
    Minus,
    Negation,
    Reference,
)
from crf2tlf.spec.outputs import Output


def analysis_condition(output: Output, variables: Collection[str]) -> Expression | None:
    """Population, `where` and parameter of an output in the words of its dataset, which has these variables."""
    population = population_condition(output, variables)
    where = output.where.expression if output.where else None
    return all_of(population, one_of("PARAMCD", output.parameters), where)


def population_condition(output: Output, variables: Collection[str]) -> Expression | None:
    """The population of an output in the words of its dataset: NAME where the dataset has it, else ADSL.NAME."""
    if output.population.where is None:
        return None
    condition = output.population.where.expression
    if output.population.dataset == output.dataset:
        return condition
    return rename_references(condition, output.population.dataset, variables)


def all_of(*conditions: Expression | None) -> Expression | None:
    """The conditions joined by `and`; None where there is none."""
    parts: list[Expression] = []
    for condition in conditions:
        if isinstance(condition, Logic) and condition.operator == "and":
            parts.extend(condition.operands)
        elif condition is not None:
            parts.append(condition)
    if len(parts) < 2:
        return parts[0] if parts else None
    return Logic("and", tuple(parts))


def equals(variable: str, value: str | float) -> Expression:
    """`variable == value`; the variable may be ADSL.NAME."""
    return Comparison("==", Reference(tuple(variable.split("."))), Literal(value))


def one_of(variable: str, values: Sequence[str]) -> Expression | None:
    """`variable == value`, or `variable in [...]` for several values; None for none."""
    if len(values) < 2:
        return equals(variable, values[0]) if values else None
    return Membership(Reference(tuple(variable.split("."))), tuple(Literal(value) for value in values), False)


def rename_references(condition: Expression, home: str, variables: Collection[str]) -> Expression:
    """A condition over the dataset `home` in the words of another dataset that has these variables.

    A bare name stays bare where the other dataset has that variable, and becomes HOME.NAME otherwise.
    """

    def inner(part: Expression) -> Expression:
        return rename_references(part, home, variables)

    match condition:
        case Reference(parts):
            return condition if len(parts) > 1 or parts[0] in variables else Reference((home, *parts))
        case Negation(operand):
            return Negation(inner(operand))
        case Minus(operand):
            return Minus(inner(operand))
        case Arithmetic(operator, left, right):
            return Arithmetic(operator, inner(left), inner(right))
        case Comparison(operator, left, right):
            return Comparison(operator, inner(left), inner(right))
        case Membership(item, values, negated):
            return Membership(inner(item), values, negated)
        case Logic(operator, operands):
            return Logic(operator, tuple(inner(operand) for operand in operands))
        case Call(function, arguments):
            return Call(function, tuple(inner(argument) for argument in arguments))
        case _:
            return condition
