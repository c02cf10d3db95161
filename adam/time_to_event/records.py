"""The dated records of a source, sorted once, so that the last before or the first after any day is found by search."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from crf2tlf.derive.engine import Deriver
from crf2tlf.derive.parts import SourceScope
from crf2tlf.derive.tables import Source
from crf2tlf.rules.columns import FloatArray, IntArray, is_missing
from crf2tlf.rules.evaluate import evaluate_condition
from crf2tlf.rules.expressions import Expression, Reference
from crf2tlf.rules.vectors import compute_days

# Room for the days of one subject in a key: more than between the years 0 and 9999, and exact in a double.
_WIDTH = 1e7


@dataclass(frozen=True)
class SubjectRecords:
    """Rows of a source sorted by subject, day and number; `keys` says where a subject's day stands.

    Subjects are whole numbers from 0.
    """

    rows: IntArray
    subjects: IntArray
    days: FloatArray
    keys: FloatArray

    @staticmethod
    def sort(subjects: IntArray, days: FloatArray, numbers: FloatArray | None, chosen: IntArray) -> SubjectRecords:
        """The chosen rows in order; without numbers records of one day stay as they stand."""
        by = [days[chosen], subjects[chosen]]
        order = np.lexsort(by if numbers is None else [numbers[chosen], *by])
        rows = chosen[order]
        return SubjectRecords(rows, subjects[rows], days[rows], _keys(subjects[rows], days[rows]))

    def last(self, subjects: IntArray, limit: FloatArray) -> IntArray:
        """For each subject the place of its last record on or before the limit, or -1; a missing limit is none."""
        wanted = _keys(subjects, np.where(np.isnan(limit), np.inf, limit))
        return self._of_subject(np.searchsorted(self.keys, wanted, side="right") - 1, subjects)

    def first(self, subjects: IntArray, limit: FloatArray) -> IntArray:
        """For each subject the place of its first record on or after the limit, or -1; a missing limit is none."""
        wanted = _keys(subjects, np.where(np.isnan(limit), -np.inf, limit))
        return self._of_subject(np.searchsorted(self.keys, wanted, side="left"), subjects)

    def _of_subject(self, place: IntArray, subjects: IntArray) -> IntArray:
        if not len(self.rows):
            return np.full(len(subjects), -1, dtype=np.int64)
        inside = np.clip(place, 0, len(self.rows) - 1)
        return np.where((place == inside) & (self.subjects[inside] == subjects), inside, -1)


def _keys(subjects: IntArray, days: FloatArray) -> FloatArray:
    """Numbers that sort as subject and day."""
    return np.asarray(subjects * _WIDTH + np.clip(days, -_WIDTH / 2, _WIDTH / 2 - 1), dtype=np.float64)


@dataclass
class RecordStore:
    """The records of each series, sorted once for all parameters; subjects count as in ADSL."""

    deriver: Deriver
    adsl: Source
    _sorted: dict[tuple[Reference, Expression | None], SubjectRecords] = field(default_factory=dict)
    _subjects: dict[str, IntArray] = field(default_factory=dict)

    def records(self, date: Reference, where: Expression | None) -> SubjectRecords:
        """The records with a date for which the condition holds, of subjects in ADSL."""
        key = (date, where)
        if key not in self._sorted:
            source = self.deriver.source(date.source)
            days = compute_days(source.column(date.name)).astype(np.float64)
            chosen = evaluate_condition(where, SourceScope(self.deriver, source)) & ~np.isnan(days)
            subjects = self._subjects_of(source)
            numbers = self.numbers(date.source)
            rows = np.flatnonzero(chosen & (subjects >= 0)).astype(np.int64)
            self._sorted[key] = SubjectRecords.sort(subjects, days, numbers, rows)
        return self._sorted[key]

    def numbers(self, source: str) -> FloatArray | None:
        """The numbers of a source's records, where it numbers them."""
        dataset = self.deriver.study.dataset(source)
        name = dataset.record_number if dataset is not None else ""
        return np.asarray(self.deriver.source(source).column(name), dtype=np.float64) if name else None

    def _subjects_of(self, source: Source) -> IntArray:
        if source.name not in self._subjects:
            theirs = source.subjects()
            place = pd.Index(self.adsl.subjects().astype(object)).get_indexer(pd.Index(theirs.astype(object)))
            self._subjects[source.name] = np.where(is_missing(theirs), -1, place).astype(np.int64)
        return self._subjects[source.name]
