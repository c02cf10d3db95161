"""Events and subjects that a trial with a non-inferiority margin of the hazard ratio needs."""

from __future__ import annotations

import math

from scipy.stats import norm


def compute_required_events(
    margin: float, hazard_ratio: float, *, alpha: float = 0.025, power: float = 0.8, share: float = 0.5
) -> int:
    """Schoenfeld's number: (z(1 - alpha) + z(power))^2 / (share (1 - share) (ln margin - ln hazard_ratio)^2).

    alpha is one-sided, share is that of one arm, hazard_ratio the true one; rounded up.
    """
    z = float(norm.isf(alpha)) + float(norm.ppf(power))
    exact = z**2 / (share * (1 - share) * math.log(margin / hazard_ratio) ** 2)
    return math.ceil(exact - 1e-9)


def compute_largest_hazard_ratio(events: int, margin: float, *, alpha: float = 0.025) -> float:
    """The largest observed hazard ratio that still shows non-inferiority, its standard error being 2 / sqrt(events)."""
    return margin * math.exp(-float(norm.isf(alpha)) * 2 / math.sqrt(events))


def compute_event_probability(median: float, accrual: float, follow_up: float, *, dropout: float = 0.0) -> float:
    """The share of subjects with an event: exponential times, uniform accrual, then `follow_up` for the last subject.

    median, accrual and follow_up in months; dropout is the share lost a year.
    """
    hazard, loss = math.log(2) / median, -math.log1p(-dropout) / 12
    both = hazard + loss
    still_there = math.exp(-both * follow_up) * -math.expm1(-both * accrual) / (both * accrual)
    return hazard / both * (1 - still_there)
