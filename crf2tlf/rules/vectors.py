"""What verbs compute, as plain functions of columns: sequence, study day, flags, lookups, joins."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from crf2tlf.rules.columns import (
    BoolArray,
    Column,
    FloatArray,
    IntArray,
    compute_sas_dates,
    flag_column,
    is_missing,
    number_column,
    take_rows,
    text_column,
)
from crf2tlf.rules.normal import by_normal, normal_rows, normal_text
from crf2tlf.tables.arrow import pa, pc


def compute_order(keys: Sequence[Column], length: int) -> IntArray:
    """Row positions in the order of the keys, missing first, ties in the order in which they stand (as PROC SORT)."""
    order = np.arange(length)
    for key in reversed(keys):
        ranks = _ranks(key)
        order = order[np.argsort(ranks[order], kind="stable")]
    return order


def _ranks(key: Column) -> IntArray:
    codes, _ = pd.factorize(key, sort=True, use_na_sentinel=True)
    return np.asarray(codes, dtype=np.int64)  # missing is -1 and so comes first


def compute_group_numbers(groups: Sequence[Column], length: int) -> IntArray:
    """The same whole number for rows that agree in all group columns; missing values agree with each other."""
    numbers = np.zeros(length, dtype=np.int64)
    for group in groups:
        codes, distinct = pd.factorize(group, use_na_sentinel=True)
        numbers = numbers * (len(distinct) + 1) + codes + 1
        numbers = np.unique(numbers, return_inverse=True)[1].astype(np.int64)
    return numbers


def compute_sequence(subjects: Column, keys: Sequence[Column]) -> Column:
    """1, 2, 3 … within each subject in the order of the keys."""
    order = compute_order([subjects, *keys], len(subjects))
    groups = compute_group_numbers([subjects], len(subjects))[order]
    starts = np.flatnonzero(np.r_[True, groups[1:] != groups[:-1]]) if len(groups) else np.zeros(0, dtype=np.int64)
    lengths = np.diff(np.r_[starts, len(groups)])
    within = np.arange(len(groups)) - np.repeat(starts, lengths) + 1
    sequence = np.empty(len(groups))
    sequence[order] = within
    return number_column(sequence)


def compute_study_days(dates: Column, references: Column) -> Column:
    """date - reference + 1 on or after the reference date, date - reference before it; missing for partial dates.

    SDTMIG 3.4 section 4.4.4: there is no day 0. Numbers are taken as days, texts as ISO 8601 dates.
    """
    difference = compute_days(dates) - compute_days(references)
    return number_column(np.where(difference >= 0, difference + 1, difference))


def compute_occurrence_flags(
    which: str, groups: Sequence[Column], order_by: Sequence[Column], chosen: BoolArray
) -> Column:
    """Y on the first or last chosen row of each group in the order given; missing elsewhere."""
    positions = select_one_per_group(which, groups, order_by, chosen)
    flagged = np.zeros(len(chosen), dtype=bool)
    flagged[positions] = True
    return flag_column(flagged)


def select_one_per_group(
    which: str, groups: Sequence[Column], order_by: Sequence[Column], chosen: BoolArray
) -> IntArray:
    """The positions of the first or last chosen row of each group, in group order."""
    length = len(chosen)
    order = compute_order(order_by, length)
    order = order[chosen[order]]
    numbers = compute_group_numbers(groups, length)[order]
    if which == "last":
        order, numbers = order[::-1], numbers[::-1]
    _, first = np.unique(numbers, return_index=True)
    return order[first]


def find_in_force(
    which: str, subjects: Column, days: FloatArray, other_subjects: Column, other_days: FloatArray, order: IntArray
) -> IntArray:
    """For each row the last record of its subject not after its day (`last`), or the first not before it; -1 for none.

    `order` gives the records that count, in the order that decides among those of one day.
    """
    sign = 1.0 if which == "last" else -1.0
    codes, _ = pd.factorize(pd.concat([subjects, other_subjects], ignore_index=True), use_na_sentinel=True)
    own, theirs = codes[: len(subjects)], codes[len(subjects) :][order]
    their_days = sign * other_days[order]
    tie = np.arange(len(order)) if which == "last" else -np.arange(len(order))
    ranked = np.lexsort((tie, their_days, theirs))
    ranked = ranked[(theirs[ranked] >= 0) & ~np.isnan(their_days[ranked])]
    place = find_last_within(theirs[ranked], their_days[ranked], own, sign * days)
    return np.where(place < 0, -1, order[ranked[np.where(place < 0, 0, place)]]) if len(ranked) else place


def find_last_within(groups: IntArray, values: FloatArray, wanted: IntArray, limits: FloatArray) -> IntArray:
    """Where, among rows sorted by group and value, the last one of the wanted group stands that is within the limit."""
    levels = np.unique(np.r_[values, limits[~np.isnan(limits)]])
    width = len(levels) + 1
    keys = groups * width + np.searchsorted(levels, values)
    limited = wanted * width + np.searchsorted(levels, np.nan_to_num(limits))
    place = np.searchsorted(keys, limited, side="right") - 1
    usable = (wanted >= 0) & ~np.isnan(limits) & (place >= 0)
    if len(groups):
        usable &= groups[np.where(place < 0, 0, place)] == wanted
    return np.where(usable, place, -1).astype(np.int64)


def compute_days(dates: Column) -> FloatArray:
    """Days since 1960-01-01 of numeric dates or of complete ISO 8601 texts; NaN for others."""
    return compute_sas_dates(dates) if isinstance(dates.dtype, pd.StringDtype) else np.asarray(dates.to_numpy())


def compute_lookup(
    keys: Sequence[Column], table_keys: Sequence[Sequence[str]], values: Sequence[str]
) -> tuple[Column, BoolArray]:
    """The table's value for each row's keys, and where all keys are given but the table has no such row.

    Keys are matched as they stand, then by their normal form. Rows that agree in keys and value are one.
    """
    rows = list(dict.fromkeys(zip(*table_keys, values, strict=True)))
    *table_keys, values = zip(*rows, strict=True) if rows else (*table_keys, values)
    index = pd.MultiIndex.from_arrays([pd.Index(list(column), dtype=object) for column in table_keys])
    if index.has_duplicates:
        twice = ", ".join(map(str, index[index.duplicated()][0]))
        raise ValueError(f"the table's key {twice} stands twice")
    if not len(keys[0]):
        return text_column([]), np.zeros(0, dtype=bool)
    # Each combination of keys is looked up once.
    _, first, codes = np.unique(compute_group_numbers(keys, len(keys[0])), return_index=True, return_inverse=True)
    wanted = pd.MultiIndex.from_arrays([key.take(first).astype(object).fillna("").to_numpy() for key in keys])
    positions = _match_normal(wanted, index.get_indexer(wanted), list(zip(*table_keys, strict=True)))[codes]
    absent = np.logical_or.reduce([is_missing(key) for key in keys])
    return take_rows(text_column(list(values)), positions), (positions < 0) & ~absent


def _match_normal(wanted: pd.MultiIndex, positions: IntArray, rows: Sequence[tuple[str, ...]]) -> IntArray:
    """The positions with the keys that no row has as they stand looked up by their normal form."""
    left = np.flatnonzero(positions < 0)
    if not len(left):
        return positions
    codes, distinct = pd.factorize(wanted[left])
    known = normal_rows(rows)
    found = [known.get(tuple(normal_text(str(cell)) for cell in key), -1) for key in distinct.tolist()]
    matched = positions.copy()
    matched[left] = np.array(found, dtype=np.int64)[codes]
    return matched


def compute_mapped(collected: Column, submitted: Mapping[str, str]) -> tuple[Column, BoolArray]:
    """Collected texts as the terms that they become, and where a text is in no term's list.

    Texts are matched as they stand, then by their normal form; there is no guess by case or spelling.
    """
    codes, distinct = pd.factorize(collected, use_na_sentinel=True)
    texts = [str(text) for text in distinct]
    normal = by_normal(submitted)
    terms = [submitted.get(text) or normal.get(normal_text(text), "") for text in texts]
    unknown = np.array([not term for term in terms] + [False], dtype=bool)
    return take_rows(text_column(terms), np.asarray(codes, dtype=np.int64)), unknown[codes]


def find_positions(wanted: Column, keys: Column) -> IntArray:
    """For each wanted key the row where it stands among keys that are unique or missing, or -1; missing is nowhere."""
    among = pa.array(keys.array)
    among = among.combine_chunks() if isinstance(among, pa.ChunkedArray) else among
    found = pc.index_in(pa.array(wanted.array), value_set=among, skip_nulls=True)
    return np.asarray(pc.fill_null(found, -1).to_numpy(), dtype=np.int64)


def find_winners(wanted: Column, keys: Column, winners: IntArray) -> IntArray:
    """For each wanted key the row among `winners`, at most one a key, that has it; -1 where none has."""
    if not len(winners):
        return np.full(len(wanted), -1, dtype=np.int64)
    found = find_positions(wanted, keys.take(winners).reset_index(drop=True))
    return np.where(found < 0, -1, winners[np.where(found < 0, 0, found)])


def find_repeated(keys: Column) -> list[str]:
    """The keys that stand more than once, sorted."""
    counted = keys.dropna().value_counts()
    return sorted(counted[counted > 1].index.tolist())
