"""The values of a column against what the document says of them: type, length, precision, codelist."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np
import pandas as pd

from crf2tlf.tables import text_length
from define.document import Document, Element, attribute, child, terms
from define.findings import Finding, found

MAX_EXAMPLES = 5
_YEAR, _MONTH, _DAY = r"\d{4}", r"(0[1-9]|1[0-2])", r"(0[1-9]|[12]\d|3[01])"
_TIME = r"([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d+)?)?"
_ZONE = r"(Z|[+-]\d{2}:\d{2})?"
PATTERNS = {
    "date": rf"{_YEAR}-{_MONTH}-{_DAY}",
    "time": rf"{_TIME}{_ZONE}",
    "datetime": rf"{_YEAR}-{_MONTH}-{_DAY}(T{_TIME}{_ZONE})?",
    "partialDate": rf"{_YEAR}(-{_MONTH}(-{_DAY})?)?",
    "partialTime": rf"([01]\d|2[0-3])(:[0-5]\d(:[0-5]\d)?)?{_ZONE}",
    "partialDatetime": rf"{_YEAR}(-{_MONTH}(-{_DAY}(T([01]\d|2[0-3])(:[0-5]\d(:[0-5]\d)?)?{_ZONE})?)?)?",
    "incompleteDatetime": r"[\d-]+(T[\d:.-]+)?(Z|[+-]\d{2}:\d{2})?",
    "durationDatetime": r"-?P(?=[\dT])(\d+(\.\d+)?Y)?(\d+(\.\d+)?M)?(\d+(\.\d+)?W)?(\d+(\.\d+)?D)?"
    r"(T(?=\d)(\d+(\.\d+)?H)?(\d+(\.\d+)?M)?(\d+(\.\d+)?S)?)?",
    "intervalDatetime": r"[^/]+/[^/]+",
    "integer": r"[+-]?\d+",
    "float": r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?",
}
"""ISO 8601 as the data types allow it (ODM 1.3.2 section 2.14); a --DTC of type datetime may lack its time."""


def check_column(document: Document, item: Element, column: pd.Series, rule: str = "") -> Iterator[Finding]:
    """Findings of the values; with `rule` they stand under it (those of value-level metadata)."""
    values = column.dropna().drop_duplicates()
    if not len(values):
        return
    oid, type_ = attribute(item, "OID"), attribute(item, "DataType")
    yield from _check_precision(oid, type_, values, rule)
    yield from _check_length(oid, item, values, rule)
    codelist = document.codelist_of(item)
    if codelist is not None and child(codelist, "odm:ExternalCodeList") is None:
        known = {attribute(term, "CodedValue") for term in terms(codelist)}
        others = [text for text in map(shown, values.tolist()) if text not in known]
        if others:
            message = f"{_listed(others)} not in the codelist {attribute(codelist, 'OID')}"
            yield found(rule or "DEF039", oid, message)


def _check_precision(oid: str, type_: str, values: pd.Series, rule: str) -> Iterator[Finding]:
    if isinstance(values.dtype, pd.StringDtype):
        pattern = re.compile(PATTERNS.get(type_, ".*"), re.DOTALL)
        wrong = [text for text in values.tolist() if not pattern.fullmatch(text)]
        if wrong:
            number = type_ in ("integer", "float")
            yield found(rule or ("DEF033" if number else "DEF040"), oid, f"{_listed(wrong)} not of type {type_}")
    elif type_ == "integer":
        broken = [number for number in values.tolist() if not float(number).is_integer()]
        if broken:
            yield found(rule or "DEF033", oid, f"{_listed(broken)} not of type integer")


def _check_length(oid: str, item: Element, values: pd.Series, rule: str) -> Iterator[Finding]:
    type_, length = attribute(item, "DataType"), attribute(item, "Length")
    if not length.isdecimal():
        return
    if type_ == "text" and isinstance(values.dtype, pd.StringDtype):
        longest = text_length(values, "utf-8")
        if longest > int(length):
            yield found(rule or "DEF034", oid, f"a value of {longest} bytes is over the Length {length}")
    elif type_ in ("integer", "float"):
        numbers = pd.to_numeric(values.astype(object), errors="coerce").to_numpy(dtype="float64")
        numbers = numbers[np.isfinite(numbers)]
        digits = int(attribute(item, "SignificantDigits") or 0)
        whole = len(str(int(np.abs(numbers).max()))) if len(numbers) else 0
        if whole + digits > int(length):
            yield found(
                rule or "DEF034",
                oid,
                f"{whole} digits before and {digits} after the point are over the Length {length}",
            )
        if (
            type_ == "float"
            and len(numbers)
            and not np.allclose(np.round(numbers, digits), numbers, rtol=1e-15, atol=1e-15)
        ):
            yield found("DEF038", oid, f"values have more than {digits} decimals")


def shown(value: object) -> str:
    """A value as text; a whole number without a decimal point."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _listed(values: list[object] | list[str]) -> str:
    examples = ", ".join(f"'{shown(value)}'" for value in values[:MAX_EXAMPLES])
    more = f" and {len(values) - MAX_EXAMPLES} more" if len(values) > MAX_EXAMPLES else ""
    return f"{examples}{more} {'is' if len(values) == 1 else 'are'}"
