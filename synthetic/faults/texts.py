"""How a faulty text is made of a true one, by whole columns."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from crf2tlf.tables.arrow import TEXT
from synthetic.export.cells import render_dates, render_numbers, take_texts

EXCEL_EPOCH_OFFSET = 21_916
"""Days from 1899-12-30, day 0 of Excel, to 1960-01-01."""
SERIAL = "serial"
Numbers = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


def compose(template: str, iso: pd.Series) -> pd.Series:
    """Dates (2024-06-05) in another form: {y} 2024, {m} 06, {d} 05, {n} 6, {e} 5; `serial` is the number of Excel."""
    if template == SERIAL:
        days = np.asarray((pd.to_datetime(iso) - pd.Timestamp("1960-01-01")).dt.days, dtype=np.float64)
        return render_numbers(days + EXCEL_EPOCH_OFFSET, 0)
    month, day = iso.str[5:7], iso.str[8:10]
    parts = {"y": iso.str[:4], "m": month, "d": day, "n": month.str.lstrip("0"), "e": day.str.lstrip("0")}
    pieces = re.split(r"\{(\w)\}", template)
    text = pd.Series([pieces[0]] * len(iso), dtype=TEXT)
    for letter, literal in zip(pieces[1::2], pieces[2::2], strict=True):
        text = text + parts[letter].reset_index(drop=True) + literal
    return text


def compose_each(templates: Sequence[str], chosen: Numbers, iso: pd.Series) -> pd.Series:
    """Dates, each in the form that is chosen for it."""
    text = pd.Series([pd.NA] * len(iso), dtype=TEXT)
    for place, template in enumerate(templates):
        mine = chosen == place
        if mine.any():
            text = text.mask(mine, compose(template, iso.reset_index(drop=True)))
    return text


def choose_texts(texts: Sequence[str], chosen: Numbers) -> pd.Series:
    """The texts at the positions chosen."""
    return take_texts(list(texts), chosen)


def dates(days: Floats) -> pd.Series:
    """Days since 1960-01-01 as 2024-01-31."""
    return render_dates(days)


def mistyped(texts: pd.Series) -> pd.Series:
    """Texts with their last two characters swapped, or the last one doubled where that changes nothing."""
    swapped = texts.str[:-2] + texts.str[-1:] + texts.str[-2:-1]
    doubled = texts + texts.str[-1:]
    same = ((swapped == texts) | (texts.str.len() < 2)).to_numpy(dtype=bool, na_value=True)
    return swapped.mask(same, doubled).astype(TEXT)


def full_width(texts: pd.Series) -> pd.Series:
    """Letters, digits and signs of ASCII as their full-width twins."""
    codes, distinct = pd.factorize(texts)
    table = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}
    return take_texts([str(text).translate(table) for text in distinct], codes)
