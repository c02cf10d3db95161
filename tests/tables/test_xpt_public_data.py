"""Files that SAS made are written again byte for byte."""

from __future__ import annotations

from pathlib import Path

import pytest

from crf2tlf.tables import XptHeader, read_raw, read_xpt, write_xpt

DATASETS = (
    "ae",
    "dm",
    "ds",
    "ex",
    "relrec",
    "sc",
    "se",
    "suppae",
    "suppdm",
    "suppds",
    "sv",
    "ta",
    "te",
    "ti",
    "ts",
    "tv",
)


@pytest.mark.public_data
@pytest.mark.parametrize("name", DATASETS)
def test_a_file_of_sas_is_written_again_byte_for_byte(public_data: Path, tmp_path: Path, name: str) -> None:
    source = public_data / "sdtm" / f"{name}.xpt"
    found = read_xpt(source, encoding="cp1252")
    write_xpt(
        tmp_path / "again.xpt",
        found.frame,
        name=found.name,
        label=found.label,
        variables=found.variables,
        encoding="cp1252",
        header=found.header,
    )
    assert (tmp_path / "again.xpt").read_bytes() == source.read_bytes()


@pytest.mark.public_data
def test_the_header_of_a_file_of_sas_is_read(public_data: Path) -> None:
    stamp = "04APR12:22:16:22"
    assert read_xpt(public_data / "sdtm" / "ts.xpt", encoding="cp1252").header == XptHeader(
        "9.3", "X64_7HOM", stamp, stamp, stamp, stamp, ""
    )


@pytest.mark.public_data
@pytest.mark.parametrize(
    ("form", "shape"), [("ae", (1191, 32)), ("dm", (306, 13)), ("ds", (850, 13)), ("ec", (591, 14))]
)
def test_the_raw_forms_of_the_pilot_study_are_read(public_data: Path, form: str, shape: tuple[int, int]) -> None:
    table = read_raw(public_data / "raw" / f"{form}_raw.csv", form=form, format="csv")
    assert table.frame.shape == shape
    assert table.rows.tolist() == list(range(2, shape[0] + 2))
    assert set(table.frame.dtypes.astype(str)) == {"string"}
    assert not table.frame.isna().any().any()
