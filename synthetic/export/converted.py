"""XPT and XLSX: the CSV files are written first, block by block, and turned into the other format form by form."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Literal, Self

import numpy as np
import pandas as pd

from crf2tlf.spec.crf import EventDef, FormDef
from crf2tlf.tables import RawTable, XptVariable, read_raw, text_length, write_xlsx, write_xpt
from synthetic.export.cells import FormCells
from synthetic.export.columns import flat_labels
from synthetic.export.csv_files import CsvSink
from synthetic.export.sink import Numbers, Places, Sink

MAX_NAME, MAX_LABEL_BYTES = 8, 40


class ConvertedSink(Sink):
    """Forms into XPT (UTF-8, short names) or XLSX (a row of labels, a row of OIDs) files of a folder."""

    def __init__(
        self,
        folder: Path,
        kind: Literal["xpt", "xlsx"],
        forms: Mapping[str, FormDef],
        events: Mapping[str, EventDef],
        study_id: str,
    ) -> None:
        self.folder, self.kind, self.forms = folder, kind, forms
        self._arguments = (forms, events, study_id)
        self._temporary: TemporaryDirectory[str]
        self._csv: CsvSink
        self._files: dict[str, int] = {}

    def __enter__(self) -> Self:
        self.folder.mkdir(parents=True, exist_ok=True)
        self._temporary = TemporaryDirectory(dir=self.folder, prefix=".csv-")
        self._csv = CsvSink(Path(self._temporary.name), *self._arguments).__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._temporary:
            self._csv.__exit__(kind, error, trace)
            for form in self.forms.values() if kind is None else ():
                self._convert(form)

    def _convert(self, form: FormDef) -> None:
        source = Path(self._temporary.name) / f"{form.oid.lower()}.csv"
        table = read_raw(source, form=form.oid, format="csv", header_rows=2)
        path = self.folder / self._name(form.oid)
        if self.kind == "xlsx":
            write_xlsx(path, table.frame, labels=table.labels, sheet=form.oid)
        else:
            write_as_xpt(path, form, table)
        self._files[path.name] = len(table.frame)

    def _name(self, form: str) -> str:
        stem = short_names([form])[form] if self.kind == "xpt" else form
        return f"{stem.lower()}.{self.kind}"

    def write(self, block: dict[str, FormCells]) -> None:
        self._csv.write(block)

    def locate(self, form: str, records: Numbers, names: Sequence[str]) -> Places:
        places = self._csv.locate(form, records, names)
        if self.kind == "xlsx":
            return Places(self._name(form), places.rows, places.columns)
        short = short_names(list(flat_labels(self.forms[form])))
        rows = np.where(places.rows > 0, places.rows - 1, 0)
        return Places(self._name(form), rows, tuple(short[column] for column in places.columns))

    @property
    def files(self) -> dict[str, int]:
        return dict(self._files)


def write_as_xpt(path: Path, form: FormDef, table: RawTable) -> None:
    """A form as a transport file of texts; the label of a variable begins with the OID where its name is cut."""
    names = short_names(list(table.frame.columns))
    frame = table.frame.rename(columns=names)
    variables = [
        XptVariable(
            short, "text", text_length(frame[short], "utf-8"), xpt_label(name, short, table.labels.get(name, ""))
        )
        for name, short in names.items()
    ]
    stem = path.stem.upper()
    write_xpt(path, frame, name=stem, label=form.label[:MAX_LABEL_BYTES], variables=variables, encoding="utf-8")


def xpt_label(name: str, short: str, label: str) -> str:
    """A label of at most 40 bytes."""
    text = label if name == short else f"{name}: {label}"
    return text.encode()[:MAX_LABEL_BYTES].decode(errors="ignore")


def short_names(names: Sequence[str]) -> dict[str, str]:
    """Names of at most eight characters, upper case, unique: cut ones end in a number."""
    taken: dict[str, None] = {}
    short: dict[str, str] = {}
    for name in names:
        plain = re.sub(r"[^A-Z0-9_]", "", name.upper())
        candidate, number = plain[:MAX_NAME], 1
        while candidate in taken:
            number += 1
            candidate = plain[: MAX_NAME - len(str(number))] + str(number)
        taken[candidate] = None
        short[name] = candidate
    return short


def column_names(forms: Mapping[str, FormDef]) -> pd.DataFrame:
    """The short name of each column of each form."""
    rows = [
        (form.oid, column, short)
        for form in forms.values()
        for column, short in short_names(list(flat_labels(form))).items()
    ]
    return pd.DataFrame(rows, columns=["FormId", "ColumnName", "XptName"], dtype=pd.StringDtype("pyarrow"))
