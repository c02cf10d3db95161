"""Whether hazards are proportional: the score test that no coefficient of a Cox model changes with time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from tlf.statistics.cox import (
    ChiSquare,
    CoxModel,
    Ties,
    compute_event_moments,
    make_chi_square,
    not_estimable,
)
from tlf.statistics.kaplan_meier import compute_kaplan_meier
from tlf.statistics.vectors import Array, Floats, check_times, compute_tied_times


@dataclass(frozen=True)
class ProportionalHazards:
    """The test of each term of a model by its name, and of all of them together; NaN is NE."""

    terms: Mapping[str, ChiSquare]
    together: ChiSquare


def compute_proportional_hazards(
    model: CoxModel,
    times: Array,
    events: Array,
    covariates: pd.DataFrame,
    terms: Mapping[str, Sequence[str]],
    *,
    ties: Ties = "efron",
    strata: pd.DataFrame | None = None,
) -> ProportionalHazards:
    """The test of Grambsch and Therneau (1994) as a score test, equal to R survival::cox.zph (version 3 on).

    `terms` names the covariates of each term, such as the levels of a category. A coefficient may change with
    g(t) = 1 - S(t), S the Kaplan-Meier curve of all records just before t. `model` was fitted to the same records.
    """
    every = [name for names in terms.values() for name in names]
    if np.isnan(model.coefficients).any():
        none = {term: not_estimable(len(names)) for term, names in terms.items()}
        return ProportionalHazards(none, not_estimable(len(every)))
    moments = compute_event_moments(times, events, covariates, model.coefficients, ties=ties, strata=strata)
    change = _compute_change(times, events, moments.times)
    gradient = change @ moments.residuals
    first, second, third = (np.einsum("e,eij->ij", change**power, moments.variances) for power in (0, 1, 2))
    information = np.block([[first, second], [second, third]])
    places = {name: place for place, name in enumerate(model.names)}

    def test(names: Sequence[str]) -> ChiSquare:
        return _compute_test(gradient, information, [places[name] for name in names])

    return ProportionalHazards({term: test(names) for term, names in terms.items()}, test(every))


def _compute_change(times: Array, events: Array, at: Floats) -> Floats:
    """1 - S(t) just before each time, less its mean, which keeps the information regular and changes no test."""
    durations, flags = check_times(times, events)
    curve = compute_kaplan_meier(compute_tied_times(durations), flags)
    before = np.concatenate([[1.0], curve.survival])
    change: Floats = 1 - before[np.searchsorted(curve.times, at, side="left")]
    centred: Floats = change - change.mean()
    return centred


def _compute_test(gradient: Floats, information: Floats, chosen: list[int]) -> ChiSquare:
    count = len(gradient)
    kept = [*range(count), *(count + place for place in chosen)]
    score = np.concatenate([np.zeros(count), gradient[chosen]])
    value = float(score @ np.linalg.solve(information[np.ix_(kept, kept)], score))
    return make_chi_square(value, len(chosen))
