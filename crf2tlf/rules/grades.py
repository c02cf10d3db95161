"""The verb `grade`: the highest grade of a study table whose limit a value passes, such as those of CTCAE."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from crf2tlf.rules.expressions import Reference
from crf2tlf.rules.reads import Read, read_in
from crf2tlf.rules.records import Keys

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]

LIMIT_COLUMNS = ("GRADE", "COMPARE", "FACTOR", "OF", "PLUS")
COMPARISONS: dict[str, Callable[[FloatArray, FloatArray], BoolArray]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
# A limit such as 1.5 times 1.2 is compared as it is written, not with what binary arithmetic adds to it.
DECIMALS = 6


@dataclass(frozen=True)
class Grade:
    """`grade`: rows of `table` whose keys agree are limits of grades; `limits` says what their column OF names."""

    table: str
    by: Keys
    value: Reference
    limits: tuple[tuple[str, Reference], ...] = ()


@dataclass(frozen=True)
class GradeLimit:
    """One row: from `factor` times the variable that `of` names ("" = 1), plus `plus`, the value has the grade."""

    grade: float
    compare: str
    factor: float
    of: str
    plus: float


def reads_of_grade(rule: Grade) -> Iterator[Read]:
    """Everything that the rule reads directly."""
    yield Read(rule.value)
    yield from (Read(reference) for _, reference in rule.limits)
    for _, key in rule.by:
        yield from read_in(key)


def compute_grades(
    values: FloatArray,
    named: Mapping[str, FloatArray],
    limits: Sequence[GradeLimit],
    rows_of_limits: Sequence[npt.NDArray[np.int64]],
) -> FloatArray:
    """The highest grade whose limit each value passes, 0 where it passes none of those that are for it.

    `named` holds by name what limits are multiples of, `rows_of_limits` the rows that each limit is for. Missing is the
    grade of a missing value, of a row that no limit is for, and of a value that passes no limit where one is missing.
    """
    grades = np.full(len(values), -np.inf)
    known, limited = ~np.isnan(values), np.zeros(len(values), dtype=bool)
    compared = np.round(values, DECIMALS)
    for limit, rows in zip(limits, rows_of_limits, strict=True):
        of = named[limit.of][rows] if limit.of else np.ones(len(rows))
        bound = np.round(limit.factor * of + limit.plus, DECIMALS)
        passed = COMPARISONS[limit.compare](compared[rows], bound)
        grades[rows] = np.where(passed, np.maximum(grades[rows], limit.grade), grades[rows])
        known[rows] &= ~np.isnan(bound)
        limited[rows] = True
    without = np.where(limited & known, 0.0, np.nan)
    return np.where(np.isinf(grades), without, grades)
