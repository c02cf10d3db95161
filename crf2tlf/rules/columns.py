"""Columns in memory: text as Arrow strings, numbers as float64, conditions as three-valued booleans."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Sequence
from functools import lru_cache, wraps
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from crf2tlf.tables.arrow import pa, pc, text_series

Kind = Literal["text", "number", "boolean"]
Column = pd.Series  # of dtype TEXT, float64 or "boolean", always on a RangeIndex
BoolArray = npt.NDArray[np.bool_]
FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

TEXT = pd.StringDtype("pyarrow")
SAS_EPOCH = np.datetime64("1960-01-01", "D")
ORDINAL_OF_SAS_EPOCH = datetime.date(1960, 1, 1).toordinal()
_COMPLETE_DATE = re.compile(r"[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])")


def text_column(values: Any, length: int | None = None) -> Column:
    """A text column from a list, array or single value; None, NaN and "" become missing."""
    if values is None or isinstance(values, str):
        return text_series(pa.array([values or None], pa.large_string()).take(np.zeros(length or 0, dtype=np.int64)))
    column = values if isinstance(values, pd.Series) else pd.Series(values, dtype=TEXT)
    texts = pa.array(column.astype(TEXT).array)
    empty = pc.equal(texts, "")
    return text_series(pc.if_else(empty, None, texts) if pc.any(empty).as_py() else texts)


def number_column(values: Any, length: int | None = None) -> Column:
    """A number column from a list, array or single number; None becomes NaN."""
    if values is None or np.isscalar(values):
        values = np.full(length or 0, np.nan if values is None else values)
    return pd.Series(np.asarray(values, dtype="float64"))


def missing_column(kind: Kind, length: int) -> Column:
    """A column of missing values."""
    if kind == "number":
        return number_column(None, length)
    if kind == "text":
        return text_column(None, length)
    return boolean_column(np.zeros(length, dtype=bool), np.ones(length, dtype=bool))


def kind_of(column: Column) -> Kind:
    """Whether a column holds text, numbers or conditions."""
    if isinstance(column.dtype, pd.StringDtype):
        return "text"
    if isinstance(column.dtype, pd.BooleanDtype):
        return "boolean"
    return "number"


def is_missing(column: Column) -> BoolArray:
    """Where a column is missing."""
    return column.isna().to_numpy(dtype=bool)


def is_true(condition: Column) -> BoolArray:
    """Where a condition holds: missing is not true."""
    return condition.fillna(False).to_numpy(dtype=bool)


def boolean_column(values: BoolArray, missing: BoolArray) -> Column:
    """A three-valued condition from its values and where it is missing."""
    return pd.Series(pd.arrays.BooleanArray(np.asarray(values, dtype=bool) & ~missing, np.array(missing, dtype=bool)))


def take_rows(column: Column, positions: IntArray) -> Column:
    """The values at row positions; position -1 gives a missing value."""
    if len(column) == 0:
        return missing_column(kind_of(column), len(positions))
    absent = positions < 0
    if isinstance(column.dtype, pd.StringDtype):
        return text_series(pa.array(column.array).take(pa.array(positions, mask=absent)))
    taken = column.take(np.where(absent, 0, positions)).reset_index(drop=True)
    return taken.mask(absent) if absent.any() else taken


def choose(holds: BoolArray, column: Column, other: Column) -> Column:
    """A column's values where a condition holds, those of another one of its kind where it does not."""
    if kind_of(column) != "text":
        return column.where(holds, other)
    return text_series(pc.if_else(pa.array(holds), pa.array(column.array), pa.array(other.array)))


def stack_columns(columns: Sequence[Column]) -> Column:
    """The columns one below the other; an empty text column when there are none."""
    if not columns:
        return text_column([])
    return columns[0] if len(columns) == 1 else pd.concat(columns, ignore_index=True)


def flag_column(chosen: BoolArray, flag: str = "Y") -> Column:
    """The flag where it is chosen, else missing."""
    return take_rows(text_column([flag]), np.where(chosen, 0, -1))


def compute_by_distinct(compute: Callable[[Column], Column]) -> Callable[[Column], Column]:
    """The function, computed once for each distinct text of a column: the cost hardly grows with the rows.

    It gives missing for a missing text, and for each other text what does not depend on the other rows.
    """

    @wraps(compute)
    def computed(texts: Column) -> Column:
        codes, distinct = pd.factorize(texts, use_na_sentinel=True)
        return take_rows(compute(text_column(distinct)), np.asarray(codes, dtype=np.int64))

    return computed


def compute_sas_dates(iso_dates: Column) -> FloatArray:
    """Days since 1960-01-01 of complete ISO 8601 dates; NaN where the text is missing or no complete date.

    A time after the date is not looked at. Any year of four digits will do: pandas's own dates end in 2262.
    """
    codes, distinct = pd.factorize(iso_dates, use_na_sentinel=True)
    days = np.array([*(_sas_day(text[:10]) for text in distinct.tolist()), np.nan], dtype=np.float64)
    return days[codes]


@lru_cache(maxsize=1_000_000)
def _sas_day(text: str) -> float:
    if not _COMPLETE_DATE.fullmatch(text):
        return np.nan
    try:
        return float(datetime.date.fromisoformat(text).toordinal() - ORDINAL_OF_SAS_EPOCH)
    except ValueError:  # the 30th of February
        return np.nan


def compute_iso_dates(sas_dates: FloatArray) -> Column:
    """ISO 8601 dates of days since 1960-01-01; missing where the number is."""
    missing = np.isnan(sas_dates)
    days = SAS_EPOCH + np.where(missing, 0, sas_dates).astype("timedelta64[D]")
    return pd.Series(np.datetime_as_string(days, unit="D"), dtype=TEXT).mask(missing)
