"""EDC export as CSV: one file a form, UTF-8 with a byte order mark, a row of labels and a row of OIDs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Self, TextIO

import pandas as pd

from crf2tlf.spec.crf import EventDef, FormDef
from crf2tlf.tables import atomic_path
from synthetic.export.cells import FormCells
from synthetic.export.columns import column_of, flat_labels, flat_table
from synthetic.export.csv_lines import csv_line, csv_lines
from synthetic.export.sink import Numbers, Places, Sink, positions_of

HEADER_ROWS = 2


class CsvSink(Sink):
    """Forms into CSV files of a folder."""

    def __init__(
        self, folder: Path, forms: Mapping[str, FormDef], events: Mapping[str, EventDef], study_id: str
    ) -> None:
        self.folder, self.forms, self.events, self.study_id = folder, forms, events, study_id
        self._stack = ExitStack()
        self._streams: dict[str, TextIO] = {}
        self._rows: dict[str, int] = {}
        self._last: dict[str, tuple[Numbers, int]] = {}

    def __enter__(self) -> Self:
        for name, form in self.forms.items():
            part = self._stack.enter_context(atomic_path(self.folder / file_of(name)))
            stream = self._stack.enter_context(part.open("w", encoding="utf-8-sig", newline=""))
            labels = flat_labels(form)
            stream.write(csv_line(tuple(labels.values())) + csv_line(tuple(labels)))
            self._streams[name], self._rows[name] = stream, 0
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.__exit__(kind, error, trace)

    def write(self, block: dict[str, FormCells]) -> None:
        for name, cells in block.items():
            table = flat_table(cells, self.study_id, self.events)
            self._streams[name].write(csv_lines(table.frame))
            self._last[name] = (table.records, self._rows[name] + HEADER_ROWS + 1)
            self._rows[name] += len(table.frame)

    def locate(self, form: str, records: Numbers, names: Sequence[str]) -> Places:
        written, first = self._last[form]
        places = positions_of(written, records)
        rows = pd.Series(places + first).where(places >= 0, 0).to_numpy(dtype="int64")
        return Places(file_of(form), rows, tuple(column_of(self.forms[form], name) for name in names))

    @property
    def files(self) -> dict[str, int]:
        return {file_of(name): rows for name, rows in self._rows.items()}


def file_of(form: str) -> str:
    """The file of a form."""
    return f"{form.lower()}.csv"
