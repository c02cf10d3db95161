"""What all analyses of an output share: its columns with their denominators, and the records of each."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pandas as pd

from crf2tlf.rules.evaluate import evaluate_condition
from crf2tlf.rules.expressions import Expression, Reference
from crf2tlf.spec.output_bodies import Condition
from crf2tlf.spec.outputs import Columns, Output
from tlf.results.ard import Denominator, ResultBook
from tlf.results.selection import (
    ColumnValue,
    Selection,
    check_subjects,
    compute_columns,
    select_analysis_records,
    select_population,
    split_columns,
)
from tlf.results.sources import SUBJECT_LEVEL, Sources

BIG_N = "BIG_N"


@dataclass(frozen=True, eq=False)
class AnalysisFrame:
    """The records that an output analyses, by column.

    by            the variable of the analysed dataset that holds the column; "" where the output has no columns
    sources       the datasets of the output
    everything    all records, whatever their column
    parts         the records of each column, the total last
    denominators  the number of subjects of each column in the population
    """

    by: str
    sources: Sources
    everything: Selection
    parts: dict[ColumnValue, Selection]
    denominators: dict[ColumnValue, Denominator]

    @property
    def groups_compared(self) -> dict[ColumnValue, Selection]:
        """The columns without the total and without that of subjects who have no value."""
        return {column: part for column, part in self.parts.items() if column.value is not None}

    def narrow(self, where: Condition | None) -> AnalysisFrame:
        """The same for those of the records for which a condition holds."""
        if where is None:
            return self
        return self.select(where.expression)

    def select(self, condition: Expression) -> AnalysisFrame:
        """The same for those of the records that an expression selects."""
        held = evaluate_condition(condition, self.sources.scope(self.everything.source.name))

        def kept(part: Selection) -> Selection:
            return part.narrow(condition, held[part.rows])

        parts = {column: kept(part) for column, part in self.parts.items()}
        return replace(self, everything=kept(self.everything), parts=parts)

    def texts(self, selection: Selection, name: str) -> pd.Series:
        """A text of the records, or of their subjects in ADSL where the dataset does not have it."""
        return self.sources.texts(selection.source, name).iloc[selection.rows].reset_index(drop=True)

    def qualified(self, name: str) -> Reference:
        """How a filter names it."""
        own = name in self.everything.source.facts.variables
        return Reference((name,)) if own else Reference((SUBJECT_LEVEL, name))

    def group(self, column: ColumnValue) -> tuple[str, str]:
        """The column as a group of a result."""
        return (self.by, column.label)


def make_frame(book: ResultBook, output: Output, sources: Sources) -> AnalysisFrame:
    """The columns and records of an output; adds the number of subjects of each column to the results.

    An output without columns has one, of all subjects.
    """
    population = select_population(output, sources)
    if output.columns is None:
        return _make_whole(book, output, population, sources)
    values = compute_columns(output, population, sources)
    subjects = split_columns(population, output.columns, values, sources)
    denominators = _add_denominators(book, subjects, output.columns)
    everything = select_analysis_records(output, sources)
    parts = split_columns(everything, output.columns, values, sources)
    check_subjects(parts, subjects, output)
    return AnalysisFrame(output.columns.variable(output.dataset), sources, everything, parts, denominators)


def _make_whole(book: ResultBook, output: Output, population: Selection, sources: Sources) -> AnalysisFrame:
    records = select_analysis_records(output, sources)
    everyone = ColumnValue(None, output.population.label)
    check_subjects({everyone: records}, {everyone: population}, output)
    result = book.add((BIG_N, "count", "N"), population.n_subjects, population, counts="subjects")
    denominators = {everyone: Denominator(population.n_subjects, result)}
    return AnalysisFrame("", sources, records, {everyone: records}, denominators)


def _add_denominators(
    book: ResultBook, subjects: dict[ColumnValue, Selection], columns: Columns
) -> dict[ColumnValue, Denominator]:
    found = {}
    for column, part in subjects.items():
        group = (columns.variable(part.source.name), column.label)
        result = book.add((BIG_N, "count", "N"), part.n_subjects, part, groups=(group,), counts="subjects")
        found[column] = Denominator(part.n_subjects, result)
    return found
