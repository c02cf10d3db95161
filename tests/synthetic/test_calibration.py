"""The published anchors lie within the 95 % range of the simulated studies, or the parameters say why not."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest

from synthetic import Parameters, read_forms, read_parameters
from synthetic.calibration import Truth, calibrate, kaplan_meier, simulate_truth
from synthetic.calibration_page import anchor_lines, event_lines, median_text, survival_lines

ROOT = Path(__file__).parents[2]
GROUPS = {"fulpyr": ("REGIMEN=FUL", "REGIMEN=CAP"), "pyrws": ("all",)}


@dataclass(frozen=True)
class Pooled:
    """Twenty simulated studies, and the one of the parameters' own seed."""

    parameters: Parameters
    studies: list[Truth]
    own: Truth


@pytest.fixture(scope="module", params=["fulpyr", "pyrws"])
def pooled(request: pytest.FixtureRequest) -> Pooled:
    parameters, forms = read_parameters(request.param, ROOT), read_forms(request.param, ROOT)
    studies = [simulate_truth(parameters, forms, seed) for seed in range(1, 21)]
    return Pooled(parameters, studies, simulate_truth(parameters, forms))


@pytest.mark.slow
def test_anchors_lie_within_the_simulated_range_over_twenty_seeds(pooled: Pooled) -> None:
    table = calibrate(pooled.parameters, pooled.studies)
    unexplained = table[~table["inside"] & table["explained"].eq("")]
    assert unexplained[["statistic", "term", "group", "target", "low", "high"]].to_dict("records") == []


@pytest.mark.slow
def test_the_page_on_the_generator_shows_what_is_computed(pooled: Pooled) -> None:
    page = (ROOT / "docs" / "synthetic.md").read_text(encoding="utf-8").splitlines()
    groups = GROUPS[pooled.parameters.study]
    lines = [
        *anchor_lines(pooled.parameters, pooled.studies),
        *survival_lines(pooled.parameters, pooled.own, groups),
        *event_lines(pooled.studies, groups),
    ]
    assert [line for line in lines if line not in page] == []


@pytest.mark.slow
def test_a_target_that_the_simulation_misses_is_found(pooled: Pooled) -> None:
    first = replace(pooled.parameters.anchors[0], value=70.0)
    table = calibrate(replace(pooled.parameters, anchors=(first,)), pooled.studies)
    assert table["inside"].tolist() == [False]


def test_kaplan_meier_of_five_subjects() -> None:
    time, share = kaplan_meier(np.array([1.0, 2.0, 2.0, 3.0, 5.0]), np.array([True, True, False, False, True]))
    assert time.tolist() == [1.0, 2.0, 5.0]
    assert share == pytest.approx([0.8, 0.6, 0.0])


def test_a_median_that_is_not_reached_is_said_to_be_so() -> None:
    assert median_text(np.array([1.0, 2.0, 3.0, 4.0]), np.array([True, False, False, False])) == "NR (1.0-NR)"
