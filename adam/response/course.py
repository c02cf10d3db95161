"""The course of responses of each subject by one evaluator: what of it counts for the best response."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from adam.response.blocks import Blocks, compute_any_so_far, compute_blocks
from adam.response.lesions import require_columns
from adam.response.parameters import BestRules
from crf2tlf.errors import Context, DataError, Example
from crf2tlf.rules.columns import BoolArray, Column, FloatArray, IntArray, is_missing
from crf2tlf.rules.vectors import compute_group_numbers


@dataclass(frozen=True)
class Course:
    """One row an assessment, in blocks of a subject and evaluator in order of time.

    `subject` is the row of the subjects' frame, `since` the days since the start (0 on that day), `response` the
    position in the criterion's order.
    """

    subject: IntArray
    blocks: Blocks
    day: FloatArray
    since: FloatArray
    response: IntArray
    group: Column

    def __len__(self) -> int:
        return len(self.subject)

    def select(self, rows: BoolArray) -> Course:
        """The course of some of the assessments."""
        subject = self.subject[rows]
        group = self.group[rows].reset_index(drop=True)
        numbers = self.day[rows], self.since[rows], self.response[rows]
        return Course(subject, compute_blocks(subject), *numbers, group)


def compute_course(responses: pd.DataFrame, subjects: pd.DataFrame, rules: BestRules) -> Course:
    """The assessments after the start, one a day: of two on one day the one that the criterion prefers.

    `responses`: USUBJID, EVALUATOR, LNKGRP, ADT (days), OVRLRESP; rows without date or response are not used.
    `subjects`: one row a subject and evaluator with USUBJID, EVALUATOR, STARTDT.
    """
    require_columns(responses, ("USUBJID", "EVALUATOR", "LNKGRP", "ADT", "OVRLRESP"), "responses")
    require_columns(subjects, ("USUBJID", "EVALUATOR", "STARTDT"), "subjects")
    seen = ~is_missing(responses["OVRLRESP"]) & responses["ADT"].notna().to_numpy(dtype=bool)
    responses = responses[seen].reset_index(drop=True)
    subject = find_subjects(responses, subjects)
    response = _responses(responses, rules)
    day = responses["ADT"].to_numpy(dtype=np.float64)
    since = day - np.append(subjects["STARTDT"].to_numpy(dtype=np.float64), np.nan)[subject]
    preference = np.array([rules.same_day.index(each) if each in rules.same_day else 99 for each in rules.order])
    order = np.lexsort((preference[response], day, subject))
    order = order[since[order] > 0]
    repeated = (
        np.r_[False, (np.diff(subject[order]) == 0) & (np.diff(day[order]) == 0)] if len(order) else since[order] > 0
    )
    order = order[~repeated]
    group = responses["LNKGRP"].take(order).reset_index(drop=True)
    return Course(subject[order], compute_blocks(subject[order]), day[order], since[order], response[order], group)


def select_period(course: Course, subjects: pd.DataFrame, rules: BestRules) -> Course:
    """The assessments up to the first progression, that one with it, and none after new therapy (NACTDT, days).

    An assessment on the day of new therapy counts.
    """
    progressed = np.isin(course.response, positions(rules.order, rules.progression))
    until = np.full(len(subjects), np.nan)
    if "NACTDT" in subjects.columns:
        until = subjects["NACTDT"].to_numpy(dtype=np.float64)
    in_time = course.select(~(course.day > until[course.subject]))
    shown = progressed[~(course.day > until[course.subject])]
    return in_time.select(~compute_any_so_far(shown, in_time.blocks, before=True))


def positions(order: tuple[str, ...], names: Iterable[str]) -> list[int]:
    """The places of responses in the criterion's order."""
    return [order.index(name) for name in names]


def find_subjects(frame: pd.DataFrame, subjects: pd.DataFrame) -> IntArray:
    """The row of each record's subject and evaluator; DataError where there is none, or more than one."""
    both = [pd.concat([subjects[name], frame[name]], ignore_index=True) for name in ("USUBJID", "EVALUATOR")]
    numbers = compute_group_numbers(both, len(subjects) + len(frame))
    own, wanted = numbers[: len(subjects)], numbers[len(subjects) :]
    if len(np.unique(own)) < len(own):
        repeated = subjects[pd.Series(own).duplicated().to_numpy()]
        raise DataError("a subject and evaluator stand twice among the subjects.", _who(repeated, "one row each"))
    place = np.full(int(numbers.max(initial=-1)) + 1, -1, dtype=np.int64)
    place[own] = np.arange(len(subjects))
    found = place[wanted]
    if (found < 0).any():
        unknown = frame[found < 0].drop_duplicates(["USUBJID", "EVALUATOR"])
        message = f"{len(unknown)} subjects and evaluators of the responses are not among the subjects."
        raise DataError(message, _who(unknown, "give each subject and evaluator a row with the date of the start"))
    return found


def _who(rows: pd.DataFrame, fix: str) -> Context:
    shown = zip(rows["USUBJID"], rows["EVALUATOR"], strict=True)
    return Context(examples=[Example(str(who), f"EVALUATOR {evaluator}") for who, evaluator in shown], fix=fix)


def _responses(responses: pd.DataFrame, rules: BestRules) -> IntArray:
    codes, distinct = pd.factorize(responses["OVRLRESP"])
    unknown = sorted(str(each) for each in distinct if each not in rules.order)
    if unknown:
        fix = f"map them to one of: {', '.join(rules.order)}"
        raise DataError(f"the criterion does not know the response {', '.join(unknown)}.", Context(fix=fix))
    return np.array([rules.order.index(each) for each in distinct], dtype=np.int64)[codes]
