"""The stage: steps, files, the errors that stop it, and the pilot study as a whole."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

import pytest
from define_toy import make_frame, write_dataset

from crf2tlf.build import Options, run_steps
from crf2tlf.errors import DataError
from crf2tlf.spec.load import load_study_standards
from crf2tlf.spec.model import Study
from define.check import check_define
from define.findings import found
from define.stage import build_define, plan, require_no_errors
from define.write_xml import schema_errors

NAMES = ["acrf.pdf", "define.html", "define.xml", "define2-1.xsl"]


@pytest.fixture
def project(define_root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the toy's datasets, with the project as the working folder."""
    shutil.copytree(define_root / "build" / "toy", tmp_path / "toy")
    monkeypatch.chdir(define_root)
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    return tmp_path / "toy"


def hashes(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.iterdir())}


def test_each_standard_is_a_step(project: Path) -> None:
    steps = plan(Options("define", "toy", Path("specs"), project))
    assert [step.name for step in steps] == ["define/acrf", "define/sdtm", "define/adam"]
    assert [path.name for path in steps[0].outputs] == ["acrf.pdf"]
    steps = steps[1:]
    assert [path.name for path in steps[0].outputs] == ["define.xml", "define.html", "define2-1.xsl"]
    inputs = {path.name for path in steps[0].inputs}
    assert {"ae.xpt", "suppae.xpt", "first.pdf", "toy", "standards", "define.css", "define.js"} <= inputs
    assert not {"first.pdf", "ae.xpt"} & {path.name for path in steps[1].inputs}


def test_both_documents_are_built_and_then_kept(project: Path) -> None:
    options = Options("define", "toy", Path("specs"), project)
    built = run_steps("define", "toy", plan(options), build_folder=project, jobs=1, quiet=True)
    assert built.exit_code == 0
    first = hashes(project / "define" / "sdtm")
    assert list(first) == NAMES
    again = run_steps("define", "toy", plan(options), build_folder=project, jobs=1, quiet=True, force=True)
    assert again.exit_code == 0
    assert hashes(project / "define" / "sdtm") == first


def test_datasets_that_are_not_built_yet_are_asked_for(project: Path, toy_study: Study) -> None:
    with pytest.raises(DataError) as raised:
        build_define(toy_study, "SDTM", project / "none", project / "define")
    assert str(raised.value) == (
        f"toy: there are no datasets in {project / 'none'}\n  fix      run make sdtm STUDY=toy"
    )


def test_an_error_of_the_document_stops_the_stage(project: Path, toy_study: Study) -> None:
    frame = make_frame("AE")
    frame["AESEQ"] = [1.0, 1.0, 1.0]
    write_dataset(project / "sdtm" / "ae.xpt", "AE", toy_study.sdtm["AE"], frame)
    with pytest.raises(DataError) as raised:
        build_define(toy_study, "SDTM", project / "sdtm", project / "define" / "sdtm")
    assert str(raised.value) == (
        "toy: define.xml of SDTM would have 1 error:\n"
        "  DEF035 IG.AE: 2 records do not differ in their keys, such as STUDYID TOY-1, USUBJID TOY-1-01, AESEQ 1\n"
        "  fix      correct the spec, build sdtm again, then define"
    )
    assert not (project / "define").exists()


def test_many_errors_are_counted(toy_study: Study) -> None:
    findings = [found("OD0046", f"IT.{number:02d}", "x") for number in range(22)]
    with pytest.raises(DataError) as raised:
        require_no_errors(toy_study, "ADaM", findings)
    lines = str(raised.value).splitlines()
    assert lines[0] == "toy: define.xml of ADaM would have 22 errors:"
    assert lines[20:22] == ["  OD0046 IT.19: x", "  and 2 more"]


def test_warnings_do_not_stop_the_stage(toy_study: Study) -> None:
    require_no_errors(toy_study, "SDTM", [found("DD0110", "VISITNUM", "x")])


@pytest.mark.public_data
def test_the_pilot_study_has_two_valid_documents(
    pilot_build: Path, pilot: Study, root: Path, schema: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "cdiscpilot01"
    shutil.copytree(pilot_build, folder)
    monkeypatch.chdir(root)
    steps = plan(Options("define", "cdiscpilot01", Path("specs"), folder))
    assert run_steps("define", "cdiscpilot01", steps, build_folder=folder, jobs=1, quiet=True).exit_code == 0
    for standard in ("sdtm", "adam"):
        path = folder / "define" / standard / "define.xml"
        assert schema_errors(path.read_bytes(), schema) == []
        findings = check_define(path, folder / standard, load_study_standards(pilot))
        assert [finding for finding in findings if finding.severity == "error"] == []
