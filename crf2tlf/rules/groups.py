"""Groups of records, as plain functions of columns: neighbours, single values, running counts, sums and extremes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from crf2tlf.rules.columns import BoolArray, Column, FloatArray, IntArray, is_missing, number_column
from crf2tlf.rules.vectors import compute_group_numbers, compute_order, find_last_within


def compute_shared_groups(ours: Sequence[Column], theirs: Sequence[Column]) -> tuple[IntArray, IntArray]:
    """The same number for rows of two tables that agree in all columns; -1 where one of a row's values is missing."""
    size, other = len(ours[0]), len(theirs[0])
    if not size or not other:
        return np.full(size, -1, dtype=np.int64), np.full(other, -1, dtype=np.int64)
    columns = [pd.concat(pair, ignore_index=True) for pair in zip(ours, theirs, strict=True)]
    absent = np.logical_or.reduce([is_missing(column) for column in columns])
    numbers = np.where(absent, -1, compute_group_numbers(columns, size + other))
    return numbers[:size], numbers[size:]


def find_single(wanted: IntArray, groups: IntArray, values: Column, chosen: BoolArray) -> tuple[IntArray, BoolArray]:
    """For each wanted group the chosen row that holds its value, the first of several that agree, and -1 for none.

    Where chosen rows of a group differ in their values there is no such row, and the second result is true.
    """
    rows = np.flatnonzero(chosen & (groups >= 0) & ~is_missing(values))
    if not len(rows):
        return np.full(len(wanted), -1, dtype=np.int64), np.zeros(len(wanted), dtype=bool)
    distinct, first, inverse = np.unique(groups[rows], return_index=True, return_inverse=True)
    codes, _ = pd.factorize(values.take(rows))
    differ = np.zeros(len(distinct), dtype=bool)
    differ[inverse[codes != codes[first][inverse]]] = True
    place = np.minimum(np.searchsorted(distinct, wanted), len(distinct) - 1)
    found = distinct[place] == wanted
    several = found & differ[place]
    return np.where(found & ~several, rows[first][place], -1).astype(np.int64), several


def find_neighbours(which: str, groups: IntArray, order_by: Sequence[Column], chosen: BoolArray) -> IntArray:
    """For each row the nearest chosen row before it (`previous`) or after it (`next`) in its group's order; -1: none.

    Rows that the order does not tell apart follow each other as they stand.
    """
    order = compute_order(order_by, len(groups))
    order = order[np.argsort(groups[order], kind="stable")]
    order = order if which == "previous" else order[::-1]
    nearest = np.maximum.accumulate(np.where(chosen[order], np.arange(len(order)), -1))
    place = np.r_[-1, nearest[:-1]].astype(np.int64)[: len(order)]
    same = (place >= 0) & (groups[order][place] == groups[order])
    found = np.empty(len(order), dtype=np.int64)
    found[order] = np.where(same, order[place], -1)
    return found


@dataclass(frozen=True)
class Members:
    """The rows that count, sorted by group and bound, and for each wanted row the place of the last that counts."""

    rows: IntArray
    groups: IntArray
    last: IntArray


def select_members(
    wanted: IntArray,
    groups: IntArray,
    chosen: BoolArray,
    bound: tuple[Column, Column] | None = None,
    strict: bool = False,
) -> Members:
    """The chosen rows of each wanted row's group, with a bound only those not after it, or strictly before it.

    `bound` is what the wanted rows and the others are compared by; who has no value there is before nothing.
    """
    ours, theirs = _ranks(bound, len(wanted), len(groups))
    rows = np.flatnonzero(chosen & (groups >= 0) & ~np.isnan(theirs))
    rows = rows[np.lexsort((theirs[rows], groups[rows]))]
    limits = ours - 0.5 if strict else ours
    return Members(rows, groups[rows], find_last_within(groups[rows], theirs[rows], wanted, limits))


def _ranks(bound: tuple[Column, Column] | None, size: int, other: int) -> tuple[FloatArray, FloatArray]:
    if bound is None or not size or not other:
        return np.zeros(size), np.zeros(other)
    codes, _ = pd.factorize(pd.concat(bound, ignore_index=True), sort=True, use_na_sentinel=True)
    ranks = np.where(codes < 0, np.nan, codes)
    return ranks[:size], ranks[size:]


def compute_counts(members: Members) -> Column:
    """How many rows count for each wanted row: 0 where none does."""
    place = np.arange(len(members.rows))
    starts = np.maximum.accumulate(np.where(_begins(members.groups), place, 0))
    return number_column(_at_last((place - starts + 1).astype("float64"), members, 0.0))


def compute_sums(members: Members, values: Column) -> Column:
    """The sum of the values that count for each wanted row; missing where none does."""
    running = values.take(members.rows).reset_index(drop=True).groupby(members.groups).cumsum()
    return number_column(_at_last(running.to_numpy(dtype="float64"), members, np.nan))


def find_extremes(which: str, members: Members, values: Column) -> IntArray:
    """For each wanted row the row with the smallest or largest value that counts, the first of equals; -1 for none."""
    codes, _ = pd.factorize(values.take(members.rows), sort=True)
    codes = codes if which == "min" else -codes
    running = pd.Series(codes).groupby(members.groups).cummin().to_numpy()
    better = _begins(members.groups)
    better[1:] |= running[1:] < running[:-1]
    place = np.maximum.accumulate(np.where(better, np.arange(len(codes)), 0))
    found = np.append(members.rows[place], -1)
    return found[members.last].astype(np.int64)


def _begins(groups: IntArray) -> BoolArray:
    """Where a group begins among rows sorted by group."""
    return np.r_[True, groups[1:] != groups[:-1]] if len(groups) else np.zeros(0, dtype=bool)


def _at_last(running: FloatArray, members: Members, otherwise: float) -> FloatArray:
    return np.append(running, otherwise)[members.last]
