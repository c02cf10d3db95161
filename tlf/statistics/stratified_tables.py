"""Cochran, Mantel and Haenszel's test and common odds ratio of 2 x 2 tables by stratum."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.stats import chi2, norm

from crf2tlf.errors import DataError


@dataclass(frozen=True)
class StratifiedTable:
    """The test without continuity correction and the Mantel-Haenszel odds ratio with its limits; NaN is NE."""

    chi_square: float
    p_value: float
    odds_ratio: float
    lower: float
    upper: float


def compute_mantel_haenszel(counts: npt.ArrayLike, *, level: float = 0.95) -> StratifiedTable:
    """The association of group and response over strata (Mantel and Haenszel 1959), SAS FREQ CMH, 1 df.

    counts: a row for each stratum, n and total of the compared group, then those of the reference. Strata of fewer than
    two subjects say nothing and are left out. Limits of the odds ratio by Robins, Breslow and Greenland (1986), as R
    mantelhaen.test(correct = FALSE) gives them. NaN (NE) where all or none respond, or a group is empty.
    """
    table = np.asarray(counts, dtype=np.float64).reshape(-1, 4)
    if not ((table >= 0).all() and (table[:, 0] <= table[:, 1]).all() and (table[:, 2] <= table[:, 3]).all()):
        raise DataError("responders of a stratum are more than its subjects, or fewer than none")
    x1, n1, x2, n2 = table[table[:, 1] + table[:, 3] > 1].T
    total, responders = n1 + n2, x1 + x2
    variance = float((n1 * n2 * responders * (total - responders) / (total**2 * (total - 1))).sum())
    if not variance > 0:
        none = float("nan")
        return StratifiedTable(none, none, none, none, none)
    chi_square = float((x1 - n1 * responders / total).sum()) ** 2 / variance
    a, b, c, d = x1, n1 - x1, x2, n2 - x2
    forward, backward = a * d / total, b * c / total
    if not forward.sum() * backward.sum() > 0:
        return StratifiedTable(chi_square, float(chi2.sf(chi_square, 1)), *(float("nan"),) * 3)
    ratio = float(forward.sum() / backward.sum())
    p, q = (a + d) / total, (b + c) / total
    spread = (p * forward).sum() / (2 * forward.sum() ** 2)
    spread += (p * backward + q * forward).sum() / (2 * forward.sum() * backward.sum())
    spread += (q * backward).sum() / (2 * backward.sum() ** 2)
    factor = math.exp(float(norm.isf((1 - level) / 2)) * math.sqrt(float(spread)))
    return StratifiedTable(chi_square, float(chi2.sf(chi_square, 1)), ratio, ratio / factor, ratio * factor)
