"""Time-to-event parameters for the records of an ADaM dataset, and the errors of those that cannot be computed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import PurePosixPath

import numpy as np

from adam.time_to_event.dates import SubjectDates
from adam.time_to_event.outcome import NO_RULE, Outcome, decide
from adam.time_to_event.records import RecordStore
from crf2tlf.derive.engine import Deriver
from crf2tlf.derive.parts import ParameterFields
from crf2tlf.derive.tables import Source
from crf2tlf.errors import MAX_SUBJECTS_SHOWN, Context, DataError, Example
from crf2tlf.rules.columns import IntArray, compute_iso_dates, text_column
from crf2tlf.rules.evaluate import evaluate_condition
from crf2tlf.spec.time_to_event import Parameter, SubjectDate


class TimeToEvent:
    """Computes parameters for one deriver; what is sorted for one parameter serves the next."""

    def __init__(self) -> None:
        self._stores: dict[str, RecordStore] = {}

    def __call__(
        self, deriver: Deriver, parameter: Parameter, adsl: Source, positions: IntArray
    ) -> tuple[IntArray, ParameterFields]:
        """The rows of ADSL in the parameter's population, and its fields for them.

        Beside the fields of the verb `parameter` there are the explanation, the spec line of the rule that fired and
        the parameter whose rule set this one is. DataError when a subject has no start, no outcome, or ends before it
        starts.
        """
        store = self._stores.setdefault(adsl.name, RecordStore(deriver, adsl))
        subjects = SubjectDates(store, parameter)
        rows = positions[evaluate_condition(parameter.where, subjects)[positions]]
        outcome = decide(subjects)
        _require_start(outcome, rows)
        _require_outcome(outcome, rows)
        _require_order(outcome, rows)
        return rows, {
            **outcome.fields(rows),
            "explanation": outcome.explanations(rows),
            "spec": outcome.spec_lines(rows),
            "rule_set_of": text_column(parameter.rule_set_of, len(rows)),
        }


def _require_start(outcome: Outcome, rows: IntArray) -> None:
    unknown = rows[np.isnan(outcome.start[rows])]
    if not len(unknown):
        return
    parameter, name = outcome.parameter, _start_name(outcome.parameter)
    fix = f"limit the parameter with 'where' to subjects who have {name}"
    message = f"{parameter.code} has no start for {len(unknown)} of {len(rows)} subjects."
    examples = _examples(outcome, unknown, lambda _: f"{name} is missing")
    raise DataError(message, _context(outcome, ".start", examples, fix))


def _require_outcome(outcome: Outcome, rows: IntArray) -> None:
    open_rows = rows[outcome.fired[rows] == NO_RULE]
    if not len(open_rows):
        return
    fix = "add a last rule whose date every subject has, or limit the parameter with 'where'"
    message = f"{outcome.parameter.code} has no outcome for {len(open_rows)} of {len(rows)} subjects."
    examples = _examples(outcome, open_rows, lambda _: "no rule holds that gives a date")
    raise DataError(message, _context(outcome, ".rules", examples, fix))


def _require_order(outcome: Outcome, rows: IntArray) -> None:
    parameter = outcome.parameter
    unknown = rows[np.isnan(outcome.dates.days[rows])]
    if len(unknown):
        fix = "give the date to these records, or take the variable out of 'instead'"
        message = f"{parameter.code} has no date to write instead for {len(unknown)} of {len(rows)} subjects."
        examples = _examples(outcome, unknown, lambda row: f"{outcome.origin(row)} is missing")
        raise DataError(message, _context(outcome, ".instead", examples, fix))
    early = rows[outcome.dates.days[rows] < outcome.start[rows]]
    if not len(early):
        return
    starts, ends = compute_iso_dates(outcome.start), compute_iso_dates(outcome.dates.days)
    name = _start_name(parameter)
    fix = "query these dates, or let dates count only 'on_or_after: start'"
    message = f"{parameter.code} ends before it starts for {len(early)} of {len(rows)} subjects."
    examples = _examples(outcome, early, lambda row: f"{name} {starts[row]}, ADT {ends[row]} ({outcome.origin(row)})")
    raise DataError(message, _context(outcome, ".start", examples, fix))


def _start_name(parameter: Parameter) -> str:
    rule = parameter.start.rule
    return rule.reference.name if isinstance(rule, SubjectDate) else "the start"


def _examples(outcome: Outcome, rows: IntArray, words: Callable[[int], str]) -> list[Example]:
    subjects = outcome.subjects.store.adsl.subjects()
    return [Example(str(subjects[row]), words(row)) for row in rows[:MAX_SUBJECTS_SHOWN].tolist()]


def _context(outcome: Outcome, part: str, examples: list[Example], fix: str) -> Context:
    parameter = outcome.parameter
    study = outcome.subjects.store.deriver.study.name
    dataset = PurePosixPath(parameter.location.path).stem
    return Context(study, dataset, parameter.location, parameter.place + part, examples, fix)
