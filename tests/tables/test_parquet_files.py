"""Parquet: the same frame gives the same bytes and comes back the same."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest

from crf2tlf.errors import UnreadableFile
from crf2tlf.tables import read_parquet, special_missing, write_parquet
from crf2tlf.tables.xpt_numbers import missing_codes


@pytest.fixture
def frame() -> pd.DataFrame:
    """One column of each kind that the tool stores."""
    return pd.DataFrame(
        {
            "text": pd.Series(["a", None, ""], dtype="string[pyarrow]"),
            "double": [1.5, float("nan"), special_missing("A")],
            "whole": [1, 2, 2**60 + 1],
            "whole_missing": pd.Series([1, None, 2**60 + 1], dtype="Int64"),
            "logical": [True, False, True],
        }
    )


def test_a_frame_comes_back_the_same(tmp_path: Path, frame: pd.DataFrame) -> None:
    write_parquet(tmp_path / "a.parquet", frame)
    pd.testing.assert_frame_equal(read_parquet(tmp_path / "a.parquet"), frame)


def test_the_same_rows_give_the_same_bytes_whatever_the_index(tmp_path: Path, frame: pd.DataFrame) -> None:
    write_parquet(tmp_path / "a.parquet", frame)
    write_parquet(tmp_path / "b.parquet", frame.set_axis([7, 8, 9]))
    assert (tmp_path / "a.parquet").read_bytes() == (tmp_path / "b.parquet").read_bytes()
    assert pq.read_schema(tmp_path / "a.parquet").metadata is None


def test_a_frame_without_rows_keeps_its_columns(tmp_path: Path, frame: pd.DataFrame) -> None:
    write_parquet(tmp_path / "a.parquet", frame.iloc[:0])
    found = read_parquet(tmp_path / "a.parquet")
    assert list(found.columns) == list(frame.columns)
    assert str(found["text"].dtype) == "string"


def test_a_missing_or_damaged_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    for reason in ("does not exist", "is not a Parquet file or is damaged"):
        with pytest.raises(UnreadableFile) as caught:
            read_parquet(path)
        assert str(caught.value) == f"{path} {reason}\n  fix      build the step that writes it again"
        path.write_bytes(b"not parquet")


def test_special_missing_values_are_plain_missing_values_in_parquet(tmp_path: Path, frame: pd.DataFrame) -> None:
    write_parquet(tmp_path / "a.parquet", frame)
    assert missing_codes(read_parquet(tmp_path / "a.parquet")["double"].to_numpy()).tolist() == [0, 46, 46]
