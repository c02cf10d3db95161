"""Best overall response, without and with confirmation (RECIST 1.1, Eisenhauer 2009, table 3)."""

from __future__ import annotations

import numpy as np

from synthetic.recist import CR, NA, NE, NN, PD, PR, SD
from synthetic.streams import Bools, Floats, Ints

CONFIRMATION_DAYS = 28


def usable(overall: Ints, date: Floats, therapy: Floats) -> Bools:
    """The assessments that count: up to the first progression, and none after new therapy."""
    shown = overall == PD
    until = np.cumsum(shown, axis=1) - shown == 0
    return np.asarray((overall != NA) & until & (date <= therapy[:, None]), dtype=np.bool_)


def best_response(overall: Ints, date: Floats, start: Floats, therapy: Floats, least: int) -> Ints:
    """Positions in RESPONSES, NA where nothing was assessed; SD and NN count from `least` days after the start on."""
    counts = usable(overall, date, therapy)
    lasting = date - start[:, None] >= least
    too_early = ((overall == SD) | (overall == NN)) & ~lasting
    ranked = np.where(counts, np.where(too_early, NE, overall), NA)
    return np.asarray(ranked.min(axis=1), dtype=np.int64)


def confirmed_response(overall: Ints, date: Floats, start: Floats, therapy: Floats, least: int) -> Ints:
    """As best_response, but CR and PR only when confirmed after 28 days, with at most one NE in between.

    A response that is not confirmed counts as SD where it was seen `least` days after the start or later, else as NE.
    """
    counts = usable(overall, date, therapy)
    seen = np.where(counts, overall, NA)
    complete = _confirmed(seen, date, (CR,), (CR,))
    partial = _confirmed(seen, date, (PR,), (CR, PR))
    lasting = date - start[:, None] >= least
    lowered = np.where((seen == CR) | (seen == PR), SD, seen)
    lowered = np.where(((lowered == SD) | (lowered == NN)) & ~lasting, NE, lowered).min(axis=1)
    return np.select([complete, partial], [CR, PR], lowered).astype(np.int64)


def _confirmed(seen: Ints, date: Floats, first: tuple[int, ...], second: tuple[int, ...]) -> Bools:
    """Whether a response of `first` is followed by one of `second` after 28 days, nothing worse than one NE between."""
    found = np.zeros(len(seen), dtype=np.bool_)
    initial = np.isin(seen, first)
    date = np.where(seen == NA, np.nan, date)
    for turn in range(seen.shape[1] - 1):
        unbroken, gaps = initial[:, turn].copy(), np.zeros(len(seen), dtype=np.int64)
        for later in range(turn + 1, seen.shape[1]):
            if not unbroken.any():
                break
            here = seen[:, later]
            fits = np.isin(here, second)
            found |= unbroken & fits & (date[:, later] - date[:, turn] >= CONFIRMATION_DAYS)
            gaps = gaps + (here == NE)
            unbroken &= (fits | (here == NE) | (here == NA)) & (gaps <= 1)
    return found
