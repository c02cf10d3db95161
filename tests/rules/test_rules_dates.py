"""Collected dates to ISO 8601 text, and partial dates to numeric ones."""

from __future__ import annotations

import numpy as np
import pytest
from frame_scope import values

from crf2tlf.rules.columns import compute_iso_dates, compute_sas_dates, text_column
from crf2tlf.rules.dates import (
    DATE_FORMATS,
    compute_imputed_dates,
    compute_iso_dates_by_format,
    compute_iso_dates_from_text,
    compute_iso_dates_of_any,
    compute_iso_times,
)

NA = None

# format: collected text, ISO 8601 text, whether it becomes an issue
COLLECTED: dict[str, list[tuple[str | None, str | None, bool]]] = {
    "YYYY-MM-DD": [
        ("2024-02-29", "2024-02-29", False),
        (" 2024-2-9 ", "2024-02-09", False),
        ("2024-02", "2024-02", False),
        ("2024-02-UN", "2024-02", False),
        ("2024", "2024", False),
        ("2024-UN-UNK", "2024", False),
        ("UNKN", NA, False),
        ("UNK-UN-UN", NA, False),
        (NA, NA, False),
        ("2024-UN-15", "2024", True),
        ("UNK-02-15", NA, True),
        ("2023-02-29", NA, True),
        ("1900-02-29", NA, True),
        ("2000-02-29", "2000-02-29", False),
        ("2024-13-01", NA, True),
        ("2024-00-01", NA, True),
        ("2024-01-00", NA, True),
        ("2024-04-31", NA, True),
        ("24-01-01", NA, True),
        ("0202-01-05", NA, True),
        ("1582-10-15", "1582-10-15", False),
        ("2999-12-31", "2999-12-31", False),
        ("2024-01-01T10:00", NA, True),
        ("٢٠٢٤-٠١-٠١", NA, True),
        ("not done", NA, True),
    ],
    "MM/DD/YYYY": [
        ("02/29/2024", "2024-02-29", False),
        ("2/9/2024", "2024-02-09", False),
        ("02/UN/2024", "2024-02", False),
        ("UN/UN/2024", "2024", False),
        ("02/2024", "2024-02", False),
        ("2024", "2024", False),
        ("UNK/15/2024", "2024", True),
        ("13/01/2024", NA, True),
        ("02/30/2024", NA, True),
        ("02/29/24", NA, True),
    ],
    "MM-DD-YYYY": [
        ("02-29-2024", "2024-02-29", False),
        ("02-UN-2024", "2024-02", False),
        ("UN-UN-2024", "2024", False),
        ("02-2024", "2024-02", False),
        ("02/29/2024", NA, True),
    ],
    "DD/MM/YYYY": [
        ("29/02/2024", "2024-02-29", False),
        ("UN/02/2024", "2024-02", False),
        ("UN/UNK/2024", "2024", False),
        ("02/2024", "2024-02", False),
        ("2024", "2024", False),
        ("15/UN/2024", "2024", True),
        ("02/13/2024", NA, True),
    ],
    "DD-MMM-YYYY": [
        ("29-FEB-2024", "2024-02-29", False),
        ("9-feb-2024", "2024-02-09", False),
        ("UN-FEB-2024", "2024-02", False),
        ("UN-UNK-2024", "2024", False),
        ("FEB-2024", "2024-02", False),
        ("2024", "2024", False),
        ("UN-UNK-UNKN", NA, False),
        ("29-02-2024", "2024-02-29", False),
        ("30-FEB-2024", NA, True),
        ("29-FEV-2024", NA, True),
        ("15-UNK-2024", "2024", True),
    ],
    "DDMMMYYYY": [
        ("29FEB2024", "2024-02-29", False),
        ("1JAN2024", "2024-01-01", False),
        ("UNFEB2024", "2024-02", False),
        ("UNUNK2024", "2024", False),
        ("FEB2024", "2024-02", False),
        ("2024", "2024", False),
        ("31APR2024", NA, True),
    ],
    "YYYYMMDD": [
        ("20240229", "2024-02-29", False),
        ("202402", "2024-02", False),
        ("2024", "2024", False),
        ("202402UN", "2024-02", False),
        ("2024UNUN", "2024", False),
        ("20240230", NA, True),
        ("2024022", NA, True),
    ],
    "YYYY.MM.DD": [
        ("2024.02.29", "2024-02-29", False),
        ("2024.02", "2024-02", False),
        ("2024.UN.UN", "2024", False),
        ("2024.2.9", "2024-02-09", False),
        ("2024-02-29", NA, True),
    ],
    "YYYY/MM/DD": [("2024/2/29", "2024-02-29", False), ("2024/02", "2024-02", False), ("29/02/2024", NA, True)],
    "YYYY\u5e74MM\u6708DD\u65e5": [
        ("2023\u5e745\u67087\u65e5", "2023-05-07", False),
        ("\uff12\uff10\uff12\uff13\u5e7405\u670807\u53f7", "2023-05-07", False),  # wide digits
        ("2023\u5e745\u6708", "2023-05", False),
        ("2023\u5e74", "2023", False),
        ("2023\u5e7413\u6708", NA, True),
        ("2023-05-07", NA, True),
    ],
    "EXCEL": [
        ("45351", "2024-02-29", False),
        ("45351.0", "2024-02-29", False),
        ("61", "1900-03-01", False),
        ("60", NA, True),
        ("45351.5", NA, True),
        ("2958466", NA, True),
        ("2024-02-29", NA, True),
        (NA, NA, False),
    ],
}  # fmt: skip


@pytest.mark.parametrize("date_format", DATE_FORMATS)
def test_collected_dates_become_iso_8601_as_far_as_they_are_known(date_format: str) -> None:
    collected, expected, issues = zip(*COLLECTED[date_format], strict=True)
    iso, bad = compute_iso_dates_from_text(text_column(list(collected)), date_format)
    assert list(zip(collected, values(iso), bad.tolist(), strict=True)) == list(
        zip(collected, expected, issues, strict=True)
    )


def test_a_text_that_two_formats_read_differently_is_ambiguous_and_missing() -> None:
    collected = text_column(["05/07/2024", "07/07/2024", "25/07/2024", "2024-07-05", "7 July", "UNK", None])
    iso, bad, unclear = compute_iso_dates_of_any(collected, ("DD/MM/YYYY", "MM/DD/YYYY", "YYYY-MM-DD"))
    assert values(iso) == [NA, "2024-07-07", "2024-07-25", "2024-07-05", NA, NA, NA]
    assert bad.tolist() == [False, False, False, False, True, False, False]
    assert unclear.tolist() == [True, False, False, False, False, False, False]


def test_each_row_is_read_in_its_own_format() -> None:
    collected = text_column(["05/07/2024", "05/07/2024", None, "x"])
    formats = text_column(["DD/MM/YYYY", "MM/DD/YYYY", "MM/DD/YYYY", "YYYY-MM-DD"])
    iso, bad = compute_iso_dates_by_format(collected, formats)
    assert values(iso) == ["2024-07-05", "2024-05-07", NA, NA]
    assert bad.tolist() == [False, False, False, True]


def test_no_dates_or_only_missing_ones_give_as_many_missing_ones() -> None:
    iso, bad = compute_iso_dates_from_text(text_column([]), "YYYY-MM-DD")
    assert (values(iso), bad.tolist()) == ([], [])
    iso, bad = compute_iso_dates_from_text(text_column([None, None]), "YYYY-MM-DD")
    assert (values(iso), bad.tolist()) == ([NA, NA], [False, False])


def test_a_date_that_stands_often_is_read_the_same_everywhere() -> None:
    iso, bad = compute_iso_dates_from_text(text_column(["x", "2024-01-01", None, "x", "2024-01-01"]), "YYYY-MM-DD")
    assert values(iso) == [NA, "2024-01-01", NA, NA, "2024-01-01"]
    assert bad.tolist() == [True, False, False, True, False]


@pytest.mark.parametrize(
    ("collected", "iso", "bad"),
    [
        ("10:30", "10:30", False),
        ("1:05", "01:05", False),
        (" 10:30:15 ", "10:30:15", False),
        ("00:00", "00:00", False),
        ("23:59:59", "23:59:59", False),
        (NA, NA, False),
        ("24:00", NA, True),
        ("10:60", NA, True),
        ("10:30:60", NA, True),
        ("10", NA, True),
        ("10.30", NA, True),
        ("noon", NA, True),
        ("10:30 PM", NA, True),
    ],
)
def test_collected_times_become_iso_8601_or_an_issue(collected: str | None, iso: str | None, bad: bool) -> None:
    times, unreadable = compute_iso_times(text_column([collected]))
    assert (values(times), unreadable.tolist()) == ([iso], [bad])


def imputed(iso: str | None, rule: str, before: str | None = None, after: str | None = None) -> tuple[object, object]:
    bounds = [compute_sas_dates(text_column([bound])) if bound else None for bound in (before, after)]
    days, flag = compute_imputed_dates(text_column([iso]), rule, bounds[0], bounds[1])  # type: ignore[arg-type]
    return values(compute_iso_dates(days))[0], values(flag)[0]


@pytest.mark.parametrize(
    ("iso", "rule", "date", "flag"),
    [
        ("2024-02-29", "first", "2024-02-29", NA),
        ("2024-02-29T10:30", "last", "2024-02-29", NA),
        ("2024-02-29", "", "2024-02-29", NA),
        ("2024-02", "", NA, NA),
        ("2024-02", "first", "2024-02-01", "D"),
        ("2024-02", "last", "2024-02-29", "D"),
        ("2023-02", "last", "2023-02-28", "D"),
        ("1900-02", "last", "1900-02-28", "D"),
        ("2000-02", "last", "2000-02-29", "D"),
        ("2024-12", "last", "2024-12-31", "D"),
        ("2024", "first", "2024-01-01", "M"),
        ("2024", "last", "2024-12-31", "M"),
        (NA, "first", NA, NA),
        ("2023-02-29", "first", NA, NA),
        ("2024-13", "first", NA, NA),
        ("unknown", "last", NA, NA),
    ],
)
def test_a_partial_date_is_imputed_and_flagged(iso: str | None, rule: str, date: str | None, flag: str | None) -> None:
    assert imputed(iso, rule) == (date, flag)


@pytest.mark.parametrize(
    ("iso", "rule", "before", "after", "date"),
    [
        ("2024-02", "first", "2024-02-15", NA, "2024-02-15"),  # within the month: moved to the bound
        ("2024-02", "first", "2024-02-29", NA, "2024-02-29"),  # the last day that the known parts allow
        ("2024-02", "first", "2024-03-01", NA, "2024-02-01"),  # the known parts do not allow it
        ("2024-02", "first", "2024-01-31", NA, "2024-02-01"),  # before it anyway
        ("2024", "first", "2024-12-31", NA, "2024-12-31"),
        ("2024", "first", "2025-01-01", NA, "2024-01-01"),
        ("2024-02", "last", NA, "2024-02-15", "2024-02-15"),
        ("2024-02", "last", NA, "2024-02-01", "2024-02-01"),
        ("2024-02", "last", NA, "2024-01-31", "2024-02-29"),
        ("2024-02", "last", NA, "2024-03-01", "2024-02-29"),
        ("2023-02", "last", "2023-02-28", "2023-02-28", "2023-02-28"),
        ("2024-02-10", "first", "2024-02-15", NA, "2024-02-10"),  # a complete date is never moved
        ("2024-02", "first", "unknown", "unknown", "2024-02-01"),  # a bound that is missing bounds nothing
    ],
)
def test_an_imputed_date_keeps_its_bounds_where_the_known_parts_allow_it(
    iso: str, rule: str, before: str | None, after: str | None, date: str
) -> None:
    assert imputed(iso, rule, before, after)[0] == date


def test_a_date_is_counted_in_days_from_the_first_of_1960() -> None:
    days = compute_sas_dates(text_column(["1960-01-01", "1960-02-29", "2024-02-29T23:59", "2024", None]))
    assert np.array_equal(days, [0, 59, 23435, np.nan, np.nan], equal_nan=True)
    assert values(compute_iso_dates(days)) == ["1960-01-01", "1960-02-29", "2024-02-29", NA, NA]
