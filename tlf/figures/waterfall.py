"""The waterfall figure: a panel for each column, a bar for each subject by falling value, coloured by response."""

from __future__ import annotations

from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from crf2tlf.errors import Context, DataError
from tlf.figures.style import AXIS_COLOUR, GUIDE_COLOUR, TEXT_SIZE, apply_style, check_glyphs, make_figure

# Responses from good to bad; the colours of Okabe and Ito stay apart in the common kinds of colour blindness.
COLOURS = ("#009E73", "#56B4E9", "#E69F00", "#CC79A7", "#D55E00", "#999999", "#000000", "#0072B2")
_SIZE = (9.0, 5.4)
_HIGHEST = 100.0


@dataclass(frozen=True)
class WaterfallBar:
    """One subject: the best change and the response."""

    value: float
    response: str


@dataclass(frozen=True)
class WaterfallPanel:
    """The bars of a column in their order."""

    label: str
    bars: tuple[WaterfallBar, ...]


@dataclass(frozen=True)
class WaterfallFigure:
    """Everything a waterfall figure shows; `responses` set colours and legend, `lines` are drawn across."""

    panels: tuple[WaterfallPanel, ...]
    responses: tuple[str, ...]
    value_label: str
    lines: tuple[float, ...]


def draw_waterfall(figure: WaterfallFigure) -> Figure:
    """The figure, without title; give it to render_figure. Bars over 100 are cut and marked with a triangle."""
    shown = [bar.response for panel in figure.panels for bar in panel.bars]
    used = [response for response in figure.responses if response in shown]
    if len(figure.responses) > len(COLOURS):
        message = f"a waterfall figure tells {len(COLOURS)} responses apart, not {len(figure.responses)}"
        raise DataError(message, Context(fix="name fewer levels"))
    check_glyphs([*figure.responses, figure.value_label, *(panel.label for panel in figure.panels)])
    colours = dict(zip(figure.responses, COLOURS, strict=False))
    with apply_style():
        drawn = make_figure(*_SIZE)
        grid = drawn.subplots(1, len(figure.panels), sharey=True, squeeze=False)
        for axes, panel in zip(grid[0], figure.panels, strict=True):
            _add_panel(axes, panel, figure, colours)
        grid[0][0].set_ylabel(figure.value_label)
        handles = [Patch(facecolor=colours[response], label=response) for response in used]
        drawn.legend(handles=handles, loc="lower center", ncols=len(used) or 1, frameon=False)
        drawn.subplots_adjust(left=0.08, right=0.985, top=0.94, bottom=0.12, wspace=0.05)
    return drawn


def _add_panel(axes: Axes, panel: WaterfallPanel, figure: WaterfallFigure, colours: dict[str, str]) -> None:
    heights = [min(bar.value, _HIGHEST) for bar in panel.bars]
    # A change of 0 has a bar of its own, or its subject would be a gap.
    heights = [height if abs(height) >= 0.6 else 0.6 for height in heights]
    axes.bar(range(len(heights)), heights, width=0.85, color=[colours[bar.response] for bar in panel.bars], zorder=2)
    cut = [place for place, bar in enumerate(panel.bars) if bar.value > _HIGHEST]
    axes.plot(cut, [_HIGHEST + 3] * len(cut), linestyle="none", marker="^", markersize=3, color=AXIS_COLOUR)
    axes.axhline(0, color=AXIS_COLOUR, linewidth=0.8, zorder=3)
    for line in figure.lines:
        axes.axhline(line, color=GUIDE_COLOUR, linewidth=0.9, linestyle="dashed", zorder=1)
    axes.set_title(panel.label, fontsize=TEXT_SIZE + 1)
    axes.set_xlim(-1, max(len(heights), 1))
    axes.set_ylim(-104, _HIGHEST + 8)
    axes.set_yticks(range(-100, 101, 20))
    axes.set_xticks([])
    axes.set_xlabel("Subjects")
    axes.spines[["top", "right", "bottom"]].set_visible(False)
