"""CDISC CORE, a second opinion on SDTM: whatever it finds in a study is explained in accepted_findings.csv.

One test a study, for it takes minutes, and a fixture is made again in each process that runs tests.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest
from core_engine import CoreResult, find_core, run_core

from crf2tlf.spec.load import load_study
from define.stage import build_define
from qc.accepted import FILE_NAME, Accepted, read_accepted

SUBJECTS = 12
RULES = 428
# It looks at the datasets in an order that changes from run to run.
NOT_DETERMINISTIC = {"CORE-000539"}
Run = Callable[..., None]


class Opinion(NamedTuple):
    """What CORE says of a study, and what the study explains."""

    result: CoreResult
    accepted: tuple[Accepted, ...]


@pytest.fixture(scope="module", params=["fulpyr", "pyrws"])
def opinion(request: pytest.FixtureRequest, root: Path, run: Run, tmp_path_factory: pytest.TempPathFactory) -> Opinion:
    find_core(root)
    study, folder = load_study(request.param, root), tmp_path_factory.mktemp(f"core_{request.param}")
    raw, build = folder / "raw", folder / study.name
    run("synthetic", study.name, "--subjects", str(SUBJECTS), "--no-faults", "--out", str(raw))
    run("sdtm", study.name, "--raw", str(raw), "--build", str(folder), "--quiet")
    build_define(study, "SDTM", build / "sdtm", build / "define", raw)
    result = run_core(root, build / "sdtm", build / "define" / "define.xml", study.encoding, folder / "core.json")
    shown = f"specs/{study.name}/{FILE_NAME}"
    lines = read_accepted(study.folder / FILE_NAME, shown)
    return Opinion(result, tuple(line for line in lines if line.is_core))


@pytest.mark.slow
def test_every_rule_runs_and_every_finding_is_explained_by_a_line_that_is_needed(opinion: Opinion) -> None:
    result, accepted = opinion
    found, explained = {rule for rule, _ in result.findings}, {(line.rule, line.dataset) for line in accepted}
    assert {key: text for key, text in result.findings.items() if key not in explained} == {}
    assert {rule for rule, _ in explained} - found - NOT_DETERMINISTIC == set()
    assert (result.rules, result.broken) == (RULES, [])
