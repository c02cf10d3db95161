"""What several folders of tests share: the public data, and the pilot study built once."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from known_truth import KnownTruth, build_known_truth

from adam.stage import plan as plan_adam
from crf2tlf.build import Options, RunSummary, Step, run_steps
from crf2tlf.spec.load import load_study
from crf2tlf.spec.model import Study
from sdtm.stage import plan as plan_sdtm

ROOT = Path(__file__).resolve().parents[1]
PUBLIC_DATA = ROOT.parent / "shared" / "data"
PILOT = "cdiscpilot01"


@pytest.fixture(scope="session")
def root() -> Path:
    """The project's root."""
    return ROOT


@pytest.fixture(scope="session")
def public_data() -> Path:
    """The folder of the public data, which is no part of the project; tests that need it are skipped without it."""
    if not PUBLIC_DATA.is_dir():
        pytest.skip("the folder ../shared/data with the public data is absent")
    return PUBLIC_DATA


@pytest.fixture(scope="session")
def pilot_data(public_data: Path) -> Path:
    """The public data of the pilot study: raw/, sdtm/ as published and ds_expected.csv."""
    folder = public_data / PILOT
    if not folder.is_dir():
        pytest.skip(f"the folder ../shared/data/{PILOT} is absent")
    return folder


@pytest.fixture(scope="session")
def pilot(root: Path) -> Study:
    """The pilot study's spec."""
    return load_study(PILOT, root)


@pytest.fixture(scope="session")
def pilot_build(pilot_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The pilot study's build folder with its SDTM and ADaM, built once by the stages themselves."""
    assert pilot_data.is_dir()
    folder = tmp_path_factory.mktemp("build") / PILOT
    for stage, plan in (("sdtm", plan_sdtm), ("adam", plan_adam)):
        assert run_stage(stage, plan, folder).exit_code == 0
    return folder


@pytest.fixture(scope="session")
def pilot_differences(root: Path) -> Path:
    """The list of all differences between the pilot study's SDTM and the published one."""
    return root / "tests" / "oracle" / "cdiscpilot01_differences.csv"


@pytest.fixture(scope="session")
def kaplan_meier_ttde(root: Path) -> dict[str, Any]:
    """What R says about the pilot study's time to the first dermatologic event, by planned and by actual treatment."""
    stored: dict[str, Any] = json.loads((root / "tests" / "oracle" / "kaplan_meier_ttde.json").read_text("utf-8"))
    return stored


def run_stage(stage: str, plan: Callable[[Options], list[Step]], folder: Path, raw: Path | None = None) -> RunSummary:
    """Run one stage of the pilot study into a build folder, as its command does."""
    options = Options(stage, PILOT, Path("specs"), folder, raw)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(ROOT)
        return run_steps(stage, PILOT, plan(options), build_folder=folder, jobs=1, quiet=True)


@pytest.fixture(scope="session")
def known_truth(
    root: Path, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Callable[[str], KnownTruth]:
    """A study at its full size without faults, from raw to ADaM; processes of one run share what was built."""
    shared = shared_folder(tmp_path_factory, request)
    return lambda study: build_known_truth(root, study, shared / f"known_{study}", "--no-faults")


def shared_folder(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Path:
    """The folder that all processes of one test run share."""
    base = tmp_path_factory.getbasetemp()
    return base.parent if hasattr(request.config, "workerinput") else base


@pytest.fixture(scope="session")
def fulpyr(known_truth: Callable[[str], KnownTruth]) -> KnownTruth:
    return known_truth("fulpyr")


@pytest.fixture(scope="session")
def pyrws(known_truth: Callable[[str], KnownTruth]) -> KnownTruth:
    return known_truth("pyrws")
