"""The verbs that read several records: lookups in other sources, neighbours, single values and summaries of groups."""

from __future__ import annotations

import numpy as np

from crf2tlf.derive.choose import remember
from crf2tlf.derive.parts import SourceScope
from crf2tlf.derive.scope import RowScope
from crf2tlf.derive.tables import Source, join_keys, take_places
from crf2tlf.derive.values import as_collected, joined_texts, references_of
from crf2tlf.rules import verbs
from crf2tlf.rules.columns import BoolArray, Column, IntArray, is_missing, number_column, take_rows
from crf2tlf.rules.evaluate import evaluate, evaluate_condition
from crf2tlf.rules.expressions import Expression
from crf2tlf.rules.groups import (
    Members,
    compute_counts,
    compute_shared_groups,
    compute_sums,
    find_extremes,
    find_neighbours,
    find_single,
    select_members,
)
from crf2tlf.rules.reads import named
from crf2tlf.rules.records import Keys
from crf2tlf.rules.vectors import compute_group_numbers


def apply_record_lookup(rule: verbs.RecordLookup, scope: RowScope) -> Column:
    """The value of the subject's record with the same keys; several with different values are an issue."""
    other, wanted, groups, chosen = _others(rule.source, rule.by, rule.where, scope)
    column = SourceScope(scope.dataset.deriver, other).column(named(rule.value))
    positions, several = find_single(wanted, groups, column, chosen)
    remember(scope, other, positions)
    keys = [evaluate(key, scope) for _, key in rule.by]
    shown = joined_texts(keys) if keys else scope.take(join_keys(scope.dataset, other))
    read = references_of(key for _, key in rule.by) or rule.of.name
    message = f"several records of {other.name} differ in {rule.value}, so that none is taken"
    scope.report("SEVERAL_ROWS", several, shown, read, message)
    if rule.missing == "issue":
        absent = (wanted < 0) | ~np.isin(wanted, groups[chosen])
        absent &= np.logical_and.reduce([np.ones(scope.length, dtype=bool), *(~is_missing(key) for key in keys)])
        scope.report("NO_ROW", absent, shown, read, f"there is no such record of the subject in {other.name}")
    if not other.length:
        return scope.missing()
    places = take_places(other.places(), np.maximum(positions, 0))
    return as_collected(take_rows(column, positions), rule.of, scope, places)


def apply_value_at(rule: verbs.ValueAt, scope: RowScope) -> Column:
    """The value of the group's record for which the condition holds; several with different values are an issue."""
    whole = _whole(scope)
    column, groups, chosen = whole.own(rule.of), _own_groups(rule.within, whole), evaluate_condition(rule.where, whole)
    positions, several = find_single(groups, groups, column, chosen)
    remember(whole, scope.dataset, positions)
    message = f"several records of one {', '.join(rule.within)} differ in {rule.of}, so that none is taken"
    conflicting = (several & chosen & ~is_missing(column))[scope.rows]
    scope.report("SEVERAL_ROWS", conflicting, joined_texts([scope.take(column)]), rule.of, message)
    return scope.take(take_rows(column, positions))


def apply_neighbour(rule: verbs.Neighbour, scope: RowScope) -> Column:
    """The value of the record before or after each record in its group."""
    whole = _whole(scope)
    order_by = [whole.own(name) for name in rule.order]
    chosen = evaluate_condition(rule.where, whole)
    positions = find_neighbours(rule.which, _own_groups(rule.within, whole), order_by, chosen)
    remember(whole, scope.dataset, positions)
    return scope.take(take_rows(whole.own(rule.of), positions))


def apply_summary(rule: verbs.Summary, scope: RowScope) -> Column:
    """Number, sum, mean, smallest or largest value of the group of each record."""
    if rule.source:
        other, wanted, groups, chosen = _others(rule.source, rule.by, rule.where, scope)
        values = other.column(rule.of.name) if rule.of is not None else None
        return _summarised(rule, scope, other, values, (wanted, groups, chosen))
    whole = _whole(scope)
    groups = _own_groups(rule.within, whole)
    values = whole.own(rule.of.name) if rule.of is not None else None
    rows = (groups, groups, evaluate_condition(rule.where, whole))
    return scope.take(_summarised(rule, whole, scope.dataset, values, rows))


def _summarised(
    rule: verbs.Summary,
    scope: RowScope,
    other: Source,
    values: Column | None,
    rows: tuple[IntArray, IntArray, BoolArray],
) -> Column:
    wanted, groups, chosen = rows
    if values is not None:
        chosen = chosen & ~is_missing(values)
    bound = None
    if rule.bound is not None:
        bound = scope.own(rule.bound.ours), other.column(rule.bound.theirs)
    strict = rule.bound is not None and rule.bound.side == "before"
    members = select_members(wanted, groups, chosen, bound, strict)
    if values is None or rule.which == "count":
        return compute_counts(members)
    if rule.which in {"min", "max"}:
        return _extreme(rule.which, members, values, other, scope)
    sums = compute_sums(members, values)
    return sums if rule.which == "sum" else number_column(sums.to_numpy() / compute_counts(members).to_numpy())


def _extreme(which: str, members: Members, values: Column, other: Source, scope: RowScope) -> Column:
    positions = find_extremes(which, members, values)
    remember(scope, other, positions)
    return take_rows(values, positions)


def _others(
    name: str, by: Keys, where: Expression | None, scope: RowScope
) -> tuple[Source, IntArray, IntArray, BoolArray]:
    """Another source, the groups of our rows and of its records by subject and keys, and which of these count."""
    other = scope.dataset.deriver.source(name)
    inner = SourceScope(scope.dataset.deriver, other)
    ours = [scope.take(join_keys(scope.dataset, other)), *(evaluate(key, scope) for _, key in by)]
    theirs = [other.subjects(), *(inner.column(named(field)) for field, _ in by)]
    wanted, groups = compute_shared_groups(ours, theirs)
    return other, wanted, groups, evaluate_condition(where, inner) & (groups >= 0)


def _whole(scope: RowScope) -> RowScope:
    """All rows of the dataset: a group's records count also where the variable takes another branch."""
    return RowScope(scope.dataset, scope.variable, np.arange(scope.dataset.length))


def _own_groups(within: tuple[str, ...], whole: RowScope) -> IntArray:
    return compute_group_numbers([whole.own(name) for name in within], whole.length)
