"""A wide raw form as one row a test (see `crf2tlf.spec.read_long_forms`)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from crf2tlf.derive.issues import Places
from crf2tlf.derive.tables import RawSource, take_places
from crf2tlf.rules.columns import TEXT, Column, is_missing, take_rows, text_column
from crf2tlf.spec.facts import Form
from crf2tlf.spec.facts import Table as StudyTable
from crf2tlf.spec.read_long_forms import selected_rows


class LongSource(RawSource):
    """One row for each record of the wide form and test that has at least one value, in the order of the records.

    The rows keep the physical row of their record. A column is made when it is asked for: most fields of a wide form
    are those of single tests, and nobody reads them here.
    """

    def __init__(self, form: Form, wide: RawSource, tests: StudyTable) -> None:
        if form.long is None:
            raise ValueError(f"{form.name} is no long form")
        self.name = f"raw.{form.name}"
        self._form, self._wide, self._tests = form, wide, tests
        self._chosen = [row for _, row in selected_rows(form.long, tests)]
        self._columns: dict[str, Column] = {}
        values = {field: self._gathered(column) for field, column in form.long.values}
        present = np.zeros(wide.length * len(self._chosen), dtype=bool)
        for gathered in values.values():
            present |= ~is_missing(gathered)
        self._columns.update({field: gathered[present].reset_index(drop=True) for field, gathered in values.items()})
        self._records = np.repeat(np.arange(wide.length), len(self._chosen))[present]
        self._test_numbers = np.tile(np.arange(len(self._chosen)), wide.length)[present]
        self.length = len(self._records)

    def column(self, name: str) -> Column:
        """A value of the test, a column of its row in the table of tests, or a field of the wide form."""
        if name not in self._columns:
            self._columns[name] = self._column(name)
        return self._columns[name]

    def places(self) -> Places:
        wide = take_places(self._wide.places(), self._records)
        return Places(text_column(self._form.name, self.length), wide.files, wide.rows, wide.subjects)

    def subjects(self) -> Column:
        return take_rows(self._wide.subjects(), self._records)

    def fields(self, name: str) -> Column:
        """A value of the test stands in the field of the wide form that the table of tests names."""
        named = dict(self._form.long.values) if self._form.long is not None else {}
        return self.column(named[name]) if name in named else super().fields(name)

    def _column(self, name: str) -> Column:
        if name not in self._tests.columns:
            return take_rows(self._wide.column(name), self._records)
        position = self._tests.columns.index(name)
        return take_rows(text_column([row[position] for row in self._chosen]), self._test_numbers)

    def _gathered(self, column: str) -> Column:
        """The values of the fields that a column of the tests names, record by record and in it test by test."""
        position = self._tests.columns.index(column)
        fields = [row[position] for row in self._chosen]
        if not fields or not self._wide.length:
            return text_column([])
        blank = pd.Series([pd.NA] * self._wide.length, dtype=TEXT)
        each = pd.concat([self._wide.column(field) if field else blank for field in fields], ignore_index=True)
        by_record = np.arange(len(each)).reshape(len(fields), -1).T.ravel()
        return take_rows(each, by_record)
