"""Deriving the verb `grade` for the records of a dataset."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from crf2tlf.derive.scope import RowScope
from crf2tlf.rules.columns import Column, number_column
from crf2tlf.rules.evaluate import evaluate
from crf2tlf.rules.functions import compute_number_texts
from crf2tlf.rules.grades import LIMIT_COLUMNS, Grade, GradeLimit, compute_grades
from crf2tlf.spec.facts import Table

IntArray = npt.NDArray[np.int64]


def apply_grade(rule: Grade, scope: RowScope) -> Column:
    """The grade of each record as number or text, after the type of the variable."""
    table = scope.study.tables[rule.table]
    values = scope.column(rule.value).to_numpy(dtype=np.float64, na_value=np.nan)
    named = {name: scope.column(of).to_numpy(dtype=np.float64, na_value=np.nan) for name, of in rule.limits}
    grades = compute_grades(values, named, _limits(table), _rows_of_limits(rule, table, scope))
    column = number_column(grades)
    return column if scope.variable.is_number else compute_number_texts(column)


def _limits(table: Table) -> list[GradeLimit]:
    cells = zip(*(table.values(name) for name in LIMIT_COLUMNS), strict=True)
    return [
        GradeLimit(float(grade), compare, float(factor), of, float(plus or 0))
        for grade, compare, factor, of, plus in cells
    ]


def _rows_of_limits(rule: Grade, table: Table, scope: RowScope) -> list[IntArray]:
    """The records that each row of the table is for: all keys agree, and a blank cell agrees with everything."""
    keys = [evaluate(key, scope).astype(object).fillna("").to_numpy() for _, key in rule.by]
    codes, distinct = pd.factorize(pd.MultiIndex.from_arrays(keys))
    order = np.argsort(codes, kind="stable")
    ends = np.searchsorted(codes[order], np.arange(len(distinct) + 1))
    rows = [order[ends[code] : ends[code + 1]] for code in range(len(distinct))]
    nobody = np.zeros(0, dtype=np.int64)
    found = []
    for cells in zip(*(table.values(column) for column, _ in rule.by), strict=True):
        agree = [code for code, key in enumerate(distinct) if _agree(cells, key)]
        found.append(np.concatenate([nobody, *(rows[code] for code in agree)]))
    return found


def _agree(cells: tuple[str, ...], key: tuple[str, ...]) -> bool:
    return all(cell in {"", wanted} for cell, wanted in zip(cells, key, strict=True))
