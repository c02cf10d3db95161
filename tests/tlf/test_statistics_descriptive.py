"""Summaries, counts, and the p-values beside a table."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from scipy.stats import f_oneway

from crf2tlf.errors import DataError
from tlf.statistics import (
    Summary,
    compute_anova,
    compute_chi_square_test,
    compute_counts,
    compute_fisher_test,
    compute_percentile,
    compute_summaries,
    compute_summary,
)


def test_a_summary_leaves_missing_values_out_and_counts_them() -> None:
    assert compute_summary([4.0, 1.0, np.nan, 2.0, 3.0]) == Summary(
        n=4,
        n_missing=1,
        mean=2.5,
        sd=math.sqrt(5 / 3),
        median=2.5,
        q1=1.5,
        q3=3.5,
        minimum=1.0,
        maximum=4.0,
        total=10.0,
    )


def test_quartiles_follow_sas_definition_5() -> None:
    assert compute_percentile([1, 2, 3, 4, 5], 0.25) == 2.0
    assert compute_percentile([1, 2, 3, 4, 5, 6, 7, 8], 0.25) == 2.5
    assert compute_percentile(np.arange(1, 21), 0.35) == 7.5
    assert compute_percentile([7], 0.25) == 7.0


def test_one_value_has_no_standard_deviation_and_none_has_nothing() -> None:
    one, none = compute_summary([7.0]), compute_summary([np.nan])
    assert (one.n, one.mean, one.median) == (1, 7.0, 7.0)
    assert math.isnan(one.sd)
    assert (none.n, none.n_missing) == (0, 1)
    assert np.isnan([none.mean, none.sd, none.median, none.q1, none.q3, none.minimum, none.maximum]).all()


def test_summaries_come_in_the_order_asked_for_with_empty_groups() -> None:
    frame = compute_summaries([1.0, 3.0, 5.0], ["A", "A", "B"], order=["B", "A", "C"])
    assert frame["group"].tolist() == ["B", "A", "C"]
    assert frame["n"].tolist() == [1, 2, 0]
    assert frame["mean"].tolist()[:2] == [5.0, 2.0]


def test_text_and_infinite_values_are_refused() -> None:
    with pytest.raises(DataError, match=r"^the values are not numbers: could not convert string to float: 'ND'$"):
        compute_summary(["1", "ND"])
    with pytest.raises(DataError, match=r"^1 of 2 values are infinite$"):
        compute_summary([1.0, math.inf])


def test_counts_show_every_level_of_every_group() -> None:
    frame = compute_counts(
        pd.Series(["F", "F", "M", None]),
        ["A", "A", "B", "B"],
        level_order=["M", "F"],
        denominators={"A": 4, "B": 1, "C": 0},
    )
    assert frame.drop(columns="percent").to_dict("list") == {
        "group": ["A", "A", "B", "B", "C", "C"],
        "level": ["M", "F", "M", "F", "M", "F"],
        "n": [0, 2, 1, 0, 0, 0],
        "denominator": [4, 4, 1, 1, 0, 0],
    }
    assert frame["percent"].tolist()[:4] == [0.0, 50.0, 100.0, 0.0]
    assert frame["percent"][4:].isna().all()


def test_a_level_not_in_the_list_is_refused() -> None:
    with pytest.raises(DataError, match=r"^level U is not one of M, F$"):
        compute_counts(["U"], ["A"], level_order=["M", "F"], denominators={"A": 1})


def test_a_count_over_its_denominator_is_refused() -> None:
    with pytest.raises(DataError, match=r"^A, F: a count of 2 is over its denominator 1$"):
        compute_counts(["F", "F"], ["A", "A"], level_order=["M", "F"], denominators={"A": 1})


def test_the_chi_square_test_leaves_empty_rows_and_columns_out() -> None:
    full = compute_chi_square_test([[10, 20], [20, 10]])
    padded = compute_chi_square_test([[10, 0, 20], [0, 0, 0], [20, 0, 10]])
    assert full.statistic == pytest.approx(20 / 3)
    assert padded == full
    assert math.isnan(compute_chi_square_test([[10, 20], [0, 0]]).p_value)


def test_fishers_test_is_for_two_by_two_tables() -> None:
    assert compute_fisher_test([[3, 1], [1, 3]]).p_value == pytest.approx(34 / 70)
    with pytest.raises(DataError) as caught:
        compute_fisher_test([[1, 2, 3], [4, 5, 6]])
    assert str(caught.value) == (
        "Fisher's exact test is for 2 x 2 tables, not 2 x 3\n  fix      use the chi-square test"
    )


def test_counts_that_are_no_counts_are_refused() -> None:
    with pytest.raises(DataError, match=r"^a table of counts holds a value that is not a whole number of at least 0$"):
        compute_fisher_test([[1.5, 2.0], [3.0, 4.0]])


def test_the_analysis_of_variance_equals_that_of_scipy() -> None:
    values, groups = [1.0, 2.0, 4.0, 4.0, 6.0, np.nan], ["A", "A", "B", "B", "C", "C"]
    found = compute_anova([*values, 7.0], [*groups, "C"])
    statistic, p_value = f_oneway([1.0, 2.0], [4.0, 4.0], [6.0, 7.0])
    assert (found.statistic, found.p_value) == pytest.approx((statistic, p_value))
    assert found.degrees_of_freedom == (2, 3)


def test_an_analysis_of_variance_without_variance_or_groups_is_not_estimable() -> None:
    assert math.isnan(compute_anova([1.0, 1.0, 2.0, 2.0], ["A", "A", "B", "B"]).p_value)
    assert math.isnan(compute_anova([1.0, 2.0], ["A", "A"]).p_value)
    assert math.isnan(compute_anova([1.0, 2.0], ["A", "B"]).p_value)
