"""Lesions followed from the baseline on, also through splits and merges: which were expected, which were assessed.

RECIST 1.1 section 4.3.2: of a lesion that fell into fragments the fragments' diameters are added; lesions that merged
count as the one they became. A lesion is accounted for when it was assessed itself, or when all lesions that it became
were, by what is known of it up to that assessment.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from adam.response.blocks import Blocks, compute_any_so_far, compute_blocks, compute_counts
from adam.response.timeline import Timeline
from crf2tlf.errors import Context, DataError, Example
from crf2tlf.rules.columns import BoolArray, Column, IntArray, is_missing
from crf2tlf.rules.vectors import compute_group_numbers

_MOST_GENERATIONS = 20


@dataclass(frozen=True)
class Followed:
    """By assessment: baseline lesions `expected` and `assessed`; by record: whether it `counts`."""

    expected: IntArray
    assessed: IntArray
    counts: BoolArray


@dataclass(frozen=True)
class Grid:
    """A cell for every lesion at every assessment of its block, lesion by lesion in order of time."""

    offset: IntArray  # first cell of each lesion
    width: IntArray  # assessments of each lesion's block
    assessment: IntArray  # of each cell
    lesions: Blocks  # the cells of each lesion
    cell: IntArray  # of each chosen record
    lesion: IntArray  # of each chosen record


def compute_followed(
    lesions: pd.DataFrame, timeline: Timeline, chosen: BoolArray, assessed: BoolArray, merged_parents: str
) -> Followed:
    """How the lesions of the `chosen` records were followed; `assessed` tells which records say something.

    Lesions without a record at the baseline and without parents are not followed: they count nowhere.
    """
    records = np.flatnonzero(chosen & (timeline.of_record >= 0) & ~is_missing(lesions["LNKID"]))
    names = lesions["LNKID"].take(records).reset_index(drop=True)
    parents = lesions["PARENTS"].take(records).reset_index(drop=True)
    grid = _grid(names, timeline, timeline.of_record[records])
    _require_once(lesions, records, grid)
    present, done = np.zeros((2, len(grid.assessment)), dtype=bool)
    present[grid.cell], done[grid.cell] = True, assessed[records]
    at_baseline = timeline.of_record[records] == timeline.baseline[timeline.blocks.number[timeline.of_record[records]]]
    roots = np.zeros(len(grid.offset), dtype=bool)
    roots[grid.lesion[at_baseline]] = True
    edges = _edges(names, parents, grid, timeline)
    roots[edges[1]] = False
    touched, covered = _descend(grid, edges, roots, present, done, merged_parents)
    counts = np.zeros(len(lesions), dtype=bool)
    counts[records] = assessed[records] & ~touched[grid.cell] & _followed(edges, roots)[grid.lesion]
    root_cells = roots[grid.lesions.number]
    total = len(timeline)
    return Followed(
        compute_counts(root_cells, grid.assessment, total),
        compute_counts(root_cells & covered, grid.assessment, total),
        counts,
    )


def _grid(names: Column, timeline: Timeline, assessment: IntArray) -> Grid:
    block = timeline.blocks.number[assessment]
    lesion = compute_group_numbers([pd.Series(block), names], len(names))
    count = int(lesion.max(initial=-1)) + 1
    of = np.zeros(count, dtype=np.int64)
    of[lesion] = block
    width = timeline.blocks.size[of]
    offset = np.cumsum(width) - width
    owner = np.repeat(np.arange(count), width)
    first = timeline.blocks.first[of]
    place = np.arange(len(owner)) - offset[owner]
    cell = offset[lesion] + assessment - first[lesion]
    return Grid(offset, width, first[owner] + place, compute_blocks(owner), cell, lesion)


def _require_once(lesions: pd.DataFrame, records: IntArray, grid: Grid) -> None:
    """DataError for a lesion with two records at one assessment."""
    twice = np.bincount(grid.cell, minlength=len(grid.assessment))[grid.cell] > 1
    if not twice.any():
        return
    rows = lesions.iloc[records[twice]].drop_duplicates(["USUBJID", "EVALUATOR", "LNKGRP", "LNKID"])
    shown = zip(rows["USUBJID"], rows["LNKGRP"], rows["LNKID"], strict=True)
    examples = [Example(str(who), f"{group}, {lesion}") for who, group, lesion in shown]
    fix = "leave one record a lesion and assessment, or number the fragments"
    one = len(rows) == 1
    message = f"{len(rows)} lesion{' has' if one else 's have'} more than one record at one assessment."
    raise DataError(message, Context(examples=examples, fix=fix))


def _edges(names: Column, parents: Column, grid: Grid, timeline: Timeline) -> tuple[IntArray, IntArray]:
    """Parent and child lesion of every split and merge; parents that have no records are left out."""
    with_parents = np.flatnonzero(~is_missing(parents))
    if not len(with_parents):
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    split = parents.take(with_parents).str.split("/").explode()
    records = split.index.to_numpy()
    block = timeline.blocks.number[grid.assessment[grid.cell]]
    known = pd.MultiIndex.from_arrays([block, names.astype(object)])
    first = ~known.duplicated()
    wanted = pd.MultiIndex.from_arrays([block[records], split.str.strip().astype(object)])
    found = known[first].get_indexer(wanted)
    lesion_of_known = grid.lesion[first]
    pairs = np.column_stack([lesion_of_known[found], grid.lesion[records]])[found >= 0]
    pairs = np.unique(pairs[pairs[:, 0] != pairs[:, 1]], axis=0)
    return pairs[:, 0], pairs[:, 1]


def _followed(edges: tuple[IntArray, IntArray], roots: BoolArray) -> BoolArray:
    """Baseline lesions and all that they became."""
    parent, child = edges
    followed = roots.copy()
    while (followed[parent] & ~followed[child]).any():
        followed[child[followed[parent]]] = True
    return followed


def _descend(
    grid: Grid, edges: tuple[IntArray, IntArray], roots: BoolArray, present: BoolArray, done: BoolArray, merged: str
) -> tuple[BoolArray, BoolArray]:
    """By cell: whether what the lesion became has a record there, and whether the lesion is accounted for."""
    parent, child = edges
    lost = (
        np.bincount(child, minlength=len(roots))[child] > 1 if merged == "missed" else np.zeros(len(child), dtype=bool)
    )
    width = grid.width[parent]
    edge = np.repeat(np.arange(len(parent)), width)
    place = np.arange(len(edge)) - np.repeat(np.cumsum(width) - width, width)
    upper, lower = grid.offset[parent][edge] + place, grid.offset[child][edge] + place
    known = compute_any_so_far(present, grid.lesions)
    touched, covered = np.zeros_like(present), done
    for _ in range(_generations(edges, len(roots))):
        below = present | touched
        known[upper[known[lower]]] = True
        touched, wanting = np.zeros_like(present), np.zeros_like(present)
        touched[upper[below[lower]]] = True
        wanting[upper[known[lower] & (~covered[lower] | lost[edge])]] = True
        covered = np.where(touched, ~wanting, done)
    return touched, covered


def _generations(edges: tuple[IntArray, IntArray], lesions: int) -> int:
    """How many steps the longest line of parents and children has; a lesion that is its own ancestor ends nowhere."""
    depth = np.zeros(lesions, dtype=np.int64)
    steps = 0
    while len(edges[0]) and steps < _MOST_GENERATIONS:
        deeper = depth.copy()
        np.maximum.at(deeper, edges[1], depth[edges[0]] + 1)
        if np.array_equal(deeper, depth):
            break
        depth, steps = deeper, steps + 1
    return steps
