"""ADRS and ADTTE of both studies with their planted faults: each difference leads to the faulty cells behind it."""

from __future__ import annotations

import filecmp
from pathlib import Path

import pandas as pd
import pytest
from compared_outcomes import keys_of, outcomes_of, true_outcomes
from faulty_trial import FaultyTrial, make_faulty_trial, write_forms
from traced_outcomes import Tracer, tell_causes, trace_differences

pytestmark = pytest.mark.slow

STUDIES = ("fulpyr", "pyrws")
PAGE = Path("docs") / "outcome_faults.md"
FEW = 8


@pytest.fixture(scope="module", params=STUDIES)
def tracer(request: pytest.FixtureRequest, root: Path, tmp_path_factory: pytest.TempPathFactory) -> Tracer:
    """Each study in turn, at its full size."""
    study = str(request.param)
    found = trace_differences(make_faulty_trial(study, tmp_path_factory.mktemp(study), root))
    told = tell_causes(found)
    path = tmp_path_factory.getbasetemp() / f"{study}_outcome_traces.csv"
    told.to_csv(path, index=False)
    print(
        f"\n{study}: {len(told)} differences of {told['USUBJID'].nunique()} subjects, {found.extracts} extracts: {path}"
    )
    print(told[told["DATASET"] == "ADTTE"].to_string(index=False))
    return found


@pytest.fixture(scope="module", params=STUDIES)
def few(request: pytest.FixtureRequest, root: Path, tmp_path_factory: pytest.TempPathFactory) -> FaultyTrial:
    """A few subjects of each study."""
    return make_faulty_trial(str(request.param), tmp_path_factory.mktemp(f"few_{request.param}"), root, FEW)


def read_page(root: Path, study: str) -> dict[tuple[str, str], int]:
    """The table of docs/outcome_faults.md: by dataset and kinds of faults the number of values that are changed."""
    first = 2 + 2 * STUDIES.index(study)
    counts = {}
    for line in (root / PAGE).read_text("utf-8").splitlines():
        cells = [cell.strip().replace(",", "") for cell in line.strip().strip("|").split("|")]
        if line.startswith("| ") and len(cells) == 6 and cells[2].isdigit():
            counts |= {("ADRS", cells[0]): int(cells[first]), ("ADTTE", cells[0]): int(cells[first + 1])}
    return {kinds: number for kinds, number in counts.items() if number}


def test_each_difference_is_mended_by_taking_back_the_lines_that_it_is_traced_to(tracer: Tracer) -> None:
    told = tell_causes(tracer)
    assert len(told) > 500
    assert told[told["LINES"] == ""].to_dict("records") == []
    assert set(tracer.causes) == set(keys_of(tracer.differences))


def test_the_kinds_of_faults_that_change_an_outcome_are_those_of_the_page(tracer: Tracer, root: Path) -> None:
    counted = tell_causes(tracer)[["DATASET", "KINDS"]].value_counts()
    assert counted.to_dict() == read_page(root, tracer.trial.study.name)


def test_an_extract_with_every_fault_taken_back_is_the_clean_one(few: FaultyTrial, tmp_path: Path) -> None:
    write_forms(few.specs, few.forms(None, few.lines["CASE"].tolist()), tmp_path / "back")
    write_forms(few.specs, dict(few.clean), tmp_path / "clean")
    names = sorted(path.name for path in (tmp_path / "clean").iterdir())
    same, other, unreadable = filecmp.cmpfiles(tmp_path / "back", tmp_path / "clean", names, shallow=False)
    assert (sorted(same), other, unreadable) == (names, [], [])
    assert len(names) > 0


def test_a_difference_that_no_fault_causes_is_traced_to_none(few: FaultyTrial) -> None:
    true = true_outcomes(few)
    ours = outcomes_of(few, few.build())
    agreed = ours.merge(true, on=list(true.columns), how="inner", validate="1:1")
    wrong = agreed[(agreed["PARAMCD"] == "OS") & (agreed["FIELD"] == "ADT")].head(1)
    at = pd.Index(keys_of(true)).get_indexer(keys_of(wrong))
    true.loc[at, "VALUE"] = "1999-12-31"
    tracer = Tracer(few, true, wrong.rename(columns={"VALUE": "OURS"}).assign(TRUE="1999-12-31"))
    tracer.trace_single()
    tracer.trace_several()
    assert tracer.causes == {}
    assert tell_causes(tracer)["LINES"].tolist() == [""]
