"""An output's spec and its results to the display that is drawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from crf2tlf.spec.output_bodies import (
    Counts,
    Cox,
    HazardRatios,
    Hierarchy,
    KaplanMeier,
    Listing,
    NonInferiority,
    Response,
    Summary,
    TimeToEvent,
    Waterfall,
)
from crf2tlf.spec.outputs import Output
from tlf.displays.counts import make_count_rows
from tlf.displays.cox import describe_cox, make_cox_rows
from tlf.displays.hazard_ratios import describe_ratios, make_hazard_ratio_rows
from tlf.displays.hierarchy import make_hierarchy_rows
from tlf.displays.kaplan_meier import describe_kaplan_meier
from tlf.displays.listing import make_listing_rows
from tlf.displays.non_inferiority import make_non_inferiority_rows
from tlf.displays.numbers import Numbers
from tlf.displays.parts import Body, big_n_columns
from tlf.displays.response import make_response_rows
from tlf.displays.summary import make_summary_rows
from tlf.displays.time_to_event import make_time_to_event_rows
from tlf.displays.waterfall import describe_waterfall
from tlf.render import Detail, Display, Figure, Paging, Provenance
from tlf.results import DatasetFacts, Results


@dataclass(frozen=True)
class StudyText:
    """What a page says of its study: "Protocol CDISCPILOT01", data cut-off and timestamp in ISO 8601."""

    study: str
    cut_off: str = ""
    timestamp: str = ""


@dataclass(frozen=True)
class Made:
    """A display and, by result id, how the numbers of its cells came about."""

    display: Display
    details: Mapping[str, Detail] = field(default_factory=dict)


def make_display(
    output: Output,
    results: Results,
    facts: Mapping[str, DatasetFacts],
    study: StudyText,
    figures: Sequence[Figure] = (),
) -> Made:
    """The display of an output: its results rounded (half away from zero) and laid out by its template.

    `figures` are the pictures of a figure, see `draw_figures`; `facts` give labels and formats.
    """
    numbers = Numbers(results)
    body = _body(output, numbers, facts[output.dataset])
    page = output.page
    used = tuple(dict.fromkeys((output.dataset, *results.ard["DATASET"])))
    display = Display(
        number=output.heading,
        kind=output.kind,
        titles=output.titles,
        provenance=Provenance(output.id, used, output.spec_hash, study.cut_off, study.timestamp),
        population=output.population.label,
        study=study.study,
        header=body.header,
        rows=body.rows,
        figures=tuple(figures),
        footnotes=(*output.footnotes, *body.footnotes),
        paging=Paging(page.paper, page.orientation, page.font_size),
    )
    return Made(display, numbers.details)


def _body(output: Output, numbers: Numbers, facts: DatasetFacts) -> Body:
    if isinstance(output.body, Listing):
        return make_listing_rows(output.body, numbers, facts)
    if isinstance(output.body, Cox):
        return _cox_body(output, output.body, numbers)
    columns = big_n_columns(numbers)
    match output.body:
        case Summary() as body:
            return make_summary_rows(body, numbers, facts, columns)
        case Counts() as body:
            return make_count_rows(body, numbers, columns)
        case Hierarchy() as body:
            return make_hierarchy_rows(body, numbers, facts, columns)
        case Response() as body:
            return make_response_rows(body, numbers, columns)
        case TimeToEvent() as body:
            return make_time_to_event_rows(body, numbers, columns)
        case NonInferiority() as body:
            return make_non_inferiority_rows(body, numbers)
        case HazardRatios() as body:
            figure = output.kind == "figure"
            return Body((), (), describe_ratios(body)) if figure else make_hazard_ratio_rows(body, numbers)
        case KaplanMeier() as body:
            return Body((), (), describe_kaplan_meier(body, numbers))
        case Waterfall():
            return Body((), (), describe_waterfall(numbers))


def _cox_body(output: Output, body: Cox, numbers: Numbers) -> Body:
    if output.kind == "figure":
        return Body((), (), describe_cox(body, numbers, body.models[:1]))
    return make_cox_rows(body, numbers)
