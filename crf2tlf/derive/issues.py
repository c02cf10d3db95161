"""Faults of data that do not stop a study: rows of the issues table, each with its place in the raw data."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from crf2tlf.rules.columns import TEXT, BoolArray, Column, IntArray, choose, is_missing, take_rows
from crf2tlf.spec.model import Variable

EXCLUDED_SUBJECT = "EXCLUDED_SUBJECT"
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
    "DETAIL",
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
    """The issues found so far in one run: for each report the dataset, its rows and the issues."""

    found: list[tuple[str, IntArray, pd.DataFrame]] = field(default_factory=list)

    def add(
        self,
        rule: str,
        variable: Variable,
        places: Places,
        where: BoolArray,
        values: Column,
        fields: str | Column,
        message: str,
        rows: IntArray,
        severity: str = "error",
        spec: str = "",
        detail: Column | None = None,
    ) -> None:
        """One issue for each record where the condition holds; `rows` are the dataset's rows, -1 for none.

        `values` are the collected values of the `fields`; `detail` is what else helps to answer the query.
        """
        if not where.any():
            return
        count = int(where.sum())
        frame = pd.DataFrame(
            {
                "RULE": rule,
                "SEVERITY": severity,
                "DATASET": variable.dataset,
                "VARIABLE": variable.name,
                "USUBJID": places.subjects[where].to_numpy(dtype=object),
                "FORM": places.forms[where].to_numpy(dtype=object),
                "FILE": places.files[where].to_numpy(dtype=object),
                "ROW": places.rows[where],
                "FIELD": fields if isinstance(fields, str) else fields[where].to_numpy(dtype=object),
                "VALUE": values[where].to_numpy(dtype=object),
                "MESSAGE": message,
                "SPEC": [spec or str(variable.location)] * count,
                "DETAIL": None if detail is None else detail[where].to_numpy(dtype=object),
            }
        )
        self.found.append((variable.dataset, rows[where], typed_issues(frame)))

    def frame(self, dataset: str, subjects: Column | None) -> pd.DataFrame:
        """The issues of a dataset, sorted by variable and place, each once.

        USUBJID is the dataset's own; the identifier in the raw data stands in where the record has none.
        """
        frames = []
        for name, rows, frame in self.found:
            if name == dataset and subjects is not None:
                own = take_rows(subjects, rows)
                frames.append(frame.assign(USUBJID=choose(~is_missing(own), own, frame["USUBJID"])))
            elif name == dataset:
                frames.append(frame)
        return combine_issues(frames)


def typed_issues(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame with the issues table's columns and types."""
    typed = {
        name: frame[name].to_numpy(dtype=np.int64) if name == "ROW" else frame[name].astype(TEXT)
        for name in ISSUE_COLUMNS
    }
    return pd.DataFrame(typed)


def combine_issues(frames: list[pd.DataFrame]) -> pd.DataFrame:
    """Several issue tables as one, sorted, without repeats."""
    frames = [frame for frame in frames if len(frame)]
    if not frames:
        return typed_issues(pd.DataFrame({name: pd.Series([], dtype=object) for name in ISSUE_COLUMNS}))
    whole = pd.concat(frames, ignore_index=True).drop_duplicates(list(ISSUE_COLUMNS))
    order = ["DATASET", "VARIABLE", "RULE", "FORM", "FILE", "ROW", "USUBJID", "VALUE"]
    return whole.sort_values(order, kind="stable", na_position="first", ignore_index=True)
