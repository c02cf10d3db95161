"""The forest figure: a line of text for each analysis or subgroup, its hazard ratio and interval on a log scale."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, NullLocator
from matplotlib.transforms import blended_transform_factory

from crf2tlf.errors import Context, DataError
from tlf.figures.style import GUIDE_COLOUR, LOOKS, TEXT_SIZE, apply_style, check_glyphs, make_figure

_WIDTH = 9.0
_LINE_HEIGHT = 0.19  # inches at most; many lines stand closer, in smaller letters
_ROOM = 4.25  # inches for the lines
_TOP, _BOTTOM = 0.56, 0.5  # inches for the headings and for the scale
_LABELS, _EVENTS, _PLOT = 2.35, 1.0, 3.0  # inches for the labels, for each column of events, for the intervals
_MOST_LINES = 40
# In the order in which they are wanted; one that would touch another is left out.
_TICKS = (1.0, 0.5, 2.0, 0.25, 4.0, 0.1, 10.0, 0.75, 1.5, 3.0)
_TICK_DISTANCE = 0.075  # of the scale


@dataclass(frozen=True)
class ForestLine:
    """A line: label and depth, texts of the columns, hazard ratio with limits as text and numbers; NaN is not drawn.

    A heading has no texts; `interaction` is the p-value of its subgroups.
    """

    label: str
    depth: int
    events: tuple[str, ...]
    text: str = ""
    estimate: float = float("nan")
    lower: float = float("nan")
    upper: float = float("nan")
    interaction: str = ""


@dataclass(frozen=True)
class ForestFigure:
    """Everything a forest figure shows: over each column a heading and what stands below it.

    `better` stands under the scale, left and right of 1.
    """

    lines: tuple[ForestLine, ...]
    columns: tuple[str, ...]
    margin: float | None
    better: tuple[str, str]
    below: tuple[str, ...]


def draw_forest(figure: ForestFigure) -> Figure:
    """The figure, without title; give it to render_figure. Raises DataError for more lines than a page holds."""
    if not figure.lines or len(figure.lines) > _MOST_LINES:
        message = f"a forest figure has 1 to {_MOST_LINES} lines, not {len(figure.lines)}"
        raise DataError(message, Context(fix="make two figures of it"))
    check_glyphs(
        [text for line in figure.lines for text in (line.label, line.text)] + [*figure.columns, *figure.better]
    )
    line_height = min(_LINE_HEIGHT, _ROOM / len(figure.lines))
    height = _TOP + _BOTTOM + line_height * len(figure.lines)
    size = min(TEXT_SIZE, line_height * 72 / 1.25)
    with apply_style():
        drawn = make_figure(_WIDTH, height)
        left = _LABELS + _EVENTS * len(figure.columns)
        axes = drawn.add_axes((left / _WIDTH, _BOTTOM / height, _PLOT / _WIDTH, (height - _TOP - _BOTTOM) / height))
        _add_scale(axes, figure)
        for place, line in enumerate(figure.lines):
            _add_interval(axes, place, line)
        _add_texts(drawn, axes, figure, size)
    return drawn


def _add_scale(axes: Axes, figure: ForestFigure) -> None:
    limits = _compute_limits(figure)
    axes.set_xscale("log")
    axes.set_xlim(limits)
    axes.set_ylim(len(figure.lines) - 0.5, -0.5)
    axes.set_yticks([])
    ticks = _compute_ticks(limits)
    axes.xaxis.set_major_locator(FixedLocator(ticks))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.set_xticklabels([f"{tick:g}" for tick in ticks])
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.axvline(1.0, color="#000000", linewidth=0.8, zorder=1)
    if figure.margin is not None:
        axes.axvline(figure.margin, color=LOOKS[1].colour, linewidth=1.0, linestyle=LOOKS[1].dashes, zorder=1)
        across = blended_transform_factory(axes.transData, axes.transAxes)
        axes.text(figure.margin, 1.005, f"margin {figure.margin:.2f}", transform=across, ha="center", va="bottom",
                  fontsize=TEXT_SIZE - 1, color=LOOKS[1].colour)  # fmt: skip


def _compute_ticks(limits: tuple[float, float]) -> list[float]:
    length = math.log(limits[1] / limits[0])
    found: list[float] = []
    for tick in _TICKS:
        inside = limits[0] <= tick <= limits[1]
        if inside and all(abs(math.log(tick / other)) >= _TICK_DISTANCE * length for other in found):
            found.append(tick)
    return sorted(found)


def _compute_limits(figure: ForestFigure) -> tuple[float, float]:
    """A scale that shows every estimate and the middle nine tenths of the limits; longer intervals get an arrow."""
    values = [line.estimate for line in figure.lines]
    ends = np.array([end for line in figure.lines for end in (line.lower, line.upper)], dtype=np.float64)
    ends = ends[np.isfinite(ends) & (ends > 0)]
    if len(ends):
        values += [float(value) for value in np.quantile(ends, [0.05, 0.95])]
    known = [value for value in (*values, 0.5, 2.0, figure.margin or 1.0) if math.isfinite(value) and value > 0]
    return min(known) / 1.15, max(known) * 1.15


def _add_interval(axes: Axes, place: int, line: ForestLine) -> None:
    if not math.isfinite(line.estimate):
        return
    colour, (low, high) = LOOKS[0].colour, axes.get_xlim()
    ends = (max(line.lower, low), min(line.upper, high))
    axes.plot(ends, (place, place), color=colour, linewidth=1.3, solid_capstyle="butt", zorder=2)
    for end, limit, mark in ((line.lower, low, "<"), (line.upper, high, ">")):
        if end < low or end > high:
            axes.plot([limit], [place], marker=mark, markersize=4.5, color=colour, clip_on=False, zorder=3)
    axes.plot([line.estimate], [place], marker="s", markersize=5.0, color=colour, zorder=3)


def _add_texts(drawn: Figure, axes: Axes, figure: ForestFigure, size: float) -> None:
    """Labels and events left of the intervals, hazard ratios right of them, headings over all."""
    beside = blended_transform_factory(drawn.transFigure, axes.transData)
    right = (_LABELS + _EVENTS * len(figure.columns) + _PLOT + 0.15) / _WIDTH
    middles = [(_LABELS + _EVENTS * (place + 0.5)) / _WIDTH for place in range(len(figure.columns))]
    for place, line in enumerate(figure.lines):
        weight = "bold" if not line.events else "normal"
        style: dict[str, Any] = {
            "transform": beside,
            "va": "center",
            "fontsize": size,
            "fontweight": weight,
        }
        axes.text((0.1 + 0.15 * line.depth) / _WIDTH, place, line.label, ha="left", **style)
        for middle, events in zip(middles, line.events, strict=False):
            axes.text(middle, place, events, ha="center", **style)
        text = f"interaction p {line.interaction}" if line.interaction else line.text
        axes.text(right, place, text, ha="left", **(style | {"fontweight": "normal"}))
        if line.depth == 0 and place:
            axes.axhline(place - 0.5, color=GUIDE_COLOUR, linewidth=0.3, alpha=0.6, zorder=0)
    top = 1 - 0.1 / drawn.get_figheight()
    heading: dict[str, Any] = {"va": "top", "fontweight": "bold", "transform": drawn.transFigure}
    for middle, column, below in zip(middles, figure.columns, figure.below, strict=True):
        drawn.text(middle, top, f"{_shorten(column)}\n{below}".strip(), ha="center", **heading)
    drawn.text(right, top, "Hazard ratio\n(95% CI)", ha="left", **heading)
    _add_directions(drawn, axes, figure)


def _shorten(column: str) -> str:
    """A column's name in two lines at most, broken in the middle."""
    words = column.split(" ")
    if len(column) <= 16 or len(words) < 2:
        return column
    cuts = range(1, len(words))
    best = min(cuts, key=lambda cut: abs(len(" ".join(words[:cut])) - len(" ".join(words[cut:]))))
    return f"{' '.join(words[:best])}\n{' '.join(words[best:])}"


def _add_directions(drawn: Figure, axes: Axes, figure: ForestFigure) -> None:
    below = blended_transform_factory(axes.transData, drawn.transFigure)
    height = 0.1 / drawn.get_figheight()
    for text, side, at in ((figure.better[0], "right", 0.92), (figure.better[1], "left", 1.09)):
        if text:
            arrow = f"\u2190 {text}" if side == "right" else f"{text} \u2192"
            axes.text(at, height, arrow, ha=side, va="center", transform=below)
