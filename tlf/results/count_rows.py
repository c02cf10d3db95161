"""Template `counts`: for each line the subjects with a record for which its condition holds, or those records."""

from __future__ import annotations

import numpy as np

from crf2tlf.spec.output_bodies import CountRow, Counts
from crf2tlf.spec.output_conditions import equals
from tlf.results.ard import Denominator, ResultBook
from tlf.results.frame import AnalysisFrame
from tlf.results.selection import ColumnValue

Denominators = dict[ColumnValue, Denominator]


def row_name(place: int) -> str:
    """The analysis of a line, by its place from 1."""
    return f"ROW{place}"


def add_counts(book: ResultBook, frame: AnalysisFrame, body: Counts) -> None:
    """The results of every line, in the order of the spec."""
    named: dict[str, Denominators] = {"": frame.denominators}
    for place, row in enumerate(body.rows, start=1):
        if row.heading:
            continue
        records = frame.narrow(row.where)
        named[row.id or row_name(place)] = _add_line(book, records, row, row_name(place), named[row.of])
        if row.by:
            _add_levels(book, records, row, row_name(place), named[row.of])


def _add_line(
    book: ResultBook, frame: AnalysisFrame, row: CountRow, name: str, denominators: Denominators
) -> Denominators:
    """One line; its own numbers of subjects are denominators of lines that name it."""
    found = {}
    for column, part in frame.parts.items():
        groups = (frame.group(column),)
        if row.records:
            book.add((name, "count", "n_records"), part.n_records, part, groups=groups, counts="records")
            continue
        result = book.add(
            (name, "count", "n"),
            part.n_subjects,
            part,
            groups=groups,
            denominator=denominators[column] if row.percent else None,
            counts="subjects",
        )
        found[column] = Denominator(part.n_subjects, result)
        if row.percent:
            of = denominators[column]
            percent = 100 * part.n_subjects / of.n if of.n else np.nan
            book.add((name, "count", "percent"), percent, part, groups=groups, denominator=of)
    return found


def _add_levels(book: ResultBook, frame: AnalysisFrame, row: CountRow, name: str, denominators: Denominators) -> None:
    """A line for each level of `by`: those the spec names, then the others by their text."""
    texts = frame.everything.texts(row.by)
    named = [level for level, _ in row.levels]
    others = sorted({str(text) for text in texts.dropna().unique()} - set(named))
    for level in (*named, *others):
        for column, part in frame.parts.items():
            held = (part.texts(row.by) == level).to_numpy(dtype=bool, na_value=False)
            chosen = part.narrow(equals(row.by, level), held)
            groups = (frame.group(column), (row.by, level))
            of = denominators[column]
            percent = 100 * chosen.n_subjects / of.n if of.n else np.nan
            book.add((name, "count", "n"), chosen.n_subjects, chosen, groups=groups, denominator=of, counts="subjects")
            book.add((name, "count", "percent"), percent, chosen, groups=groups, denominator=of)
