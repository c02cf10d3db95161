"""The closed list of verbs: every variable of a spec has exactly one of these rules.

A rule is data. What it reads is asked with `reads`; how it is derived stands in `derive_*.py` beside this file.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal as OneOf

from crf2tlf.rules.expressions import Expression, Reference, references
from crf2tlf.rules.grades import Grade as Grade
from crf2tlf.rules.grades import reads_of_grade
from crf2tlf.rules.reads import Read as Read
from crf2tlf.rules.reads import inside, own, read_in
from crf2tlf.rules.records import Bound as Bound
from crf2tlf.rules.records import Neighbour as Neighbour
from crf2tlf.rules.records import RecordLookup as RecordLookup
from crf2tlf.rules.records import RecordsRule, reads_of_records
from crf2tlf.rules.records import Summary as Summary
from crf2tlf.rules.records import ValueAt as ValueAt


@dataclass(frozen=True)
class SetConstant:
    """`set`: the same value in every record; `$NAME` is a constant of the study."""

    value: str


@dataclass(frozen=True)
class CopyFrom:
    """`from`: the value of a raw field, a study table's column or another variable."""

    reference: Reference


@dataclass(frozen=True)
class IsoDate:
    """`date`: ISO 8601 text from collected parts (SDTMIG 4.4.2), or, in ADaM, a numeric date from ISO 8601 text.

    Of `formats` whichever reads the text; `format_by` gives each row's format, the form's own where it is blank.
    """

    date: Reference
    time: Reference | None = None
    format: str = ""
    formats: tuple[str, ...] = ()
    format_by: Lookup | None = None
    impute: OneOf["", "first", "last"] = ""
    not_before: Reference | None = None
    not_after: Reference | None = None


@dataclass(frozen=True)
class ImputationFlag:
    """`date: {imputed: VAR}`: Y, M or D, the highest part of VAR that was imputed (ADaMIG 3.2.3, --DTF)."""

    variable: str


@dataclass(frozen=True)
class Case:
    """`case`: the rule of the first branch whose condition holds; the last may be `else`."""

    branches: tuple[tuple[Expression | None, Rule], ...]


@dataclass(frozen=True)
class Calculate:
    """`calc`: an expression."""

    expression: Expression
    text: str


@dataclass(frozen=True)
class Lookup:
    """`lookup`: the value of a study table's row found by its key columns."""

    table: str
    by: tuple[tuple[str, Expression], ...]
    value: str
    missing: OneOf["issue", "blank"] = "issue"


@dataclass(frozen=True)
class Decode:
    """`decode`: the decode of another variable's codelist term."""

    variable: str


@dataclass(frozen=True)
class Sequence:
    """`seq`: 1, 2, 3 … within the subject, in the order of the dataset's keys or of `by` (SDTMIG 4.1.5)."""

    by: tuple[str, ...] = ()


@dataclass(frozen=True)
class StudyDay:
    """`study_day`: days from the reference date, the reference day being 1 and the day before -1 (SDTMIG 4.4.4)."""

    date: str
    reference: Reference


@dataclass(frozen=True)
class Extreme:
    """`min` or `max`: the smallest or largest value of another dataset's variable or raw field for the subject."""

    which: OneOf["min", "max"]
    of: tuple[Reference, ...]
    where: Expression | None = None


@dataclass(frozen=True)
class Pick:
    """`first` or `last`: the value of one record of another dataset for the subject, in the order of `by`.

    With `on`, a date of this dataset, only records count whose first `by` is a day not after it (`last`) or not before
    it (`first`): the element or treatment in force on that day. A partial date has the record that is in force on all
    days that it can mean, else none.
    """

    which: OneOf["first", "last"]
    of: Reference
    by: tuple[str, ...]
    where: Expression | None = None
    on: str = ""


@dataclass(frozen=True)
class Occurrence:
    """`first` or `last` with `within`: Y on that record of every group of this dataset, else missing."""

    which: OneOf["first", "last"]
    within: tuple[str, ...]
    order: tuple[str, ...]
    where: Expression | None = None


@dataclass(frozen=True)
class Baseline:
    """`baseline`: Y on the last record with a result on or before the reference date (SDTMIG 4.5.9, --LOBXFL)."""

    by: tuple[str, ...]
    date: str
    reference: Reference
    where: Expression | None = None


@dataclass(frozen=True)
class ByRecord:
    """`by_record`: one rule for each of the dataset's record sources."""

    rules: tuple[tuple[str, Rule], ...]


@dataclass(frozen=True)
class SubjectId:
    """`subject`: the subject's identifier as study.yaml makes it from that in the raw data; None with a fault there."""

    expression: Expression | None


@dataclass(frozen=True)
class ParameterField:
    """`parameter`: a field of the record's parameter, such as its code, date or censoring."""

    field: str


@dataclass(frozen=True)
class Program:
    """`program`: a function of the study's own, with the variables it reads and its method text."""

    file: str
    function: str
    reads: tuple[Reference, ...]
    method: str


@dataclass(frozen=True)
class NoData:
    """`no_data`: the variable stands in the dataset and is always missing, for the reason given."""

    reason: str


Rule = (
    SetConstant
    | CopyFrom
    | IsoDate
    | ImputationFlag
    | Case
    | Calculate
    | Lookup
    | Grade
    | RecordsRule
    | Decode
    | Sequence
    | StudyDay
    | Extreme
    | Pick
    | Occurrence
    | Baseline
    | ByRecord
    | SubjectId
    | ParameterField
    | Program
    | NoData
)


def reads(rule: Rule) -> Iterator[Read]:
    """Everything that a rule reads directly, in the order in which it stands."""
    match rule:
        case SetConstant() | NoData() | ParameterField() | SubjectId():
            return
        case CopyFrom(reference):
            yield Read(reference)
        case IsoDate():
            given = (rule.date, rule.time, rule.not_before, rule.not_after)
            yield from (Read(reference) for reference in given if reference is not None)
            yield from reads(rule.format_by) if rule.format_by is not None else ()
        case ImputationFlag(variable) | Decode(variable):
            yield from own(variable)
        case Case(branches):
            for condition, branch in branches:
                yield from read_in(condition)
                yield from reads(branch)
        case Calculate(expression, _):
            yield from read_in(expression)
        case Lookup():
            yield from (Read(reference) for _, key in rule.by for reference in references(key))
        case Grade():
            yield from reads_of_grade(rule)
        case RecordLookup() | ValueAt() | Neighbour() | Summary():
            yield from reads_of_records(rule)
        case Sequence(by):
            yield from own(*by)
        case StudyDay(date, reference):
            yield from (*own(date), Read(reference))
        case Extreme() | Pick():
            yield from _reads_of_others(rule)
        case Occurrence():
            yield from own(*rule.within, *rule.order)
            yield from read_in(rule.where)
        case Baseline():
            yield from (*own(*rule.by, rule.date), Read(rule.reference), *read_in(rule.where))
        case ByRecord(rules):
            for record, inner in rules:
                yield from (replace(read, record=record) for read in reads(inner))
        case Program():
            yield from map(Read, rule.reads)


def tables_of(rule: Rule) -> Iterator[str]:
    """The study tables in which the rule looks values or grades up."""
    match rule:
        case Lookup() | Grade():
            yield rule.table
        case IsoDate():
            yield from tables_of(rule.format_by) if rule.format_by is not None else ()
        case Case(branches):
            yield from (name for _, branch in branches for name in tables_of(branch))
        case ByRecord(rules):
            yield from (name for _, inner in rules for name in tables_of(inner))


def _reads_of_others(rule: Extreme | Pick) -> Iterator[Read]:
    for of in rule.of if isinstance(rule, Extreme) else (rule.of,):
        yield Read(of)
        by = rule.by if isinstance(rule, Pick) else ()
        if isinstance(rule, Pick) and rule.on:
            yield from own(rule.on)
        yield from inside(of.source, *by)
        yield from read_in(rule.where, of.source)
