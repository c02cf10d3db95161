"""Times to what happens to a patient, from hazards that are constant between knots (illness-death model)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from synthetic.parameters import Hazard, Parameters
from synthetic.plan import DAYS_PER_MONTH
from synthetic.population import Population
from synthetic.streams import Bools, Floats, Streams

# Nobody dies or leaves in the first days: everybody enrolled is treated at least once.
SOONEST = 8


@dataclass(frozen=True)
class Fate:
    """Days since the start (randomisation or first dose), infinite for what never comes.

    `progression` is that of the disease, before any scan; `frailty` is shared by progression, response and death.
    """

    frailty: Floats
    progression: Floats
    death: Floats
    withdrawal: Floats
    loss: Floats
    stops: dict[str, Floats]
    clinical: Bools


def draw_fate(parameters: Parameters, people: Population, streams: Streams) -> Fate:
    """Progression, then death with the hazard of its state: before progression or after it; and who leaves early."""
    course = parameters.course
    frailty = streams.normal("frailty")
    hazards = np.array([regimen.hazard for regimen in parameters.regimens.values()])[people.regimen]

    def drawn(name: str, hazard: Hazard, ratio: Floats | float) -> Floats:
        risk = ratio * relative_risk(hazard, people.covariates) * np.exp(hazard.frailty * frailty)
        return time_to_event(hazard, streams.exponential(name) / risk)

    progression = drawn("progression", course.progression, hazards)
    before = drawn("death before", course.death_before, 1.0)
    after = drawn("death after", course.death_after, 1.0)
    yearly = 365.25 * streams.exponential("leaving", 2 + len(course.stop_per_year))
    return Fate(
        frailty,
        progression,
        np.ceil(np.where(before < progression, before, progression + after)) + SOONEST,
        np.ceil(yearly[:, 0] / course.withdrawal_per_year) + SOONEST,
        np.ceil(yearly[:, 1] / course.loss_per_year) + SOONEST,
        {
            reason: np.ceil(yearly[:, 2 + place] / rate) + SOONEST
            for place, (reason, rate) in enumerate(course.stop_per_year.items())
        },
        streams.chance("clinical progression", course.clinical_progression),
    )


def relative_risk(hazard: Hazard, covariates: dict[str, Floats]) -> Floats:
    """The product of the hazard ratios of what a patient has, against a patient with average covariates."""
    logarithm = sum(
        (np.log(ratio) * covariates[name] for name, ratio in hazard.ratios.items()),
        start=np.zeros(len(next(iter(covariates.values())))),
    )
    return np.exp(logarithm)


def time_to_event(hazard: Hazard, cumulative: Floats) -> Floats:
    """Days at which the cumulative hazard is reached; the last rate goes on for ever."""
    knots = np.array(hazard.knots) * DAYS_PER_MONTH
    rates = np.array(hazard.rates) / DAYS_PER_MONTH
    reached = np.concatenate([[0.0], np.cumsum(rates[:-1] * np.diff(knots))])
    piece = np.searchsorted(reached, cumulative, side="right") - 1
    return np.asarray(knots[piece] + (cumulative - reached[piece]) / rates[piece], dtype=np.float64)
