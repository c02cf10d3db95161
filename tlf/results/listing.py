"""Template `listing`: the records themselves, each with the filter that selects it."""

from __future__ import annotations

import pandas as pd

from crf2tlf.errors import Context, DataError
from crf2tlf.rules.columns import TEXT, Column
from crf2tlf.rules.expressions import Expression, Literal, Logic
from crf2tlf.rules.show import show
from crf2tlf.spec.check_output_bodies import placeholders
from crf2tlf.spec.output_bodies import Listing
from crf2tlf.spec.outputs import Output
from tlf.results.ard import ResultBook
from tlf.results.predicates import show_filter
from tlf.results.selection import Selection, select_analysis_records, select_population
from tlf.results.sources import Source, Sources


def add_listing(book: ResultBook, output: Output, body: Listing, sources: Sources) -> pd.DataFrame:
    """The records of a listing in their order, with RESULTID and FILTER; the results are how many, and of whom.

    DataError where the keys of the dataset do not tell two of its records apart.
    """
    selection = select_analysis_records(output, sources)
    population = select_population(output, sources)
    book.add(("BIG_N", "count", "N"), population.n_subjects, population, counts="subjects")
    book.add(("LISTED", "count", "n_subjects"), selection.n_subjects, selection, counts="subjects")
    book.add(("LISTED", "count", "n_records"), selection.n_records, selection, counts="records")
    rows = _sorted_rows(selection, body)
    _check_keys(rows, selection.source)
    rows.insert(0, "FILTER", _filters(rows, selection))
    names = [f"{output.id}.row.{place}" for place in range(1, len(rows) + 1)]
    rows.insert(0, "RESULTID", pd.Series(names, dtype=TEXT))
    return rows


def _sorted_rows(selection: Selection, body: Listing) -> pd.DataFrame:
    shown = [name for column in body.columns for name in placeholders(column.show)]
    keys = selection.source.facts.keys
    wanted = dict.fromkeys([*keys, *placeholders(body.heading), *shown, *body.sort])
    rows = pd.DataFrame({name: selection.source.column(name).iloc[selection.rows] for name in wanted})
    order = list(dict.fromkeys([*body.sort, *keys]))
    return rows.sort_values(order, kind="stable", na_position="last").reset_index(drop=True)


def _check_keys(rows: pd.DataFrame, source: Source) -> None:
    keys = list(source.facts.keys)
    twice = rows.duplicated(keys, keep=False).to_numpy(dtype=bool)
    if twice.any():
        message = f"{int(twice.sum())} of {len(rows)} records share their {', '.join(keys)} and cannot be told apart"
        raise DataError(message, Context(dataset=source.name, fix="give the dataset a sequence number such as ASEQ"))


def _filters(rows: pd.DataFrame, selection: Selection) -> Column:
    parts = [_prefix(selection.filter)] if selection.filter is not None else []
    conditions = [_equals_each(rows[key], key) for key in selection.source.facts.keys]
    if not len(rows):
        return pd.Series([], dtype=TEXT)
    joined = [" and ".join([*parts, *each]) for each in zip(*conditions, strict=True)]
    return pd.Series(joined, dtype=TEXT)


def _prefix(condition: Expression) -> str:
    text = show_filter(condition)
    return f"({text})" if isinstance(condition, Logic) and condition.operator == "or" else text


def _equals_each(column: Column, name: str) -> list[str]:
    """The text of `name == value` for each value, or of `missing(name)`."""
    missing = column.isna().to_numpy(dtype=bool)
    return [
        f"missing({name})" if absent else f"{name} == {show(Literal(value))}"
        for value, absent in zip(column, missing, strict=True)
    ]
