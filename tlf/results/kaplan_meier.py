"""Template `kaplan_meier`: curves, numbers at risk, quartiles and the log-rank test of a time-to-event parameter."""

from __future__ import annotations

import math

import numpy as np

from crf2tlf.rules.columns import FloatArray
from crf2tlf.rules.expressions import Comparison, Literal, Reference
from crf2tlf.spec.output_bodies import KaplanMeier
from tlf.results.ard import ResultBook
from tlf.results.frame import AnalysisFrame
from tlf.results.predicates import is_present
from tlf.results.selection import ColumnValue, Selection
from tlf.results.sources import number_texts
from tlf.results.survival import (
    METHOD,
    Endpoint,
    add_comparison,
    add_events,
    add_quartiles,
    check_records,
    endpoint_of,
    make_pairs,
)
from tlf.statistics import KaplanMeier as Curve
from tlf.statistics import compute_curve_steps, compute_log_rank, compute_number_at_risk


def add_kaplan_meier(book: ResultBook, frame: AnalysisFrame, body: KaplanMeier) -> None:
    """For each column the events, quartiles, numbers at risk and the curve; the tests and hazard ratios."""
    everything, endpoint = frame.everything, endpoint_of(body)
    check_records(everything, endpoint)
    ticks = compute_ticks(everything.numbers(body.time), body.ticks)
    for column, part in frame.parts.items():
        _add_column(book, frame, endpoint, (column, part), ticks)
    if body.log_rank:
        _add_log_rank(book, frame, endpoint, everything)
    if body.compare is not None:
        for pair in make_pairs(frame, body.compare):
            add_comparison(book, frame, endpoint, pair, body.compare)


def compute_ticks(times: FloatArray, distance: int) -> FloatArray:
    """0, distance, twice the distance .. up to the first that no time exceeds."""
    longest = float(np.nanmax(times, initial=0.0))
    return np.arange(math.ceil(longest / distance) + 1, dtype=np.float64) * distance


def _add_column(
    book: ResultBook, frame: AnalysisFrame, endpoint: Endpoint, own: tuple[ColumnValue, Selection], ticks: FloatArray
) -> None:
    column, part = own
    group = frame.group(column)
    curve = endpoint.curve(part)
    add_events(book, endpoint, part, (group,))
    add_quartiles(book, endpoint, part, (group,), curve)
    _add_numbers_at_risk(book, endpoint, part, group, curve, ticks)
    _add_curve(book, endpoint, part, group, curve)


def _add_numbers_at_risk(
    book: ResultBook,
    endpoint: Endpoint,
    part: Selection,
    group: tuple[str, str],
    curve: Curve,
    ticks: FloatArray,
) -> None:
    for tick, n in zip(ticks, compute_number_at_risk(curve, ticks), strict=True):
        name = ("AT_RISK", METHOD, "n_risk")
        groups = (group, (endpoint.time, f"{tick:.15g}"))
        book.add(
            name,
            n,
            select_at_risk(part, endpoint, tick),
            variable=endpoint.time,
            parameter=endpoint.parameter,
            groups=groups,
            counts="subjects",
        )


def select_at_risk(part: Selection, endpoint: Endpoint, time: float) -> Selection:
    """The records that are under observation just before a time."""
    condition = Comparison(">=", Reference((endpoint.time,)), Literal(float(time)))
    return part.narrow(condition, part.numbers(endpoint.time) >= time)


def _add_curve(book: ResultBook, endpoint: Endpoint, part: Selection, group: tuple[str, str], curve: Curve) -> None:
    steps = compute_curve_steps({group[1]: curve})
    labels = number_texts(steps["time"])
    for place, label in enumerate(labels):
        groups = (group, (endpoint.time, label))
        for statistic, column in (("time", "time"), ("survival", "survival"), ("n_censor", "censored")):
            name = ("CURVE", METHOD, statistic)
            value = float(steps[column].iloc[place])
            book.add(name, value, part, variable=endpoint.time, parameter=endpoint.parameter, groups=groups)


def _add_log_rank(book: ResultBook, frame: AnalysisFrame, endpoint: Endpoint, everything: Selection) -> None:
    groups = frame.texts(everything, frame.by)
    assigned = groups.notna().to_numpy(dtype=bool)
    if not assigned.all():
        everything, groups = everything.narrow(is_present(frame.by), assigned), groups[assigned]
    test = compute_log_rank(
        everything.numbers(endpoint.time),
        endpoint.events(everything),
        groups.to_numpy(dtype=object),
        order=[str(column.value) for column in frame.groups_compared],
    )
    values = {"chi_square": test.chi_square, "df": float(test.degrees_of_freedom), "p_value": test.p_value}
    for statistic, value in values.items():
        name = ("LOG_RANK", "log_rank", statistic)
        book.add(name, value, everything, variable=endpoint.time, parameter=endpoint.parameter)
