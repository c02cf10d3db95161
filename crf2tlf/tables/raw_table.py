"""A raw table: one form of an EDC extract, verbatim."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from crf2tlf.errors import Context, UnreadableFile


@dataclass(frozen=True)
class RawTable:
    """One form as it stands in its file.

    Every column of `frame` is string[pyarrow] and holds the text of the file; a blank cell is "". `rows` is the line
    (CSV), sheet row (XLSX) or 1 + record number (SAS files, whose names take the place of a header row) on which each
    record begins, counted from 1. `labels` are the texts of the columns where the file has them.
    """

    form: str
    file: Path
    frame: pd.DataFrame
    rows: npt.NDArray[np.int64]
    labels: dict[str, str]


def unreadable(path: Path, what: str, fix: str) -> UnreadableFile:
    """The error of a raw file, with what to do."""
    return UnreadableFile(f"{path} {what}", Context(fix=fix))


def require_names(path: Path, names: Sequence[str], row: int) -> None:
    """Raise UnreadableFile where a column has no name, or two have the same."""
    fix = "ask for the extract with one name for each column"
    if not names:
        raise unreadable(path, f"row {row}: there is no column", fix)
    blank = [position for position, name in enumerate(names, start=1) if not name.strip()]
    if blank:
        raise unreadable(path, f"row {row}: column {blank[0]} has no name", fix)
    twice = [name for name, count in Counter(names).items() if count > 1]
    if twice:
        raise unreadable(path, f"row {row}: more than one column has the name {', '.join(twice)}", fix)
