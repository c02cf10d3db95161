"""A wide raw form as one row a test (see `crf2tlf.spec.read_long_forms`)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from crf2tlf.rules.columns import TEXT
from crf2tlf.spec.facts import Form, LongForm
from crf2tlf.spec.facts import Table as StudyTable
from crf2tlf.spec.read_long_forms import selected_rows
from crf2tlf.tables import RawTable


def compute_long_form(wide: RawTable, form: Form, long: LongForm, tests: StudyTable) -> RawTable:
    """One row for each record of the wide form and test that has at least one value, in the order of the records.

    The rows keep the physical row of their record.
    """
    chosen = [row for _, row in selected_rows(long, tests)]
    count, size = len(chosen), len(wide.frame)
    values = {
        field: _gathered(wide, [row[tests.columns.index(column)] for row in chosen]) for field, column in long.values
    }
    present = np.zeros(size * count, dtype=bool)
    for gathered in values.values():
        present |= (gathered.str.strip() != "").to_numpy(dtype=bool)
    records = np.repeat(np.arange(size), count)[present]
    test_numbers = np.tile(np.arange(count), size)[present]
    columns = {name: wide.frame[name].take(records).reset_index(drop=True) for name in wide.frame}
    for position, column in enumerate(tests.columns):
        cells = pd.Series([row[position] for row in chosen], dtype=TEXT)
        columns[column] = cells.take(test_numbers).reset_index(drop=True)
    for field, gathered in values.items():
        columns[field] = gathered[present].reset_index(drop=True)
    return RawTable(form.name, wide.file, pd.DataFrame(columns), np.asarray(wide.rows)[records], wide.labels)


def _gathered(wide: RawTable, fields: list[str]) -> pd.Series[str]:
    """The values of several fields, record by record and within a record field by field; "" for no field."""
    blank = pd.Series([""] * len(wide.frame), dtype=TEXT)
    table = [(wide.frame[field].astype(TEXT) if field else blank).to_numpy(dtype=object) for field in fields]
    return pd.Series(np.column_stack(table).ravel() if table else [], dtype=TEXT)
