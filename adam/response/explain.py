"""Sentences that say why, for each assessment and each best response; the words stand in the criterion's file."""

from __future__ import annotations

import re
from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pandas as pd

from adam.response.parameters import Criterion
from crf2tlf.rules.columns import BoolArray, Column, IntArray, compute_iso_dates, text_column

Texts = npt.NDArray[np.object_]
_PIECE = re.compile(r"\{([A-Z]+)\}")


def add_explanations(assessments: pd.DataFrame, criterion: Criterion) -> pd.DataFrame:
    """The assessments of `compute_responses` with EXPLAIN, the response, its date and why.

    A progression names only what shows it. Percentages are cut to one decimal, not rounded: what reads 20.0 % is at
    least 20 %. Baseline rows say the sum.
    """
    frame = assessments.reset_index(drop=True)
    target = compute_reason_sentences(frame, frame["TRGRULE"], criterion)
    other = compute_reason_sentences(frame, frame["NTRGRULE"], criterion)
    new = compute_reason_sentences(frame, _where(_is(frame["NEWDT"].notna()), "NEW_LESION"), criterion)
    progressed = _is(frame["PDBY"].notna())
    by_target, by_other, by_new = (
        _is(frame["PDBY"].str.contains(f"(?:^|/){cause}", regex=True))
        for cause in ("TARGET", "NON-TARGET", "NEW LESION")
    )
    has_target, has_other = (_is(frame[name].notna()) & ~progressed for name in ("TRGRESP", "NTRGRESP"))
    known = ~_is(frame["NTRGRULE"] == "NT_NO_BASELINE")
    shown = [
        np.where(has_target | by_target, target, ""),
        np.where((has_other & known) | by_other, other, ""),
        np.where(by_new, new, ""),
        np.where(_is(frame["NEWLES"] == "EQUIVOCAL") & ~progressed, "equivocal new lesion", "").astype(object),
        np.where(_is(frame["OVRLRESP"] == "NED"), "no disease at baseline", "").astype(object),
    ]
    head = frame["OVRLRESP"].fillna("").to_numpy(dtype=object) + _object(" on ", frame) + _dates(frame["ADT"])
    why = _joined(shown)
    sentence = head + np.where(why == "", "", ": ") + why
    base = _object("baseline on ", frame) + _dates(frame["ADT"])
    sized = frame["MEASURED"].notna().to_numpy(dtype=bool)
    base = base + np.where(sized, ": sum " + _fields(frame, criterion)["MEASURED"]() + " mm", "")
    return frame.assign(EXPLAIN=text_column(np.where(frame["ABLFL"].notna(), base, sentence)))


def compute_reason_sentences(frame: pd.DataFrame, reasons: Column, criterion: Criterion) -> Texts:
    """The sentence of each row's reason with its fields filled in; "" where there is no reason or no sentence."""
    found = np.full(len(frame), "", dtype=object)
    codes, distinct = pd.factorize(reasons)
    for number, reason in enumerate(distinct):
        rows = np.flatnonzero(codes == number)
        found[rows] = _fill(criterion.reasons.get(str(reason), ""), frame.iloc[rows].reset_index(drop=True), criterion)
    return found


def _fill(sentence: str, rows: pd.DataFrame, criterion: Criterion) -> Texts:
    fields = _fields(rows, criterion)
    text = np.full(len(rows), "", dtype=object)
    for number, piece in enumerate(_PIECE.split(sentence)):
        text = text + (fields[piece]() if number % 2 else piece)
    return text


def _fields(rows: pd.DataFrame, criterion: Criterion) -> dict[str, Callable[[], Texts]]:
    """What the braces of a sentence stand for."""
    parts = criterion.measurement.parts_of_mm

    def whole(name: str) -> IntArray:
        return np.asarray(np.rint(np.nan_to_num(rows[name].to_numpy(dtype=np.float64)) * parts), dtype=np.int64)

    def count(name: str) -> Texts:
        return _digits(np.asarray(np.nan_to_num(rows[name].to_numpy(dtype=np.float64)), dtype=np.int64))

    def up() -> IntArray:
        return whole("MEASURED") - whole("NADIR")

    def down() -> IntArray:
        return whole("BASE") - whole("MEASURED")

    return {
        "MEASURED": lambda: _millimetres(whole("MEASURED"), parts),
        "BASE": lambda: _millimetres(whole("BASE"), parts),
        "NADIR": lambda: _millimetres(whole("NADIR"), parts),
        "NADIRDT": lambda: _dates(rows["NADIRDT"]),
        "UP": lambda: _millimetres(up(), parts),
        "UPPCT": lambda: _per_cent(up(), whole("NADIR")),
        "DOWN": lambda: _millimetres(down(), parts),
        "DOWNPCT": lambda: _per_cent(down(), whole("BASE")),
        "LSASS": lambda: count("LSASS"),
        "LSEXP": lambda: count("LSEXP"),
        "NEWDT": lambda: _dates(rows["NEWDT"]),
    }


def _millimetres(parts: IntArray, parts_of_mm: int) -> Texts:
    """Whole parts of a mm as decimals, exactly."""
    sign = np.where(parts < 0, "-", "").astype(object)
    size, places = np.abs(parts), len(str(parts_of_mm)) - 1
    text: Texts = sign + _digits(size // parts_of_mm)
    if not places or not len(parts):
        return text
    rest: Texts = np.char.zfill((size % parts_of_mm).astype(str), places).astype(object)
    return np.asarray(text + "." + rest)


def _per_cent(change: IntArray, of: IntArray) -> Texts:
    """The share in per cent, cut to one decimal."""
    tenths = 1000 * np.abs(change) // np.where(of > 0, of, 1)
    sign = np.where((change < 0) & (tenths > 0), "-", "").astype(object)
    return np.asarray(sign + _digits(tenths // 10) + "." + _digits(tenths % 10))


def _digits(numbers: IntArray) -> Texts:
    return np.asarray(numbers.astype(str).astype(object))


def _dates(days: pd.Series) -> Texts:
    return compute_iso_dates(days.to_numpy(dtype=np.float64)).fillna("").to_numpy(dtype=object)


def _object(text: str, frame: pd.DataFrame) -> Texts:
    return np.full(len(frame), text, dtype=object)


def _is(condition: pd.Series) -> BoolArray:
    """Where a condition holds: missing is not true."""
    return np.asarray(condition.fillna(False).to_numpy(dtype=bool))


def _where(holds: BoolArray, text: str) -> Column:
    return text_column(np.where(holds, text, "").astype(object))


def _joined(sentences: list[Texts]) -> Texts:
    """The texts that are not empty, with a semicolon between."""
    text = np.full(len(sentences[0]), "", dtype=object)
    for each in sentences:
        text = text + np.where((text != "") & (each != ""), "; ", "") + each
    return text


def add_best_explanations(best: pd.DataFrame, criterion: Criterion) -> pd.DataFrame:
    """The rows of `compute_best_responses` with EXPLAIN: response, date, and what RULE means."""
    frame = best.reset_index(drop=True)
    what = frame["PARAMCD"].to_numpy(dtype=object) + " " + frame["AVALC"].to_numpy(dtype=object)
    dated = frame["ADT"].notna().to_numpy(dtype=bool)
    text = what + np.where(dated, " on " + _dates(frame["ADT"]), "")
    confirmed = frame["CONFDT"].notna().to_numpy(dtype=bool)
    later = np.nan_to_num((frame["CONFDT"] - frame["ADT"]).to_numpy(dtype=np.float64)).astype(np.int64)
    days = _digits(later)
    text = text + np.where(confirmed, ", confirmed on " + _dates(frame["CONFDT"]) + " (" + days + " days later)", "")
    return frame.assign(EXPLAIN=text_column(text + _because(frame, confirmed, criterion)))


def _because(frame: pd.DataFrame, confirmed: BoolArray, criterion: Criterion) -> Texts:
    rule = frame["RULE"].fillna("").to_numpy(dtype=object)
    days = criterion.best.stable_days
    fixed = {
        "TOO_EARLY": f": stable before day {days} after the start",
        "NO_ASSESSMENT": ": no assessment after the start",
    }
    codes, distinct = pd.factorize(rule)
    texts = [fixed.get(each, _from_table(each, days)) for each in distinct]
    found = np.array([*texts, ""], dtype=object)[codes]
    return np.where(confirmed | (frame["AVALC"] == "N").to_numpy(dtype=bool), "", found)


def _from_table(rule: str, days: int) -> str:
    """What a row of the confirmation table says."""
    pair, _, early = rule.partition(" ")
    first, slash, after = pair.partition("/")
    if not slash:
        return ""
    text = f": {first} not confirmed, " + (f"then {after}" if after != "NONE" else "nothing after it")
    return text + (f", seen before day {days} after the start" if early else "")
