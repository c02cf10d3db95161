"""Raw SAS files (SAS7BDAT, XPT) as verbatim text; see `sas_text` for their numbers and dates."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from crf2tlf.tables.arrow import pc, text_series
from crf2tlf.tables.raw_table import RawTable, require_names, unreadable
from crf2tlf.tables.sas_text import text_of_numbers
from crf2tlf.tables.xpt_numbers import Floats, special_missing
from crf2tlf.tables.xpt_read import read_xpt
from crf2tlf.tables.xpt_text import text_array


def read_transport(path: Path, form: str, encoding: str) -> RawTable:
    """A form in a SAS transport file of version 5."""
    source = read_xpt(path, encoding=encoding)
    formats = {variable.name: variable.format for variable in source.variables}
    labels = {variable.name: variable.label for variable in source.variables if variable.label}
    return raw_table(form, path, source.frame, formats, labels)


def read_sas7bdat(path: Path, form: str) -> RawTable:
    """A form in a SAS7BDAT file, which names its own encoding."""
    import pyreadstat  # brings a library of its own for frames, which nothing else needs

    # Opened first, so that a missing file is told apart from a damaged one.
    with path.open("rb"):
        pass
    try:
        frame, meta = pyreadstat.read_sas7bdat(path, disable_datetime_conversion=True, user_missing=True)
    except (pyreadstat.ReadstatError, pyreadstat.PyreadstatError) as error:
        reason = str(error).strip().rstrip(".")
        raise unreadable(path, f"is not a readable SAS7BDAT file: {reason}", "ask for the file again") from error
    names = list(meta.column_names)
    for name in names:
        if meta.readstat_variable_types[name] != "string":
            frame[name] = doubles(frame[name])
    labels = {name: label for name, label in zip(names, meta.column_labels, strict=True) if label}
    return raw_table(form, path, frame, meta.original_variable_types, labels)


def doubles(column: pd.Series) -> Floats:
    """A number column of pyreadstat, which gives the letter of a special missing value among the numbers."""
    if column.dtype != object:
        return column.to_numpy(dtype=np.float64)
    letters = column.map(lambda value: special_missing(value) if isinstance(value, str) else value)
    return letters.to_numpy(dtype=np.float64)


def raw_table(
    form: str, path: Path, frame: pd.DataFrame, formats: Mapping[str, str | None], labels: dict[str, str]
) -> RawTable:
    """The raw table of a SAS dataset: number columns as text, missing text as ""."""
    names = [str(name) for name in frame.columns]
    require_names(path, names, 1)
    columns = {}
    for name in names:
        if frame[name].dtype == np.float64:
            text = text_of_numbers(frame[name].to_numpy(), formats.get(name) or "")
        else:
            text = pc.fill_null(text_array(frame[name]), "")
        columns[name] = text_series(text)
    rows = np.arange(2, len(frame) + 2, dtype=np.int64)
    return RawTable(form, path, pd.DataFrame(columns, columns=names, copy=False), rows, labels)
