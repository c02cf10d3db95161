"""The pictures of a figure, drawn from its results."""

from __future__ import annotations

from crf2tlf.spec.outputs import KaplanMeier, Output
from tlf.displays.kaplan_meier import describe_figure, make_kaplan_meier_figure
from tlf.displays.numbers import Numbers
from tlf.figures import draw_kaplan_meier, render_figure
from tlf.render import Figure
from tlf.results import Results


def draw_figures(output: Output, results: Results) -> tuple[Figure, ...]:
    """The pictures of an output, none for a table or listing and for a figure without data."""
    if not isinstance(output.body, KaplanMeier):
        return ()
    numbers = Numbers(results)
    if not any(numbers.get(*place).value for place in numbers.places() if place[:2] == ("EVENTS", "n")):
        return ()
    drawn = draw_kaplan_meier(make_kaplan_meier_figure(output.body, numbers))
    words = describe_figure(output.body, numbers, output.titles[0])
    return (Figure(render_figure(drawn, "png"), words, render_figure(drawn, "svg")),)
