"""Rows of text as the lines of a CSV file, made by whole columns."""

from __future__ import annotations

import pandas as pd

from synthetic.export.joins import Texts, choose, join, join_lines, pc, texts_of

NEEDS_QUOTES = '[",\r\n]'
LINE_END = "\r\n"


def csv_cells(column: pd.Series) -> Texts:
    """A text column as CSV cells: quoted where a comma, quote or line end asks for it; missing is empty."""
    cells = pc.fill_null(texts_of(column), "")
    quoted = pc.match_substring_regex(cells, NEEDS_QUOTES)
    if not pc.any(quoted).as_py():
        return cells
    return choose(quoted, join('"', pc.replace_substring(cells, '"', '""'), '"'), cells)


def csv_lines(frame: pd.DataFrame) -> str:
    """The rows of a frame as lines."""
    return join_lines(join(*(csv_cells(frame[name]) for name in frame.columns), between=","), LINE_END)


def csv_line(texts: tuple[str, ...]) -> str:
    """One line."""
    return csv_lines(pd.DataFrame([texts], dtype=pd.StringDtype("pyarrow")))
