"""Applies a rule to rows of a dataset: one function a verb, whole columns in and out."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from crf2tlf.derive.choose import apply_baseline, apply_extreme, apply_occurrence, apply_pick
from crf2tlf.derive.engine import DerivedDataset
from crf2tlf.derive.grades import apply_grade
from crf2tlf.derive.programs import run_program
from crf2tlf.derive.records import apply_neighbour, apply_record_lookup, apply_summary, apply_value_at
from crf2tlf.derive.scope import RowScope
from crf2tlf.derive.subjects import compute_subject_ids
from crf2tlf.derive.values import as_collected, codelists_of_rows, joined_texts, references_of, texts_of
from crf2tlf.errors import Context, ProgramError
from crf2tlf.rules import verbs
from crf2tlf.rules.columns import (
    BoolArray,
    Column,
    Kind,
    choose,
    is_missing,
    is_true,
    kind_of,
    missing_column,
    number_column,
    take_rows,
    text_column,
)
from crf2tlf.rules.dates import (
    compute_imputed_dates,
    compute_iso_dates_by_format,
    compute_iso_dates_from_text,
    compute_iso_dates_of_any,
    compute_iso_times,
)
from crf2tlf.rules.evaluate import evaluate, evaluate_condition
from crf2tlf.rules.expressions import Expression, Reference
from crf2tlf.rules.functions import compute_numbers
from crf2tlf.rules.own_source import OWN_SOURCE, copy_at_source, date_at_source, names_own_source
from crf2tlf.rules.vectors import compute_lookup, compute_mapped, compute_sequence, compute_study_days
from crf2tlf.spec.model import Variable


def derive_variable(dataset: DerivedDataset, variable: Variable) -> Column:
    """A variable's values for all records of its dataset, of the kind that its type stores."""
    scope = RowScope(dataset, variable, np.arange(dataset.length))
    column = apply_rule(variable.rule, scope)
    wanted: Kind = "number" if variable.is_number else "text"
    if len(column) and kind_of(column) != wanted:
        context = Context(dataset.deriver.study.name, dataset.name, variable.location, f"variables.{variable.name}")
        raise ProgramError(f"{variable.name} came out as {kind_of(column)}, but its type is {variable.type}", context)
    if not len(column):
        return missing_column(wanted, 0)
    _report_outside_codelist(scope, column)
    return column


def apply_rule(rule: verbs.Rule, scope: RowScope) -> Column:
    """The result of a rule for the rows of a scope."""
    match rule:
        case verbs.SetConstant(value):
            return _constant(value, scope)
        case verbs.CopyFrom():
            return _copy(rule, scope)
        case verbs.IsoDate():
            return _date(rule, scope)
        case verbs.ImputationFlag(variable):
            return _imputation_flag(variable, scope)
        case verbs.Case(branches):
            return _case(branches, scope)
        case verbs.Calculate(expression, _):
            return evaluate(expression, scope)
        case verbs.Lookup():
            return _lookup(rule, scope)
        case verbs.Grade():
            return apply_grade(rule, scope)
        case verbs.RecordLookup():
            return apply_record_lookup(rule, scope)
        case verbs.ValueAt():
            return apply_value_at(rule, scope)
        case verbs.Neighbour():
            return apply_neighbour(rule, scope)
        case verbs.Summary():
            return apply_summary(rule, scope)
        case verbs.Decode(variable):
            return _decode(variable, scope)
        case verbs.Sequence(by):
            keys = by or tuple(key for key in scope.dataset.spec.keys if key != scope.variable.name)
            return compute_sequence(scope.own("USUBJID"), [scope.own(key) for key in keys])
        case verbs.StudyDay(date, reference):
            return compute_study_days(scope.own(date), scope.column(reference))
        case verbs.Extreme():
            return apply_extreme(rule, scope)
        case verbs.Pick():
            return apply_pick(rule, scope)
        case verbs.Occurrence():
            return apply_occurrence(rule, scope)
        case verbs.Baseline():
            return apply_baseline(rule, scope)
        case verbs.ByRecord(rules):
            return _by_record(rules, scope)
        case verbs.SubjectId(expression):
            return _subject(expression, scope)
        case verbs.ParameterField(field):
            return scope.take(scope.dataset.parameter_field(field))
        case verbs.Program():
            return run_program(rule, scope)
        case verbs.NoData():
            return scope.missing()


def _constant(value: str, scope: RowScope) -> Column:
    constant = scope.constant(value[1:]) if value.startswith("$") else value
    if scope.variable.is_number:
        return number_column(float(constant), scope.length)
    return text_column(str(constant), scope.length)


def _subject(expression: Expression | None, scope: RowScope) -> Column:
    """USUBJID from the raw identifier; a record that comes from no raw form has its own source's."""
    if expression is None:
        return scope.missing()
    identifiers = scope.take(scope.dataset.raw_subjects())
    pieces: list[tuple[BoolArray, Column]] = []
    for name, chosen in scope.by_source():
        own = identifiers[chosen].reset_index(drop=True)
        if name.startswith("raw.") or not is_missing(own).all():
            pieces.append((chosen, compute_subject_ids(scope.study, expression, own)))
        else:
            pieces.append((chosen, scope.narrowed(chosen).column(Reference((OWN_SOURCE, "USUBJID")))))
    return _assembled(pieces, scope)


def _each_source(rule_at: Callable[[str], verbs.Rule], scope: RowScope) -> Column:
    """The rule for the rows of each record source in turn: a form has its own dates, a dataset no collected values."""
    pieces = [(chosen, apply_rule(rule_at(name), scope.narrowed(chosen))) for name, chosen in scope.by_source()]
    return _assembled(pieces, scope)


def _copy(rule: verbs.CopyFrom, scope: RowScope) -> Column:
    reference = rule.reference
    if names_own_source(reference):
        return _each_source(lambda source: copy_at_source(rule, source), scope)
    return as_collected(scope.column(reference), reference, scope)


def _date(rule: verbs.IsoDate, scope: RowScope) -> Column:
    if scope.variable.is_number:
        return _numeric_date(rule, scope)[0]
    if names_own_source(rule.date):
        return _each_source(lambda source: date_at_source(rule, source), scope)
    collected = scope.column(rule.date)
    iso, bad = collected, np.zeros(scope.length, dtype=bool)
    if rule.date.source.startswith(("raw.", "table.")):
        iso, bad = _read_dates(rule, collected, scope)
    scope.report("UNREADABLE_DATE", bad, collected, (rule.date,), "the date or a part of it could not be read")
    if rule.time is None:
        return iso
    collected_time = scope.column(rule.time)
    time, bad_time = compute_iso_times(collected_time)
    message = "the time could not be read"
    scope.report("UNREADABLE_TIME", bad_time, collected_time, (rule.time,), message)
    lonely = ~is_missing(time) & ~is_true((iso.str.len() == 10).astype("boolean"))
    message = "a time without a complete date is not submitted"
    scope.report("TIME_WITHOUT_DATE", lonely, collected_time, (rule.time,), message)
    whole = iso + "T" + time.mask(lonely)
    return choose(~is_missing(whole), whole, iso)


def _read_dates(rule: verbs.IsoDate, collected: Column, scope: RowScope) -> tuple[Column, BoolArray]:
    if rule.formats:
        iso, bad, unclear = compute_iso_dates_of_any(collected, rule.formats)
        message = f"{' and '.join(rule.formats)} read different dates in the text"
        scope.report("AMBIGUOUS_DATE", unclear, collected, (rule.date,), message)
        return iso, bad
    own = _date_format(rule, scope)
    if rule.format_by is not None:
        return compute_iso_dates_by_format(collected, _lookup(rule.format_by, scope).fillna(own))
    return compute_iso_dates_from_text(collected, own)


def _date_format(rule: verbs.IsoDate, scope: RowScope) -> str:
    form = scope.study.forms.get(rule.date.source.removeprefix("raw."))
    return rule.format or (form.dates if form is not None else "YYYY-MM-DD")


def _numeric_date(rule: verbs.IsoDate, scope: RowScope) -> tuple[Column, Column]:
    bounds = [
        scope.column(bound).to_numpy() if bound is not None else None for bound in (rule.not_before, rule.not_after)
    ]
    days, flag = compute_imputed_dates(scope.column(rule.date), rule.impute, bounds[0], bounds[1])
    return number_column(days), flag


def _imputation_flag(name: str, scope: RowScope) -> Column:
    rule = scope.dataset.variable(name).rule
    if not isinstance(rule, verbs.IsoDate):
        raise ProgramError(f"{scope.dataset.name}.{name} is no imputed date")
    return _numeric_date(rule, scope)[1]


def _case(branches: tuple[tuple[Expression | None, verbs.Rule], ...], scope: RowScope) -> Column:
    pending = np.ones(scope.length, dtype=bool)
    pieces: list[tuple[BoolArray, Column]] = []
    for condition, rule in branches:
        chosen = pending & evaluate_condition(condition, scope)
        pending &= ~chosen
        if chosen.any():
            pieces.append((chosen, apply_rule(rule, scope.narrowed(chosen))))
    return _assembled(pieces, scope)


def _by_record(rules: tuple[tuple[str, verbs.Rule], ...], scope: RowScope) -> Column:
    own = scope.dataset.part_numbers[scope.rows]
    pieces = []
    for id_, rule in rules:
        parts = [number for number, part in enumerate(scope.dataset.parts) if part.record.id == id_]
        chosen = np.isin(own, parts)
        if chosen.any():
            pieces.append((chosen, apply_rule(rule, scope.narrowed(chosen))))
    return _assembled(pieces, scope)


def _assembled(pieces: list[tuple[BoolArray, Column]], scope: RowScope) -> Column:
    """The pieces as one column; rows of none are missing."""
    if not pieces:
        return scope.missing()
    places = np.full(scope.length, -1, dtype=np.int64)
    start = 0
    for chosen, values in pieces:
        places[chosen] = np.arange(start, start + len(values))
        start += len(values)
    columns = [values for _, values in pieces]
    whole = columns[0] if len(columns) == 1 else pd.concat(columns, ignore_index=True)
    return take_rows(whole, places)


def _lookup(rule: verbs.Lookup, scope: RowScope) -> Column:
    table = scope.study.tables[rule.table]
    keys = [evaluate(key, scope) for _, key in rule.by]
    try:
        found, absent = compute_lookup(keys, [table.values(column) for column, _ in rule.by], table.values(rule.value))
    except ValueError as error:
        raise ProgramError(f"{table.path}: {error}") from None
    if rule.missing == "issue":
        message = f"there is no such row in {table.path}"
        scope.report("NOT_IN_TABLE", absent, joined_texts(keys), references_of(key for _, key in rule.by), message)
    return compute_numbers(found) if scope.variable.is_number else found


def _decode(name: str, scope: RowScope) -> Column:
    codelist = scope.study.codelists[scope.dataset.variable(name).codelist]
    decodes = {term.value: term.decode for term in codelist.terms.values()}
    found, _ = compute_mapped(texts_of(scope.own(name)), decodes)
    return compute_numbers(found) if scope.variable.is_number else found


def _report_outside_codelist(scope: RowScope, column: Column) -> None:
    for chosen, codelist in codelists_of_rows(scope):
        texts = texts_of(column)
        outside = chosen & ~texts.isin(list(codelist.terms)).to_numpy(dtype=bool) & ~is_missing(column)
        message = f"the value is not in the codelist {codelist.name}"
        scope.report("NOT_IN_CODELIST", outside, texts, scope.variable.name, message)
