"""The lock files and the Makefile: what is installed, and in which order stages run."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

PROJECT_ROOT = Path(__file__).resolve().parents[2]
LOCKS = ("requirements.lock", "requirements-qc.lock", "requirements-dev.lock")
PINNED = re.compile(r"^([a-z0-9-]+)==(\S+)( ; .+)? \\$")


def pins(lock: str) -> dict[str, set[str]]:
    """The versions of each library that a lock file names; more than one where they differ by Python version."""
    found: dict[str, set[str]] = {}
    for line in (PROJECT_ROOT / lock).read_text(encoding="utf-8").splitlines():
        if matched := PINNED.match(line):
            found.setdefault(matched[1], set()).add(matched[2])
    return found


@pytest.mark.parametrize("lock", LOCKS)
def test_every_line_of_a_lock_file_is_a_pin_or_a_hash(lock: str) -> None:
    lines = (PROJECT_ROOT / lock).read_text(encoding="utf-8").splitlines()
    hashed = re.compile(r"^    --hash=sha256:[0-9a-f]{64}( \\)?$")
    assert [line for line in lines if not PINNED.match(line) and not hashed.match(line)] == []


@pytest.mark.parametrize(("smaller", "larger"), [LOCKS[:2], LOCKS[1:]])
def test_a_larger_lock_file_holds_all_of_the_smaller_one(smaller: str, larger: str) -> None:
    small, large = pins(smaller), pins(larger)
    assert {name: large.get(name) for name in small} == small
    assert len(large) > len(small)


@pytest.mark.parametrize(("lock", "extras"), [(LOCKS[0], ()), (LOCKS[1], ("qc",)), (LOCKS[2], ("qc", "dev"))])
def test_the_lock_files_give_what_the_project_asks_for(lock: str, extras: tuple[str, ...]) -> None:
    project = tomllib.loads((PROJECT_ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = [*project["dependencies"], *(line for extra in extras for line in project["optional-dependencies"][extra])]
    requirements = [Requirement(line) for line in wanted if not line.startswith("crf2tlf[")]
    locked = pins(lock)
    unmet = [
        str(requirement)
        for requirement in requirements
        if not locked.get(canonicalize_name(requirement.name))
        or not all(version in requirement.specifier for version in locked[canonicalize_name(requirement.name)])
    ]
    assert unmet == []


def test_the_stages_do_not_install_the_libraries_of_qc() -> None:
    assert "great-expectations" not in pins("requirements.lock")
    assert "great-expectations" in pins("requirements-qc.lock")


def call_make(*arguments: str) -> subprocess.CompletedProcess[str]:
    """What make says to these arguments, free of what a make around this test was called with."""
    make = shutil.which("make")
    if make is None:
        pytest.skip("make is not installed")
    outer = {"MAKEFLAGS", "MFLAGS", "MAKEOVERRIDES", "MAKELEVEL", "STUDY", "RAW", "JOBS", "PYTHON"}
    environment = {name: value for name, value in os.environ.items() if name not in outer}
    command = [make, "--no-print-directory", *arguments]
    return subprocess.run(command, cwd=PROJECT_ROOT, env=environment, capture_output=True, text=True, check=False)


def planned_stages(*arguments: str) -> list[str]:
    """The stages that make would run, in order."""
    return re.findall(r"python -m ([a-z0-9_.]+)(?: check)? '", call_make("-n", *arguments).stdout)


def test_make_runs_the_stages_in_their_order_also_side_by_side() -> None:
    stages = ["crf2tlf.spec", "synthetic", "sdtm", "adam", "tlf"]
    assert planned_stages("sdtm", "adam", "tlf") == stages
    assert planned_stages("-j", "4", "tlf", "adam", "sdtm") == stages
    assert planned_stages("package") == [*stages, "define", "qc", "submission"]


def test_make_passes_study_raw_folder_and_jobs_on() -> None:
    told = call_make("-n", "sdtm", "STUDY=fulpyr", "RAW=some folder", "JOBS=1").stdout
    assert ".venv/bin/python -m sdtm 'fulpyr' --raw 'some folder' --jobs '1'\n" in told


def test_make_names_the_versions_of_python_it_needs() -> None:
    run = call_make("-B", "PYTHON=no-such-python", ".venv/.made")
    assert run.returncode == 2
    assert run.stderr.startswith("crf2tlf needs Python 3.11, 3.12, 3.13 or 3.14; found ")


def test_make_raw_tells_where_raw_data_come_from() -> None:
    public, unknown = call_make("raw", "STUDY=cdiscpilot01"), call_make("raw", "STUDY=another")
    assert public.stdout == (
        "cdiscpilot01 is public data: there is nothing to make. Its extract is read from the folder that\n"
        "specs/cdiscpilot01/study.yaml names under raw.folder, or from RAW=<folder>.\n"
    )
    assert unknown.returncode == 2
    assert unknown.stderr.startswith(
        "The raw data of another are not made here: name the folder of the extract with RAW=<folder>.\n"
    )
