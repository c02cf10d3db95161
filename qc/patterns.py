"""The forms of ISO 8601 that SDTM takes (SDTMIG 3.4 section 4.4.1), as patterns of whole values.

A part that is unknown is left out at the end and is a hyphen before a known one: 2003---15, --12-15, -----T07:15.
"""

from __future__ import annotations

_YEAR, _MONTH, _DAY = r"\d{4}", r"(?:0[1-9]|1[0-2])", r"(?:0[1-9]|[12]\d|3[01])"
_CLOCK = r"(?:[01]\d|2[0-3])(?::[0-5]\d(?::[0-5]\d(?:\.\d+)?)?)?"
_ZONE = r"(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)?"
_DATE = rf"(?:{_YEAR}(?:-{_MONTH}(?:-{_DAY})?)?|(?:{_YEAR}|-)-(?:-|{_MONTH})-{_DAY}|--{_MONTH})"
_BEFORE_TIME = rf"(?:{_YEAR}|-)-(?:{_MONTH}|-)-(?:{_DAY}|-)"
_TIME = rf"T(?:{_CLOCK}|-:[0-5]\d(?::[0-5]\d)?|(?:[01]\d|2[0-3]):-:[0-5]\d){_ZONE}"
_MOMENT = rf"(?:{_BEFORE_TIME}{_TIME}|{_DATE})"
_AMOUNT = r"\d+(?:[.,]\d+)?"

DATETIME = rf"^{_MOMENT}(?:/{_MOMENT})?\Z"
DATE = rf"^{_YEAR}-{_MONTH}-{_DAY}\Z"
PARTIAL_DATE = rf"^{_DATE}(?:/{_DATE})?\Z"
COMPLETE_DATETIME = rf"^{_YEAR}-{_MONTH}-{_DAY}T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d+)?{_ZONE}\Z"
DURATION = (
    rf"^[+-]?P(?=\d|T\d)(?:{_AMOUNT}W|(?:{_AMOUNT}Y)?(?:{_AMOUNT}M)?(?:{_AMOUNT}D)?"
    rf"(?:T(?=\d)(?:{_AMOUNT}H)?(?:{_AMOUNT}M)?(?:{_AMOUNT}S)?)?)\Z"
)
MIDNIGHT = r"T00:00(?::00(?:\.0+)?)?(?:Z|[+-]|/|\Z)"
ASCII = r"^[ -~]*\Z"
PRINTABLE = r"^[^\x00-\x1f\x7f-\x9f]*\Z"
BYTES_200 = r"^[\s\S]{0,200}\Z"

BY_TYPE = {"date": DATE, "datetime": COMPLETE_DATETIME, "partialDate": PARTIAL_DATE}
"""The pattern of a --DTC variable by its data type; the other types take every form."""
