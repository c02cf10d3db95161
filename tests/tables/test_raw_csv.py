"""Raw CSV: every cell verbatim, every record with its line, and every fault with its row."""

from __future__ import annotations

import csv
import io
import tempfile
from pathlib import Path
from typing import Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crf2tlf.errors import UnreadableFile, UsageError
from crf2tlf.tables import RawTable, read_raw


def read(folder: Path, content: bytes, header_rows: Literal[1, 2] = 1, encoding: str = "utf-8") -> RawTable:
    """The raw table of a CSV file with this content."""
    path = folder / "ae.csv"
    path.write_bytes(content)
    return read_raw(path, form="ae", format="csv", header_rows=header_rows, encoding=encoding)


def failure(folder: Path, content: bytes, header_rows: Literal[1, 2] = 1, encoding: str = "utf-8") -> str:
    """The text of the error, without the path before it."""
    with pytest.raises(UnreadableFile) as caught:
        read(folder, content, header_rows, encoding)
    return str(caught.value).removeprefix(f"{folder / 'ae.csv'} ")


def test_cells_stay_as_they_are(tmp_path: Path) -> None:
    table = read(tmp_path, b"A,B,C\r\n007,5.50,NA\r\n , x ,\r\n1e5,True,2024-01-02\r\n")
    assert table.frame.values.tolist() == [["007", "5.50", "NA"], [" ", " x ", ""], ["1e5", "True", "2024-01-02"]]
    assert [str(dtype) for dtype in table.frame.dtypes] == ["string", "string", "string"]
    assert (table.form, table.file, table.rows.tolist(), table.labels) == ("ae", tmp_path / "ae.csv", [2, 3, 4], {})


def test_two_header_rows_are_labels_and_names(tmp_path: Path) -> None:
    table = read(tmp_path, '\ufeff受试者,"Term,\nverbatim"\nSUBJ,AETERM\n01,头痛\n'.encode(), 2)
    assert table.labels == {"SUBJ": "受试者", "AETERM": "Term,\nverbatim"}
    assert table.frame.to_dict("list") == {"SUBJ": ["01"], "AETERM": ["头痛"]}
    assert table.rows.tolist() == [4]


def test_a_record_is_numbered_by_the_line_on_which_it_begins(tmp_path: Path) -> None:
    table = read(tmp_path, b'A,B\n"one\ntwo\n",1\n\n"say ""hi""",2\n"",3\n"a,b",4')
    assert table.frame["A"].tolist() == ["one\ntwo\n", 'say "hi"', "", "a,b"]
    assert table.rows.tolist() == [2, 6, 7, 8]


def test_a_quote_inside_a_cell_is_text(tmp_path: Path) -> None:
    table = read(tmp_path, b'A,B\n5" pipe,1\n"x\ny",2\nz,3\n')
    assert table.frame["A"].tolist() == ['5" pipe', "x\ny", "z"]
    assert table.rows.tolist() == [2, 3, 5]


def test_carriage_returns_alone_end_lines(tmp_path: Path) -> None:
    table = read(tmp_path, b"A,B\r1,2\r3,4\r")
    assert table.frame.values.tolist() == [["1", "2"], ["3", "4"]]
    assert table.rows.tolist() == [2, 3]


def test_other_encodings_are_read_as_named(tmp_path: Path) -> None:
    assert read(tmp_path, "A\n头痛\n".encode("gb18030"), encoding="gb18030").frame["A"].tolist() == ["头痛"]
    assert read(tmp_path, "A\n头痛\n".encode("utf-16"), encoding="utf-16").frame["A"].tolist() == ["头痛"]


def test_a_form_without_records_keeps_its_columns(tmp_path: Path) -> None:
    for content in (b"A,B", b"A,B\n", b"A,B\n\n\n"):
        table = read(tmp_path, content)
        assert list(table.frame.columns) == ["A", "B"]
        assert (len(table.frame), table.rows.tolist()) == (0, [])
        assert str(table.frame["A"].dtype) == "string"


RAGGED = "correct the extract: every row needs one cell for each column, and text with a comma needs quotes"
NAMES = "ask for the extract with one name for each column"


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"A,B\n1,2\n3\n", f"row 3: 1 cell for 2 columns\n  fix      {RAGGED}"),
        (b'A,B\n"x\ny",2\n1,2,3\n', f"row 4: 3 cells for 2 columns\n  fix      {RAGGED}"),
        (b"A,B\n1,2\n   \n", f"row 3: 1 cell for 2 columns\n  fix      {RAGGED}"),
        (b"A,B,A\n", f"row 1: more than one column has the name A\n  fix      {NAMES}"),
        (b"A,\n", f"row 1: column 2 has no name\n  fix      {NAMES}"),
        (b"\nA\n", f"row 1: there is no column\n  fix      {NAMES}"),
        (b"", "has 0 of its 1 header rows\n  fix      ask for the extract again: the file is empty"),
        (
            b"A,B\n1,2\nx,\xb2\xb3\n",
            "row 3: the bytes B2 are not utf-8\n"
            "  fix      name the encoding of the extract in study.yaml (raw: encoding:)",
        ),
        (
            b'A,B\n1,2\n"x,2\n3,4\n',
            "row 3: unexpected end of data\n  fix      correct the quotes in this row of the extract",
        ),
        (
            b'A,B\n1,2\n"x"y,2\n',
            "row 3: ',' expected after '\"'\n  fix      correct the quotes in this row of the extract",
        ),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_with_its_row(tmp_path: Path, content: bytes, expected: str) -> None:
    assert failure(tmp_path, content) == expected


def test_two_header_rows_must_agree(tmp_path: Path) -> None:
    assert failure(tmp_path, b"Label\nA,B\n", 2) == f"row 1: 1 labels for 2 columns\n  fix      {RAGGED}"
    assert failure(tmp_path, b"A,B\n", 2) == "has 1 of its 2 header rows\n  fix      ask for the extract again"


def test_an_unknown_encoding_is_named(tmp_path: Path) -> None:
    expected = "cannot be read: 'utf-9' is no known encoding\n  fix      use utf-8 or gb18030"
    assert failure(tmp_path, b"A\n", encoding="utf-9") == expected


def test_a_missing_file_is_named_with_its_form(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile) as caught:
        read_raw(tmp_path / "no.csv", form="ae", format="csv")
    assert str(caught.value) == (
        f"{tmp_path / 'no.csv'} does not exist\n  fix      put it there, or correct the file of form ae in study.yaml"
    )


def test_three_header_rows_are_a_wrong_call(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        read_raw(tmp_path / "a.csv", form="ae", format="csv", header_rows=3)  # type: ignore[arg-type]
    assert str(caught.value) == f"{tmp_path / 'a.csv'}: header_rows is 3, not 1 or 2"


cells = st.text(st.sampled_from("ab,\"\n\r'; é"), max_size=6)
tables = st.lists(st.tuples(cells, cells), max_size=12)


@settings(deadline=None)
@given(tables, st.sampled_from(["\n", "\r\n"]), st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]))
def test_any_table_comes_back_with_the_lines_of_its_records(
    records: list[tuple[str, str]], line_end: str, quoting: int
) -> None:
    if any("\r" in cell for record in records for cell in record):
        # The writer of the csv module leaves a carriage return without quotes where lines end in a newline.
        quoting = csv.QUOTE_ALL
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, lineterminator=line_end, quoting=quoting)
    writer.writerow(["A", "B"])
    lines = []
    for record in records:
        before = stream.getvalue().replace("\r\n", "\n").replace("\r", "\n")
        lines.append(before.count("\n") + 1)
        writer.writerow(record)
    with tempfile.TemporaryDirectory() as folder:
        table = read(Path(folder), stream.getvalue().encode())
    assert [tuple(record) for record in table.frame.values.tolist()] == records
    assert table.rows.tolist() == lines
