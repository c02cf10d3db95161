"""The stage: what it asks for, what it packages, and the same bytes each time."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from package_toys import write_define

from crf2tlf.build import Options, RunSummary, run_steps
from crf2tlf.errors import DataError, UsageError
from crf2tlf.spec.load import load_study
from crf2tlf.spec.model import Study
from crf2tlf.tables import moment_of_build, read_xpt, write_parquet, write_xpt
from submission.layout import Layout
from submission.manifest import list_files
from submission.programs import program_sources, render_readme
from submission.stage import plan, require_stages

STUDY = "cdiscpilot01"
LAYOUT = Layout(STUDY)


def write_findings(folder: Path) -> None:
    """The tables of qc, without findings."""
    findings = pd.DataFrame({name: pd.Series([], dtype="string") for name in ("DATASET", "VARIABLE", "MESSAGE")})
    rules = pd.DataFrame({"DATASET": ["AE"], "BLOCKED": [""]})
    folder.mkdir(parents=True)
    write_parquet(folder / "findings.parquet", findings)
    write_parquet(folder / "rules.parquet", rules)


@pytest.fixture
def build(pilot_build: Path, tmp_path: Path) -> Path:
    """A build folder of the pilot study whose qualifiers of AE are empty, with a small define.xml for each standard."""
    folder = tmp_path / STUDY
    for stage, documents in (("sdtm", ["acrf.pdf", "csdrg.pdf"]), ("adam", ["adrg.pdf"])):
        shutil.copytree(pilot_build / stage, folder / stage)
        names = sorted(path.name for path in (folder / stage).glob("*.xpt") if path.name != "suppae.xpt")
        write_define(folder / "define" / stage, [*names, *documents])
    (folder / "define" / "sdtm" / "acrf.pdf").write_bytes(b"%PDF-1.4\n")
    path = folder / "sdtm" / "suppae.xpt"
    file = read_xpt(path)
    write_xpt(path, file.frame.head(0), name=file.name, label=file.label, variables=file.variables)
    write_findings(folder / "qc")
    return folder


def run(folder: Path, root: Path) -> RunSummary:
    """Run the stage."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(root)
        steps = plan(Options("submission", STUDY, Path("specs"), folder))
        return run_steps("submission", STUDY, steps, build_folder=folder, jobs=1, quiet=True)


@pytest.mark.public_data
def test_the_package_of_the_pilot_study_is_whole(build: Path, root: Path) -> None:
    assert run(build, root).exit_code == 0
    files = list_files(build / "m5")
    tabulations = [name.removeprefix(f"{LAYOUT.sdtm}/") for name in files if name.startswith(f"{LAYOUT.sdtm}/")]
    assert tabulations == [
        "acrf.pdf",
        "ae.xpt",
        "csdrg.pdf",
        "define.html",
        "define.xml",
        "define2-1.xsl",
        "dm.xpt",
        "ds.xpt",
        "ex.xpt",
        "se.xpt",
        "suppdm.xpt",
        "sv.xpt",
        "ta.xpt",
        "te.xpt",
        "ti.xpt",
        "ts.xpt",
        "tv.xpt",
    ]
    assert f"{LAYOUT.programs}/adam-adsl.txt" in files
    assert (build / "m5" / LAYOUT.adam / "adsl.xpt").read_bytes() == (build / "adam" / "adsl.xpt").read_bytes()


@pytest.mark.public_data
def test_a_second_run_builds_nothing_and_a_new_one_gives_the_same_bytes(build: Path, root: Path) -> None:
    assert run(build, root).exit_code == 0
    before = {name: (build / "m5" / name).read_bytes() for name in [*list_files(build / "m5"), "manifest.sha256"]}
    assert run(build, root).built == ()
    shutil.rmtree(build / "m5")
    shutil.rmtree(build / "submission")
    assert len(run(build, root).built) == 3
    after = {name: (build / "m5" / name).read_bytes() for name in [*list_files(build / "m5"), "manifest.sha256"]}
    assert after == before


@pytest.mark.public_data
def test_a_package_with_a_problem_does_not_appear(build: Path, root: Path) -> None:
    (build / "define" / "adam" / "define.xml").write_text("<ODM/>", encoding="utf-8")
    summary = run(build, root)
    assert summary.exit_code == 1
    folder = LAYOUT.adam.as_posix()
    assert summary.failed["submission/m5"] == (
        "cdiscpilot01: the package has 4 problems:\n"
        f"  {folder}/adae.xpt: define.xml does not name it\n"
        f"  {folder}/adrg.pdf: define.xml does not name it\n"
        f"  {folder}/adsl.xpt: define.xml does not name it\n"
        f"  {folder}/adtte.xpt: define.xml does not name it"
    )
    assert not (build / "m5").exists()
    assert not list(build.glob(".*.part"))


@pytest.mark.parametrize(
    ("present", "message"),
    [
        ((), "cdiscpilot01: there is no SDTM dataset; run make sdtm STUDY=cdiscpilot01 first"),
        (("sdtm/ae.xpt",), "cdiscpilot01: there is no ADaM dataset; run make adam STUDY=cdiscpilot01 first"),
        (
            ("sdtm/ae.xpt", "adam/adsl.xpt"),
            "cdiscpilot01: there is no define/sdtm/define.xml; run make define STUDY=cdiscpilot01 first",
        ),
        (
            (
                "sdtm/ae.xpt",
                "adam/adsl.xpt",
                *(f"define/{s}/define{n}" for s in ("sdtm", "adam") for n in (".xml", "2-1.xsl")),
                "define/sdtm/acrf.pdf",
            ),
            "cdiscpilot01: there is no qc/findings.parquet; run make qc STUDY=cdiscpilot01 first",
        ),
    ],
)
def test_the_stage_that_is_not_built_is_named(
    pilot: Study, tmp_path: Path, present: tuple[str, ...], message: str
) -> None:
    for name in present:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(b"")
    with pytest.raises(UsageError) as raised:
        require_stages(pilot, tmp_path, ["SDTM", "ADaM"])
    assert str(raised.value) == message


def test_programs_are_named_as_ectd_wants_it(pilot: Study) -> None:
    sources = program_sources(pilot)
    assert {"study.txt", "codelists.txt", "visits.txt", "sdtm-ae.txt", "adam-adtte.txt", "trial-design-ta.txt"} <= set(
        sources
    )
    assert "accepted-findings.txt" not in sources
    assert sources["adam-adtte.txt"] == pilot.folder / "adam" / "ADTTE.yaml"


def test_programs_are_the_whole_specification(root: Path) -> None:
    sources = program_sources(load_study("fulpyr", root))
    wanted = {"findings-lb-tests.txt", "analysis-criteria.txt", "responses-recist.txt", "tlf-t-14-1-1-1.txt"}
    assert wanted - set(sources) == set()


def test_the_readme_of_the_programs_leads_back_to_the_specification(pilot: Study) -> None:
    sources = {"study.txt": pilot.folder / "study.yaml", "adam-adsl.txt": pilot.folder / "adam" / "ADSL.yaml"}
    assert render_readme(pilot, "0.1.0", sources) == (
        "Study CDISCPILOT01: the specification of its datasets and displays\n"
        "\n"
        "The datasets and displays were built by crf2tlf 0.1.0, which reads this specification and nothing else:\n"
        "each file says where the values of one dataset or display come from. To run it, give each file its original\n"
        "name again under specs/cdiscpilot01/ and call make sdtm adam tlf STUDY=cdiscpilot01.\n"
        "\n"
        "study.txt      study.yaml\n"
        "adam-adsl.txt  adam/ADSL.yaml\n"
    )


def test_two_files_of_one_name_are_refused(pilot: Study, tmp_path: Path) -> None:
    for name in ("visits.csv", "visits.yaml"):
        (tmp_path / name).write_text("x", encoding="utf-8")
    with pytest.raises(DataError) as raised:
        program_sources(replace(pilot, folder=tmp_path))
    assert str(raised.value) == (
        "cdiscpilot01: visits.csv and visits.yaml would both be visits.txt.\n  fix      rename one of them"
    )


def test_documents_carry_the_moment_of_the_build(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    assert moment_of_build().isoformat() == "1970-01-01T00:00:00+00:00"
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    assert moment_of_build().isoformat() == "2023-11-14T22:13:20+00:00"
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "soon")
    with pytest.raises(UsageError, match="SOURCE_DATE_EPOCH is 'soon', not a number of seconds since 1970"):
        moment_of_build()
