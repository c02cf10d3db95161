"""The log-rank test for two or more groups, with ties and strata."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import chi2, norm

from tlf.statistics.strata import compute_stratum_rows
from tlf.statistics.vectors import (
    Array,
    Booleans,
    Floats,
    Integers,
    check_same_length,
    check_times,
    compute_codes,
    compute_tied_times,
)


@dataclass(frozen=True, eq=False)
class LogRank:
    """The test and what it is made of; arrays follow `groups`, `variance` is groups x groups.

    chi_square with degrees_of_freedom and p_value (two-sided). For two groups z = (O - E) / sqrt(V) of the first one
    and p_one_sided = P(Z <= z): small when the first group has fewer events than expected, so when it lives longer;
    both are NaN for more groups. All four are NaN (NE) when fewer than two groups were at risk of an event, and when
    V is singular because some groups were never at risk together.
    """

    groups: tuple[str, ...]
    n: Integers
    observed: Integers
    expected: Floats
    variance: Floats
    chi_square: float
    degrees_of_freedom: int
    p_value: float
    z: float
    p_one_sided: float


@dataclass(frozen=True, eq=False)
class _Counts:
    """Observed, expected and variance of one stratum."""

    observed: Integers
    expected: Floats
    variance: Floats


def compute_log_rank(
    times: Array,
    events: Array,
    groups: Array,
    *,
    order: Sequence[str] | None = None,
    strata: pd.DataFrame | None = None,
) -> LogRank:
    """The log-rank test (Mantel-Haenszel, hypergeometric variance with ties), equal to R survival::survdiff, rho 0.

    times, events: as in compute_kaplan_meier; groups: one label per record, `order` says which comes first (default:
    sorted). strata: a frame with one row per record; records with the same values in all its columns are compared
    among themselves only, and O, E and V are added over the strata. Raises DataError for a missing group or stratum.
    """
    durations, flags = check_times(times, events)
    codes, names = compute_codes(groups, order, what="group")
    check_same_length(durations, codes)
    durations = compute_tied_times(durations)
    blocks = compute_stratum_rows(strata, len(durations))
    parts = [_compute_counts(durations[rows], flags[rows], codes[rows], len(names)) for rows in blocks]
    observed = np.stack([part.observed for part in parts]).sum(axis=0)
    expected = np.stack([part.expected for part in parts]).sum(axis=0)
    variance = np.stack([part.variance for part in parts]).sum(axis=0)
    n = np.bincount(codes, minlength=len(names)).astype(np.int64)
    return _compute_test(names, n, _Counts(observed, expected, variance))


def _compute_counts(times: Floats, events: Booleans, codes: Integers, k: int) -> _Counts:
    """O, E and V of one stratum, summed over its distinct event times."""
    ticks = np.unique(times[events])
    observed = np.zeros((len(ticks), k))
    np.add.at(observed, (np.searchsorted(ticks, times[events]), codes[events]), 1)
    sorted_times = [np.sort(times[codes == code]) for code in range(k)]
    at_risk = np.column_stack([len(each) - np.searchsorted(each, ticks) for each in sorted_times]).astype(np.float64)
    deaths, everybody = observed.sum(axis=1), at_risk.sum(axis=1)
    expected = (at_risk * (deaths / everybody)[:, None]).sum(axis=0)
    # The last subject at risk contributes no variance; its n - 1 would divide by 0.
    factor = deaths * (everybody - deaths) / (everybody**2 * np.maximum(everybody - 1, 1))
    variance = np.diag((factor * everybody) @ at_risk) - at_risk.T @ (at_risk * factor[:, None])
    return _Counts(observed.sum(axis=0).astype(np.int64), expected, variance)


def _compute_test(names: tuple[str, ...], n: Integers, counts: _Counts) -> LogRank:
    """Chi-square over the groups that were ever at risk of an event, less one."""
    compared = np.flatnonzero(counts.expected > 0)
    difference = counts.observed - counts.expected
    chi_square = p_value = z = p_one_sided = float("nan")
    free = compared[1:]
    if len(free) and np.linalg.matrix_rank(counts.variance[np.ix_(free, free)]) == len(free):
        chi_square = float(difference[free] @ np.linalg.solve(counts.variance[np.ix_(free, free)], difference[free]))
        p_value = float(chi2.sf(chi_square, len(free)))
        if len(names) == 2:
            z = float(difference[0] / np.sqrt(counts.variance[0, 0]))
            p_one_sided = float(norm.cdf(z))
    return LogRank(
        groups=names,
        n=n,
        observed=counts.observed,
        expected=counts.expected,
        variance=counts.variance,
        chi_square=chi_square,
        degrees_of_freedom=max(len(compared) - 1, 0),
        p_value=p_value,
        z=z,
        p_one_sided=p_one_sided,
    )
