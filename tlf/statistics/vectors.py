"""What every statistic asks of its vectors: same length, nothing missing, times that can be compared."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from crf2tlf.errors import Context, DataError

Floats: TypeAlias = npt.NDArray[np.float64]
Integers: TypeAlias = npt.NDArray[np.int64]
Booleans: TypeAlias = npt.NDArray[np.bool_]
# Array is any one-dimensional vector a caller may hold: a pandas column, a numpy array, a list.
Array: TypeAlias = npt.ArrayLike | pd.Series

# The tolerance of R's survival::aeqSurv: two times closer than this (also relative to the mean time) are one time.
TIME_TOLERANCE = float(np.sqrt(np.finfo(np.float64).eps))


def check_numbers(values: Array, *, what: str) -> Floats:
    """The numbers as float64; missing ones stay NaN. Raises DataError for text and for infinite numbers."""
    try:
        numbers = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise DataError(f"the {what} are not numbers: {error}") from error
    if numbers.ndim != 1:
        raise DataError(f"the {what} must be one column, not an array of {numbers.ndim} dimensions")
    infinite = np.isinf(numbers)
    if infinite.any():
        raise DataError(f"{infinite.sum()} of {len(numbers)} {what} are infinite")
    return numbers


def check_same_length(first: Sequence[Any] | npt.NDArray[Any], second: Sequence[Any] | npt.NDArray[Any]) -> None:
    """Nothing, or a DataError where two vectors of the same records differ in length."""
    if len(first) != len(second):
        raise DataError(f"two columns of the same records differ in length: {len(first)} and {len(second)}")


def check_times(times: Array, events: Array) -> tuple[Floats, Booleans]:
    """Times (any one unit, at least 0) and event flags; raises DataError when a record has no usable time or flag."""
    durations = check_numbers(times, what="times")
    if np.ndim(events) == 1 and pd.isna(np.asarray(events, dtype=object)).any():
        raise DataError("some event flags are missing", Context(fix="every record is an event or censored: fill CNSR"))
    flags = np.asarray(events)
    check_same_length(durations, flags)
    if flags.dtype != np.bool_ and len(flags) and not np.isin(flags, (0, 1)).all():
        raise DataError("an event flag is neither true nor false", Context(fix="pass `CNSR == 0`, not CNSR itself"))
    unusable = ~(durations >= 0)
    if unusable.any():
        message = f"{unusable.sum()} of {len(durations)} times are missing or negative"
        raise DataError(message, Context(fix="leave these records out by a filter, or correct the start date"))
    return durations, flags.astype(np.bool_)


def compute_tied_times(times: Floats) -> Floats:
    """The times, those that differ by rounding error only made equal to the smallest of them (R's aeqSurv)."""
    distinct = np.unique(times)
    if len(distinct) < 2:
        return times
    starts = np.append(True, np.diff(distinct) > compute_time_tolerance(distinct))
    firsts = distinct[starts]
    joined: Floats = firsts[np.searchsorted(firsts, times, side="right") - 1]
    return joined


def compute_time_tolerance(times: Floats) -> float:
    """The largest difference, in the unit of the times, that is rounding error and not a later time."""
    return TIME_TOLERANCE * max(1.0, float(times.mean())) if len(times) else TIME_TOLERANCE


def compute_codes(labels: Array, order: Sequence[str] | None, *, what: str) -> tuple[Integers, tuple[str, ...]]:
    """Each record's position in `order` (default: the labels sorted), and that order.

    Raises DataError for a missing label and for one that `order` does not name: no record may fall out unseen.
    """
    column = pd.Series(labels).reset_index(drop=True)
    if column.isna().any():
        raise DataError(f"{int(column.isna().sum())} of {len(column)} records have no {what}")
    names = tuple(str(name) for name in (sorted(column.unique()) if order is None else order))
    if len(set(names)) != len(names):
        raise DataError(f"a {what} is named twice in {', '.join(names)}")
    codes = pd.Index(names, dtype=object).get_indexer(pd.Index(column.astype(str), dtype=object))
    unknown = sorted(set(column.astype(str)[codes < 0]))
    if unknown:
        raise DataError(f"{what} {', '.join(unknown)} is not one of {', '.join(names)}")
    return codes.astype(np.int64), names
