"""Template `summary`: statistics of numbers and counts of categories, by column."""

from __future__ import annotations

from dataclasses import asdict

import numpy as np
import pandas as pd

from crf2tlf.errors import Context, DataError
from crf2tlf.rules.columns import BoolArray
from crf2tlf.spec.output_bodies import DEFAULT_STATISTICS, STATISTICS, Summary, SummaryRow
from crf2tlf.spec.output_conditions import equals
from tlf.results.ard import Denominator, ResultBook
from tlf.results.counts import add_count
from tlf.results.frame import AnalysisFrame
from tlf.results.predicates import is_missing, is_present
from tlf.results.selection import Selection
from tlf.statistics import compute_anova, compute_chi_square_test, compute_fisher_test, compute_summary

MISSING = ""
"""The level of subjects without a value; the display gives it its name."""


def add_summary(book: ResultBook, frame: AnalysisFrame, body: Summary) -> None:
    """The results of every variable of a summary, in the order of the spec."""
    for row in body.rows:
        records = frame.narrow(row.where)
        _check_records(records.everything, row)
        if frame.everything.source.facts.variables[row.variable].is_number:
            _add_statistics(book, records, row)
        else:
            _add_levels(book, records, row)


def _check_records(everything: Selection, row: SummaryRow) -> None:
    """DataError for a subject with two records: it would weigh twice."""
    if everything.n_subjects != everything.n_records:
        message = f"a subject has more than one record in rows.{row.id}"
        raise DataError(message, Context(dataset=everything.source.name, fix="limit the records by `where`"))


def _add_statistics(book: ResultBook, frame: AnalysisFrame, row: SummaryRow) -> None:
    wanted = [name for line in row.statistics or DEFAULT_STATISTICS for name in STATISTICS[line][0]]
    for column, part in frame.parts.items():
        present = part.narrow(is_present(row.variable), ~part.missing(row.variable))
        absent = part.narrow(is_missing(row.variable), part.missing(row.variable))
        summary = asdict(compute_summary(part.numbers(row.variable)))
        for name in dict.fromkeys(wanted):
            counted = name in {"n", "n_missing"}
            book.add(
                (row.id, "summary", name),
                summary[name],
                absent if name == "n_missing" else present,
                variable=row.variable,
                groups=(frame.group(column),),
                counts="records" if counted else "",
            )
    if row.test:
        _add_anova(book, frame, row)


def _add_anova(book: ResultBook, frame: AnalysisFrame, row: SummaryRow) -> None:
    everything = frame.everything
    test = compute_anova(everything.numbers(row.variable), frame.texts(everything, frame.by).to_numpy(dtype=object))
    present = everything.narrow(is_present(row.variable), ~everything.missing(row.variable))
    _add_test(book, row, present, test.statistic, test.p_value)


def _add_levels(book: ResultBook, frame: AnalysisFrame, row: SummaryRow) -> None:
    levels = compute_levels(frame.everything, row)
    for level in levels:
        for column, part in frame.parts.items():
            _add_level(book, part, row, level, frame.group(column), frame.denominators[column])
    if row.test:
        _add_table_test(book, frame, row, [level for level in levels if level != MISSING])


def _add_level(
    book: ResultBook, part: Selection, row: SummaryRow, level: str, group: tuple[str, str], denominator: Denominator
) -> None:
    variable = row.variable
    if level == MISSING:
        chosen = part.narrow(is_missing(variable), part.missing(variable))
    else:
        chosen = part.narrow(equals(variable, level), _holds(part.texts(variable), level))
    groups = (group, (variable, level))
    add_count(book, (row.id, "count"), chosen, groups, denominator, variable=variable)


def compute_levels(selection: Selection, row: SummaryRow) -> list[str]:
    """The levels of a category in the order shown, "" last where a subject has no value.

    The order is that of the spec's levels, else of a number, else of the codelist, else of the texts; only levels
    that occur, but all that the spec names. DataError for a value that the spec's levels do not name.
    """
    texts = selection.texts(row.variable)
    found = [str(value) for value in texts.dropna().unique()]
    named = [value for value, _ in row.levels]
    if named:
        unknown = sorted(set(found) - set(named))
        if unknown:
            fix = f"add {', '.join(unknown)} to rows.{row.id}.levels"
            message = f"{row.variable} has the values {', '.join(unknown)}, which the output does not name"
            raise DataError(message, Context(dataset=selection.source.name, fix=fix))
        ordered = named
    else:
        ordered = _sorted_levels(selection, row, found)
    return [*ordered, MISSING] if selection.missing(row.variable).any() else ordered


def _sorted_levels(selection: Selection, row: SummaryRow, found: list[str]) -> list[str]:
    if row.order:
        texts = selection.texts(row.variable)
        pairs = pd.DataFrame({"level": texts, "order": selection.numbers(row.order)}).dropna(subset=["level"])
        firsts = pairs.groupby("level", observed=True)["order"].min().sort_values(kind="stable")
        return [str(level) for level in firsts.index]
    known = selection.source.facts.variables[row.variable].levels
    places = {level: place for place, level in enumerate(known)}
    return sorted(found, key=lambda level: (places.get(level, len(places)), level))


def _add_table_test(book: ResultBook, frame: AnalysisFrame, row: SummaryRow, levels: list[str]) -> None:
    parts = [part.texts(row.variable) for part in frame.groups_compared.values()]
    counts = np.array([[int(_holds(texts, level).sum()) for level in levels] for texts in parts])
    test = compute_fisher_test(counts) if row.test == "fisher" else compute_chi_square_test(counts)
    everything = frame.everything
    present = everything.narrow(is_present(row.variable), ~everything.missing(row.variable))
    _add_test(book, row, present, test.statistic, test.p_value)


def _add_test(book: ResultBook, row: SummaryRow, present: Selection, statistic: float, p_value: float) -> None:
    for name, value in (("statistic", statistic), ("p_value", p_value)):
        book.add((row.id, row.test, name), value, present, variable=row.variable)


def _holds(texts: pd.Series, level: str) -> BoolArray:
    found: BoolArray = (texts == level).to_numpy(dtype=bool, na_value=False)
    return found
