"""Toy datasets as if read from transport files, and rules about them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from crf2tlf.errors import Location
from crf2tlf.tables import XptFile, XptVariable
from qc.checks import Check
from qc.evaluate import Outcome, check_rule
from qc.files import Files
from qc.rules import Rule

Values = Sequence[str | float | None]
PLACE = Location("specs/toy/sdtm/AE.yaml", 7)


def make_column(values: Values) -> pd.Series:
    """Numbers as float64, texts as Arrow strings; None is missing. A column without values is text."""
    if any(isinstance(value, int | float) for value in values):
        return pd.Series([np.nan if value is None else value for value in values], dtype="float64")
    return pd.Series(list(values), dtype=pd.StringDtype("pyarrow"))


def make_file(name: str, columns: Mapping[str, Values], **changed: XptVariable) -> XptFile:
    """A dataset with the label Toy, whose header fits its columns but for the variables in `changed`."""
    frame = pd.DataFrame({column: make_column(values) for column, values in columns.items()})
    variables = tuple(changed.get(column, describe(column, frame[column])) for column in columns)
    return XptFile(name, "Toy", variables, frame, "", "")


def describe(name: str, column: pd.Series) -> XptVariable:
    """The header of a column."""
    if column.dtype.kind == "f":
        return XptVariable(name, "number", 8, f"Label of {name}")
    longest = column.dropna().str.len().max()
    return XptVariable(name, "text", 1 if pd.isna(longest) else int(longest), f"Label of {name}")


def make_files(**datasets: Mapping[str, Values] | XptFile) -> Files:
    """Files of toy datasets by name."""
    return Files(
        {name: each if isinstance(each, XptFile) else make_file(name, each) for name, each in datasets.items()}
    )


def make_toy_rule(check: Check, dataset: str = "AE", variable: str = "AETERM", kind: str = "required") -> Rule:
    """A rule with the check."""
    return Rule(kind, dataset, variable, check, "error", PLACE, "something is wrong", "mend it")


def apply(check: Check, files: Files, dataset: str = "AE") -> Outcome:
    """The outcome of one check; it must not be blocked."""
    outcome = check_rule(make_toy_rule(check, dataset), files)
    assert outcome.blocked == ""
    return outcome


def failing(check: Check, files: Files, dataset: str = "AE") -> list[int]:
    """The records that fail, by their number in the file (from 1)."""
    rows: list[int] = (apply(check, files, dataset).rows + 1).tolist()
    return rows


def faults(check: Check, files: Files, dataset: str = "AE") -> list[str]:
    """The faults of a file."""
    return list(apply(check, files, dataset).faults)
