"""CDISC CORE, a second opinion on SDTM: whatever it finds in a study is explained in accepted_findings.csv.

One test a study, for it takes minutes, and a fixture is made again in each process that runs tests. The variable
CRF2TLF_CORE_WHOLE makes it an hour: the studies as planned, without faults and with them, and fewer rules.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from core_engine import GROWING, SLOW, CoreResult, find_core, run_core

from crf2tlf.spec.load import load_study
from define.stage import build_define
from qc.accepted import FILE_NAME, Accepted, read_accepted
from submission.guide_content import QUERY

WHOLE = bool(os.environ.get("CRF2TLF_CORE_WHOLE"))
SIZES = {"clean": ["--no-faults"], "faults": []} if WHOLE else {"clean": ["--subjects", "12", "--no-faults"]}
LEFT_OUT = (*SLOW, *GROWING) if WHOLE else SLOW
RULES = 430 - len(LEFT_OUT)
# It looks at the datasets in an order that changes from run to run.
NOT_DETERMINISTIC = {"CORE-000539"}
# Comments on records and pages, of which twelve subjects may have none.
SELDOM: set[str] = set() if WHOLE else {"CORE-000158", "CORE-000206", "CORE-000712"}
Run = Callable[..., None]


@pytest.mark.slow
@pytest.mark.parametrize("name", ["fulpyr", "pyrws"])
def test_every_rule_runs_and_every_finding_is_explained_by_a_line_that_is_needed(
    name: str, root: Path, run: Run, tmp_path: Path
) -> None:
    find_core(root)
    accepted = [line for line in read_accepted(root / "specs" / name / FILE_NAME, FILE_NAME) if line.is_core]
    results = [core_of(name, root, run, tmp_path / size, options) for size, options in SIZES.items()]
    for result in results:
        assert unexplained(result, accepted) == {}
        assert (result.rules, result.broken) == (RULES, [])
    found = {rule for result in results for rule, _ in result.findings}
    # What the data are queried for is found in the faulty extracts alone.
    needed = {line.rule for line in accepted if WHOLE or not QUERY.match(line.reason)}
    assert needed - found - NOT_DETERMINISTIC - SELDOM - set(LEFT_OUT) == set()


@pytest.mark.parametrize("name", ["fulpyr", "pyrws"])
def test_an_open_query_that_explains_a_finding_is_a_check_of_the_study(name: str, root: Path) -> None:
    study = load_study(name, root)
    checks = {check.id for dataset in study.sdtm.values() for check in dataset.checks}
    named = QUERY.findall((root / "specs" / name / FILE_NAME).read_text("utf-8"))
    assert len(named) > 0
    assert set(named) - checks == set()


def core_of(name: str, root: Path, run: Run, folder: Path, options: list[str]) -> CoreResult:
    """What CORE says of the study's synthetic data, built from raw."""
    study, raw, build = load_study(name, root), folder / "raw", folder / name
    run("synthetic", name, *options, "--out", str(raw))
    run("sdtm", name, "--raw", str(raw), "--build", str(folder), "--quiet")
    build_define(study, "SDTM", build / "sdtm", build / "define", raw)
    return run_core(
        root, build / "sdtm", build / "define" / "define.xml", study.encoding, folder / "core.json", LEFT_OUT
    )


def unexplained(result: CoreResult, accepted: list[Accepted]) -> dict[tuple[str, str], str]:
    """The findings of which no line tells."""
    explained = {(line.rule, line.dataset) for line in accepted}
    return {key: text for key, text in result.findings.items() if key not in explained}
