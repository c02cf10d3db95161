"""Time-to-event parameters for the records of an ADaM dataset, and the errors of those that cannot be computed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import PurePosixPath

import numpy as np

from adam.time_to_event.dates import SubjectDates
from adam.time_to_event.outcome import NO_RULE, Outcome, decide
from adam.time_to_event.records import RecordStore
from crf2tlf.derive.engine import Deriver
from crf2tlf.derive.issues import Places
from crf2tlf.derive.parts import ParameterFields
from crf2tlf.derive.tables import Source
from crf2tlf.errors import MAX_SUBJECTS_SHOWN, Context, DataError, Example
from crf2tlf.rules.columns import Column, IntArray, compute_iso_dates, take_rows, text_column
from crf2tlf.rules.evaluate import evaluate_condition
from crf2tlf.rules.verbs import ParameterField
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
        the parameter whose rule set this one is. A date before the start counts as the start, and is an issue
        (TIME_BEFORE_START). DataError when a subject has no start or no outcome.
        """
        store = self._stores.setdefault(adsl.name, RecordStore(deriver, adsl))
        subjects = SubjectDates(store, parameter)
        rows = positions[evaluate_condition(parameter.where, subjects)[positions]]
        outcome = decide(subjects)
        _require_start(outcome, rows)
        _require_outcome(outcome, rows)
        _require_dates(outcome, rows)
        _report_early(outcome, rows)
        counted = outcome.from_start()
        return rows, {
            **counted.fields(rows),
            "explanation": _explanations(outcome, counted, rows),
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


def _require_dates(outcome: Outcome, rows: IntArray) -> None:
    parameter = outcome.parameter
    unknown = rows[np.isnan(outcome.dates.days[rows])]
    if not len(unknown):
        return
    fix = "give the date to these records, or take the variable out of 'instead'"
    message = f"{parameter.code} has no date to write instead for {len(unknown)} of {len(rows)} subjects."
    examples = _examples(outcome, unknown, lambda row: f"{outcome.origin(row)} is missing")
    raise DataError(message, _context(outcome, ".instead", examples, fix))


def _report_early(outcome: Outcome, rows: IntArray) -> None:
    """An issue for each subject whose date is before the start, at the record that gave the date."""
    early = rows[outcome.is_early[rows]]
    deriver, parameter = outcome.subjects.store.deriver, outcome.parameter
    dataset = deriver.study.adam[PurePosixPath(parameter.location.path).stem]
    dated = next(each for each in dataset.variables.values() if each.rule == ParameterField("date"))
    sources = [outcome.subjects.variables[place] for place in outcome.dates.place[early]]
    records, count = outcome.dates.row[early], len(early)
    places = Places(
        text_column(np.array([each.source for each in sources], dtype=object)),
        text_column(np.array([f"{each.source.lower()}.xpt" for each in sources], dtype=object)),
        np.where(records >= 0, records, early) + 1,
        take_rows(outcome.subjects.store.adsl.subjects(), early),
    )
    deriver.issues.add(
        "TIME_BEFORE_START",
        dated,
        places,
        np.ones(count, dtype=bool),
        compute_iso_dates(outcome.dates.days[early]),
        text_column(np.array([each.name for each in sources], dtype=object)),
        f"{parameter.code} ends before {_start_name(parameter)}; the date counts as the start",
        np.full(count, -1, dtype=np.int64),
        spec=str(parameter.location),
        detail=text_column(
            np.array(
                [f"{_start_name(parameter)} {day}" for day in compute_iso_dates(outcome.start[early])], dtype=object
            )
        ),
    )


def _explanations(outcome: Outcome, counted: Outcome, rows: IntArray) -> Column:
    """The explanations of outcomes as counted, with the date that was found where it is before the start."""
    texts = counted.explanations(rows).to_numpy(dtype=object)
    early = outcome.is_early[rows]
    found = compute_iso_dates(outcome.dates.days[rows]).to_numpy(dtype=object)
    texts[early] = texts[early] + "; the date found, " + found[early] + ", is before the start and counts as it"
    return text_column(texts)


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
