"""Time to event: the earliest event counts, else the first censoring rule that applies (ADaM BDS for TTE 1.0).

Events and censorings are rows of the spec. Where two events fall on one day the one listed first counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath

import numpy as np

from crf2tlf.derive.engine import Deriver
from crf2tlf.derive.parts import SourceScope
from crf2tlf.derive.tables import Source
from crf2tlf.errors import Context, DataError, Example, ProgramError
from crf2tlf.rules.columns import (
    BoolArray,
    Column,
    FloatArray,
    IntArray,
    compute_iso_dates,
    is_missing,
    number_column,
    take_rows,
    text_column,
)
from crf2tlf.rules.evaluate import evaluate_condition
from crf2tlf.rules.vectors import find_winners, select_one_per_group
from crf2tlf.spec.model import Dataset, Event, Parameter


@dataclass
class Outcome:
    """What has been decided for each subject so far; `decided` says for whom."""

    date: FloatArray
    cnsr: FloatArray
    sequence: FloatArray
    texts: dict[str, list[str]]
    decided: BoolArray

    @staticmethod
    def undecided(count: int) -> Outcome:
        """Nothing decided for `count` subjects."""
        names = ("event_text", "date_text", "source_dataset", "source_variable", "rule")
        texts = {name: [""] * count for name in names}
        unknown = np.full(count, np.nan)
        return Outcome(unknown, unknown, unknown, texts, np.zeros(count, dtype=bool))

    def origin(self, row: int) -> str:
        """The dataset, variable and record number that gave a subject's date."""
        place = f"{self.texts['source_dataset'][row]}.{self.texts['source_variable'][row]}"
        number = self.sequence[row]
        return place if np.isnan(number) else f"{place}, record {number:g}"

    def decide(self, rows: BoolArray, date: FloatArray, cnsr: int, sequence: FloatArray, **texts: str) -> None:
        """Set the outcome of some subjects."""
        self.date = np.where(rows, date, self.date)
        self.cnsr = np.where(rows, float(cnsr), self.cnsr)
        self.sequence = np.where(rows, sequence, self.sequence)
        self.decided = self.decided | rows
        for name, text in texts.items():
            self.texts[name] = np.where(rows, text, np.array(self.texts[name], dtype=object)).tolist()


def compute_parameter(deriver: Deriver, parameter: Parameter, adsl: Source, positions: IntArray) -> dict[str, Column]:
    """The fields of one parameter for the ADSL rows at `positions`; dates are days since 1960-01-01."""
    count = len(positions)
    start = deriver.column_of(adsl, parameter.start).take(positions).reset_index(drop=True)
    outcome = Outcome.undecided(count)
    for event in parameter.events:
        _add_event(outcome, event, deriver, adsl, positions)
    _add_censoring(outcome, parameter, deriver, adsl, positions)
    subjects = adsl.subjects().take(positions).reset_index(drop=True)
    _require_outcome(outcome, parameter, deriver, subjects)
    _require_start(outcome, parameter, deriver, subjects, np.asarray(start, dtype=np.float64))
    return {
        "code": text_column(parameter.code, count),
        "name": text_column(parameter.name, count),
        "start": start,
        "date": number_column(outcome.date),
        "cnsr": number_column(outcome.cnsr),
        "source_sequence": number_column(outcome.sequence),
        **{name: text_column(texts) for name, texts in outcome.texts.items()},
    }


def _add_event(outcome: Outcome, event: Event, deriver: Deriver, adsl: Source, positions: IntArray) -> None:
    """Lets an event count for the subjects for whom it is the earliest so far."""
    source = deriver.source(event.date.source)
    scope = SourceScope(deriver, source)
    dates = source.column(event.date.name)
    chosen = evaluate_condition(event.where, scope) & ~is_missing(dates) & ~is_missing(source.subjects())
    sequence_name = event.sequence or _sequence_name(deriver.study.dataset(event.date.source))
    order_by = [dates, source.column(sequence_name)] if sequence_name else [dates]
    winners = select_one_per_group("first", [source.subjects()], order_by, chosen)
    found = find_winners(take_rows(adsl.subjects(), positions), source.subjects(), winners)
    date = _values(dates, found)
    sequence = _values(source.column(sequence_name), found) if sequence_name else np.full(len(found), np.nan)
    earlier = (found >= 0) & (~outcome.decided | (date < outcome.date))
    outcome.decide(
        earlier,
        date,
        0,
        sequence,
        event_text=event.text,
        date_text="",
        source_dataset=event.date.source,
        source_variable=event.date.name,
        rule=event.id,
    )


def _add_censoring(outcome: Outcome, parameter: Parameter, deriver: Deriver, adsl: Source, positions: IntArray) -> None:
    scope = SourceScope(deriver, adsl)
    for rule in parameter.censor:
        date = _values(deriver.column_of(adsl, rule.date), positions)
        applies = evaluate_condition(rule.when, scope)[positions] & ~np.isnan(date) & ~outcome.decided
        outcome.decide(
            applies,
            date,
            rule.code,
            np.full(len(positions), np.nan),
            event_text=rule.text,
            date_text=rule.date_text,
            source_dataset=rule.date.source,
            source_variable=rule.date.name,
            rule=f"CENSOR {rule.code}",
        )


def _sequence_name(dataset: Dataset | None) -> str:
    """The variable that numbers a dataset's records: ASEQ, or the --SEQ of the domain that it comes from."""
    names = [name for name in (dataset.variables if dataset else ()) if name.endswith("SEQ") and name != "SRCSEQ"]
    return "ASEQ" if "ASEQ" in names else (names[0] if names else "")


def _values(column: Column, positions: IntArray) -> FloatArray:
    return np.asarray(take_rows(column, positions).to_numpy(), dtype=np.float64)


def _require_outcome(outcome: Outcome, parameter: Parameter, deriver: Deriver, subjects: Column) -> None:
    """Everybody in the parameter's population has an event or a censoring with a date."""
    open_rows = np.flatnonzero(~outcome.decided)
    if not len(open_rows):
        return
    if not parameter.censor:
        raise ProgramError(f"{parameter.code} has no censoring rule")
    examples = [Example(str(subjects[row]), "no event, and no censoring rule gives a date") for row in open_rows[:5]]
    fix = "add a censoring rule whose date every subject has, or limit the parameter with 'where'"
    message = f"{parameter.code} has no date for {len(open_rows)} of {len(subjects)} subjects."
    raise DataError(message, _context(deriver, parameter, "", examples, fix))


def _require_start(
    outcome: Outcome, parameter: Parameter, deriver: Deriver, subjects: Column, start: FloatArray
) -> None:
    """Everybody has a start, and nobody's time ends before it."""
    unknown = np.flatnonzero(np.isnan(start))
    if len(unknown):
        examples = [Example(str(subjects[row]), f"{parameter.start.name} is missing") for row in unknown[:5]]
        fix = f"limit the parameter with 'where' to subjects who have {parameter.start.name}"
        message = f"{parameter.code} has no start for {len(unknown)} of {len(subjects)} subjects."
        raise DataError(message, _context(deriver, parameter, ".start", examples, fix))
    early = np.flatnonzero(outcome.date < start)
    if not len(early):
        return
    starts, ends = compute_iso_dates(start), compute_iso_dates(outcome.date)
    examples = [
        Example(str(subjects[row]), f"{parameter.start.name} {starts[row]}, ADT {ends[row]} ({outcome.origin(row)})")
        for row in early[:5].tolist()
    ]
    fix = "query these dates, or limit the events with 'where' to dates on or after the start"
    message = f"{parameter.code} ends before it starts for {len(early)} of {len(subjects)} subjects."
    raise DataError(message, _context(deriver, parameter, ".start", examples, fix))


def _context(deriver: Deriver, parameter: Parameter, part: str, examples: list[Example], fix: str) -> Context:
    place = parameter.location
    where = f"parameters.{parameter.code}{part}"
    return Context(deriver.study.name, PurePosixPath(place.path).stem, place, where, examples, fix)
