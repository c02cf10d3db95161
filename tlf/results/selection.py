"""Records that a filter selects, and how they fall into the columns of an output."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from crf2tlf.errors import Context, DataError, Example
from crf2tlf.rules.columns import BoolArray, FloatArray, IntArray
from crf2tlf.rules.columns import is_missing as compute_missing
from crf2tlf.rules.evaluate import evaluate_condition
from crf2tlf.rules.expressions import Expression
from crf2tlf.spec.output_conditions import all_of, analysis_condition, equals, population_condition
from crf2tlf.spec.outputs import Columns, Output
from tlf.results.predicates import is_missing
from tlf.results.sources import SUBJECT, Source, Sources


@dataclass(frozen=True, eq=False)
class Selection:
    """Records of a dataset, as positions, and the filter that selects exactly them."""

    source: Source
    filter: Expression | None
    rows: IntArray

    def narrow(self, condition: Expression, keep: BoolArray) -> Selection:
        """Those of the records that a further condition selects; `keep` says which, one value a record of these."""
        return Selection(self.source, all_of(self.filter, condition), self.rows[keep])

    @property
    def n_records(self) -> int:
        return len(self.rows)

    @property
    def n_subjects(self) -> int:
        return len(np.unique(self.source.subjects[self.rows]))

    def numbers(self, variable: str) -> FloatArray:
        """A number's values."""
        values: FloatArray = self.source.column(variable).to_numpy(dtype=np.float64)[self.rows]
        return values

    def texts(self, variable: str) -> pd.Series:
        """A text's values, on a new index."""
        return self.source.column(variable).iloc[self.rows].reset_index(drop=True)

    def missing(self, variable: str) -> BoolArray:
        """Where a variable has no value."""
        return compute_missing(self.source.column(variable))[self.rows]

    def examples(self, keep: BoolArray, *variables: str) -> tuple[Example, ...]:
        """The first of the records for which `keep` holds, to show in an error."""
        rows = self.rows[keep][:5]
        shown = [(name, self.source.column(name).iloc[rows]) for name in variables]
        return tuple(
            Example(str(subject), ", ".join(f"{name} {column.iloc[place]}" for name, column in shown))
            for place, subject in enumerate(self.source.column(SUBJECT).iloc[rows])
        )


@dataclass(frozen=True)
class ColumnValue:
    """A column: its value of the column variable and its label; without a value the total, or those without a value."""

    value: str | None
    label: str
    missing: bool = False


def select_population(output: Output, sources: Sources) -> Selection:
    """The subjects of an output; DataError where the dataset holds a subject twice."""
    source = sources[output.population.dataset]
    condition = output.population.where.expression if output.population.where else None
    rows = np.flatnonzero(evaluate_condition(condition, sources.scope(source.name)))
    found = Selection(source, condition, rows)
    if found.n_subjects != found.n_records:
        fix = "a population needs one record per subject"
        raise DataError("a subject of the population has more than one record", Context(dataset=source.name, fix=fix))
    return found


def select_analysis_records(output: Output, sources: Sources) -> Selection:
    """The records an output analyses: those of its population's subjects for which its `where` holds.

    DataError where the dataset and the population's dataset disagree on who is in the population.
    """
    source = sources[output.dataset]
    condition = analysis_condition(output, source.facts.variables)
    rows = np.flatnonzero(evaluate_condition(condition, sources.scope(source.name)))
    _check_population(output, sources)
    return Selection(source, condition, rows)


def _check_population(output: Output, sources: Sources) -> None:
    """A flag copied into the dataset must say what ADSL says, or subjects would fall out unseen."""
    source, population = sources[output.dataset], output.population.dataset
    if source.name == population:
        return
    scope = sources.scope(source.name)
    own = evaluate_condition(population_condition(output, source.facts.variables), scope)
    other = evaluate_condition(population_condition(output, ()), scope)
    differ = Selection(source, None, np.flatnonzero(own != other))
    if differ.n_records:
        message = (
            f"disagrees with {population} on the {output.population.label} for {differ.n_records} of {len(own)} records"
        )
        fix = f"take the population's flags from {population}"
        examples = differ.examples(np.ones(differ.n_records, dtype=bool), *source.facts.keys[1:])
        raise DataError(message, Context(dataset=source.name, examples=examples, fix=fix))


def compute_columns(output: Output, population: Selection, sources: Sources) -> tuple[ColumnValue, ...]:
    """The columns in their order, those without a value and the total last.

    They are the population's, so that an empty cell is a 0, not a gap.
    """
    columns = output.columns
    if columns is None:
        return ()
    source = population.source
    by, ordered_by = columns.variable(source.name), columns.order_variable(source.name)
    values = sources.texts(source, by).iloc[population.rows].reset_index(drop=True)
    without = values.isna().to_numpy(dtype=bool)
    if not (columns.unassigned or columns.missing):
        _require_value(population, by, without)
    labels = dict(columns.labels)
    order = sources.numbers(source, ordered_by)[population.rows] if ordered_by else _places(values, labels)
    pairs = pd.DataFrame({"value": values, "order": order}).dropna(subset=["value"]).drop_duplicates()
    twice = pairs["value"].duplicated()
    if twice.any():
        word = pairs["value"][twice].iloc[0]
        raise DataError(f"{by} '{word}' has more than one {columns.order}", Context(dataset=source.name))
    ordered = [str(value) for value in pairs.sort_values(["order", "value"])["value"]]
    found = [ColumnValue(value, labels.get(value, value)) for value in ordered]
    further = [ColumnValue(None, columns.missing, True)] if columns.missing and without.any() else []
    further += [ColumnValue(None, columns.total)] if columns.total else []
    for column in further:
        if column.label in {other.label for other in found}:
            what = "the column of subjects without a value" if column.missing else "the total"
            raise DataError(f"{what} is labelled as the column '{column.label}'", Context(dataset=output.id))
        found.append(column)
    return tuple(found)


def _places(values: pd.Series, labels: Iterable[str]) -> FloatArray:
    """Where values stand among the labels; all others behind them."""
    places = {value: float(place) for place, value in enumerate(labels)}
    return np.array([places.get(value, float(len(places))) for value in values], dtype=np.float64)


def split_columns(
    selection: Selection, columns: Columns, values: tuple[ColumnValue, ...], sources: Sources
) -> dict[ColumnValue, Selection]:
    """The records of each column; DataError where a record is of none."""
    by = columns.variable(selection.source.name)
    found = sources.texts(selection.source, by).iloc[selection.rows].reset_index(drop=True)
    without = found.isna().to_numpy(dtype=bool)
    if not (columns.unassigned or any(column.missing for column in values)):
        _require_value(selection, by, without)
    named = found.isin([column.value for column in values if column.value is not None]).to_numpy(dtype=bool)
    unknown = ~named & ~without
    if unknown.any():
        examples = selection.examples(unknown, *_own(selection, by))
        message = f"{int(unknown.sum())} of {len(unknown)} records are of a column that the population does not have"
        raise DataError(message, Context(dataset=selection.source.name, examples=examples))
    parts = {}
    for column in values:
        if column.missing:
            parts[column] = selection.narrow(is_missing(by), without)
        elif column.value is None:
            parts[column] = selection
        else:
            parts[column] = selection.narrow(
                equals(by, column.value), (found == column.value).to_numpy(dtype=bool, na_value=False)
            )
    return parts


def check_subjects(
    parts: dict[ColumnValue, Selection], population: dict[ColumnValue, Selection], output: Output
) -> None:
    """DataError where a record's subject is not of the population's same column: a percentage would be wrong."""
    for column, part in parts.items():
        known = population[column].source.column(SUBJECT).iloc[population[column].rows]
        stray = ~part.texts(SUBJECT).isin(known).to_numpy(dtype=bool)
        if stray.any():
            by = output.columns.variable(part.source.name) if output.columns else SUBJECT
            message = f"{int(stray.sum())} of {len(stray)} records in '{column.label}' have a subject who is not of it"
            fix = f"make {by} agree with {population[column].source.name}, or name another variable in columns.by"
            examples = part.examples(stray, *_own(part, by))
            raise DataError(message, Context(dataset=part.source.name, examples=examples, fix=fix))


def _own(selection: Selection, variable: str) -> tuple[str, ...]:
    """The variable where the records have it themselves."""
    return (variable,) if variable in selection.source.facts.variables else ()


def _require_value(selection: Selection, variable: str, missing: BoolArray) -> None:
    if missing.any():
        message = f"{int(missing.sum())} of {len(missing)} records have no {variable}"
        fix = "name a column for them (columns.missing), or leave them out of the population"
        raise DataError(message, Context(dataset=selection.source.name, examples=selection.examples(missing), fix=fix))


def split_codes(codes: IntArray, count: int) -> list[IntArray]:
    """For each code 0 .. count - 1 the positions that have it, ascending; -1 is nowhere."""
    order = np.argsort(codes, kind="stable")
    edges = np.searchsorted(codes[order], np.arange(count + 1))
    return [order[edges[code] : edges[code + 1]].astype(np.int64) for code in range(count)]
