"""The tables of docs/synthetic.md: anchors against the simulation, medians, landmark rates, adverse events."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd

from synthetic.calibration import NORMAL_95, Truth, calibrate, kaplan_meier, outcomes, select_group
from synthetic.parameters import Parameters
from synthetic.streams import Bools, Floats

LANDMARKS = (6, 12, 18, 24)
ONE_DIGIT = ("age_median", "km_median", "response_duration")
NAMES = {
    "age_median": "Median age, years",
    "share": "Share",
    "km_median": "Median, months",
    "km_rate": "Rate",
    "hazard_ratio": "Hazard ratio",
    "response_rate": "ORR",
    "complete_rate": "CR",
    "control_rate": "DCR",
    "benefit_rate": "CBR",
    "response_duration": "Median DOR, months",
    "any_event": "Any grade:",
    "severe_event": "Grade 3 or more:",
    "stopped": "Treatment stopped for",
}


def anchor_lines(parameters: Parameters, studies: Sequence[Truth]) -> Iterator[str]:
    """One line of Markdown an anchor."""
    for row in calibrate(parameters, studies).to_dict("records"):
        digits = 1 if row["statistic"] in ONE_DIGIT else 3
        what = f"{NAMES[row['statistic']]} {row['term']}".strip() + (f", {row['time']:g} months" if row["time"] else "")
        numbers = [f"{row[name]:.{digits}f}" for name in ("mean", "low", "high")]
        target = row["published"] or f"{row['target']:.{digits}f}"
        verdict = "yes" if row["inside"] else "no"
        group = row["group"].replace("|", ", ")
        achieved = f"{numbers[0]} ({numbers[1]} to {numbers[2]})"
        yield f"| {what} | {group} | {target} | {row['source']} | {achieved} | {verdict} |"


def survival_lines(parameters: Parameters, truth: Truth, groups: Sequence[str]) -> Iterator[str]:
    """Median with 95 % interval and landmark rates of one study: PFS under the primary rules, TTF, OS."""
    for group in groups:
        subjects = select_group(truth, group)
        for parameter in ("PFS", "TTF", "OS"):
            time, event = outcomes(truth, subjects, parameter)
            rates = " | ".join(f"{rate_at(time, event, month):.3f}" for month in LANDMARKS)
            counts = f"{len(subjects)} / {int(event.sum())}"
            name = f"{parameters.study}, {group}"
            yield f"| {name} | {parameter} | {counts} | {median_text(time, event)} | {rates} |"


def event_lines(studies: Sequence[Truth], groups: Sequence[str]) -> Iterator[str]:
    """Shares with any grade and with grade 3 or more, by term, pooled over the studies."""
    shares = [_event_shares(studies, group) for group in groups]
    columns = [[f"{any_:.1f} / {severe:.1f}" for any_, severe in 100 * one.to_numpy()] for one in shares]
    for term, *cells in zip(shares[0].index, *columns, strict=True):
        yield f"| {term} | {' | '.join(cells)} |"


def rate_at(time: Floats, event: Bools, month: float) -> float:
    at, share = kaplan_meier(time, event)
    return float(np.concatenate([[1.0], share])[np.searchsorted(at, month, side="right")])


def median_text(time: Floats, event: Bools) -> str:
    """Median and its 95 % interval (Brookmeyer-Crowley with the log-log transformation), NR where not reached."""
    at, share = kaplan_meier(time, event)
    risk = len(time) - np.searchsorted(np.sort(time), at, side="left")
    deaths = np.diff(np.concatenate([[0], np.searchsorted(np.sort(time[event]), at, side="right")]))
    inner = (share > 0) & (risk > deaths)
    with np.errstate(divide="ignore", invalid="ignore"):
        error = np.sqrt(np.cumsum(np.where(inner, deaths / (risk * (risk - deaths)), 0.0))) / np.abs(np.log(share))
        bands = [share ** np.exp(sign * NORMAL_95 * error) for sign in (1, -1)]
    ends = [f"{at[np.argmax(band <= 0.5)]:.1f}" if (band <= 0.5).any() else "NR" for band in (share, *bands)]
    return f"{ends[0]} ({ends[1]}-{ends[2]})"


def _event_shares(studies: Sequence[Truth], group: str) -> pd.DataFrame:
    parts = []
    for truth in studies:
        subjects = select_group(truth, group)
        events = truth["adverse_events"]
        worst = events[events["SUBJECT"].isin(subjects["SUBJECT"])].groupby(["TERM", "SUBJECT"])["GRADE"].max()
        terms = worst.groupby("TERM")
        shares = {"any": terms.size() / len(subjects), "severe": (worst >= 3).groupby("TERM").sum() / len(subjects)}
        parts.append(pd.DataFrame(shares))
    pooled = pd.concat(parts).groupby(level=0).sum() / len(studies)
    every = sorted({term for truth in studies for term in truth["adverse_events"]["TERM"]})
    return pooled.reindex(every, fill_value=0.0).sort_index()
