"""The results dataset (ARD): one row a number, unrounded, with the filter that selects its records.

RESULTID   output and place, unique in a study: what a cell of a display points to
OUTPUTID ANALYSISID METHODID STATNAME   which number of which analysis of which output, by which method
STATNUM    the number, unrounded; missing where it cannot be estimated, and STATCHAR says NE
DATASET VARIABLE PARAMCD                what was analysed
GRP1 GRP1LV .. GRP4 GRP4LV              the groups it is of: variables and their levels, the column first
DENOM DENID                             the number of subjects a percentage refers to, and its result
FILTER     an expression over DATASET that selects exactly the records behind the number; empty: all of them
NRECORDS   how many records that is
COUNTS     subjects or records where STATNUM is their number, so that FILTER proves it; else missing
ORD        place in the output
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import pandas as pd

from crf2tlf.errors import Context, ProgramError
from crf2tlf.rules.columns import TEXT
from tlf.results.predicates import show_filter
from tlf.results.selection import Selection

MOST_GROUPS = 4
FIRST_RECORDS = 5
GROUPS = tuple(name for number in range(1, MOST_GROUPS + 1) for name in (f"GRP{number}", f"GRP{number}LV"))
ARD_COLUMNS = (
    "RESULTID",
    "OUTPUTID",
    "ANALYSISID",
    "METHODID",
    "STATNAME",
    "STATNUM",
    "STATCHAR",
    "DATASET",
    "VARIABLE",
    "PARAMCD",
    *GROUPS,
    "DENOM",
    "DENID",
    "FILTER",
    "NRECORDS",
    "COUNTS",
    "ORD",
)
RECORD_COLUMNS = ("RESULTID", "RECORD", "NAME", "VALUE")
NUMBERS = {"STATNUM": "float64", "DENOM": "float64", "NRECORDS": "int64", "ORD": "int64"}
# Percentages have the records of their counts, and the points of a curve those of its column.
WITHOUT_KEYS = frozenset({"percent", "CURVE"})
Counted = Literal["", "subjects", "records"]
Groups = Sequence[tuple[str, str]]


@dataclass(frozen=True, eq=False)
class Results:
    """What an output's analyses gave.

    ard      one row a number, columns ARD_COLUMNS
    records  the keys of the first records behind a result, but for WITHOUT_KEYS: RESULTID, RECORD (from 1), NAME, VALUE
    rows     of a listing: the records themselves with RESULTID and FILTER, else without rows
    """

    ard: pd.DataFrame
    records: pd.DataFrame
    rows: pd.DataFrame = field(default_factory=pd.DataFrame)


@dataclass(frozen=True)
class Denominator:
    """The number of subjects that percentages of a column refer to, and the result that holds it."""

    n: int
    result: str


@dataclass
class ResultBook:
    """Collects the results of one output in their order."""

    output: str
    found: list[dict[str, object]] = field(default_factory=list)
    keys: list[tuple[str, int, str, str]] = field(default_factory=list)

    def add(
        self,
        name: tuple[str, str, str],
        value: float,
        selection: Selection,
        *,
        variable: str = "",
        parameter: str = "",
        groups: Groups = (),
        denominator: Denominator | None = None,
        counts: Counted = "",
    ) -> str:
        """Add a number and give its id; `name` is analysis, method and statistic."""
        order = len(self.found) + 1
        result = f"{self.output}.{order}"
        if len(groups) > MOST_GROUPS:
            raise ProgramError(f"a result has at most {MOST_GROUPS} groups", Context(dataset=self.output))
        levels = [text for group in groups for text in group]
        row: dict[str, object] = {
            "RESULTID": result,
            "OUTPUTID": self.output,
            "ANALYSISID": name[0],
            "METHODID": name[1],
            "STATNAME": name[2],
            "STATNUM": float(value),
            "STATCHAR": "NE" if np.isnan(value) else None,
            "DATASET": selection.source.name,
            "VARIABLE": variable or None,
            "PARAMCD": parameter or None,
            "DENOM": denominator.n if denominator else np.nan,
            "DENID": denominator.result if denominator else None,
            "FILTER": show_filter(selection.filter) or None,
            "NRECORDS": selection.n_records,
            "COUNTS": counts or None,
            "ORD": order,
        }
        self.found.append(row | dict(zip(GROUPS, levels, strict=False)))
        if name[2] not in WITHOUT_KEYS and name[0] not in WITHOUT_KEYS:
            self._add_keys(result, selection)
        return result

    def add_values(
        self,
        name: tuple[str, str],
        values: Mapping[str, float],
        selection: Selection,
        *,
        variable: str = "",
        parameter: str = "",
        groups: Groups = (),
    ) -> None:
        """Add several numbers of the same records; `name` is analysis and method, `values` are by statistic."""
        for statistic, value in values.items():
            self.add((*name, statistic), value, selection, variable=variable, parameter=parameter, groups=groups)

    def _add_keys(self, result: str, selection: Selection) -> None:
        names = selection.source.facts.keys
        for number, values in enumerate(selection.source.key_texts(selection.rows[:FIRST_RECORDS]), start=1):
            self.keys.extend((result, number, name, value) for name, value in zip(names, values, strict=True))

    def results(self, rows: pd.DataFrame | None = None) -> Results:
        """Everything added, as frames."""
        ard = pd.DataFrame(self.found, columns=list(ARD_COLUMNS))
        kinds = {name: NUMBERS.get(name, TEXT) for name in ARD_COLUMNS}
        records = pd.DataFrame(self.keys, columns=list(RECORD_COLUMNS))
        places = {name: TEXT if name != "RECORD" else "int64" for name in RECORD_COLUMNS}
        return Results(ard.astype(kinds), records.astype(places), pd.DataFrame() if rows is None else rows)


def combine_ard(parts: Iterable[pd.DataFrame]) -> pd.DataFrame:
    """The results of several outputs, one after the other."""
    frames = list(parts)
    if not frames:
        return ResultBook("").results().ard
    return pd.concat(frames, ignore_index=True)
