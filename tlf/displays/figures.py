"""The pictures of a figure, drawn from its results."""

from __future__ import annotations

from crf2tlf.spec.output_bodies import Cox, HazardRatios, KaplanMeier, Waterfall
from crf2tlf.spec.outputs import Output
from tlf.displays.cox import describe_cox_figure, make_cox_figure
from tlf.displays.hazard_ratios import describe_forest, make_forest_figure
from tlf.displays.kaplan_meier import describe_figure, make_kaplan_meier_figure
from tlf.displays.numbers import Numbers
from tlf.displays.waterfall import describe_waterfall_figure, make_waterfall_figure
from tlf.figures import draw_forest, draw_kaplan_meier, draw_waterfall, render_figure
from tlf.render import Figure
from tlf.results import Results


def draw_figures(output: Output, results: Results) -> tuple[Figure, ...]:
    """The pictures of an output, none for a table or listing and for a figure without data."""
    if output.kind != "figure":
        return ()
    numbers = Numbers(results)
    shown = ("SHOWN", "n") if isinstance(output.body, Waterfall) else ("EVENTS", "n")
    if not any(numbers.get(*place).value for place in numbers.places() if place[:2] == shown):
        return ()
    title = output.titles[0]
    match output.body:
        case KaplanMeier() as body:
            drawn = draw_kaplan_meier(make_kaplan_meier_figure(body, numbers))
            words = describe_figure(body, numbers, title)
        case HazardRatios() as body:
            drawn = draw_forest(make_forest_figure(body, numbers))
            words = describe_forest(body, numbers, title)
        case Cox() as body:
            drawn = draw_forest(make_cox_figure(body, numbers))
            words = describe_cox_figure(body, numbers, title)
        case Waterfall() as body:
            drawn = draw_waterfall(make_waterfall_figure(body, numbers))
            words = describe_waterfall_figure(body, numbers, title)
        case _:
            return ()
    return (Figure(render_figure(drawn, "png"), words, render_figure(drawn, "svg")),)
