"""The p-values beside a table: chi-square and Fisher for counts, one-way analysis of variance for numbers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.stats import chi2_contingency, f, fisher_exact

from crf2tlf.errors import Context, DataError
from tlf.statistics.vectors import Array, Floats, Integers, check_numbers, check_same_length, compute_codes


@dataclass(frozen=True)
class TableTest:
    """A test statistic, its degrees of freedom (numerator and denominator for F) and two-sided p; NaN is NE."""

    statistic: float
    degrees_of_freedom: tuple[int, ...]
    p_value: float


_NOT_ESTIMABLE = TableTest(float("nan"), (), float("nan"))


def compute_chi_square_test(counts: npt.ArrayLike) -> TableTest:
    """Pearson's chi-square of a table of counts, rows x columns, without continuity correction (SAS FREQ CHISQ).

    Rows and columns without any count are left out, as SAS does; fewer than two of either give NaN (NE).
    """
    table = _check_counts(counts)
    filled = table[table.sum(axis=1) > 0][:, table.sum(axis=0) > 0]
    if min(filled.shape) < 2:
        return _NOT_ESTIMABLE
    result = chi2_contingency(filled, correction=False)
    return TableTest(float(result.statistic), (int(result.dof),), float(result.pvalue))


def compute_fisher_test(counts: npt.ArrayLike) -> TableTest:
    """Fisher's exact two-sided test of a 2 x 2 table: the sum over all tables as probable or less (SAS and R).

    The statistic is NaN: the test has none. A margin of 0 gives p 1, as in R.
    """
    table = _check_counts(counts)
    if table.shape != (2, 2):
        size = " x ".join(map(str, table.shape))
        raise DataError(f"Fisher's exact test is for 2 x 2 tables, not {size}", Context(fix="use the chi-square test"))
    return TableTest(float("nan"), (), float(fisher_exact(table)[1]))


def _check_counts(counts: npt.ArrayLike) -> Integers:
    """The table as whole numbers; raises DataError for anything else."""
    table = np.asarray(counts, dtype=np.float64)
    if table.ndim != 2:
        raise DataError(f"a table of counts has rows and columns, not {table.ndim} dimensions")
    if not (np.isfinite(table) & (table >= 0) & (table == np.floor(table))).all():
        raise DataError("a table of counts holds a value that is not a whole number of at least 0")
    return table.astype(np.int64)


def compute_anova(values: Array, groups: Array) -> TableTest:
    """One-way analysis of variance: F = between / within mean square, with (k - 1, n - k) degrees of freedom.

    Records with a missing value are left out. NaN (NE) for fewer than two groups, for no degrees of freedom within,
    and where all values within the groups are equal.
    """
    numbers = check_numbers(values, what="values")
    check_same_length(numbers, np.asarray(groups, dtype=object))
    present = ~np.isnan(numbers)
    codes, names = compute_codes(np.asarray(groups, dtype=object)[present], None, what="group")
    numbers = numbers[present]
    freedom = (len(names) - 1, len(numbers) - len(names))
    if freedom[0] < 1 or freedom[1] < 1:
        return _NOT_ESTIMABLE
    between, within = _compute_sums_of_squares(numbers, codes, len(names))
    if within <= 1e-24 * float(numbers @ numbers):
        return _NOT_ESTIMABLE
    statistic = (between / freedom[0]) / (within / freedom[1])
    return TableTest(statistic, freedom, float(f.sf(statistic, *freedom)))


def _compute_sums_of_squares(values: Floats, codes: Integers, k: int) -> tuple[float, float]:
    """Sums of squares between and within the groups, about the means."""
    n = np.bincount(codes, minlength=k)
    means = np.bincount(codes, weights=values, minlength=k) / n
    between = float(n @ (means - values.mean()) ** 2)
    return between, float(((values - means[codes]) ** 2).sum())
