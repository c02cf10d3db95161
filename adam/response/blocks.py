"""Rows in blocks: neighbours that belong together, such as the assessments of one subject by one evaluator."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from crf2tlf.rules.columns import BoolArray, FloatArray, IntArray


@dataclass(frozen=True)
class Blocks:
    """`number` of each row's block (0, 1, 2 … in row order), `first` row and `size` of each block."""

    number: IntArray
    first: IntArray
    size: IntArray


def compute_blocks(keys: IntArray) -> Blocks:
    """The blocks of neighbouring rows with equal keys."""
    starts = np.r_[True, keys[1:] != keys[:-1]] if len(keys) else np.zeros(0, dtype=bool)
    first = np.flatnonzero(starts)
    return Blocks(np.cumsum(starts) - 1, first, np.diff(np.r_[first, len(keys)]))


def compute_places(blocks: Blocks) -> IntArray:
    """0, 1, 2 … within each block."""
    return np.arange(len(blocks.number)) - blocks.first[blocks.number]


def compute_any_so_far(flags: BoolArray, blocks: Blocks, *, before: bool = False) -> BoolArray:
    """Whether a flag stands at or before each row of its block; `before` leaves the row itself out."""
    total = np.cumsum(flags)
    outside = (total - flags)[blocks.first][blocks.number] if len(flags) else total
    return np.asarray(total - outside - (flags if before else 0) > 0)


def compute_next(flags: BoolArray, blocks: Blocks, start: IntArray) -> IntArray:
    """For each row the next flagged row from row `start` on in the same block; the number of rows for none."""
    count = len(flags)
    nearest = np.minimum.accumulate(np.where(flags, np.arange(count), count)[::-1])[::-1]
    ends = (blocks.first + blocks.size)[blocks.number]
    found = np.append(nearest, count)[np.minimum(start, count)]
    return np.where(found < ends, found, count)


def compute_lowest_before(values: IntArray, counts: BoolArray, blocks: Blocks) -> IntArray:
    """The row of the lowest counting value before each row of its block, the first of equals; -1 for none."""
    count = len(values)
    width = int(blocks.size.max(initial=0)) + 1
    none = np.iinfo(np.int64).max
    coded = np.where(counts, values * width + compute_places(blocks), none)
    lowest = pd.Series(coded).groupby(blocks.number).cummin().to_numpy(dtype=np.int64)
    earlier = np.r_[none, lowest[:-1]] if count else lowest
    earlier[blocks.first] = none
    return np.where(earlier == none, -1, earlier % width + blocks.first[blocks.number])


def compute_counts(flags: BoolArray, groups: IntArray, length: int) -> IntArray:
    """How many flagged rows each of `length` groups has; rows of group -1 are left out."""
    chosen = flags & (groups >= 0)
    return np.bincount(groups[chosen], minlength=length).astype(np.int64)


def compute_totals(values: IntArray, flags: BoolArray, groups: IntArray, length: int) -> IntArray:
    """The sum of the flagged rows' whole numbers in each group; exact, since far below 2**53."""
    chosen = flags & (groups >= 0)
    return np.bincount(groups[chosen], weights=values[chosen], minlength=length).astype(np.int64)


def compute_edge(which: str, values: FloatArray, flags: BoolArray, groups: IntArray, length: int) -> FloatArray:
    """The `earliest` or `latest` value of the flagged rows in each group; NaN for none."""
    chosen = flags & (groups >= 0) & ~np.isnan(values)
    edge = np.full(length, np.inf if which == "earliest" else -np.inf)
    extreme = np.minimum if which == "earliest" else np.maximum
    extreme.at(edge, groups[chosen], values[chosen])
    return np.where(np.isinf(edge), np.nan, edge)
