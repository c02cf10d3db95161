"""Comparisons of two groups against R: stored values always, R itself where it is installed."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

import numpy as np
import pandas as pd
import pytest
from oracle_data import ORACLE, PUBLIC, Json, needs_public_data, needs_r, read_lung, read_reference

from tlf.statistics import (
    ChiSquare,
    CoxModel,
    HazardRatio,
    Interval,
    Ties,
    compute_cox_model,
    compute_hazard_ratio,
    compute_interaction,
    compute_kaplan_meier,
    compute_mantel_haenszel,
    compute_non_inferiority,
    compute_proportion,
    compute_rate_difference,
    compute_restricted_mean,
)

TIES: list[Ties] = ["efron", "breslow"]


@pytest.fixture(scope="module")
def reference() -> Json:
    return read_reference("comparison_reference")


@pytest.fixture(scope="module")
def lung() -> pd.DataFrame:
    cases = read_lung()
    marked: pd.DataFrame = cases.assign(
        lung_days=cases["time"],
        lung_months=np.ceil(cases["time"] / 30.4375),
        event=cases["status"] == 1,
        sex=cases["sex"].astype(int).astype(str),
        ecog=cases["ph.ecog"].astype(int).astype(str),
        elderly=cases["age"] >= 65,
    )
    return marked


def assert_near(computed: object, expected: object, within: float = 1e-9) -> None:
    wanted = np.array(expected, dtype=np.float64)
    np.testing.assert_allclose(np.asarray(computed, dtype=np.float64), wanted, rtol=within, atol=within)


def assert_test(found: ChiSquare, expected: Json) -> None:
    assert found.degrees_of_freedom == expected["df"]
    assert_near([found.chi_square, found.p_value], [expected["chi_square"], expected["p"]])


def assert_tests(found: CoxModel | HazardRatio, expected: Json) -> None:
    for name in ("wald", "score", "likelihood_ratio"):
        assert_test(getattr(found, name), expected[name])


def assert_model(model: CoxModel, expected: Json) -> None:
    for name in ("coefficients", "std_errors", "covariance", "log_likelihoods"):
        assert_near(getattr(model, name), expected[name])
    assert_tests(model, expected)


def assert_hazard_ratio(found: HazardRatio, expected: Json) -> None:
    assert_near(
        [found.log_estimate, found.std_error, found.estimate, found.lower, found.upper],
        [expected[name][0] for name in ("coefficients", "std_errors", "hazard_ratio", "lower", "upper")],
    )
    assert_tests(found, expected)


def assert_interval(found: Interval, expected: Json, within: float = 1e-9) -> None:
    wanted = [expected["estimate"], expected["lower"], expected["upper"]]
    assert_near([found.estimate, found.lower, found.upper], wanted, within)


@pytest.mark.parametrize("unit", ["lung_days", "lung_months"])
@pytest.mark.parametrize("ties", TIES)
def test_hazard_ratios_margins_and_interactions_equal_r(
    reference: Json, lung: pd.DataFrame, unit: str, ties: Ties
) -> None:
    expected = reference[unit][ties]
    for strata, suffix in ((None, ""), (lung[["ecog"]], "_stratified")):
        found = compute_hazard_ratio(
            lung[unit], lung["event"], lung["sex"], compared="2", reference="1", ties=ties, strata=strata
        )
        assert_hazard_ratio(found, expected["stratified" if suffix else "plain"])
        test = compute_non_inferiority(found.log_estimate, found.std_error, 1.3)
        margin = expected[f"margin{suffix}"]
        assert_near([test.z, test.p_value], [margin["z"][0], margin["p"][0]])
        assert test.shown
        levels = lung["elderly"] if suffix else lung["ecog"]
        interaction = compute_interaction(
            lung[unit], lung["event"], lung["sex"], levels, compared="2", reference="1", ties=ties, strata=strata
        )
        assert_test(interaction, expected[f"interaction{suffix}"])
    several = lung[["age", "ph.ecog"]].assign(female=(lung["sex"] == "2").astype(float))[["female", "age", "ph.ecog"]]
    assert_model(compute_cox_model(lung[unit], lung["event"], several, ties=ties), expected["several"])


def test_restricted_means_equal_r(reference: Json, lung: pd.DataFrame) -> None:
    for sex, expected in reference["restricted_means"].items():
        of_sex = lung[lung["sex"] == sex]
        curve = compute_kaplan_meier(of_sex["time"], of_sex["event"])
        for name, end in (("year", 365.25), ("two_years", 730.5)):
            found = compute_restricted_mean(curve, end)
            assert_near([found.value, found.std_error], [expected[name]["value"], expected[name]["std_error"]])


@pytest.mark.public_data
@needs_public_data
@pytest.mark.parametrize("name", ["CLEOPATRA_3A", "FALCON_2", "TH3RESA_2A"])
def test_the_published_trials_equal_r(reference: Json, name: str) -> None:
    trial, expected = pd.read_csv(PUBLIC / f"{name}.csv"), reference["public"][name]
    first, second = expected["arms"]
    found = compute_hazard_ratio(trial["time"], trial["event"], trial["arm"], compared=first, reference=second)
    assert_hazard_ratio(found, expected["hazard_ratio"])
    for arm, wanted in expected["restricted_means"].items():
        of_arm = trial[trial["arm"] == arm]
        mean = compute_restricted_mean(compute_kaplan_meier(of_arm["time"], of_arm["event"]), 12)
        assert_near([mean.value, mean.std_error], [wanted["value"], wanted["std_error"]])


def test_rate_differences_and_stratified_tables_equal_r(reference: Json) -> None:
    assert len(reference["rates"]) == 9
    for expected in reference["rates"].values():
        counts = expected["counts"]
        assert_interval(compute_rate_difference(counts), expected["cmh"])
        assert_interval(compute_rate_difference(counts, weights="sample_size"), expected["sample_size"])
        wanted = expected["mantel_haenszel"]
        if wanted is not None:
            found = compute_mantel_haenszel(counts)
            names = ("chi_square", "p_value", "odds_ratio", "lower", "upper")
            values = [getattr(found, name) for name in names]
            assert_near(values, [wanted["p" if name == "p_value" else name] for name in names])


def test_proportions_equal_r(reference: Json) -> None:
    for expected in reference["proportions"]:
        for kind in ("clopper_pearson", "wilson"):
            found = compute_proportion(expected["n"], expected["total"], kind=cast(Any, kind))
            assert_near([found.estimate, found.lower, found.upper], [expected["estimate"], *expected[kind]])


def run_r(script: str, *arguments: Path | str) -> Json:
    command = ["Rscript", str(ORACLE / script), *map(str, arguments)]
    finished = subprocess.run(command, check=False, capture_output=True, text=True, timeout=300)
    assert finished.returncode == 0, finished.stderr
    written: Json = json.loads(Path(arguments[1]).read_text(encoding="utf-8"))
    return written


def numbers_in(part: object) -> list[float]:
    """All numbers of a JSON value in their order, null as NaN."""
    if isinstance(part, Mapping):
        return [number for value in part.values() for number in numbers_in(value)]
    if isinstance(part, list):
        return [number for value in part for number in numbers_in(value)]
    if isinstance(part, str):
        return []
    return [float("nan") if part is None else float(cast(float, part))]


@pytest.mark.r
@pytest.mark.public_data
@needs_r
@needs_public_data
def test_the_stored_reference_is_what_r_gives_today(reference: Json, tmp_path: Path) -> None:
    fresh = run_r("comparison_reference.R", PUBLIC, tmp_path / "reference.json")
    assert list(fresh) == list(reference)
    for name in fresh:
        if name != "versions":
            assert_near(numbers_in(fresh[name]), numbers_in(reference[name]), 1e-10)


def make_random_sets(count: int) -> pd.DataFrame:
    """Small samples with heavy ties, two groups and two strata."""
    random = np.random.default_rng(20260202)
    sizes = random.integers(12, 60, count)
    total = int(sizes.sum())
    return pd.DataFrame(
        {
            "set": np.repeat(np.arange(count), sizes),
            "time": np.ceil(random.exponential(3, total) * 2) / 2,
            "status": (random.random(total) < np.repeat(random.choice([0.4, 0.7, 1.0], count), sizes)).astype(int),
            "group": random.choice(["A", "B"], total),
            "stratum": random.choice(["x", "y"], total),
        }
    )


@pytest.mark.r
@needs_r
def test_a_hundred_and_fifty_random_comparisons_equal_r(tmp_path: Path) -> None:
    samples = make_random_sets(150)
    samples.to_csv(tmp_path / "samples.csv", index=False)
    found = run_r("comparison_sweep.R", tmp_path / "samples.csv", tmp_path / "samples.json")["sets"]
    compared = {"efron": 0, "interaction": 0, "mantel_haenszel": 0}
    for number, sample in samples.groupby("set"):
        expected = found[str(number)]
        times, events = sample["time"], sample["status"] == 1
        arms: dict[str, str] = {"compared": "A", "reference": "B"}
        for name in compared:
            compared[name] += expected[name] is not None
        if expected["efron"] is not None:
            strata = sample[["stratum"]]
            assert_hazard_ratio(
                compute_hazard_ratio(times, events, sample["group"], strata=strata, **arms), expected["efron"]
            )
        if expected["breslow"] is not None:
            ratio = compute_hazard_ratio(times, events, sample["group"], ties="breslow", **arms)
            assert_hazard_ratio(ratio, expected["breslow"])
        if expected["interaction"] is not None:
            test = compute_interaction(times, events, sample["group"], sample["stratum"], **arms)
            assert_test(test, expected["interaction"])
        if expected["difference"] is not None:
            assert_interval(compute_rate_difference(expected["counts"]), expected["difference"])
        if expected["mantel_haenszel"] is not None:
            table = compute_mantel_haenszel(expected["counts"])
            wanted = [expected["mantel_haenszel"][name] for name in ("chi_square", "p")]
            assert_near([table.chi_square, table.p_value], wanted)
    assert min(compared.values()) > 100
