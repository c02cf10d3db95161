"""Template `time_to_event`: events and censorings by reason, quartiles, rates, follow-up, means and comparisons."""

from __future__ import annotations

import numpy as np

from crf2tlf.spec.output_bodies import TimeToEvent
from crf2tlf.spec.output_conditions import equals
from tlf.results.ard import Denominator, Groups, ResultBook
from tlf.results.counts import add_count
from tlf.results.frame import AnalysisFrame
from tlf.results.selection import ColumnValue, Selection
from tlf.results.survival import (
    METHOD,
    Endpoint,
    add_comparison,
    add_estimates,
    add_events,
    add_quartiles,
    check_records,
    endpoint_of,
    make_pairs,
    split_by_event,
)
from tlf.statistics import (
    KaplanMeier,
    compute_landmarks,
    compute_restricted_mean,
    compute_restricted_mean_difference,
    compute_reverse_kaplan_meier,
)

REASONS = ("EVENT", "CENSORING")


def add_time_to_event(book: ResultBook, frame: AnalysisFrame, body: TimeToEvent) -> None:
    """For each column the events, reasons, quartiles, extremes, rates and follow-up; then the comparisons."""
    endpoint = endpoint_of(body)
    check_records(frame.everything, endpoint)
    curves = {column: endpoint.curve(part) for column, part in frame.parts.items()}
    for column, part in frame.parts.items():
        _add_column(book, frame, body, endpoint, (column, part), curves[column])
    if body.reasons:
        _add_reasons(book, frame, body, endpoint)
    if body.compare is not None:
        for pair in make_pairs(frame, body.compare):
            add_comparison(book, frame, endpoint, pair, body.compare)
            if body.restricted_mean is not None:
                found = compute_restricted_mean_difference(
                    curves[pair.compared], curves[pair.reference], body.restricted_mean
                )
                values = {"value": found.value, "lower": found.lower, "upper": found.upper, "p_value": found.p_value}
                groups = (frame.group(pair.compared),)
                add_estimates(book, ("MEAN_DIFFERENCE", METHOD), endpoint, pair.records, groups, values)


def _add_column(
    book: ResultBook,
    frame: AnalysisFrame,
    body: TimeToEvent,
    endpoint: Endpoint,
    own: tuple[ColumnValue, Selection],
    curve: KaplanMeier,
) -> None:
    column, part = own
    groups = (frame.group(column),)
    add_events(book, endpoint, part, groups, frame.denominators[column])
    add_quartiles(book, endpoint, part, groups, curve)
    _add_range(book, endpoint, part, groups)
    rates = compute_landmarks(curve, list(body.landmarks), kind=body.interval)
    for place, landmark in enumerate(body.landmarks):
        at = (*groups, (endpoint.time, f"{landmark:.15g}"))
        values = {name: float(rates[name].iloc[place]) for name in ("survival", "lower", "upper", "at_risk")}
        add_estimates(book, ("RATE", METHOD), endpoint, part, at, values)
    if body.follow_up:
        reverse = compute_reverse_kaplan_meier(part.numbers(endpoint.time), endpoint.events(part))
        add_quartiles(book, endpoint, part, groups, reverse, analysis="FOLLOW_UP")
    if body.restricted_mean is not None:
        mean = compute_restricted_mean(curve, body.restricted_mean)
        values = {"value": mean.value, "std_error": mean.std_error, "lower": mean.lower, "upper": mean.upper}
        add_estimates(book, ("MEAN", METHOD), endpoint, part, groups, values)


def _add_range(book: ResultBook, endpoint: Endpoint, part: Selection, groups: Groups) -> None:
    """The shortest and longest time, and whether each is that of a censored subject (an event counts as shorter)."""
    times, censored = part.numbers(endpoint.time), ~endpoint.events(part)
    none = float("nan")
    ends = {"minimum": none, "maximum": none, "minimum_censored": none, "maximum_censored": none}
    if len(times):
        order = np.lexsort((censored, times))
        for name, place in (("minimum", order[0]), ("maximum", order[-1])):
            ends[name], ends[f"{name}_censored"] = float(times[place]), float(censored[place])
    add_estimates(book, ("RANGE", METHOD), endpoint, part, groups, ends)


def _add_reasons(book: ResultBook, frame: AnalysisFrame, body: TimeToEvent, endpoint: Endpoint) -> None:
    """Subjects by the description of their event or censoring, the most frequent first."""
    halves = {column: split_by_event(part, endpoint) for column, part in frame.parts.items()}
    for half, kind in enumerate(REASONS):
        everything = split_by_event(frame.everything, endpoint)[half]
        for reason in (
            everything.texts(body.reasons)
            .dropna()
            .value_counts()
            .sort_index()
            .sort_values(ascending=False, kind="stable")
            .index
        ):
            for column, both in halves.items():
                part = both[half]
                held = (part.texts(body.reasons) == reason).to_numpy(dtype=bool, na_value=False)
                chosen = part.narrow(equals(body.reasons, str(reason)), held)
                groups = (frame.group(column), (body.reasons, str(reason)))
                of: Denominator = frame.denominators[column]
                add_count(book, (kind, "count"), chosen, groups, of, variable=body.reasons)
