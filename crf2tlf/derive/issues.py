"""Faults of data that do not stop a study: rows of the issues table, each with its place in the raw data."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from crf2tlf.rules.columns import TEXT, BoolArray, Column, IntArray
from crf2tlf.spec.model import Variable

ISSUE_COLUMNS = (
    "RULE",
    "SEVERITY",
    "DATASET",
    "VARIABLE",
    "USUBJID",
    "FORM",
    "FILE",
    "ROW",
    "FIELD",
    "VALUE",
    "MESSAGE",
    "SPEC",
)


@dataclass(frozen=True)
class Places:
    """Where records come from: form, file and physical row, and the subject, each one value a record."""

    forms: Column
    files: Column
    rows: IntArray
    subjects: Column


@dataclass
class Issues:
    """The issues found so far in one dataset."""

    frames: list[pd.DataFrame] = field(default_factory=list)

    def add(
        self, rule: str, variable: Variable, places: Places, where: BoolArray, values: Column, fields: str, message: str
    ) -> None:
        """One issue for each record where the condition holds."""
        if not where.any():
            return
        count = int(where.sum())
        frame = pd.DataFrame(
            {
                "RULE": rule,
                "SEVERITY": "error",
                "DATASET": variable.dataset,
                "VARIABLE": variable.name,
                "USUBJID": places.subjects[where].to_numpy(dtype=object),
                "FORM": places.forms[where].to_numpy(dtype=object),
                "FILE": places.files[where].to_numpy(dtype=object),
                "ROW": places.rows[where],
                "FIELD": fields,
                "VALUE": values[where].to_numpy(dtype=object),
                "MESSAGE": message,
                "SPEC": [str(variable.location)] * count,
            }
        )
        self.frames.append(typed_issues(frame))

    def frame(self) -> pd.DataFrame:
        """All issues, sorted by dataset, variable and place, each once."""
        return combine_issues(self.frames)


def typed_issues(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame with the issues table's columns and types."""
    typed = {
        name: frame[name].to_numpy(dtype=np.int64) if name == "ROW" else frame[name].astype(TEXT)
        for name in ISSUE_COLUMNS
    }
    return pd.DataFrame(typed)


def combine_issues(frames: list[pd.DataFrame]) -> pd.DataFrame:
    """Several issue tables as one, sorted, without repeats."""
    if not frames:
        return typed_issues(pd.DataFrame({name: pd.Series([], dtype=object) for name in ISSUE_COLUMNS}))
    whole = pd.concat(frames, ignore_index=True).drop_duplicates(list(ISSUE_COLUMNS))
    order = ["DATASET", "VARIABLE", "RULE", "FORM", "FILE", "ROW", "USUBJID", "VALUE"]
    return whole.sort_values(order, kind="stable", na_position="first", ignore_index=True)
