"""define.xml: valid, the same bytes every time, and readable by another program."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import cast

import pytest
from lxml import etree
from odmlib.define_loader import XMLDefineLoader
from odmlib.loader import ODMLoader

from crf2tlf.errors import DataError
from crf2tlf.spec.model import Standard
from crf2tlf.tables import moment_of_build
from define.model import CommentDef, Define
from define.stage import STYLESHEET_PATH
from define.write_xml import render_xml, schema_errors

Contents = dict[str, bytes]


@pytest.mark.parametrize("standard", ["SDTM", "ADaM"])
def test_the_document_is_valid_against_the_schema(contents: Contents, schema: str, standard: Standard) -> None:
    assert schema_errors(contents[standard], schema) == []


def test_a_fault_of_the_schema_is_told(contents: Contents, schema: str) -> None:
    faults = schema_errors(contents["SDTM"].replace(b'FileType="Snapshot"', b'FileType="Photo"'), schema)
    assert any("FileType" in fault for fault in faults)


def test_the_same_define_gives_the_same_bytes(defines: dict[Standard, Define], contents: Contents) -> None:
    assert render_xml(defines["SDTM"]) == contents["SDTM"]


def test_the_moment_is_that_of_the_build(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    assert moment_of_build() == datetime(1970, 1, 1, tzinfo=UTC)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1717200000")
    assert moment_of_build() == datetime(2024, 6, 1, tzinfo=UTC)


def test_a_character_that_xml_lacks_is_refused(defines: dict[Standard, Define]) -> None:
    comment = CommentDef("COM.X", "a\x01b")
    with pytest.raises(DataError) as raised:
        render_xml(replace(defines["SDTM"], comments=(comment,)))
    assert str(raised.value) == (
        "define.xml: odm:TranslatedText of COM.X has a character that XML cannot hold: 'a\\x01b'\n"
        "  fix      take control characters out of the spec or the data"
    )


def test_only_adam_carries_analysis_results(contents: Contents) -> None:
    assert b"arm/v1.0" not in contents["SDTM"]
    assert contents["ADaM"].count(b"<arm:AnalysisDataset ") == 2


def test_markup_in_texts_is_escaped(contents: Contents) -> None:
    root = etree.fromstring(contents["SDTM"])
    title = root.findtext(".//{*}StudyDescription")
    assert title == "A toy study of <b>drug</b> & placebo"


@pytest.mark.parametrize("standard", ["SDTM", "ADaM"])
def test_another_reader_finds_the_same(defines: dict[Standard, Define], standard: Standard) -> None:
    # odmlib reads analysis results of Define-XML 2.0 only.
    define = replace(defines[standard], displays=())
    loader = ODMLoader(XMLDefineLoader(model_package="define_2_1"))
    loader.load_odm_string(render_xml(define).decode())
    metadata = loader.MetaDataVersion()
    assert [group.Name for group in metadata.ItemGroupDef] == [group.name for group in define.groups]
    assert [item.OID for item in metadata.ItemDef] == [item.oid for item in define.items]
    assert [each.Name for each in metadata.CodeList] == [each.name for each in define.codelists]


@pytest.mark.parametrize("standard", ["SDTM", "ADaM"])
def test_the_stylesheet_shows_every_variable(
    contents: Contents, defines: dict[Standard, Define], standard: Standard
) -> None:
    page = etree.XSLT(etree.parse(STYLESHEET_PATH))(etree.fromstring(contents[standard]))
    ids = set(cast(list[str], page.xpath("//table[@class='variables']//tr/@id")))
    assert ids == {item.oid for item in defines[standard].items}
    assert page.xpath("count(//table[@class='datasets']/tbody/tr)") == len(defines[standard].groups)
