"""A study built block by block of subjects has the same bytes whatever the size of the blocks."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from toy_study import derive_in_blocks

from crf2tlf.derive.write import write_built
from crf2tlf.spec.load import load_study_standards
from crf2tlf.spec.model import Study
from crf2tlf.tables import RawTable
from sdtm.blocks import Extract, read_form

pytestmark = pytest.mark.public_data


@pytest.fixture(scope="module")
def tables(pilot: Study, pilot_data: Path) -> dict[str, RawTable]:
    extract = Extract(pilot_data / "raw", Path("no copies"), Path("no blocks"))
    return {name: read_form(pilot, form, extract) for name, form in pilot.forms.items()}


def select_subjects(table: RawTable, subjects: list[str]) -> RawTable:
    chosen = table.frame["PATNUM"].isin(subjects).to_numpy(dtype=bool)
    return RawTable(
        table.form, table.file, table.frame[chosen].reset_index(drop=True), table.rows[chosen], table.labels
    )


def build(
    study: Study, name: str, tables: dict[str, RawTable], subjects_per_block: int, folder: Path
) -> dict[str, bytes]:
    """Everything that is written for a dataset: XPT, SUPP-- XPT, lineage and issues."""
    built = derive_in_blocks(study, name, tables, subjects_per_block)
    write_built(study, study.sdtm[name], built, folder, load_study_standards(study))
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*.*") if path.is_file()}


@pytest.mark.parametrize("name", ["DM", "AE", "EX", "DS", "SE", "SV"])
def test_blocks_of_50_and_of_7_subjects_give_the_files_of_the_whole_study(
    name: str, pilot: Study, tables: dict[str, RawTable], tmp_path: Path
) -> None:
    whole = build(pilot, name, tables, 4000, tmp_path / "whole")
    assert f"{name.lower()}.xpt" in whole
    assert build(pilot, name, tables, 50, tmp_path / "50") == whole
    some = {form: select_subjects(table, first_subjects(tables, 28)) for form, table in tables.items()}
    assert build(pilot, name, some, 7, tmp_path / "7") == build(pilot, name, some, 4000, tmp_path / "some")


@pytest.mark.parametrize("name", ["DM", "AE", "EX", "DS", "SE", "SV"])
def test_blocks_of_one_subject_give_the_files_of_all_of_them(
    name: str, pilot: Study, tables: dict[str, RawTable], tmp_path: Path
) -> None:
    some = {form: select_subjects(table, first_subjects(tables, 6)) for form, table in tables.items()}
    whole = build(pilot, name, some, 4000, tmp_path / "whole")
    assert build(pilot, name, some, 1, tmp_path / "1") == whole


def first_subjects(tables: dict[str, RawTable], count: int) -> list[str]:
    """Some subjects, taken evenly over the study."""
    every = sorted(tables["dm"].frame["PATNUM"].tolist())
    return every[:: max(len(every) // count, 1)][:count]


def test_the_forms_in_another_order_of_rows_give_the_same_datasets(
    pilot: Study, tables: dict[str, RawTable], tmp_path: Path
) -> None:
    turned = {
        form: RawTable(table.form, table.file, table.frame[::-1].reset_index(drop=True), table.rows[::-1], table.labels)
        for form, table in tables.items()
    }
    for name in ("DM", "EX", "SE"):
        files = build(pilot, name, tables, 4000, tmp_path / "as it is" / name)
        others = build(pilot, name, turned, 4000, tmp_path / "turned" / name)
        # Lineage differs: of two records with the same value it names the one that stands last.
        assert {file: others[file] for file in files if file.endswith(".xpt")} == {
            file: content for file, content in files.items() if file.endswith(".xpt")
        }


def test_no_subject_is_lost_or_doubled_by_blocks(pilot: Study, tables: dict[str, RawTable]) -> None:
    built = derive_in_blocks(pilot, "DM", tables, 100)
    assert len(built.frame) == len(tables["dm"].frame)
    assert not built.frame["USUBJID"].duplicated().any()
    assert built.records["ROW"].is_unique
    assert pd.Series(built.records["DSROW"]).tolist() == list(range(1, 307))
