"""A file of many forms is read once: its copies hold what it holds, and a form that is not as declared is refused."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from crf2tlf.errors import UnreadableFile
from crf2tlf.spec.facts import Form
from crf2tlf.spec.model import Study
from crf2tlf.tables import read_raw
from sdtm.blocks import Extract, read_form
from sdtm.raw_forms import copy_forms, copy_path

KEYS = ("STUDYID", "VERSION", "SITE", "SUBJ", "EVENT", "EVENT_REP", "FORM", "FORM_REP", "GROUP", "GROUP_REP")
ODM = """<?xml version="1.0" encoding="UTF-8"?>
<ODM xmlns="http://www.cdisc.org/ns/odm/v1.3" FileType="Snapshot" FileOID="F">
<ClinicalData StudyOID="S1" MetaDataVersionOID="V2"><SubjectData SubjectKey="01-001">
<StudyEventData StudyEventOID="SCR" StudyEventRepeatKey="1"><FormData FormOID="F" FormRepeatKey="1">
<ItemGroupData ItemGroupOID="IG.AE" ItemGroupRepeatKey="1"><ItemData ItemOID="TERM" Value="腹泻"/></ItemGroupData>
<ItemGroupData ItemGroupOID="IG.CM" ItemGroupRepeatKey="1"><ItemData ItemOID="DRUG" Value="x"/></ItemGroupData>
<ItemGroupData ItemGroupOID="IG.AE" ItemGroupRepeatKey="2"><ItemData ItemOID="TERM" Value=" b "/></ItemGroupData>
</FormData></StudyEventData></SubjectData></ClinicalData></ODM>
"""


def odm_form(pilot: Study, name: str, group: str, *items: str) -> Form:
    form = pilot.forms["ae"]
    return replace(form, name=name, file="all.xml", format="odm", sheet=group, subject="SUBJ", fields=(*KEYS, *items))


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw" / "all.xml").write_text(ODM, encoding="utf-8")
    return tmp_path / "raw"


def test_a_form_read_from_its_copy_is_the_form_read_from_the_file(pilot: Study, raw: Path, tmp_path: Path) -> None:
    forms = (odm_form(pilot, "ae", "IG.AE", "TERM"), odm_form(pilot, "cm", "IG.CM", "DRUG"))
    done = copy_forms(pilot, forms, raw / "all.xml", tmp_path / "copies")
    assert done.rows == {"raw.ae": 2, "raw.cm": 1}
    extract = Extract(raw, tmp_path / "copies", tmp_path / "blocks")
    for form in forms:
        copied = read_form(pilot, form, extract)
        direct = read_raw(raw / "all.xml", form=form.name, format="odm", sheet=form.sheet)
        assert copied.frame.to_dict("list") == direct.frame.to_dict("list")
        assert copied.frame.dtypes.tolist() == direct.frame.dtypes.tolist()
        assert copied.rows.tolist() == direct.rows.tolist()
        assert (copied.form, copied.file.name) == (form.name, "all.xml")
    assert read_form(pilot, forms[0], extract).frame["TERM"].tolist() == ["腹泻", " b "]


def test_the_same_file_gives_the_same_copies(pilot: Study, raw: Path, tmp_path: Path) -> None:
    form = odm_form(pilot, "ae", "IG.AE", "TERM")
    for folder in ("one", "two"):
        copy_forms(pilot, (form,), raw / "all.xml", tmp_path / folder)
    one, two = (copy_path(form, tmp_path / folder).read_bytes() for folder in ("one", "two"))
    assert one == two


def test_a_form_whose_items_are_not_those_of_the_spec_is_refused_and_leaves_no_copy(
    pilot: Study, raw: Path, tmp_path: Path
) -> None:
    form = odm_form(pilot, "ae", "IG.AE", "TERMS")
    with pytest.raises(UnreadableFile) as caught:
        copy_forms(pilot, (form,), raw / "all.xml", tmp_path / "copies")
    assert str(caught.value).splitlines()[0] == (
        "cdiscpilot01 raw.ae: all.xml: the fields TERMS (did you mean 'TERM'?) are absent; the fields TERM are not "
        "declared."
    )
    assert list((tmp_path / "copies").iterdir()) == []
