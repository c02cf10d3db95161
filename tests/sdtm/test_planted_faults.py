"""Every planted fault is caught by an issue at its cell, or rightly resolved: measured kind by kind."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from outcomes import CAUGHT, MISSED, count_outcomes, judge, read_expectations, select_unexplained
from planted import Planted, make_planted

SUBJECTS = 80
RATES = 8.0
STUDIES = ("fulpyr", "pyrws")
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module", params=STUDIES)
def planted(request: pytest.FixtureRequest, root: Path, tmp_path_factory: pytest.TempPathFactory) -> Planted:
    """A study with more faults than its own rates give, so that eighty subjects hold every kind."""
    return make_planted(str(request.param), tmp_path_factory.mktemp(str(request.param)), root, SUBJECTS, RATES)


@pytest.fixture(scope="module")
def judged(planted: Planted, root: Path) -> pd.DataFrame:
    return judge(planted, read_expectations(root))


def test_the_clean_extract_has_no_issue(planted: Planted) -> None:
    assert planted.clean.issues.to_dict("records") == []


def test_every_kind_is_caught_or_resolved_as_the_page_says(
    planted: Planted, judged: pd.DataFrame, root: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    counts = count_outcomes(judged)
    unexplained = select_unexplained(planted, read_expectations(root))["RULE"].value_counts()
    report = f"{planted.study}\n{counts.to_string()}\n\nother issues\n{unexplained.to_string()}\n"
    folder = tmp_path_factory.getbasetemp()
    (folder / f"{planted.study}_faults.txt").write_text(report, encoding="utf-8")
    judged.to_csv(folder / f"{planted.study}_faults.csv", index=False)
    print(f"\n{report}\n{folder}")
    least = {kind: each.at_least for kind, each in read_expectations(root).items()}
    short = {
        kind: f"{row['cases'] - row[MISSED]} of {row['cases']}"
        for kind, row in counts.iterrows()
        if (row["cases"] - row[MISSED]) / row["cases"] < least[str(kind)]
    }
    assert short == {}


def test_every_kind_that_can_hit_the_subjects_is_on_the_page_and_has_a_case(
    planted: Planted, judged: pd.DataFrame, root: Path
) -> None:
    assert sorted(planted.possible - set(read_expectations(root))) == []
    assert sorted(planted.possible - set(judged["kind"])) == []


def test_an_issue_of_another_row_catches_nothing(planted: Planted, root: Path) -> None:
    moved = planted.faulty.issues.assign(ROW=planted.faulty.issues["ROW"] + 1)
    planted.faulty.__dict__["issues"], kept = moved, planted.faulty.issues
    try:
        assert (judge(planted, read_expectations(root))["outcome"] == CAUGHT).mean() < 0.1
    finally:
        planted.faulty.__dict__["issues"] = kept
