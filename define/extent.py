"""How long values are, as Define-XML counts: characters of a text, digits of a number (ODM 1.3.2 section 2.14)."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import pandas as pd

from crf2tlf.rules.columns import FloatArray
from crf2tlf.tables import text_length

MAX_DIGITS = 15
"""Decimal digits that an 8-byte number holds for certain; more are noise of binary fractions."""
INTEGER = re.compile(r"-?(0|[1-9]\d*)\Z")
DECIMAL = re.compile(r"-?(0|[1-9]\d*)\.\d+\Z")
DATE = re.compile(r"\d{4}-\d{2}-\d{2}\Z")
DURATION = re.compile(r"-?P(?=[\dT])(\d+Y)?(\d+M)?(\d+W)?(\d+D)?(T(\d+H)?(\d+M)?(\d+S)?)?\Z")


@dataclass(frozen=True)
class Extent:
    """Length and SignificantDigits of an ItemDef; None where the data type has none."""

    length: int | None = None
    digits: int | None = None


def compute_extent(
    column: pd.Series, data_type: str, width: int | None = None, digits: int | None = None, encoding: str = "ascii"
) -> Extent:
    """The extent of a column for a data type.

    `width` is the length that the file declares for a text, without it the bytes of the longest value in the
    `encoding`; `digits` are the decimals that the spec declares, and those of the data where they have more. Length of
    a number counts its digits before and after the point, without sign and point. Dates and the like have no length.
    """
    if data_type == "text":
        return Extent(width if width is not None else text_length(column, encoding))
    if data_type not in ("integer", "float"):
        return Extent()
    numbers = _numbers(column)
    whole = len(str(int(np.abs(numbers).max()))) if len(numbers) else 1
    if data_type == "integer":
        return Extent(whole)
    decimals = max(digits or 0, count_decimals(numbers))
    return Extent(whole + decimals, decimals)


def _numbers(column: pd.Series) -> FloatArray:
    """The different numbers of a column; of a text column those that its values are."""
    values = pd.to_numeric(column.dropna().drop_duplicates().astype("object"), errors="coerce")
    numbers: FloatArray = values.to_numpy(dtype="float64")
    finite: FloatArray = numbers[np.isfinite(numbers)]
    return finite


def count_decimals(numbers: FloatArray) -> int:
    """The fewest decimals with which every number is itself again, up to what 15 digits can say."""
    for decimals in range(MAX_DIGITS):
        if np.allclose(np.round(numbers, decimals), numbers, rtol=10.0**-MAX_DIGITS, atol=0):
            return decimals
    return MAX_DIGITS


def infer_data_type(column: pd.Series) -> str:
    """The narrowest data type that all texts of a column have: integer, float, date, durationDatetime, else text."""
    values = [str(value) for value in column.dropna().unique()]
    if not values:
        return "text"
    kinds = (
        ("integer", (INTEGER,)),
        ("float", (INTEGER, DECIMAL)),
        ("date", (DATE,)),
        ("durationDatetime", (DURATION,)),
    )
    for name, patterns in kinds:
        if all(any(pattern.match(value) for pattern in patterns) for value in values):
            return name
    return "text"
