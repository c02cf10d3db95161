"""The size of a non-inferiority trial with a time-to-event endpoint: events by Schoenfeld, subjects by exponentials.

Schoenfeld D, Biometrics 1983;39:499-503; the probability of an event under uniform accrual: Lachin and Foulkes,
Biometrics 1986;42:507-519.
"""

from __future__ import annotations

import math

from scipy.special import ndtri

from synthetic.parameters import Design, Enrolment


def events_needed(margin: float, hazard_ratio: float, *, alpha: float, power: float, share: float = 0.5) -> int:
    """Events to show a ratio below `margin` when it is `hazard_ratio`; `alpha` is one-sided, `share` one arm's."""
    distance = math.log(margin) - math.log(hazard_ratio)
    quantiles = float(ndtri(1 - alpha)) + float(ndtri(power))
    return math.ceil(quantiles**2 / (share * (1 - share) * distance**2))


def event_probability(median: float, *, accrual: float, follow_up: float, dropout_per_year: float) -> float:
    """The chance that a subject's event is seen: exponential with that median, uniform accrual, months throughout."""
    event = math.log(2) / median
    leaving = event - math.log(1 - dropout_per_year) / 12
    seen = math.exp(-leaving * follow_up) - math.exp(-leaving * (accrual + follow_up))
    return event / leaving * (1 - seen / (leaving * accrual))


def subjects_needed(design: Design, enrolment: Enrolment) -> tuple[int, int]:
    """Events and subjects of a 1:1 trial, the subjects an even number; the true ratio gives the other arm's median."""
    events = events_needed(design.margin, design.hazard_ratio, alpha=design.alpha, power=design.power)
    medians = (design.control_median, design.control_median / design.hazard_ratio)
    seen = [
        event_probability(
            median,
            accrual=enrolment.accrual_months,
            follow_up=enrolment.follow_up_months,
            dropout_per_year=design.dropout_per_year,
        )
        for median in medians
    ]
    return events, 2 * math.ceil(events / sum(seen))
