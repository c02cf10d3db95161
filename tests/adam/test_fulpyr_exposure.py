"""ADEX of fulpyr on a few typed records, each value recomputed by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from exposure_records import WHO, days, given
from exposure_records import exposure as exposure_of
from small_files import derive_from_records, values

from crf2tlf.spec.load import load_study
from crf2tlf.spec.model import Study

TREATED = {
    **WHO,
    "TRTSDT": days("2024-01-01"),
    "TRTEDT": days("2024-03-31"),
    "DCUTDT": days("2024-12-15"),
    "SAFFL": "Y",
}


@pytest.fixture(scope="module")
def study(root: Path) -> Study:
    return load_study("fulpyr", root)


def exposure(study: Study, *records: dict[str, Any], **other: list[dict[str, Any]]) -> dict[str, object]:
    """The values of a subject who was treated for 91 days."""
    return exposure_of(study, TREATED, *records, **other)


def test_pyrotinib_with_a_pause_and_a_reduction(study: Study) -> None:
    # 30 days of 400 mg, 10 days of pause, 51 days of 320 mg: 28,320 mg in 91 days, of 36,400 mg planned.
    pause = {**WHO, "ECTRT": "PYROTINIB", "ECOCCUR": "N", "ECSTDTC": "2024-01-31"}
    first = given("PYROTINIB", "2024-01-01", "2024-01-30", 400)
    second = given("PYROTINIB", "2024-02-10", None, 320)
    assert exposure(study, first, second, EC=[pause]) == {
        "DURDPYR": 91, "DURMPYR": 2.99, "NCYCPYR": 5, "CUMDPYR": 28320, "ADDPYR": 311.21, "DIPYR": 6535.38,
        "RDIPYR": 77.8, "LOWDPYR": 320, "NREDPYR": 1, "NINTPYR": 1, "TTREDPYR": 41,
        "TDURD": 91, "TDURM": 2.99, "ANYRED": 1, "ANYINT": 1,
    }  # fmt: skip


def test_pyrotinib_as_planned(study: Study) -> None:
    found = exposure(study, given("PYROTINIB", "2024-01-01", "2024-01-21", 400))
    wanted = {"DURDPYR": 21, "NCYCPYR": 1, "CUMDPYR": 8400, "DIPYR": 8400, "RDIPYR": 100, "NREDPYR": 0, "NINTPYR": 0,
              "TTREDPYR": None, "ANYRED": 0, "ANYINT": 0}  # fmt: skip
    assert {name: found[name] for name in wanted} == wanted


def test_capecitabine_twice_a_day_on_14_of_21_days(study: Study) -> None:
    # The second cycle is late, the third of a lower dose: 28,000 + 28,000 + 21,000 mg/m2 in 63 days, planned 84,000.
    cycles = [
        given("CAPECITABINE", "2024-01-01", "2024-01-14", 1000, "BID"),
        given("CAPECITABINE", "2024-01-26", "2024-02-08", 1000, "BID"),
        given("CAPECITABINE", "2024-02-19", "2024-03-03", 750, "BID"),
    ]
    found = exposure(study, *cycles)
    wanted = {"DURDCAP": 63, "NCYCCAP": 3, "CUMDCAP": 77000, "DICAP": 25666.67, "RDICAP": 91.67, "LOWDCAP": 1500,
              "NREDCAP": 1, "NDELCAP": 1, "TTREDCAP": 50}  # fmt: skip
    assert {name: found[name] for name in wanted} == wanted


@pytest.mark.parametrize(("start", "delays"), [("2024-01-25", 0), ("2024-01-26", 1)])
def test_a_cycle_is_late_after_more_than_24_days(study: Study, start: str, delays: int) -> None:
    first = given("CAPECITABINE", "2024-01-01", "2024-01-14", 1000, "BID")
    assert exposure(study, first, given("CAPECITABINE", start, None, 1000, "BID"))["NDELCAP"] == delays


@pytest.mark.parametrize(
    ("injections", "duration", "delays", "relative"),
    [
        (["2024-01-01"], 28, 0, 100),
        (["2024-01-01", "2024-01-15"], 42, 0, 100),
        (["2024-01-01", "2024-01-15", "2024-01-29"], 56, 0, 100),
        (["2024-01-01", "2024-01-15", "2024-01-26", "2024-02-26"], 84, 0, 100),
        (["2024-01-01", "2024-01-19", "2024-02-20"], 78, 2, 100),
        (["2024-01-01", "2024-01-15", "2024-02-26"], 84, 1, 75),
    ],
)
def test_fulvestrant_is_planned_on_days_1_15_29_and_every_28_days(
    study: Study, injections: list[str], duration: int, delays: int, relative: float
) -> None:
    records = [given("FULVESTRANT", f"{day}T09:00", f"{day}T09:00", 500, "ONCE") for day in injections]
    found = exposure(study, *records)
    assert (found["NCYCFUL"], found["CUMDFUL"]) == (len(injections), 500 * len(injections))
    assert (found["DURDFUL"], found["NDELFUL"], found["RDIFUL"]) == (duration, delays, relative)


def test_a_dose_that_is_not_known_leaves_the_cumulative_dose_open(study: Study) -> None:
    found = exposure(study, given("PYROTINIB", "2024-01-01", "2024-01-30", None))
    assert (found["DURDPYR"], found["CUMDPYR"], found["RDIPYR"]) == (30, None, None)


def test_each_interval_is_a_record_with_its_source(study: Study) -> None:
    records = [
        given("PYROTINIB", "2024-01-01", "2024-01-30", 400),
        given("CAPECITABINE", "2024-01-01", "2024-01-14", 1000, "BID"),
    ]
    built = derive_from_records(study, "ADEX", ADSL=[TREATED], EX=records)
    names = ("PARCAT1", "PARAMCD", "AVAL", "ASTDT", "AENDT", "SRCDOM", "SRCSEQ")
    assert [row for row in values(built, *names) if str(row[1]).startswith("DOSE")] == [
        ("CAPECITABINE", "DOSECAP", 2000, "2024-01-01", "2024-01-14", "EX", 2),
        ("PYROTINIB", "DOSEPYR", 400, "2024-01-01", "2024-01-30", "EX", 1),
    ]


def test_an_end_before_the_start_gives_neither_duration_nor_dose(study: Study) -> None:
    found = exposure(study, given("PYROTINIB", "2024-01-05", "2024-01-01", 400))
    wanted = ("DURDPYR", "NCYCPYR", "CUMDPYR", "ADDPYR", "RDIPYR")
    assert [found[name] for name in wanted] == [None, None, None, None, None]
