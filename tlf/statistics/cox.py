"""Cox's proportional hazards model by Newton's method, with Efron's or Breslow's handling of ties and with strata."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
import pandas as pd
from scipy.stats import chi2

from crf2tlf.errors import Context, DataError
from tlf.statistics.strata import compute_stratum_rows
from tlf.statistics.vectors import (
    Array,
    Booleans,
    Floats,
    check_same_length,
    check_times,
    compute_tied_times,
)

Ties: TypeAlias = Literal["efron", "breslow"]

_MOST_STEPS = 50
_MOST_HALVINGS = 30
# A hazard ratio of e^15 between two subjects is a likelihood without a maximum: a group without any event.
_LARGEST_EFFECT = 15.0


@dataclass(frozen=True)
class ChiSquare:
    """A chi-square test; NaN is NE."""

    chi_square: float
    degrees_of_freedom: int
    p_value: float


@dataclass(frozen=True, eq=False)
class CoxModel:
    """A fitted model; coefficients are log hazard ratios per unit of the covariates, in the order of `names`.

    Everything estimated is NaN (NE) where the likelihood has no maximum or the covariates determine each other.
    log_likelihoods are those of the model without covariates and of the fitted one; score is the score test of the
    first against the second (without ties and for one 0/1 covariate: the log-rank test).
    """

    names: tuple[str, ...]
    n: int
    n_events: int
    coefficients: Floats
    covariance: Floats
    log_likelihoods: tuple[float, float]
    score: ChiSquare

    @property
    def std_errors(self) -> Floats:
        """Standard errors of the coefficients."""
        return np.sqrt(np.diag(self.covariance))

    @property
    def wald(self) -> ChiSquare:
        """Wald's test that all coefficients are 0."""
        if np.isnan(self.coefficients).any():
            return not_estimable(len(self.names))
        value = float(self.coefficients @ np.linalg.solve(self.covariance, self.coefficients))
        return make_chi_square(value, len(self.names))

    @property
    def likelihood_ratio(self) -> ChiSquare:
        """The likelihood ratio test that all coefficients are 0."""
        return make_chi_square(2 * (self.log_likelihoods[1] - self.log_likelihoods[0]), len(self.names))


def compute_wald_test(model: CoxModel, names: Sequence[str]) -> ChiSquare:
    """Wald's test that the coefficients of some covariates are 0; NaN (NE) without any."""
    places = [model.names.index(name) for name in names]
    chosen = model.coefficients[places]
    if not places or np.isnan(chosen).any():
        return not_estimable(len(places))
    covariance = model.covariance[np.ix_(places, places)]
    return make_chi_square(float(chosen @ np.linalg.solve(covariance, chosen)), len(places))


def make_chi_square(value: float, degrees: int) -> ChiSquare:
    """The test of a chi-square value."""
    return ChiSquare(value, degrees, float(chi2.sf(value, degrees)) if degrees else float("nan"))


def not_estimable(degrees: int) -> ChiSquare:
    """A test that cannot be made."""
    return ChiSquare(float("nan"), degrees, float("nan"))


@dataclass(frozen=True, eq=False)
class _Stratum:
    """One stratum, its records by falling time.

    end is, for each event, the number of records still at risk at its time; first and last bound the events tied
    with it among the events; share is Efron's l / d, 0 for the first of d tied events (always 0 for Breslow).
    """

    x: Floats
    event_x: Floats
    event_rows: np.typing.NDArray[np.intp]
    end: np.typing.NDArray[np.intp]
    first: np.typing.NDArray[np.intp]
    last: np.typing.NDArray[np.intp]
    share: Floats


@dataclass(frozen=True, eq=False)
class _Point:
    """Log partial likelihood, its gradient and the information at some coefficients."""

    value: float
    gradient: Floats
    information: Floats


def compute_cox_model(
    times: Array,
    events: Array,
    covariates: pd.DataFrame,
    *,
    ties: Ties = "efron",
    strata: pd.DataFrame | None = None,
) -> CoxModel:
    """The model of Cox (1972) by the partial likelihood, ties by Efron (1977) or Breslow (1974).

    times and events as in compute_kaplan_meier, covariates: one numeric column each, no missing value. Each
    combination of values of `strata` has a baseline hazard of its own. Equal to R survival::coxph within 1e-9. Raises
    DataError for missing covariates or strata.
    """
    durations, flags = check_times(times, events)
    x = _check_covariates(covariates, len(durations))
    names = tuple(map(str, covariates.columns))
    check_same_length(durations, x)
    durations = compute_tied_times(durations)
    # Centring and scaling change no estimate and keep exp() small.
    centre = x.mean(axis=0) if len(x) else np.zeros(len(names))
    spread = x.std(axis=0) if len(x) else np.ones(len(names))
    scale = np.where(spread > 0, spread, 1.0)
    scaled = (x - centre) / scale
    blocks = [
        _make_stratum(durations[rows], flags[rows], scaled[rows], ties)
        for rows in compute_stratum_rows(strata, len(durations))
        if flags[rows].any()
    ]
    start = _compute_point(blocks, np.zeros(len(names)))
    beta = _maximise(blocks, start, scaled)
    counts = (len(durations), int(flags.sum()))
    if beta is None:
        return _make_empty(names, counts, start.value)
    end = _compute_point(blocks, beta)
    score = float(start.gradient @ np.linalg.solve(start.information, start.gradient))
    covariance = np.linalg.inv(end.information) / np.outer(scale, scale)
    values = (start.value, end.value)
    return CoxModel(names, *counts, beta / scale, covariance, values, make_chi_square(score, len(names)))


@dataclass(frozen=True, eq=False)
class EventMoments:
    """Of each event its time, and the covariates less their mean, and their variance, over those at risk with it.

    times (E,), residuals (E, k) of Schoenfeld (1982), variances (E, k, k); tied events by Efron's or Breslow's weights.
    """

    times: Floats
    residuals: Floats
    variances: Floats


def compute_event_moments(
    times: Array,
    events: Array,
    covariates: pd.DataFrame,
    coefficients: Floats,
    *,
    ties: Ties = "efron",
    strata: pd.DataFrame | None = None,
) -> EventMoments:
    """The moments of the covariates at every event under the coefficients of a fitted model."""
    durations, flags = check_times(times, events)
    x = _check_covariates(covariates, len(durations))
    durations, x = compute_tied_times(durations), x - x.mean(axis=0)
    parts = []
    for rows in compute_stratum_rows(strata, len(durations)):
        block = _make_stratum(durations[rows], flags[rows], x[rows], ties)
        own = np.sort(durations[rows][flags[rows]])[::-1]
        zero, one, two = (_compute_sums(block, weight) for weight in _weights(block, coefficients))
        mean = one / zero[:, None]
        spread = two / zero[:, None, None] - mean[:, :, None] * mean[:, None, :]
        parts.append((own, block.event_x - mean, spread))
    return EventMoments(*(np.concatenate(each) for each in zip(*parts, strict=True)))


def _weights(block: _Stratum, beta: Floats) -> tuple[Floats, Floats, Floats]:
    """The risk of each record, times its covariates, times their products."""
    risk = np.exp(block.x @ beta)
    return risk, risk[:, None] * block.x, risk[:, None, None] * block.x[:, :, None] * block.x[:, None, :]


def _make_empty(names: tuple[str, ...], counts: tuple[int, int], value: float) -> CoxModel:
    k, none = len(names), float("nan")
    return CoxModel(names, *counts, np.full(k, none), np.full((k, k), none), (value, none), not_estimable(k))


def _check_covariates(covariates: pd.DataFrame, n: int) -> Floats:
    x = covariates.to_numpy(dtype=np.float64)
    if len(x) != n:
        raise DataError(f"the covariates have {len(x)} rows for {n} records")
    unusable = ~np.isfinite(x).all(axis=1)
    if unusable.any():
        message = f"{int(unusable.sum())} of {n} records have no value in {', '.join(map(str, covariates.columns))}"
        raise DataError(message, Context(fix="leave these records out by a filter, or give them a level of their own"))
    return x


def _make_stratum(times: Floats, events: Booleans, x: Floats, ties: Ties) -> _Stratum:
    order = np.argsort(-times, kind="stable")
    falling, ordered = times[order], x[order]
    rows = np.flatnonzero(events[order])
    at = -falling[rows]
    end = np.searchsorted(-falling, at, side="right")
    first, last = np.searchsorted(at, at, side="left"), np.searchsorted(at, at, side="right")
    share = (np.arange(len(rows)) - first) / (last - first) if ties == "efron" else np.zeros(len(rows))
    return _Stratum(ordered, ordered[rows], rows, end, first, last, share)


def _compute_point(blocks: Sequence[_Stratum], beta: Floats) -> _Point:
    k = len(beta)
    value, gradient, information = 0.0, np.zeros(k), np.zeros((k, k))
    for block in blocks:
        part = _compute_stratum_point(block, beta)
        value, gradient = value + part.value, gradient + part.gradient
        information = information + part.information
    return _Point(value, gradient, information)


def _compute_stratum_point(block: _Stratum, beta: Floats) -> _Point:
    """Sums over the risk set less Efron's share of those tied, for every event at once."""
    eta = block.x @ beta
    zero, one, two = (_compute_sums(block, weight) for weight in _weights(block, beta))
    mean = one / zero[:, None]
    value = float(eta[block.event_rows].sum() - np.log(zero).sum())
    gradient = (block.event_x - mean).sum(axis=0)
    information = (two / zero[:, None, None]).sum(axis=0) - mean.T @ mean
    return _Point(value, gradient, information)


def _compute_sums(block: _Stratum, weight: Floats) -> Floats:
    """For each event the sum of a weight over its risk set, less the share of the events tied with it."""
    at_risk = np.cumsum(weight, axis=0)[block.end - 1]
    start = np.zeros((1, *weight.shape[1:]))
    tied = np.concatenate([start, np.cumsum(weight[block.event_rows], axis=0)])
    share = block.share.reshape(-1, *([1] * (weight.ndim - 1)))
    found: Floats = at_risk - share * (tied[block.last] - tied[block.first])
    return found


def _maximise(blocks: Sequence[_Stratum], start: _Point, x: Floats) -> Floats | None:
    """The coefficients at the maximum; None where there is none."""
    beta, point = np.zeros(len(start.gradient)), start
    if not blocks or not _is_regular(point.information):
        return None
    for _ in range(_MOST_STEPS):
        step: Floats = np.linalg.solve(point.information, point.gradient).astype(np.float64)
        beta, point = _step(blocks, beta, point, step)
        if np.ptp(x @ beta) > _LARGEST_EFFECT or not _is_regular(point.information):
            return None
        if np.abs(step).max() < 1e-11:
            return beta
    return None


def _step(blocks: Sequence[_Stratum], beta: Floats, point: _Point, step: Floats) -> tuple[Floats, _Point]:
    """The next coefficients: the step is halved while it leads downhill."""
    for _ in range(_MOST_HALVINGS):
        further = _compute_point(blocks, beta + step)
        if further.value >= point.value - 1e-9 * abs(point.value):
            break
        step = step / 2
    return beta + step, further


def _is_regular(information: Floats) -> bool:
    return bool(np.isfinite(information).all()) and np.linalg.cond(information) < 1e12
