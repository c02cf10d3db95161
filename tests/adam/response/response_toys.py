"""Small typed lesion tables.

A lesion is a name and what it shows at the baseline (A0) and the assessments after it (A1, A2 …): a number (mm), ND
(not done), TS (too small), A (absent), P (present), PD (progression), E (equivocal), U (unequivocal), or None for no
record. The name says what it is: T01 target, NT1 non-target, NEW1 new; "T02 node"; "T01.1 of T01" a fragment;
"T9 of T1/T2" merged.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from adam.response import Criterion, compute_responses, load_criterion
from crf2tlf.rules.columns import SAS_EPOCH, TEXT, compute_iso_dates, compute_sas_dates, text_column

Shown = Sequence[float | str | None]
ROOT = Path(__file__).parents[3]
FILE = ROOT / "specs" / "standards" / "recist_1_1.yaml"
RECIST: Criterion = load_criterion(FILE, "specs/standards/recist_1_1.yaml")
DAYS = (-7, 42, 84, 126, 168, 210, 252, 294)
WORDS = {
    "ND": "NOT DONE", "TS": "TOO SMALL", "A": "ABSENT", "P": "PRESENT", "PD": "PROGRESSION", "E": "EQUIVOCAL",
    "U": "UNEQUIVOCAL",
}  # fmt: skip
START = "2024-01-01"


def day(iso: str) -> float:
    """Days since 1960-01-01."""
    return float((np.datetime64(iso) - SAS_EPOCH).astype(int))


def iso(day_number: float) -> str | None:
    """The date of a number of days."""
    return None if np.isnan(day_number) else str(compute_iso_dates(np.array([day_number]))[0])


def lesions(
    shown: Mapping[str, Shown],
    days: Sequence[int] = DAYS,
    subject: str = "1",
    dates: Mapping[tuple[str, int], str] | None = None,
    evaluator: str = "INVESTIGATOR",
) -> pd.DataFrame:
    """The lesion records of one subject; `days` are counted from START, `dates` set the date of single records."""
    rows = []
    for number in range(max((len(each) for each in shown.values()), default=0)):
        for name, values in shown.items():
            value = values[number] if number < len(values) else None
            if value is not None:
                date = (dates or {}).get((name.split(" ")[0], number))
                rows.append(_row(name, number, value, day(date) if date else day(START) + days[number]))
    frame = {name: [row[place] for row in rows] for place, name in enumerate(("LNKGRP", "ADT", *_LESION))}
    texts = {name: text_column(values) for name, values in frame.items() if name not in {"ADT", "LDIAM"}}
    numbers = {name: np.array(frame[name], dtype=np.float64) for name in ("ADT", "LDIAM")}
    keys = {"USUBJID": text_column(subject, len(rows)), "EVALUATOR": text_column(evaluator, len(rows))}
    return pd.DataFrame({**keys, **texts, **numbers})


_LESION = ("LNKID", "ROLE", "NODE", "LDIAM", "STATUS", "PARENTS", "BASELINE")


def _row(name: str, number: int, value: float | str, date: float) -> tuple[object, ...]:
    lesion, _, kind = name.partition(" ")
    role = "NEW" if lesion.startswith("NEW") else "NON-TARGET" if lesion.startswith("NT") else "TARGET"
    parents = kind[3:] if kind.startswith("of ") else ""
    size, status = (np.nan, WORDS[value]) if isinstance(value, str) else (float(value), "DONE")
    return f"A{number}", date, lesion, role, "Y" if kind == "node" else "", size, status, parents, "" if number else "Y"


def several(*frames: pd.DataFrame) -> pd.DataFrame:
    """The records of several subjects."""
    return pd.concat(frames, ignore_index=True)


def responses(shown: Mapping[str, Shown], criterion: Criterion = RECIST, **options: Any) -> pd.DataFrame:
    """The responses after the baseline of one subject."""
    found = compute_responses(lesions(shown, **options), criterion)
    return found[found["ABLFL"].isna()].reset_index(drop=True)


def column(frame: pd.DataFrame, *names: str) -> list[Any]:
    """The values of one column, or tuples of several; missing is None, dates are ISO texts."""
    columns = [[_plain(name, value) for value in frame[name]] for name in names]
    return columns[0] if len(names) == 1 else list(zip(*columns, strict=True))


def _plain(name: str, value: Any) -> Any:
    if pd.isna(value):
        return None
    return iso(value) if name.endswith("DT") or name.startswith(("ADT", "PDDT")) else value


def course(*seen: tuple[int, str], subject: str = "1") -> pd.DataFrame:
    """Responses by days after START."""
    count = len(seen)
    return pd.DataFrame(
        {
            "USUBJID": text_column(subject, count),
            "EVALUATOR": text_column("INVESTIGATOR", count),
            "LNKGRP": text_column([f"A{number + 1}" for number in range(count)]),
            "ADT": np.array([day(START) + since for since, _ in seen], dtype=np.float64),
            "OVRLRESP": text_column([response for _, response in seen]),
        }
    ).astype({"LNKGRP": TEXT})


def subjects(*names: str, therapy: Mapping[str, str] | None = None) -> pd.DataFrame:
    """Subjects who start on START."""
    new = [(therapy or {}).get(name) for name in names]
    return pd.DataFrame(
        {
            "USUBJID": text_column(list(names)),
            "EVALUATOR": text_column("INVESTIGATOR", len(names)),
            "STARTDT": np.full(len(names), day(START)),
            "NACTDT": compute_sas_dates(text_column(new)),
        }
    )
