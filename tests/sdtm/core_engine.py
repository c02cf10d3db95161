"""CDISC CORE in an environment of its own: it needs a newer pandas than the project, and brings no rules with it."""

from __future__ import annotations

import fcntl
import json
import os
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import pytest

SLOW = ("CORE-000867", "CORE-000890")  # a minute and more each, whatever the number of subjects
# Their time grows faster than the records: over ten minutes each for 500 subjects.
GROWING = ("CORE-000206", "CORE-000249", "CORE-000597", "CORE-000712", "CORE-000757", "CORE-000766")
SECONDS_TO_SET_UP, SECONDS_TO_RUN = 900, 14400
FOUND = "issue reported"


class CoreResult(NamedTuple):
    """How many rules ran, those that broke, and the findings: rule and dataset ("" where it names none) with a line."""

    rules: int
    broken: list[str]
    findings: dict[tuple[str, str], str]


def find_core(root: Path) -> tuple[Path, Path]:
    """The Python of CORE and its cache, set up once for a user; skips the test where that cannot be (docs/core.md)."""
    glue = root.parent / "shared" / "core"
    if not glue.is_dir():
        pytest.skip("the folder ../shared/core with the rules of CORE is absent")
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    folder = Path(os.environ.get("CRF2TLF_CORE") or cache / "crf2tlf" / "core")
    folder.mkdir(parents=True, exist_ok=True)
    python = folder / "venv" / "bin" / "python"
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "cache" / "rules.pkl").is_file():
            command = ["bash", str(glue / "setup.sh"), str(folder)]
            made = subprocess.run(command, capture_output=True, text=True, check=False, timeout=SECONDS_TO_SET_UP)
            if made.returncode != 0:
                pytest.skip(f"the environment of CORE cannot be made: {made.stderr.strip().splitlines()[-1:]}")
    return python, folder / "cache"


def run_core(root: Path, datasets: Path, define: Path, encoding: str, out: Path, left_out: Sequence[str]) -> CoreResult:
    """Every rule for SDTMIG 3.4 but those left out over a folder of transport files with their define.xml."""
    python, cache = find_core(root)
    script = root.parent / "shared" / "core" / "run.py"
    command = [str(python), str(script), str(cache), "sdtmig", "3-4", str(datasets), str(out), "--define", str(define)]
    command += ["--encoding", "utf-8" if encoding == "ascii" else encoding, "--jobs", "2"]
    command += [word for rule in left_out for word in ("--exclude", rule)]
    done = subprocess.run(command, cwd=out.parent, capture_output=True, text=True, check=False, timeout=SECONDS_TO_RUN)
    assert out.is_file(), done.stdout + done.stderr
    rules = json.loads(out.read_text("utf-8"))["rules"]
    findings = {
        (rule["core_id"], result.get("dataset") or ""): f"{len(result['errors'])} times: {rule['message']}"
        for rule in rules
        for result in rule["results"]
        if result.get("executionStatus") == FOUND
    }
    return CoreResult(len(rules), [rule["core_id"] for rule in rules if rule["verdict"] == "error"], findings)
