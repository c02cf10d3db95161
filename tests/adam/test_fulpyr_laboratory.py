"""ADLB of fulpyr on a few typed records: CTCAE 5.0 at each limit, baselines, shifts and the worst grades."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from small_files import derive_from_records, values

from crf2tlf.spec.load import load_study
from crf2tlf.spec.model import Study

WHO = {"USUBJID": "S1"}
TREATED = {**WHO, "TRTSDT": 0, "TRTEDT": 100, "SAFFL": "Y"}
UNITS = {"WBC": "10^9/L", "NEUT": "10^9/L", "LYM": "10^9/L", "PLAT": "10^9/L", "HGB": "g/L", "ALB": "g/L",
         "ALT": "U/L", "AST": "U/L", "ALP": "U/L", "BILI": "umol/L", "CREAT": "umol/L"}  # fmt: skip
RANGES = {"WBC": (4, 10), "NEUT": (2, 7), "LYM": (1, 3.5), "PLAT": (100, 300), "HGB": (115, 150), "ALB": (35, 55),
          "ALT": (5, 40), "AST": (5, 40), "ALP": (40, 120), "BILI": (3, 20), "CREAT": (45, 84), "GLUC": (3.9, 6.1),
          "TRIG": (0.5, 1.7), "SODIUM": (135, 145), "K": (3.5, 5.3), "CA": (2.1, 2.6)}  # fmt: skip


@pytest.fixture(scope="module")
def study(root: Path) -> Study:
    return load_study("fulpyr", root)


def result(test: str, day: int, value: float | None, **other: Any) -> dict[str, Any]:
    """A result in standard units on a day counted from 1960-01-01, the first dose being on that day."""
    low, high = RANGES[test]
    usual = {"LBTESTCD": test, "LBSTRESN": value, "LBSTRESC": str(value), "LBSTRESU": UNITS.get(test, "mmol/L"),
             "LBSTNRLO": low, "LBSTNRHI": high, "VISIT": f"DAY {day}", "VISITNUM": day, "LBCAT": "CHEMISTRY",
             "LBDTC": date.fromordinal(date(1960, 1, 1).toordinal() + day).isoformat()}  # fmt: skip
    return {**WHO, **usual, **other}


def graded(study: Study, test: str, column: str, baseline: float, found: list[float]) -> list[object]:
    """The grades of results on treatment after a baseline."""
    records = [result(test, -1, baseline), *(result(test, day, value) for day, value in enumerate(found, 1))]
    built = derive_from_records(study, "ADLB", ADSL=[TREATED], LB=records)
    return [grade for code, day, grade in values(built, "PARAMCD", "ADY", column) if code == test and day > 0]


@pytest.mark.parametrize(
    ("test", "baseline", "found", "grades"),
    [
        ("WBC", 6, [4, 3.99, 3, 2.99, 2, 1.99, 1, 0.99], "01122334"),
        ("NEUT", 3, [2, 1.99, 1.5, 1.49, 1, 0.99, 0.5, 0.49], "01122334"),
        ("LYM", 2, [1, 0.99, 0.8, 0.79, 0.5, 0.49, 0.2, 0.19], "01122334"),
        ("HGB", 130, [115, 114, 100, 99, 80, 79, 20], "0112233"),
        ("PLAT", 200, [100, 99, 75, 74, 50, 49, 25, 24], "01122334"),
        ("ALB", 45, [35, 34, 30, 29, 20, 19, 1], "0112233"),
        ("GLUC", 5, [3.9, 3.89, 3, 2.99, 2.2, 2.19, 1.7, 1.69], "01122334"),
        ("SODIUM", 140, [135, 134, 130, 129, 125, 124, 120, 119], "01122334"),
        ("K", 4, [3.5, 3.49, 3, 2.99, 2.5, 2.49], "011334"),
    ],
)
def test_a_low_result_has_the_next_grade_below_its_limit(
    study: Study, test: str, baseline: float, found: list[float], grades: str
) -> None:
    assert graded(study, test, "ATOXGRL", baseline, found) == list(grades)


@pytest.mark.parametrize(
    ("test", "baseline", "found", "grades"),
    [
        ("WBC", 6, [10.1, 100, 100.1], "003"),
        ("LYM", 2, [4, 4.01, 20, 20.01], "0223"),
        ("HGB", 130, [150, 151, 170, 171, 190, 191], "011223"),
        ("ALT", 30, [40, 41, 120, 121, 200, 201, 800, 801], "01122334"),
        ("ALT", 60, [60, 89, 90, 180, 181, 300, 301, 1200, 1201], "001122334"),
        ("AST", 60, [89, 90, 180, 181], "0112"),
        ("ALP", 100, [120, 121, 300, 301, 600, 601, 2400, 2401], "01122334"),
        ("ALP", 200, [399, 400, 500, 501, 1000, 1001, 4000, 4001], "01122334"),
        ("BILI", 10, [20, 20.1, 30, 30.1, 60, 60.1, 200, 200.1], "01122334"),
        ("BILI", 30, [30, 30.1, 45, 45.1, 90, 90.1, 300, 300.1], "01122334"),
        ("CREAT", 84, [84, 85, 126, 127, 252, 253, 504, 505], "01122334"),
        ("CREAT", 50, [75, 76, 84, 150, 151, 504, 505], "0222334"),
        ("TRIG", 1, [1.70, 1.71, 3.42, 3.43, 5.7, 5.71, 11.4, 11.41], "01122334"),
        ("SODIUM", 140, [145, 146, 150, 151, 155, 156, 160, 161], "01122334"),
        ("K", 4, [5.3, 5.31, 5.5, 5.51, 6, 6.01, 7, 7.01], "01122334"),
    ],
)
def test_a_high_result_has_the_next_grade_above_its_limit(
    study: Study, test: str, baseline: float, found: list[float], grades: str
) -> None:
    assert graded(study, test, "ATOXGRH", baseline, found) == list(grades)


def test_a_limit_that_binary_arithmetic_misses_is_met(study: Study) -> None:
    records = [result("BILI", -1, 1, LBSTNRHI=1.2), result("BILI", 1, 1.8, LBSTNRHI=1.2)]
    built = derive_from_records(study, "ADLB", ADSL=[TREATED], LB=records)
    assert values(built, "ATOXGRH")[1] == ("1",)


@pytest.mark.parametrize(
    ("calcium", "albumin", "corrected", "low", "high"),
    [
        (2.1, 40, 2.1, "0", "0"),
        (2.1, 45, 2.0, "1", "0"),
        (1.9, 36, 1.98, "2", "0"),
        (1.64, 40, 1.64, "3", "0"),
        (1.49, 40, 1.49, "4", "0"),
        (2.5, 30, 2.7, "0", "1"),
        (2.9, 40, 2.9, "0", "1"),
        (3.1, 39, 3.12, "0", "3"),
        (3.41, 40, 3.41, "0", "4"),
    ],
)
def test_calcium_is_graded_when_corrected_for_albumin(
    study: Study, calcium: float, albumin: float, corrected: float, low: str, high: str
) -> None:
    records = [result("CA", 1, calcium), result("ALB", 1, albumin)]
    built = derive_from_records(study, "ADLB", ADSL=[TREATED], LB=records)
    by_code = {row[0]: row[1:] for row in values(built, "PARAMCD", "AVAL", "ATOXGRL", "ATOXGRH", "SRCSEQ")}
    assert by_code["CACORR"] == (corrected, low, high, 1)
    assert by_code["CA"] == (calcium, None, None, 1)


def test_without_albumin_calcium_is_not_corrected(study: Study) -> None:
    built = derive_from_records(study, "ADLB", ADSL=[TREATED], LB=[result("CA", 1, 1.4)])
    assert values(built, "PARAMCD", "AVAL", "ATOXGRL") == [("CA", 1.4, None), ("CACORR", None, None)]


def test_high_glucose_and_urea_have_no_grade(study: Study) -> None:
    assert graded(study, "GLUC", "ATOXGRH", 5, [30]) == [None]


def test_another_unit_is_not_graded(study: Study) -> None:
    built = derive_from_records(study, "ADLB", ADSL=[TREATED], LB=[result("K", 1, 7, LBSTRESU="mg/dL")])
    assert values(built, "ATOXGRL", "ATOXGRH") == [(None, None)]


def test_without_a_range_only_limits_in_numbers_give_a_grade(study: Study) -> None:
    records = [result("NEUT", day, value, LBSTNRLO=None) for day, value in ((1, 1.4), (2, 1.8))]
    built = derive_from_records(study, "ADLB", ADSL=[TREATED], LB=records)
    assert values(built, "AVAL", "ATOXGRL") == [(1.4, "2"), (1.8, None)]


def test_a_result_below_a_limit_counts_as_the_limit(study: Study) -> None:
    built = derive_from_records(study, "ADLB", ADSL=[TREATED], LB=[result("NEUT", 1, None, LBSTRESC="<0.1")])
    assert values(built, "AVAL", "AVALC", "ANRIND", "ATOXGRL") == [(0.1, None, "LOW", "4")]


def test_a_high_baseline_keeps_its_own_grade_and_shifts_by_multiples_of_itself(study: Study) -> None:
    records = [result("ALT", -1, 130), result("ALT", 1, 190), result("ALT", 2, 200), result("ALT", 3, 60)]
    built = derive_from_records(study, "ADLB", ADSL=[TREATED], LB=records)
    found = values(built, "ABLFL", "BNRIND", "BTOXGRH", "ATOXGRH", "SHIFT1", "SHIFT3", "WORSTHFL")
    assert found == [
        ("Y", "HIGH", "2", "2", None, None, None),
        (None, "HIGH", "2", "0", "HIGH to HIGH", "2 to 0", None),
        (None, "HIGH", "2", "1", "HIGH to HIGH", "2 to 1", "Y"),
        (None, "HIGH", "2", "0", "HIGH to HIGH", "2 to 0", None),
    ]


def test_the_worst_grades_and_results_are_of_the_time_on_treatment(study: Study) -> None:
    found = [(-1, 3.0), (1, 1.2), (2, 1.1), (3, 2.5), (128, 2.0), (129, 0.3)]
    built = derive_from_records(study, "ADLB", ADSL=[TREATED], LB=[result("NEUT", *each) for each in found])
    assert values(built, "ATOXGRL", "ONTRTFL", "WORSTLFL", "ANL02FL", "ANL03FL") == [
        ("0", None, None, None, None),
        ("2", "Y", "Y", None, None),
        ("2", "Y", None, "Y", None),
        ("0", "Y", None, None, "Y"),
        ("0", "Y", None, None, None),
        ("4", None, None, None, None),
    ]
