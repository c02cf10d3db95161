"""Three readers of others agree with what our writer means: pyreadstat (ReadStat), xport, and R haven."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pyreadstat
import pytest

from crf2tlf.tables import XptVariable, read_xpt, special_missing, write_xpt

VARIABLES = [
    XptVariable("USUBJID", "text", 8, "Unique Subject Identifier"),
    XptVariable("AVAL", "number", 8, "Analysis Value", "8.2"),
    XptVariable("AVALC", "text", 5, "Analysis Value (C)", "$5."),
    XptVariable("ADT", "number", 8, "Analysis Date", "DATE9."),
]
NUMBERS = [0.1, -118.625, 1e70, math.nan]
DAYS = [23445.0, -1.0, 0.0, math.nan]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Four records with missing values of both kinds."""
    frame = pd.DataFrame(
        {
            "USUBJID": pd.Series(["S-01", "S-02", "S-03", "S-04"], dtype="string[pyarrow]"),
            "AVAL": NUMBERS,
            "AVALC": pd.Series(["0.1", None, " 1E70", "x"], dtype="string[pyarrow]"),
            "ADT": DAYS,
        }
    )
    write_xpt(tmp_path / "adlb.xpt", frame, name="ADLB", label="Laboratory Analysis", variables=VARIABLES)
    return tmp_path / "adlb.xpt"


def same(found: list[float], expected: list[float]) -> bool:
    """Whether all numbers are equal to the last bit, NaN equal to NaN."""
    return [repr(float(each)) for each in found] == [repr(each) for each in expected]


def test_pyreadstat_reads_the_same_values_and_attributes(path: Path) -> None:
    frame, meta = pyreadstat.read_xport(path, disable_datetime_conversion=True)
    assert (meta.table_name, meta.file_label) == ("ADLB", "Laboratory Analysis")
    assert meta.column_names == ["USUBJID", "AVAL", "AVALC", "ADT"]
    assert meta.column_labels == [variable.label for variable in VARIABLES]
    assert meta.variable_storage_width == {"USUBJID": 8, "AVAL": 8, "AVALC": 5, "ADT": 8}
    assert [meta.original_variable_types[name] for name in ("AVAL", "ADT")] == ["8.2", "DATE9"]
    assert frame["USUBJID"].tolist() == ["S-01", "S-02", "S-03", "S-04"]
    assert frame["AVALC"].tolist() == ["0.1", "", " 1E70", "x"]
    assert same(frame["AVAL"].tolist(), NUMBERS)
    assert same(frame["ADT"].tolist(), DAYS)


def test_pyreadstat_reads_text_in_utf_8(tmp_path: Path) -> None:
    frame = pd.DataFrame({"AETERM": pd.Series(["头痛", "Sjögren"], dtype="string[pyarrow]")})
    variables = [XptVariable("AETERM", "text", 8, "不良事件")]
    write_xpt(tmp_path / "ae.xpt", frame, name="AE", label="不良事件", variables=variables, encoding="utf-8")
    found, meta = pyreadstat.read_xport(tmp_path / "ae.xpt", encoding="UTF-8")
    assert found["AETERM"].tolist() == ["头痛", "Sjögren"]
    assert (meta.column_labels, meta.file_label) == (["不良事件"], "不良事件")


def test_xport_reads_the_same_values_and_attributes(path: Path) -> None:
    with warnings.catch_warnings():
        # xport 3.2.1 uses pkg_resources and options of pandas that are on their way out.
        warnings.simplefilter("ignore")
        xport = pytest.importorskip("xport.v56")
        with path.open("rb") as file:
            dataset = xport.load(file)["ADLB"]
        assert list(dataset.columns) == ["USUBJID", "AVAL", "AVALC", "ADT"]
        # Its labels are no witness: it shows the label of the dataset as that of every variable.
        assert [dataset[name].width for name in dataset.columns] == [8, 8, 5, 8]
        assert [str(dataset[name].format) for name in ("AVAL", "AVALC", "ADT")] == ["8.2", "$5.", "DATE9."]
        assert dataset["USUBJID"].tolist() == ["S-01", "S-02", "S-03", "S-04"]
        assert dataset["AVALC"].tolist() == ["0.1", "", " 1E70", "x"]
        assert same(dataset["AVAL"].tolist(), NUMBERS)
        assert same(dataset["ADT"].tolist(), DAYS)


READ_IN_R = """
frame <- haven::read_xpt(commandArgs(trailingOnly = TRUE)[1])
cat(attr(frame, "label"), "\\n", sep = "")
for (name in names(frame)) {
  column <- frame[[name]]
  cat(name, "|", attr(column, "label"), "|", attr(column, "format.sas"), "\\n", sep = "")
  value <- if (is.numeric(column)) sprintf("%a", as.numeric(column)) else as.character(column)
  cat(value, "\\n", sep = ";")
}
"""


@pytest.mark.r
def test_haven_reads_the_same_values_and_attributes(path: Path, run_r: Callable[..., list[str]]) -> None:
    assert run_r(READ_IN_R, str(path)) == [
        "Laboratory Analysis",
        "USUBJID|Unique Subject Identifier|",
        "S-01;S-02;S-03;S-04;",
        "AVAL|Analysis Value|8.2",
        "0x1.999999999999ap-4;-0x1.da8p+6;0x1.72ebad6ddc73dp+232;NA;",
        "AVALC|Analysis Value (C)|$5",
        "0.1;; 1E70;x;",
        "ADT|Analysis Date|DATE9",
        "2024-03-10;1959-12-31;1960-01-01;NA;",
    ]


@pytest.mark.r
def test_haven_and_crf2tlf_read_each_others_special_missing_values(
    tmp_path: Path, run_r: Callable[..., list[str]]
) -> None:
    values = [1.0, math.nan, special_missing("A"), special_missing("Z")]
    written = tmp_path / "x.xpt"
    write_xpt(written, pd.DataFrame({"X": values}), name="X", label="", variables=[XptVariable("X", "number", 8)])
    code = (
        "files <- commandArgs(trailingOnly = TRUE); frame <- haven::read_xpt(files[1]);"
        "cat(ifelse(is.na(frame$X), haven::na_tag(frame$X), frame$X), sep = '\\n');"
        "frame$X[3:4] <- haven::tagged_na('A', 'Z'); haven::write_xpt(frame, files[2], version = 5, name = 'X')"
    )
    assert run_r(code, str(written), str(tmp_path / "r.xpt")) == ["1", "NA", "a", "z"]
    found = read_xpt(tmp_path / "r.xpt").frame["X"]
    assert found.to_numpy().tobytes() == pd.Series(values).to_numpy().tobytes()
