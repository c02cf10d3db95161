"""What all writers of forms have in common."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Self

import numpy as np
import numpy.typing as npt
import pandas as pd

from synthetic.export.cells import FormCells

Numbers = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Places:
    """Where cells stand: the file, the row as the reader of the format counts it (0: nowhere), and the column."""

    file: str
    rows: Numbers
    columns: tuple[str, ...]


class Sink(ABC):
    """Forms going into files, block by block; used as a context manager, files appear when the block ends well."""

    text_columns = True
    """Whether the texts of codes stand beside the codes."""

    @abstractmethod
    def __enter__(self) -> Self: ...

    @abstractmethod
    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    @abstractmethod
    def write(self, block: dict[str, FormCells]) -> None:
        """Take the next subjects."""

    @abstractmethod
    def locate(self, form: str, records: Numbers, names: Sequence[str]) -> Places:
        """Where the keys or items `names` of records of the block written last stand."""

    def raw_rows(self, form: str, records: Numbers) -> pd.DataFrame:
        """The raw rows of records of the block written last: RECORD, FILE and ROW (0: nowhere).

        RECORD is the number of the record and, where a record has one row for each test, the test behind it.
        """
        places = self.locate(form, records, ())
        return pd.DataFrame({"RECORD": records.astype(str), "FILE": places.file, "ROW": places.rows})

    @property
    @abstractmethod
    def files(self) -> dict[str, int]:
        """The files with their rows so far."""


def positions_of(records: Numbers, wanted: Numbers) -> Numbers:
    """The position of each wanted record number, -1 where it is not among `records`."""
    if not len(records):
        return np.full(len(wanted), -1, dtype=np.int64)
    order = np.argsort(records, kind="stable")
    place = np.searchsorted(records[order], wanted)
    found = order[np.minimum(place, len(records) - 1)]
    return np.where(records[found] == wanted, found, -1).astype(np.int64)
