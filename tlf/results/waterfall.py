"""Template `waterfall`: the best change of each subject and the response it is coloured by."""

from __future__ import annotations

import numpy as np

from crf2tlf.errors import Context, DataError
from crf2tlf.rules.evaluate import evaluate_condition
from crf2tlf.spec.output_bodies import Joined, Waterfall
from crf2tlf.spec.output_conditions import equals
from tlf.results.ard import ResultBook
from tlf.results.frame import AnalysisFrame
from tlf.results.predicates import is_present
from tlf.results.selection import Selection
from tlf.results.sources import SUBJECT, Sources

UNKNOWN = ""


def add_waterfall(book: ResultBook, frame: AnalysisFrame, body: Waterfall) -> None:
    """For each column the subjects shown, and the number of each by falling value, with its response as a group."""
    everything = frame.everything
    if everything.n_subjects != everything.n_records:
        message = f"a subject has more than one record of {body.value}"
        raise DataError(message, Context(dataset=everything.source.name, fix="limit the records by `where`"))
    colours = _responses(frame.sources, body.colour)
    for column, part in frame.groups_compared.items():
        shown = part.narrow(is_present(body.value), ~part.missing(body.value))
        groups = (frame.group(column),)
        book.add(("SHOWN", "count", "n"), shown.n_subjects, shown, groups=groups, counts="subjects")
        values, subjects = shown.numbers(body.value), shown.texts(SUBJECT)
        for place in np.lexsort((subjects.to_numpy(dtype=object), -values)):
            subject = str(subjects.iloc[place])
            own = shown.narrow(equals(SUBJECT, subject), np.arange(shown.n_records) == place)
            keys = (*groups, (SUBJECT, subject), (body.colour.variable, colours.get(subject, UNKNOWN)))
            book.add(("CHANGE", "value", "value"), float(values[place]), own, variable=body.value, groups=keys)


def _responses(sources: Sources, colour: Joined) -> dict[str, str]:
    """The response of each subject; DataError where a subject has two."""
    source = sources[colour.dataset]
    condition = colour.where.expression if colour.where else None
    found = Selection(source, condition, np.flatnonzero(evaluate_condition(condition, sources.scope(source.name))))
    if found.n_subjects != found.n_records:
        message = "a subject has more than one record of the response that colours the figure"
        raise DataError(message, Context(dataset=source.name, fix="limit the records by colour.where"))
    texts = found.texts(colour.variable)
    return {str(subject): str(text) for subject, text in zip(found.texts(SUBJECT), texts.fillna(UNKNOWN), strict=True)}
