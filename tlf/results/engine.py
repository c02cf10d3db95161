"""An output's spec and its datasets to its results."""

from __future__ import annotations

from crf2tlf.errors import ProgramError
from crf2tlf.spec.outputs import Hierarchy, KaplanMeier, Listing, Output, Summary
from tlf.results.ard import ResultBook, Results
from tlf.results.frame import AnalysisFrame, make_frame
from tlf.results.hierarchy import add_hierarchy
from tlf.results.kaplan_meier import add_kaplan_meier
from tlf.results.listing import add_listing
from tlf.results.sources import Sources
from tlf.results.summary import add_summary


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
        case Summary():
            add_summary(book, frame, output.body)
        case Hierarchy():
            add_hierarchy(book, frame, output.body)
        case KaplanMeier():
            add_kaplan_meier(book, frame, output.body)
        case _:
            raise ProgramError(f"the template {output.template} has no analyses")
