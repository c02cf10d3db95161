"""A wide form seen as one row a test."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from crf2tlf.derive.long_forms import LongSource
from crf2tlf.derive.tables import RawSource
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


def long_of(rows: list[tuple[str, str, str, str]]) -> LongSource:
    frame = pd.DataFrame(rows, columns=list(WIDE_FIELDS)).astype(TEXT)
    table = RawTable("lab", Path("lab.csv"), frame, np.array([2, 3, 5], dtype=np.int64)[: len(rows)], {})
    form = replace(FORM, name="lab", fields=WIDE_FIELDS, long=None)
    return LongSource(FORM, RawSource(form, table), TESTS)


def values(source: LongSource, *columns: str) -> list[tuple[object, ...]]:
    table = [[None if value is pd.NA else value for value in source.column(name)] for name in columns]
    return list(zip(*table, strict=True))


def test_each_record_and_test_with_a_value_is_a_row_with_the_place_of_its_record() -> None:
    long = long_of([("01", "12.1", "g/dL", ""), ("02", "", "", ""), ("03", "", "", "7.4")])
    assert values(long, "SUBJ", "PANEL", "LBTESTCD", "RESULT", "UNIT", "PH_RES") == [
        ("01", "HEM", "HGB", "12.1", "g/dL", None),
        ("03", "HEM", "PH", "7.4", None, "7.4"),
    ]
    assert long.places().rows.tolist() == [2, 5]
    assert long.places().subjects.tolist() == ["01", "03"]
    assert long.places().files.tolist() == ["lab.csv", "lab.csv"]


def test_two_tests_of_a_record_stand_in_the_order_of_the_table() -> None:
    long = long_of([("01", "12.1", "g/dL", "7.4"), ("02", "13.0", "", "7.3")])
    assert values(long, "SUBJ", "LBTESTCD", "RESULT") == [
        ("01", "HGB", "12.1"),
        ("01", "PH", "7.4"),
        ("02", "HGB", "13.0"),
        ("02", "PH", "7.3"),
    ]


def test_a_unit_without_a_result_is_kept_since_nothing_collected_is_lost() -> None:
    assert values(long_of([("01", "", "g/dL", "")]), "LBTESTCD", "RESULT", "UNIT") == [("HGB", None, "g/dL")]


def test_a_wide_form_without_records_gives_no_rows() -> None:
    assert long_of([]).length == 0
