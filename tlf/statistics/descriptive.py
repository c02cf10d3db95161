"""Summaries of numbers and counts of categories, as the tables of a clinical study report show them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

import numpy as np
import pandas as pd

from crf2tlf.errors import DataError
from tlf.statistics.vectors import Array, Floats, check_numbers, check_same_length, compute_codes


@dataclass(frozen=True)
class Summary:
    """Statistics of one group, in the unit of the values; NaN where there are too few values (sd of one value)."""

    n: int
    n_missing: int
    mean: float
    sd: float
    median: float
    q1: float
    q3: float
    minimum: float
    maximum: float
    total: float


def compute_percentile(values: Array, probability: float) -> float:
    """The percentile by the empirical distribution with averaging: SAS PCTLDEF=5, its default, which is R type 2.

    With n values and n * probability = j + g: the mean of the values j and j + 1 when g is 0, value j + 1 otherwise.
    Missing values are left out; NaN without any value.
    """
    if not 0 < probability < 1:
        raise DataError(f"the probability of a percentile is between 0 and 1, not {probability}")
    numbers = check_numbers(values, what="values")
    return _compute_sorted_percentile(np.sort(numbers[~np.isnan(numbers)]), probability)


def _compute_sorted_percentile(ordered: Floats, probability: float) -> float:
    """compute_percentile for values that are sorted and complete."""
    if not len(ordered):
        return float("nan")
    position = len(ordered) * probability
    # 20 * 0.35 is 7.000000000000001 on a computer and 7 in the definition.
    whole = round(position)
    if not np.isclose(position, whole, rtol=1e-12, atol=0):
        return float(ordered[int(np.floor(position))])
    return float((ordered[whole - 1] + ordered[min(whole, len(ordered) - 1)]) / 2)


def compute_summary(values: Array) -> Summary:
    """n, missing, mean, sd (divisor n - 1), median, quartiles (SAS PCTLDEF=5), extremes, total; missing left out."""
    numbers = check_numbers(values, what="values")
    present = np.sort(numbers[~np.isnan(numbers)])
    n, none = len(present), float("nan")
    q1, median, q3 = (_compute_sorted_percentile(present, probability) for probability in (0.25, 0.5, 0.75))
    return Summary(
        n=n,
        n_missing=len(numbers) - n,
        mean=float(present.mean()) if n else none,
        sd=float(present.std(ddof=1)) if n > 1 else none,
        median=median,
        q1=q1,
        q3=q3,
        minimum=float(present[0]) if n else none,
        maximum=float(present[-1]) if n else none,
        total=float(present.sum()) if n else none,
    )


def compute_summaries(values: Array, groups: Array, *, order: Sequence[str] | None = None) -> pd.DataFrame:
    """One row per group in `order` (default: sorted): column group and the fields of Summary."""
    numbers = check_numbers(values, what="values")
    codes, names = compute_codes(groups, order, what="group")
    check_same_length(numbers, codes)
    rows = [{"group": name, **asdict(compute_summary(numbers[codes == i]))} for i, name in enumerate(names)]
    columns = ["group", *Summary.__dataclass_fields__]
    return pd.DataFrame(rows, columns=columns).astype({"group": "string[pyarrow]"})


def compute_counts(
    levels: Array, groups: Array, *, level_order: Sequence[str], denominators: Mapping[str, int]
) -> pd.DataFrame:
    """Columns group, level, n, denominator, percent (0..100, unrounded): one row per group and level, zeros included.

    levels: one category per record; a missing one counts nowhere, so give missing values a level of their own to show
    them. denominators: the number to divide by for each group (big N, or the group's non-missing records), which also
    sets the order of groups; percent is NaN for a denominator of 0. One record is one count: where subjects are
    wanted, give one record a subject. Raises DataError for a level or group not named and for a count over its
    denominator.
    """
    category = pd.Series(levels).reset_index(drop=True)
    arm = pd.Series(groups).reset_index(drop=True)
    check_same_length(category.to_numpy(), arm.to_numpy())
    present = category.notna()
    level_codes, level_names = compute_codes(category[present], level_order, what="level")
    group_codes, group_names = compute_codes(arm[present], list(denominators), what="group")
    size = len(group_names) * len(level_names)
    cells = np.bincount(group_codes * len(level_names) + level_codes, minlength=size)
    divisor = np.repeat(np.array(list(denominators.values()), dtype=np.int64), len(level_names))
    if (cells > divisor).any():
        worst = int(np.flatnonzero(cells > divisor)[0])
        place = f"{group_names[worst // len(level_names)]}, {level_names[worst % len(level_names)]}"
        raise DataError(f"{place}: a count of {cells[worst]} is over its denominator {divisor[worst]}")
    return pd.DataFrame(
        {
            "group": pd.array(np.repeat(group_names, len(level_names)), dtype="string[pyarrow]"),
            "level": pd.array(list(level_names) * len(group_names), dtype="string[pyarrow]"),
            "n": cells.astype(np.int64),
            "denominator": divisor,
            "percent": np.divide(100.0 * cells, divisor, out=np.full(size, np.nan), where=divisor > 0),
        }
    )
