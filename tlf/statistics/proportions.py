"""Proportions with exact, Wilson or Wald limits, and differences of rates with those of Miettinen and Nurminen."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt
from scipy.optimize import brentq
from scipy.stats import beta, norm

from crf2tlf.errors import DataError
from tlf.statistics.vectors import Floats

ProportionInterval: TypeAlias = Literal["clopper_pearson", "wilson", "wald"]
StratumWeights: TypeAlias = Literal["cmh", "sample_size"]


@dataclass(frozen=True)
class Interval:
    """An estimate with its confidence limits; NaN is NE."""

    estimate: float
    lower: float
    upper: float


_NOT_ESTIMABLE = Interval(float("nan"), float("nan"), float("nan"))


def compute_proportion(
    n: int, total: int, *, kind: ProportionInterval = "clopper_pearson", level: float = 0.95
) -> Interval:
    """n of total, 0..1, with two-sided limits; NaN (NE) for a total of 0.

    clopper_pearson: the exact limits of Clopper and Pearson (1934); wilson: the score limits of Wilson (1927) without
    continuity correction; wald: the normal approximation, not kept in 0..1.
    """
    if not 0 <= n <= total:
        raise DataError(f"a number of responders is between 0 and {total}, not {n}")
    if not total:
        return _NOT_ESTIMABLE
    return Interval(n / total, *_LIMITS[kind](n, total, level))


def _compute_exact_limits(n: int, total: int, level: float) -> tuple[float, float]:
    tail = (1 - level) / 2
    lower = float(beta.ppf(tail, n, total - n + 1)) if n else 0.0
    upper = float(beta.isf(tail, n + 1, total - n)) if n < total else 1.0
    return lower, upper


def _compute_wilson_limits(n: int, total: int, level: float) -> tuple[float, float]:
    z = float(norm.isf((1 - level) / 2))
    share, weight = n / total, z * z / total
    half = z * math.sqrt(share * (1 - share) / total + weight / (4 * total))
    return (share + weight / 2 - half) / (1 + weight), (share + weight / 2 + half) / (1 + weight)


def _compute_wald_limits(n: int, total: int, level: float) -> tuple[float, float]:
    share = n / total
    half = float(norm.isf((1 - level) / 2)) * math.sqrt(share * (1 - share) / total)
    return share - half, share + half


_LIMITS: dict[ProportionInterval, Callable[[int, int, float], tuple[float, float]]] = {
    "clopper_pearson": _compute_exact_limits,
    "wilson": _compute_wilson_limits,
    "wald": _compute_wald_limits,
}


def compute_risk_difference(n1: int, total1: int, n2: int, total2: int, *, level: float = 0.95) -> Interval:
    """The difference n1 / total1 - n2 / total2 with Wald's limits, as safety tables show it (FDA guide, 2025)."""
    if not total1 or not total2:
        return _NOT_ESTIMABLE
    one, other = n1 / total1, n2 / total2
    half = float(norm.isf((1 - level) / 2)) * math.sqrt(one * (1 - one) / total1 + other * (1 - other) / total2)
    return Interval(one - other, one - other - half, one - other + half)


def compute_rate_difference(counts: npt.ArrayLike, *, weights: StratumWeights = "cmh", level: float = 0.95) -> Interval:
    """The difference of two rates with the score limits of Miettinen and Nurminen (1985).

    counts: a row for each stratum, n and total of the compared group, then those of the reference; one row is the
    plain difference. Strata are weighted by n1 n2 / (n1 + n2) (cmh) or by n1 + n2 (sample_size) and those without
    subjects in a group left out. The variance is that of the rates restricted to the difference, times N / (N - 1).
    NaN (NE) without any stratum.
    """
    table = np.asarray(counts, dtype=np.float64).reshape(-1, 4)
    if not ((table >= 0).all() and (table[:, 0] <= table[:, 1]).all() and (table[:, 2] <= table[:, 3]).all()):
        raise DataError("responders of a stratum are more than its subjects, or fewer than none")
    table = table[(table[:, 1] > 0) & (table[:, 3] > 0)]
    if not len(table):
        return _NOT_ESTIMABLE
    size = table[:, 1] + table[:, 3]
    raw = table[:, 1] * table[:, 3] / size if weights == "cmh" else size
    share = raw / raw.sum()
    estimate = float(share @ (table[:, 0] / table[:, 1] - table[:, 2] / table[:, 3]))
    z = float(norm.isf((1 - level) / 2))

    def distance(delta: float) -> float:
        """How far the score statistic at a difference is from its critical value: 0 at a limit."""
        error = math.sqrt(float(share**2 @ _compute_restricted_variance(table, delta)))
        return abs(estimate - delta) - z * error

    return Interval(estimate, _solve(distance, -1.0, estimate), _solve(distance, 1.0, estimate))


def _solve(distance: Callable[[float], float], outer: float, estimate: float) -> float:
    """The limit between the estimate, which the interval holds, and the end of all differences."""
    # The variance at the estimate itself is 0 where all or none respond.
    edge, inner = outer * (1 - 1e-9), estimate + outer * 1e-9
    if abs(inner) >= 1 or distance(edge) <= 0:
        return outer
    return float(brentq(distance, *sorted((edge, inner)), xtol=1e-13, rtol=1e-13))


def _compute_restricted_variance(table: Floats, delta: float) -> Floats:
    """For each stratum the variance of the difference, the rates being the most likely ones that differ by delta."""
    x1, n1, x2, n2 = table.T
    total = n1 + n2
    p2 = _compute_restricted_rate(x1, n1, x2, n2, delta)
    p1 = np.clip(p2 + delta, 0, 1)
    found: Floats = (p1 * (1 - p1) / n1 + p2 * (1 - p2) / n2) * total / np.maximum(total - 1, 1)
    return found


def _compute_restricted_rate(x1: Floats, n1: Floats, x2: Floats, n2: Floats, delta: float) -> Floats:
    """The reference rate at its restricted maximum: the closed solution of the cubic (Miettinen and Nurminen, A1)."""
    total = n1 + n2
    l3, l2 = total, (n1 + 2 * n2) * delta - total - (x1 + x2)
    l1, l0 = (n2 * delta - total - 2 * x2) * delta + x1 + x2, x2 * delta * (1 - delta)
    q = l2**3 / (3 * l3) ** 3 - l1 * l2 / (6 * l3**2) + l0 / (2 * l3)
    p = np.copysign(np.sqrt(np.maximum(l2**2 / (3 * l3) ** 2 - l1 / (3 * l3), 0)), q)
    ratio = np.clip(np.divide(q, p**3, out=np.zeros_like(q), where=p != 0), -1, 1)
    angle = (np.pi + np.arccos(ratio)) / 3
    rate: Floats = np.clip(2 * p * np.cos(angle) - l2 / (3 * l3), max(0.0, -delta), min(1.0, 1 - delta))
    return rate
