"""ODM files that are passed on block by block."""

from __future__ import annotations

from pathlib import Path

import pytest
from odm_toys import record, write_odm

from crf2tlf.errors import UnreadableFile
from crf2tlf.tables import RawTable, read_odm_blocks

UNIT = '<MeasurementUnitRef MeasurementUnitOID="MU.mm"/>'


def item(name: str, value: str, inside: str = "") -> str:
    return f'<ItemData ItemOID="{name}" Value="{value}">{inside}</ItemData>'


def blocks_of(path: Path, groups: list[str], block_records: int = 1) -> list[RawTable]:
    taken: list[RawTable] = []
    read_odm_blocks(path, groups, taken.append, block_records)
    return taken


@pytest.fixture(autouse=True)
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crf2tlf.tables.odm.BLOCK_BYTES", 16)


def test_a_group_comes_in_the_order_of_the_file_with_its_lines(tmp_path: Path) -> None:
    lines = [record(item("A", "a")), record(item("A", "b"), repeat="2"), record(item("A", "c"), subject="01-002")]
    taken = blocks_of(write_odm(tmp_path / "a.xml", "\n".join(lines)), ["IG.AE"])
    assert [(table.frame["A"].tolist(), table.rows.tolist()) for table in taken[:3]] == [
        (["a"], [4]),
        (["b"], [5]),
        (["c"], [6]),
    ]
    assert [len(table.frame) for table in taken[3:]] == [0]


def test_a_block_has_the_columns_that_its_records_need(tmp_path: Path) -> None:
    lines = [record(item("A", "1", UNIT)), record(item("A", "2"), repeat="2")]
    taken = blocks_of(write_odm(tmp_path / "a.xml", "\n".join(lines)), ["IG.AE"])
    assert ["A.UNIT" in table.frame for table in taken] == [True, False, False]


def test_the_unit_of_an_item_has_a_column_where_the_metadata_name_one(tmp_path: Path) -> None:
    body = f"""
<Study OID="S1"><MetaDataVersion OID="V2" Name="V2">
<ItemGroupDef OID="IG.AE" Name="AE" Repeating="Yes"><ItemRef ItemOID="A" Mandatory="No"/></ItemGroupDef>
<ItemDef OID="A" Name="A" DataType="integer">{UNIT}</ItemDef></MetaDataVersion></Study>
<ClinicalData StudyOID="S1" MetaDataVersionOID="V2">{record(item("A", "1"))}</ClinicalData>"""
    taken = blocks_of(write_odm(tmp_path / "a.xml", body, clinical=False), ["IG.AE"])
    assert [list(table.frame.columns[-2:]) for table in taken] == [["A", "A.UNIT"], ["A", "A.UNIT"]]


def test_a_transactional_file_comes_whole(tmp_path: Path) -> None:
    first = record(item("A", "old"))
    last = record(item("A", "new")).replace("<ItemGroupData ", '<ItemGroupData TransactionType="Update" ')
    path = write_odm(tmp_path / "a.xml", "\n".join([first, last]), kind="Transactional")
    (table,) = blocks_of(path, ["IG.AE"])
    assert (table.frame["A"].tolist(), table.rows.tolist()) == (["new"], [5])


def test_a_transaction_in_a_file_that_does_not_say_so_is_refused_once_records_are_gone(tmp_path: Path) -> None:
    first = record(item("A", "old"))
    last = record(item("A", "new")).replace("<ItemGroupData ", '<ItemGroupData TransactionType="Update" ')
    path = write_odm(tmp_path / "a.xml", "\n".join([first, last]))
    with pytest.raises(UnreadableFile) as caught:
        blocks_of(path, ["IG.AE"])
    assert str(caught.value).replace(str(path), "a.xml") == (
        "a.xml has transactions, but its root does not say FileType='Transactional'\n"
        "  fix      ask for the extract again"
    )
