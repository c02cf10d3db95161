"""Values of records as a listing shows them: by the format that the variable has in its dataset."""

from __future__ import annotations

import numpy as np
import pandas as pd

from crf2tlf.rules.columns import SAS_EPOCH, Column, FloatArray
from tlf.results import VariableFacts

MONTHS = np.array(["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"])


def compute_shown_values(column: Column, variable: VariableFacts) -> list[str]:
    """Texts as they are; dates, times and datetimes by format (03JAN2014); other numbers as short as they can be."""
    if isinstance(column.dtype, pd.StringDtype):
        return [str(value) for value in column.fillna("")]
    values = column.to_numpy(dtype=np.float64)
    if variable.format.startswith("DATETIME"):
        texts = [f"{date}T{time}" for date, time in zip(_dates(values // 86400), _times(values % 86400), strict=True)]
    elif variable.format.startswith("DATE"):
        texts = _dates(values)
    elif variable.format.startswith("TIME"):
        texts = _times(values)
    else:
        texts = [f"{value:.15g}" for value in values]
    return ["" if missing else text for missing, text in zip(np.isnan(values), texts, strict=True)]


def _dates(days: FloatArray) -> list[str]:
    """Days since 1960-01-01 as DATE9. writes them."""
    dates = SAS_EPOCH + np.where(np.isnan(days), 0, days).astype("timedelta64[D]")
    months = dates.astype("datetime64[M]")
    day = (dates - months).astype(np.int64) + 1
    month = MONTHS[months.astype(np.int64) % 12]
    year = dates.astype("datetime64[Y]").astype(np.int64) + 1970
    return [f"{d:02d}{m}{y:04d}" for d, m, y in zip(day, month, year, strict=True)]


def _times(seconds: FloatArray) -> list[str]:
    """Seconds of the day as hh:mm:ss."""
    whole = np.where(np.isnan(seconds), 0, seconds).astype(np.int64)
    parts = zip(whole // 3600, whole // 60 % 60, whole % 60, strict=True)
    return [f"{hour:02d}:{minute:02d}:{second:02d}" for hour, minute, second in parts]
