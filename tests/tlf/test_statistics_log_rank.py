"""The rules of the log-rank test that R does not show: direction, groups without subjects, refusals."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from lifelines.datasets import load_lung
from lifelines.statistics import multivariate_logrank_test

from crf2tlf.errors import DataError
from tlf.statistics import compute_log_rank

TIMES = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]
EVENTS = [True] * 6
GROUPS = ["short", "short", "short", "long", "long", "long"]


def test_observed_expected_and_variance_of_a_case_by_hand() -> None:
    test = compute_log_rank(TIMES, EVENTS, GROUPS)
    assert test.groups == ("long", "short")
    assert test.observed.tolist() == [3, 3]
    # long at risk of all: 3/6, 3/5, 3/4, then alone: 1, 1, 1
    assert test.expected == pytest.approx([4.85, 1.15])
    assert test.variance[0, 0] == pytest.approx(0.25 + 0.24 + 0.1875)
    assert test.chi_square == pytest.approx(1.85**2 / 0.6775)
    assert test.degrees_of_freedom == 1


def test_the_one_sided_p_is_small_when_the_first_group_lives_longer() -> None:
    better = compute_log_rank(TIMES, EVENTS, GROUPS, order=["long", "short"])
    worse = compute_log_rank(TIMES, EVENTS, GROUPS, order=["short", "long"])
    assert better.z == pytest.approx(-1.85 / math.sqrt(0.6775))
    assert better.p_one_sided == pytest.approx(better.p_value / 2)
    assert worse.p_one_sided == pytest.approx(1 - better.p_one_sided)


def test_three_groups_have_no_one_sided_p() -> None:
    test = compute_log_rank(TIMES, EVENTS, ["a", "b", "c", "a", "b", "c"])
    assert test.degrees_of_freedom == 2
    assert math.isnan(test.p_one_sided)
    assert math.isnan(test.z)


def test_a_group_without_subjects_takes_no_degree_of_freedom() -> None:
    test = compute_log_rank(TIMES, EVENTS, GROUPS, order=["long", "none", "short"])
    assert test.n.tolist() == [3, 0, 3]
    assert test.degrees_of_freedom == 1
    assert test.chi_square == pytest.approx(1.85**2 / 0.6775)


def test_without_events_or_without_a_second_group_nothing_is_estimable() -> None:
    for test in (
        compute_log_rank(TIMES, [False] * 6, GROUPS),
        compute_log_rank(TIMES, EVENTS, ["long"] * 6, order=["long", "short"]),
        compute_log_rank([], [], [], order=["long", "short"]),
    ):
        assert np.isnan([test.chi_square, test.p_value, test.z, test.p_one_sided]).all()
        assert test.degrees_of_freedom == 0


def test_a_stratum_with_one_group_only_adds_nothing() -> None:
    alone = compute_log_rank([*TIMES, 7.0, 8.0], [True] * 8, [*GROUPS, "long", "long"])
    strata = pd.DataFrame({"site": ["1"] * 6 + ["2"] * 2})
    stratified = compute_log_rank([*TIMES, 7.0, 8.0], [True] * 8, [*GROUPS, "long", "long"], strata=strata)
    assert stratified.chi_square == pytest.approx(1.85**2 / 0.6775)
    assert alone.chi_square != pytest.approx(stratified.chi_square)


def test_the_test_without_strata_equals_that_of_lifelines() -> None:
    lung: pd.DataFrame = load_lung().dropna(subset=["ph.ecog"])
    own = compute_log_rank(lung["time"], lung["status"] == 1, lung["ph.ecog"].astype(str))
    other = multivariate_logrank_test(lung["time"], lung["ph.ecog"], lung["status"])
    assert own.chi_square == pytest.approx(other.test_statistic, rel=1e-9)
    assert own.p_value == pytest.approx(other.p_value, rel=1e-9)


def test_a_missing_stratum_is_refused() -> None:
    with pytest.raises(DataError, match=r"^1 of 6 records have no value in ECOG$"):
        compute_log_rank(TIMES, EVENTS, GROUPS, strata=pd.DataFrame({"ECOG": ["0", "1", None, "0", "1", "0"]}))


def test_strata_of_another_length_are_refused() -> None:
    with pytest.raises(DataError, match=r"^the strata have 1 rows for 6 records$"):
        compute_log_rank(TIMES, EVENTS, GROUPS, strata=pd.DataFrame({"ECOG": ["0"]}))


def test_a_missing_group_is_refused() -> None:
    with pytest.raises(DataError, match=r"^1 of 6 records have no group$"):
        compute_log_rank(TIMES, EVENTS, pd.Series(["short", None, "short", "long", "long", "long"]))
