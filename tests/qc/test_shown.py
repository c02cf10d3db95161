"""What Great Expectations is shown of a dataset, and the records that its answers are about."""

from __future__ import annotations

import numpy as np
from qc_toys import make_column, make_files

from qc.shown import as_categories, show_records, show_values

AE = make_files(
    AE={"AETERM": ["RASH", None, "COUGH", "RASH"], "AESEQ": [1, 2, None, 2], "AESPID": ["", None, "b", "a"]}
).frame("AE")


def test_the_values_of_a_column_are_shown_once_in_the_order_they_come() -> None:
    shown = show_values(AE, {"AETERM", "AESEQ", "AESPID"})
    assert shown.frame["AETERM"].dropna().tolist() == ["RASH", "COUGH"]
    assert shown.frame["AESEQ"].dropna().tolist() == [1.0, 2.0]
    assert shown.frame["AESPID"].tolist() == ["", "b", "a"]
    assert shown.frame["DSROW"].tolist() == [1, 2, 3]


def test_only_the_columns_that_are_asked_about_are_shown() -> None:
    assert show_values(AE, {"AETERM"}).frame.columns.tolist() == ["AETERM", "DSROW"]
    assert show_values(AE, set()).frame.columns.tolist() == ["DSROW"]


def test_a_value_stands_for_its_records_and_a_missing_one_for_none() -> None:
    shown = show_values(AE, {"AETERM", "AESEQ"})
    assert shown.rows_of("AETERM", np.array([1])).tolist() == [0, 3]
    assert shown.rows_of("AESEQ", np.array([1, 2])).tolist() == [0, 1, 3]
    assert shown.rows_of("AETERM", np.array([3])).tolist() == []


def test_a_record_stands_for_itself() -> None:
    shown = show_records(AE)
    assert shown.frame["DSROW"].tolist() == [1, 2, 3, 4]
    assert shown.rows_of("AETERM", np.array([4, 2])).tolist() == [1, 3]


def test_missing_text_stays_missing_and_empty_text_a_value() -> None:
    assert show_records(AE).frame["AESPID"].isna().tolist() == [False, True, False, False]


def test_a_column_without_a_value_can_be_compared_with_numbers() -> None:
    assert (as_categories(make_column([None, None])).isna()).tolist() == [True, True]
    assert as_categories(make_column([])).dtype == object
