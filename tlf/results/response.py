"""Template `response`: subjects by response, rates with limits, and the differences of the rates."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from crf2tlf.errors import Context, DataError
from crf2tlf.rules.expressions import Literal, Membership, Reference
from crf2tlf.spec.output_bodies import Compare, Rate, Response
from crf2tlf.spec.output_conditions import equals
from crf2tlf.spec.outputs import Output
from tlf.results.ard import Groups, ResultBook
from tlf.results.counts import add_count
from tlf.results.frame import AnalysisFrame
from tlf.results.selection import ColumnValue, Selection, select_population, split_columns
from tlf.results.sources import SUBJECT
from tlf.results.survival import STRATIFIED, UNSTRATIFIED
from tlf.statistics import compute_mantel_haenszel, compute_proportion, compute_rate_difference

RESPONSE = "RESPONSE"


def add_response(book: ResultBook, frame: AnalysisFrame, output: Output, body: Response) -> None:
    """Every level, the subjects without a record, then each rate: all subjects of the column are the denominator."""
    _check_values(frame.everything, body)
    for level, _ in body.levels:
        for column, part in frame.parts.items():
            held = (part.texts(body.value) == level).to_numpy(dtype=bool, na_value=False)
            groups = (frame.group(column), (body.value, level))
            chosen = part.narrow(equals(body.value, level), held)
            add_count(book, (RESPONSE, "count"), chosen, groups, frame.denominators[column], variable=body.value)
    for column, part in frame.parts.items():
        without = frame.denominators[column].n - part.n_subjects
        book.add(("WITHOUT", "count", "n"), without, part, groups=(frame.group(column),), parameter=body.parameter)
    subjects = _split_subjects(frame, output)
    for rate in body.rates:
        _add_rate(book, frame, body, rate, subjects)


def _check_values(everything: Selection, body: Response) -> None:
    """DataError for a subject with two records, and for a response that the output does not name."""
    name = everything.source.name
    if everything.n_subjects != everything.n_records:
        message = f"a subject has more than one record of the parameter {body.parameter}"
        raise DataError(message, Context(dataset=name, fix="limit the records by `where`"))
    named = [level for level, _ in body.levels]
    texts = everything.texts(body.value)
    unknown = ~texts.isin(named).to_numpy(dtype=bool)
    if unknown.any():
        message = f"{int(unknown.sum())} of {len(unknown)} records of {body.parameter} have none of the levels"
        examples = everything.examples(unknown, body.value)
        raise DataError(message, Context(dataset=name, examples=examples, fix="add it to levels"))


def _split_subjects(frame: AnalysisFrame, output: Output) -> dict[ColumnValue, Selection]:
    assert output.columns is not None
    population = select_population(output, frame.sources)
    return split_columns(population, output.columns, tuple(frame.parts), frame.sources)


def _add_rate(
    book: ResultBook, frame: AnalysisFrame, body: Response, rate: Rate, subjects: dict[ColumnValue, Selection]
) -> None:
    condition = Membership(Reference((body.value,)), tuple(Literal(level) for level in rate.levels), False)
    responders = {}
    for column, part in frame.parts.items():
        held = part.texts(body.value).isin(list(rate.levels)).to_numpy(dtype=bool)
        chosen = part.narrow(condition, held)
        responders[column] = chosen
        groups = (frame.group(column),)
        of = frame.denominators[column]
        add_count(book, (rate.id, "count"), chosen, groups, of, variable=body.value)
        found = compute_proportion(chosen.n_subjects, of.n, kind=body.interval)
        limits = {"lower": 100 * found.lower, "upper": 100 * found.upper}
        book.add_values((rate.id, body.interval), limits, chosen, variable=body.value, groups=groups)
    if body.compare is not None:
        for column in frame.groups_compared:
            if column.value != body.compare.reference:
                _add_difference(book, frame, body.compare, rate, responders, subjects, column)


def _add_difference(
    book: ResultBook,
    frame: AnalysisFrame,
    compare: Compare,
    rate: Rate,
    responders: dict[ColumnValue, Selection],
    subjects: dict[ColumnValue, Selection],
    column: ColumnValue,
) -> None:
    """Miettinen and Nurminen's difference, with Mantel and Haenszel's weights and test where there are strata."""
    reference = next((each for each in subjects if each.value == compare.reference), None)
    if reference is None:
        message = f"the reference '{compare.reference}' is none of the columns"
        raise DataError(message, Context(dataset=frame.everything.source.name, fix="correct compare.reference"))
    pair = (column, reference)
    kinds = [(STRATIFIED, compare.strata)] if compare.strata else []
    if compare.unstratified or not compare.strata:
        kinds.append((UNSTRATIFIED, ()))
    for kind, strata in kinds:
        counts = _count_strata(frame, responders, subjects, pair, strata)
        difference, test = compute_rate_difference(counts), compute_mantel_haenszel(counts)
        groups: Groups = (frame.group(column), ("KIND", kind))
        chosen = responders[column]
        values = {
            "difference": 100 * difference.estimate,
            "difference_lower": 100 * difference.lower,
            "difference_upper": 100 * difference.upper,
        }
        book.add_values((rate.id, "miettinen_nurminen"), values, chosen, groups=groups)
        ratios = {"odds_ratio": test.odds_ratio, "odds_ratio_lower": test.lower, "odds_ratio_upper": test.upper}
        book.add_values((rate.id, "mantel_haenszel"), ratios | {"p_value": test.p_value}, chosen, groups=groups)


def _count_strata(
    frame: AnalysisFrame,
    responders: dict[ColumnValue, Selection],
    subjects: dict[ColumnValue, Selection],
    pair: tuple[ColumnValue, ColumnValue],
    strata: tuple[str, ...],
) -> npt.NDArray[np.int64]:
    """A row for each stratum: responders and subjects of the compared column, then of the reference."""
    tables: list[pd.DataFrame] = []
    for column in pair:
        every = subjects[column]
        table = pd.DataFrame({name: frame.texts(every, name) for name in strata}, index=range(every.n_records))
        responds = every.texts(SUBJECT).isin(set(responders[column].texts(SUBJECT)))
        tables.append(table.assign(responds=responds.to_numpy(dtype=bool), group=len(tables)))
    joined = pd.concat(tables, ignore_index=True)
    if not strata:
        joined = joined.assign(stratum=0)
    names = list(strata) or ["stratum"]
    if joined[names].isna().any(axis=None):
        missing = int(joined[names].isna().any(axis=1).sum())
        raise DataError(f"{missing} of {len(joined)} subjects have no value in {', '.join(names)}")
    codes = joined.groupby(names, observed=True).ngroup().to_numpy(dtype=np.int64)
    counts = np.zeros((int(codes.max(initial=-1)) + 1, 4), dtype=np.int64)
    group = joined["group"].to_numpy(dtype=np.int64)
    np.add.at(counts, (codes, 2 * group + 1), 1)
    np.add.at(counts, (codes, 2 * group), joined["responds"].to_numpy(dtype=np.int64))
    return counts
