"""The numbers at risk under a survival curve: one row per group, one number under each tick."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from textwrap import wrap

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.text import Text

from crf2tlf.errors import Context, DataError
from tlf.figures.kaplan_meier_input import KaplanMeierFigure
from tlf.figures.style import LOOKS, TEXT_SIZE

HEADING = "Number at risk"
MARGIN = 0.12  # inches, of the figure
_LINE_HEIGHT = 0.145  # inches, of one line of a name
_ROW_SPACE = 0.045  # inches between two rows
_HALF_CAPITAL = 0.04  # inches from the middle of a capital or digit down to the baseline
_SAMPLE_WIDTH = 0.3  # inches of line before a group's name
_GAP = 0.1
_HALF_NUMBER = 0.25  # the first number stands centred on time 0
_LABEL_CHARACTERS = 24  # longer names go on in a second line, so that they do not eat the width of the curves


def compute_label_lines(group: str) -> list[str]:
    """A group's name in lines of at most 24 characters, broken at blanks."""
    return wrap(group, _LABEL_CHARACTERS, break_long_words=False, break_on_hyphens=False) or [group]


def compute_panel_height(groups: Sequence[str]) -> float:
    """Inches for the heading and a row for each group."""
    lines = [1, *(len(compute_label_lines(group)) for group in groups)]
    return sum(lines) * _LINE_HEIGHT + len(lines) * _ROW_SPACE


def compute_label_width(drawn: Figure, groups: Sequence[str]) -> float:
    """Inches that the group names need to the left of the axis, with their line samples and room for a number."""
    widest = max(compute_text_width(drawn, line) for group in groups for line in compute_label_lines(group))
    heading = compute_text_width(drawn, HEADING, weight="bold")
    return max(_SAMPLE_WIDTH + _GAP + widest, heading) + _GAP + _HALF_NUMBER


def compute_text_width(drawn: Figure, text: str, *, weight: str = "normal") -> float:
    """Width of a text at the figure's text size, in inches."""
    sample = Text(0, 0, text, fontsize=TEXT_SIZE, fontweight=weight, figure=drawn)
    return float(sample.get_window_extent().width / drawn.dpi)


def add_risk_panel(drawn: Figure, panel: Axes, figure: KaplanMeierFigure) -> None:
    """Writes heading, group names and numbers into the axes made for them; raises DataError if numbers overlap."""
    panel.set_axis_off()
    height = compute_panel_height(figure.groups)
    panel.set_ylim(height, 0)
    _check_room(drawn, panel, figure)
    _add_label(drawn, HEADING, MARGIN, height - _LINE_HEIGHT / 2, weight="bold")
    top = _LINE_HEIGHT + _ROW_SPACE
    for group, look in zip(figure.groups, LOOKS, strict=False):
        lines = compute_label_lines(group)
        middle = top + len(lines) * _LINE_HEIGHT / 2
        up = (MARGIN + height - middle) / drawn.get_figheight()
        ends = [MARGIN / drawn.get_figwidth(), (MARGIN + _SAMPLE_WIDTH) / drawn.get_figwidth()]
        drawn.add_artist(Line2D(ends, [up, up], color=look.colour, linestyle=look.dashes, linewidth=look.width))
        _add_label(drawn, "\n".join(lines), MARGIN + _SAMPLE_WIDTH + _GAP, height - middle)
        _add_numbers(panel, figure.at_risk[figure.at_risk["group"] == group], middle)
        top += len(lines) * _LINE_HEIGHT + _ROW_SPACE


def _add_label(drawn: Figure, text: str, left: float, up: float, *, weight: str = "normal") -> None:
    """A text at `left` inches from the figure's edge, its middle `up` inches above the foot of the panel."""
    x, y = left / drawn.get_figwidth(), (MARGIN + up) / drawn.get_figheight()
    if "\n" in text:
        drawn.text(x, y, text, ha="left", va="center", linespacing=1.2)
    else:
        drawn.text(x, y - _HALF_CAPITAL / drawn.get_figheight(), text, ha="left", va="baseline", fontweight=weight)


def _add_numbers(panel: Axes, at_risk: pd.DataFrame, middle: float) -> None:
    """The numbers of one group, centred under their ticks."""
    for time, n in zip(at_risk["time"], at_risk["n"], strict=True):
        panel.text(time, middle + _HALF_CAPITAL, f"{int(n)}", ha="center", va="baseline")


def _check_room(drawn: Figure, panel: Axes, figure: KaplanMeierFigure) -> None:
    """Nothing, or a DataError where two numbers of one row would touch."""
    ticks = figure.ticks
    if len(ticks) < 2:
        return
    nearest = min(later - earlier for earlier, later in pairwise(ticks))
    start, end = panel.transData.transform([(0, 0), (nearest, 0)])
    room = float(end[0] - start[0]) / drawn.dpi
    wanted = 0.05 + compute_text_width(drawn, f"{int(figure.at_risk['n'].max())}")
    if wanted > room:
        raise DataError(
            f"the numbers at risk at {len(ticks)} times overlap: {wanted:.2f} inches wanted, {room:.2f} there",
            Context(fix="give fewer times at risk, or a wider figure"),
        )
