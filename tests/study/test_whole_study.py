"""The pilot study built whole: the same bytes every time, nothing built twice, and safe against being killed."""

from __future__ import annotations

import hashlib
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
RAW = ROOT.parent / "shared" / "data" / "cdiscpilot01" / "raw"
STAGES = ("sdtm", "adam", "tlf")
RUN_RECORDS = ("run.json", "log.jsonl")
KILLS = 20

pytestmark = [
    pytest.mark.public_data,
    pytest.mark.skipif(not RAW.is_dir(), reason="the public pilot data are not beside the project (../shared/data)"),
]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A folder with a copy of the specs, in which stages can be run and specs edited."""
    shutil.copytree(ROOT / "specs", tmp_path / "specs")
    return tmp_path


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The hashes of a build that nothing disturbed."""
    folder = tmp_path_factory.mktemp("undisturbed")
    shutil.copytree(ROOT / "specs", folder / "specs")
    run_all(folder)
    return hashes(folder / "build")


def command(stage: str) -> list[str]:
    """The command of a stage."""
    return [sys.executable, "-W", "error", "-m", stage, "cdiscpilot01", "--raw", str(RAW), "--quiet", "--jobs", "2"]


def environment() -> dict[str, str]:
    """The environment of a stage that runs in another folder than the project's."""
    return {**os.environ, "PYTHONPATH": str(ROOT)}


def run(stage: str, project: Path) -> str:
    """What a stage prints; it must succeed."""
    done = subprocess.run(
        command(stage), cwd=project, env=environment(), capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def run_all(project: Path) -> str:
    """What all stages print."""
    return "".join(run(stage, project) for stage in STAGES)


def hashes(folder: Path) -> dict[str, str]:
    """The content of every file that may not depend on when or how often a build ran."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file() and path.name not in RUN_RECORDS)
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in files
        if not path.name.endswith(".lock")
    }


def edit(project: Path, file: str, old: str, new: str) -> None:
    """Change one place of a spec."""
    path = project / "specs" / "cdiscpilot01" / file
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {file}"
    path.write_text(text.replace(old, new), encoding="utf-8")


def built(output: str) -> set[str]:
    """The steps that a run built: lines such as `sdtm/AE  AE 1,191 rows  0.15 s`."""
    return {line.split("  ")[0] for line in output.splitlines() if "/" in line.split("  ")[0] and "rows" in line}


def test_two_builds_are_byte_identical(project: Path, undisturbed: dict[str, str]) -> None:
    run_all(project)
    assert hashes(project / "build") == undisturbed


def test_a_second_run_does_nothing_and_says_so(project: Path) -> None:
    run_all(project)
    again = run_all(project)
    assert again.count("nothing to do") == len(STAGES)
    assert built(again) == set()


def test_a_new_label_in_ex_rebuilds_ex_alone(project: Path) -> None:
    run("sdtm", project)
    edit(project, "sdtm/EX.yaml", "EXDOSE:   {calc:", "EXDOSE:   {label: Dose per Application, calc:")
    assert built(run("sdtm", project)) == {"sdtm/EX"}


def test_a_new_rule_for_the_first_dose_rebuilds_what_reads_it(project: Path) -> None:
    run("sdtm", project)
    edit(project, "sdtm/EX.yaml", "{date: raw.ec.IT.ECSTDAT,", "{date: {date: raw.ec.IT.ECSTDAT, format: DD-MMM-YYYY},")
    # SV and DS read the reference dates, SE reads SV; the trial design, which has no subjects, is kept.
    assert built(run("sdtm", project)) - {"sdtm/issues"} == {
        f"sdtm/{name}" for name in ("AE", "DM", "DS", "EX", "SE", "SV")
    }


def test_editing_one_analysis_variable_rebuilds_its_dataset_and_its_readers(project: Path) -> None:
    run("sdtm", project)
    run("adam", project)
    edit(project, "adam/ADAE.yaml", "then: DERMATOLOGIC EVENTS\n      - when: >-", "then: SKIN\n      - when: >-")
    # The table of explanations is made of ADTTE's.
    assert built(run("adam", project)) == {"adam/ADAE", "adam/ADTTE", "adam/tte_explained"}


@pytest.mark.slow
def test_a_build_killed_at_random_moments_ends_with_the_same_bytes(project: Path, undisturbed: dict[str, str]) -> None:
    moments = random.Random(20250328)
    for number in range(KILLS):
        stage = STAGES[number % len(STAGES)] if number >= len(STAGES) else STAGES[0]
        if (project / "build").is_dir() and number % 5 == 4:
            shutil.rmtree(project / "build" / "cdiscpilot01" / ".stamps", ignore_errors=True)
        kill_after(stage, project, moments.uniform(0.3, 1.6))
    run_all(project)
    assert hashes(project / "build") == undisturbed


def kill_after(stage: str, project: Path, seconds: float) -> None:
    """Start a stage and kill it and its workers without warning."""
    process = subprocess.Popen(
        command(stage),
        cwd=project,
        env=environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    time.sleep(seconds)
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
