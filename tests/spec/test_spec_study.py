"""A whole study is read, and all its faults are told at once."""

from __future__ import annotations

from pathlib import Path

import pytest
from toy_project import copy_project, edit, read_faults

from crf2tlf.errors import SpecError, UsageError
from crf2tlf.rules.show import show
from crf2tlf.rules.verbs import Calculate, IsoDate, NoData, SetConstant
from crf2tlf.spec.graph import Graph
from crf2tlf.spec.load import load_study, read_study, study_names

ROOT = Path(__file__).parents[2]


def test_the_toy_study_has_no_faults(tmp_path: Path) -> None:
    copy_project(tmp_path)
    assert read_faults(tmp_path) == []


@pytest.mark.parametrize("name", study_names(ROOT))
def test_the_studies_of_the_repository_have_no_faults(name: str) -> None:
    assert [str(fault) for fault in read_study(name, ROOT)[1]] == []


def test_mistakes_in_several_files_are_told_together_by_file_and_line(tmp_path: Path) -> None:
    study = copy_project(tmp_path)
    edit(study / "sdtm" / "EX.yaml", "table: visits", "table: visit")
    edit(study / "adam" / "ADSL.yaml", "DM.SEX", "DM.SEXX")
    edit(study / "adam" / "ADSL.yaml", "DM.AGE", "DM.AGEE")
    edit(study / "codelists.yaml", "  cdisc: C66731", "  cdisc: C1")
    edit(study / "sdtm" / "AE.yaml", "{seq: true}", "{seq: [")
    assert read_faults(tmp_path) == [
        "specs/toy/adam/ADSL.yaml:8: variables.AGE: 'AGEE' is not a variable of DM; did you mean 'AGE'?",
        "specs/toy/adam/ADSL.yaml:9: variables.SEX: 'SEXX' is not a variable of DM; did you mean 'SEX'?",
        "specs/toy/codelists.yaml:2: SEX.cdisc: 'C1' is no codelist of the terminology in use",
        "specs/toy/sdtm/AE.yaml:11: not YAML: expected ',' or ']', but got '<scalar>'",
        "specs/toy/sdtm/EX.yaml:23: variables.VISITNUM: there is no table 'visit' in study.yaml; "
        "did you mean 'visits'?",
    ]


def test_loading_raises_all_faults_with_their_count(tmp_path: Path) -> None:
    study = copy_project(tmp_path)
    edit(study / "study.yaml", "study: toy", "study: play")
    edit(study / "sdtm" / "DM.yaml", "{set: CHN}", "{set: CHN, fron: raw.dm.SEX}")
    with pytest.raises(SpecError) as raised:
        load_study("toy", tmp_path)
    assert str(raised.value) == (
        "specs/toy/sdtm/DM.yaml:25: variables.COUNTRY.fron: 'fron' is not a known field; did you mean 'from'?\n"
        "specs/toy/study.yaml:1: study: the folder is named toy\n"
        "2 faults in the spec"
    )


def test_an_unknown_study_is_a_wrong_call(tmp_path: Path) -> None:
    copy_project(tmp_path)
    with pytest.raises(UsageError) as raised:
        load_study("tony", tmp_path)
    assert str(raised.value) == "there is no study 'tony' (the studies are: toy); did you mean 'toy'?"
    assert raised.value.exit_code == 2


@pytest.mark.parametrize("name", ["../toy", "toy/", ".", ""])
def test_a_study_is_a_name_and_no_path(name: str, tmp_path: Path) -> None:
    copy_project(tmp_path)
    with pytest.raises(UsageError, match="there is no study"):
        load_study(name, tmp_path)


def test_constants_are_numbers_only_without_quotes(tmp_path: Path) -> None:
    study = copy_project(tmp_path)
    edit(
        study / "study.yaml",
        '  SITE: "101"',
        '  SITE: "101"\n  ZERO: 0\n  HALF: 0.5\n  DEBT: -3\n  CODE: 007\n  TIME: 12:30',
    )
    assert load_study("toy", tmp_path).constants == {
        "STUDYID": "TOY-01",
        "CUTOFF": "2024-06-30",
        "LEGAL_AGE": 18.0,
        "SITE": "101",
        "ZERO": 0.0,
        "HALF": 0.5,
        "DEBT": -3.0,
        "CODE": "007",
        "TIME": "12:30",
    }


def test_rules_labels_and_origins_are_read_and_inherited(tmp_path: Path) -> None:
    copy_project(tmp_path)
    study = load_study("toy", tmp_path)
    dm = study.sdtm["DM"].variables
    assert (dm["SEX"].label, dm["SEX"].core, dm["SEX"].origin.type, dm["SEX"].origin.pages) == (
        "Sex",
        "Req",
        "Collected",
        (1,),
    )
    assert dm["COUNTRY"].rule == SetConstant("CHN")
    assert dm["DMDTC"].rule == NoData("the date of the visit is not collected")
    age = dm["AGE"].rule
    assert isinstance(age, Calculate)
    assert show(age.expression) == "year(RFICDTC) - number(raw.dm.BIRTH.YEAR)"
    start = study.adam["ADAE"].variables["ASTDT"].rule
    assert isinstance(start, IsoDate)
    assert (str(start.date), start.impute, str(start.not_before)) == ("AE.AESTDTC", "first", "ADSL.TRTSDT")
    assert study.codelists["NY"].terms["Y"].code == "C49488"
    assert study.tables["visits"].values("VISITNUM") == ["1", "2"]


def test_a_column_of_a_table_with_line_breaks_in_cells_keeps_its_line(tmp_path: Path) -> None:
    study = copy_project(tmp_path)
    (study / "visits.csv").write_text('VISIT,VISITNUM,ARM\n"Day\n1",1,A\nDay 8,2\n', encoding="utf-8")
    assert read_faults(tmp_path) == ["specs/toy/visits.csv:4: the row has 2 cells, the header 3"]


def test_a_table_that_is_not_utf_8_is_told(tmp_path: Path) -> None:
    study = copy_project(tmp_path)
    (study / "visits.csv").write_bytes(b"VISIT,VISITNUM,ARM\nDay\xff,1,A\n")
    assert read_faults(tmp_path) == ["specs/toy/visits.csv:1: the file is not UTF-8 at byte 22"]


def test_a_table_that_is_a_link_out_of_the_study_is_refused(tmp_path: Path) -> None:
    study = copy_project(tmp_path)
    (tmp_path / "secret.csv").write_text("VISIT,VISITNUM,ARM\n", encoding="utf-8")
    (study / "visits.csv").unlink()
    (study / "visits.csv").symlink_to(tmp_path / "secret.csv")
    assert read_faults(tmp_path) == [
        "specs/toy/study.yaml:38: tables.visits: 'visits.csv' is no file of the study's folder toy"
    ]


def test_a_project_is_found_by_a_relative_path_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copy_project(tmp_path)
    monkeypatch.chdir(tmp_path)
    assert [str(fault) for fault in read_study("toy", Path())[1]] == []
    assert load_study("toy", Path()).tables["visits"].path == "specs/toy/visits.csv"


def test_variables_that_do_not_meet_in_one_cycle_are_told_apart(tmp_path: Path) -> None:
    study = copy_project(tmp_path)
    edit(study / "sdtm" / "EX.yaml", "EXENDTC: {calc: EXSTDTC}", "EXENDTC: {calc: EXELTM}\n  EXELTM: {calc: EXENDTC}")
    edit(study / "adam" / "ADSL.yaml", "{calc: DM.ARM, codelist: ARMN}", "{calc: TRT01A}\n  TRT01A: {calc: TRT01P}")
    edit(study / "adam" / "ADSL.yaml", "TRT01PN: {decode: TRT01P}", "COUNTRY: {from: DM.COUNTRY, label: Country}")
    assert [fault for fault in read_faults(tmp_path) if "a cycle" in fault] == [
        "specs/toy/adam/ADSL.yaml:11: variables.TRT01A: a cycle: ADSL.TRT01A reads ADSL.TRT01P reads ADSL.TRT01A",
        "specs/toy/sdtm/EX.yaml:30: variables.EXELTM: a cycle: EX.EXELTM reads EX.EXENDTC reads EX.EXELTM",
    ]


def test_the_graph_knows_what_a_dataset_needs(tmp_path: Path) -> None:
    copy_project(tmp_path)
    study = load_study("toy", tmp_path)
    graph = Graph(study)
    assert graph.sources(study.sdtm["AE"]) == {"raw.ae", "raw.dm", "DM"}
    assert {"ADSL", "ADAE"} <= graph.sources(study.adam["ADTTE"])
    assert graph.cycle() == []
