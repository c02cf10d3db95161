"""Records of exposure typed in tests, and the values of ADEX that come of them."""

from __future__ import annotations

from datetime import date
from typing import Any

from small_files import derive_from_records, values

from crf2tlf.spec.model import Study

WHO = {"USUBJID": "S1"}


def days(text: str) -> int:
    """An ISO 8601 date as days since 1960-01-01."""
    return (date.fromisoformat(text) - date(1960, 1, 1)).days


def given(drug: str, start: str, end: str | None, dose: float | None, frequency: str = "QD") -> dict[str, Any]:
    return {**WHO, "EXTRT": drug, "EXSTDTC": start, "EXENDTC": end, "EXDOSE": dose, "EXDOSFRQ": frequency}


def exposure(
    study: Study, treated: dict[str, Any], *records: dict[str, Any], **other: list[dict[str, Any]]
) -> dict[str, object]:
    """AVAL of every parameter that is no single interval, for a subject's record of ADSL and records of EX."""
    built = derive_from_records(study, "ADEX", **{"ADSL": [treated], "EX": list(records), **other})
    found = values(built, "PARAMCD", "AVAL")
    return {str(code): value for code, value in found if not str(code).startswith("DOSE")}
