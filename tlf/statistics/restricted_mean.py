"""The restricted mean survival time: the area under the Kaplan-Meier curve up to a time."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.stats import norm

from tlf.statistics.kaplan_meier import KaplanMeier
from tlf.statistics.vectors import compute_time_tolerance


@dataclass(frozen=True)
class Estimate:
    """An estimate with standard error, confidence limits and two-sided p-value against 0; NaN is NE."""

    value: float
    std_error: float
    lower: float
    upper: float
    p_value: float


def make_estimate(value: float, std_error: float, level: float = 0.95) -> Estimate:
    """Normal limits and p-value of a value with its standard error."""
    half = float(norm.isf((1 - level) / 2)) * std_error
    p_value = float(2 * norm.sf(abs(value) / std_error)) if std_error > 0 else float("nan")
    return Estimate(value, std_error, value - half, value + half, p_value)


def compute_restricted_mean(curve: KaplanMeier, end: float, level: float = 0.95) -> Estimate:
    """The mean time without event up to `end`, in the unit of the times, with Greenwood's variance.

    The variance is the sum over event times t of A(t)^2 d / (n (n - d)), A(t) being the area from t to `end` (R
    survival: print(fit, rmean = end)). NaN (NE) where the curve is not known up to `end`.
    """
    if not curve.n or (end > curve.times[-1] + compute_time_tolerance(curve.times) and curve.survival[-1] > 0):
        return make_estimate(float("nan"), float("nan"), level)
    inside = curve.times < end
    times = np.concatenate([[0.0], curve.times[inside], [end]])
    areas = np.diff(times) * np.concatenate([[1.0], curve.survival[inside]])
    after = areas[::-1].cumsum()[::-1][1:]
    events, at_risk = curve.events[inside].astype(np.float64), curve.at_risk[inside].astype(np.float64)
    # Where everybody at risk has the event the area after it is 0, and so is the term.
    left = np.where(at_risk > events, at_risk - events, np.inf)
    variance = float((after**2 * events / (at_risk * left)).sum())
    return make_estimate(float(areas.sum()), math.sqrt(variance), level)


def compute_restricted_mean_difference(
    compared: KaplanMeier, reference: KaplanMeier, end: float, level: float = 0.95
) -> Estimate:
    """The difference of two restricted means, compared less reference, the groups being independent."""
    one, other = (compute_restricted_mean(curve, end, level) for curve in (compared, reference))
    return make_estimate(one.value - other.value, math.hypot(one.std_error, other.std_error), level)
