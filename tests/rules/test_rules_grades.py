"""Grades from a table of limits: which limit is passed, which rows it is for, and what is missing."""

from __future__ import annotations

import numpy as np
import pytest

from crf2tlf.errors import Location
from crf2tlf.rules.expressions import parse_expression
from crf2tlf.rules.grades import Grade, GradeLimit, compute_grades
from crf2tlf.rules.verbs import ByRecord, Case, Lookup, SetConstant, tables_of
from crf2tlf.spec.check_grades import check_limits
from crf2tlf.spec.facts import Table

NAN = float("nan")
UPPER = GradeLimit(1, ">", 1, "ULN", 0)
ABSOLUTE = GradeLimit(3, ">=", 10, "", 0)
ABOVE = GradeLimit(2, ">", 1, "ULN", 2)


def grades(values: list[float], upper: list[float], *limits: GradeLimit) -> list[float]:
    rows = [np.arange(len(values)) for _ in limits]
    found = compute_grades(np.array(values), {"ULN": np.array(upper)}, limits, rows)
    return [float(grade) for grade in found]


def test_the_highest_limit_passed_decides_whatever_the_order_of_the_rows() -> None:
    assert grades([4, 5, 6, 8, 10], [5, 5, 5, 5, 5], ABSOLUTE, UPPER, ABOVE) == [0, 0, 1, 2, 3]


def test_missing_is_a_missing_value_and_a_value_that_a_missing_limit_could_grade() -> None:
    assert np.array_equal(grades([NAN, 4, 10], [5, NAN, NAN], UPPER, ABSOLUTE), [NAN, NAN, 3], equal_nan=True)


def test_a_limit_counts_for_its_own_rows_and_a_row_without_limits_has_no_grade() -> None:
    found = compute_grades(np.array([11.0, 11.0, 1.0]), {}, [ABSOLUTE], [np.array([0, 2])])
    assert np.array_equal(found, [3, NAN, 0], equal_nan=True)


def table(*rows: tuple[str, ...]) -> Table:
    return Table("limits", "limits.csv", ("GRADE", "COMPARE", "FACTOR", "OF", "PLUS"), rows, Location("limits.csv", 1))


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (("one", ">", "1", "", ""), "'one' in the column GRADE of table.limits is no number"),
        (("1", ">", "", "", ""), "'' in the column FACTOR of table.limits is no number"),
        (("1", "over", "1", "", ""), "'over' in the column COMPARE of table.limits is none of <, <=, >, >="),
        (("1", ">", "1", "LLN", ""), "'LLN' in the column OF of table.limits is not among the limits of the rule"),
    ],
)
def test_a_table_of_limits_with_a_strange_cell_is_a_mistake(row: tuple[str, ...], message: str) -> None:
    value = parse_expression("AVAL")
    rule = Grade("limits", (), value, (("ULN", value),))
    assert list(check_limits(rule, table(("1", ">", "1", "ULN", "2"), row))) == [message]


def test_the_tables_of_a_rule_are_found_in_its_branches() -> None:
    inner = Lookup("visits", (), "VISITNUM")
    rule = ByRecord(
        (("a", Case(((None, inner),))), ("b", SetConstant("1")), ("c", Grade("ctcae", (), parse_expression("AVAL"))))
    )
    assert list(tables_of(rule)) == ["visits", "ctcae"]
