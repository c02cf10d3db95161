"""What all analyses of an output share: its columns with their denominators, and the records of each."""

from __future__ import annotations

from dataclasses import dataclass

from crf2tlf.errors import ProgramError
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
from tlf.results.sources import Sources

BIG_N = "BIG_N"


@dataclass(frozen=True, eq=False)
class AnalysisFrame:
    """The records that an output analyses, by column.

    by            the variable of the analysed dataset that holds the column
    everything    all records, whatever their column
    parts         the records of each column, the total last
    denominators  the number of subjects of each column in the population
    """

    by: str
    everything: Selection
    parts: dict[ColumnValue, Selection]
    denominators: dict[ColumnValue, Denominator]

    @property
    def groups_compared(self) -> dict[ColumnValue, Selection]:
        """The columns without the total."""
        return {column: part for column, part in self.parts.items() if column.value is not None}

    def group(self, column: ColumnValue) -> tuple[str, str]:
        """The column as a group of a result."""
        return (self.by, column.label)


def make_frame(book: ResultBook, output: Output, sources: Sources) -> AnalysisFrame:
    """The columns and records of an output; adds the number of subjects of each column to the results."""
    if output.columns is None:
        raise ProgramError(f"the output {output.id} has no columns")
    population = select_population(output, sources)
    values = compute_columns(output, population)
    subjects = split_columns(population, output.columns, values)
    denominators = _add_denominators(book, subjects, output.columns)
    everything = select_analysis_records(output, sources)
    parts = split_columns(everything, output.columns, values)
    check_subjects(parts, subjects, output)
    return AnalysisFrame(output.columns.variable(output.dataset), everything, parts, denominators)


def _add_denominators(
    book: ResultBook, subjects: dict[ColumnValue, Selection], columns: Columns
) -> dict[ColumnValue, Denominator]:
    found = {}
    for column, part in subjects.items():
        group = (columns.variable(part.source.name), column.label)
        result = book.add((BIG_N, "count", "N"), part.n_subjects, part, groups=(group,), counts="subjects")
        found[column] = Denominator(part.n_subjects, result)
    return found
