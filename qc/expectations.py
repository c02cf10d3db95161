"""The rules as Great Expectations: a second run of those that it can express, by code that shares nothing with ours.

A rule that computes a value, reads another file's records or follows a date as far as it is known has no expectation;
the first run alone checks it.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Sequence
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
ROW = "DSROW"
"""The column with the record's number in the file, from 1, that results name failing records by."""
_SEVERITY = {"error": "critical", "warning": "warning", "note": "info"}
RESULT_FORMAT = {"result_format": "COMPLETE", "unexpected_index_column_names": [ROW]}


@dataclass(frozen=True)
class Expectation:
    """What Great Expectations is asked: an expectation class, its arguments, and the records that it looks at."""

    name: str
    arguments: dict[str, Any]
    where: tuple[str, str] | None = None


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
    """Run a dataset's suite over its records, in memory: nothing is stored, nothing leaves the machine."""
    gx = import_great_expectations()
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    asset = context.data_sources.add_pandas("files").add_dataframe_asset(dataset)
    batch = asset.add_batch_definition_whole_dataframe("whole")
    suite = context.suites.add(gx.ExpectationSuite(name=dataset))
    suite.expectations = [_build(gx, rule, expectation) for rule, expectation in asked]
    suite.save()
    definition = gx.ValidationDefinition(name=dataset, data=batch, suite=suite)
    whole = context.validation_definitions.add(definition)
    answer = whole.run(batch_parameters={"dataframe": prepare_frame(frame)}, result_format=RESULT_FORMAT)
    answered = {each.expectation_config.meta["rule"]: each for each in answer.results}
    results = tuple(_result(rule, expectation, answered[rule.id]) for rule, expectation in asked)
    return Validation(portable_suite(suite.to_json_dict()), results)


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


def prepare_frame(frame: pd.DataFrame) -> pd.DataFrame:
    """The records as Great Expectations takes them: None for missing text ("" is a value to it), and their numbers."""
    columns = {
        name: column if column.dtype.kind == "f" else column.astype(object).where(column.notna(), None)
        for name, column in frame.items()
    }
    return pd.DataFrame({**columns, ROW: np.arange(1, len(frame) + 1)})


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


def _result(rule: Rule, expectation: Expectation, answer: Any) -> Result:
    if not answer.success and "raised_exception" not in (answer.exception_info or {}):
        # One entry for each part that raised, under names that are new in every run.
        first = next(iter(answer.exception_info.values()))
        context = Context(dataset=rule.dataset, location=rule.location, where=rule.id)
        raise ProgramError(f"Great Expectations failed with: {first['exception_message']}", context)
    rows = [each[ROW] - 1 for each in answer.result.get("unexpected_index_list") or []]
    return Result(rule, expectation, np.array(sorted(rows), dtype=np.int64), not answer.success)
