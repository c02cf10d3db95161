"""ODM files that are refused, and with which words."""

from __future__ import annotations

from pathlib import Path

import pytest
from odm_toys import record, write_odm

from crf2tlf.errors import UnreadableFile
from crf2tlf.tables import read_odm

ITEM = '<ItemData ItemOID="A" Value="a"/>'


def refusal(path: Path, *groups: str) -> str:
    with pytest.raises(UnreadableFile) as caught:
        read_odm(path, groups or None)
    return str(caught.value).replace(str(path), "a.xml")


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path / "a.xml") == (
        "a.xml does not exist\n  fix      put it there, or correct the file in study.yaml"
    )


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.xml").write_bytes(b"")
    assert refusal(tmp_path / "a.xml") == "a.xml is empty\n  fix      ask for the extract again"


def test_a_file_that_ends_too_early_is_refused_with_its_line(tmp_path: Path) -> None:
    path = write_odm(tmp_path / "a.xml", record(ITEM))
    path.write_text(path.read_text(encoding="utf-8").split("</ItemGroupData>")[0] + "\n", encoding="utf-8")
    assert refusal(path) == (
        "a.xml is damaged: line 5: Premature end of data in tag ItemGroupData line 4\n"
        "  fix      ask for the extract again"
    )


def test_a_file_that_is_no_xml_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.xml").write_bytes(b"STUDYID,SUBJID\n")
    assert refusal(tmp_path / "a.xml").startswith("a.xml is damaged: line 1: Start tag expected")


def test_another_version_of_odm_is_refused(tmp_path: Path) -> None:
    path = write_odm(tmp_path / "a.xml", record(ITEM))
    path.write_text(path.read_text(encoding="utf-8").replace("odm/v1.3", "odm/v2.0"), encoding="utf-8")
    assert refusal(path) == (
        "a.xml is not ODM-XML 1.3: its root is ODM of the namespace 'http://www.cdisc.org/ns/odm/v2.0'\n"
        "  fix      ask for the extract as CDISC ODM-XML 1.3"
    )


def test_a_document_type_is_refused_and_no_entity_is_resolved(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("secret", encoding="utf-8")
    path = write_odm(tmp_path / "a.xml", record('<ItemDataString ItemOID="A">&x;</ItemDataString>'))
    doctype = f'<!DOCTYPE ODM [<!ENTITY x SYSTEM "{secret.as_uri()}">]>'
    path.write_text(path.read_text(encoding="utf-8").replace("?>\n", f"?>\n{doctype}\n", 1), encoding="utf-8")
    assert refusal(path) == (
        "a.xml is refused: line 2 declares a document type, as no ODM file does\n  fix      ask for the extract again"
    )


def test_an_item_twice_in_a_record_is_refused(tmp_path: Path) -> None:
    path = write_odm(tmp_path / "a.xml", record(ITEM + ITEM))
    assert refusal(path) == "a.xml line 4: the record holds A more than once\n  fix      ask for the extract again"


def test_a_record_without_a_group_and_a_value_without_an_item_are_refused(tmp_path: Path) -> None:
    path = write_odm(tmp_path / "a.xml", record(ITEM).replace(' ItemGroupOID="IG.AE"', ""))
    assert refusal(path) == "a.xml line 4: an ItemGroupData has no ItemGroupOID\n  fix      ask for the extract again"
    path = write_odm(tmp_path / "a.xml", record('<ItemData Value="a"/>'))
    assert refusal(path) == "a.xml line 4: an ItemData has no ItemOID\n  fix      ask for the extract again"


def test_a_group_that_is_not_there_is_named_with_what_may_be_meant(tmp_path: Path) -> None:
    path = write_odm(tmp_path / "a.xml", record(ITEM))
    assert refusal(path, "IG.AEE") == "a.xml has no item group 'IG.AEE'\n  fix      did you mean 'IG.AE'?"
    assert refusal(path, "XYZ") == "a.xml has no item group 'XYZ'\n  fix      its item groups are IG.AE"


def test_an_item_named_like_a_key_is_refused(tmp_path: Path) -> None:
    path = write_odm(tmp_path / "a.xml", record('<ItemData ItemOID="SITE" Value="a"/>'))
    assert refusal(path) == (
        "a.xml row 1: more than one column has the name SITE\n"
        "  fix      ask for the extract with one name for each column"
    )
