"""The overall response of each assessment from lesion records (RECIST 1.1 tables 1 and 2)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from adam.response import parameters as p
from adam.response.blocks import compute_edge
from adam.response.followed import Followed, compute_followed
from adam.response.lesions import Measured, compute_measured, compute_non_target_words, compute_target_values
from adam.response.non_target import NewLesions, compute_new_lesions, compute_non_target
from adam.response.target import Sums, compute_sum_columns, compute_sums, compute_target, name_codes
from adam.response.timeline import Timeline, compute_timeline
from crf2tlf.rules.columns import BoolArray, FloatArray, IntArray, text_column


@dataclass(frozen=True)
class Parts:
    """What the response is made of, by assessment."""

    timeline: Timeline
    measured: Measured
    targets: Followed
    words: Measured
    non_targets: Followed
    sums: Sums
    target: tuple[IntArray, IntArray]
    non_target: tuple[IntArray, tuple[str, ...], IntArray]
    new: NewLesions


def compute_responses(lesions: pd.DataFrame, criterion: p.Criterion) -> pd.DataFrame:
    """One row an assessment from the baseline on, in order of subject, evaluator and time; see `lesions` for the input.

    USUBJID, EVALUATOR, LNKGRP, ABLFL; ADT (days) by the criterion's date rules; the numbers of ADTR (see
    `compute_sum_columns`); TRGRESP, NTRGRESP (missing without such lesions), NEWLES (N, EQUIVOCAL, Y), OVRLRESP with
    TRGRULE, NTRGRULE and OVRRULE, the reasons; PDBY (TARGET, NON-TARGET, NEW LESION, with / between); NEWDT (days), the
    scan that showed the new lesion first. The baseline row has no response.
    """
    lesions = lesions.reset_index(drop=True)
    parts = _parts(lesions, criterion)
    row = criterion.overall.row[parts.target[0], parts.non_target[0], parts.new.state]
    overall = np.array(criterion.overall.responses, dtype=object)[row]
    later = parts.timeline.frame["ABLFL"].isna().to_numpy(dtype=bool)
    causes = {name: holds & later for name, holds in _causes(parts).items()}
    day = _dates(lesions, parts, criterion.dates, causes, later & np.isin(overall, criterion.best.progression))
    return _frame(parts, criterion, row, causes, day, _new_since(lesions, parts))


def _parts(lesions: pd.DataFrame, criterion: p.Criterion) -> Parts:
    timeline = compute_timeline(lesions)
    measured = compute_measured(lesions, criterion.measurement)
    merged = criterion.measurement.merged_parents
    sized, values = compute_target_values(measured, criterion)
    targets = compute_followed(lesions, timeline, measured.has_role(p.TARGET), sized, merged)
    words = compute_non_target_words(measured, criterion)
    said = ~words.says(p.NOT_DONE)
    non_targets = compute_followed(lesions, timeline, words.has_role(p.NON_TARGET), said, merged)
    sums = compute_sums(timeline, measured, values, targets, criterion)
    return Parts(
        timeline,
        measured,
        targets,
        words,
        non_targets,
        sums,
        compute_target(timeline, sums, criterion),
        compute_non_target(timeline, words, non_targets, criterion),
        compute_new_lesions(lesions, timeline, measured, criterion.new_lesion),
    )


def _causes(parts: Parts) -> dict[str, BoolArray]:
    """What shows progression, by assessment."""
    return {
        "TARGET": parts.target[0] == p.TARGET_RESPONSES.index("PD"),
        "NON-TARGET": parts.non_target[0] == p.NON_TARGET_RESPONSES.index("PD"),
        "NEW LESION": parts.new.state == p.NEW_STATES.index("Y"),
    }


def _dates(
    lesions: pd.DataFrame, parts: Parts, rules: p.DateRules, causes: dict[str, BoolArray], progressed: BoolArray
) -> FloatArray:
    """The date of each assessment's response: of progression the earliest of its causes' dates."""
    day = lesions["ADT"].to_numpy(dtype=np.float64)
    of, count = parts.timeline.of_record, len(parts.timeline)
    said = parts.targets.counts | ~parts.words.says(p.NOT_DONE) | (parts.measured.role < 0)
    # A lesion that was not evaluable was looked for on a scan that took place: that of a scan not done has no date.
    other = compute_edge(rules.other, day, np.ones(len(day), dtype=bool), of, count)
    behind = {
        "TARGET": (rules.target_progression, parts.targets.counts),
        "NON-TARGET": (rules.non_target_progression, parts.non_targets.counts & parts.words.says(p.PROGRESSION)),
        "NEW LESION": (rules.new_lesion, parts.new.shows),
    }
    found = np.full(count, np.inf)
    for cause, (which, records) in behind.items():
        seen = compute_edge(which, day, records, of, count)
        found = np.where(causes[cause], np.fmin(found, seen), found)
    earliest = _or(compute_edge("earliest", day, said, of, count), other)
    return np.where(progressed, np.where(np.isinf(found), earliest, found), other)


def _or(day: FloatArray, otherwise: FloatArray) -> FloatArray:
    return np.where(np.isnan(day), otherwise, day)


def _new_since(lesions: pd.DataFrame, parts: Parts) -> FloatArray:
    """By assessment the date of the scan that first showed a new lesion, NaN before it."""
    day = lesions["ADT"].to_numpy(dtype=np.float64)
    blocks = parts.timeline.blocks
    block = np.append(blocks.number, -1)[parts.timeline.of_record]
    first = compute_edge("earliest", day, parts.new.shows, block, len(blocks.first))
    return np.where(parts.new.state == p.NEW_STATES.index("Y"), first[blocks.number], np.nan)


def _frame(
    parts: Parts, criterion: p.Criterion, row: IntArray, causes: dict[str, BoolArray], day: FloatArray, new: FloatArray
) -> pd.DataFrame:
    later = parts.timeline.frame["ABLFL"].isna().to_numpy(dtype=bool)
    target, non_target = parts.target[0], parts.non_target[0]
    frame = parts.timeline.frame.assign(ADT=day)
    for name, values in compute_sum_columns(parts.sums, day, criterion.measurement.parts_of_mm).items():
        frame[name] = values
    has_target, has_other = (
        target != p.TARGET_RESPONSES.index(p.NONE),
        non_target != p.NON_TARGET_RESPONSES.index(p.NONE),
    )
    frame["TRGRESP"] = name_codes(target, p.TARGET_RESPONSES, later & has_target)
    frame["TRGRULE"] = name_codes(parts.target[1], p.TARGET_REASONS, later)
    frame["NTRGRESP"] = name_codes(non_target, p.NON_TARGET_RESPONSES, later & has_other)
    frame["NTRGRULE"] = name_codes(parts.non_target[2], parts.non_target[1], later)
    frame["NEWLES"] = name_codes(parts.new.state, p.NEW_STATES, later)
    frame["NEWDT"] = new
    frame["OVRLRESP"] = name_codes(row, criterion.overall.responses, later)
    frame["OVRRULE"] = name_codes(row, criterion.overall.reasons, later)
    frame["PDBY"] = _joined(causes, len(frame))
    return frame


def _joined(causes: dict[str, BoolArray], count: int) -> pd.Series:
    """The names of the causes that hold, with / between."""
    text = np.full(count, "", dtype=object)
    for name, holds in causes.items():
        text = text + np.where(holds & (text != ""), "/", "") + np.where(holds, name, "")
    return text_column(text)
