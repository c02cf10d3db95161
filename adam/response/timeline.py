"""The assessments of each subject by each evaluator, in order of time, from the baseline on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from adam.response.blocks import Blocks, compute_blocks, compute_edge
from adam.response.lesions import require_columns, require_keys
from adam.response.parameters import Baseline
from crf2tlf.rules.columns import TEXT, FloatArray, IntArray, text_column
from crf2tlf.rules.vectors import compute_group_numbers, find_positions


@dataclass(frozen=True)
class Timeline:
    """One row an assessment, in blocks of subject and evaluator, in order of first scan, last scan, first record.

    `baseline` is each block's baseline row or -1, `of_record` the row of each lesion record or -1: assessments before
    the baseline and those without any date have no row.
    """

    frame: pd.DataFrame  # USUBJID, EVALUATOR, LNKGRP, ABLFL
    blocks: Blocks
    baseline: IntArray
    of_record: IntArray

    def __len__(self) -> int:
        return len(self.frame)


def compute_timeline(lesions: pd.DataFrame) -> Timeline:
    """The assessments of the lesion records; the last one that is flagged BASELINE is a block's baseline."""
    require_keys(lesions)
    keys = [lesions[name] for name in ("USUBJID", "EVALUATOR", "LNKGRP")]
    groups = compute_group_numbers(keys, len(lesions))
    count = int(groups.max(initial=-1)) + 1
    frame, dates = _assessments(lesions, groups, count)
    order, block_keys = _order(frame, dates)
    blocks = compute_blocks(block_keys)
    flagged = frame["BASELINE"].to_numpy(dtype=bool)[order]
    baseline = np.full(len(blocks.first), -1, dtype=np.int64)
    rows = np.flatnonzero(flagged)
    np.maximum.at(baseline, blocks.number[rows], rows)
    kept = np.arange(len(order)) >= baseline[blocks.number]
    return _select(frame, order[kept], block_keys[kept], flagged[kept], groups)


def _assessments(
    lesions: pd.DataFrame, groups: IntArray, count: int
) -> tuple[pd.DataFrame, tuple[FloatArray, FloatArray]]:
    """One row an assessment with its first record's keys, and the dates of its first and last scan."""
    firsts = np.full(count, len(lesions), dtype=np.int64)
    np.minimum.at(firsts, groups, np.arange(len(lesions)))
    frame = lesions[["USUBJID", "EVALUATOR", "LNKGRP"]].take(firsts).reset_index(drop=True)
    flagged = (lesions["BASELINE"] == "Y").fillna(False).to_numpy(dtype=bool)
    baseline = np.zeros(count, dtype=bool)
    baseline[groups[flagged]] = True
    frame["BASELINE"], frame["FIRST"] = baseline, firsts
    day = lesions["ADT"].to_numpy(dtype=np.float64)
    everything = np.ones(len(lesions), dtype=bool)
    dates = tuple(compute_edge(which, day, everything, groups, count) for which in ("earliest", "latest"))
    return frame, (dates[0], dates[1])


def _order(frame: pd.DataFrame, dates: tuple[FloatArray, FloatArray]) -> tuple[IntArray, IntArray]:
    """The dated assessments in order, and a number for the subject and evaluator of each."""
    subject = pd.factorize(frame["USUBJID"], sort=True)[0]
    evaluator = pd.factorize(frame["EVALUATOR"], sort=True, use_na_sentinel=True)[0] + 1
    keys = subject * (int(evaluator.max(initial=0)) + 1) + evaluator
    order = np.lexsort((frame["FIRST"].to_numpy(), dates[1], dates[0], keys))
    order = order[~np.isnan(dates[0][order])]
    return order, keys[order]


def _select(frame: pd.DataFrame, order: IntArray, keys: IntArray, flagged: np.ndarray, groups: IntArray) -> Timeline:
    """The timeline of the chosen assessments; a baseline is the first row of its block."""
    chosen = frame[["USUBJID", "EVALUATOR", "LNKGRP"]].take(order).reset_index(drop=True)
    chosen["ABLFL"] = text_column(np.where(flagged, "Y", "").astype(object))
    blocks = compute_blocks(keys)
    position = np.full(len(frame), -1, dtype=np.int64)
    position[order] = np.arange(len(order))
    baseline = np.where(flagged[blocks.first], blocks.first, -1) if len(order) else np.zeros(0, dtype=np.int64)
    return Timeline(chosen, blocks, baseline, position[groups])


def add_baseline(lesions: pd.DataFrame, starts: pd.DataFrame, rules: Baseline) -> pd.DataFrame:
    """The lesion records with BASELINE: Y on the last assessment whose scans all lie on or before the start.

    `starts` has one row a subject: USUBJID, STARTDT (days). The criterion may let scans come some days late.
    """
    require_columns(starts, ("USUBJID", "STARTDT"), "starts of treatment")
    groups = compute_group_numbers([lesions[name] for name in ("USUBJID", "EVALUATOR", "LNKGRP")], len(lesions))
    count = int(groups.max(initial=-1)) + 1
    day = lesions["ADT"].to_numpy(dtype=np.float64)
    last = compute_edge("latest", day, np.ones(len(lesions), dtype=bool), groups, count)[groups]
    found = find_positions(lesions["USUBJID"].reset_index(drop=True), starts["USUBJID"].reset_index(drop=True))
    start = np.append(starts["STARTDT"].to_numpy(dtype=np.float64), np.nan)[found]
    early = last <= start + rules.days_after_start
    block = compute_group_numbers([lesions["USUBJID"], lesions["EVALUATOR"]], len(lesions))
    latest = compute_edge("latest", last, early, block, int(block.max(initial=-1)) + 1)[block]
    flags = np.where(early & (last == latest), "Y", "").astype(object)
    return lesions.assign(BASELINE=pd.Series(text_column(flags).to_numpy(), index=lesions.index, dtype=TEXT))
