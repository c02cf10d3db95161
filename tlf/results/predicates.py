"""Conditions that results add to those of their output."""

from __future__ import annotations

from crf2tlf.rules.expressions import Call, Expression, Negation, Reference
from crf2tlf.rules.show import show


def is_missing(variable: str) -> Expression:
    """`missing(variable)`; the variable may be ADSL.NAME."""
    return Call("missing", (Reference(tuple(variable.split("."))),))


def is_present(variable: str) -> Expression:
    """`not missing(variable)`"""
    return Negation(is_missing(variable))


def show_filter(condition: Expression | None) -> str:
    """The text of a filter; "" selects everything."""
    return show(condition) if condition is not None else ""
