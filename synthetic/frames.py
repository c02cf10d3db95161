"""Form frames: the key columns of a record, then one column an item: Arrow strings, and numbers for all else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray
from pandas.arrays import ArrowStringArray

from crf2tlf.spec.crf import FormDef
from synthetic.streams import Bools, Floats, Ints


@dataclass(frozen=True)
class Texts:
    """Texts as positions in a list of them; -1 is missing."""

    words: Sequence[str]
    place: Ints

    def column(self) -> pd.Series:
        place = pa.array(self.place, pa.int64(), mask=self.place < 0)
        taken = pa.chunked_array([pa.array(self.words, pa.string()).take(place)])
        return pd.Series(ArrowStringArray(taken))

    def where(self, kept: Bools) -> Texts:
        """The same texts, missing where `kept` is false."""
        return Texts(self.words, np.where(kept, self.place, -1))

    def take(self, rows: Ints) -> Texts:
        return Texts(self.words, self.place[rows])


Column = Texts | NDArray[np.float64] | NDArray[np.int64] | NDArray[np.bool_]


@dataclass(frozen=True)
class Subjects:
    """The identifiers of a block's subjects."""

    site: Texts
    subject: Texts

    def __len__(self) -> int:
        return len(self.subject.place)


@dataclass(frozen=True)
class Rows:
    """The records of a form: whose, at which visit; the dates in days since 1960-01-01, NaN without a visit date."""

    who: Ints
    event: Texts
    date: Floats
    event_rep: Ints | None = None
    form_rep: Ints | None = None
    row_rep: Ints | None = None

    def __len__(self) -> int:
        return len(self.who)


def name_subjects(site: Ints, number: Ints) -> Subjects:
    """SITE `07` and SUBJECT `07-004`; numbers beyond 999 take the digits they need."""
    sites = pd.Series(site).astype(str).str.zfill(2)
    names = sites + "-" + pd.Series(number).astype(str).str.zfill(3)
    order = np.arange(len(site))
    return Subjects(Texts(sites.tolist(), order), Texts(names.tolist(), order))


def yes_no(value: Bools) -> Texts:
    return Texts(("N", "Y"), value.astype(np.int64))


def constant(word: str, count: int) -> Texts:
    return Texts((word,), np.zeros(count, dtype=np.int64))


def make_form(form: FormDef, subjects: Subjects, rows: Rows, items: Mapping[str, Column]) -> pd.DataFrame:
    """The frame of a form, sorted by subject, date and record; `items` must hold each item of the form and no other."""
    wanted = [item.oid for item in form.items]
    if set(wanted) != set(items):
        different = ", ".join(sorted(set(wanted) ^ set(items)))
        raise ValueError(f"form {form.oid}: items in the definition or in the simulation only: {different}")
    ones = np.ones(len(rows), dtype=np.int64)
    row_rep = ones if rows.row_rep is None else rows.row_rep
    late = np.where(np.isnan(rows.date), np.inf, rows.date)
    order = np.lexsort((row_rep, late, rows.who))
    columns: dict[str, object] = {
        "SITE": subjects.site.take(rows.who[order]).column(),
        "SUBJECT": subjects.subject.take(rows.who[order]).column(),
        "EVENT": rows.event.take(order).column(),
        "EVENT_REP": (ones if rows.event_rep is None else rows.event_rep)[order],
        "FORM_REP": (ones if rows.form_rep is None else rows.form_rep)[order],
        "ROW_REP": row_rep[order],
        "EVENT_DATE": rows.date[order],
    }
    for item in form.items:
        columns[item.oid] = _column(form.oid, item.oid, item.kind in ("text", "code"), items[item.oid], order)
    return pd.DataFrame(columns)


def _column(form: str, oid: str, textual: bool, value: Column, order: Ints) -> object:
    if isinstance(value, Texts) != textual:
        raise ValueError(f"form {form}, item {oid}: {'texts are' if textual else 'numbers are'} wanted")
    if isinstance(value, Texts):
        return value.take(order).column()
    return np.asarray(value, dtype=np.float64)[order]
