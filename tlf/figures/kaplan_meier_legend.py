"""The legend of a Kaplan-Meier figure: a small table of groups with events and medians, where no curve runs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.offsetbox import AnchoredOffsetbox, DrawingArea, HPacker, TextArea, VPacker
from matplotlib.transforms import Bbox

from tlf.figures.kaplan_meier_input import KaplanMeierFigure
from tlf.figures.style import LOOKS, LineLook
from tlf.statistics.rounding import format_interval, format_number

_LINE = 24.0  # points of line sample


def add_legend(drawn: Figure, axes: Axes, figure: KaplanMeierFigure) -> None:
    """Puts the legend at the upper right or the lower left, or above the axes when curves run through both."""
    for place in ("upper right", "lower left"):
        legend = _make_legend(drawn, figure, place)
        axes.add_artist(legend)
        if not _covers_curve(axes, legend):
            return
        legend.remove()
    _add_above(drawn, axes, figure)


def _add_above(drawn: Figure, axes: Axes, figure: KaplanMeierFigure) -> None:
    """The legend over the axes, which become lower by its height."""
    legend = _make_legend(drawn, figure, "lower right")
    legend.set_bbox_to_anchor(Bbox.from_bounds(0, 1, 1, 0), transform=axes.transAxes)
    axes.add_artist(legend)
    height = legend.get_window_extent().height / (drawn.dpi * drawn.get_figheight())
    place = axes.get_position()
    axes.set_position((place.x0, place.y0, place.width, place.height - height))


def _make_legend(drawn: Figure, figure: KaplanMeierFigure, place: str) -> AnchoredOffsetbox:
    """The table: line sample, group, events of N, median with its limits; notes under it."""
    medians = figure.medians
    events = [f"{int(k)}/{int(n)}" for k, n in zip(medians["events"], medians["n"], strict=True)]
    decimals = figure.median_decimals
    limits = [
        f"{format_number(median, decimals)} {format_interval(lower, upper, decimals)}"
        for median, lower, upper in zip(medians["median"], medians["lower"], medians["upper"], strict=True)
    ]
    row = _compute_row_height(drawn)
    samples: list[Artist] = [TextArea(""), *(_make_sample(look, row) for look in LOOKS[: len(events)])]
    columns: list[Artist] = [
        VPacker(children=samples, pad=0, sep=4, align="left"),
        _make_column("", figure.groups, "left"),
        _make_column("Events/N", events, "right"),
        _make_column(figure.median_label, limits, "left"),
    ]
    table: HPacker | VPacker = HPacker(children=columns, pad=0, sep=9, align="top")
    if figure.notes:
        notes = [TextArea(note) for note in figure.notes]
        table = VPacker(children=[table, *notes], pad=0, sep=4, align="left")
    return AnchoredOffsetbox(loc=place, child=table, pad=0.3, borderpad=0.3, frameon=False)


def _make_column(heading: str, cells: Sequence[str], align: str) -> VPacker:
    """One column of the legend, its heading in bold."""
    texts = [TextArea(heading, textprops={"fontweight": "bold"}), *(TextArea(cell) for cell in cells)]
    return VPacker(children=list(texts), pad=0, sep=4, align="right" if align == "right" else "left")


def _make_sample(look: LineLook, row: float) -> DrawingArea:
    """A piece of a group's line, as high as a row of text (points)."""
    area = DrawingArea(_LINE, row)
    middle = 0.6 * row  # the middle of the letters, which stand on a baseline
    area.add_artist(
        Line2D([0, _LINE], [middle, middle], color=look.colour, linestyle=look.dashes, linewidth=look.width)
    )
    return area


def _compute_row_height(drawn: Figure) -> float:
    """Points that matplotlib gives to a row of text, ascender to descender."""
    text = TextArea("lp")
    text.set_figure(drawn)
    return float(text.get_window_extent().height * 72 / drawn.dpi)


def _covers_curve(axes: Axes, legend: AnchoredOffsetbox) -> bool:
    """Whether a curve runs through the box of the legend."""
    box = legend.get_window_extent().transformed(axes.transData.inverted())
    return any(_runs_through(line, box) for line in axes.lines if line.get_drawstyle() == "steps-post")


def _runs_through(line: Line2D, box: Bbox) -> bool:
    """Whether a step curve has a point inside the box: its value at the left edge falls to that at the right edge."""
    times, survival = (np.asarray(values, dtype=np.float64) for values in line.get_data())
    if not len(times) or times[-1] < box.x0:
        return False
    first = float(survival[max(np.searchsorted(times, box.x0, side="right") - 1, 0)])
    last = float(survival[max(np.searchsorted(times, box.x1, side="right") - 1, 0)])
    return bool(first >= box.y0 and last <= box.y1)
