"""What Great Expectations is shown of a dataset: its records, and the values of its columns, each once.

A column of a hundred thousand records has a few hundred different values. Great Expectations looks at each row that it
is given with Python's own means, and copies all columns to do so, so both frames are made small.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from qc.files import IntArray

ROW = "DSROW"
"""The column with a row's number from 1, by which results name failing rows: the record's number in the file, or the
value's among those of its column."""


@dataclass(frozen=True)
class Shown:
    """A frame for Great Expectations; for a frame of values, `codes` has the number of each record's value by column.

    A record's number counts from 0, and is -1 where its value is missing.
    """

    frame: pd.DataFrame
    codes: Mapping[str, IntArray] = field(default_factory=dict)

    def rows_of(self, column: str, numbers: IntArray) -> IntArray:
        """The records, by position from 0 and in order, that rows of the frame stand for (numbered from 1)."""
        if column not in self.codes:
            return np.sort(numbers) - 1
        return np.flatnonzero(np.isin(self.codes[column], numbers - 1)).astype(np.int64)


def show_records(frame: pd.DataFrame) -> Shown:
    """The records, texts as categories: missing text is missing ("" is a value to Great Expectations)."""
    columns = {name: column if column.dtype.kind == "f" else as_categories(column) for name, column in frame.items()}
    return Shown(pd.DataFrame({**columns, ROW: np.arange(1, len(frame) + 1)}))


def as_categories(column: pd.Series) -> pd.Series:
    """A text column as categories of Python's strings; one without any is None, which can also be put in an order."""
    codes, values = pd.factorize(column, use_na_sentinel=True)
    if not len(values):
        return pd.Series([None] * len(column), dtype=object)
    categories = pd.Index(np.asarray(values, dtype=object), dtype=object)
    return pd.Series(pd.Categorical.from_codes(codes, categories))


def show_values(frame: pd.DataFrame, names: Collection[str]) -> Shown:
    """The different values of some columns, each once; a column with fewer than the longest ends in missing ones."""
    codes: dict[str, IntArray] = {}
    columns: dict[str, pd.Series] = {}
    for name in [name for name in frame.columns if name in names]:
        numbers, values = pd.factorize(frame[name], use_na_sentinel=True)
        codes[name] = numbers.astype(np.int64)
        columns[name] = pd.Series(np.asarray(values, dtype=np.float64 if frame[name].dtype.kind == "f" else object))
    shown = pd.DataFrame(columns)
    return Shown(shown.assign(**{ROW: np.arange(1, len(shown) + 1)}), codes)
