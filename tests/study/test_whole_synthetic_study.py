"""The main job of the synthetic studies at a small size, raw data to package, with and without faults."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from crf2tlf.spec.load import load_study, load_study_standards
from define.check import check_content
from define.files import count_crf_pages, dataset_paths, read_datasets

ROOT = Path(__file__).resolve().parents[2]
STUDIES = ("fulpyr", "pyrws")
STAGES = ("sdtm", "adam", "tlf", "define", "qc", "submission")
SUBJECTS = "40"
# The dictionary of the synthetic studies is invented, and says so where the version of MedDRA would stand.
KNOWN_IN_DEFINE = {"DD0025"}

# The kinds of planted faults (docs/synthetic_faults.md) that leave an open finding in a dataset.
BEHIND = {
    "AE": {"end_before_start"},
    "ADAE": {"end_before_start"},
    "CM": {"medication"},
    "ADCM": {"medication"},
    "EC": {"dose_records"},
    "EX": {"dose_records"},
    "ADEX": {"dose_records"},
    "IE": {"eligibility_or_drug"},
    "SE": {"consent_late", "death_dates_differ"},
}

pytestmark = pytest.mark.slow


@dataclass(frozen=True)
class Chain:
    """A study that all stages have built."""

    study: str
    raw: Path
    build: Path

    def findings_of_qc(self) -> list[dict[str, Any]]:
        """What qc found and nobody accepted."""
        told = json.loads((self.build / "qc" / "findings.json").read_text("utf-8"))
        return [finding for finding in told["findings"] if finding["status"] == "open"]

    def findings_of_define(self, standard: str) -> set[str]:
        """What the checker of define.xml finds in a document."""
        study, folder = load_study(self.study, ROOT), self.build / standard.lower()
        content = (self.build / "define" / standard.lower() / "define.xml").read_bytes()
        files, pages = read_datasets(dataset_paths(folder), study.encoding), count_crf_pages(study, self.raw).total
        found = check_content(content, files, load_study_standards(study), crf_pages=pages)
        return {str(finding) for finding in found if finding.rule not in KNOWN_IN_DEFINE}


def build_chain(study: str, folder: Path, *extract: str) -> Chain:
    """Simulate a study and run all stages; each must succeed."""
    raw = folder / "raw"
    run("synthetic", study, "--subjects", SUBJECTS, *extract, "--out", str(raw))
    for stage in STAGES:
        run(stage, study, "--raw", str(raw), "--build", str(folder), "--quiet")
    return Chain(study, raw, folder / study)


def run(stage: str, *arguments: str) -> None:
    command = [sys.executable, "-W", "error", "-m", stage, *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=900, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="module", params=STUDIES)
def clean(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Chain:
    """A study without faults."""
    return build_chain(request.param, tmp_path_factory.mktemp("clean"), "--no-faults")


@pytest.fixture(scope="module", params=STUDIES)
def faulty(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Chain:
    """A study with planted faults."""
    return build_chain(request.param, tmp_path_factory.mktemp("faulty"))


def test_clean_data_leave_no_finding(clean: Chain) -> None:
    assert clean.findings_of_qc() == []
    assert clean.findings_of_define("SDTM") == set()
    assert clean.findings_of_define("ADaM") == set()


def test_every_define_describes_values_one_by_one(clean: Chain) -> None:
    sdtm, adam = ((clean.build / "define" / each / "define.xml").read_text("utf-8") for each in ("sdtm", "adam"))
    for owner in ("LB.LBORRES", "VS.VSSTRESN", "RS.RSORRES", "SUPPAE.QVAL", "SUPPDM.QVAL", "TS.TSVAL"):
        assert f'<def:ValueListDef OID="VL.{owner}">' in sdtm
    for owner in ("ADLB.AVAL", "ADRS.AVAL", "ADTTE.AVAL", "ADVS.AVAL"):
        assert f'<def:ValueListDef OID="VL.{owner}">' in adam


def test_the_package_holds_every_dataset_and_document(clean: Chain) -> None:
    datasets = clean.build / "m5" / "datasets" / clean.study
    sdtm, adam = datasets / "tabulations" / "sdtm", datasets / "analysis" / "adam" / "datasets"
    for folder, stage, guide in ((sdtm, "sdtm", "csdrg.pdf"), (adam, "adam", "adrg.pdf")):
        packed = {path.name for path in folder.iterdir() if path.is_file()}
        assert packed >= {path.name for path in (clean.build / stage).glob("*.xpt")}
        assert packed >= {"define.xml", "define2-1.xsl", guide}
    assert (sdtm / "acrf.pdf").is_file()


def test_every_open_finding_of_faulty_data_is_a_planted_fault_of_its_subjects(faulty: Chain) -> None:
    manifest = pd.read_csv(faulty.raw / "manifest.csv", dtype=str)
    planted = manifest.dropna(subset=["subject"]).groupby("subject")["kind"].agg(set).to_dict()
    prefix = load_study(faulty.study, ROOT).study_id
    findings = faulty.findings_of_qc()
    assert findings
    for finding in findings:
        for subject in finding["subjects"]:
            kinds = planted.get(subject.removeprefix(f"{prefix}-"), set())
            assert kinds & BEHIND.get(finding["dataset"], set()), (finding, kinds)
