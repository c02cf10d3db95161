"""The numbers of the non-inferiority design, against numbers computed elsewhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from synthetic import read_forms, read_parameters, simulate
from synthetic.design import event_probability, events_needed, subjects_needed

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("margin", "hazard_ratio", "power", "events"),
    [
        (1.30, 1.00, 0.80, 457),
        (1.30, 1.00, 0.90, 611),
        (1.30, 0.90, 0.80, 233),
        (1.30, 0.85, 0.80, 174),
        (1.25, 0.95, 0.80, 417),
        (1.35, 1.00, 0.80, 349),
    ],
)
def test_events_by_schoenfeld(margin: float, hazard_ratio: float, power: float, events: int) -> None:
    assert events_needed(margin, hazard_ratio, alpha=0.025, power=power) == events


def test_events_at_one_sided_five_per_cent() -> None:
    assert events_needed(1.30, 1.00, alpha=0.05, power=0.80) == 360


@pytest.mark.parametrize(("follow_up", "probability"), [(24, 0.866), (12, 0.779)])
def test_the_probability_of_an_event_under_uniform_accrual(follow_up: float, probability: float) -> None:
    computed = event_probability(11.0, accrual=36, follow_up=follow_up, dropout_per_year=0.05)
    assert computed == pytest.approx(probability, abs=0.0005)


def test_fulpyr_enrols_what_its_design_needs() -> None:
    parameters = read_parameters("fulpyr", ROOT)
    assert parameters.design is not None
    assert subjects_needed(parameters.design, parameters.enrolment) == (233, 292)
    assert parameters.design.events == 233
    assert parameters.enrolment.subjects == 292


def test_pyrws_enrols_the_five_hundred_of_its_protocol() -> None:
    parameters = read_parameters("pyrws", ROOT)
    assert parameters.design is None
    assert parameters.enrolment.subjects == 500


def test_permuted_blocks_keep_the_arms_equal_within_strata() -> None:
    page = next(simulate(read_parameters("fulpyr", ROOT), read_forms("fulpyr", ROOT))).forms["RAND"]
    counts = page.groupby(["STRAT1", "STRAT2", "RANDARM"]).size().unstack()
    assert ((counts["FUL"] - counts["CAP"]).abs() <= 2).all()


def test_the_follow_up_brings_the_events_of_the_design() -> None:
    parameters, forms = read_parameters("fulpyr", ROOT), read_forms("fulpyr", ROOT)
    events = []
    for seed in range(5):
        truth = next(simulate(parameters, forms, seed=seed)).truth["tte"]
        events.append(truth.loc[truth["PARAMETER"].eq("PFS") & truth["RULESET"].eq("POLICY"), "EVENT"].sum())
    assert sum(events) / len(events) == pytest.approx(233, abs=20)
