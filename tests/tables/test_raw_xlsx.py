"""Raw workbooks as verbatim text."""

from __future__ import annotations

import zipfile
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any, Literal

import openpyxl
import pytest

from crf2tlf.errors import UnreadableFile
from crf2tlf.tables import RawTable, read_raw


def write_workbook(path: Path, *records: list[Any]) -> Path:
    """A workbook of one sheet with these rows."""
    book = openpyxl.Workbook()
    for record in records:
        book.worksheets[0].append(record)
    book.save(path)
    return path


def read(path: Path, header_rows: Literal[1, 2] = 1, sheet: str | None = None) -> RawTable:
    """The raw table of a workbook."""
    return read_raw(path, form="ae", format="xlsx", header_rows=header_rows, sheet=sheet)


def failure(path: Path, sheet: str | None = None) -> str:
    """The text of the error, without the path before it."""
    with pytest.raises(UnreadableFile) as caught:
        read(path, sheet=sheet)
    return str(caught.value).removeprefix(f"{path} ")


def test_cells_are_text_as_a_person_would_write_them(tmp_path: Path) -> None:
    path = write_workbook(
        tmp_path / "ae.xlsx",
        ["A", "B", "C", "D", "E", "F"],
        ["007", 5, 5.5, 1e20, True, None],
        ["NA", 5.0, 0.1, -3, False, " x "],
        [date(2024, 1, 2), datetime(2024, 1, 2, 8, 30), time(8, 30), timedelta(hours=30, seconds=1), "", "y"],
    )
    table = read(path)
    assert table.frame.values.tolist() == [
        ["007", "5", "5.5", "1e+20", "TRUE", ""],
        ["NA", "5", "0.1", "-3", "FALSE", " x "],
        ["2024-01-02", "2024-01-02T08:30:00", "08:30:00", "30:00:01", "", "y"],
    ]
    assert {str(dtype) for dtype in table.frame.dtypes} == {"string"}


def test_a_datetime_at_midnight_keeps_its_time(tmp_path: Path) -> None:
    path = write_workbook(tmp_path / "ae.xlsx", ["A"], [datetime(2024, 1, 2)])
    assert read(path).frame["A"].tolist() == ["2024-01-02T00:00:00"]


def test_blank_rows_are_left_out_and_row_numbers_are_those_of_the_sheet(tmp_path: Path) -> None:
    path = write_workbook(tmp_path / "ae.xlsx", ["Label A", None], ["A", "B"], [None, None], ["x", 1], [], ["y", None])
    table = read(path, 2)
    assert table.frame.values.tolist() == [["x", "1"], ["y", ""]]
    assert table.rows.tolist() == [4, 6]
    assert table.labels == {"A": "Label A", "B": ""}


def test_a_cell_beyond_the_header_is_refused(tmp_path: Path) -> None:
    path = write_workbook(tmp_path / "ae.xlsx", ["A"], ["x", "y"])
    assert failure(path) == "row 1: column 2 has no name\n  fix      ask for the extract with one name for each column"


def test_one_of_several_sheets_must_be_named(tmp_path: Path) -> None:
    path = tmp_path / "ae.xlsx"
    book = openpyxl.Workbook()
    book.worksheets[0].append(["A"])
    book.create_sheet("AE").append(["B"])
    book.save(path)
    assert list(read(path, sheet="AE").frame.columns) == ["B"]
    assert failure(path) == "has 2 sheets: Sheet, AE\n  fix      name the sheet of the form in study.yaml"
    assert failure(path, "CM") == "has no sheet 'CM'\n  fix      its sheets are Sheet, AE"


def test_a_formula_without_a_stored_value_is_refused(tmp_path: Path) -> None:
    path = write_workbook(tmp_path / "ae.xlsx", ["A", "B"], [1, "=A2+1"])
    assert failure(path) == (
        "row 2: the formula in B2 has no stored value\n"
        "  fix      open the workbook in Excel and save it, so that values are stored"
    )


def rewrite_part(path: Path, old: bytes, new: bytes) -> None:
    """Change the bytes of the first sheet."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts["xl/worksheets/sheet1.xml"] = parts["xl/worksheets/sheet1.xml"].replace(old, new)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)


def test_the_stored_value_of_a_formula_is_read(tmp_path: Path) -> None:
    path = write_workbook(tmp_path / "ae.xlsx", ["A", "B"], [1, "=A2+1"])
    rewrite_part(path, b"<v />", b"<v>2</v>")
    rewrite_part(path, b"<v></v>", b"<v>2</v>")
    assert read(path).frame.values.tolist() == [["1", "2"]]


def test_a_workbook_that_declares_entities_is_refused(tmp_path: Path) -> None:
    path = write_workbook(tmp_path / "ae.xlsx", ["A"], ["x"])
    rewrite_part(path, b"<worksheet", b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><worksheet')
    assert failure(path) == (
        "is refused: its part xl/worksheets/sheet1.xml declares a document type, as no workbook does\n"
        "  fix      save it as an Excel workbook (.xlsx) again"
    )


def test_a_workbook_that_would_fill_the_memory_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "ae.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", bytes(60_000_000))
    assert failure(path) == "is refused: it unpacks to 60,000,000 bytes\n  fix      ask for the form as CSV"


def test_other_files_are_no_workbooks(tmp_path: Path) -> None:
    path = tmp_path / "ae.xlsx"
    path.write_bytes(b"A,B\n")
    again = "\n  fix      save it as an Excel workbook (.xlsx) again"
    assert failure(path) == f"is not an Excel workbook (.xlsx), or is damaged (File is not a zip file){again}"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.txt", "x")
    assert failure(path) == f"is not an Excel workbook (.xlsx){again}"


def test_a_damaged_sheet_is_refused(tmp_path: Path) -> None:
    path = write_workbook(tmp_path / "ae.xlsx", ["A"], ["x"])
    rewrite_part(path, b"</worksheet>", b"")
    assert failure(path).startswith("is a damaged workbook (")


def test_an_empty_sheet_has_no_header(tmp_path: Path) -> None:
    path = write_workbook(tmp_path / "ae.xlsx")
    assert failure(path) == "has 0 of its 1 header rows\n  fix      ask for the extract again"
