"""An output's spec and its datasets to its results."""

from __future__ import annotations

from crf2tlf.errors import ProgramError
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
from tlf.results.ard import ResultBook, Results
from tlf.results.count_rows import add_counts
from tlf.results.cox import add_cox
from tlf.results.frame import AnalysisFrame, make_frame
from tlf.results.hazard_ratios import add_hazard_ratios
from tlf.results.hierarchy import add_hierarchy
from tlf.results.kaplan_meier import add_kaplan_meier
from tlf.results.listing import add_listing
from tlf.results.non_inferiority import add_non_inferiority
from tlf.results.response import add_response
from tlf.results.sources import Sources
from tlf.results.summary import add_summary
from tlf.results.time_to_event import add_time_to_event
from tlf.results.waterfall import add_waterfall


def compute_results(output: Output, sources: Sources) -> Results:
    """The results of an output: what its template analyses, for each column; see `tlf.results.ard`."""
    book = ResultBook(output.id)
    if isinstance(output.body, Listing):
        return book.results(add_listing(book, output, output.body, sources))
    frame = make_frame(book, output, sources)
    _add_analyses(book, frame, output)
    return book.results()


def _add_analyses(book: ResultBook, frame: AnalysisFrame, output: Output) -> None:
    match output.body:
        case Summary() as body:
            add_summary(book, frame, body)
        case Counts() as body:
            add_counts(book, frame, body)
        case Hierarchy() as body:
            add_hierarchy(book, frame, body)
        case Response() as body:
            add_response(book, frame, output, body)
        case TimeToEvent() as body:
            add_time_to_event(book, frame, body)
        case NonInferiority() as body:
            add_non_inferiority(book, frame, output, body)
        case HazardRatios() as body:
            add_hazard_ratios(book, frame, body)
        case Cox() as body:
            add_cox(book, frame, body)
        case KaplanMeier() as body:
            add_kaplan_meier(book, frame, body)
        case Waterfall() as body:
            add_waterfall(book, frame, body)
        case _:
            raise ProgramError(f"the template {output.template} has no analyses")
