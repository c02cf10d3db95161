"""RECIST 1.1 responses at each assessment, from measurements alone (Eisenhauer, Eur J Cancer 2009;45:228-247)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from synthetic.scans import ABSENT, PROGRESSION
from synthetic.streams import Bools, Floats, Ints

# In the order of a best response, the best first; NA: no such lesions.
CR, PR, SD, NN, PD, NE, NA = range(7)
RESPONSES = ("CR", "PR", "SD", "NN", "PD", "NE", "NA")
NODE_LIMIT = 10


@dataclass(frozen=True)
class Responses:
    """Shape (subjects, assessments); codes are positions in RESPONSES, NA also where no assessment was done."""

    target: Ints
    nontarget: Ints
    overall: Ints
    total: Floats
    nadir: Floats


def assess(
    base: Floats, value: Floats, node: Bools, other: Ints, has_other: Bools, new: Bools, done: Bools
) -> Responses:
    """Responses of the assessments that were `done`, in order of time.

    base (n, targets) and value (n, targets, assessments) in whole mm, NaN where there is no lesion or it is not
    evaluable; other (n, non-targets, assessments) with has_other (n, non-targets); new and done (n, assessments). A new
    lesion counts from its first assessment on.
    """
    shape = done.shape
    target = np.full(shape, NA, dtype=np.int64)
    total, nadirs = np.full(shape, np.nan), np.full(shape, np.nan)
    nadir = np.nansum(base, axis=1)
    for turn in range(shape[1]):
        here = done[:, turn]
        target[:, turn], total[:, turn], whole = _target(base, value[:, :, turn], node, nadir)
        nadirs[:, turn] = nadir
        nadir = np.where(here & whole, np.minimum(nadir, total[:, turn]), nadir)
    nontarget = _nontarget(other, has_other)
    seen = np.logical_or.accumulate(new & done, axis=1)
    overall = _overall(target, nontarget, seen)
    target, nontarget, overall = (np.where(done, codes, NA) for codes in (target, nontarget, overall))
    return Responses(target, nontarget, overall, total, nadirs)


def _target(base: Floats, value: Floats, node: Bools, nadir: Floats) -> tuple[Ints, Floats, Bools]:
    """One assessment: response, sum of what was measured, and whether all targets were. Integers are compared."""
    is_target = ~np.isnan(base)
    measured = is_target & ~np.isnan(value)
    whole = np.all(measured == is_target, axis=1)
    total = np.sum(np.where(measured, value, 0.0), axis=1)
    start = np.nansum(base, axis=1)
    vanished = np.all(~is_target | np.where(node, value < NODE_LIMIT, value == 0), axis=1)
    growing = (total - nadir >= 5) & (5 * (total - nadir) >= nadir) | ((nadir == 0) & (total > 0))
    response = np.select(
        [~is_target.any(axis=1), ~whole & growing, ~whole, vanished, growing, 10 * (start - total) >= 3 * start],
        [NA, PD, NE, CR, PD, PR],
        SD,
    )
    return response, np.where(is_target.any(axis=1), total, np.nan), whole


def _nontarget(other: Ints, has_other: Bools) -> Ints:
    lesion = has_other[:, :, None]
    return np.select(
        [
            ~lesion.any(axis=1) & np.ones(other.shape[::2], dtype=np.bool_),
            (lesion & (other == PROGRESSION)).any(axis=1),
            (lesion & (other < 0)).any(axis=1),
            (~lesion | (other == ABSENT)).all(axis=1),
        ],
        [NA, PD, NE, CR],
        NN,
    )


def _overall(target: Ints, nontarget: Ints, new: Bools) -> Ints:
    """RECIST 1.1 tables 1 and 2; without targets the non-target response is the overall response."""
    clear = (nontarget == CR) | (nontarget == NA)
    return np.select(
        [
            new | (target == PD) | (nontarget == PD),
            target == NA,
            target == NE,
            (target == CR) & clear,
            (target == CR) | (target == PR),
        ],
        [PD, nontarget, NE, CR, PR],
        SD,
    )
