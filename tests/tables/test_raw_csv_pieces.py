"""A large CSV file in pieces: the same records, and the whole file where pieces will not do."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from crf2tlf.tables.raw_csv import read_csv
from crf2tlf.tables.raw_csv_pieces import NotInPieces, read_csv_pieces

CONTENT = 'Subject,AETERM\n01,nausea\n02,"rash, both\narms"\n\n03,"said ""no"""\n04,头痛\n05,a'


def write(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    path = folder / "ae.csv"
    path.write_bytes(text.encode(encoding))
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("piece_bytes", [20, 33, 1000])
def test_the_pieces_of_a_file_hold_its_records_with_their_lines(
    tmp_path: Path, encoding: str, piece_bytes: int
) -> None:
    path = write(tmp_path, CONTENT, encoding)
    decoded = encoding.removesuffix("-sig")
    pieces = list(read_csv_pieces(path, "ae", decoded, 1, piece_bytes))
    assert (len(pieces) > 2) == (piece_bytes < 1000)
    whole = pd.concat([piece.frame for piece in pieces], ignore_index=True)
    assert whole["Subject"].tolist() == ["01", "02", "03", "04", "05"]
    assert whole["AETERM"].tolist() == ["nausea", "rash, both\narms", 'said "no"', "头痛", "a"]
    assert [line for piece in pieces for line in piece.rows.tolist()] == [2, 3, 6, 7, 8]
    assert read_csv(path, "ae", decoded, 1).frame.equals(whole)


def test_a_quote_within_a_plain_cell_is_not_read_in_pieces(tmp_path: Path) -> None:
    path = write(tmp_path, 'Subject,HEIGHT\n01,5 ft 3"\n02,170\n')
    with pytest.raises(NotInPieces):
        list(read_csv_pieces(path, "vs", "utf-8", 1, 20))


def test_bytes_of_another_encoding_are_left_to_the_reader_of_the_whole_which_names_the_row(tmp_path: Path) -> None:
    path = write(tmp_path, "Subject,AETERM\n01,nausea\n02,发热\n", "gb18030")
    with pytest.raises(NotInPieces):
        list(read_csv_pieces(path, "ae", "utf-8", 1, 20))


def test_utf_16_is_not_read_in_pieces(tmp_path: Path) -> None:
    path = write(tmp_path, "Subject,AETERM\n01,nausea\n", "utf-16")
    with pytest.raises(NotInPieces):
        list(read_csv_pieces(path, "ae", "utf-16", 1, 20))
