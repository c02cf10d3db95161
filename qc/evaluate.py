"""The rules applied to the files: an outcome for every rule, also for those that hold."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from crf2tlf.errors import Location
from qc.checks import (
    VISIT_KEYS,
    AtLeast,
    CalendarDate,
    DatesInOrder,
    DaysBetween,
    FileCheck,
    FilePresent,
    FlagNeedsOrder,
    Matches,
    MatchesNot,
    NumbersInOrder,
    SourceRecord,
    StudyDay,
    SubjectKnown,
    VisitKnown,
    WholeNumber,
)
from qc.evaluate_files import find_file_faults
from qc.evaluate_records import find_failing
from qc.files import Files, IntArray
from qc.rules import Rule
from qc.rules_files import unknown_file_rule


def _no_rows() -> IntArray:
    return np.zeros(0, dtype=np.int64)


@dataclass(frozen=True)
class Outcome:
    """What a rule found: positions of failing records (from 0), or faults of the file in words.

    `checked` counts the records looked at, 1 for a rule about the file. `blocked` says why the rule could not be
    checked; another rule then reports the reason.
    """

    rule: Rule
    rows: IntArray = field(default_factory=_no_rows)
    faults: tuple[str, ...] = ()
    checked: int = 0
    blocked: str = ""

    @property
    def count(self) -> int:
        """The number of failing records, or of faults of the file."""
        return len(self.rows) + len(self.faults)


def check_rules(rules: Iterable[Rule], files: Files, place: Location) -> list[Outcome]:
    """The outcome of every rule; a file that no rule is about is a finding at `place`."""
    rules = list(rules)
    known = {rule.dataset for rule in rules}
    unknown = [unknown_file_rule(name, place) for name in files.datasets if name not in known]
    return [check_rule(rule, files) for rule in (*rules, *unknown)]


def check_rule(rule: Rule, files: Files) -> Outcome:
    """The outcome of one rule."""
    reason = find_block(rule, files)
    if reason:
        return Outcome(rule, blocked=reason)
    if isinstance(rule.check, FileCheck):
        faults = find_file_faults(rule.check, rule.dataset, files.datasets.get(rule.dataset), files.encoding)
        return Outcome(rule, faults=tuple(faults), checked=1)
    failing = find_failing(rule.check, rule.dataset, files)
    return Outcome(rule, rows=np.flatnonzero(failing).astype(np.int64), checked=len(failing))


def find_block(rule: Rule, files: Files) -> str:
    """Why a rule cannot be checked: a file or column that it reads is absent or of another type; else ""."""
    check = rule.check
    if rule.dataset not in files:
        return "" if isinstance(check, FilePresent) else f"there is no file {rule.dataset.lower()}.xpt"
    columns = list(rule.columns)
    if isinstance(check, FileCheck) and hasattr(check, "variable"):
        columns.append(check.variable)
    absent = [column for column in columns if not files.has(rule.dataset, column)]
    if absent:
        return f"{rule.dataset} has no {', '.join(absent)}"
    other = find_absent_reference(check, files)
    return other or find_wrong_type(check, rule.dataset, files)


def find_absent_reference(check: object, files: Files) -> str:
    """The file or column of another dataset that a check needs and that is absent."""
    match check:
        case SubjectKnown(dataset):
            needed: tuple[str, ...] = ("USUBJID",)
        case VisitKnown(dataset):
            needed = VISIT_KEYS
        case StudyDay(_, _, dataset, reference):
            needed = ("USUBJID", reference)
        case _:
            return ""
    absent = [column for column in needed if not files.has(dataset, column)]
    return f"{dataset} has no {', '.join(absent)}" if absent else ""


def find_wrong_type(check: object, dataset: str, files: Files) -> str:
    """Why a check of numbers cannot read a text, or the other way round."""
    for column, wanted in wanted_types(check):
        is_number = files.frame(dataset)[column].dtype.kind == "f"
        if is_number != (wanted == "number"):
            return f"{column} is not {wanted}"
    return ""


def wanted_types(check: object) -> Sequence[tuple[str, str]]:
    """The columns whose type a check depends on."""
    match check:
        case WholeNumber(variable) | AtLeast(variable, _):
            return [(variable, "number")]
        case Matches(variable, _) | MatchesNot(variable, _) | CalendarDate(variable):
            return [(variable, "text")]
        case DatesInOrder(start, end):
            return [(start, "text"), (end, "text")]
        case NumbersInOrder(low, high):
            return [(low, "number"), (high, "number")]
        case StudyDay(variable, _, _, _):
            return [(variable, "number")]
        case DaysBetween(variable, start, end, _):
            return [(name, "number") for name in (variable, start, end)]
        case FlagNeedsOrder(flag, earlier, later):
            return [(flag, "text"), (earlier, "number"), (later, "number")]
        case SourceRecord(_, _, sequence):
            return [(sequence, "number")]
        case _:
            return []
