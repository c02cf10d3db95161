"""The Kaplan-Meier figure: curves with censoring ticks above, numbers at risk in rows of their own below."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from tlf.figures.kaplan_meier_input import KaplanMeierFigure, check_figure
from tlf.figures.kaplan_meier_legend import add_legend
from tlf.figures.risk_panel import MARGIN, add_risk_panel, compute_label_width, compute_panel_height
from tlf.figures.style import GUIDE_COLOUR, LOOKS, LineLook, apply_style, make_figure

# Inches between the parts of the figure.
_LEFT_OF_AXIS = 0.72
_BELOW_AXIS = 0.54


def draw_kaplan_meier(figure: KaplanMeierFigure) -> Figure:
    """The figure, without title (titles belong to the page); give it to render_figure.

    Raises DataError where the frames do not belong together or the numbers at risk would overlap.
    """
    check_figure(figure)
    with apply_style():
        drawn = make_figure(*figure.size)
        axes, panel = _add_axes(drawn, figure)
        _add_guides(axes, figure.medians)
        for group, look in zip(figure.groups, LOOKS, strict=False):
            _add_curve(axes, figure.steps[figure.steps["group"] == group], look)
        add_risk_panel(drawn, panel, figure)
        add_legend(drawn, axes, figure)
    return drawn


def _add_axes(drawn: Figure, figure: KaplanMeierFigure) -> tuple[Axes, Axes]:
    """The axes of the curves and, under them with the same time scale, those of the numbers at risk."""
    width, height = figure.size
    panel_height = compute_panel_height(figure.groups)
    left = max(_LEFT_OF_AXIS, MARGIN + compute_label_width(drawn, figure.groups))
    below = MARGIN + panel_height
    span = (left / width, (width - left - 2 * MARGIN) / width)
    panel = drawn.add_axes((span[0], MARGIN / height, span[1], panel_height / height))
    bottom = below + _BELOW_AXIS
    axes = drawn.add_axes((span[0], bottom / height, span[1], (height - bottom - MARGIN) / height))
    end = max([*figure.ticks, *figure.steps["time"]], default=1.0) or 1.0
    for each in (axes, panel):
        each.set_xlim(-0.015 * end, 1.015 * end)
    axes.set_ylim(0, 1.03)
    axes.set_xticks(figure.ticks)
    axes.set_yticks(np.linspace(0, 1, 6))
    axes.set_xlabel(figure.time_label)
    axes.set_ylabel(figure.survival_label)
    axes.spines[["top", "right"]].set_visible(False)
    return axes, panel


def _add_curve(axes: Axes, steps: pd.DataFrame, look: LineLook) -> None:
    """One curve and a tick on it at every time with a censored subject."""
    axes.plot(
        steps["time"],
        steps["survival"],
        drawstyle="steps-post",
        color=look.colour,
        linestyle=look.dashes,
        linewidth=look.width,
        dash_capstyle="butt",
        zorder=3,
    )
    censored = steps[steps["censored"] > 0]
    axes.plot(
        censored["time"],
        censored["survival"],
        linestyle="none",
        marker="|",
        markersize=6,
        markeredgewidth=0.9,
        color=look.colour,
        zorder=4,
    )


def _add_guides(axes: Axes, medians: pd.DataFrame) -> None:
    """Thin lines from one half on the survival axis to each median and down to the time axis."""
    reached = medians["median"].dropna()
    if len(reached):
        axes.hlines(0.5, axes.get_xlim()[0], reached.max(), colors=GUIDE_COLOUR, linestyles="dotted", linewidth=0.8)
        axes.vlines(reached, 0, 0.5, colors=GUIDE_COLOUR, linestyles="dotted", linewidth=0.8)
