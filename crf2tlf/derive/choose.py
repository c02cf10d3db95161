"""The verbs that choose among records: min, max, first, last, flags of occurrence and of baseline."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from crf2tlf.derive.parts import SourceScope
from crf2tlf.derive.scope import RowScope
from crf2tlf.derive.tables import Source, join_keys
from crf2tlf.rules import verbs
from crf2tlf.rules.columns import (
    BoolArray,
    Column,
    IntArray,
    compute_sas_dates,
    is_missing,
    is_true,
    kind_of,
    take_rows,
)
from crf2tlf.rules.dates import compute_possible_days
from crf2tlf.rules.evaluate import evaluate_condition
from crf2tlf.rules.expressions import Expression, Reference
from crf2tlf.rules.functions import FUNCTIONS
from crf2tlf.rules.vectors import (
    compute_days,
    compute_occurrence_flags,
    compute_order,
    find_in_force,
    find_winners,
    select_one_per_group,
)


@dataclass(frozen=True)
class Chosen:
    """For each row of a scope the record chosen in a source, -1 where there is none, and its value."""

    source: Source
    positions: IntArray
    values: Column


def apply_extreme(rule: verbs.Extreme, scope: RowScope) -> Column:
    """The smallest or largest value for the subject, over one or several variables."""
    found = [_choose(rule.which, of, (of,), rule.where, scope) for of in rule.of]
    result = found[0].values if len(found) == 1 else FUNCTIONS[rule.which](*(each.values for each in found))
    given = is_missing(result)
    for each in found:
        gives = ~given & is_true((each.values == result).astype("boolean"))
        remember(scope, each.source, np.where(gives, each.positions, -1))
        given |= gives
    return result


def apply_pick(rule: verbs.Pick, scope: RowScope) -> Column:
    """The value of the subject's first or last record in the order of `by`; the record may hold no value."""
    order_by = tuple(Reference(tuple(name.split("."))) for name in rule.by)
    general = (rule.which, rule.of, order_by, rule.where, scope)
    chosen = _in_force(rule, order_by, scope) if rule.on else _choose(*general)
    remember(scope, chosen.source, chosen.positions)
    return chosen.values


def _in_force(rule: verbs.Pick, order_by: tuple[Reference, ...], scope: RowScope) -> Chosen:
    """The record in force on a day of this dataset; of a partial date, the one in force on all its possible days."""
    deriver = scope.dataset.deriver
    other = deriver.source(rule.of.source)
    inner = SourceScope(deriver, other)
    columns = [inner.column(reference) for reference in order_by]
    order = compute_order(columns, other.length)
    order = order[evaluate_condition(rule.where, inner)[order]]
    subjects = scope.take(join_keys(scope.dataset, other))
    starts = compute_days(columns[0])
    found = [
        find_in_force(rule.which, subjects, days, other.subjects(), starts, order)
        for days in compute_possible_days(scope.own(rule.on))
    ]
    positions = np.where(found[0] == found[-1], found[0], -1)
    return Chosen(other, positions, take_rows(other.column(rule.of.name), positions))


def _name_inside(of: Reference) -> str:
    """The name of a chosen value in its source: a supplemental qualifier is a column SUPPxx.QNAM of its parent."""
    return of.dotted if of.source.startswith("SUPP") else of.name


def _choose(
    which: str, of: Reference, order_by: tuple[Reference, ...], where: Expression | None, scope: RowScope
) -> Chosen:
    deriver = scope.dataset.deriver
    other = deriver.source(of.source)
    inner = SourceScope(deriver, other)
    chosen = evaluate_condition(where, inner) & ~is_missing(other.subjects())
    extreme = which in {"min", "max"}
    order = [other.column(_name_inside(of))] if extreme else [inner.column(reference) for reference in order_by]
    if extreme:
        chosen &= ~is_missing(order[0])
    side = {"min": "first", "max": "last"}.get(which, which)
    winners = select_one_per_group(side, [other.subjects()], order, chosen)
    positions = _winners_of_rows(scope, other, winners)
    return Chosen(other, positions, take_rows(other.column(_name_inside(of)), positions))


def _winners_of_rows(scope: RowScope, other: Source, winners: IntArray) -> IntArray:
    """For each row of the scope the position of its subject's winner in the other source, or -1."""
    return find_winners(scope.take(join_keys(scope.dataset, other)), other.subjects(), winners)


def remember(scope: RowScope, other: Source, positions: IntArray) -> None:
    """Keeps which record a value was taken from, for the lineage; a variable's branches may choose in several."""
    whole = np.full(scope.dataset.length, -1, dtype=np.int64)
    whole[scope.rows] = positions
    scope.dataset.picked.setdefault(scope.variable.name, []).append((other, whole))


def apply_occurrence(rule: verbs.Occurrence, scope: RowScope) -> Column:
    """Y on the first or last record of each group."""
    groups, order_by = ([scope.own(name) for name in names] for names in (rule.within, rule.order))
    return compute_occurrence_flags(rule.which, groups, order_by, evaluate_condition(rule.where, scope))


def apply_baseline(rule: verbs.Baseline, scope: RowScope) -> Column:
    """Y on the last record of each group on or before the reference date, by date and then in record order."""
    date, reference = scope.own(rule.date), scope.column(rule.reference)
    eligible = evaluate_condition(rule.where, scope) & _on_or_before(date, reference)
    groups = [scope.own("USUBJID"), *(scope.own(name) for name in rule.by)]
    return compute_occurrence_flags("last", groups, [date], eligible)


def _on_or_before(date: Column, reference: Column) -> BoolArray:
    if kind_of(date) == "number":
        return np.asarray(date.to_numpy() <= reference.to_numpy())
    same_precision = date.str.len() == reference.str.len()
    precise = (date <= reference).where(same_precision & (date.str.len() > 10))
    by_day = compute_sas_dates(date) <= compute_sas_dates(reference)
    return np.where(precise.isna(), by_day, precise.fillna(False).to_numpy(dtype=bool))
