"""The hazard ratio of two groups, its test against a margin, and the test of interaction with subgroups."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import norm

from crf2tlf.errors import DataError
from tlf.statistics.cox import ChiSquare, Ties, compute_cox_model, make_chi_square, not_estimable
from tlf.statistics.vectors import Array, compute_codes


@dataclass(frozen=True)
class HazardRatio:
    """Hazard of the compared group over that of the reference, confidence limits and tests; NaN is NE."""

    estimate: float
    lower: float
    upper: float
    log_estimate: float
    std_error: float
    wald: ChiSquare
    score: ChiSquare
    likelihood_ratio: ChiSquare


@dataclass(frozen=True)
class NonInferiority:
    """The test of H0: hazard ratio >= margin. `shown` where the upper limit of the hazard ratio is below the margin."""

    margin: float
    z: float
    p_value: float
    shown: bool


def compute_hazard_ratio(
    times: Array,
    events: Array,
    groups: Array,
    *,
    compared: str,
    reference: str,
    ties: Ties = "efron",
    strata: pd.DataFrame | None = None,
    level: float = 0.95,
) -> HazardRatio:
    """The hazard ratio of `compared` over `reference` by Cox's model, with Wald limits on the log scale.

    Less than 1 when the compared group lives longer. NaN (NE) where one of the groups has no event or nobody.
    """
    codes, _ = compute_codes(groups, (reference, compared), what="group")
    covariate = pd.DataFrame({compared: codes.astype(np.float64)})
    model = compute_cox_model(times, events, covariate, ties=ties, strata=strata)
    log_estimate, error = float(model.coefficients[0]), float(model.std_errors[0])
    half = float(norm.isf((1 - level) / 2)) * error
    estimate, lower, upper = (math.exp(value) for value in (log_estimate, log_estimate - half, log_estimate + half))
    tests = (model.wald, model.score, model.likelihood_ratio)
    return HazardRatio(estimate, lower, upper, log_estimate, error, *tests)


def compute_non_inferiority(
    log_estimate: float, std_error: float, margin: float, level: float = 0.95
) -> NonInferiority:
    """p = Phi((ln HR - ln margin) / SE), one-sided; shown where the upper limit of the two-sided interval is below.

    At the level 0.95 that is the same as p < 0.025 (China CDE, guideline on non-inferiority designs, 2020).
    """
    if not margin > 1:
        raise DataError(f"the margin of a hazard ratio that shall not be worse is over 1, not {margin}")
    z = (log_estimate - math.log(margin)) / std_error
    upper = log_estimate + float(norm.isf((1 - level) / 2)) * std_error
    return NonInferiority(margin, z, float(norm.cdf(z)), bool(upper < math.log(margin)))


def compute_std_error_of_limits(lower: float, upper: float, level: float = 0.95) -> float:
    """The standard error of a published log ratio from its confidence limits."""
    return math.log(upper / lower) / (2 * float(norm.isf((1 - level) / 2)))


def compute_interaction(
    times: Array,
    events: Array,
    groups: Array,
    subgroups: Array,
    *,
    compared: str,
    reference: str,
    ties: Ties = "efron",
    strata: pd.DataFrame | None = None,
) -> ChiSquare:
    """Whether the hazard ratio differs between the subgroups: likelihood ratio test of group x subgroup.

    The model without the products has the group and the subgroups; degrees of freedom are the subgroups less one.
    NaN (NE) for fewer than two subgroups, and where one of them has no event in some group.
    """
    codes, _ = compute_codes(groups, (reference, compared), what="group")
    levels, names = compute_codes(subgroups, None, what="subgroup")
    degrees = max(len(names) - 1, 0)
    arm = codes.astype(np.float64)
    own = {f"level {place}": (levels == place).astype(np.float64) for place in range(1, len(names))}
    products = {f"{name} x arm": column * arm for name, column in own.items()}
    if not products:
        return not_estimable(degrees)
    models = [
        compute_cox_model(times, events, pd.DataFrame(columns), ties=ties, strata=strata)
        for columns in ({"arm": arm, **own}, {"arm": arm, **own, **products})
    ]
    if any(np.isnan(model.coefficients).any() for model in models):
        return not_estimable(degrees)
    return make_chi_square(2 * (models[1].log_likelihoods[1] - models[0].log_likelihoods[1]), degrees)
