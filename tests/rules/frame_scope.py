"""A few typed columns as the scope of an expression."""

from __future__ import annotations

from dataclasses import dataclass, field

from crf2tlf.rules.columns import Column, is_missing
from crf2tlf.rules.evaluate import evaluate
from crf2tlf.rules.expressions import Reference, parse_expression


@dataclass(frozen=True)
class FrameScope:
    """Columns by name, and the study's constants."""

    columns: dict[str, Column]
    constants: dict[str, str | float] = field(default_factory=dict)

    @property
    def length(self) -> int:
        return len(next(iter(self.columns.values())))

    def column(self, reference: Reference) -> Column:
        return self.columns[reference.dotted]

    def constant(self, name: str) -> str | float:
        return self.constants[name]


def values(column: Column) -> list[object]:
    """A column's values, None for what is missing."""
    missing = is_missing(column).tolist()
    return [None if absent else value for value, absent in zip(column.tolist(), missing, strict=True)]


def compute(text: str, **columns: Column) -> list[object]:
    """What an expression gives for the rows of some columns."""
    return values(evaluate(parse_expression(text), FrameScope(columns)))
