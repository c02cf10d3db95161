"""Reading transport files: what comes back, and files that are not what they should be."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from crf2tlf.errors import UnreadableFile
from crf2tlf.tables import XptVariable, read_xpt, write_xpt

AGAIN = "\n  fix      ask for the file again, as SAS transport version 5 (XPORT)"


@pytest.fixture
def path(tmp_path: Path, ae: pd.DataFrame, ae_variables: list[XptVariable]) -> Path:
    """The file of `ae`."""
    write_xpt(tmp_path / "ae.xpt", ae, name="AE", label="Adverse Events", variables=ae_variables)
    return tmp_path / "ae.xpt"


def failure(path: Path, encoding: str = "ascii", columns: list[str] | None = None) -> str:
    """The text of the error without the path before it."""
    with pytest.raises(UnreadableFile) as caught:
        read_xpt(path, encoding=encoding, columns=columns)
    assert str(caught.value).startswith(f"{path} ")
    return str(caught.value).removeprefix(f"{path} ")


def test_a_dataset_comes_back_as_it_was_written(path: Path, ae: pd.DataFrame, ae_variables: list[XptVariable]) -> None:
    found = read_xpt(path)
    assert (found.name, found.label, found.variables) == ("AE", "Adverse Events", tuple(ae_variables))
    pd.testing.assert_frame_equal(found.frame, ae)


def test_only_the_wanted_columns_are_read_in_the_wanted_order(path: Path, ae: pd.DataFrame) -> None:
    found = read_xpt(path, columns=["AESTDY", "USUBJID"])
    pd.testing.assert_frame_equal(found.frame, ae[["AESTDY", "USUBJID"]])
    assert len(found.variables) == 4
    assert read_xpt(path, columns=[]).frame.shape == (3, 0)


def test_a_variable_that_the_file_does_not_have_is_named(path: Path) -> None:
    assert failure(path, columns=["AETRM"]) == "has no variable AETRM\n  fix      did you mean 'AETERM'?"
    assert failure(path, columns=["XX"]) == "has no variable XX\n  fix      it has USUBJID, AESEQ, AETERM, AESTDY"


def test_a_file_that_does_not_exist_is_named(tmp_path: Path) -> None:
    assert failure(tmp_path / "no.xpt") == "does not exist\n  fix      run the step that writes it"


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    assert failure(tmp_path) == "cannot be read: Is a directory\n  fix      see to it that the file can be read"


def test_other_formats_are_told_apart(tmp_path: Path) -> None:
    for content, reason in (
        (b"", "is not a SAS transport file"),
        (b"STUDYID,USUBJID\n", "is not a SAS transport file"),
        (b"**COMPRESSED** **COMPRESSED** ", "is a file of PROC CPORT, not a SAS transport file"),
        (b"HEADER RECORD*******LIBV8   HEADER RECORD!!!!!!!", "is a SAS transport file of version 8, not 5"),
    ):
        (tmp_path / "x.xpt").write_bytes(content)
        assert failure(tmp_path / "x.xpt") == reason + AGAIN


def test_a_cut_file_is_refused(path: Path) -> None:
    whole = path.read_bytes()
    path.write_bytes(whole[:-1])
    assert failure(path) == f"is cut: its {len(whole) - 1:,} bytes are not a multiple of 80{AGAIN}"
    path.write_bytes(whole[:-80])
    assert failure(path) == f"is cut: it ends within row 3{AGAIN}"
    path.write_bytes(whole[:240])
    assert failure(path) == f"holds no dataset{AGAIN}"


@pytest.mark.parametrize(
    ("place", "content", "reason"),
    [
        (560, b"X", "is damaged: it has no description of its variables"),
        (614, b"0000", "is damaged: it has no description of its variables"),
        (614, b"0003", "is damaged: its rows do not begin where they should"),
        (640, b"\0\3", "is damaged: the description of its variable 'USUBJID' makes no sense"),
        (640 + 84, b"\0\0\1\0", "is damaged: its variable USUBJID stands outside the row"),
        (640 + 140 + 8, b"USUBJID ", "has a variable more than once: USUBJID"),
    ],
)
def test_a_damaged_header_is_refused(path: Path, place: int, content: bytes, reason: str) -> None:
    whole = bytearray(path.read_bytes())
    whole[place : place + len(content)] = content
    path.write_bytes(whole)
    assert failure(path) == reason + AGAIN


def test_a_file_of_two_datasets_is_refused(path: Path) -> None:
    whole = path.read_bytes()
    path.write_bytes(whole + whole[240:])
    assert failure(path) == "holds more than one dataset\n  fix      ask for one file a dataset, as FDA wants it"


def test_bytes_that_are_not_in_the_encoding_are_refused_with_their_row(tmp_path: Path) -> None:
    path = tmp_path / "ts.xpt"
    frame = pd.DataFrame({"TSVAL": pd.Series(["ok", "Alzheimer’s"], dtype="string[pyarrow]")})
    write_xpt(path, frame, name="TS", label="", variables=[XptVariable("TSVAL", "text", 20)], encoding="cp1252")
    fix = "\n  fix      name the encoding in which the file was written"
    assert failure(path, "utf-8") == f"is not utf-8 text: TSVAL in row 2 is {'Alzheimer’s'.encode('cp1252')!r}{fix}"
    assert read_xpt(path, encoding="cp1252").frame["TSVAL"].tolist() == ["ok", "Alzheimer’s"]


def test_an_encoding_that_transport_files_do_not_have_is_refused(path: Path) -> None:
    expected = "cannot be read as 'utf-16'\n  fix      name one of ascii, utf-8, gb18030, cp1252, latin-1"
    assert failure(path, "utf-16") == expected


def test_text_filled_up_with_nul_reads_as_text_filled_up_with_blanks(path: Path) -> None:
    whole = path.read_bytes()
    path.write_bytes(whole.replace(b"RASH  ", b"RASH\0\0"))
    assert read_xpt(path).frame["AETERM"].tolist()[0] == "RASH"


@pytest.mark.parametrize("rows", range(1, 42))
def test_rows_are_counted_where_the_last_record_could_hold_more(tmp_path: Path, rows: int) -> None:
    frame = pd.DataFrame({"A": pd.Series(["xy"] * rows, dtype="string[pyarrow]")})
    write_xpt(tmp_path / "x.xpt", frame, name="X", label="", variables=[XptVariable("A", "text", 2)])
    assert len(read_xpt(tmp_path / "x.xpt").frame) == rows


def test_blank_rows_are_kept_where_they_cannot_be_filling(tmp_path: Path) -> None:
    frame = pd.DataFrame({"A": pd.Series([None, None, "x"], dtype="string[pyarrow]")})
    write_xpt(tmp_path / "x.xpt", frame, name="X", label="", variables=[XptVariable("A", "text", 100)])
    assert read_xpt(tmp_path / "x.xpt").frame["A"].isna().tolist() == [True, True, False]
