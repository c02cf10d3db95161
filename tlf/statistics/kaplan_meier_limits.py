"""What is read off a Kaplan-Meier curve: confidence bands, quantiles with their limits, rates at landmarks.

NaN stands for "not estimable" (NE) everywhere.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
import pandas as pd
from scipy.stats import norm

from crf2tlf.errors import DataError
from tlf.statistics.kaplan_meier import KaplanMeier, compute_number_at_risk
from tlf.statistics.vectors import Array, Floats, check_numbers, compute_time_tolerance

IntervalKind: TypeAlias = Literal["loglog", "log", "plain"]

# R's quantile.survfit takes two probabilities closer than this as equal: 0.5000000000000001 is 0.5.
PROBABILITY_TOLERANCE = float(np.sqrt(np.finfo(np.float64).eps))


@dataclass(frozen=True)
class Quantile:
    """The time by which `probability` of the subjects had the event, with its confidence limits; NaN is NE."""

    probability: float
    estimate: float
    lower: float
    upper: float


def compute_confidence_band(
    curve: KaplanMeier, *, kind: IntervalKind = "loglog", level: float = 0.95
) -> tuple[Floats, Floats]:
    """Pointwise lower and upper limits of S(t) at every time of the curve, by Greenwood's variance.

    kind "loglog" is SAS PROC LIFETEST's default, "log" R survfit's, "plain" the linear one; limits are kept in 0..1.
    NaN where the curve is 0, and for loglog also where it is still 1 (log(-log 1) does not exist), as in R.
    """
    if not 0 < level < 1:
        raise DataError(f"a confidence level is between 0 and 1, not {level}")
    z = float(norm.isf((1 - level) / 2))
    known = curve.survival > 0
    survival = np.where(known, curve.survival, np.nan)
    spread = z * np.where(known, curve.log_std_error, np.nan)
    return _BANDS[kind](survival, spread)


def _compute_loglog_band(survival: Floats, spread: Floats) -> tuple[Floats, Floats]:
    hazard = -np.log(np.where(survival < 1, survival, np.nan))
    factor = np.exp(spread / hazard)
    return np.exp(-hazard * factor), np.exp(-hazard / factor)


def _compute_log_band(survival: Floats, spread: Floats) -> tuple[Floats, Floats]:
    return survival * np.exp(-spread), np.minimum(survival * np.exp(spread), 1.0)


def _compute_plain_band(survival: Floats, spread: Floats) -> tuple[Floats, Floats]:
    return np.maximum(survival * (1 - spread), 0.0), np.minimum(survival * (1 + spread), 1.0)


_BANDS: dict[IntervalKind, Callable[[Floats, Floats], tuple[Floats, Floats]]] = {
    "loglog": _compute_loglog_band,
    "log": _compute_log_band,
    "plain": _compute_plain_band,
}


def compute_quantile(
    curve: KaplanMeier, probability: float, *, kind: IntervalKind = "loglog", level: float = 0.95
) -> Quantile:
    """The quantile of the time to event (0.5: the median) with its Brookmeyer-Crowley (1982) limits.

    The estimate is the first time at which S(t) <= 1 - probability; where S(t) equals it on a whole step the middle
    of the step is taken, as R and SAS do. The limits read the confidence band the same way. A curve that does not
    reach the level gives NaN (NE), and so does an upper limit that only the fall of the curve to 0 would end. Equal to
    R quantile.survfit except where a band rises again (kind log, last steps of a small sample): the first crossing
    is the limit here, a later one in R.
    """
    if not 0 < probability < 1:
        raise DataError(f"the probability of a quantile is between 0 and 1, not {probability}")
    lower, upper = compute_confidence_band(curve, kind=kind, level=level)
    estimate, early, late = (
        _compute_crossing(curve.times, band, 1 - probability) for band in (curve.survival, lower, upper)
    )
    return Quantile(probability, estimate, early, late)


def _compute_crossing(times: Floats, survival: Floats, target: float) -> float:
    """The first time the step function has come down to the target, or the middle of the step that equals it."""
    reached = np.flatnonzero(survival <= target + PROBABILITY_TOLERANCE)
    if not len(reached):
        return float("nan")
    first = reached[0]
    if survival[first] < target - PROBABILITY_TOLERANCE:
        return float(times[first])
    passed = np.flatnonzero(survival < target - PROBABILITY_TOLERANCE)
    if len(passed):
        return float((times[first] + times[passed[0]]) / 2)
    # A step that the curve never leaves ends with the last observation; a band that ends unknown has no such end.
    return float((times[first] + times[-1]) / 2) if not np.isnan(survival[-1]) else float("nan")


def compute_quantiles(
    curve: KaplanMeier,
    probabilities: Sequence[float] = (0.25, 0.5, 0.75),
    *,
    kind: IntervalKind = "loglog",
    level: float = 0.95,
) -> tuple[Quantile, ...]:
    """compute_quantile for each probability; 0.25 is the time by which a quarter of the subjects had the event."""
    return tuple(compute_quantile(curve, probability, kind=kind, level=level) for probability in probabilities)


def compute_landmarks(
    curve: KaplanMeier, times: Array, *, kind: IntervalKind = "loglog", level: float = 0.95
) -> pd.DataFrame:
    """Columns time, at_risk, survival, std_error, lower, upper: S(t) at each landmark, one row per landmark.

    Events at the landmark itself have happened in `survival` and are still counted in `at_risk` (R summary.survfit).
    Beyond the last observation S(t) is NaN (NE), or 0 where the curve has fallen to 0. Rates are 0..1, not percent.
    """
    landmarks = check_numbers(times, what="landmarks")
    at_risk = compute_number_at_risk(curve, landmarks)
    lower, upper = compute_confidence_band(curve, kind=kind, level=level)
    tolerance = compute_time_tolerance(curve.times)
    # Element 0 is the time before the first observation, where everybody is event-free.
    place = np.searchsorted(curve.times, landmarks + tolerance, side="right")
    survival = np.append(1.0, curve.survival)[place]
    end = curve.times[-1] + tolerance if curve.n else -np.inf
    known = (landmarks <= end) | ((survival == 0) & (curve.n > 0))
    columns = {
        "survival": survival,
        "std_error": np.append(0.0, curve.std_error)[place],
        "lower": np.append(1.0, lower)[place],
        "upper": np.append(1.0, upper)[place],
    }
    rates = {name: np.where(known, column, np.nan) for name, column in columns.items()}
    return pd.DataFrame({"time": landmarks, "at_risk": at_risk, **rates})
