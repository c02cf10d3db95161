"""Template `waterfall` as a figure: the bars of each column, and the same in words."""

from __future__ import annotations

from crf2tlf.spec.output_bodies import Waterfall
from tlf.displays.numbers import Numbers
from tlf.figures import WaterfallBar, WaterfallFigure, WaterfallPanel

UNKNOWN = "No response recorded"


def make_waterfall_figure(body: Waterfall, numbers: Numbers) -> WaterfallFigure:
    """The picture's panels, one for each column with its bars by falling value."""
    labels = dict(body.levels)
    panels = []
    for (column,) in numbers.levels("SHOWN", "n"):
        big_n, shown = numbers.get("BIG_N", "N", (column,)).count, numbers.get("SHOWN", "n", (column,)).count
        bars = tuple(
            WaterfallBar(numbers.get("CHANGE", "value", levels).value, labels.get(levels[2], levels[2]) or UNKNOWN)
            for levels in numbers.levels("CHANGE", "value")
            if levels[0] == column
        )
        panels.append(WaterfallPanel(f"{column} ({shown} of {big_n} subjects)", bars))
    known = [label for _, label in body.levels]
    others = {bar.response for panel in panels for bar in panel.bars} - set(known)
    return WaterfallFigure(tuple(panels), (*known, *sorted(others)), body.value_label, body.lines)


def describe_waterfall(numbers: Numbers) -> tuple[str, ...]:
    """Footnotes: who is not shown."""
    parts = []
    for (column,) in numbers.levels("SHOWN", "n"):
        big_n, shown = numbers.get("BIG_N", "N", (column,)).count, numbers.get("SHOWN", "n", (column,)).count
        parts.append(f"{big_n - shown} of {column}")
    return (f"Subjects without a value are not shown: {', '.join(parts)}.",)


def describe_waterfall_figure(body: Waterfall, numbers: Numbers, title: str) -> str:
    """The figure in words, for readers who cannot see it."""
    figure = make_waterfall_figure(body, numbers)
    parts = []
    for panel in figure.panels:
        falls = sum(bar.value <= -30 for bar in panel.bars)
        parts.append(f"{panel.label}: {falls} with a fall of 30% or more")
    return f"Waterfall plot. {title}. {body.value_label}, a bar for each subject. {'; '.join(parts)}."
