"""What rules read from: raw forms, study tables and datasets as files, all with columns and a subject."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from functools import cache, cached_property

import numpy as np
import pandas as pd

from crf2tlf.derive.issues import Places
from crf2tlf.errors import Context, DataError
from crf2tlf.rules.columns import TEXT, BoolArray, Column, IntArray, is_true, missing_column, text_column
from crf2tlf.rules.functions import compute_number_texts
from crf2tlf.rules.vectors import find_positions, find_repeated
from crf2tlf.spec.facts import Form
from crf2tlf.spec.facts import Table as StudyTable
from crf2tlf.tables import RawTable


class Source(ABC):
    """Rows with named columns."""

    name: str
    length: int

    @abstractmethod
    def column(self, name: str) -> Column:
        """A column by name."""

    @abstractmethod
    def subjects(self) -> Column:
        """What rows of this source are joined by: USUBJID, or the subject field of a raw form."""

    @abstractmethod
    def places(self) -> Places:
        """Where the rows stand in the raw data."""

    def fields(self, name: str) -> Column:
        """The field in which each row's value of a column stands: the column itself, but for a long form."""
        return text_column(name, self.length)

    def raw_subjects(self) -> Column:
        """The raw identifier of each row's subject, missing where the row comes from no raw form."""
        return missing_column("text", self.length)

    def has_raw_subjects(self) -> bool:
        """Whether `subjects` is the raw identifier, not USUBJID."""
        return False


class RawSource(Source):
    """A raw form, whole or of some subjects."""

    def __init__(
        self,
        form: Form,
        table: RawTable,
        chosen: BoolArray | None = None,
        same: tuple[tuple[str, str], ...] = (),
    ) -> None:
        """`chosen` tells the rows, all without it; `same` the identifiers that count for another one."""
        self.name = f"raw.{form.name}"
        self._form, self._table, self._same = form, table, dict(same)
        self._rows = np.flatnonzero(chosen) if chosen is not None else np.arange(len(table.frame))
        self.length = len(self._rows)
        self._columns: dict[str, Column] = {}

    def column(self, name: str) -> Column:
        """The field's verbatim text, the subject's without blanks at its ends; a blank cell is missing."""
        if name not in self._columns:
            verbatim = self._table.frame[name].iloc[self._rows].reset_index(drop=True).astype(TEXT)
            verbatim = verbatim.str.strip() if name == self._form.subject else verbatim
            blank = is_true((verbatim.str.strip() == "").astype("boolean"))
            self._columns[name] = verbatim.mask(blank) if blank.any() else verbatim
        return self._columns[name]

    def identifiers(self) -> Column:
        """The subject's identifier as it stands in the form, without the form's prefix."""
        identifiers = self.column(self._form.subject)
        prefix = self._form.subject_prefix
        return text_column(identifiers.str.removeprefix(prefix)) if prefix else identifiers

    def subjects(self) -> Column:
        return self._subjects

    @cached_property
    def _subjects(self) -> Column:
        identifiers = self.identifiers()
        if not self._same or not identifiers.isin(list(self._same)).any():
            return identifiers
        codes, distinct = pd.factorize(identifiers, use_na_sentinel=True)
        later = np.array([*(self._same.get(str(each), str(each)) for each in distinct), ""], dtype=object)
        return text_column(later[codes])

    def places(self) -> Places:
        rows = np.asarray(self._table.rows, dtype=np.int64)[self._rows]
        forms = text_column(self._form.name, self.length)
        return Places(forms, text_column(self._table.file.name, self.length), rows, self.identifiers())

    def raw_subjects(self) -> Column:
        return self.subjects()

    def has_raw_subjects(self) -> bool:
        return True

    def rows(self, chosen: BoolArray) -> RawSource:
        """Some of the rows."""
        whole = np.zeros(len(self._table.frame), dtype=bool)
        whole[self._rows[chosen]] = True
        return RawSource(self._form, self._table, whole, tuple(self._same.items()))

    @property
    def subject_field(self) -> str:
        """The field that names the subject."""
        return self._form.subject


class TableSource(Source):
    """A table of study facts; its rows belong to no subject."""

    def __init__(self, table: StudyTable) -> None:
        self.name = f"table.{table.name}"
        self._table = table
        self.length = len(table.rows)

    def column(self, name: str) -> Column:
        return text_column(self._table.values(name))

    def subjects(self) -> Column:
        return missing_column("text", self.length)

    def places(self) -> Places:
        rows = np.arange(2, self.length + 2, dtype=np.int64)
        path = text_column(self._table.path, self.length)
        return Places(text_column(self.name, self.length), path, rows, self.subjects())


class FileSource(Source):
    """A dataset as a file has it, with its supplemental qualifiers as columns SUPPxx.QNAM."""

    def __init__(
        self,
        name: str,
        frame: pd.DataFrame,
        qualifiers: pd.DataFrame | None = None,
        read: Callable[[str], Column] | None = None,
        rows: IntArray | None = None,
    ) -> None:
        """`frame` holds the columns read so far; `read` reads another one, DataError for none of the file.

        `rows` are the numbers of the rows in the file, from 1; without it they are all rows of the file.
        """
        self.name = name
        self._frame = frame.reset_index(drop=True)
        self._qualifiers = qualifiers
        self._read = read
        self.length = len(frame)
        self._rows = np.arange(1, self.length + 1, dtype=np.int64) if rows is None else rows

    def column(self, name: str) -> Column:
        """A variable, or a supplemental qualifier asked for as SUPPxx.QNAM."""
        if name.startswith("SUPP") and "." in name:
            return self._qualifier(name.partition(".")[2])
        if name not in self._frame.columns and self._read is not None:
            self._frame = self._frame.assign(**{name: self._read(name)})
        if name not in self._frame.columns:
            raise DataError(
                f"the file of {self.name} has no variable {name}",
                Context(dataset=self.name, fix="build it again, or bring the file in line with its spec"),
            )
        return self._frame[name]

    def subjects(self) -> Column:
        return self.column("USUBJID")

    def places(self) -> Places:
        name = text_column(self.name, self.length)
        return Places(name, text_column(f"{self.name.lower()}.xpt", self.length), self._rows, self.subjects())

    def _qualifier(self, qnam: str) -> Column:
        if self._qualifiers is None:
            return missing_column("text", self.length)
        rows = self._qualifiers[self._qualifiers["QNAM"] == qnam].reset_index(drop=True)
        if rows.empty:
            return missing_column("text", self.length)
        idvars = rows["IDVAR"].dropna().unique()
        if len(idvars) > 1 or (len(idvars) == 1 and rows["IDVAR"].isna().any()):
            raise DataError(f"the records of {self.name} with {qnam} are not all named by the same IDVAR")
        own = self.subjects()
        theirs = rows["USUBJID"]
        if len(idvars):
            own = own + "\t" + self._id_texts(str(idvars[0]))
            theirs = theirs + "\t" + rows["IDVARVAL"].str.strip()
        repeated = find_repeated(theirs)
        if repeated:
            raise DataError(f"{qnam} stands twice for one record of {self.name}: {repeated[0]}")
        values = rows["QVAL"]
        positions = find_positions(own, theirs)
        return text_column(values.take(np.where(positions < 0, 0, positions)).mask(positions < 0))

    def _id_texts(self, variable: str) -> Column:
        column = self.column(variable)
        if isinstance(column.dtype, pd.StringDtype):
            return column
        return compute_number_texts(column)


def join_keys(source: Source, other: Source) -> Column:
    """What `source` is joined to `other` by: USUBJID, or the raw identifier when `other` is a raw form."""
    return source.raw_subjects() if other.has_raw_subjects() else source.subjects()


def take_places(places: Places, positions: IntArray) -> Places:
    """The places at row positions."""
    return Places(
        places.forms.take(positions).reset_index(drop=True),
        places.files.take(positions).reset_index(drop=True),
        places.rows[positions],
        places.subjects.take(positions).reset_index(drop=True),
    )


class EngineSource(Source):
    """Records that an engine derives from files: a field is computed when something asks for it, once."""

    def __init__(self, name: str, length: int, field: Callable[[str], Column], places: Callable[[], Places]) -> None:
        self.name, self.length = name, length
        self._field, self._compute_places = field, cache(places)
        self._columns: dict[str, Column] = {}

    def column(self, name: str) -> Column:
        if name not in self._columns:
            self._columns[name] = self._field(name)
        return self._columns[name]

    def subjects(self) -> Column:
        return self.column("USUBJID")

    def places(self) -> Places:
        return self._compute_places()
