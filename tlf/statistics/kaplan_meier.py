"""The Kaplan-Meier curve: survival, numbers at risk, events and censorings at every observed time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from crf2tlf.errors import DataError
from tlf.statistics.vectors import (
    Array,
    Floats,
    Integers,
    check_numbers,
    check_same_length,
    check_times,
    compute_codes,
    compute_tied_times,
    compute_time_tolerance,
)


@dataclass(frozen=True, eq=False)
class KaplanMeier:
    """One curve; all arrays have one element per distinct observed time, ascending, in the unit of the times.

    at_risk counts the subjects just before the time (an event and a censoring at the time are still at risk);
    survival is S(t) just after it; log_std_error is Greenwood's standard error of log S(t), infinite where S(t) = 0.
    """

    times: Floats
    at_risk: Integers
    events: Integers
    censored: Integers
    survival: Floats
    log_std_error: Floats

    @property
    def n(self) -> int:
        """Number of subjects."""
        return int(self.events.sum() + self.censored.sum())

    @property
    def n_events(self) -> int:
        """Number of events."""
        return int(self.events.sum())

    @property
    def n_censored(self) -> int:
        """Number of censored subjects."""
        return int(self.censored.sum())

    @property
    def std_error(self) -> Floats:
        """Greenwood's standard error of S(t), NaN where the curve has fallen to 0."""
        return np.where(self.survival > 0, self.survival * np.where(self.survival > 0, self.log_std_error, 0.0), np.nan)


def compute_kaplan_meier(times: Array, events: Array) -> KaplanMeier:
    """The product-limit estimate (Kaplan and Meier 1958) with Greenwood's variance.

    times: durations of at least 0 in one unit; events: true for an event, false for a censoring (ADaM: CNSR == 0).
    A censoring at the time of an event counts as after it. Equal to R survival::survfit. No records give an empty
    curve. Raises DataError for a missing or negative time and for lengths that differ.
    """
    durations, flags = check_times(times, events)
    if not len(durations):
        none = np.zeros(0, dtype=np.int64)
        return KaplanMeier(np.zeros(0), none, none, none, np.zeros(0), np.zeros(0))
    tied = compute_tied_times(durations)
    observed_times, places = np.unique(tied, return_inverse=True)
    observed = np.bincount(places, weights=flags, minlength=len(observed_times)).astype(np.int64)
    leaving = np.bincount(places, minlength=len(observed_times)).astype(np.int64)
    at_risk = leaving[::-1].cumsum()[::-1]
    # Greenwood's term is infinite where everybody at risk has the event; that is R's std.err there too.
    with np.errstate(divide="ignore"):
        terms = np.where(observed > 0, observed / (at_risk * (at_risk - observed).astype(np.float64)), 0.0)
    return KaplanMeier(
        times=observed_times,
        at_risk=at_risk,
        events=observed,
        censored=leaving - observed,
        survival=np.cumprod((at_risk - observed) / at_risk),
        log_std_error=np.sqrt(terms.cumsum()),
    )


def compute_reverse_kaplan_meier(times: Array, events: Array) -> KaplanMeier:
    """The curve of follow-up (Schemper and Smith 1996): censorings are the events, events are censored."""
    durations, flags = check_times(times, events)
    return compute_kaplan_meier(durations, ~flags)


def compute_kaplan_meier_by_group(
    times: Array, events: Array, groups: Array, *, order: Sequence[str] | None = None
) -> dict[str, KaplanMeier]:
    """One curve per group, in `order` (default: sorted); a group of `order` without records has an empty curve."""
    durations, flags = check_times(times, events)
    codes, names = compute_codes(groups, order, what="group")
    check_same_length(durations, codes)
    return {name: compute_kaplan_meier(durations[codes == i], flags[codes == i]) for i, name in enumerate(names)}


def compute_number_at_risk(curve: KaplanMeier, times: Array) -> Integers:
    """Subjects under observation just before each time: an event or censoring at the time itself still counts.

    Equal to R summary(survfit, times = )$n.risk; a time after the last observation gives 0.
    """
    ticks = check_numbers(times, what="times")
    if np.isnan(ticks).any():
        raise DataError("a time at which to count the subjects at risk is missing")
    place = np.searchsorted(curve.times, ticks - compute_time_tolerance(curve.times), side="left")
    return np.append(curve.at_risk, 0).astype(np.int64)[place]


def compute_number_at_risk_by_group(curves: Mapping[str, KaplanMeier], times: Array) -> pd.DataFrame:
    """Columns group, time, n: subjects at risk just before each time, one row per group and time."""
    ticks = check_numbers(times, what="times")
    counts = [compute_number_at_risk(curve, ticks) for curve in curves.values()]
    return pd.DataFrame(
        {
            "group": pd.array(np.repeat(list(curves), len(ticks)), dtype="string[pyarrow]"),
            "time": np.tile(ticks, len(curves)),
            "n": np.concatenate(counts) if counts else np.zeros(0, dtype=np.int64),
        }
    )


def compute_curve_steps(curves: Mapping[str, KaplanMeier]) -> pd.DataFrame:
    """The curves as points to draw: columns group, time, survival, at_risk, events, censored.

    Each group begins with a row at time 0 (survival 1, everybody at risk) unless somebody was observed at 0; the
    curve is flat to the right of a point. A group without subjects has no rows.
    """
    frames = [_compute_steps_of_group(name, curve) for name, curve in curves.items() if curve.n]
    if not frames:
        frames = [_compute_steps_of_group("", compute_kaplan_meier([0.0], [False])).iloc[:0]]
    return pd.concat(frames, ignore_index=True)


def _compute_steps_of_group(name: str, curve: KaplanMeier) -> pd.DataFrame:
    """The rows of one group of compute_curve_steps."""
    start = [0] if curve.times[0] > 0 else []
    return pd.DataFrame(
        {
            "group": pd.array([name] * (len(start) + len(curve.times)), dtype="string[pyarrow]"),
            "time": np.concatenate([np.array(start, dtype=np.float64), curve.times]),
            "survival": np.concatenate([np.ones(len(start)), curve.survival]),
            "at_risk": np.concatenate([np.array([curve.n] * len(start), dtype=np.int64), curve.at_risk]),
            "events": np.concatenate([np.array(start, dtype=np.int64), curve.events]),
            "censored": np.concatenate([np.array(start, dtype=np.int64), curve.censored]),
        }
    )
