"""One ADaM dataset of a real study, by the study's own rules, from a few records typed in the test."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias

import numpy as np
import pandas as pd

from adam.time_to_event.engine import TimeToEvent
from crf2tlf.derive.built import Built, build_dataset
from crf2tlf.derive.engine import Deriver
from crf2tlf.derive.tables import FileSource
from crf2tlf.rules.columns import Column, compute_iso_dates, missing_column, number_column, text_column
from crf2tlf.spec.model import Dataset, Study, Variable

Record: TypeAlias = Mapping[str, str | float | None]
QUALIFIER = ("QNAM", "USUBJID", "IDVAR", "IDVARVAL", "QVAL")


def derive_from_records(study: Study, name: str, **records: Sequence[Record]) -> Built:
    """The dataset `name` from the records given by dataset; datasets that are not given have none.

    A record names the variables that matter; a qualifier of it is named SUPP.QNAM, and records are numbered.
    """
    return build_dataset(open_records(study, name, records), name)


def open_records(study: Study, name: str, records: Mapping[str, Sequence[Record]]) -> Deriver:
    """What derives `name` from the records."""

    def opened(source: str) -> FileSource:
        spec = study.dataset(source)
        assert spec is not None, source
        return _source(spec, records.get(source, ()))

    assert set(records) <= {*study.sdtm, *study.adam}
    return Deriver(study, {}, opened, frozenset({name}), TimeToEvent())


def values(built: Built, *variables: str) -> list[tuple[object, ...]]:
    """Some variables of every record; a missing value is None, a date (--DT) its ISO 8601 text."""
    columns = []
    for name in variables:
        column = built.frame[name]
        if name.endswith("DT"):
            column = compute_iso_dates(column.to_numpy(dtype=np.float64))
        columns.append(column.astype(object).where(column.notna(), None).tolist())
    return list(zip(*columns, strict=True))


def _source(spec: Dataset, records: Sequence[Record]) -> FileSource:
    number = spec.sequence_variable
    filled = [{number: place, **record} if number else record for place, record in enumerate(records, 1)]
    unknown = {name for record in records for name in record} - set(spec.variables)
    assert unknown <= {f"SUPP.{name}" for name in spec.supp}, unknown
    columns = {variable.name: _column(variable, filled) for variable in spec.variables.values()}
    qualifiers = [
        (name.removeprefix("SUPP."), record["USUBJID"], number or None, str(record[number]) if number else None, value)
        for record in filled
        for name, value in record.items()
        if name.startswith("SUPP.")
    ]
    supplemental = {name: text_column([row[place] for row in qualifiers]) for place, name in enumerate(QUALIFIER)}
    return FileSource(spec.name, pd.DataFrame(columns), pd.DataFrame(supplemental) if qualifiers else None)


def _column(variable: Variable, records: Sequence[Record]) -> Column:
    given = [record.get(variable.name) for record in records]
    if all(value is None for value in given):
        return missing_column("number" if variable.is_number else "text", len(given))
    return number_column(given) if variable.is_number else text_column(given)


def listed(column: pd.Series) -> list[object]:
    """The values with None for what is missing."""
    return column.astype(object).where(column.notna(), None).tolist()
