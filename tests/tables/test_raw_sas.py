"""Raw SAS files as verbatim text."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from crf2tlf.errors import UnreadableFile
from crf2tlf.tables import XptVariable, read_raw, special_missing, write_xpt
from crf2tlf.tables.sas_text import text_of_numbers


@pytest.mark.parametrize(
    ("value", "format", "expected"),
    [
        (5.0, "", "5"),
        (-0.0, "", "0"),
        (5.5, "8.2", "5.5"),
        (0.1 + 0.2, "BEST12.", "0.30000000000000004"),
        (10003058.0, "", "10003058"),
        (1e70, "", "1e+70"),
        (math.nan, "", ""),
        (special_missing("B"), "DATE9.", ".B"),
        (special_missing("_"), "", "._"),
        (23445.0, "DATE9.", "2024-03-10"),
        (-1.0, "YYMMDD10", "1959-12-31"),
        (0.0, "E8601DA.", "1960-01-01"),
        (23445.5, "DATE9.", "23445.5"),
        (3e6, "DATE9.", "3000000"),
        (2025695009.0, "DATETIME20.", "2024-03-10T13:03:29"),
        (2025695009.25, "E8601DT23.2", "2024-03-10T13:03:29.25"),
        (2025695009.123, "DATETIME23.3", "2024-03-10T13:03:29.123"),
        (-1.0, "DATETIME.", "1959-12-31T23:59:59"),
        (1e15, "DATETIME.", "1e+15"),
        (30600.0, "TIME5.", "08:30:00"),
        (108000.0, "TIME8.", "30:00:00"),
        (1.5, "TIME10.1", "00:00:01.5"),
        (-5.0, "TIME8.", "-5"),
        (math.nan, "TIME8.", ""),
    ],
)
def test_a_number_is_text_by_its_format(value: float, format: str, expected: str) -> None:
    assert text_of_numbers(np.array([7.0, value]), format).to_pylist()[1] == expected


def test_a_transport_file_is_read_as_text_with_labels(tmp_path: Path) -> None:
    frame = pd.DataFrame(
        {
            "SUBJ": pd.Series(["007", None], dtype="string[pyarrow]"),
            "AESTDAT": [23445.0, math.nan],
            "LBORRES": [5.5, special_missing("A")],
        }
    )
    variables = [
        XptVariable("SUBJ", "text", 3, "Subject"),
        XptVariable("AESTDAT", "number", 8, "Start date", "DATE9."),
        XptVariable("LBORRES", "number", 8),
    ]
    write_xpt(tmp_path / "ae.xpt", frame, name="AE", label="", variables=variables)
    table = read_raw(tmp_path / "ae.xpt", form="ae", format="xpt")
    assert table.frame.values.tolist() == [["007", "2024-03-10", "5.5"], ["", "", ".A"]]
    assert {str(dtype) for dtype in table.frame.dtypes} == {"string"}
    assert table.rows.tolist() == [2, 3]
    assert table.labels == {"SUBJ": "Subject", "AESTDAT": "Start date"}


def test_a_file_that_is_no_sas7bdat_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "ae.sas7bdat"
    path.write_bytes(b"no SAS file" * 1000)
    with pytest.raises(UnreadableFile) as caught:
        read_raw(path, form="ae", format="sas7bdat")
    assert str(caught.value) == (
        f"{path} is not a readable SAS7BDAT file: Invalid file, or file has unsupported features\n"
        "  fix      ask for the file again"
    )


def test_a_missing_sas7bdat_is_named(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match="does not exist"):
        read_raw(tmp_path / "no.sas7bdat", form="ae", format="sas7bdat")


WRITE_IN_R = """
frame <- data.frame(SUBJ = c("007", ""), AGE = c(63, 0.1), SEEN = c(23445, NA), LAST = c(NA, 2025695009),
                    AT = c(30600, NA), CODE = c(haven::tagged_na("B"), 2))
attr(frame$SUBJ, "label") <- "Subject"
attr(frame$SEEN, "format.sas") <- "DATE9"
attr(frame$LAST, "format.sas") <- "DATETIME20"
attr(frame$AT, "format.sas") <- "TIME8"
suppressWarnings(haven::write_sas(frame, commandArgs(trailingOnly = TRUE)[1]))
"""


@pytest.mark.r
def test_a_sas7bdat_is_read_as_text_with_labels(tmp_path: Path, run_r: Callable[..., list[str]]) -> None:
    path = tmp_path / "ae.sas7bdat"
    run_r(WRITE_IN_R, str(path))
    table = read_raw(path, form="ae", format="sas7bdat")
    assert table.frame.to_dict("list") == {
        "SUBJ": ["007", ""],
        "AGE": ["63", "0.1"],
        "SEEN": ["2024-03-10", ""],
        "LAST": ["", "2024-03-10T13:03:29"],
        "AT": ["08:30:00", ""],
        "CODE": [".B", "2"],
    }
    assert {str(dtype) for dtype in table.frame.dtypes} == {"string"}
    assert table.labels == {"SUBJ": "Subject"}
    assert table.rows.tolist() == [2, 3]
