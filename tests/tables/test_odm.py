"""The ODM-XML reader: tables, keys, values, units, vendors' attributes, lines."""

from __future__ import annotations

from pathlib import Path

import pytest
from odm_toys import record, write_odm

from crf2tlf.tables import RawTable, read_odm, read_raw

KEYS = ["STUDYID", "VERSION", "SITE", "SUBJ", "EVENT", "EVENT_REP", "FORM", "FORM_REP", "GROUP", "GROUP_REP"]


def read_one(path: Path) -> RawTable:
    (table,) = read_odm(path).values()
    return table


def test_a_record_gives_its_keys_and_its_values_as_they_stand(tmp_path: Path) -> None:
    items = '<ItemData ItemOID="AETERM" Value=" 腹泻 &amp; rash &lt;2 "/><ItemData ItemOID="AENO" Value="007"/>'
    table = read_one(write_odm(tmp_path / "a.xml", record(items)))
    assert list(table.frame.columns) == [*KEYS, "AETERM", "AENO"]
    assert table.frame.iloc[0].tolist() == [
        "S1", "V2", "01", "01-001", "SCR", "1", "F.AE", "1", "IG.AE", "1", " 腹泻 & rash <2 ", "007"
    ]  # fmt: skip
    assert str(table.frame["AETERM"].dtype) == "string"
    assert table.form == "IG.AE"


def test_typed_values_are_read_like_untyped_ones(tmp_path: Path) -> None:
    items = (
        '<ItemDataString ItemOID="A">text</ItemDataString><ItemDataInteger ItemOID="B">12</ItemDataInteger>'
        '<ItemDataDate ItemOID="C">2024-05-01</ItemDataDate><ItemDataAny ItemOID="D">&lt;0.1</ItemDataAny>'
        '<ItemDataPartialDate ItemOID="E">2024-05</ItemDataPartialDate>'
    )
    table = read_one(write_odm(tmp_path / "a.xml", record(items)))
    assert table.frame.iloc[0, 10:].to_dict() == {
        "A": "text", "B": "12", "C": "2024-05-01", "D": "<0.1", "E": "2024-05"
    }  # fmt: skip


def test_null_blank_and_absent_values_are_blank(tmp_path: Path) -> None:
    first = record('<ItemData ItemOID="A" IsNull="Yes"/><ItemData ItemOID="B" Value=""/><ItemData ItemOID="C"/>')
    second = record('<ItemData ItemOID="D" Value="x"/>', repeat="2")
    table = read_one(write_odm(tmp_path / "a.xml", f"{first}\n{second}"))
    assert table.frame.loc[:, ["A", "B", "C", "D"]].to_numpy().tolist() == [["", "", "", ""], ["", "", "", "x"]]


def test_a_unit_stands_beside_its_value(tmp_path: Path) -> None:
    items = (
        '<ItemData ItemOID="HGB" Value="12.1"><MeasurementUnitRef MeasurementUnitOID="MU.gdL"/></ItemData>'
        '<ItemDataFloat ItemOID="ALT" MeasurementUnitOID="MU.UL">30</ItemDataFloat>'
    )
    table = read_one(write_odm(tmp_path / "a.xml", record(items)))
    assert table.frame.iloc[0, 10:].to_dict() == {
        "HGB": "12.1", "HGB.UNIT": "MU.gdL", "ALT": "30", "ALT.UNIT": "MU.UL"
    }  # fmt: skip


def test_attributes_of_vendors_become_columns_of_their_level(tmp_path: Path) -> None:
    items = '<ItemData ItemOID="A" Value="x" v:Verified="Yes"/>'
    table = read_one(write_odm(tmp_path / "a.xml", record(items, attributes=' v:Status="Enrolled"')))
    assert table.frame.loc[0, ["SUBJ.v.Status", "A", "A.v.Verified"]].tolist() == ["Enrolled", "x", "Yes"]


def test_elements_of_vendors_audit_records_and_comments_are_no_records(tmp_path: Path) -> None:
    items = (
        '<AuditRecord><UserRef UserOID="U"/></AuditRecord><!-- <ItemGroupData ItemGroupOID="X"> -->'
        '<v:ItemGroupData v:x="1"/><v:ItemData ItemOID="Z" Value="z"/>'
        '<ItemData ItemOID="A" Value="x"><AuditRecord/><Annotation SeqNum="1"/></ItemData>'
    )
    body = "<!-- <ItemGroupData\n\n -->\n" + record(items) + "\n" + record(items, repeat="2")
    tables = read_odm(write_odm(tmp_path / "a.xml", body))
    assert list(tables) == ["IG.AE"]
    assert tables["IG.AE"].frame["A"].tolist() == ["x", "x"]
    assert list(tables["IG.AE"].frame.columns) == [*KEYS, "A"]
    assert tables["IG.AE"].rows.tolist() == [7, 8]


def test_rows_are_physical_lines_far_beyond_the_count_of_libxml2(tmp_path: Path) -> None:
    item = '<ItemData ItemOID="A"\n Value="{0}"/>\n'
    body = "\n".join(record(item.format(number), repeat=str(number)) for number in range(40_000))
    table = read_one(write_odm(tmp_path / "a.xml", body))
    # Each record takes three lines, the first of which is line 4.
    assert table.rows[[0, 1, 39_999]].tolist() == [4, 7, 4 + 3 * 39_999]
    assert table.frame["A"].iloc[39_999] == "39999"


@pytest.mark.parametrize("size", [1, 7, 64])
def test_blocks_may_end_anywhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    monkeypatch.setattr("crf2tlf.tables.odm.BLOCK_BYTES", size)
    body = (
        '<!-- <ItemGroupData -->\n<?note <ItemGroupData ?>\n' + record('<ItemData ItemOID="A" Value="&gt;腹"/>') + "\n"
        + record('<ItemData ItemOID="A" Value="b"/>', repeat="2")
    )  # fmt: skip
    table = read_one(write_odm(tmp_path / "a.xml", body))
    assert table.frame["A"].tolist() == [">腹", "b"]
    assert table.rows.tolist() == [6, 7]


def test_columns_stand_in_the_order_of_the_metadata_with_their_questions(tmp_path: Path) -> None:
    metadata = """
<Study OID="S1"><MetaDataVersion OID="V2" Name="V2">
<ItemGroupDef OID="IG.AE" Name="AE" Repeating="Yes"><ItemRef ItemOID="B" Mandatory="No"/>
<ItemRef ItemOID="A" Mandatory="No"/>
</ItemGroupDef><ItemGroupDef OID="IG.CM" Name="CM" Repeating="Yes"><ItemRef ItemOID="C" Mandatory="No"/></ItemGroupDef>
<ItemDef OID="A" Name="AETERM" DataType="text">
<Question><TranslatedText>Adverse event</TranslatedText></Question></ItemDef>
<ItemDef OID="B" Name="AENO" DataType="text"/></MetaDataVersion></Study>
<ClinicalData StudyOID="S1" MetaDataVersionOID="V2">
"""
    items = '<ItemData ItemOID="A" Value="a"/><ItemData ItemOID="X" Value="x"/>'
    path = write_odm(tmp_path / "a.xml", metadata + record(items) + "</ClinicalData>", clinical=False)
    tables = read_odm(path)
    assert list(tables) == ["IG.AE", "IG.CM"]
    assert list(tables["IG.AE"].frame.columns) == [*KEYS, "B", "A", "X"]
    assert tables["IG.AE"].labels == {"B": "AENO", "A": "Adverse event"}
    assert list(tables["IG.CM"].frame.columns) == [*KEYS, "C"]
    assert len(tables["IG.CM"].frame) == 0


def test_groups_limit_what_is_read(tmp_path: Path) -> None:
    path = write_odm(tmp_path / "a.xml", record('<ItemData ItemOID="A" Value="a"/>').replace("IG.AE", "IG.CM"))
    assert list(read_odm(path, ["IG.CM"])) == ["IG.CM"]
    table = read_raw(path, form="cm", format="odm", sheet="IG.CM")
    assert (table.form, table.frame["A"].tolist()) == ("cm", ["a"])


def test_a_snapshot_keeps_records_with_the_same_keys(tmp_path: Path) -> None:
    body = "\n".join(record(f'<ItemData ItemOID="A" Value="{value}"/>') for value in "ab")
    assert read_one(write_odm(tmp_path / "a.xml", body)).frame["A"].tolist() == ["a", "b"]


def test_utf_16_files_are_read(tmp_path: Path) -> None:
    path = write_odm(tmp_path / "a.xml", record('<ItemData ItemOID="A" Value="腹泻"/>'))
    path.write_text(path.read_text(encoding="utf-8").replace("UTF-8", "UTF-16"), encoding="utf-16")
    table = read_one(path)
    assert (table.frame["A"].tolist(), table.rows.tolist()) == (["腹泻"], [4])


def test_gb18030_files_are_read(tmp_path: Path) -> None:
    path = write_odm(tmp_path / "a.xml", record('<ItemData ItemOID="A" Value="腹泻"/>'))
    path.write_text(path.read_text(encoding="utf-8").replace("UTF-8", "GB18030"), encoding="gb18030")
    assert read_one(path).frame["A"].tolist() == ["腹泻"]
