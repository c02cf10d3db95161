"""The numbers a Kaplan-Meier figure is drawn from, and the checks that they belong together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from crf2tlf.errors import Context, DataError
from tlf.figures.style import LOOKS, check_glyphs

_COLUMNS = {
    "steps": ("group", "time", "survival", "censored"),
    "at_risk": ("group", "time", "n"),
    "medians": ("group", "n", "events", "median", "lower", "upper"),
}


@dataclass(frozen=True, eq=False)
class KaplanMeierFigure:
    """Everything a Kaplan-Meier figure shows; frames of the results dataset, never analysis data.

    steps: group, time, survival (0..1, just after the time), censored (number at the time), ascending in time.
    at_risk: group, time, n; its times are the ticks of the time axis, the same for every group.
    medians: group, n, events, median, lower, upper; NaN is shown as NE; its rows set the order of the groups.
    notes: lines under the legend, such as the log-rank p-value, already as text. size: inches, width by height.
    All times have the unit that time_label names.
    """

    steps: pd.DataFrame
    at_risk: pd.DataFrame
    medians: pd.DataFrame
    time_label: str
    survival_label: str
    median_label: str = "Median (95% CI)"
    median_decimals: int = 1
    notes: tuple[str, ...] = ()
    size: tuple[float, float] = (9.0, 5.6)

    @property
    def groups(self) -> tuple[str, ...]:
        """The groups in the order of the legend and of the numbers at risk."""
        return tuple(str(group) for group in self.medians["group"])

    @property
    def ticks(self) -> tuple[float, ...]:
        """The times at which the numbers at risk are given."""
        return tuple(float(time) for time in sorted(self.at_risk["time"].unique()))


def check_figure(figure: KaplanMeierFigure) -> None:
    """Nothing, or a DataError: columns, groups, probabilities, complete numbers at risk, characters of the font."""
    for name, columns in _COLUMNS.items():
        _check_columns(name, getattr(figure, name), columns)
    groups = figure.groups
    if not groups or len(set(groups)) != len(groups):
        raise DataError("the medians of a Kaplan-Meier figure name each group once, and at least one")
    if len(groups) > len(LOOKS):
        message = f"a Kaplan-Meier figure shows at most {len(LOOKS)} groups, not {len(groups)}"
        raise DataError(message, Context(fix="draw one figure for each subset of the groups"))
    _check_groups("steps", figure.steps, groups)
    _check_groups("at_risk", figure.at_risk, groups)
    _check_steps(figure.steps)
    counts = figure.at_risk.groupby(["group", "time"]).size()
    if len(counts) != len(groups) * len(figure.ticks) or counts.max() != 1 or figure.at_risk["n"].isna().any():
        raise DataError("at_risk needs exactly one number for every group at every time")
    check_glyphs([*groups, figure.time_label, figure.survival_label, figure.median_label, *figure.notes])


def _check_columns(name: str, frame: pd.DataFrame, columns: Sequence[str]) -> None:
    """Nothing, or a DataError for absent columns."""
    absent = [column for column in columns if column not in frame.columns]
    if absent:
        raise DataError(f"the frame {name} of a Kaplan-Meier figure has no column {', '.join(absent)}")


def _check_groups(name: str, frame: pd.DataFrame, groups: Sequence[str]) -> None:
    """Nothing, or a DataError where a frame has a group that would not be drawn, or lacks the numbers of one."""
    found = {str(group) for group in frame["group"].unique()}
    unknown = sorted(found - set(groups))
    if unknown:
        raise DataError(f"{name} has a group that medians does not name: {', '.join(unknown)}")
    absent = [group for group in groups if group not in found]
    if absent and name == "at_risk":
        raise DataError(f"{name} has no rows for {', '.join(absent)}")


def _check_steps(steps: pd.DataFrame) -> None:
    """Nothing, or a DataError where the points are no Kaplan-Meier curve."""
    if steps[["time", "survival", "censored"]].isna().any(axis=None):
        raise DataError("a point of a Kaplan-Meier curve has no time, survival or number of censorings")
    if not steps["survival"].between(0, 1).all() or not (steps["time"] >= 0).all():
        raise DataError("a Kaplan-Meier curve needs survival from 0 to 1 and times of at least 0")
    by_group = steps.groupby("group", sort=False)
    if (by_group["time"].diff() < 0).any() or (by_group["survival"].diff() > 0).any():
        raise DataError("a Kaplan-Meier curve rises or goes back in time", Context(fix="sort steps by group and time"))
