"""The rules as Great Expectations: a second run of those that it can express, by code that shares nothing with ours.

A rule that computes a value, reads another file's records or follows a date as far as it is known has no expectation;
the first run alone checks it.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import numpy as np
import pandas as pd

from crf2tlf.errors import Context, ProgramError
from qc.checks import (
    AllowedValues,
    AtLeast,
    Check,
    Columns,
    Filled,
    Matches,
    MatchesNot,
    NumbersInOrder,
    SubjectKnown,
    Unique,
)
from qc.files import Files, IntArray
from qc.rules import Rule
from qc.shown import ROW, Shown, show_records, show_values

EXPRESSIBLE = (
    Columns,
    Unique,
    Filled,
    AllowedValues,
    SubjectKnown,
    Matches,
    MatchesNot,
    AtLeast,
    NumbersInOrder,
)
"""The checks that have an expectation."""
_SEVERITY = {"error": "critical", "warning": "warning", "note": "info"}
OF_VALUES = (
    "ExpectColumnValuesToBeInSet",
    "ExpectColumnValuesToMatchRegex",
    "ExpectColumnValuesToNotMatchRegex",
    "ExpectColumnValuesToBeBetween",
)
"""The expectations that judge a value by itself, and none that is missing."""
WHETHER = {"result_format": "BOOLEAN_ONLY"}
WHICH = {"result_format": "COMPLETE", "unexpected_index_column_names": [ROW]}


@dataclass(frozen=True)
class Expectation:
    """What Great Expectations is asked: an expectation class, its arguments, and the records that it looks at."""

    name: str
    arguments: dict[str, Any]
    where: tuple[str, str] | None = None

    @property
    def is_of_values(self) -> bool:
        """Whether each value of a column decides by itself, wherever it stands."""
        return self.name in OF_VALUES and self.where is None


@dataclass(frozen=True)
class Result:
    """What it answered: failing records by position from 0; `failed` where it says so of the file as a whole."""

    rule: Rule
    expectation: Expectation
    rows: IntArray
    failed: bool


@dataclass(frozen=True)
class Validation:
    """One dataset's suite, as Great Expectations stores it, and its results."""

    suite: dict[str, Any]
    results: tuple[Result, ...]


def express(check: Check, files: Files) -> Expectation | None:
    """The expectation that says what a check says, or None."""
    match check:
        case Columns(names):
            return Expectation("ExpectTableColumnsToMatchOrderedList", {"column_list": [*names, ROW]})
        case Unique((variable,)):
            return Expectation("ExpectColumnValuesToBeUnique", {"column": variable})
        case Unique(columns):
            together: dict[str, Any] = {"column_list": list(columns), "ignore_row_if": "never"}
            return Expectation("ExpectCompoundColumnsToBeUnique", together)
        case Filled(variable):
            return Expectation("ExpectColumnValuesToNotBeNull", {"column": variable})
        case AllowedValues(variable, values, where):
            return Expectation("ExpectColumnValuesToBeInSet", {"column": variable, "value_set": list(values)}, where)
        case SubjectKnown(dataset):
            subjects = sorted(str(subject) for subject in files.subjects(dataset))
            return Expectation("ExpectColumnValuesToBeInSet", {"column": "USUBJID", "value_set": subjects})
        case Matches(variable, pattern):
            return Expectation("ExpectColumnValuesToMatchRegex", {"column": variable, "regex": pattern})
        case MatchesNot(variable, pattern):
            return Expectation("ExpectColumnValuesToNotMatchRegex", {"column": variable, "regex": pattern})
        case AtLeast(variable, least):
            return Expectation("ExpectColumnValuesToBeBetween", {"column": variable, "min_value": least})
        case NumbersInOrder(low, high):
            arguments = {
                "column_A": high,
                "column_B": low,
                "or_equal": True,
                "ignore_row_if": "either_value_is_missing",
            }
            return Expectation("ExpectColumnPairValuesAToBeGreaterThanB", arguments)
        case _:
            return None


def express_rules(rules: Iterable[Rule], files: Files) -> list[tuple[Rule, Expectation]]:
    """The rules that have an expectation, with it; none of them may be blocked."""
    pairs = ((rule, express(rule.check, files)) for rule in rules)
    return [(rule, expectation) for rule, expectation in pairs if expectation is not None]


def validate(dataset: str, asked: Sequence[tuple[Rule, Expectation]], frame: pd.DataFrame) -> Validation:
    """Run a dataset's suite over its records, in memory: nothing is stored, nothing leaves the machine.

    What judges a value by itself is asked once for each value of a column, the rest of the records.
    """
    gx = import_great_expectations()
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    suite = gx.ExpectationSuite(name=dataset, expectations=[_build(gx, *each) for each in asked])
    of_values = [each for each in asked if each[1].is_of_values]
    of_records = [each for each in asked if not each[1].is_of_values]
    values = show_values(frame, {each.arguments["column"] for _, each in of_values})
    with configurations_built_once(gx.expectations.Expectation):
        rows = find_unmet(gx, context, f"{dataset} values", of_values, values)
        rows |= find_unmet(gx, context, f"{dataset} records", of_records, show_records(frame))
    results = tuple(_result(rule, expectation, rows[rule.id]) for rule, expectation in asked)
    return Validation(portable_suite(suite.to_json_dict()), results)


@contextmanager
def configurations_built_once(expectation: Any) -> Iterator[None]:
    """Within the block, an expectation's configuration is made when it is first looked at, and then kept.

    Great Expectations 1.24 makes it anew each of the seventy times that it looks at one, with all values of its lists,
    which is a third of what an expectation takes. Nothing changes an expectation once it is made.
    """
    built = expectation.configuration
    kept: dict[int, tuple[object, object]] = {}

    def configuration(self: object) -> object:
        if id(self) not in kept:
            # The object is kept too: its number would be given anew once it is gone.
            kept[id(self)] = self, built.fget(self)
        return kept[id(self)][1]

    expectation.configuration = property(configuration)
    try:
        yield
    finally:
        expectation.configuration = built


def find_unmet(
    gx: Any, context: Any, name: str, asked: Sequence[tuple[Rule, Expectation]], shown: Shown
) -> dict[str, IntArray | None]:
    """The failing records of each rule by its id, None where it is met.

    Great Expectations is asked first whether an expectation is met, and only of those that are not which rows fail:
    for that it takes the rows apart several times.
    """
    asset = context.data_sources.add_pandas(name).add_dataframe_asset(name)
    batch = asset.add_batch_definition_whole_dataframe(name).get_batch({"dataframe": shown.frame})
    answers = _answer(gx, batch, asked, WHETHER)
    failed = [each for each in asked if not answers[each[0].id].success]
    which = _answer(gx, batch, failed, WHICH) if failed else {}
    found: dict[str, IntArray | None] = {rule.id: None for rule, _ in asked}
    for rule, expectation in failed:
        listed = which[rule.id].result.get("unexpected_index_list") or []
        numbers = np.array([each[ROW] for each in listed], dtype=np.int64)
        found[rule.id] = shown.rows_of(str(expectation.arguments.get("column", "")), numbers)
    return found


def import_great_expectations() -> ModuleType:
    """Great Expectations, imported when it is needed: it takes seconds."""
    with warnings.catch_warnings():
        # It imports names that Python 3.11 has moved, and changes how warnings are shown: both end with this block.
        message = r"module 'sre_(constants|parse)' is deprecated"
        warnings.filterwarnings("ignore", message=message, category=DeprecationWarning)
        import great_expectations
        import great_expectations.expectations
        import great_expectations.expectations.row_conditions
    return great_expectations


def portable_suite(stored: dict[str, Any]) -> dict[str, Any]:
    """The suite without the identifiers that are new in every run."""
    without = {name: value for name, value in stored.items() if name != "id"}
    kept = [{name: value for name, value in each.items() if name != "id"} for each in stored["expectations"]]
    return {**without, "expectations": kept}


def _build(gx: Any, rule: Rule, expectation: Expectation) -> Any:
    arguments = dict(expectation.arguments)
    if expectation.where:
        column, value = expectation.where
        arguments["row_condition"] = gx.expectations.row_conditions.Column(column) == value
    meta = {"rule": rule.id, "spec": str(rule.location), "message": rule.message}
    return getattr(gx.expectations, expectation.name)(**arguments, severity=_SEVERITY[rule.severity], meta=meta)


def _answer(
    gx: Any, batch: Any, asked: Sequence[tuple[Rule, Expectation]], result_format: Mapping[str, object]
) -> dict[str, Any]:
    """What Great Expectations answers to each rule, by its id; ProgramError where it could not tell."""
    suite = gx.ExpectationSuite(name=batch.data_asset.name, expectations=[_build(gx, *each) for each in asked])
    answer = batch.validate(suite, result_format=dict(result_format))
    answered = {each.expectation_config.meta["rule"]: each for each in answer.results}
    for rule, _ in asked:
        require_answer(rule, answered[rule.id])
    return answered


def require_answer(rule: Rule, answer: Any) -> None:
    """Raise ProgramError where an expectation is not met because it could not be computed."""
    if not answer.success and "raised_exception" not in (answer.exception_info or {}):
        # One entry for each part that raised, under names that are new in every run.
        first = next(iter(answer.exception_info.values()))
        context = Context(dataset=rule.dataset, location=rule.location, where=rule.id)
        raise ProgramError(f"Great Expectations failed with: {first['exception_message']}", context)


def _result(rule: Rule, expectation: Expectation, rows: IntArray | None) -> Result:
    none = np.zeros(0, dtype=np.int64)
    return Result(rule, expectation, none if rows is None else rows, rows is not None)
