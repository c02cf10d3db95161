"""Raw workbooks (XLSX) as verbatim text."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any, Literal
from xml.etree.ElementTree import ParseError

import numpy as np
import openpyxl
import pandas as pd
from openpyxl.styles.numbers import is_datetime
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException

from crf2tlf.tables.arrow import TEXT
from crf2tlf.tables.raw_table import RawTable, require_names, unreadable

MAX_UNPACKED = 2_000_000_000
MAX_RATIO = 1000
"""A workbook packs to about a tenth; a part that unpacks to a thousand times its size is made to fill the memory."""
MIN_SUSPECT = 50_000_000
AGAIN = "save it as an Excel workbook (.xlsx) again"
Record = tuple[int, list[str]]


def read_xlsx(path: Path, form: str, header_rows: Literal[1, 2], sheet: str | None) -> RawTable:
    """A form in a sheet of a workbook; rows without any value are left out, formulas give their stored values.

    Whole numbers have no decimals, dates and times are ISO 8601, logical values TRUE and FALSE. With two header rows
    the first holds the labels and the second the names. Raises UnreadableFile.
    """
    formulas = require_harmless(path)
    try:
        records = sheet_records(path, sheet)
        if formulas:
            require_stored_values(path, sheet)
    except (InvalidFileException, ParseError, KeyError, ValueError, zipfile.BadZipFile) as error:
        raise unreadable(path, f"is a damaged workbook ({error})", AGAIN) from error
    if len(records) < header_rows:
        raise unreadable(path, f"has {len(records)} of its {header_rows} header rows", "ask for the extract again")
    width = max(len(cells) for _, cells in records)
    header = [cells + [""] * (width - len(cells)) for _, cells in records[:header_rows]]
    names = header[-1]
    require_names(path, names, records[header_rows - 1][0])
    body = records[header_rows:]
    cells = [cells + [""] * (width - len(cells)) for _, cells in body]
    frame = pd.DataFrame(cells, columns=names, dtype=TEXT)
    rows = np.array([row for row, _ in body], dtype=np.int64)
    labels = dict(zip(names, header[0], strict=True)) if header_rows == 2 else {}
    return RawTable(form, path, frame, rows, labels)


def require_harmless(path: Path) -> bool:
    """Raise UnreadableFile where the file is no workbook or made to do harm; else whether it holds formulas."""
    formulas = False
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
            if "[Content_Types].xml" not in archive.namelist():
                raise unreadable(path, "is not an Excel workbook (.xlsx)", AGAIN)
            require_size(path, parts)
            for part in parts:
                if part.filename.endswith((".xml", ".rels", ".vml")):
                    declared, found = scan_part(archive, part)
                    if declared:
                        what = f"is refused: its part {part.filename} declares a document type, as no workbook does"
                        raise unreadable(path, what, AGAIN)
                    formulas = formulas or found
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError) as error:
        raise unreadable(path, f"is not an Excel workbook (.xlsx), or is damaged ({error})", AGAIN) from error
    return formulas


def require_size(path: Path, parts: list[zipfile.ZipInfo]) -> None:
    """Raise UnreadableFile for a workbook that would fill the memory."""
    size = sum(part.file_size for part in parts)
    packed = max(1, sum(part.compress_size for part in parts))
    if size > MAX_UNPACKED or (size > MIN_SUSPECT and size / packed > MAX_RATIO):
        raise unreadable(path, f"is refused: it unpacks to {size:,} bytes", "ask for the form as CSV")


def scan_part(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> tuple[bool, bool]:
    """Whether an XML part declares a document type (entities need one), and whether it holds a formula."""
    declared, formulas, before = False, False, b""
    with archive.open(part) as stream:
        while block := stream.read(1 << 20):
            window = (before + block).replace(b"\0", b"")
            declared = declared or b"<!DOCTYPE" in window or b"<!ENTITY" in window
            formulas = formulas or b"<f>" in window or b"<f " in window
            before = block[-32:]
    return declared, formulas


@contextmanager
def open_sheet(path: Path, sheet: str | None, values: bool) -> Iterator[Any]:
    """The sheet of the form, with stored values or with formulas."""
    book = openpyxl.load_workbook(path, read_only=True, data_only=values, keep_links=False)
    try:
        names = [each.title for each in book.worksheets]
        if sheet is None and len(names) != 1:
            fix = "name the sheet of the form in study.yaml"
            raise unreadable(path, f"has {len(names)} sheets: {', '.join(names)}", fix)
        if sheet is not None and sheet not in names:
            raise unreadable(path, f"has no sheet '{sheet}'", f"its sheets are {', '.join(names)}")
        source: Any = book[sheet or names[0]]
        # The size that a workbook states for a sheet may be wrong; without it every row is read.
        source.reset_dimensions()
        yield source
    finally:
        book.close()


def sheet_records(path: Path, sheet: str | None) -> list[Record]:
    """The number and the cells of every row that has a value, without the blank cells at its end."""
    records = []
    with open_sheet(path, sheet, values=True) as source:
        for row, cells in enumerate(source.iter_rows(), start=1):
            texts = [cell_text(cell) for cell in cells]
            while texts and not texts[-1]:
                texts.pop()
            if texts:
                records.append((row, texts))
    return records


def cell_text(cell: Any) -> str:
    """The value of a cell as text."""
    value = cell.value
    match value:
        case None:
            return ""
        case str():
            return value
        case bool():
            return "TRUE" if value else "FALSE"
        case float():
            return repr(value).removesuffix(".0")
        case datetime():
            whole_day = value.time() == time.min and is_datetime(cell.number_format) == "date"
            return value.date().isoformat() if whole_day else value.isoformat()
        case date() | time():
            return value.isoformat()
        case timedelta():
            return duration_text(value)
    return str(value)


def duration_text(value: timedelta) -> str:
    """A duration as hh:mm:ss, with the digits of a second where there are any; hours may exceed 24."""
    minutes, seconds = divmod(value.days * 86_400 + value.seconds, 60)
    fraction = f".{value.microseconds:06d}".rstrip("0") if value.microseconds else ""
    return f"{minutes // 60:02d}:{minutes % 60:02d}:{seconds:02d}{fraction}"


def require_stored_values(path: Path, sheet: str | None) -> None:
    """Raise UnreadableFile where a formula has no stored value: it would read as a blank cell."""
    with open_sheet(path, sheet, values=True) as stored, open_sheet(path, sheet, values=False) as written:
        for row, (values, formulas) in enumerate(zip(stored.iter_rows(), written.iter_rows(), strict=True), start=1):
            for value, formula in zip(values, formulas, strict=True):
                if formula.value is not None and value.value is None:
                    place = f"{get_column_letter(formula.column)}{row}"
                    fix = "open the workbook in Excel and save it, so that values are stored"
                    raise unreadable(path, f"row {row}: the formula in {place} has no stored value", fix)
