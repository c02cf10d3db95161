"""What a response criterion is made of: numbers, choices and tables, all read from specs/standards/<criterion>.yaml."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from crf2tlf.rules.columns import IntArray

TARGET, NON_TARGET, NEW = "TARGET", "NON-TARGET", "NEW"
ROLES = (TARGET, NON_TARGET, NEW)
DONE, NOT_DONE, TOO_SMALL, ABSENT = "DONE", "NOT DONE", "TOO SMALL", "ABSENT"
PRESENT, PROGRESSION, EQUIVOCAL, UNEQUIVOCAL = "PRESENT", "PROGRESSION", "EQUIVOCAL", "UNEQUIVOCAL"
STATUSES = {
    TARGET: (DONE, NOT_DONE, TOO_SMALL, ABSENT),
    NON_TARGET: (DONE, NOT_DONE, ABSENT, PRESENT, PROGRESSION),
    NEW: (NOT_DONE, ABSENT, EQUIVOCAL, UNEQUIVOCAL),
}
NONE, ANY = "NONE", "any"
TARGET_RESPONSES = ("CR", "PR", "SD", "PD", "NE", NONE)
NON_TARGET_RESPONSES = ("CR", "NON-CR/NON-PD", "PD", "NE", NONE)
NEW_STATES = ("N", EQUIVOCAL, "Y")
TARGET_REASONS = (
    "NO_TARGET", "NO_BASELINE", "BASELINE_INCOMPLETE", "NONE_ASSESSED", "NOT_ALL_ASSESSED", "PARTIAL_SUM",
    "PARTIAL_SUM_AFTER_ZERO", "ALL_GONE", "NODES_NORMAL", "AFTER_ZERO", "REAPPEARED", "NADIR", "DECREASE",
    "RELATIVE_ONLY", "ABSOLUTE_ONLY", "STABLE",
)  # fmt: skip
OTHER_REASONS = ("NO_NON_TARGET", "NT_NO_BASELINE", "NEW_LESION")
FIELDS = (
    "MEASURED", "BASE", "NADIR", "NADIRDT", "UP", "UPPCT", "DOWN", "DOWNPCT", "LSASS", "LSEXP", "NEWDT",
)  # fmt: skip


@dataclass(frozen=True)
class Measurement:
    """How sizes and statuses are taken; `statuses` maps (role, collected status) to what it says."""

    parts_of_mm: int
    too_small_mm: int
    absent_node: str
    merged_parents: str
    statuses: Mapping[tuple[str, str], str]


@dataclass(frozen=True)
class Baseline:
    """Which assessment is the baseline, and what its lesions must be."""

    days_before_start: int
    days_after_start: int
    most_targets: int
    most_targets_of_organ: int
    least_mm: int
    least_node_mm: int


@dataclass(frozen=True)
class TargetRules:
    """The thresholds of the target response, whole per cent and whole mm."""

    progression_percent: int
    progression_mm: int
    response_percent: int
    normal_node_mm: int
    partial_sum_progression: bool
    reappearance: str


@dataclass(frozen=True)
class NonTargetRule:
    """A rule of the non-target response: it holds when any or all lesions have the status."""

    lesions: str
    status: str
    response: str
    reason: str


@dataclass(frozen=True)
class NewLesionRules:
    """How long a new lesion counts, and from when."""

    persists: bool
    back_date_equivocal: bool


@dataclass(frozen=True)
class OverallTable:
    """Target x non-target x new lesion -> overall response: the rows, and for every combination the first that fits.

    `row` has the shape (target responses, non-target responses, new lesion states).
    """

    responses: tuple[str, ...]
    reasons: tuple[str, ...]
    row: IntArray


@dataclass(frozen=True)
class DateRules:
    """Which scan dates an assessment's response: earliest or latest of those behind it."""

    target_progression: str
    non_target_progression: str
    new_lesion: str
    other: str


@dataclass(frozen=True)
class BestRules:
    """Best overall response: order, kinds of response, minimum durations in days."""

    order: tuple[str, ...]
    values: Mapping[str, int]
    same_day: tuple[str, ...]
    response: tuple[str, ...]
    stable: tuple[str, ...]
    progression: tuple[str, ...]
    not_evaluable: tuple[str, ...]
    too_early: str
    no_assessment: str
    stable_minimum_days: int
    stable_early_days: int
    control: tuple[str, ...]
    benefit: tuple[str, ...]
    benefit_minimum_days: int
    benefit_early_days: int

    @property
    def stable_days(self) -> int:
        """From how many days after the start stable disease counts."""
        return self.stable_minimum_days - self.stable_early_days

    @property
    def benefit_days(self) -> int:
        """From how many days after the start stable disease is a benefit."""
        return self.benefit_minimum_days - self.benefit_early_days


@dataclass(frozen=True)
class ConfirmationRules:
    """When a response is confirmed; `table` maps (first, next) to the best response, late enough and too early."""

    minimum_days: int
    most_not_evaluable: int
    confirms: Mapping[str, tuple[str, ...]]
    partial_after_complete: str
    table: Mapping[tuple[str, str], tuple[str, str]]


@dataclass(frozen=True)
class Criterion:
    """A response criterion as read; nothing in the engine knows its numbers."""

    name: str
    source: str
    measurement: Measurement
    baseline: Baseline
    target: TargetRules
    non_target: tuple[NonTargetRule, ...]
    new_lesion: NewLesionRules
    overall: OverallTable
    dates: DateRules
    best: BestRules
    confirmation: ConfirmationRules
    reasons: Mapping[str, str]


def compute_first_rows(rows: list[tuple[frozenset[str], frozenset[str], frozenset[str]]]) -> IntArray:
    """For every combination of target, non-target and new lesion the first row of the table that fits, -1 for none."""
    shape = (len(TARGET_RESPONSES), len(NON_TARGET_RESPONSES), len(NEW_STATES))
    first = np.full(shape, -1, dtype=np.int64)
    for number, (target, non_target, new) in enumerate(rows):
        fits = np.ix_(
            [each in target for each in TARGET_RESPONSES],
            [each in non_target for each in NON_TARGET_RESPONSES],
            [each in new for each in NEW_STATES],
        )
        first[fits] = np.where(first[fits] < 0, number, first[fits])
    return first
