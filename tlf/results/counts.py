"""Numbers of subjects with their percentages."""

from __future__ import annotations

import numpy as np

from tlf.results.ard import Denominator, Groups, ResultBook
from tlf.results.selection import Selection


def add_count(
    book: ResultBook,
    name: tuple[str, str],
    chosen: Selection,
    groups: Groups,
    denominator: Denominator,
    *,
    variable: str = "",
) -> None:
    """Two results: `n`, the subjects of a selection, and `percent` of the denominator, unrounded, 0..100."""
    n = chosen.n_subjects
    percent = 100 * n / denominator.n if denominator.n else np.nan
    for statistic, value in (("n", float(n)), ("percent", percent)):
        book.add(
            (*name, statistic),
            value,
            chosen,
            variable=variable,
            groups=groups,
            denominator=denominator,
            counts="subjects" if statistic == "n" else "",
        )
