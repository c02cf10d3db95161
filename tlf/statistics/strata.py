"""Strata: the records that are compared among themselves only."""

from __future__ import annotations

import numpy as np
import pandas as pd

from crf2tlf.errors import DataError
from tlf.statistics.vectors import Integers


def compute_stratum_rows(strata: pd.DataFrame | None, n: int) -> list[Integers]:
    """The record positions of each combination of values; one block of everything without strata."""
    if strata is None or not n or not len(strata.columns):
        return [np.arange(n)]
    if len(strata) != n:
        raise DataError(f"the strata have {len(strata)} rows for {n} records")
    missing = strata.isna().any(axis=1)
    if missing.any():
        raise DataError(f"{int(missing.sum())} of {n} records have no value in {', '.join(map(str, strata.columns))}")
    numbers = strata.groupby(list(strata.columns), observed=True).ngroup().to_numpy()
    return [np.flatnonzero(numbers == number) for number in np.unique(numbers)]
