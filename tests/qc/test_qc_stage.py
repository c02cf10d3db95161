"""The stage on the pilot study: files, findings, a seeded error in a transport file, and runs that change nothing."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from crf2tlf.build import Options, RunSummary, run_steps
from crf2tlf.errors import UsageError
from crf2tlf.spec.model import Study
from crf2tlf.tables import read_parquet, read_xpt, write_xpt
from qc.stage import dataset_paths, plan

STUDY = "cdiscpilot01"


@pytest.fixture(scope="module")
def built(pilot_build: Path, root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A build folder of the pilot study with the results of qc."""
    folder = tmp_path_factory.mktemp("qc") / STUDY
    for stage in ("sdtm", "adam"):
        shutil.copytree(pilot_build / stage, folder / stage)
    assert run(folder, root).exit_code == 0
    return folder


def run(folder: Path, root: Path) -> RunSummary:
    """Run the stage."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(root)
        steps = plan(Options("qc", STUDY, Path("specs"), folder))
        return run_steps("qc", STUDY, steps, build_folder=folder, jobs=1, quiet=True)


def spoil(path: Path, change: Sequence[tuple[str, int, str | float | None]]) -> None:
    """Write a transport file again with other values: (column, record from 1, value)."""
    file = read_xpt(path)
    frame: pd.DataFrame = file.frame.copy()
    for column, record, value in change:
        frame.loc[record - 1, column] = value
    longest = {name: int(frame[name].str.len().max()) for name, *_ in change if frame[name].dtype.kind != "f"}
    variables = [replace(each, length=max(each.length, longest.get(each.name, 0))) for each in file.variables]
    write_xpt(path, frame, name=file.name, label=file.label, variables=variables)


@pytest.mark.public_data
def test_the_pilot_study_has_no_open_finding(built: Path) -> None:
    told = json.loads((built / "qc" / "findings.json").read_text("utf-8"))
    assert told["counts"] == {"open findings, error": 0}
    assert told["findings"] == []
    assert told["rules"] > 2000


@pytest.mark.public_data
def test_no_page_needs_a_network_or_leads_out_of_the_folder(built: Path) -> None:
    folder = built / "qc"
    pages = [folder / "report.html", *sorted((folder / "data_docs").glob("*.html"))]
    assert len(pages) == 18
    for page in pages:
        text = page.read_text("utf-8")
        assert "http" not in text
        for link in re.findall(r"(?:src|href)=\"([^\"]*)\"", text):
            assert (page.parent / link).resolve().is_relative_to(folder.resolve())
            assert (page.parent / link).is_file()


@pytest.mark.public_data
def test_a_second_run_builds_nothing(built: Path, root: Path) -> None:
    assert run(built, root).built == ()


@pytest.mark.public_data
@pytest.mark.parametrize("name", ["qc/rules", "qc/expectations-SUPPAE", "qc/report"])
def test_a_step_gives_the_same_bytes_again(built: Path, root: Path, name: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(root)
        (step,) = (each for each in plan(Options("qc", STUDY, Path("specs"), built)) if each.name == name)
        before = {path: path.read_bytes() for path in step.outputs}
        step.run(*step.arguments)
    assert {path: path.read_bytes() for path in step.outputs} == before


@pytest.mark.public_data
def test_seeded_errors_are_found_by_both_runs_and_change_only_their_datasets(
    built: Path, root: Path, tmp_path: Path
) -> None:
    folder = tmp_path / STUDY
    shutil.copytree(built, folder)
    spoil(folder / "sdtm" / "ae.xpt", [("AESEV", 1, "MILDLY"), ("AESTDY", 2, 99.0), ("AETERM", 3, None)])
    spoil(folder / "adam" / "adtte.xpt", [("AVAL", 1, 0.5)])
    summary = run(folder, root)
    assert summary.exit_code == 0
    assert set(summary.built) == {"qc/rules", "qc/expectations-AE", "qc/expectations-ADTTE", "qc/report"}
    found = read_parquet(folder / "qc" / "findings.parquet")
    opened = found[found["STATUS"] == "open"]
    assert [tuple(row) for row in opened[["DATASET", "VARIABLE", "RULE", "COUNT"]].to_numpy().tolist()] == [
        ("ADTTE", "AVAL", "days_between", 1),
        ("AE", "AESEV", "codelist", 1),
        ("AE", "AETERM", "required", 1),
        ("AE", "AESTDY", "study_day", 1),
        ("AE", "", "sorted", 1),
    ]
    results = json.loads((folder / "qc" / "expectations" / "ae_result.json").read_text("utf-8"))["results"]
    (suite,) = (each for each in results if each["rule"] == "AE.AESEV.codelist")
    assert suite == {
        "rule": "AE.AESEV.codelist",
        "expectation": "expect_column_values_to_be_in_set",
        "success": False,
        "unexpected_records": 1,
    }


def test_a_stage_that_is_not_built_is_named(pilot: Study, tmp_path: Path) -> None:
    with pytest.raises(UsageError) as raised:
        dataset_paths(pilot, tmp_path)
    assert str(raised.value) == "cdiscpilot01: there are no SDTM files; run make sdtm STUDY=cdiscpilot01 first"
