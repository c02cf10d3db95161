"""Collected values as a variable stores them, and values as texts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from crf2tlf.derive.issues import Places
from crf2tlf.derive.scope import RowScope
from crf2tlf.rules.columns import BoolArray, Column, is_missing, is_true, kind_of
from crf2tlf.rules.expressions import Expression, Reference, references
from crf2tlf.rules.functions import compute_number_texts, compute_numbers
from crf2tlf.rules.vectors import compute_mapped
from crf2tlf.spec.facts import Codelist


def as_collected(column: Column, reference: Reference, scope: RowScope, places: Places | None = None) -> Column:
    """The values of what a reference names as the variable stores them: raw texts read as numbers or as terms.

    `places` tells where the values stand, if not where the reference leads from each row.
    """
    if not reference.source.startswith(("raw.", "table.")):
        return column
    if scope.variable.is_number:
        return _parsed_numbers(column, reference, scope, places)
    whole = column.copy()
    for chosen, codelist in codelists_of_rows(scope):
        mapped, unknown = compute_mapped(column[chosen].reset_index(drop=True), codelist.by_collected)
        whole[chosen] = mapped.array
        wrong = np.zeros(scope.length, dtype=bool)
        wrong[chosen] = unknown
        message = f"the collected value is in no term of the codelist {codelist.name}"
        scope.report("UNMAPPED_VALUE", wrong, column, (reference,), message, places)
    return whole


def codelists_of_rows(scope: RowScope) -> Iterator[tuple[BoolArray, Codelist]]:
    """Each codelist of the variable with the rows for which it holds: one for all, or by another variable's value."""
    codelists, choice = scope.study.codelists, scope.variable.codelist_by
    if scope.variable.codelist in codelists:
        yield np.ones(scope.length, dtype=bool), codelists[scope.variable.codelist]
    elif choice is not None and scope.length:
        values = texts_of(scope.own(choice.by))
        for value, name in choice.of:
            chosen = is_true((values == value).astype("boolean"))
            if chosen.any():
                yield chosen, codelists[name]


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
