"""Templates `hazard_ratios` and `forest`: a line of results for each analysis, and for each level of a subgroup."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pandas as pd

from crf2tlf.errors import Context, DataError
from crf2tlf.rules.expressions import Comparison, Literal
from crf2tlf.spec.output_bodies import Compare, HazardRatios, RatioRow
from crf2tlf.spec.output_conditions import equals
from tlf.results.ard import Groups, ResultBook
from tlf.results.frame import AnalysisFrame
from tlf.results.survival import (
    Endpoint,
    add_comparison,
    add_estimates,
    add_events,
    add_quartiles,
    check_records,
    endpoint_of,
    make_pairs,
)
from tlf.statistics import compute_interaction

LINE = "LINE"
LEVEL = "LEVEL"


def add_hazard_ratios(book: ResultBook, frame: AnalysisFrame, body: HazardRatios) -> None:
    """Every line in the order of the spec; results have the line's number and the subgroup's level as groups."""
    for place, row in enumerate(body.rows, start=1):
        endpoint = endpoint_of(body, row.parameter)
        of_parameter = equals("PARAMCD", endpoint.parameter)
        records = frame.select(of_parameter) if len(_parameters(body)) > 1 else frame
        records = records.narrow(row.where)
        check_records(records.everything, endpoint)
        strata = row.strata if row.strata is not None else () if row.by else body.compare.strata
        compare = replace(body.compare, strata=strata, unstratified=False)
        groups = ((LINE, str(place)),)
        if row.by:
            _add_subgroups(book, records, endpoint, row, compare, groups)
        else:
            _add_line(book, records, endpoint, compare, groups)


def _parameters(body: HazardRatios) -> set[str]:
    return {row.parameter or body.parameter for row in body.rows}


def _add_line(book: ResultBook, frame: AnalysisFrame, endpoint: Endpoint, compare: Compare, groups: Groups) -> None:
    for column, part in frame.groups_compared.items():
        own = (*groups, frame.group(column))
        add_events(book, endpoint, part, own)
        add_quartiles(book, endpoint, part, own, endpoint.curve(part))
    for pair in make_pairs(frame, compare):
        add_comparison(book, frame, endpoint, pair, compare, groups)


def _add_subgroups(
    book: ResultBook, frame: AnalysisFrame, endpoint: Endpoint, row: RatioRow, compare: Compare, groups: Groups
) -> None:
    variable = frame.qualified(row.by)
    for level in named_levels(frame, row.by, row.levels, row.label):
        of_level = frame.select(Comparison("==", variable, Literal(level)))
        _add_line(book, of_level, endpoint, compare, (*groups, (LEVEL, level)))
    _add_interaction(book, frame, endpoint, row, compare, groups)


def named_levels(frame: AnalysisFrame, by: str, levels: Sequence[tuple[str, str]], label: str) -> list[str]:
    """The levels of a line, or those found where it names none; DataError for a level that it does not name."""
    texts = frame.texts(frame.everything, by)
    named = [level for level, _ in levels]
    found = sorted({str(text) for text in texts.dropna().unique()})
    unknown = [level for level in found if named and level not in named]
    if unknown:
        message = f"{by} has the values {', '.join(unknown)}, which the line '{label}' does not name"
        raise DataError(message, Context(dataset=frame.everything.source.name, fix="add them to its levels"))
    return named or found


def _add_interaction(
    book: ResultBook, frame: AnalysisFrame, endpoint: Endpoint, row: RatioRow, compare: Compare, groups: Groups
) -> None:
    """The test that all levels have the same hazard ratio; subjects without a level are left out."""
    for pair in make_pairs(frame, compare):
        levels = frame.texts(pair.records, row.by)
        known = levels.notna().to_numpy(dtype=bool)
        strata = pd.DataFrame({name: frame.texts(pair.records, name)[known] for name in compare.strata})
        test = compute_interaction(
            pair.records.numbers(endpoint.time)[known],
            endpoint.events(pair.records)[known],
            pair.arms.to_numpy(dtype=object)[known],
            levels[known].to_numpy(dtype=object),
            compared=str(pair.compared.value),
            reference=str(pair.reference.value),
            ties=compare.ties,
            strata=strata if compare.strata else None,
        )
        values = {"chi_square": test.chi_square, "df": float(test.degrees_of_freedom), "p_value": test.p_value}
        own = (*groups, frame.group(pair.compared))
        add_estimates(book, ("INTERACTION", "likelihood_ratio"), endpoint, pair.records, own, values)
