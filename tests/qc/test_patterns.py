"""ISO 8601 as SDTM takes it (SDTMIG 3.4 section 4.4.1)."""

from __future__ import annotations

import re

import pytest

from qc import patterns


@pytest.mark.parametrize(
    "text",
    [
        "2024",
        "2024-02",
        "2024-02-29",
        "2024-02-29T13",
        "2024-02-29T13:05",
        "2024-02-29T13:05:59",
        "2024-02-29T13:05:59.123",
        "2024-02-29T13:05Z",
        "2024-02-29T13:05+08:00",
        "2024---15",
        "--12-15",
        "--12",
        "-----T07:15",
        "2024-12--T07:15",
        "2024-02-01/2024-02-10",
        "2024-02-01T10:00/2024-02-01T11:00",
        "2024-02-01T-:15",
    ],
)
def test_a_date_as_sdtm_writes_it_is_taken(text: str) -> None:
    assert re.search(patterns.DATETIME, text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "24",
        "2024-13",
        "2024-00-10",
        "2024-02-32",
        "2024-2-1",
        "2024--",
        "2024-12--",
        "2024-02-29T",
        "2024-02-29T24:00",
        "2024-02-29T10:60",
        "2024-02-29 10:00",
        "29FEB2024",
        "2024-UN-UN",
        "2024-02-29\n",
        "----",
        "2024-02-01/",
    ],
)
def test_another_text_is_not_taken(text: str) -> None:
    assert not re.search(patterns.DATETIME, text)


@pytest.mark.parametrize("text", ["P2W", "P1Y2M10D", "P0.5D", "PT36H", "P1DT12H", "-P3D", "PT5M"])
def test_a_duration_is_taken(text: str) -> None:
    assert re.search(patterns.DURATION, text)


@pytest.mark.parametrize("text", ["P", "PT", "2W", "P2", "P1DT", "P1H", "14 days"])
def test_another_text_is_no_duration(text: str) -> None:
    assert not re.search(patterns.DURATION, text)


def test_a_data_type_narrows_what_is_taken() -> None:
    assert not re.search(patterns.BY_TYPE["date"], "2024-02")
    assert re.search(patterns.BY_TYPE["partialDate"], "2024-02")
    assert not re.search(patterns.BY_TYPE["partialDate"], "2024-02-01T10:00")
    assert not re.search(patterns.BY_TYPE["datetime"], "2024-02-01T10:00")
    assert re.search(patterns.BY_TYPE["datetime"], "2024-02-01T10:00:00")


def test_midnight_is_told_from_a_minute_after() -> None:
    assert re.search(patterns.MIDNIGHT, "2024-02-01T00:00")
    assert re.search(patterns.MIDNIGHT, "2024-02-01T00:00:00/2024-02-02")
    assert not re.search(patterns.MIDNIGHT, "2024-02-01T00:00:30")
    assert not re.search(patterns.MIDNIGHT, "2024-02-01T00")
