"""Checks of lesion records: what the engine leaves out or must take on trust, and the rules of the baseline.

RECIST 1.1 sections 3.1.1 and 4.1 for sizes and numbers of target lesions.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from adam.response import parameters as p
from adam.response.blocks import compute_counts
from adam.response.lesions import Measured, compute_measured, compute_parts
from adam.response.timeline import Timeline, compute_timeline
from crf2tlf.rules.columns import BoolArray, IntArray, is_missing, text_column
from crf2tlf.rules.vectors import compute_group_numbers

_SHOWN = ("USUBJID", "EVALUATOR", "LNKGRP", "ADT", "LNKID", "ROLE", "LDIAM", "STATUS")


def check_lesions(lesions: pd.DataFrame, criterion: p.Criterion) -> pd.DataFrame:
    """The findings: RULE, MESSAGE, and the record's USUBJID, EVALUATOR, LNKGRP, ADT, LNKID, ROLE, LDIAM, STATUS.

    `lesions` as for `compute_responses`, and ORGAN if the number of targets of an organ is to be checked. Where they
    have POSITION, the finding has it too.
    """
    lesions = lesions.reset_index(drop=True)
    timeline = compute_timeline(lesions)
    measured = compute_measured(lesions, criterion.measurement)
    at_baseline = timeline.of_record >= 0
    block = np.append(timeline.blocks.number, -1)[timeline.of_record]
    at_baseline &= timeline.of_record == np.append(timeline.baseline, -2)[block]
    checks = {
        **_of_records(lesions, measured, timeline, criterion),
        **_of_baseline(lesions, measured, at_baseline, criterion),
    }
    checks |= _of_lesions(lesions, measured, timeline, at_baseline, block)
    shown = [*_SHOWN, *(["POSITION"] if "POSITION" in lesions.columns else [])]
    tables = [
        lesions.loc[wrong, shown].assign(RULE=text_column(rule, int(wrong.sum())).to_numpy(), MESSAGE=message)
        for rule, (message, wrong) in checks.items()
    ]
    found = pd.concat(tables).sort_index(kind="stable").reset_index(drop=True)
    return found.assign(RULE=text_column(found["RULE"]), MESSAGE=text_column(found["MESSAGE"]))[
        ["RULE", "MESSAGE", *shown]
    ]


Checks = dict[str, tuple[str, BoolArray]]


def _of_records(lesions: pd.DataFrame, measured: Measured, timeline: Timeline, criterion: p.Criterion) -> Checks:
    size = lesions["LDIAM"].to_numpy(dtype=np.float64)
    part = criterion.measurement.parts_of_mm
    exact = np.abs(compute_parts(size, part) - np.nan_to_num(size) * part) < 1e-6
    target, day = measured.has_role(p.TARGET), lesions["ADT"].to_numpy(dtype=np.float64)
    done, small, absent = measured.says(p.DONE), measured.says(p.TOO_SMALL), measured.says(p.ABSENT)
    standard = measured.parts == criterion.measurement.too_small_mm * part
    return {
        "NO_DATE": ("the assessment has no scan date and is not used", np.isnan(day) & (timeline.of_record < 0)),
        "BEFORE_BASELINE": (
            "the assessment is before the baseline and is not used",
            ~np.isnan(day) & (timeline.of_record < 0),
        ),
        "ROUNDED": (f"the diameter is rounded to 1/{part} mm", ~exact),
        "NEGATIVE": ("the diameter is negative", size < 0),
        "NO_DIAMETER": (
            "the target is done but has no diameter; it counts as not done",
            target & done & ~measured.sized,
        ),
        "SIZE_NOT_DONE": ("the lesion is not done but has a diameter, which is not used", _not_done(measured)),
        "TOO_SMALL_SIZE": (
            "the lesion is too small to measure but has another diameter",
            small & measured.sized & ~standard,
        ),
        "ABSENT_SIZE": ("the lesion is absent but has a diameter, which is not used", _absent_with_size(measured)),
        "ABSENT_NODE": (
            "the target node is absent, its short axis is wanted",
            target & measured.node & absent & ~measured.sized,
        ),
    }


def _not_done(measured: Measured) -> BoolArray:
    return measured.says(p.NOT_DONE) & (measured.role >= 0) & measured.sized


def _absent_with_size(measured: Measured) -> BoolArray:
    return measured.says(p.ABSENT) & ~measured.node & measured.has_role(p.TARGET) & (measured.parts > 0)


def _of_baseline(lesions: pd.DataFrame, measured: Measured, at_baseline: BoolArray, criterion: p.Criterion) -> Checks:
    rules, part = criterion.baseline, criterion.measurement.parts_of_mm
    target = measured.has_role(p.TARGET) & at_baseline
    least = np.where(measured.node, rules.least_node_mm, rules.least_mm) * part
    keys = [lesions["USUBJID"], lesions["EVALUATOR"]]
    many = _more_than(rules.most_targets, target, compute_group_numbers(keys, len(lesions)))
    checks: Checks = {
        "TARGET_TOO_SMALL": (
            f"a target is below {rules.least_mm} mm (node {rules.least_node_mm} mm) at baseline",
            target & measured.sized & (measured.parts < least),
        ),
        "TARGET_NOT_MEASURED": (
            "a target is not measured at baseline: there is no baseline sum",
            target & (measured.says(p.NOT_DONE) | ~measured.sized),
        ),
        "TOO_MANY_TARGETS": (f"more than {rules.most_targets} targets at baseline", many),
    }
    if "ORGAN" in lesions.columns:
        organ = lesions["ORGAN"].where(~measured.node, "LYMPH NODE")
        most = rules.most_targets_of_organ
        crowded = _more_than(most, target, compute_group_numbers([*keys, organ], len(lesions)))
        checks["TOO_MANY_TARGETS_OF_ORGAN"] = (f"more than {most} targets of one organ at baseline", crowded)
    return checks


def _more_than(most: int, rows: BoolArray, groups: IntArray) -> BoolArray:
    counts = compute_counts(rows, groups, int(groups.max(initial=-1)) + 1)
    return rows & (counts[groups] > most)


def _of_lesions(
    lesions: pd.DataFrame, measured: Measured, timeline: Timeline, at_baseline: BoolArray, block: IntArray
) -> Checks:
    """Lesions that are not followed, since they were not there at baseline, and parents that nobody knows."""
    lesion = compute_group_numbers([pd.Series(block), lesions["ROLE"], lesions["LNKID"]], len(lesions))
    known = compute_counts(at_baseline, lesion, int(lesion.max(initial=-1)) + 1)[lesion] > 0
    has_baseline = (np.append(timeline.baseline, -1)[block] >= 0) & (block >= 0)
    old = measured.has_role(p.TARGET) | measured.has_role(p.NON_TARGET)
    parents = ~is_missing(lesions["PARENTS"])
    late = old & has_baseline & ~known & ~parents
    return {
        "NOT_AT_BASELINE": ("the lesion has no record at baseline and is not used", late),
        "UNKNOWN_PARENT": ("the lesion it came from has no records", parents & old & _orphan(lesions, block)),
    }


def _orphan(lesions: pd.DataFrame, block: IntArray) -> BoolArray:
    """Where a lesion's parents have no records in the same block."""
    split = lesions["PARENTS"].str.split("/").explode().dropna()
    known = pd.MultiIndex.from_arrays([block, lesions["LNKID"].astype(object)])
    wanted = pd.MultiIndex.from_arrays([block[split.index.to_numpy()], split.str.strip().astype(object)])
    lost = split.index.to_numpy()[~wanted.isin(known)]
    found = np.zeros(len(lesions), dtype=bool)
    found[lost] = True
    return found
