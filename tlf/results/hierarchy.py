"""Template `hierarchy`: subjects with at least one record, by nested levels such as system organ class and term."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from crf2tlf.errors import Context, DataError
from crf2tlf.rules.columns import IntArray
from crf2tlf.spec.output_bodies import Hierarchy
from crf2tlf.spec.output_conditions import all_of, equals
from tlf.results.ard import ResultBook
from tlf.results.counts import add_count
from tlf.results.frame import AnalysisFrame
from tlf.results.grades import add_ungraded, add_worst_grades
from tlf.results.predicates import is_missing
from tlf.results.selection import ColumnValue, Selection, split_codes

ANY = "ANY"
UNCODED = ""
"""Stands for a missing level, which no text of a transport file can be."""


@dataclass(frozen=True, eq=False)
class Node:
    """A level of the hierarchy with the levels above it, and the records of each column that are at it."""

    path: tuple[str, ...]
    parts: dict[ColumnValue, Selection]
    subjects: int


def add_hierarchy(book: ResultBook, frame: AnalysisFrame, body: Hierarchy) -> None:
    """Subjects with any record, then those at each level, parents before their children, in the order shown."""
    if not body.uncoded:
        _require_levels(frame.everything, body.levels)
    if body.grades is not None:
        add_ungraded(book, frame.everything, body.grades)
    if body.any:
        _add_node(book, frame, body, Node((), frame.parts, 0))
    frequent = select_frequent(compute_nodes(frame, body), frame, body)
    for node in order_nodes(frequent, body):
        _add_node(book, frame, body, node)


def _require_levels(everything: Selection, levels: tuple[str, ...]) -> None:
    for level in levels:
        missing = everything.missing(level)
        if missing.any():
            message = f"{int(missing.sum())} of {len(missing)} records have no {level} and would be counted nowhere"
            context = Context(
                dataset=everything.source.name,
                examples=everything.examples(missing, *everything.source.facts.keys[1:]),
                fix="code these records, or give them a line of their own by `uncoded`",
            )
            raise DataError(message, context)


def compute_nodes(frame: AnalysisFrame, body: Hierarchy) -> list[Node]:
    """All levels that occur in some column, in no particular order."""
    found: list[Node] = []
    for depth in range(1, len(body.levels) + 1):
        names = list(body.levels[:depth])
        table = pd.DataFrame({name: frame.everything.texts(name).fillna(UNCODED) for name in names})
        numbered = table.groupby(names, sort=True, observed=True).ngroup().to_numpy(dtype=np.int64)
        paths = table.assign(code=numbered).drop_duplicates("code").sort_values("code")
        code_of_row = np.full(len(frame.everything.source.frame), -1, dtype=np.int64)
        code_of_row[frame.everything.rows] = numbered
        found.extend(_nodes_of_depth(frame, names, paths, code_of_row, body.uncoded))
    return found


def _nodes_of_depth(
    frame: AnalysisFrame, names: list[str], paths: pd.DataFrame, code_of_row: IntArray, label: str
) -> list[Node]:
    by_column = {column: split_codes(code_of_row[part.rows], len(paths)) for column, part in frame.parts.items()}
    everywhere = split_codes(code_of_row[frame.everything.rows], len(paths))
    subjects = frame.everything.source.subjects[frame.everything.rows]
    found = []
    for code, path in enumerate(zip(*(paths[name] for name in names), strict=True)):
        at_level = all_of(
            *(
                is_missing(name) if value == UNCODED else equals(name, str(value))
                for name, value in zip(names, path, strict=True)
            )
        )
        parts = {
            column: Selection(part.source, all_of(part.filter, at_level), part.rows[by_column[column][code]])
            for column, part in frame.parts.items()
        }
        shown = tuple(label if value == UNCODED else str(value) for value in path)
        found.append(Node(shown, parts, len(np.unique(subjects[everywhere[code]]))))
    return found


def select_frequent(nodes: list[Node], frame: AnalysisFrame, body: Hierarchy) -> list[Node]:
    """The last levels that reach `at_least` percent of the subjects of some column, and the levels above them."""
    leaves = [node for node in nodes if len(node.path) == len(body.levels) and _is_frequent(node, frame, body.at_least)]
    shown = {node.path[:depth] for node in leaves for depth in range(1, len(node.path) + 1)}
    return [node for node in nodes if node.path in shown]


def _is_frequent(node: Node, frame: AnalysisFrame, at_least: int) -> bool:
    # Whole numbers: 5 of 100 subjects are 5 percent, whatever 100 * 0.05 is on a computer.
    compared = ((part.n_subjects, frame.denominators[column].n) for column, part in node.parts.items())
    return any(100 * n >= at_least * denominator and denominator > 0 for n, denominator in compared)


def order_nodes(nodes: list[Node], body: Hierarchy) -> list[Node]:
    """The levels in the order shown, each parent followed by its children; siblings by falling subjects, then text."""
    by_frequency = body.sort == "frequency"
    rank = {node.path: (-node.subjects if by_frequency else 0, node.path[-1]) for node in nodes}

    def place(node: Node) -> tuple[tuple[int, str], ...]:
        return tuple(rank[node.path[: depth + 1]] for depth in range(len(node.path)))

    return sorted(nodes, key=place)


def _add_node(book: ResultBook, frame: AnalysisFrame, body: Hierarchy, node: Node) -> None:
    variable = body.levels[len(node.path) - 1] if node.path else ""
    levels = tuple(zip(body.levels, node.path, strict=False))
    name = (variable or ANY, "count_subjects")
    for column, part in node.parts.items():
        denominator = frame.denominators[column]
        if body.grades is None:
            add_count(book, name, part, (frame.group(column), *levels), denominator, variable=variable)
        else:
            add_worst_grades(book, name, part, (frame.group(column), levels), body.grades, denominator)
