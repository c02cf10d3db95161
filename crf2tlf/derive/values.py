"""Collected values as a variable stores them, and values as texts."""

from __future__ import annotations

from collections.abc import Iterable

from crf2tlf.derive.issues import Places
from crf2tlf.derive.scope import RowScope
from crf2tlf.rules.columns import Column, is_missing, kind_of
from crf2tlf.rules.expressions import Expression, Reference, references
from crf2tlf.rules.functions import compute_number_texts, compute_numbers
from crf2tlf.rules.vectors import compute_mapped


def as_collected(column: Column, reference: Reference, scope: RowScope, places: Places | None = None) -> Column:
    """The values of what a reference names as the variable stores them: raw texts read as numbers or as terms.

    `places` tells where the values stand, if not where the reference leads from each row.
    """
    if not reference.source.startswith(("raw.", "table.")):
        return column
    if scope.variable.is_number:
        return _parsed_numbers(column, reference, scope, places)
    codelist = scope.study.codelists.get(scope.variable.codelist)
    if codelist is None:
        return column
    mapped, unknown = compute_mapped(column, codelist.by_collected)
    message = f"the collected value is in no term of the codelist {codelist.name}"
    scope.report("UNMAPPED_VALUE", unknown, column, (reference,), message, places)
    return mapped


def _parsed_numbers(column: Column, reference: Reference, scope: RowScope, places: Places | None) -> Column:
    numbers = compute_numbers(column)
    unread = is_missing(numbers) & ~is_missing(column)
    scope.report("NOT_A_NUMBER", unread, column, (reference,), "the collected value is no number", places)
    return numbers


def joined_texts(keys: list[Column]) -> Column:
    """What was looked up, as one text."""
    text = texts_of(keys[0])
    for key in keys[1:]:
        text = text + ", " + texts_of(key)
    return text


def references_of(expressions: Iterable[Expression]) -> tuple[Reference, ...]:
    """The references in several expressions, each once."""
    return tuple(dict.fromkeys(reference for each in expressions for reference in references(each)))


def texts_of(column: Column) -> Column:
    """Values as codelists write them."""
    return compute_number_texts(column) if kind_of(column) == "number" else column
