"""Non-target and new lesions at each assessment (RECIST 1.1 sections 4.3.3 and 4.3.5)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from adam.response import parameters as p
from adam.response.blocks import compute_any_so_far, compute_blocks, compute_counts
from adam.response.followed import Followed
from adam.response.lesions import Measured
from adam.response.timeline import Timeline
from crf2tlf.rules.columns import BoolArray, IntArray, is_missing
from crf2tlf.rules.vectors import compute_group_numbers


@dataclass(frozen=True)
class NewLesions:
    """By assessment a position in NEW_STATES; by record whether it shows a new lesion that counts."""

    state: IntArray
    shows: BoolArray


def compute_non_target(
    timeline: Timeline, words: Measured, followed: Followed, criterion: p.Criterion
) -> tuple[IntArray, tuple[str, ...], IntArray]:
    """Non-target response by assessment (position in NON_TARGET_RESPONSES), the reasons and which of them holds.

    The criterion's rules in their order, over the lesions of the baseline and what they became; one without an
    assessed record is not done.
    """
    count = len(timeline)
    expected = np.maximum.reduceat(followed.expected, timeline.blocks.first) if count else followed.expected
    expected = expected[timeline.blocks.number] if count else expected
    records = compute_counts(followed.counts, timeline.of_record, count)
    holds = [timeline.baseline[timeline.blocks.number] < 0, expected == 0]
    for rule in criterion.non_target:
        if rule.status == p.NOT_DONE:
            some = followed.assessed < expected
            holds.append(some if rule.lesions == "any" else followed.assessed == 0)
            continue
        has = compute_counts(followed.counts & words.says(rule.status), timeline.of_record, count)
        holds.append(has > 0 if rule.lesions == "any" else (has == records) & (followed.assessed == expected))
    reasons = ("NT_NO_BASELINE", "NO_NON_TARGET", *(rule.reason for rule in criterion.non_target), "")
    responses = ("NE", p.NONE, *(rule.response for rule in criterion.non_target), "NE")
    first = np.select(holds, list(range(len(holds))), len(holds))
    return np.array([p.NON_TARGET_RESPONSES.index(each) for each in responses])[first], reasons, first


def compute_new_lesions(
    lesions: pd.DataFrame, timeline: Timeline, measured: Measured, rules: p.NewLesionRules
) -> NewLesions:
    """Whether there is a new lesion: N, EQUIVOCAL or Y.

    An equivocal lesion that is unequivocal later counts from where it was first seen, when the criterion says so.
    """
    count = len(timeline)
    after = timeline.of_record > np.append(timeline.baseline, -1)[_block_of_record(timeline)]
    records = np.flatnonzero(measured.has_role(p.NEW) & (timeline.of_record >= 0) & after)
    certain, doubtful = measured.says(p.UNEQUIVOCAL)[records], measured.says(p.EQUIVOCAL)[records]
    assessment = timeline.of_record[records]
    if rules.back_date_equivocal:
        certain = certain | (doubtful & _certain_later(lesions, records, assessment, certain, timeline))
    shows = np.zeros(len(lesions), dtype=bool)
    shows[records] = certain
    new = compute_counts(certain, assessment, count) > 0
    if rules.persists:
        new = compute_any_so_far(new, timeline.blocks)
    unclear = compute_counts(doubtful, assessment, count) > 0
    state = np.where(new, p.NEW_STATES.index("Y"), np.where(unclear, p.NEW_STATES.index(p.EQUIVOCAL), 0))
    return NewLesions(state, shows)


def _block_of_record(timeline: Timeline) -> IntArray:
    """The block of each record, -1 for a record without assessment."""
    return np.append(timeline.blocks.number, -1)[timeline.of_record]


def _certain_later(
    lesions: pd.DataFrame, records: IntArray, assessment: IntArray, certain: BoolArray, timeline: Timeline
) -> BoolArray:
    """Where the same lesion is unequivocal at a later assessment."""
    names = lesions["LNKID"].take(records).reset_index(drop=True)
    block = pd.Series(timeline.blocks.number[assessment])
    lesion = compute_group_numbers([block, names], len(records))
    order = np.lexsort((-assessment, lesion))
    later = compute_any_so_far(certain[order], compute_blocks(lesion[order]), before=True)
    found = np.zeros(len(records), dtype=bool)
    found[order] = later
    return found & ~is_missing(names)
