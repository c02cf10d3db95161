"""A wide form seen as one row a test."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from crf2tlf.derive.long_forms import compute_long_form
from crf2tlf.errors import Location
from crf2tlf.rules.columns import TEXT
from crf2tlf.spec.facts import Form, LongForm, Table
from crf2tlf.tables import RawTable

PLACE = Location("specs/toy/study.yaml", 1)
TESTS = Table(
    "lb_tests",
    "specs/toy/lb_tests.csv",
    ("PANEL", "LBTESTCD", "RESULT_FIELD", "UNIT_FIELD"),
    (("HEM", "HGB", "HGB_RES", "HGB_UNIT"), ("CHEM", "ALT", "ALT_RES", "ALT_UNIT"), ("HEM", "PH", "PH_RES", "")),
    PLACE,
)
LONG = LongForm("lab", "lb_tests", (("PANEL", "HEM"),), (("RESULT", "RESULT_FIELD"), ("UNIT", "UNIT_FIELD")))
WIDE_FIELDS = ("SUBJ", "HGB_RES", "HGB_UNIT", "PH_RES")
FORM = Form(
    "hem", "Haematology", "lab.csv", "csv", "utf-8", 1, "", "SUBJ", "", "", (*WIDE_FIELDS, "LBTESTCD"), PLACE, LONG
)


def wide(rows: list[tuple[str, str, str, str]]) -> RawTable:
    frame = pd.DataFrame(rows, columns=list(WIDE_FIELDS)).astype(TEXT)
    return RawTable("lab", Path("lab.csv"), frame, np.array([2, 3, 5], dtype=np.int64)[: len(rows)], {})


def test_each_record_and_test_with_a_value_is_a_row_with_the_place_of_its_record() -> None:
    long = compute_long_form(
        wide([("01", "12.1", "g/dL", ""), ("02", "", "", ""), ("03", "", "", "7.4")]), FORM, LONG, TESTS
    )
    expected = pd.DataFrame(
        {
            "SUBJ": ["01", "03"],
            "LBTESTCD": ["HGB", "PH"],
            "RESULT": ["12.1", "7.4"],
            "UNIT": ["g/dL", ""],
        }
    ).astype(TEXT)
    pd.testing.assert_frame_equal(long.frame[list(expected)], expected)
    assert long.rows.tolist() == [2, 5]


def test_a_unit_without_a_result_is_kept_since_nothing_collected_is_lost() -> None:
    long = compute_long_form(wide([("01", "", "g/dL", "")]), FORM, LONG, TESTS)
    assert long.frame[["LBTESTCD", "RESULT", "UNIT"]].to_numpy().tolist() == [["HGB", "", "g/dL"]]


def test_a_wide_form_without_records_gives_no_rows() -> None:
    assert len(compute_long_form(wide([]), FORM, LONG, TESTS).frame) == 0
