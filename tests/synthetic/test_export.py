"""The export of raw data: shapes, encodings, the same bytes, the same tables in every format."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import odmlib
import pandas as pd
import pytest
from export_toys import toy_block
from lxml import etree
from raw_toys import ROOT, SEED, read_files, toy_study, without_lab, write_toys

from crf2tlf.errors import UsageError
from crf2tlf.spec.crf import FormDef, ItemDef
from crf2tlf.tables import RawTable, read_odm, read_raw
from synthetic.__main__ import main
from synthetic.export.cells import render_form
from synthetic.export.converted import short_names
from synthetic.export.run import Order, make_raw, open_sink
from synthetic.simulate import Block

SCHEMA = Path(odmlib.__file__).parent / "schemas/odm/1.3.2/ODM1-3-2.xsd"


def digests(folder: Path) -> dict[str, str]:
    """The content of each file of a folder."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in paths}


def test_cells_are_written_as_a_site_types_them() -> None:
    items = (
        ItemDef("DAT", "Date", "date"),
        ItemDef("TIM", "Time", "time"),
        ItemDef("NUM", "Number", "float", decimals=2),
        ItemDef("CNT", "Count", "integer"),
        ItemDef("TXT", "Text", "text"),
        ItemDef("COD", "Code", "code", (("Y", "Yes", "是"),)),
    )
    form = FormDef("T", "Toy", "", "toy", False, ("SCR",), items)
    keys = {"SITE": "01", "SUBJECT": "01-001", "EVENT": "SCR", "EVENT_REP": 1, "FORM_REP": 1, "ROW_REP": 2}
    values = {"DAT": 23_407.0, "TIM": 510.0, "NUM": 5.5, "CNT": 12.0, "TXT": "a", "COD": "Y"}
    full = pd.DataFrame([keys | {"EVENT_DATE": 0.0} | values])
    blank = pd.DataFrame([keys | {"EVENT_DATE": np.nan} | dict.fromkeys(values, np.nan)])
    clean = pd.concat([full, blank], ignore_index=True)
    for name in ("SITE", "SUBJECT", "EVENT", "TXT", "COD"):
        clean[name] = clean[name].astype("string[pyarrow]")
    cells = render_form(form, clean).cells
    assert cells.iloc[0].to_dict() == {
        "SITE": "01", "SUBJECT": "01-001", "EVENT": "SCR", "EVENT_REP": "1", "FORM_REP": "1", "ROW_REP": "2",
        "EVENT_DATE": "1960-01-01", "VERSION": "2.0", "DAT": "2024-02-01", "TIM": "08:30", "NUM": "5.50", "CNT": "12",
        "TXT": "a", "COD": "Y",
    }  # fmt: skip
    assert cells.iloc[1, 8:].isna().all()


def test_a_csv_file_has_a_mark_labels_oids_and_pairs_of_text_and_code(tmp_path: Path) -> None:
    write_toys(toy_study("fulpyr"), tmp_path, 3, 3, faults=False)
    content = (tmp_path / "dm.csv").read_bytes()
    assert content.startswith(b"\xef\xbb\xbfStudy,Site number,Subject number,")
    table = read_raw(tmp_path / "dm.csv", form="dm", format="csv", header_rows=2)
    assert list(table.frame.columns)[:14] == [
        "STUDYID", "SITEID", "SUBJID", "SiteSeq", "SubjectSeq", "EventId", "EventName", "EventSeq", "EventDate",
        "FormSeq", "ItemGroupSeq", "SubjectFormSeq", "OriginSubjectFormSeq", "DesignVersion",
    ]  # fmt: skip
    assert table.labels["SEX"] == "Sex"
    assert table.labels["SEXCD"] == "Sex, code"
    assert table.labels["AGE"] == "Age at consent (years)"
    pairs = set(zip(table.frame["SEX"], table.frame["SEXCD"], strict=True))
    assert pairs <= {("Female", "F"), ("Male", "M"), ("", "")}
    assert table.frame.loc[1, ["SITEID", "SUBJID", "SiteSeq", "SubjectSeq", "EventName"]].tolist() == [
        "02", "02-002", "2", "2", "Screening"
    ]  # fmt: skip


def test_side_files_name_each_column_of_each_form(tmp_path: Path) -> None:
    study = toy_study("fulpyr")
    write_toys(study, tmp_path, 2, 2, faults=False)
    items = read_raw(tmp_path / "Items.csv", form="items", format="csv").frame
    lists = read_raw(tmp_path / "CodeLists.csv", form="lists", format="csv").frame
    for form in study.forms:
        table = read_raw(tmp_path / f"{form.lower()}.csv", form=form, format="csv", header_rows=2)
        assert set(items.loc[items["FormId"] == form, "ColumnName"]) <= set(table.frame.columns)
    assert set(items.loc[items["CodeListId"] != "", "CodeListId"]) == set(lists["CodeListId"])
    assert lists.loc[lists["CodeListId"] == "CL_DM_SEX", ["Code", "Text", "TextChinese"]].to_numpy().tolist() == [
        ["F", "Female", "女"],
        ["M", "Male", "男"],
    ]


@pytest.mark.parametrize("study", ["fulpyr", "pyrws"])
def test_the_odm_file_is_valid_against_the_schema_of_odm_1_3_2(tmp_path: Path, study: str) -> None:
    write_toys(toy_study(study, "odm"), tmp_path)
    (path,) = tmp_path.glob("*.xml")
    schema = etree.XMLSchema(etree.parse(str(SCHEMA)))
    assert schema.validate(etree.parse(str(path))), str(schema.error_log)


def test_the_odm_file_of_simulated_patients_is_valid_and_names_only_what_is_defined(tmp_path: Path) -> None:
    make_raw(Order("pyrws", subjects=30), tmp_path, ROOT)
    tree = etree.parse(str(tmp_path / "pyrws_odm.xml"))
    schema = etree.XMLSchema(etree.parse(str(SCHEMA)))
    assert schema.validate(tree), str(schema.error_log)
    for defined, used, attribute in (
        ("StudyEventDef", "StudyEventData", "StudyEventOID"),
        ("FormDef", "FormData", "FormOID"),
        ("ItemGroupDef", "ItemGroupData", "ItemGroupOID"),
        ("ItemDef", "ItemData", "ItemOID"),
        ("MetaDataVersion", "ClinicalData", "MetaDataVersionOID"),
        ("Location", "SiteRef", "LocationOID"),
        ("MeasurementUnit", "MeasurementUnitRef", "MeasurementUnitOID"),
    ):
        known = {element.get("OID") for element in tree.iter(f"{{*}}{defined}")}
        assert {element.get(attribute) for element in tree.iter(f"{{*}}{used}")} <= known


def common(table: RawTable, form: FormDef, odm: bool) -> pd.DataFrame:
    """Keys and items of a raw table under the names of the form, sorted."""
    keys = ("SITE", "SUBJ", "EVENT", "EVENT_REP", "FORM_REP", "GROUP_REP", "VERSION")
    csv_keys = ("SITEID", "SUBJID", "EventId", "EventSeq", "FormSeq", "ItemGroupSeq", "DesignVersion")
    names = {item.oid: f"{form.oid}.{item.oid}" if odm else item.oid + "CD" * bool(item.codes) for item in form.items}
    chosen = {key: table.frame[key if odm else csv] for key, csv in zip(keys, csv_keys, strict=True)}
    frame = pd.DataFrame(chosen | {oid: table.frame[name] for oid, name in names.items()})
    return frame.sort_values(list(frame.columns)).reset_index(drop=True)


@pytest.mark.parametrize("study", ["fulpyr", "pyrws"])
@pytest.mark.parametrize("faults", [False, True])
def test_csv_and_odm_of_the_same_seed_give_the_same_raw_tables(tmp_path: Path, study: str, faults: bool) -> None:
    # A text that contradicts its code can stand in CSV only, and changes which other records may be hit.
    specs = {kind: without_lab(toy_study(study, kind, without=("text_and_code",))) for kind in ("csv", "odm")}
    for kind, spec in specs.items():
        write_toys(spec, tmp_path / kind, faults=faults)
    (odm,) = (tmp_path / "odm").glob("*.xml")
    groups = read_odm(odm)
    for name, form in specs["csv"].forms.items():
        flat = read_raw(tmp_path / f"csv/{name.lower()}.csv", form=name, format="csv", header_rows=2)
        pd.testing.assert_frame_equal(common(groups[f"IG.{name}"], form, odm=True), common(flat, form, odm=False))


@pytest.mark.parametrize("kind", ["xpt", "xlsx"])
def test_xpt_and_xlsx_hold_what_csv_holds(tmp_path: Path, kind: str) -> None:
    study = toy_study("fulpyr")
    write_toys(study, tmp_path / "csv", 10, 10)
    write_toys(toy_study("fulpyr", kind), tmp_path / kind, 10, 10)
    for form in ("ae", "lbchem", "tl"):
        flat = read_raw(tmp_path / f"csv/{form}.csv", form=form, format="csv", header_rows=2)
        ((_, other),) = read_files(tmp_path / kind, [f"{form}.{kind}"]).items()
        expected = flat.frame.rename(columns=short_names(list(flat.frame.columns))) if kind == "xpt" else flat.frame
        expected = expected.apply(lambda column: column.str.rstrip(" ")) if kind == "xpt" else expected
        pd.testing.assert_frame_equal(other.frame, expected)
        assert list(other.rows - flat.rows) == [0 if kind == "xlsx" else -1] * len(flat.rows)


def test_the_central_laboratory_sends_chinese_texts_in_gb18030(tmp_path: Path) -> None:
    study = toy_study("pyrws")
    write_toys(study, tmp_path, 5, 5, faults=False)
    table = read_raw(tmp_path / "central_lab.csv", form="lab", format="csv", encoding="gb18030", header_rows=2)
    assert table.labels["LBORRES"] == "结果"
    first = table.frame.iloc[0]
    assert first[["STUDYID", "SITEID", "SUBJID", "VISIT", "LBGRP"]].tolist() == [
        "PYRWS", "01", "01-001", "SCR", "血常规"
    ]  # fmt: skip
    assert set(table.frame["LBTEST"]) >= {"血红蛋白", "肌酐", "丙氨酸氨基转移酶"}
    wide = render_form(study.forms["LBHEM"], toy_block(study.forms, range(5), SEED).forms["LBHEM"]).cells
    long = table.frame[table.frame["LBTESTCD"] == "HGB"]
    kept = wide[wide["HGB_LBORRES"].notna()].fillna("")
    columns = ["HGB_LBORRES", "HGB_LBORRESU", "HGB_LBORNRLO", "HGB_LBORNRHI"]
    assert sorted(map(tuple, long[["SUBJID", "VISIT", "LBORRES", "LBORRESU", "LBORNRLO", "LBORNRHI"]].to_numpy())) == (
        sorted(map(tuple, kept[["SUBJECT", "EVENT", *columns]].to_numpy()))
    )


def test_a_record_of_the_laboratory_has_one_raw_row_for_each_test_with_a_result(tmp_path: Path) -> None:
    study = toy_study("pyrws")
    forms = toy_block(study.forms, range(2), SEED).forms
    cells = {name: render_form(study.forms[name], frame) for name, frame in forms.items()}
    with open_sink(study, tmp_path) as sink:
        sink.write(cells)
        rows = sink.raw_rows("LBHEM", np.array([1], dtype=np.int64))
        others = sink.raw_rows("DM", np.array([1], dtype=np.int64))
    results = cells["LBHEM"].cells.filter(like="_LBORRES").iloc[1]
    names = [name.removesuffix("_LBORRES") for name in results.index[results.notna()] if name.endswith("_LBORRES")]
    assert rows["RECORD"].tolist() == [f"1 {name}" for name in names]
    table = read_raw(tmp_path / "central_lab.csv", form="lab", format="csv", encoding="gb18030", header_rows=2)
    tests = dict(zip(table.rows.tolist(), table.frame["LBTESTCD"], strict=True))
    assert [tests[row] for row in rows["ROW"]] == names
    assert set(rows["FILE"]) == {"central_lab.csv"}
    assert others[["RECORD", "FILE"]].to_numpy().tolist() == [["1", "pyrws_odm.xml"]]


@pytest.mark.parametrize("study", ["fulpyr", "pyrws"])
def test_two_runs_give_the_same_bytes_and_another_seed_gives_others(tmp_path: Path, study: str) -> None:
    for name, seed in (("one", None), ("two", None), ("other", 99)):
        make_raw(Order(study, subjects=15, seed=seed), tmp_path / name, ROOT)
    one, two, other = (digests(tmp_path / name) for name in ("one", "two", "other"))
    assert one == two
    of_metadata = {"CodeLists.csv", "Events.csv", "Forms.csv", "Items.csv"}
    assert {name for name in one if one[name] == other.get(name)} == of_metadata


@pytest.mark.parametrize("study", ["fulpyr", "pyrws"])
def test_nothing_depends_on_the_size_of_the_blocks(tmp_path: Path, study: str) -> None:
    often = toy_study(study)
    specs = {kind: replace(spec, rate=0.3) for kind, spec in often.faults.items()}
    for folder, size in (("whole", 30), ("parts", 11)):
        write_toys(replace(often, faults=specs), tmp_path / folder, 30, size)
    whole, parts = digests(tmp_path / "whole"), digests(tmp_path / "parts")
    # The row groups of a Parquet file are the blocks.
    assert {name for name in whole if whole[name] != parts[name]} == {"truth/subjects.parquet"}


def test_another_format_takes_the_place_of_the_files_of_the_run_before(tmp_path: Path) -> None:
    make_raw(Order("fulpyr", subjects=5), tmp_path / "raw", ROOT)
    assert (tmp_path / "raw/ae.csv").is_file()
    make_raw(Order("fulpyr", subjects=5, format="odm"), tmp_path / "raw", ROOT)
    assert not (tmp_path / "raw/ae.csv").exists()
    record = json.loads((tmp_path / "raw/raw.json").read_text(encoding="utf-8"))
    found = {str(path.relative_to(tmp_path / "raw")) for path in (tmp_path / "raw").rglob("*") if path.is_file()}
    assert set(record["files"]) == found - {"raw.json"}
    assert record["format"] == "odm"


def test_a_folder_of_others_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(UsageError) as caught:
        make_raw(Order("fulpyr", subjects=5), tmp_path, ROOT)
    assert str(caught.value) == f"{tmp_path} is not empty and not made here: name another folder (--out)"


def test_the_command_makes_the_data_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(ROOT)
    build = ["--build", str(tmp_path / "build"), "--quiet"]
    assert main(["fulpyr", "--subjects", "5", *build]) == 0
    assert (tmp_path / "build/fulpyr/raw/truth/subjects.parquet").is_file()
    capfd.readouterr()
    assert main(["fulpyr", "--subjects", "5", *build]) == 0
    assert "up to date" in "".join(capfd.readouterr())
    assert main(["cdiscpilot01", *build]) == 2
    assert capfd.readouterr().err.startswith("'cdiscpilot01' is no synthetic study; those are fulpyr, pyrws")


def test_short_names_of_xpt_are_unique() -> None:
    assert short_names(["CREAT_LBORRES", "CREAT_LBORRESU", "AE.TERM"]) == {
        "CREAT_LBORRES": "CREAT_LB",
        "CREAT_LBORRESU": "CREAT_L2",
        "AE.TERM": "AETERM",
    }


def test_a_study_without_faults_in_its_spec_may_still_be_exported(tmp_path: Path) -> None:
    study = replace(toy_study("fulpyr"), faults={})
    write_toys(study, tmp_path, 3, 3)
    assert (tmp_path / "manifest.csv").read_text(encoding="utf-8") == (
        "number,kind,case,subject,form,file,row,field,raw,true\n"
    )


def test_a_run_that_broke_leaves_no_file_and_the_next_one_goes_through(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = Order("fulpyr", subjects=5)

    def breaks(*_: object, **__: object) -> Iterator[Block]:
        yield toy_block(toy_study("fulpyr").forms, range(2))
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("synthetic.export.run.simulate", breaks)
        with pytest.raises(KeyboardInterrupt):
            make_raw(order, tmp_path / "raw", ROOT)
    assert [path.name for path in (tmp_path / "raw").rglob("*") if path.is_file()] == ["raw.json"]
    make_raw(order, tmp_path / "raw", ROOT)
    assert (tmp_path / "raw/ae.csv").is_file()


def test_the_command_writes_clean_data_into_a_folder_of_ones_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(ROOT)
    arguments = ["pyrws", "--subjects", "4", "--seed", "5", "--format", "csv", "--no-faults", "--out", str(tmp_path)]
    assert main(arguments) == 0
    assert capsys.readouterr().out.startswith(f"{tmp_path}: ")
    assert len((tmp_path / "manifest.csv").read_text(encoding="utf-8").splitlines()) == 1
    record = json.loads((tmp_path / "raw.json").read_text(encoding="utf-8"))
    assert (record["seed"], record["format"], record["faults"]) == (5, "csv", False)
