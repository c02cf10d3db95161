"""Small typed TU, TR, RS and ADSL of fulpyr, and the ADTR and ADRS that the study's own spec makes of them.

A lesion is a name and what it shows at the baseline (SCR) and the assessments after it (TA01, TA02 …): a number (mm),
ND (not evaluable), TS (too small to measure), G (disappeared), P (present), A (absent), PD (progression), E
(equivocal), U (unequivocal) or None for no record. T is a target, NT a non-target, NEW a new lesion; `nodes` names
targets that are lymph nodes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from adam.response_stage import derive_response, judge_responses, write_referee
from crf2tlf.derive.built import Built, build_dataset
from crf2tlf.derive.engine import Deriver
from crf2tlf.derive.tables import FileSource
from crf2tlf.rules.columns import number_column, text_column
from crf2tlf.spec.load import load_study
from crf2tlf.spec.model import Study
from crf2tlf.tables import read_parquet

Shown = Mapping[str, Sequence[float | str | None]]
ROOT = Path(__file__).resolve().parents[2]
START = date(2024, 1, 1)
DAYS = (-7, 42, 84, 126, 168, 210)
SUBJECT = "FULPYR-01-001"
RESULTS = {"TS": "TOO SMALL TO MEASURE", "G": "DISAPPEARED", "ND": None}
STATES = {
    "P": "PRESENT",
    "A": "ABSENT",
    "PD": "ENLARGEMENT FROM NADIR",
    "E": "EQUIVOCAL",
    "U": "UNEQUIVOCAL",
    "ND": None,
}


@cache
def fulpyr(driver: str = "") -> Study:
    """The study's spec, with another driver where one is named."""
    study = load_study("fulpyr", ROOT)
    if not driver:
        return study
    response = study.responses["RECIST"]
    return replace(study, responses={"RECIST": replace(response, driver=driver)})  # type: ignore[arg-type]


def day(number: int) -> str:
    """The date so many days after the start."""
    return (START + timedelta(days=number)).isoformat()


def files(
    shown: Shown,
    *,
    nodes: Sequence[str] = (),
    days: Sequence[int] = DAYS,
    therapy: int | None = None,
    reported: Mapping[str, Mapping[str, str]] | None = None,
) -> dict[str, pd.DataFrame]:
    """The datasets of one subject; `reported` gives RS by assessment: {"TA01": {"OVRLRESP": "PR"}}."""
    given = [(name, number, value) for name, values in shown.items() for number, value in enumerate(values)]
    rows = [(name, number, value) for name, number, value in given if value is not None]
    firsts = {name: min(number for each, number, _ in rows if each == name) for name in shown}
    responses = [(group, test, value) for group, each in (reported or {}).items() for test, value in each.items()]
    return {
        "ADSL": _adsl(therapy),
        "TU": _tu(firsts, nodes),
        "TR": _tr(rows, nodes, days),
        "RS": _rs(responses, days),
    }


def derive(name: str, frames: Mapping[str, pd.DataFrame], driver: str = "") -> Built:
    """A dataset of the study from these frames."""
    deriver = Deriver(
        fulpyr(driver), {}, lambda source: _file(source, frames), frozenset({name}), None, derive_response
    )
    return build_dataset(deriver, name)


def rows_of(built: Built, code: str, *columns: str) -> list[Any]:
    """The values of some columns in the records of a parameter; a missing value is None, a date its ISO 8601 text."""
    frame = built.frame[(built.frame["PARAMCD"] == code).to_numpy(dtype=bool)]
    values = [[_plain(name, value) for value in frame[name]] for name in columns]
    return values[0] if len(columns) == 1 else list(zip(*values, strict=True))


def _plain(name: str, value: Any) -> Any:
    if pd.isna(value):
        return None
    return (date(1960, 1, 1) + timedelta(days=int(value))).isoformat() if name.endswith("DT") else value


def _file(source: str, frames: Mapping[str, pd.DataFrame]) -> FileSource:
    qualifiers = frames.get(f"SUPP{source}")
    return FileSource(source, frames[source], qualifiers)


def _adsl(therapy: int | None) -> pd.DataFrame:
    def numeric(number: int | None) -> Any:
        return number_column([np.nan if number is None else (START - date(1960, 1, 1)).days + number])

    texts = {"STUDYID": "FULPYR", "USUBJID": SUBJECT, "ITTFL": "Y", "TRT01P": "A"}
    texts |= dict.fromkeys(("DCSREAS", "DCTREAS", "DCTREASP", "NACTTRT"))
    dates = {"RANDDT": numeric(0), "NACTDT": numeric(therapy), "DTHDT": numeric(None), "DCUTDT": numeric(365)}
    dates |= {"EOTDT": numeric(None), "EOSDT": numeric(None)}
    return pd.DataFrame({**{name: text_column([text]) for name, text in texts.items()}, **dates})


def _role(name: str) -> str:
    return "NEW" if name.startswith("NEW") else "NON-TARGET" if name.startswith("NT") else "TARGET"


def _tu(firsts: Mapping[str, int], nodes: Sequence[str]) -> pd.DataFrame:
    kinds = ["TUMERGE" if "/" in name else "TUSPLIT" if "." in name else "TUMIDENT" for name in firsts]
    return _frame(
        len(firsts),
        TULNKID=list(firsts),
        TUTESTCD=kinds,
        TUSTRESC=[_role(name) for name in firsts],
        TULOC=["AXILLARY LYMPH NODE" if name in nodes else "LIVER" for name in firsts],
        TUEVAL="INVESTIGATOR",
    )


def _tr(rows: Sequence[tuple[str, int, float | str]], nodes: Sequence[str], days: Sequence[int]) -> pd.DataFrame:
    target = [_role(name) == "TARGET" for name, _, _ in rows]
    values = [value for _, _, value in rows]
    texts = [_result(value, is_target) for value, is_target in zip(values, target, strict=True)]
    sizes = [_size(value) if is_target else np.nan for value, is_target in zip(values, target, strict=True)]
    return _frame(
        len(rows),
        TRSEQ=[float(number) for number in range(1, len(rows) + 1)],
        TRGRPID=[_role(name) for name, _, _ in rows],
        TRLNKID=[name for name, _, _ in rows],
        TRLNKGRP=[_group(number) for _, number, _ in rows],
        TRTESTCD=[
            "TUMSTATE" if not is_target else "LPERP" if name in nodes else "LDIAM"
            for (name, _, _), is_target in zip(rows, target, strict=True)
        ],
        TRORRES=texts,
        TRSTRESC=[f"{size:g}" if size == size else text for size, text in zip(sizes, texts, strict=True)],
        TRSTRESN=sizes,
        TRSTAT=["NOT DONE" if value == "ND" else None for value in values],
        TREVAL="INVESTIGATOR",
        TRDTC=[day(days[number]) for _, number, _ in rows],
        **_visits([number for _, number, _ in rows]),
    )


def _result(value: float | str, target: bool) -> str | None:
    if isinstance(value, str):
        return RESULTS[value] if target else STATES[value]
    return f"{value:g}"


def _size(value: float | str) -> float:
    return {"TS": 5.0, "G": 0.0, "ND": np.nan}[value] if isinstance(value, str) else float(value)


def _rs(responses: Sequence[tuple[str, str, str]], days: Sequence[int]) -> pd.DataFrame:
    numbers = [int(group.removeprefix("TA")) for group, _, _ in responses]
    return _frame(
        len(responses),
        RSSEQ=[float(number) for number in range(1, len(responses) + 1)],
        RSCAT="RECIST 1.1",
        RSTESTCD=[test for _, test, _ in responses],
        RSLNKGRP=[group for group, _, _ in responses],
        RSSTRESC=[value for _, _, value in responses],
        RSSTAT=None,
        RSEVAL="INVESTIGATOR",
        RSDTC=[day(days[number]) for number in numbers],
        **_visits(numbers),
    )


def _group(number: int) -> str:
    return f"TA{number:02d}" if number else "SCR"


def _visits(numbers: Sequence[int]) -> dict[str, list[object]]:
    names: list[object] = [f"TUMOUR ASSESSMENT {number}" if number else "SCREENING" for number in numbers]
    return {"VISIT": names, "VISITNUM": [float(15 + 20 * number) if number else 1.0 for number in numbers]}


def _frame(count: int, **columns: object) -> pd.DataFrame:
    """A frame of the subject; names that end in SEQ, STRESN or NUM are numbers."""
    frame = {"STUDYID": text_column("FULPYR", count), "USUBJID": text_column(SUBJECT, count)}
    for name, values in columns.items():
        numeric = name.endswith(("SEQ", "STRESN", "NUM"))
        frame[name] = number_column(values, count) if numeric else text_column(values, count)
    return pd.DataFrame(frame)


def referee(frames: Mapping[str, pd.DataFrame], folder: Path, study: Study | None = None) -> tuple[pd.DataFrame, str]:
    """The referee's dataset and page of the study, or of another spec of it."""
    study = study or fulpyr()
    found = judge_responses(Deriver(study, {}, lambda source: _file(source, frames)))
    write_referee(study, [found], folder)
    page = (folder / "response_referee.html").read_text(encoding="utf-8")
    return read_parquet(folder / "response_referee.parquet"), page
