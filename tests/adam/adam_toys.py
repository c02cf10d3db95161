"""Toy ADaM studies: ADSL, an event dataset ADXE and ADTTE, from frames typed in the test."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from textwrap import dedent

import pandas as pd

from adam.time_to_event.engine import TimeToEvent
from adam.time_to_event.explained import compute_explained, compute_switchers
from crf2tlf.derive.built import Built, build_dataset
from crf2tlf.derive.engine import Deriver
from crf2tlf.derive.tables import FileSource
from crf2tlf.rules.columns import number_column, text_column
from crf2tlf.spec.load import load_study
from crf2tlf.spec.model import Study

Rows = list[tuple[object, ...]]
# The published files that the pilot study's ADaM reads; AETRTEM is a qualifier of AE.
PUBLISHED = ("dm", "suppdm", "ae", "suppae", "ds", "ex")
STUDY = """\
study: {name}
study_id: TOY
protocol: TOY
title: A toy study
standards: {{SDTMIG: "3.4", ADaMIG: "1.3", SDTM CT: 2025-03-28, ADaM CT: 2025-03-28, Define-XML: "2.1.7"}}
raw: {{folder: raw, encoding: utf-8}}
forms:
  xa: {{file: xa.csv, label: xa, subject: SUBJ, dates: DD-MMM-YYYY, fields: [SUBJ]}}
"""
XA = """\
dataset: XA
label: Toy
class: EVENTS
structure: One record per toy
keys: [USUBJID]
records: [{id: main, source: raw.xa}]
variables:
  USUBJID: {label: Subject, from: raw.xa.SUBJ}
  XASEQ:   {label: Number, seq: true}
  XADTC:   {label: Date, no_data: a toy}
  XADECOD: {label: Term, no_data: a toy}
"""
ADSL = """\
dataset: ADSL
keys: [USUBJID]
records: [{id: main, source: XA}]
variables:
  USUBJID: {from: XA.USUBJID}
  SAFFL:   {set: Y}
  TRTSDT:  {date: XA.XADTC}
  DTHDT:   {label: Death, date: XA.XADTC}
  LASTDT:  {label: Last Contact, date: XA.XADTC}
  NEWDT:   {label: New Therapy, date: XA.XADTC}
  REASON:  {label: Reason, from: XA.XADECOD}
"""
ADXE = """\
dataset: ADXE
label: Toy events
class: OCCURRENCE DATA STRUCTURE
structure: One record per event
keys: [USUBJID, XASEQ]
records: [{id: main, source: XA}]
variables:
  USUBJID: {from: XA.USUBJID}
  XASEQ:   {label: Number, from: XA.XASEQ, type: integer}
  ADT:     {label: Date, date: XA.XADTC}
  PLANDT:  {label: Planned Date, date: XA.XADTC}
  TERM:    {label: Term, from: XA.XADECOD}
"""
ADTTE = """\
dataset: ADTTE
class: BASIC DATA STRUCTURE
subclass: TIME-TO-EVENT
label: Time to event
structure: One record per subject per parameter
keys: [USUBJID, PARAMCD]
records: [{id: main, source: ADSL}]
variables:
  USUBJID:  {from: ADSL.USUBJID}
  PARAMCD:  {parameter: code}
  PARAM:    {parameter: name}
  STARTDT:  {parameter: start}
  ADT:      {parameter: date}
  AVAL:     {parameter: value, type: float, significant_digits: 4}
  CNSR:     {parameter: cnsr}
  EVNTDESC: {parameter: event_text}
  CNSDTDSC: {parameter: date_text}
  SRCDOM:   {parameter: source_dataset}
  SRCVAR:   {parameter: source_variable}
  SRCSEQ:   {parameter: source_sequence}
  RULE:     {label: Rule, parameter: rule}
parameters:
"""


@dataclass(frozen=True)
class AdamToy:
    """A toy study whose datasets are derived from frames."""

    study: Study

    def derive(self, name: str, **files: pd.DataFrame) -> Built:
        """One ADaM dataset from other datasets given by name."""
        return build_dataset(self._deriver(name, files), name)

    def rows(self, name: str, *columns: str, **files: pd.DataFrame) -> Rows:
        """Some columns of a derived dataset, a missing value as None and dates as ISO 8601."""
        return as_rows(self.derive(name, **files).frame, *columns)

    def explained(self, name: str, **files: pd.DataFrame) -> pd.DataFrame:
        """The explanations of a time-to-event dataset."""
        return compute_explained(self._deriver(name, files).dataset(name))

    def switchers(self, name: str, **files: pd.DataFrame) -> pd.DataFrame:
        """Who has another outcome under another rule set."""
        return compute_switchers(self.explained(name, **files))

    def _deriver(self, name: str, files: Mapping[str, pd.DataFrame]) -> Deriver:
        return Deriver(
            self.study, {}, lambda source: FileSource(source, files[source]), frozenset({name}), TimeToEvent()
        )


def as_rows(frame: pd.DataFrame, *columns: str) -> Rows:
    """The frame as typed rows; a missing value is None, a date its ISO 8601 text."""
    chosen = frame[list(columns)].astype(object)
    chosen = chosen.where(chosen.notna(), None)
    for name in columns:
        if name.endswith("DT"):
            chosen[name] = chosen[name].map(lambda value: None if value is None else iso(value))
    return [tuple(row) for row in chosen.to_numpy(dtype=object).tolist()]


def typed(**columns: list[object]) -> pd.DataFrame:
    """A frame: names that end in DT are dates given as ISO 8601, those in SEQ numbers, the others texts."""
    frame = {}
    for name, values in columns.items():
        if name.endswith("DT"):
            frame[name] = number_column([None if value is None else days(str(value)) for value in values])
        else:
            frame[name] = number_column(values) if name.endswith("SEQ") else text_column(values)
    return pd.DataFrame(frame)


def days(text: str) -> float:
    """Days since 1960-01-01."""
    return float((date.fromisoformat(text) - date(1960, 1, 1)).days)


def iso(number: float) -> str:
    """The ISO 8601 date of days since 1960-01-01."""
    return date.fromordinal(date(1960, 1, 1).toordinal() + int(number)).isoformat()


def make_adam_toy(root: Path, name: str, *, parameters: str = "", events: str = ADXE) -> AdamToy:
    """Write a study's spec below `root` (which has specs/standards) and load it, checked."""
    folder = root / "specs" / name
    texts = {
        "study.yaml": STUDY.format(name=name),
        "sdtm/XA.yaml": XA,
        "adam/ADSL.yaml": ADSL,
        "adam/ADXE.yaml": events,
    }
    texts["codelists.yaml"] = "NONE: {sponsor: None, terms: {N: []}}\n"
    if parameters:
        indented = "".join(f"  {line}\n" for line in dedent(parameters).splitlines())
        texts["adam/ADTTE.yaml"] = ADTTE + indented
    for path, text in texts.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    return AdamToy(load_study(name, root))
