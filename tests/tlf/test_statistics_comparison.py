"""Hazard ratios, non-inferiority, rates and sample sizes: published numbers, and cases at the edge."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from crf2tlf.errors import DataError
from tlf.statistics import (
    Interval,
    ProportionInterval,
    compute_cox_model,
    compute_event_probability,
    compute_hazard_ratio,
    compute_interaction,
    compute_kaplan_meier,
    compute_landmarks,
    compute_largest_hazard_ratio,
    compute_log_rank,
    compute_mantel_haenszel,
    compute_non_inferiority,
    compute_number_at_risk,
    compute_proportion,
    compute_quantile,
    compute_rate_difference,
    compute_required_events,
    compute_restricted_mean,
    compute_restricted_mean_difference,
    compute_risk_difference,
    compute_std_error_of_limits,
)

PUBLIC = Path(__file__).resolve().parents[3] / "shared" / "data" / "survival"
needs_public_data = pytest.mark.skipif(not PUBLIC.is_dir(), reason="the folder ../shared/data/survival is absent")


def percent(found: Interval) -> list[float]:
    return [round(100 * value, 1) for value in (found.estimate, found.lower, found.upper)]


def test_non_inferiority_of_sysucc_002_is_that_of_its_hazard_ratio_and_limits() -> None:
    error = compute_std_error_of_limits(0.71, 1.09)
    test = compute_non_inferiority(math.log(0.88), error, 1.35)
    assert round(error, 4) == 0.1094
    assert round(-test.z, 3) == 3.913
    assert round(test.p_value, 6) == 4.6e-5
    assert test.shown


def test_an_upper_limit_on_the_margin_does_not_show_non_inferiority() -> None:
    at_margin = math.log(1.3) - 1.959963984540054 * 0.1
    assert not compute_non_inferiority(at_margin, 0.1, 1.3).shown
    assert compute_non_inferiority(at_margin, 0.1, 1.3).p_value == pytest.approx(0.025, abs=1e-12)
    assert compute_non_inferiority(at_margin - 1e-6, 0.1, 1.3).shown


def test_a_hazard_ratio_that_is_not_estimable_shows_nothing() -> None:
    test = compute_non_inferiority(float("nan"), float("nan"), 1.3)
    assert math.isnan(test.p_value)
    assert not test.shown


def test_a_margin_of_one_or_less_is_refused() -> None:
    with pytest.raises(DataError) as caught:
        compute_non_inferiority(0.0, 0.1, 0.9)
    assert str(caught.value) == "the margin of a hazard ratio that shall not be worse is over 1, not 0.9"


@pytest.mark.parametrize(
    ("n", "total", "kind", "expected"),
    [
        (38, 53, "clopper_pearson", [71.7, 57.7, 83.2]),  # PLEHERM, CBR
        (34, 53, "clopper_pearson", [64.2, 49.8, 76.9]),  # PLEHERM, ORR
        (44, 59, "clopper_pearson", [74.6, 61.6, 85.0]),  # PERMEATE, no earlier radiotherapy
        (8, 19, "clopper_pearson", [42.1, 20.3, 66.5]),  # PERMEATE, after radiotherapy
        (26, 32, "clopper_pearson", [81.2, 63.6, 92.8]),  # Xu 2016; 81.25 exactly
        (51, 65, "wald", [78.5, 68.5, 88.5]),  # Ma, JCO 2019
        (51, 65, "clopper_pearson", [78.5, 66.5, 87.7]),
        (440, 500, "clopper_pearson", [88.0, 84.8, 90.7]),
        (0, 10, "clopper_pearson", [0.0, 0.0, 30.8]),
        (10, 10, "clopper_pearson", [100.0, 69.2, 100.0]),
        (0, 10, "wilson", [0.0, 0.0, 27.8]),
    ],
)
def test_limits_of_a_proportion(n: int, total: int, kind: ProportionInterval, expected: list[float]) -> None:
    assert percent(compute_proportion(n, total, kind=kind)) == expected


def test_a_proportion_of_nobody_is_not_estimable_and_more_than_all_is_refused() -> None:
    assert math.isnan(compute_proportion(0, 0).estimate)
    with pytest.raises(DataError) as caught:
        compute_proportion(3, 2)
    assert str(caught.value) == "a number of responders is between 0 and 2, not 3"


def test_rate_differences_by_miettinen_and_nurminen() -> None:
    # statistics.md of the project's references: statsmodels refuses the first and misses the second.
    first, second = compute_rate_difference([[18, 50, 9, 50]]), compute_rate_difference([[56, 70, 48, 80]])
    assert [round(value, 6) for value in (first.lower, first.upper)] == [0.005206, 0.347417]
    assert [round(value, 5) for value in (second.lower, second.upper)] == [0.05283, 0.33817]


def test_a_stratum_with_an_empty_group_says_nothing_of_a_difference() -> None:
    assert compute_rate_difference([[18, 50, 9, 50], [3, 5, 0, 0]]) == compute_rate_difference([[18, 50, 9, 50]])
    assert math.isnan(compute_rate_difference([[3, 5, 0, 0]]).estimate)
    assert math.isnan(compute_risk_difference(3, 5, 0, 0).estimate)


def test_a_risk_difference_has_walds_limits() -> None:
    assert percent(compute_risk_difference(18, 50, 9, 50)) == [18.0, 1.0, 35.0]


def test_responders_beyond_the_subjects_are_refused() -> None:
    for compute in (compute_rate_difference, compute_mantel_haenszel):
        with pytest.raises(DataError) as caught:
            compute([[6, 5, 0, 5]])
        assert str(caught.value) == "responders of a stratum are more than its subjects, or fewer than none"


def test_tables_in_which_all_respond_have_no_test() -> None:
    assert math.isnan(compute_mantel_haenszel([[5, 5, 4, 4], [3, 3, 2, 2]]).p_value)


@pytest.mark.parametrize(
    ("margin", "power", "expected"),
    [
        (1.30, 0.8, [457, 320, 233, 174, 134]),
        (1.30, 0.9, [611, 428, 311, 233, 179]),
        (1.25, 0.8, [631, 417, 291, 212, 158]),
        (1.25, 0.9, [845, 559, 390, 283, 212]),
        (1.33, 0.8, [387, 278, 206, 157, 122]),
        (1.33, 0.9, [517, 372, 276, 210, 163]),
        (1.35, 0.8, [349, 255, 191, 147, 115]),
        (1.35, 0.9, [467, 341, 256, 197, 154]),
    ],
)
def test_events_that_a_margin_needs(margin: float, power: float, expected: list[int]) -> None:
    assert [compute_required_events(margin, ratio, power=power) for ratio in (1, 0.95, 0.9, 0.85, 0.8)] == expected


def test_events_at_a_one_sided_level_of_five_percent() -> None:
    found = [compute_required_events(1.3, r, alpha=0.05, power=p) for r in (1, 0.9) for p in (0.8, 0.9)]
    assert found == [360, 498, 183, 254]


def test_subjects_and_largest_hazard_ratio_of_a_design() -> None:
    designs = [(11, 24), (11, 12), (13, 24)]
    found = [compute_event_probability(median, 36, follow_up, dropout=0.05) for median, follow_up in designs]
    assert [round(value, 3) for value in found[:2]] == [0.866, 0.779]
    assert [[math.ceil(events / value) for events in (457, 611)] for value in found] == [
        [528, 706],
        [587, 784],
        [553, 739],
    ]
    limits = [round(compute_largest_hazard_ratio(events, 1.3), 3) for events in (457, 611, 200, 160)]
    assert limits == [1.082, 1.109, 0.985, 0.954]


@pytest.mark.public_data
@needs_public_data
@pytest.mark.parametrize(
    ("name", "ratio", "inverse", "chi_square", "arms"),
    [
        (
            "CLEOPATRA_3A",
            "1.498 (1.273-1.762)",
            "0.668 (0.567-0.785)",
            24.122,
            {
                "control": ("406/313", "12.5 (10.5-14.2)", [406, 324, 194, 126, 93], [0.8387, 0.5241, 0.2741]),
                "pertuzumab": ("402/276", "19.0 (16.8-22.0)", [402, 339, 250, 197, 150], [0.8782, 0.6695, 0.4222]),
            },
        ),
        (
            "TH3RESA_2A",
            "1.906 (1.530-2.376)",
            "0.525 (0.421-0.654)",
            34.133,
            {
                "physicians_choice": ("198/129", "3.3 (3.0-4.2)", [198, 28, 1, 0, 0], [0.2832, 0.0863]),
                "trastuzumab_emtansine": ("404/221", "6.3 (5.6-6.9)", [404, 116, 12, 0, 0], [0.5058, 0.2379]),
            },
        ),
        (
            "FALCON_2",
            "1.273 (1.018-1.592)",
            "0.786 (0.628-0.982)",
            4.510,
            {
                "anastrazole": ("232/168", "14.0 (11.6-16.6)", [232, 162, 120, 83, 45], [0.7326, 0.5659, 0.2792]),
                "fulvestrant": ("230/143", "16.6 (13.8-21.3)", [230, 171, 124, 96, 63], [0.8072, 0.6141, 0.3781]),
            },
        ),
    ],
)
def test_the_reconstructed_trials_give_their_known_numbers(
    name: str, ratio: str, inverse: str, chi_square: float, arms: dict[str, tuple[str, str, list[int], list[float]]]
) -> None:
    trial = pd.read_csv(PUBLIC / f"{name}.csv")
    first, second = arms
    for compared, reference, expected in ((first, second, ratio), (second, first, inverse)):
        found = compute_hazard_ratio(
            trial["time"], trial["event"], trial["arm"], compared=compared, reference=reference
        )
        assert f"{found.estimate:.3f} ({found.lower:.3f}-{found.upper:.3f})" == expected
    assert round(compute_log_rank(trial["time"], trial["event"], trial["arm"]).chi_square, 3) == chi_square
    for arm, (counts, median, at_risk, survival) in arms.items():
        own = trial[trial["arm"] == arm]
        curve = compute_kaplan_meier(own["time"], own["event"])
        middle = compute_quantile(curve, 0.5)
        assert f"{curve.n}/{curve.n_events}" == counts
        assert f"{middle.estimate:.1f} ({middle.lower:.1f}-{middle.upper:.1f})" == median
        assert compute_number_at_risk(curve, [0, 6, 12, 18, 24]).tolist() == at_risk
        rates = compute_landmarks(curve, [6, 12, 24][: len(survival)])["survival"]
        assert [round(rate, 4) for rate in rates] == survival


TIMES = [2.0, 4.0, 6.0, 3.0, 5.0, 9.0]
ARMS = ["A", "A", "A", "B", "B", "B"]


def test_a_group_without_events_has_no_hazard_ratio() -> None:
    found = compute_hazard_ratio(TIMES, [1, 1, 1, 0, 0, 0], ARMS, compared="A", reference="B")
    assert math.isnan(found.estimate)
    assert math.isnan(found.upper)
    assert math.isnan(found.wald.p_value)
    assert math.isnan(compute_hazard_ratio(TIMES, [0] * 6, ARMS, compared="A", reference="B").estimate)
    assert math.isnan(compute_hazard_ratio([], [], [], compared="A", reference="B").estimate)


def test_a_hazard_ratio_of_two_groups_that_share_their_times_is_one() -> None:
    found = compute_hazard_ratio([1, 2, 3, 1, 2, 3], [1, 1, 0, 1, 1, 0], ARMS, compared="A", reference="B")
    assert found.estimate == pytest.approx(1.0, abs=1e-12)
    assert found.lower * found.upper == pytest.approx(1.0, abs=1e-12)


def test_turning_the_comparison_round_inverts_the_hazard_ratio() -> None:
    events = [1, 1, 0, 1, 0, 1]
    one = compute_hazard_ratio(TIMES, events, ARMS, compared="A", reference="B")
    other = compute_hazard_ratio(TIMES, events, ARMS, compared="B", reference="A")
    assert one.estimate * other.estimate == pytest.approx(1.0, abs=1e-10)
    assert one.lower * other.upper == pytest.approx(1.0, abs=1e-10)


def test_covariates_that_determine_each_other_are_not_estimable() -> None:
    arm = pd.DataFrame({"arm": [1.0, 1, 1, 0, 0, 0], "not_arm": [0.0, 0, 0, 1, 1, 1]})
    assert np.isnan(compute_cox_model(TIMES, [1] * 6, arm).coefficients).all()


def test_a_missing_covariate_is_refused() -> None:
    with pytest.raises(DataError) as caught:
        compute_cox_model(TIMES, [1] * 6, pd.DataFrame({"age": [60.0, None, 61, 62, 63, 64]}))
    assert str(caught.value) == (
        "1 of 6 records have no value in age\n  fix      leave these records out by a filter, or give them a level of "
        "their own"
    )


def test_a_third_group_in_a_comparison_of_two_is_refused() -> None:
    with pytest.raises(DataError) as caught:
        compute_hazard_ratio(TIMES, [1] * 6, ["A", "A", "A", "B", "B", "C"], compared="A", reference="B")
    assert str(caught.value) == "group C is not one of B, A"


def test_one_subgroup_has_no_interaction() -> None:
    found = compute_interaction(TIMES, [1] * 6, ARMS, ["x"] * 6, compared="A", reference="B")
    assert (found.degrees_of_freedom, math.isnan(found.p_value)) == (0, True)


def test_the_restricted_mean_is_the_area_under_the_curve() -> None:
    curve = compute_kaplan_meier([1, 2, 3, 4], [1, 1, 1, 1])
    found = compute_restricted_mean(curve, 4)
    assert found.value == pytest.approx(2.5, abs=1e-12)
    assert found.std_error == pytest.approx(math.sqrt(5 / 16), abs=1e-12)
    # The curve has fallen to 0, so it is known for ever.
    assert compute_restricted_mean(curve, 10).value == pytest.approx(2.5, abs=1e-12)


def test_a_restricted_mean_beyond_the_last_censored_subject_is_not_estimable() -> None:
    curve = compute_kaplan_meier([1, 2, 3], [1, 0, 0])
    assert math.isnan(compute_restricted_mean(curve, 3.5).value)
    assert math.isnan(compute_restricted_mean_difference(curve, curve, 3.5).p_value)
    assert compute_restricted_mean_difference(curve, curve, 3).value == 0.0
