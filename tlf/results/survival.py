"""What all analyses of times to event share: events, quartiles, hazard ratio and log-rank test."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from crf2tlf.errors import Context, DataError
from crf2tlf.rules.expressions import Comparison, Literal, Reference
from crf2tlf.spec.output_bodies import Compare, Interval, Survival, Ties
from crf2tlf.spec.output_conditions import equals, one_of
from tlf.results.ard import Denominator, Groups, ResultBook
from tlf.results.frame import AnalysisFrame
from tlf.results.selection import ColumnValue, Selection
from tlf.statistics import (
    HazardRatio,
    KaplanMeier,
    compute_hazard_ratio,
    compute_kaplan_meier,
    compute_log_rank,
    compute_quantiles,
)

METHOD = "kaplan_meier"
QUARTILES = {0.25: "q1", 0.5: "median", 0.75: "q3"}
STRATIFIED, UNSTRATIFIED = "stratified", "unstratified"


@dataclass(frozen=True)
class Endpoint:
    """A time-to-event parameter: its code, the variables of time and censoring, the kind of limits."""

    parameter: str
    time: str
    censor: str
    interval: Interval

    def curve(self, part: Selection) -> KaplanMeier:
        """The Kaplan-Meier curve of some records."""
        return compute_kaplan_meier(part.numbers(self.time), self.events(part))

    def events(self, part: Selection) -> np.typing.NDArray[np.bool_]:
        """Which of some records have the event."""
        found: np.typing.NDArray[np.bool_] = part.numbers(self.censor) == 0
        return found


def endpoint_of(body: Survival, parameter: str = "") -> Endpoint:
    """The endpoint of a body, or another parameter with the same variables."""
    return Endpoint(parameter or body.parameter, body.time, body.censor, body.interval)


def check_records(everything: Selection, endpoint: Endpoint) -> None:
    """DataError for a subject with two records, and for one without a censoring flag, who is neither."""
    name = everything.source.name
    if everything.n_subjects != everything.n_records:
        message = f"a subject has more than one record of the parameter {endpoint.parameter}"
        raise DataError(message, Context(dataset=name, fix="limit the records by `where`"))
    missing = everything.missing(endpoint.censor)
    if missing.any():
        message = f"{int(missing.sum())} of {len(missing)} records of {endpoint.parameter} have no {endpoint.censor}"
        raise DataError(message, Context(dataset=name, examples=everything.examples(missing, endpoint.time)))


def split_by_event(part: Selection, endpoint: Endpoint) -> tuple[Selection, Selection]:
    """The records with the event, and those that are censored."""
    events = endpoint.events(part)
    censored = Comparison("!=", Reference((endpoint.censor,)), Literal(0.0))
    return part.narrow(equals(endpoint.censor, 0.0), events), part.narrow(censored, ~events)


def add_events(
    book: ResultBook, endpoint: Endpoint, part: Selection, groups: Groups, denominator: Denominator | None = None
) -> None:
    """The numbers of subjects, events and censorings, and the subjects that percentages refer to."""
    event, censored = split_by_event(part, endpoint)
    for statistic, chosen in (("n", part), ("n_event", event), ("n_censor", censored)):
        name = ("EVENTS", METHOD, statistic)
        book.add(
            name,
            chosen.n_subjects,
            chosen,
            variable=endpoint.time,
            parameter=endpoint.parameter,
            groups=groups,
            denominator=denominator,
            counts="subjects",
        )


def add_quartiles(
    book: ResultBook,
    endpoint: Endpoint,
    part: Selection,
    groups: Groups,
    curve: KaplanMeier,
    *,
    analysis: str = "QUARTILES",
) -> None:
    """The quartiles with their limits."""
    for quantile in compute_quantiles(curve, tuple(QUARTILES), kind=endpoint.interval):
        name = QUARTILES[quantile.probability]
        values = {name: quantile.estimate, f"{name}_lower": quantile.lower, f"{name}_upper": quantile.upper}
        add_estimates(book, (analysis, METHOD), endpoint, part, groups, values)


def add_estimates(
    book: ResultBook,
    name: tuple[str, str],
    endpoint: Endpoint,
    part: Selection,
    groups: Groups,
    values: Mapping[str, float],
) -> None:
    """Numbers of an endpoint; `name` is analysis and method."""
    book.add_values(name, values, part, variable=endpoint.time, parameter=endpoint.parameter, groups=groups)


@dataclass(frozen=True, eq=False)
class Pair:
    """The records of a column and of the one it is compared with."""

    compared: ColumnValue
    reference: ColumnValue
    records: Selection
    arms: pd.Series


def make_pairs(frame: AnalysisFrame, compare: Compare) -> list[Pair]:
    """Each column but the reference beside it; DataError where there is no such column."""
    columns = list(frame.groups_compared)
    reference = next((column for column in columns if column.value == compare.reference), None)
    if reference is None:
        names = ", ".join(column.label for column in columns)
        message = f"the reference '{compare.reference}' is none of the columns {names}"
        raise DataError(message, Context(dataset=frame.everything.source.name, fix="correct compare.reference"))
    arms = frame.texts(frame.everything, frame.by)
    pairs = []
    for column in columns:
        if column == reference:
            continue
        values = [str(column.value), str(reference.value)]
        held = arms.isin(values).to_numpy(dtype=bool)
        condition = one_of(frame.by, values)
        assert condition is not None
        pairs.append(Pair(column, reference, frame.everything.narrow(condition, held), arms[held]))
    return pairs


def add_comparison(
    book: ResultBook, frame: AnalysisFrame, endpoint: Endpoint, pair: Pair, compare: Compare, groups: Groups = ()
) -> HazardRatio:
    """Hazard ratio and log-rank test of a pair, with the strata of the comparison where it has some.

    Results have the groups given, the compared column and the kind of comparison. Gives the hazard ratio.
    """
    kinds = [(STRATIFIED, compare.strata)] if compare.strata else []
    if compare.unstratified or not compare.strata:
        kinds.append((UNSTRATIFIED, ()))
    own = (*groups, frame.group(pair.compared))
    found = [
        _add_kind(book, frame, endpoint, pair, compare.ties, names, (*own, ("KIND", kind))) for kind, names in kinds
    ]
    return found[0]


def _add_kind(
    book: ResultBook,
    frame: AnalysisFrame,
    endpoint: Endpoint,
    pair: Pair,
    ties: Ties,
    strata: tuple[str, ...],
    groups: Groups,
) -> HazardRatio:
    vectors = (pair.records.numbers(endpoint.time), endpoint.events(pair.records), pair.arms.to_numpy(dtype=object))
    table = pd.DataFrame({name: frame.texts(pair.records, name) for name in strata}) if strata else None
    compared, reference = str(pair.compared.value), str(pair.reference.value)
    ratio = compute_hazard_ratio(*vectors, compared=compared, reference=reference, ties=ties, strata=table)
    test = compute_log_rank(*vectors, order=[compared, reference], strata=table)
    estimates = {
        "hazard_ratio": ratio.estimate,
        "lower": ratio.lower,
        "upper": ratio.upper,
        "log_hazard_ratio": ratio.log_estimate,
        "std_error": ratio.std_error,
        "p_value": ratio.wald.p_value,
    }
    add_estimates(book, ("HAZARD_RATIO", f"cox_{ties}"), endpoint, pair.records, groups, estimates)
    tests = {"chi_square": test.chi_square, "p_value": test.p_value, "z": test.z, "p_one_sided": test.p_one_sided}
    add_estimates(book, ("LOG_RANK_PAIR", "log_rank"), endpoint, pair.records, groups, tests)
    return ratio
