"""The door to the raw extract of an EDC system: one function for all its file formats."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Literal, assert_never

from crf2tlf.errors import UsageError
from crf2tlf.tables.odm import read_odm
from crf2tlf.tables.raw_csv import read_csv
from crf2tlf.tables.raw_csv_pieces import read_csv_pieces
from crf2tlf.tables.raw_sas import read_sas7bdat, read_transport
from crf2tlf.tables.raw_table import RawTable, unreadable

RawFormat = Literal["csv", "sas7bdat", "xpt", "xlsx", "odm"]


def read_raw(
    path: str | Path,
    *,
    form: str,
    format: RawFormat,
    encoding: str = "utf-8",
    header_rows: Literal[1, 2] = 1,
    sheet: str | None = None,
) -> RawTable:
    """One form of the extract, every cell verbatim text, a blank cell "" (see RawTable).

    CSV and XLSX have one header row (the names) or two (labels, names). Numbers of SAS files and workbooks are the
    shortest text that gives the same double (5 for 5.0), and dates are ISO 8601. `encoding` is that of CSV and
    XPT files (SAS7BDAT and ODM-XML files name their own); `sheet` is needed for a workbook of more than one sheet, and
    of an ODM-XML file it is the item group (ItemGroupOID) where that is not the form's name; see `read_odm`.
    Raises UnreadableFile, with the file and the row, for a file that is missing, damaged, ragged or wrongly
    encoded.
    """
    place = Path(path)
    if header_rows not in (1, 2):
        raise UsageError(f"{place}: header_rows is {header_rows}, not 1 or 2")
    try:
        if format == "csv":
            return read_csv(place, form, encoding, header_rows)
        if format == "sas7bdat":
            return read_sas7bdat(place, form)
        if format == "xpt":
            return read_transport(place, form, encoding)
        if format == "xlsx":
            # openpyxl takes a fifth of all imports, and most stages read no workbook.
            from crf2tlf.tables.raw_xlsx import read_xlsx

            return read_xlsx(place, form, header_rows, sheet)
        if format == "odm":
            group = sheet or form
            return replace(read_odm(place, [group])[group], form=form)
    except FileNotFoundError as error:
        fix = f"put it there, or correct the file of form {form} in study.yaml"
        raise unreadable(place, "does not exist", fix) from error
    except OSError as error:
        raise unreadable(place, f"cannot be read: {error.strerror}", "see to it that the file can be read") from error
    assert_never(format)


def read_raw_pieces(
    path: str | Path,
    *,
    form: str,
    format: RawFormat,
    encoding: str = "utf-8",
    header_rows: Literal[1, 2] = 1,
    sheet: str | None = None,
) -> Iterator[RawTable]:
    """As `read_raw`, a large CSV file in several tables one after the other; NotInPieces may come on the way."""
    if format == "csv" and Path(path).is_file():
        yield from read_csv_pieces(Path(path), form, encoding, header_rows)
    else:
        yield read_raw(path, form=form, format=format, encoding=encoding, header_rows=header_rows, sheet=sheet)
