"""Target lesions: sums, nadir, changes and the target response of each assessment (RECIST 1.1 section 4.3.1).

Sums are whole parts of a mm and are compared as such: 20 % and 5 mm are exact.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from adam.response import parameters as p
from adam.response.blocks import compute_any_so_far, compute_counts, compute_lowest_before, compute_totals
from adam.response.followed import Followed
from adam.response.lesions import Measured
from adam.response.timeline import Timeline
from crf2tlf.rules.columns import BoolArray, FloatArray, IntArray, text_column


@dataclass(frozen=True)
class Sums:
    """By assessment, in parts of a mm; `base` is -1 without a complete baseline, `nadir` the lowest sum's row or -1."""

    measured: IntArray
    base: IntArray
    nadir: IntArray
    expected: IntArray
    assessed: IntArray
    some: BoolArray  # anything was measured, be it a fragment
    has_baseline: BoolArray
    remains: BoolArray  # a non-nodal lesion above 0 mm
    enlarged: BoolArray  # a node that is not normal

    @property
    def complete(self) -> BoolArray:
        """Where all targets were assessed."""
        return np.asarray((self.expected > 0) & (self.assessed == self.expected))

    @property
    def lowest(self) -> IntArray:
        """The nadir: the lowest complete sum from the baseline on, before this assessment; 0 where there is none."""
        return np.where(self.nadir < 0, 0, np.append(self.measured, 0)[self.nadir])

    @property
    def gone(self) -> BoolArray:
        """Where all targets have disappeared and all nodes are normal."""
        return self.complete & ~self.remains & ~self.enlarged


def compute_sums(
    timeline: Timeline, measured: Measured, values: IntArray, followed: Followed, criterion: p.Criterion
) -> Sums:
    """The sums of diameters of each assessment, with the baseline sum and the nadir before it."""
    count, blocks = len(timeline), timeline.blocks
    total = compute_totals(values, followed.counts, timeline.of_record, count)
    complete = (followed.expected > 0) & (followed.assessed == followed.expected)
    expected = np.maximum.reduceat(followed.expected, blocks.first)[blocks.number] if count else followed.expected
    baseline = timeline.baseline[blocks.number]
    has_base = np.append(complete, False)[baseline]
    normal = criterion.target.normal_node_mm * criterion.measurement.parts_of_mm
    return Sums(
        total,
        np.where(has_base, np.append(total, 0)[baseline], -1),
        np.where(has_base, compute_lowest_before(total, complete, blocks), -1),
        expected,
        followed.assessed,
        compute_counts(followed.counts, timeline.of_record, count) > 0,
        baseline >= 0,
        compute_counts(followed.counts & ~measured.node & (values > 0), timeline.of_record, count) > 0,
        compute_counts(followed.counts & measured.node & (values >= normal), timeline.of_record, count) > 0,
    )


def compute_target(timeline: Timeline, sums: Sums, criterion: p.Criterion) -> tuple[IntArray, IntArray]:
    """Target response and reason by assessment, as positions in TARGET_RESPONSES and TARGET_REASONS.

    The first rule that holds counts: complete response before progression, progression before partial response.
    """
    rules, part = criterion.target, criterion.measurement.parts_of_mm
    rise, nadir = sums.measured - sums.lowest, sums.lowest
    relative = 100 * rise >= rules.progression_percent * nadir
    absolute = rise >= rules.progression_mm * part
    grown, after_zero = relative & absolute, (nadir == 0) & (sums.measured > 0)
    partial = ~sums.complete & sums.some & rules.partial_sum_progression
    back = _reappeared(timeline, sums) & (rules.reappearance == "complete_response")
    decrease = 100 * (sums.base - sums.measured) >= rules.response_percent * sums.base
    ordered: list[tuple[BoolArray, str, str]] = [
        (~sums.has_baseline, "NE", "NO_BASELINE"),
        (sums.expected == 0, p.NONE, "NO_TARGET"),
        (sums.base < 0, "NE", "BASELINE_INCOMPLETE"),
        (partial & after_zero, "PD", "PARTIAL_SUM_AFTER_ZERO"),
        (partial & grown, "PD", "PARTIAL_SUM"),
        (~sums.some, "NE", "NONE_ASSESSED"),
        (~sums.complete, "NE", "NOT_ALL_ASSESSED"),
        (sums.gone & (sums.measured == 0), "CR", "ALL_GONE"),
        (sums.gone, "CR", "NODES_NORMAL"),
        (after_zero, "PD", "AFTER_ZERO"),
        (grown, "PD", "NADIR"),
        (back, "PD", "REAPPEARED"),
        (decrease, "PR", "DECREASE"),
        (relative & (rise > 0), "SD", "RELATIVE_ONLY"),
        (absolute, "SD", "ABSOLUTE_ONLY"),
    ]
    first = np.select([holds for holds, _, _ in ordered], list(range(len(ordered))), len(ordered))
    responses = [p.TARGET_RESPONSES.index(response) for _, response, _ in ordered] + [p.TARGET_RESPONSES.index("SD")]
    reasons = [p.TARGET_REASONS.index(reason) for _, _, reason in ordered] + [p.TARGET_REASONS.index("STABLE")]
    return np.array(responses, dtype=np.int64)[first], np.array(reasons, dtype=np.int64)[first]


def _reappeared(timeline: Timeline, sums: Sums) -> BoolArray:
    """Where a non-nodal target is there again after a complete target response."""
    later = np.ones(len(timeline), dtype=bool)
    later[timeline.baseline[timeline.baseline >= 0]] = False
    return sums.remains & compute_any_so_far(sums.gone & later, timeline.blocks, before=True)


def compute_sum_columns(sums: Sums, day: FloatArray, parts_of_mm: int) -> dict[str, FloatArray]:
    """The numbers of ADTR by assessment, mm and per cent; changes only where all targets were assessed.

    MEASURED is the sum of what was measured, SDIAM the same where that was all. CHG and PCHG are from the baseline,
    CHGNAD and PCHGNAD from the nadir (NADIR, of date NADIRDT), which is the lowest sum before this assessment.
    """
    whole, has_base, has_nadir = sums.complete, sums.base >= 0, sums.nadir >= 0
    measured = sums.measured / parts_of_mm
    rise, change = sums.measured - sums.lowest, sums.measured - sums.base
    return {
        "LSEXP": np.where(sums.has_baseline, sums.expected, np.nan),
        "LSASS": np.where(sums.has_baseline, sums.assessed, np.nan),
        "MEASURED": np.where(sums.some, measured, np.nan),
        "SDIAM": np.where(whole, measured, np.nan),
        "BASE": np.where(has_base, sums.base / parts_of_mm, np.nan),
        "CHG": np.where(whole & has_base, change / parts_of_mm, np.nan),
        "PCHG": _percent(change, np.where(whole & has_base, sums.base, 0)),
        "NADIR": np.where(has_nadir, sums.lowest / parts_of_mm, np.nan),
        "NADIRDT": np.where(has_nadir, np.append(day, np.nan)[sums.nadir], np.nan),
        "CHGNAD": np.where(whole & has_nadir, rise / parts_of_mm, np.nan),
        "PCHGNAD": _percent(rise, np.where(whole & has_nadir, sums.lowest, 0)),
    }


def _percent(change: IntArray, of: IntArray) -> FloatArray:
    """Change in per cent, from whole numbers; NaN where there is nothing to compare with."""
    return np.where(of > 0, 100 * change / np.where(of > 0, of, 1), np.nan)


def select_best_change(assessments: pd.DataFrame, until: FloatArray | None = None) -> pd.DataFrame:
    """The assessment with the lowest PCHG of each subject and evaluator after the baseline, the first of equals.

    `until` (days, by row of `assessments`) leaves later assessments out: first progression or new therapy.
    """
    change = assessments["PCHG"].to_numpy(dtype=np.float64)
    day = assessments["ADT"].to_numpy(dtype=np.float64)
    counts = ~np.isnan(change) & assessments["ABLFL"].isna().to_numpy(dtype=bool)
    if until is not None:
        counts &= ~(day > until)
    chosen = assessments[counts]
    order = np.lexsort((day[counts], change[counts]))
    best: pd.DataFrame = chosen.iloc[order].drop_duplicates(["USUBJID", "EVALUATOR"])
    return best.sort_index().reset_index(drop=True)


def name_codes(codes: IntArray, names: tuple[str, ...], shown: BoolArray) -> pd.Series:
    """The names of positions as a text column, missing where not shown."""
    return text_column(np.where(shown, np.array(names, dtype=object)[codes], ""))
