"""SAS numbers as text: the shortest decimal, or an ISO 8601 date or time where the format says that it is one.

Source: SAS 9.4 Formats and Informats: Reference. A date counts days, a datetime seconds from 1960-01-01, a time
seconds from midnight.
"""

from __future__ import annotations

import re

import numpy as np
import numpy.typing as npt

from crf2tlf.tables.arrow import ArrowText, pa, pc
from crf2tlf.tables.xpt_numbers import PLAIN_MISSING, Flags, Floats, missing_codes

DAY = 86_400
FIRST_DAY, LAST_DAY = -138_061, 2_936_547
"""1582-01-01 and 9999-12-31 in days since 1960-01-01: the dates that SAS knows and ISO 8601 writes with four digits."""
EPOCH = np.datetime64("1960-01-01", "D")
TIMES = re.compile(r"TIME|TIMEAMPM|TOD|HHMM|MMSS|HOUR|(E8601|B8601|IS8601)(TM|TZ|TX|LZ)|NLTIM\w*")
DATETIMES = re.compile(r"DATETIME|DATEAMPM|MDYAMPM|YMDDTTM|(E8601|B8601|IS8601)D[TNZX]|DT\w+|NLDATM\w*|EURDFDT")
DATES = re.compile(
    r"DATE|((YY|DD)?MM(DD)?(YY)?|MMYY|YYMM|YYQ|YYQR|YYQZ)[BCDNPS]?|(E8601|B8601|IS8601)DA|MONYY|YYMON|MONTH|MONNAME"
    r"|DAY|DOWNAME|JULIAN|JULDAY|PDJUL[GI]|QTR|QTRR|WEEK[UVW]?|YYWEEK[UVW]|WEEKDAT[EX]|WEEKDAY|WORDDAT[EX]|YEAR"
    r"|NLDATE\w*|EURDFD\w|EURDFDWN|EURDFMN|EURDFMY|EURDFWDX|EURDFWKX|MINGUO|NENGO|HDATE|HEBDATE"
)
Texts = npt.NDArray[np.object_]


def text_of_numbers(values: Floats, format: str) -> ArrowText:
    """The text of each number: "" for `.`, `.A` to `.Z` and `._` as such, ISO 8601 by the SAS format.

    A value that its format cannot mean (half a day, a time before midnight) is the text of the number.
    """
    text = pc.cast(pa.array(values + 0.0), pa.large_string())
    kind = re.sub(r"\d*(\.\d*)?$", "", format.upper())
    if DATES.fullmatch(kind):
        text = replaced(text, *iso_dates(values))
    elif DATETIMES.fullmatch(kind):
        text = replaced(text, *iso_datetimes(values))
    elif TIMES.fullmatch(kind):
        text = replaced(text, *iso_times(values))
    codes = missing_codes(values)
    names = np.array(["" if code == PLAIN_MISSING else f".{chr(code)}" for code in codes[codes > 0]], dtype=object)
    return replaced(text, codes > 0, names)


def replaced(text: ArrowText, where: Flags, by: Texts) -> ArrowText:
    """The text with other values where marked."""
    if not where.any():
        return text
    return pc.replace_with_mask(text, pa.array(where), pa.array(by, pa.large_string()))


def iso_dates(days: Floats) -> tuple[Flags, Texts]:
    """Which values are whole days, and these as YYYY-MM-DD."""
    fit = (days >= FIRST_DAY) & (days <= LAST_DAY) & (days == np.floor(days))
    return fit, date_text(days[fit])


def date_text(days: Floats) -> Texts:
    """Whole days since 1960-01-01 as YYYY-MM-DD."""
    text: Texts = np.datetime_as_string(EPOCH + days.astype(np.int64)).astype(object)
    return text


def iso_datetimes(seconds: Floats) -> tuple[Flags, Texts]:
    """Which values are moments, and these as YYYY-MM-DDThh:mm:ss, with the digits of a second where there are any."""
    fit = (seconds >= FIRST_DAY * DAY) & (seconds < (LAST_DAY + 1) * DAY)
    # A double of today's date resolves about 0.2 microseconds: what lies below is noise of the binary fraction.
    micros = np.round(seconds[fit] * 1e6) / 1e6
    days = np.floor(micros / DAY)
    return fit, date_text(days) + "T" + clock_text(micros - days * DAY)


def iso_times(seconds: Floats) -> tuple[Flags, Texts]:
    """Which values are times of day or durations, and these as hh:mm:ss."""
    fit = (seconds >= 0) & (seconds < 1000 * 3600)
    return fit, clock_text(seconds[fit])


def clock_text(seconds: Floats) -> Texts:
    """Seconds as hh:mm:ss, with at most six digits of a second."""
    micros = np.round(seconds * 1e6).astype(np.int64)
    whole, fraction = np.divmod(micros, 1_000_000)
    minutes, second = np.divmod(whole, 60)
    hour, minute = np.divmod(minutes, 60)
    text: Texts = two_digits(hour) + ":" + two_digits(minute) + ":" + two_digits(second)
    some = fraction > 0
    text[some] += np.array([f".{each:06d}".rstrip("0") for each in fraction[some]], dtype=object)
    return text


def two_digits(numbers: npt.NDArray[np.int64]) -> Texts:
    """Numbers with at least two digits."""
    digits: Texts = np.char.zfill(numbers.astype(str), 2).astype(object)
    return digits
