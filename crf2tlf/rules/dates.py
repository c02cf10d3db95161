"""Collected dates to ISO 8601 text, and partial dates to imputed numeric dates.

Collected parts that are unknown (`NK`, `UN`, `UNK`, `ND`, blank) truncate the date from the right: SDTMIG 3.4
section 4.4.2 allows a partial date with its known higher parts. A known part below an unknown one is kept out of
the text and reported as an issue.
"""

from __future__ import annotations

import datetime
import re
from calendar import monthrange
from functools import cache, lru_cache
from itertools import takewhile
from typing import Literal as OneOf

import numpy as np
import pandas as pd

from crf2tlf.rules.columns import (
    ORDINAL_OF_SAS_EPOCH,
    TEXT,
    BoolArray,
    Column,
    FloatArray,
    choose,
    compute_by_distinct,
    is_missing,
    is_true,
    take_rows,
    text_column,
)
from crf2tlf.rules.normal import normal_text

_YEAR = r"(?P<year>[0-9]{4}|[A-Za-z]{2,4})"
_MONTH = r"(?P<month>[0-9]{1,2}|[A-Za-z]{2,3})"
_DAY = r"(?P<day>[0-9]{1,2}|[A-Za-z]{2,3})"
DATE_FORMATS: dict[str, str] = {
    "YYYY-MM-DD": rf"{_YEAR}(?:-{_MONTH}(?:-{_DAY})?)?",
    "MM/DD/YYYY": rf"(?:{_MONTH}/)?(?:{_DAY}/)?{_YEAR}",
    "MM-DD-YYYY": rf"(?:{_MONTH}-)?(?:{_DAY}-)?{_YEAR}",
    "DD/MM/YYYY": rf"(?:(?:{_DAY}/)?{_MONTH}/)?{_YEAR}",
    "DD-MMM-YYYY": rf"(?:(?:{_DAY}-)?{_MONTH}-)?{_YEAR}",
    "DDMMMYYYY": r"(?:(?P<day>[0-9]{1,2}|[A-Za-z]{2})?(?P<month>[A-Za-z]{3}))?(?P<year>[0-9]{4})",
    "YYYYMMDD": r"(?P<year>[0-9]{4})(?:(?P<month>[0-9]{2}|[A-Za-z]{2})(?P<day>[0-9]{2}|[A-Za-z]{2})?)?",
    "YYYY.MM.DD": rf"{_YEAR}(?:\.{_MONTH}(?:\.{_DAY})?)?",
    "YYYY/MM/DD": rf"{_YEAR}(?:/{_MONTH}(?:/{_DAY})?)?",
    "YYYY\u5e74MM\u6708DD\u65e5": rf"{_YEAR}\u5e74(?:{_MONTH}\u6708(?:{_DAY}[\u65e5\u53f7]?)?)?",
    "EXCEL": r"(?P<serial>[0-9]{1,7})(?:\.0+)?",
}
_NAMES = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_MONTHS = {name: f"{number:02d}" for number, name in enumerate(_NAMES, start=1)}
FIRST_YEAR = "1582"  # SAS dates begin with the Gregorian calendar: an earlier year is a slip of the pen, such as 0202
_ORDINAL_OF_SERIAL_0 = datetime.date(1899, 12, 30).toordinal()
_LAST_SERIAL = 2_958_465  # 9999-12-31
_UNKNOWN = ("NK", "UN", "UNK", "ND", "UNKN", "XX")
_ISO_DATE = re.compile(r"[0-9]{4}(?:-(?:0[1-9]|1[0-2])(?:-[0-9]{2})?)?")
_TIME = r"(?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{2})(?::(?P<second>[0-9]{2}))?"


def compute_iso_dates_from_text(collected: Column, date_format: str) -> tuple[Column, BoolArray]:
    """ISO 8601 dates of collected texts, and where a text that is not missing could not be read whole.

    The work is done once for each distinct text, so the cost hardly grows with the rows.
    """
    codes, distinct = pd.factorize(collected, use_na_sentinel=True)
    read = [read_date(text, date_format) for text in distinct.tolist()]
    iso = text_column([iso for iso, _ in read])
    bad = np.array([*(unread for _, unread in read), False], dtype=bool)
    return take_rows(iso, codes), bad[codes]


def compute_iso_dates_by_format(collected: Column, formats: Column) -> tuple[Column, BoolArray]:
    """As `compute_iso_dates_from_text`, each text in the format of its row."""
    iso, bad = text_column(None, len(collected)), np.zeros(len(collected), dtype=bool)
    for date_format in formats.dropna().unique().tolist():
        rows = is_true((formats == date_format).astype("boolean"))
        read, unread = compute_iso_dates_from_text(collected[rows].reset_index(drop=True), str(date_format))
        iso[rows], bad[rows] = read.array, unread
    return iso, bad


def compute_iso_dates_of_any(collected: Column, formats: tuple[str, ...]) -> tuple[Column, BoolArray, BoolArray]:
    """The dates that any format reads whole, where none does, and where two read different dates: those are missing."""
    found = [compute_iso_dates_from_text(collected, date_format) for date_format in formats]
    iso, bad = found[0]
    unclear = np.zeros(len(collected), dtype=bool)
    for other, unread in found[1:]:
        differs = (other.fillna("") != iso.fillna("")).to_numpy(dtype=bool)
        unclear |= differs & ~bad & ~unread
        better = bad & (~unread | is_missing(iso))
        iso, bad = choose(better, other, iso), bad & unread
    return text_column(iso.mask(unclear)), bad, unclear


def compute_iso_times(collected: Column) -> tuple[Column, BoolArray]:
    """ISO 8601 times (hh:mm or hh:mm:ss) of collected texts, and where a text could not be read."""
    iso = _iso_times(collected)
    return iso, is_missing(iso) & ~is_missing(collected)


@compute_by_distinct
def _iso_times(collected: Column) -> Column:
    parts = collected.str.strip().str.extract(rf"^{_TIME}$").astype(TEXT)
    hour, minute, second = (parts[name].str.zfill(2) for name in ("hour", "minute", "second"))
    iso = hour + ":" + minute + second.map(lambda text: f":{text}", na_action="ignore").fillna("")
    late = is_true((hour > "23").astype("boolean") | (minute > "59").astype("boolean"))
    late |= is_true((parts["second"] > "59").astype("boolean"))
    return text_column(iso.astype(TEXT).mask(late))


@lru_cache(maxsize=1_000_000)
def read_date(text: str, date_format: str) -> tuple[str | None, bool]:
    """The ISO 8601 date of a collected text, None where nothing of it is known, and whether it could not be read whole.

    A known part below an unknown one is not told in the date, and a day that no calendar has leaves none.
    """
    match = _pattern(date_format).fullmatch(normal_text(text).upper())
    if match is None:
        return None, True
    if "serial" in match.groupdict():
        return _read_serial(int(match["serial"]))
    year, month, day = (None if match[part] in _UNKNOWN else match[part] for part in ("year", "month", "day"))
    month = _MONTHS.get(month, month) if month is not None else None
    wrong = (year is not None and not _is_year(year)) or not (_is_part(month, 12) and _is_part(day, 31))
    if wrong:
        return None, True
    known = [part.zfill(2) for part in takewhile(bool, (year, month, day)) if part]
    iso = "-".join(known) or None
    if len(known) == 3 and not _is_day(*known):
        return None, True
    return iso, len(known) < sum(part is not None for part in (year, month, day))


@cache
def _pattern(date_format: str) -> re.Pattern[str]:
    return re.compile(DATE_FORMATS[date_format])


def _is_year(year: str) -> bool:
    return year.isdecimal() and year >= FIRST_YEAR


def _is_part(part: str | None, most: int) -> bool:
    return part is None or (part.isdecimal() and 1 <= int(part) <= most)


def _is_day(year: str, month: str, day: str) -> bool:
    return int(day) <= monthrange(int(year), int(month))[1]


def _read_serial(serial: int) -> tuple[str | None, bool]:
    """The day of a spreadsheet's number, 1 being 1900-01-01. Those up to 60 are not read: 60 is a 29 February 1900."""
    if not 60 < serial <= _LAST_SERIAL:
        return None, True
    return datetime.date.fromordinal(serial + _ORDINAL_OF_SERIAL_0).isoformat(), False


def compute_imputed_dates(
    iso: Column, rule: OneOf["", "first", "last"], not_before: FloatArray | None, not_after: FloatArray | None
) -> tuple[FloatArray, Column]:
    """Numeric dates (days since 1960-01-01) of ISO 8601 texts, and the imputation flag Y, M or D (ADaMIG 3.2.3).

    `first` takes the first possible day, `last` the last one; without a rule a partial date stays missing. An
    imputed date is moved to `not_before` or `not_after` as far as the known parts allow.
    """
    first, final, size = _possible(iso)
    partial = (size == 4) | (size == 7)
    days = np.where(partial, np.nan if rule == "" else (first if rule == "first" else final), first)
    if rule:
        days = _clamp(days, partial, first, final, not_before, not_after)
    imputed = np.where(size == 4, 0, 1)
    return days, take_rows(text_column(["M", "D"]), np.where(partial & ~np.isnan(days), imputed, -1))


def compute_possible_days(dates: Column) -> tuple[FloatArray, ...]:
    """The first and the last day that each date can mean, as days since 1960-01-01; one array where all are whole.

    A number is a day itself. Of 2024-05 these are the first and the last of May, of 2024 those of the year.
    """
    if not isinstance(dates.dtype, pd.StringDtype):
        return (np.asarray(dates.to_numpy(), dtype=np.float64),)
    first, final, size = _possible(dates)
    return (first, final) if ((size == 4) | (size == 7)).any() else (first,)


def _clamp(
    days: FloatArray,
    partial: BoolArray,
    first: FloatArray,
    final: FloatArray,
    not_before: FloatArray | None,
    not_after: FloatArray | None,
) -> FloatArray:
    if not_before is not None:
        move = partial & (days < not_before) & (not_before <= final)
        days = np.where(move, not_before, days)
    if not_after is not None:
        move = partial & (days > not_after) & (not_after >= first)
        days = np.where(move, not_after, days)
    return days


def _possible(iso: Column) -> tuple[FloatArray, FloatArray, FloatArray]:
    """The first and the last day that each date can mean, and its length without the time: 4 and 7 are partial."""
    codes, distinct = pd.factorize(iso, use_na_sentinel=True)
    found = np.array(
        [*(_possible_days(text[:10]) for text in distinct.tolist()), (np.nan, np.nan, 0)], dtype=np.float64
    )[codes]
    return found[:, 0], found[:, 1], found[:, 2]


@lru_cache(maxsize=1_000_000)
def _possible_days(text: str) -> tuple[float, float, int]:
    """The first and the last day that a date can mean, NaN where the text is no date, and the date's length."""
    if not _ISO_DATE.fullmatch(text):
        return np.nan, np.nan, len(text)
    year, month, day = int(text[:4]), text[5:7], text[8:10]
    first = (int(month or 1), int(day or 1))
    final_month = int(month or 12)
    try:
        start = datetime.date(year, *first)
        end = start if day else datetime.date(year, final_month, monthrange(year, final_month)[1])
    except ValueError:  # the 30th of February
        return np.nan, np.nan, len(text)
    return float(start.toordinal() - ORDINAL_OF_SAS_EPOCH), float(end.toordinal() - ORDINAL_OF_SAS_EPOCH), len(text)
