"""Arrow as the modules of this package use it, and text columns of pandas made of it without a copy.

The type checker sees Arrow's modules as Any: Arrow has no types of its own for the buffers that are used here, and the
stubs that others publish for it are wrong on them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import pandas as pd

if TYPE_CHECKING:
    pa: Any
    pc: Any
    pacsv: Any
    pq: Any
else:
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.csv as pacsv
    import pyarrow.parquet as pq

__all__ = ["TEXT", "ArrowColumn", "ArrowText", "pa", "pacsv", "pc", "pq", "text_series"]

ArrowText: TypeAlias = Any
"""A pyarrow.LargeStringArray."""
ArrowColumn: TypeAlias = Any
"""A pyarrow.ChunkedArray."""
TEXT = pd.StringDtype("pyarrow")
"""The type of every text column in memory: string[pyarrow], pd.NA is missing."""


def text_series(column: ArrowColumn) -> pd.Series:
    """A text column of pandas that shares the memory of an Arrow column or array."""
    dtype: Any = TEXT
    return pd.Series(dtype.__from_arrow__(column), copy=False)
