"""Subjects by their worst grade, for hierarchies with columns of grades."""

from __future__ import annotations

import numpy as np

from crf2tlf.rules.columns import FloatArray
from crf2tlf.rules.expressions import Comparison, Expression, Literal, Reference
from crf2tlf.spec.output_bodies import GradeGroup, Grades
from crf2tlf.spec.output_conditions import all_of
from tlf.results.ard import Denominator, ResultBook
from tlf.results.counts import add_count
from tlf.results.predicates import is_missing
from tlf.results.selection import Selection

UNGRADED = "UNGRADED"


def add_ungraded(book: ResultBook, everything: Selection, grades: Grades) -> None:
    """How many records have no grade; their subjects are counted in groups without a bound alone."""
    without = everything.narrow(is_missing(grades.variable), everything.missing(grades.variable))
    name = (UNGRADED, "count", "n_records")
    book.add(name, without.n_records, without, variable=grades.variable, counts="records")


def add_worst_grades(
    book: ResultBook,
    name: tuple[str, str],
    part: Selection,
    groups: tuple[tuple[str, str], tuple[tuple[str, str], ...]],
    grades: Grades,
    denominator: Denominator,
) -> None:
    """For each group of grades the subjects whose worst grade among these records lies in it.

    `groups` are the column and the levels; the group of grades stands between them. The filter selects the records
    with such a grade. Without an upper bound their subjects are those counted; with one, a subject with a worse record
    too is not counted, which no filter of records can say.
    """
    column, levels = groups
    values = part.numbers(grades.variable)
    for group in grades.groups:
        chosen = part if group.least is None else part.narrow(*_select(grades.variable, group, values))
        own = (column, (grades.variable, group.label), *levels)
        if group.most is None:
            add_count(book, name, chosen, own, denominator, variable=grades.variable)
            continue
        n = _count_worst(part, values, group)
        percent = 100 * n / denominator.n if denominator.n else np.nan
        for statistic, value in (("n", float(n)), ("percent", percent)):
            book.add((*name, statistic), value, chosen, variable=grades.variable, groups=own, denominator=denominator)


def _select(variable: str, group: GradeGroup, values: FloatArray) -> tuple[Expression, np.typing.NDArray[np.bool_]]:
    """The records with a grade of the group: as a filter, and which they are."""
    at_least = Comparison(">=", Reference((variable,)), Literal(float(group.least or 0)))
    with np.errstate(invalid="ignore"):
        keep = values >= (group.least or 0)
        if group.most is not None:
            keep &= values <= group.most
    at_most = Comparison("<=", Reference((variable,)), Literal(float(group.most))) if group.most is not None else None
    condition = all_of(at_least, at_most)
    assert condition is not None
    return condition, keep


def _count_worst(part: Selection, values: FloatArray, group: GradeGroup) -> int:
    """Subjects whose highest grade lies in the group; records without a grade say nothing."""
    graded = ~np.isnan(values)
    subjects, places = np.unique(part.source.subjects[part.rows][graded], return_inverse=True)
    worst = np.full(len(subjects), -np.inf)
    np.maximum.at(worst, places, values[graded])
    return int(((worst >= (group.least or 0)) & (worst <= (group.most or np.inf))).sum())
