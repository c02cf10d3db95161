"""Checks of records: for each record of a dataset whether it fails."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from qc.checks import (
    VISIT_KEYS,
    AllowedValues,
    AtLeast,
    CalendarDate,
    DatesInOrder,
    DaysBetween,
    Filled,
    FlagNeedsOrder,
    Matches,
    MatchesNot,
    NumbersInOrder,
    OneToOne,
    ParentRecord,
    RecordCheck,
    RelatedRecord,
    Sorted,
    SourceRecord,
    StudyDay,
    SubjectKnown,
    Unique,
    VisitKnown,
    WholeNumber,
)
from qc.files import BoolArray, Files, FloatArray, IntArray, compute_days
from qc.related import find_lost_parents, find_lost_relations, find_lost_sources

CALENDAR = r"\d{4}-\d{2}-\d{2}"
KNOWN_PREFIX = r"^(\d{4}(?:-\d{2}(?:-\d{2}(?:T\d{2}(?::\d{2}(?::\d{2})?)?)?)?)?)"
PREFIX_LENGTHS = (4, 7, 10, 13, 16, 19)


def find_failing(check: RecordCheck, name: str, files: Files) -> BoolArray:
    """Where the records of the dataset fail the check; missing values fail only checks that ask for a value."""
    frame = files.frame(name)
    match check:
        case Unique(columns):
            return find_repeated(frame, columns)
        case Sorted(columns):
            return find_unsorted(files, name, columns)
        case Filled(variable):
            return frame[variable].isna().to_numpy(dtype=bool)
        case AllowedValues(variable, values, where):
            outside = files.outside(name, variable, values)
            return outside if where is None else outside & ~files.outside(name, where[0], where[1:], missing=True)
        case Matches(variable, pattern):
            present = frame[variable].notna().to_numpy(dtype=bool)
            return present & ~files.matches(name, variable, pattern)
        case MatchesNot(variable, pattern):
            return files.matches(name, variable, pattern)
        case CalendarDate(variable):
            return find_impossible_dates(files, name, variable)
        case SubjectKnown(dataset):
            return files.outside(name, "USUBJID", files.subjects(dataset))
        case VisitKnown(dataset):
            return find_unknown_visits(frame, files.frame(dataset))
        case ParentRecord():
            return find_lost_parents(files, name)
        case RelatedRecord():
            return find_lost_relations(files, name)
        case SourceRecord(domain, variable, sequence):
            return find_lost_sources(files, name, domain, variable, sequence)
        case OneToOne(left, right, within):
            return find_ambiguous(files, name, left, right, within)
        case _:
            return find_failing_numbers(check, frame, files)


def find_failing_numbers(check: RecordCheck, frame: pd.DataFrame, files: Files) -> BoolArray:
    """Checks of numbers and of dates as numbers."""
    match check:
        case WholeNumber(variable):
            broken: BoolArray = np.nan_to_num(_numbers(frame, variable) % 1) != 0
            return broken
        case AtLeast(variable, least):
            return _numbers(frame, variable) < least
        case NumbersInOrder(low, high):
            return _numbers(frame, low) > _numbers(frame, high)
        case DatesInOrder(start, end):
            return find_unordered_texts(frame[start], frame[end])
        case StudyDay(variable, date, dataset, reference):
            return find_wrong_days(frame, variable, date, files.frame(dataset), reference)
        case DaysBetween(variable, start, end, parameters):
            wanted = _numbers(frame, end) - _numbers(frame, start) + 1
            in_days = frame["PARAMCD"].isin(list(parameters)).to_numpy(dtype=bool)
            return in_days & _differ(_numbers(frame, variable), wanted)
        case FlagNeedsOrder(flag, earlier, later):
            flagged = (frame[flag] == "Y").fillna(False).to_numpy(dtype=bool)
            return flagged & (_numbers(frame, later) < _numbers(frame, earlier))
        case _:
            raise TypeError(f"{check!r} is no check of records")


def find_repeated(frame: pd.DataFrame, columns: tuple[str, ...]) -> BoolArray:
    """Records that agree in all columns; a single column that is missing is nobody's."""
    repeated = frame.duplicated(list(columns), keep=False)
    if len(columns) == 1:
        repeated &= frame[columns[0]].notna()
    return repeated.to_numpy(dtype=bool)


def find_unknown_visits(frame: pd.DataFrame, visits: pd.DataFrame) -> BoolArray:
    """Records at a visit of which the subject has no record among the visits."""
    keys = list(VISIT_KEYS)
    known = pd.MultiIndex.from_frame(frame[keys]).isin(pd.MultiIndex.from_frame(visits[keys]))
    complete = frame[keys].notna().all(axis=1).to_numpy(dtype=bool)
    unknown: BoolArray = complete & ~known
    return unknown


def find_unsorted(files: Files, name: str, columns: tuple[str, ...]) -> BoolArray:
    """Records whose successor has smaller keys; missing is smallest, as in SAS."""
    count = len(files.frame(name))
    larger, equal = np.zeros(count, dtype=bool), np.ones(max(0, count - 1), dtype=bool)
    for column in columns:
        ranks, _ = files.factors(name, column, ordered=True)
        larger[:-1] |= equal & (ranks[:-1] > ranks[1:])
        equal &= ranks[:-1] == ranks[1:]
    return larger


def find_impossible_dates(files: Files, name: str, variable: str) -> BoolArray:
    """Texts with a complete date that no calendar has."""
    codes, values = files.factors(name, variable)
    dates = pd.Series([str(value) for value in values], dtype=object).str.extractall(f"({CALENDAR})")[0]
    parsed = pd.to_datetime(dates, format="%Y-%m-%d", errors="coerce")
    wrong = np.zeros(len(values) + 1, dtype=bool)
    wrong[dates.index.get_level_values(0)[parsed.isna().to_numpy(dtype=bool)]] = True
    return wrong[codes]


def find_unordered_texts(start: pd.Series, end: pd.Series) -> BoolArray:
    """Where an ISO 8601 start is after its end, compared as far as both are known."""
    starts, ends = (each.str.extract(KNOWN_PREFIX)[0] for each in (start, end))
    both = (starts.notna() & ends.notna()).to_numpy(dtype=bool)
    common = np.minimum(*(each.str.len().fillna(0).to_numpy(dtype=np.int64) for each in (starts, ends)))
    later = np.zeros(len(start), dtype=bool)
    for length in PREFIX_LENGTHS:
        rows = np.flatnonzero(both & (common == length))
        cut = [each.take(rows).str.slice(0, length).to_numpy(dtype=object) for each in (starts, ends)]
        later[rows] = cut[0] > cut[1]
    return later


def find_wrong_days(
    frame: pd.DataFrame, variable: str, date: str, references: pd.DataFrame, reference: str
) -> BoolArray:
    """Where a study day is not what its date and the subject's reference date give; there is no day 0."""
    each = references.drop_duplicates("USUBJID")
    positions = pd.Index(each["USUBJID"]).get_indexer(frame["USUBJID"])
    since = np.append(compute_days(each[reference]), np.nan)[positions]
    distance = compute_days(frame[date]) - since
    return _differ(_numbers(frame, variable), distance + (distance >= 0))


def find_ambiguous(files: Files, name: str, left: str, right: str, within: tuple[str, ...]) -> BoolArray:
    """Records whose value of one column stands elsewhere in the group beside another value of the other column."""
    lefts, rights = files.factors(name, left)[0], files.factors(name, right)[0]
    both = (lefts >= 0) & (rights >= 0)
    groups = _number_groups([files.factors(name, column)[0][both] for column in within], int(both.sum()))
    torn = np.zeros(len(groups), dtype=bool)
    for own, other in ((lefts[both], rights[both]), (rights[both], lefts[both])):
        values = _number_groups([groups, own], len(groups))
        # The first other value beside each value; another one beside it tears all its records.
        _, firsts = np.unique(values, return_index=True)
        several = np.zeros(len(firsts), dtype=bool)
        several[values[other != other[firsts][values]]] = True
        torn |= several[values]
    failing = np.zeros(len(both), dtype=bool)
    failing[np.flatnonzero(both)] = torn
    return failing


def _number_groups(codes: Sequence[IntArray], count: int) -> IntArray:
    """The number of each record's combination of codes, from 0 without a gap; missing (-1) counts as a value."""
    numbers: IntArray = np.zeros(count, dtype=np.int64)
    for each in codes:
        width = int(each.max(initial=-1)) + 2
        numbers = np.unique(numbers * width + each + 1, return_inverse=True)[1].astype(np.int64)
    return numbers


def _numbers(frame: pd.DataFrame, column: str) -> FloatArray:
    return frame[column].to_numpy(dtype=np.float64)


def _differ(found: FloatArray, wanted: FloatArray) -> BoolArray:
    """Where two numbers are not the same; missing equals missing."""
    both_missing = np.isnan(found) & np.isnan(wanted)
    return ~(both_missing | np.isclose(found, wanted, rtol=0, atol=1e-9))
