"""Template `kaplan_meier`: curves, numbers at risk, quartiles and the log-rank test of a time-to-event parameter."""

from __future__ import annotations

import math

import numpy as np

from crf2tlf.errors import Context, DataError
from crf2tlf.rules.columns import FloatArray
from crf2tlf.rules.expressions import Comparison, Literal, Reference
from crf2tlf.spec.output_conditions import equals
from crf2tlf.spec.outputs import KaplanMeier
from tlf.results.ard import Groups, ResultBook
from tlf.results.frame import AnalysisFrame
from tlf.results.selection import ColumnValue, Selection
from tlf.results.sources import number_texts
from tlf.statistics import (
    KaplanMeier as Curve,
)
from tlf.statistics import (
    compute_curve_steps,
    compute_kaplan_meier,
    compute_log_rank,
    compute_number_at_risk,
    compute_quantiles,
)

METHOD = "kaplan_meier"
QUARTILES = {0.25: "q1", 0.5: "median", 0.75: "q3"}


def add_kaplan_meier(book: ResultBook, frame: AnalysisFrame, body: KaplanMeier) -> None:
    """For each column the events, quartiles, numbers at risk and the curve; the log-rank test over all columns."""
    everything = frame.everything
    _check_records(everything, body)
    ticks = compute_ticks(everything.numbers(body.time), body.ticks)
    for column, part in frame.parts.items():
        _add_column(book, frame, body, (column, part), ticks)
    if body.log_rank:
        _add_log_rank(book, frame, body, everything)


def compute_ticks(times: FloatArray, distance: int) -> FloatArray:
    """0, distance, twice the distance .. up to the first that no time exceeds."""
    longest = float(np.nanmax(times, initial=0.0))
    return np.arange(math.ceil(longest / distance) + 1, dtype=np.float64) * distance


def _check_records(everything: Selection, body: KaplanMeier) -> None:
    """DataError for a subject with two records, and for one without a censoring flag, who is neither."""
    name = everything.source.name
    if everything.n_subjects != everything.n_records:
        message = f"a subject has more than one record of the parameter {body.parameter}"
        raise DataError(message, Context(dataset=name, fix="limit the records by `where`"))
    missing = everything.missing(body.censor)
    if missing.any():
        message = f"{int(missing.sum())} of {len(missing)} records of {body.parameter} have no {body.censor}"
        raise DataError(message, Context(dataset=name, examples=everything.examples(missing, body.time)))


def _add_column(
    book: ResultBook, frame: AnalysisFrame, body: KaplanMeier, own: tuple[ColumnValue, Selection], ticks: FloatArray
) -> None:
    column, part = own
    group = frame.group(column)
    curve = compute_kaplan_meier(part.numbers(body.time), part.numbers(body.censor) == 0)
    _add_counts(book, body, part, group)
    _add_quartiles(book, body, part, (group,), curve)
    _add_numbers_at_risk(book, body, part, group, curve, ticks)
    _add_curve(book, body, part, group, curve)


def _add_counts(book: ResultBook, body: KaplanMeier, part: Selection, group: tuple[str, str]) -> None:
    events = part.numbers(body.censor) == 0
    censored = Comparison("!=", Reference((body.censor,)), Literal(0.0))
    chosen = {
        "n": part,
        "n_event": part.narrow(equals(body.censor, 0.0), events),
        "n_censor": part.narrow(censored, ~events),
    }
    for statistic, selection in chosen.items():
        name = ("EVENTS", METHOD, statistic)
        book.add(
            name,
            selection.n_subjects,
            selection,
            variable=body.time,
            parameter=body.parameter,
            groups=(group,),
            counts="subjects",
        )


def _add_quartiles(book: ResultBook, body: KaplanMeier, part: Selection, groups: Groups, curve: Curve) -> None:
    for quantile in compute_quantiles(curve, tuple(QUARTILES), kind=body.interval):
        name = QUARTILES[quantile.probability]
        values = {name: quantile.estimate, f"{name}_lower": quantile.lower, f"{name}_upper": quantile.upper}
        for statistic, value in values.items():
            analysis = ("QUARTILES", METHOD, statistic)
            book.add(analysis, value, part, variable=body.time, parameter=body.parameter, groups=groups)


def _add_numbers_at_risk(
    book: ResultBook,
    body: KaplanMeier,
    part: Selection,
    group: tuple[str, str],
    curve: Curve,
    ticks: FloatArray,
) -> None:
    times = part.numbers(body.time)
    for tick, n in zip(ticks, compute_number_at_risk(curve, ticks), strict=True):
        at_risk = part.narrow(Comparison(">=", Reference((body.time,)), Literal(float(tick))), times >= tick)
        groups = (group, (body.time, f"{tick:.15g}"))
        name = ("AT_RISK", METHOD, "n_risk")
        book.add(name, n, at_risk, variable=body.time, parameter=body.parameter, groups=groups, counts="subjects")


def _add_curve(book: ResultBook, body: KaplanMeier, part: Selection, group: tuple[str, str], curve: Curve) -> None:
    steps = compute_curve_steps({group[1]: curve})
    labels = number_texts(steps["time"])
    for place, label in enumerate(labels):
        groups = (group, (body.time, label))
        for statistic, column in (("time", "time"), ("survival", "survival"), ("n_censor", "censored")):
            name = ("CURVE", METHOD, statistic)
            value = float(steps[column].iloc[place])
            book.add(name, value, part, variable=body.time, parameter=body.parameter, groups=groups)


def _add_log_rank(book: ResultBook, frame: AnalysisFrame, body: KaplanMeier, everything: Selection) -> None:
    test = compute_log_rank(
        everything.numbers(body.time),
        everything.numbers(body.censor) == 0,
        everything.texts(frame.by).to_numpy(dtype=object),
        order=[column.label for column in frame.groups_compared],
    )
    values = {"chi_square": test.chi_square, "df": float(test.degrees_of_freedom), "p_value": test.p_value}
    for statistic, value in values.items():
        name = ("LOG_RANK", "log_rank", statistic)
        book.add(name, value, everything, variable=body.time, parameter=body.parameter)
