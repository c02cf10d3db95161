"""Confirmed responses: first and next assessment by table (RECIST 1.1 section 4.4.3, table 3)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from adam.response.blocks import compute_next
from adam.response.course import Course, positions
from adam.response.parameters import NONE, Criterion
from crf2tlf.rules.columns import BoolArray, IntArray


@dataclass(frozen=True)
class Outcomes:
    """What each assessment of a course stands for as best response.

    `best` is the position in the order, `row` the assessment that dates it, `by` the confirming one (-1: not
    confirmed), `rule` the reason.
    """

    best: IntArray
    row: IntArray
    by: IntArray
    rule: npt.NDArray[np.object_]


def compute_as_seen(course: Course, criterion: Criterion) -> Outcomes:
    """Outcomes without confirmation: as seen, but stable disease before its minimum duration is not evaluable."""
    rules = criterion.best
    stable = np.isin(course.response, positions(rules.order, rules.stable))
    early = stable & (course.since < rules.stable_days)
    best = np.where(early, rules.order.index(rules.too_early), course.response)
    rule = np.where(early, "TOO_EARLY", "AS_SEEN").astype(object)
    return Outcomes(best, np.arange(len(course)), np.full(len(course), -1, dtype=np.int64), rule)


def compute_confirmed(course: Course, criterion: Criterion) -> Outcomes:
    """Outcomes with confirmation: a response counts by what followed it, see the criterion's table.

    Confirmed by an accepted response at least `minimum_days` later, with at most `most_not_evaluable` assessments
    that are not evaluable and none of another response in between. Otherwise what stopped it decides, with the
    duration of stable disease taken at the response itself.
    """
    seen, rules = compute_as_seen(course, criterion), criterion.best
    best, row, by, rule = seen.best.copy(), seen.row.copy(), seen.by.copy(), seen.rule.copy()
    for first in rules.response:
        rows = course.response == rules.order.index(first)
        (stop, counts_as), candidate = _stop(course, first, criterion), _candidate(course, first, criterion)
        confirmed = rows & (candidate < stop)
        following = np.where(confirmed, candidate, stop)
        outcome, reason = _look_up(course, np.where(confirmed, course.response, counts_as), following, criterion)
        ends = np.isin(outcome, positions(rules.order, rules.progression)) & (following < len(course))
        best = np.where(rows, outcome, best)
        row = np.where(rows & ends, following, row)
        by = np.where(confirmed, candidate, by)
        rule = np.where(rows, reason, rule)
    return Outcomes(best, row, by, rule)


def _stop(course: Course, first: str, criterion: Criterion) -> tuple[IntArray, IntArray]:
    """By assessment: the next at which a response of this kind can no longer be confirmed (their number for none).

    And the response that it then counts as: that of the assessment itself, or of a better one from which it fell back.
    """
    order, count = criterion.best.order, len(course)
    accepted = np.isin(course.response, positions(order, criterion.confirmation.confirms[first]))
    unclear = np.isin(course.response, positions(order, criterion.best.not_evaluable))
    after = np.arange(count) + 1
    stop = compute_next(~accepted & ~unclear, course.blocks, after)
    stop = np.minimum(stop, _one_too_many(course, unclear, criterion.confirmation.most_not_evaluable))
    if criterion.confirmation.partial_after_complete == "goes_on":
        return stop, course.response
    same = course.response == order.index(first)
    better = compute_next(accepted & (course.response < order.index(first)), course.blocks, after)
    back = compute_next(same, course.blocks, better)
    return np.minimum(stop, back), np.where(back < stop, np.append(course.response, 0)[better], course.response)


def _one_too_many(course: Course, unclear: BoolArray, most: int) -> IntArray:
    """By assessment: the one that is not evaluable after `most` others that are not."""
    count = len(course)
    rows = np.flatnonzero(unclear)
    wanted = np.cumsum(unclear) + most
    found = np.append(rows, count)[np.minimum(wanted, len(rows))]
    ends = (course.blocks.first + course.blocks.size)[course.blocks.number]
    return np.where(found < ends, found, count)


def _candidate(course: Course, first: str, criterion: Criterion) -> IntArray:
    """By assessment: the next accepted one that is late enough to confirm; their number for none."""
    if not len(course):
        return np.zeros(0, dtype=np.int64)
    rules = criterion.confirmation
    accepted = np.isin(course.response, positions(criterion.best.order, rules.confirms[first]))
    day = course.day - course.day.min()
    line = course.blocks.number * (day.max() + rules.minimum_days + 1) + day
    late = np.maximum(np.searchsorted(line, line + rules.minimum_days, side="left"), np.arange(len(course)) + 1)
    return compute_next(accepted, course.blocks, late)


def _look_up(
    course: Course, first: IntArray, following: IntArray, criterion: Criterion
) -> tuple[IntArray, npt.NDArray[np.object_]]:
    """Best response and reason from the table, by the first response and what follows."""
    order = criterion.best.order
    codes = np.full((len(order), len(order) + 1, 2), -1, dtype=np.int64)
    reasons = np.full(codes.shape, "", dtype=object)
    for (one, after), outcomes in criterion.confirmation.table.items():
        place = order.index(one), order.index(after) if after != NONE else len(order)
        codes[place] = positions(order, outcomes)
        reasons[place] = [f"{one}/{after}", f"{one}/{after}" + (" EARLY" if outcomes[0] != outcomes[1] else "")]
    early = (course.since < criterion.best.stable_days).astype(np.int64)
    after_code = np.append(course.response, len(order))[following]
    return codes[first, after_code, early], reasons[first, after_code, early]
