"""Text columns put together by whole columns."""

from __future__ import annotations

from typing import Any

import pandas as pd

from crf2tlf.tables.arrow import pa, pc

__all__ = ["LARGE", "Texts", "choose", "join", "join_lines", "pc", "texts_of"]

LARGE: Any = pa.large_string()
Texts = Any
"""An Arrow column of the type large_string."""


def texts_of(column: pd.Series) -> Texts:
    """A text column of pandas."""
    array = pa.array(column, LARGE)
    return array.combine_chunks() if isinstance(array, pa.ChunkedArray) else array


def join(*parts: Texts | str, between: str = "") -> Texts:
    """Columns and constant texts, one after the other; missing where one of them is."""
    typed = [pa.scalar(part, LARGE) if isinstance(part, str) else part for part in parts]
    return pc.binary_join_element_wise(*typed, pa.scalar(between, LARGE))


def choose(condition: Any, yes: Texts | str, no: Texts | str) -> Texts:
    """`yes` where the condition holds, else `no`."""
    first, second = (pa.scalar(part, LARGE) if isinstance(part, str) else part for part in (yes, no))
    return pc.if_else(pa.array(condition), first, second)


def join_lines(lines: Texts, end: str) -> str:
    """A column of texts as one text, each followed by `end`."""
    if not len(lines):
        return ""
    whole = pa.LargeListArray.from_arrays(pa.array([0, len(lines)], pa.int64()), lines)
    joined: str = pc.binary_join(whole, pa.scalar(end, LARGE))[0].as_py()
    return joined + end
