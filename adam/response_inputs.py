"""What the response engine reads of a study: subjects, lesion records and reported responses, from the spec's mapping.

TU says what a lesion is, TR what each assessment shows of it; they are joined by subject, evaluator and lesion (TULNKID
and TRLNKID, RECIST supplement of SDTMIG 3.4). A record that cannot take part is left out and told, never guessed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from adam.response import Criterion, add_baseline
from crf2tlf.derive.engine import Deriver
from crf2tlf.errors import ProgramError
from crf2tlf.rules.columns import TEXT, BoolArray, IntArray, Kind, is_missing, missing_column, take_rows, text_column
from crf2tlf.rules.vectors import compute_group_numbers, find_positions
from crf2tlf.spec.model import Response
from crf2tlf.spec.read_responses import INPUTS

KEYS = ["USUBJID", "EVALUATOR", "LNKGRP"]
_LESION_FIELDS = ("ROLE", "NODE", "ORGAN", "PARENTS")
_COMPONENTS = ("TRGRESP", "NTRGRESP", "NEWLES", "OVRLRESP")


@dataclass(frozen=True)
class Inputs:
    """The engine's frames; POSITION is a record's row in its file, from 0, SOURCE the file's dataset.

    `subjects` has one row a subject and evaluator; `lesions` are as the engine wants them; `reported` has one row an
    assessment with the four components and POSITION_.. and SEQ_.. of each. `left_out` has RULE, MESSAGE and POSITION
    of the measurements that take no part.
    """

    subjects: pd.DataFrame
    lesions: pd.DataFrame
    reported: pd.DataFrame
    left_out: pd.DataFrame


def read_inputs(deriver: Deriver, response: Response, criterion: Criterion) -> Inputs:
    """The frames of one run, in the order of the datasets that they come from."""
    subjects = _subjects(_read(deriver, response, "subjects"), response.evaluators)
    reported = _reported(_of_subjects(_read(deriver, response, "reported"), subjects))
    measured = _of_subjects(_read(deriver, response, "measurements"), subjects)
    lesions, left_out = _lesions(measured, _of_subjects(_read(deriver, response, "lesions"), subjects))
    lesions = pd.concat([lesions, _without_lesions(reported, lesions)], ignore_index=True)
    starts = subjects.drop_duplicates("USUBJID")[["USUBJID", "STARTDT"]].reset_index(drop=True)
    return Inputs(subjects, add_baseline(lesions, starts, criterion.baseline), reported, left_out)


def _read(deriver: Deriver, response: Response, table: str) -> pd.DataFrame:
    """One input of the spec as a frame; what the spec leaves out is missing. A run may have no reported responses."""
    spec = response.input(table)
    if spec is None and table == "reported":
        return _nothing(table)
    if spec is None:
        raise ProgramError(f"the response {response.name} has no {table}")
    derived = deriver.dataset(spec.name)
    frame = {"USUBJID": derived.column("USUBJID")}
    for name, kind in INPUTS[table].items():
        given = name in spec.variables
        frame["EVALUATOR" if name == "EVAL" else name] = (
            derived.column(name) if given else missing_column(kind, derived.length)
        )
    source = text_column(spec.records[0].source, derived.length)
    return pd.DataFrame({**frame, "SOURCE": source, "POSITION": derived.places().rows - 1})


def _nothing(table: str) -> pd.DataFrame:
    """An input without records."""
    kinds: dict[str, Kind] = {"USUBJID": "text", **INPUTS[table], "SOURCE": "text"}
    columns = {"EVALUATOR" if name == "EVAL" else name: missing_column(kind, 0) for name, kind in kinds.items()}
    return pd.DataFrame({**columns, "POSITION": np.zeros(0, dtype=np.int64)})


def _subjects(frame: pd.DataFrame, evaluators: tuple[str, ...]) -> pd.DataFrame:
    """One row a subject and evaluator."""
    repeated = frame.take(np.repeat(np.arange(len(frame)), len(evaluators))).reset_index(drop=True)
    names = np.tile(np.array(evaluators, dtype=object), len(frame))
    return repeated.assign(EVALUATOR=text_column(names, len(repeated)))


def _of_subjects(frame: pd.DataFrame, subjects: pd.DataFrame) -> pd.DataFrame:
    """The records of these subjects by these evaluators."""
    known = pd.MultiIndex.from_frame(subjects[["USUBJID", "EVALUATOR"]].astype(object))
    wanted = pd.MultiIndex.from_frame(frame[["USUBJID", "EVALUATOR"]].astype(object))
    return frame[wanted.isin(known)].reset_index(drop=True)


def _lesions(measured: pd.DataFrame, identified: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The measurements with what TU says of their lesion, and those that take no part."""
    names = ["USUBJID", "EVALUATOR", "LNKID"]
    whole = [pd.concat([identified[name], measured[name]], ignore_index=True) for name in names]
    numbers = compute_group_numbers(whole, len(identified) + len(measured))
    first = identified.drop_duplicates(names)
    keys, wanted = pd.Index(numbers[first.index]), numbers[len(identified) :]
    found = keys.get_indexer(pd.Index(wanted))
    for name in _LESION_FIELDS:
        measured[name] = take_rows(first[name], found)
    no_group, no_lesion = is_missing(measured["LNKGRP"]), is_missing(measured["LNKID"])
    unknown = (found < 0) & ~no_lesion
    usable = ~no_group & ~no_lesion & ~unknown
    repeated = usable & _repeated(measured, usable)
    reasons = {
        "NO_ASSESSMENT": ("the record belongs to no assessment and is not used", no_group),
        "NO_LESION": ("the record names no lesion and is not used", no_lesion & ~no_group),
        "NOT_IDENTIFIED": ("the lesion was never identified and is not used", unknown & ~no_group),
        "REPEATED": ("the lesion has an earlier record at this assessment, and this one is not used", repeated),
    }
    left_out = pd.concat([_told(measured, *reason) for reason in reasons.items()], ignore_index=True)
    return measured[usable & ~repeated].reset_index(drop=True), left_out


def _repeated(measured: pd.DataFrame, usable: BoolArray) -> BoolArray:
    """Where a usable record of the same lesion at the same assessment stands before."""
    numbers = compute_group_numbers([measured[name] for name in (*KEYS, "LNKID")], len(measured))
    again = np.zeros(len(measured), dtype=bool)
    again[np.flatnonzero(usable)] = pd.Series(numbers[usable]).duplicated().to_numpy()
    return again


def _told(measured: pd.DataFrame, rule: str, told: tuple[str, BoolArray]) -> pd.DataFrame:
    message, rows = told
    count = int(rows.sum())
    positions = measured.loc[rows, "POSITION"].to_numpy()
    return pd.DataFrame(
        {"RULE": text_column(rule, count), "MESSAGE": text_column(message, count), "POSITION": positions}
    )


def _reported(frame: pd.DataFrame) -> pd.DataFrame:
    """One row an assessment with the responses as reported; of two records for one component the first counts."""
    frame = frame[~is_missing(frame["LNKGRP"]) & frame["TEST"].isin(_COMPONENTS).to_numpy(dtype=bool)]
    frame = frame.drop_duplicates([*KEYS, "TEST"]).reset_index(drop=True)
    numbers = compute_group_numbers([frame[name] for name in KEYS], len(frame))
    order = np.where(frame["TEST"] == "OVRLRESP", 0, 1)
    head = frame.take(np.lexsort((order, numbers))).drop_duplicates(KEYS)
    of = numbers[head.index]
    whole = head[[*KEYS, "ADT", "VISIT", "VISITNUM", "SOURCE"]].reset_index(drop=True)
    for test in _COMPONENTS:
        rows = np.flatnonzero((frame["TEST"] == test).to_numpy(dtype=bool))
        found = pd.Index(numbers[rows]).get_indexer(pd.Index(of))
        place = np.append(rows, -1)[found]
        whole[test] = _taken(frame, "VALUE", place)
        whole[f"SEQ_{test}"] = np.append(frame["SEQ"].to_numpy(dtype=np.float64), np.nan)[place]
        whole[f"POSITION_{test}"] = np.append(frame["POSITION"].to_numpy(), -1)[place]
    return whole


def _taken(frame: pd.DataFrame, name: str, rows: IntArray) -> pd.Series:
    """A text column at rows, missing at -1."""
    return text_column(np.append(frame[name].fillna("").to_numpy(dtype=object), "")[rows], len(rows))


def _without_lesions(reported: pd.DataFrame, lesions: pd.DataFrame) -> pd.DataFrame:
    """A record for each dated response without any lesion record: the assessment took place."""
    known = pd.MultiIndex.from_frame(lesions[KEYS].astype(object))
    wanted = pd.MultiIndex.from_frame(reported[KEYS].astype(object))
    rows = reported[~wanted.isin(known) & reported["ADT"].notna().to_numpy(dtype=bool)].reset_index(drop=True)
    rows = rows.assign(SEQ=rows["SEQ_OVRLRESP"], POSITION=rows["POSITION_OVRLRESP"])
    blank = {
        str(name): missing_column("text" if dtype == TEXT else "number", len(rows))
        for name, dtype in lesions.dtypes.items()
        if name not in rows.columns
    }
    return rows.assign(**blank)[list(lesions.columns)]


def find_assessment_rows(assessments: pd.DataFrame, records: pd.DataFrame) -> IntArray:
    """For each assessment the first of its records on its date, else its first record; -1 for none."""
    same = _first_of(assessments, records, [*KEYS, "ADT"])
    return np.where(same >= 0, same, _first_of(assessments, records, KEYS))


def _first_of(assessments: pd.DataFrame, records: pd.DataFrame, names: list[str]) -> IntArray:
    columns = [pd.concat([records[name], assessments[name]], ignore_index=True) for name in names]
    numbers = compute_group_numbers(columns, len(records) + len(assessments)).astype(str)
    texts = pd.Series(numbers, dtype=TEXT)
    own = texts[: len(records)]
    own = own.where(~own.duplicated())
    return find_positions(texts[len(records) :].reset_index(drop=True), own.reset_index(drop=True))
