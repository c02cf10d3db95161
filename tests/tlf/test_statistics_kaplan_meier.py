"""The rules of the Kaplan-Meier curve and of what is read off it, on cases small enough to compute by hand."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from crf2tlf.errors import DataError
from tlf.statistics import (
    compute_confidence_band,
    compute_curve_steps,
    compute_kaplan_meier,
    compute_kaplan_meier_by_group,
    compute_landmarks,
    compute_number_at_risk,
    compute_number_at_risk_by_group,
    compute_quantile,
    compute_quantiles,
    compute_reverse_kaplan_meier,
)

EVENT, CENSORED = True, False


def test_a_curve_falls_at_events_and_loses_subjects_at_censorings() -> None:
    curve = compute_kaplan_meier([3.0, 1.0, 2.0, 4.0], [EVENT, EVENT, CENSORED, EVENT])
    assert curve.times.tolist() == [1, 2, 3, 4]
    assert curve.at_risk.tolist() == [4, 3, 2, 1]
    assert curve.events.tolist() == [1, 0, 1, 1]
    assert curve.censored.tolist() == [0, 1, 0, 0]
    assert curve.survival == pytest.approx([0.75, 0.75, 0.375, 0.0])
    assert (curve.n, curve.n_events, curve.n_censored) == (4, 3, 1)


def test_a_censoring_at_the_time_of_an_event_counts_as_after_it() -> None:
    curve = compute_kaplan_meier([2.0, 2.0, 5.0], [EVENT, CENSORED, CENSORED])
    assert curve.at_risk.tolist() == [3, 1]
    assert curve.survival == pytest.approx([2 / 3, 2 / 3])


def test_a_step_that_equals_one_half_gives_its_middle_as_the_median() -> None:
    curve = compute_kaplan_meier([1, 2, 3, 4], [EVENT] * 4)
    assert [q.estimate for q in compute_quantiles(curve)] == [1.5, 2.5, 3.5]


def test_one_half_but_for_rounding_error_is_one_half() -> None:
    curve = compute_kaplan_meier(np.arange(1, 11), [EVENT] * 5 + [CENSORED, EVENT] + [CENSORED] * 3)
    assert compute_quantile(curve, 0.5).estimate == 6.0


def test_a_curve_that_stays_above_one_half_has_no_median() -> None:
    median = compute_quantile(compute_kaplan_meier([1, 2, 3], [EVENT, CENSORED, CENSORED]), 0.5)
    assert math.isnan(median.estimate)
    assert math.isnan(median.upper)


def test_an_upper_limit_that_only_the_end_of_the_curve_would_give_is_not_estimable() -> None:
    median = compute_quantile(compute_kaplan_meier([1, 2, 3, 4], [EVENT] * 4), 0.5, kind="loglog")
    assert (median.estimate, median.lower) == (2.5, 1.0)
    assert math.isnan(median.upper)


def test_numbers_at_risk_are_counted_before_the_events_at_the_tick() -> None:
    curve = compute_kaplan_meier([6, 6, 12, 18], [EVENT, CENSORED, EVENT, EVENT])
    assert compute_number_at_risk(curve, [0, 6, 6.5, 12, 18, 24]).tolist() == [4, 4, 2, 2, 1, 0]


def test_times_that_differ_by_rounding_error_are_one_time() -> None:
    curve = compute_kaplan_meier([0.1 + 0.2, 0.3, 1.0], [EVENT, EVENT, CENSORED])
    assert curve.times.tolist() == [0.3, 1.0]
    assert compute_number_at_risk(curve, [0.1 + 0.2]).tolist() == [3]


def test_a_landmark_has_its_own_events_behind_it_and_still_at_risk() -> None:
    rates = compute_landmarks(compute_kaplan_meier([1, 2, 3, 4], [EVENT, EVENT, CENSORED, CENSORED]), [0, 2, 4])
    assert rates["survival"].tolist() == [1.0, 0.5, 0.5]
    assert rates["at_risk"].tolist() == [4, 3, 1]
    assert rates["std_error"].tolist() == pytest.approx([0.0, 0.25, 0.25])


def test_a_landmark_after_the_last_observation_is_not_estimable() -> None:
    rates = compute_landmarks(compute_kaplan_meier([1, 2], [EVENT, CENSORED]), [2, 3])
    assert rates["survival"].tolist()[0] == 0.5
    assert rates.loc[1, ["survival", "std_error", "lower", "upper"]].isna().all()


def test_a_curve_that_fell_to_zero_stays_there_after_the_last_observation() -> None:
    rates = compute_landmarks(compute_kaplan_meier([1, 2], [EVENT, EVENT]), [3])
    assert rates["survival"].tolist() == [0.0]
    assert rates[["std_error", "lower", "upper"]].isna().all(axis=None)


def test_limits_of_kind_plain_and_log_stay_between_0_and_1() -> None:
    curve = compute_kaplan_meier([1, 2, 3], [EVENT, EVENT, CENSORED])
    for kind in ("plain", "log"):
        lower, upper = compute_confidence_band(curve, kind=kind)
        assert (lower >= 0).all()
        assert (upper <= 1).all()


def test_follow_up_takes_censorings_as_its_events() -> None:
    follow_up = compute_reverse_kaplan_meier([10, 20, 30], [EVENT, CENSORED, CENSORED])
    assert compute_quantile(follow_up, 0.5).estimate == 25.0
    assert follow_up.n_events == 2


def test_a_group_without_subjects_has_an_empty_curve() -> None:
    curves = compute_kaplan_meier_by_group([1.0, 2.0], [EVENT, CENSORED], ["A", "A"], order=["B", "A"])
    assert list(curves) == ["B", "A"]
    assert curves["B"].n == 0
    assert math.isnan(compute_quantile(curves["B"], 0.5).estimate)
    assert compute_landmarks(curves["B"], [0.0, 1.0])["survival"].isna().all()
    assert compute_number_at_risk_by_group(curves, [0, 2]).to_dict("list") == {
        "group": ["B", "B", "A", "A"],
        "time": [0.0, 2.0, 0.0, 2.0],
        "n": [0, 0, 2, 1],
    }


def test_the_points_to_draw_begin_with_everybody_at_time_0() -> None:
    curves = compute_kaplan_meier_by_group(
        [0.0, 2.0, 1.0, 3.0], [EVENT, CENSORED, EVENT, CENSORED], ["A", "A", "B", "B"], order=["B", "A", "C"]
    )
    expected = {
        "group": ["B", "B", "B", "A", "A"],
        "time": [0.0, 1.0, 3.0, 0.0, 2.0],
        "survival": [1.0, 0.5, 0.5, 0.5, 0.5],
        "at_risk": [2, 2, 1, 2, 1],
        "events": [0, 1, 0, 1, 0],
        "censored": [0, 0, 1, 0, 1],
    }
    assert compute_curve_steps(curves).to_dict("list") == expected
    assert compute_curve_steps({}).columns.tolist() == list(expected)


def test_a_missing_or_negative_time_is_refused() -> None:
    with pytest.raises(DataError) as caught:
        compute_kaplan_meier([1.0, -1.0, np.nan], [EVENT] * 3)
    assert str(caught.value) == (
        "2 of 3 times are missing or negative\n"
        "  fix      leave these records out by a filter, or correct the start date"
    )


def test_censoring_codes_instead_of_event_flags_are_refused() -> None:
    with pytest.raises(DataError) as caught:
        compute_kaplan_meier([1.0, 2.0], [0, 3])
    assert str(caught.value) == (
        "an event flag is neither true nor false\n  fix      pass `CNSR == 0`, not CNSR itself"
    )


def test_a_missing_event_flag_is_refused() -> None:
    with pytest.raises(DataError) as caught:
        compute_kaplan_meier([1.0, 2.0], pd.Series([True, pd.NA], dtype="boolean"))
    assert str(caught.value) == (
        "some event flags are missing\n  fix      every record is an event or censored: fill CNSR"
    )


def test_columns_of_different_length_are_refused() -> None:
    with pytest.raises(DataError, match=r"^two columns of the same records differ in length: 2 and 1$"):
        compute_kaplan_meier([1.0, 2.0], [EVENT])


def test_a_group_that_the_order_does_not_name_is_refused() -> None:
    with pytest.raises(DataError, match=r"^group B is not one of A$"):
        compute_kaplan_meier_by_group([1.0, 2.0], [EVENT, EVENT], ["A", "B"], order=["A"])


def test_a_probability_or_level_outside_0_and_1_is_refused() -> None:
    curve = compute_kaplan_meier([1.0], [EVENT])
    with pytest.raises(DataError, match=r"^the probability of a quantile is between 0 and 1, not 50$"):
        compute_quantile(curve, 50)
    with pytest.raises(DataError, match=r"^a confidence level is between 0 and 1, not 95$"):
        compute_quantile(curve, 0.5, level=95)
