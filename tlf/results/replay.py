"""Replays filters: anybody can take a result's filter to its dataset and count again."""

from __future__ import annotations

import numpy as np
import pandas as pd

from crf2tlf.rules.columns import IntArray
from crf2tlf.rules.evaluate import evaluate_condition
from crf2tlf.rules.expressions import parse_expression
from tlf.results.sources import SUBJECT, Sources


def select_records(filter_text: str, dataset: str, sources: Sources) -> IntArray:
    """The positions of a dataset's records that a filter selects; an empty filter selects all."""
    condition = parse_expression(filter_text) if filter_text else None
    return np.flatnonzero(evaluate_condition(condition, sources.scope(dataset)))


def compute_replay(ard: pd.DataFrame, sources: Sources) -> pd.DataFrame:
    """Columns RESULTID, RECORDS and SUBJECTS: what each result's filter selects, evaluated anew."""
    places = list(zip(ard["DATASET"].astype(object), ard["FILTER"].fillna("").astype(object), strict=True))
    counts = {place: _count(*place, sources) for place in dict.fromkeys(places)}
    found = [counts[place] for place in places]
    records, subjects = ([count[at] for count in found] for at in (0, 1))
    return pd.DataFrame({"RESULTID": ard["RESULTID"], "RECORDS": records, "SUBJECTS": subjects})


def _count(dataset: str, filter_text: str, sources: Sources) -> tuple[int, int]:
    rows = select_records(filter_text, dataset, sources)
    return len(rows), int(sources[dataset].column(SUBJECT).iloc[rows].nunique())
