"""Lesion records: what each one says, in whole parts of a millimetre.

The frame, one row a lesion and assessment:
USUBJID, EVALUATOR
LNKGRP     the assessment, by which TR and RS are linked
ADT        date of the scan, days since 1960-01-01
LNKID      the lesion; missing, as ROLE, in a row that says only that an assessment took place
ROLE       TARGET, NON-TARGET, NEW
NODE       Y for a lymph node
LDIAM      diameter in mm; of a node the short axis
STATUS     a word of the criterion's list
PARENTS    of a fragment the lesion that split; of a merged lesion those that merged, with / between
BASELINE   Y on the records of the baseline
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from adam.response import parameters as p
from crf2tlf.errors import Context, DataError, Example
from crf2tlf.rules.columns import BoolArray, FloatArray, IntArray, is_missing

COLUMNS = (
    "USUBJID", "EVALUATOR", "LNKGRP", "ADT", "LNKID", "ROLE", "NODE", "LDIAM", "STATUS", "PARENTS", "BASELINE",
)  # fmt: skip
_WORDS = (p.DONE, p.NOT_DONE, p.TOO_SMALL, p.ABSENT, p.PRESENT, p.PROGRESSION, p.EQUIVOCAL, p.UNEQUIVOCAL)


@dataclass(frozen=True)
class Measured:
    """What each lesion record says; `parts` are whole parts of a mm, 0 where nothing was measured."""

    role: IntArray  # position in ROLES, -1 for a row without lesion
    word: IntArray  # position in _WORDS
    parts: IntArray
    sized: BoolArray
    node: BoolArray

    def has_role(self, role: str) -> BoolArray:
        """Where a record is of a lesion of this role."""
        return np.asarray(self.role == p.ROLES.index(role))

    def says(self, word: str) -> BoolArray:
        """Where a record says this."""
        return np.asarray(self.word == _WORDS.index(word))


def compute_measured(lesions: pd.DataFrame, measurement: p.Measurement) -> Measured:
    """What each record says, by the criterion's list of statuses; DataError for columns, roles or statuses not known.

    Without a status a record with a diameter is done and one without is not.
    """
    require_columns(lesions, COLUMNS, "lesion records")
    size = lesions["LDIAM"].to_numpy(dtype=np.float64)
    role = _positions(lesions, "ROLE", p.ROLES)
    word = np.full(len(lesions), _WORDS.index(p.NOT_DONE), dtype=np.int64)
    for number, name in enumerate(p.ROLES):
        rows = np.flatnonzero(role == number)
        word[rows] = _words(lesions.iloc[rows], name, size[rows], measurement)
    parts = compute_parts(size, measurement.parts_of_mm)
    node = (lesions["NODE"] == "Y").fillna(False).to_numpy(dtype=bool)
    return Measured(role, word, parts, ~np.isnan(size), node)


def require_columns(frame: pd.DataFrame, wanted: tuple[str, ...], what: str) -> None:
    """DataError when columns are not there."""
    absent = [name for name in wanted if name not in frame.columns]
    if absent:
        raise DataError(f"the {what} have no column {', '.join(absent)}.")


def compute_parts(size: FloatArray, parts_of_mm: int) -> IntArray:
    """Diameters in mm as whole parts of a mm, halves up; 0 for none."""
    return np.floor(np.where(np.isnan(size), 0.0, size) * parts_of_mm + 0.5).astype(np.int64)


def compute_target_values(measured: Measured, criterion: p.Criterion) -> tuple[BoolArray, IntArray]:
    """Which records of targets are assessed, and the parts that count for the sum (RECIST 1.1 section 4.3.2).

    Too small to measure counts as given in the criterion, absent as 0; of a node the short axis is always wanted.
    """
    rules = criterion.measurement
    absent, done, small = measured.says(p.ABSENT), measured.says(p.DONE), measured.says(p.TOO_SMALL)
    zero = absent & (~measured.node | (rules.absent_node == "zero"))
    assessed = small | zero | ((done | absent) & measured.sized)
    values = np.where(small, rules.too_small_mm * rules.parts_of_mm, measured.parts)
    return assessed, np.where(absent & ~measured.node, 0, values)


def compute_non_target_words(measured: Measured, criterion: p.Criterion) -> Measured:
    """The records with a node's short axis turned into absent (normal) or present."""
    limit = criterion.target.normal_node_mm * criterion.measurement.parts_of_mm
    normal = measured.node & (measured.parts < limit)
    by_size = np.where(normal, _WORDS.index(p.ABSENT), _WORDS.index(p.PRESENT))
    done = measured.has_role(p.NON_TARGET) & measured.says(p.DONE)
    unsized = np.where(measured.sized, by_size, _WORDS.index(p.NOT_DONE))
    return Measured(
        measured.role, np.where(done, unsized, measured.word), measured.parts, measured.sized, measured.node
    )


def _words(rows: pd.DataFrame, role: str, size: FloatArray, measurement: p.Measurement) -> IntArray:
    """The words that the statuses of one role's records stand for."""
    statuses = {status: word for (of, status), word in measurement.statuses.items() if of == role}
    codes, distinct = pd.factorize(rows["STATUS"], use_na_sentinel=True)
    found = [statuses.get(str(each), "") for each in distinct]
    unknown = np.array([not word for word in found] + [False], dtype=bool)[codes]
    _require_known(rows, unknown, "STATUS", f"of a lesion of role {role}", tuple(statuses))
    words = np.array([_WORDS.index(word) for word in found] + [-1], dtype=np.int64)[codes]
    measured = _WORDS.index(p.UNEQUIVOCAL if role == p.NEW else p.DONE)
    return np.where(words >= 0, words, np.where(np.isnan(size), _WORDS.index(p.NOT_DONE), measured))


def _positions(lesions: pd.DataFrame, name: str, known: tuple[str, ...]) -> IntArray:
    codes, distinct = pd.factorize(lesions[name], use_na_sentinel=True)
    places = np.array([known.index(each) if each in known else -2 for each in distinct] + [-1], dtype=np.int64)
    _require_known(lesions, places[codes] == -2, name, "of a lesion", known)
    return places[codes]


def _require_known(rows: pd.DataFrame, unknown: BoolArray, name: str, of: str, known: tuple[str, ...]) -> None:
    wrong = rows[unknown]
    if wrong.empty:
        return
    shown = zip(wrong["USUBJID"], wrong["LNKGRP"], wrong["LNKID"], wrong[name], strict=True)
    examples = [Example(str(who), f"{group}, {lesion}: {name} {value}") for who, group, lesion, value in shown]
    message = (
        f"{len(wrong)} record{'s have' if len(wrong) > 1 else ' has'} a {name} {of} that the criterion does not know."
    )
    raise DataError(message, Context(examples=examples, fix=f"map it to one of: {', '.join(known)}"))


def require_keys(lesions: pd.DataFrame) -> None:
    """DataError for records without subject or assessment, and for a lesion that stands twice at one assessment."""
    lost = is_missing(lesions["USUBJID"]) | is_missing(lesions["LNKGRP"])
    if lost.any():
        subjects = lesions.loc[lost, "USUBJID"].fillna("without USUBJID")
        examples = [Example(str(who), "no LNKGRP") for who in subjects]
        raise DataError(
            f"{int(lost.sum())} lesion records belong to no assessment.",
            Context(examples=examples, fix="link each record of TR to its assessment (TRLNKGRP)"),
        )
