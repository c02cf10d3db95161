"""Which records of a source a dataset takes: those that name a subject, and one of those that repeat each other."""

from __future__ import annotations

import numpy as np

from crf2tlf.derive.issues import Issues
from crf2tlf.derive.tables import RawSource, Source, take_places
from crf2tlf.rules.columns import Column, IntArray, is_missing, kind_of, number_column, text_column
from crf2tlf.rules.functions import compute_number_texts
from crf2tlf.rules.vectors import compute_group_numbers, select_one_per_group
from crf2tlf.spec.model import Dataset, RecordSource


def select_with_subject(spec: Dataset, source: Source, positions: IntArray, issues: Issues) -> IntArray:
    """Without raw records that name no subject: each is an issue, since USUBJID is never missing in SDTM."""
    if not isinstance(source, RawSource) or "USUBJID" not in spec.variables:
        return positions
    nobody = is_missing(source.subjects())[positions]
    places = take_places(source.places(), positions)
    message = "the record names no subject and is left out"
    rows = np.full(len(positions), -1, dtype=np.int64)
    variable = spec.variables["USUBJID"]
    issues.add("NO_SUBJECT", variable, places, nobody, places.subjects, source.subject_field, message, rows)
    return positions[~nobody]


def select_distinct(
    spec: Dataset, record: RecordSource, source: Source, positions: IntArray, issues: Issues, start: int
) -> IntArray:
    """One record of those that agree in the `distinct` fields, and in a raw form in the subject, in source order.

    It is the first or last in the order of `order`, ties and no order as they stand. With `report` the others become
    issues that name the place of the one kept. `start` is the dataset's row of the first record.
    """
    if not record.distinct or not len(positions):
        return positions

    def taken(name: str) -> Column:
        return source.column(name).take(positions).reset_index(drop=True)

    columns = [taken(name) for name in record.distinct]
    subjects = [source.subjects().take(positions).reset_index(drop=True)] if isinstance(source, RawSource) else []
    groups = compute_group_numbers([*subjects, *columns], len(positions))
    every = np.ones(len(positions), dtype=bool)
    kept = np.sort(select_one_per_group(record.keep, [number_column(groups)], [taken(n) for n in record.order], every))
    if record.report:
        _report(spec, record, source, positions, issues, (groups, kept, start), columns)
    return positions[kept]


def joined_values(columns: list[Column], between: str = " | ") -> Column:
    """The values of several columns as one text a row; a missing value leaves its place empty."""
    whole = text_column([""] * len(columns[0])).fillna("")
    for number, column in enumerate(columns):
        text = compute_number_texts(column) if kind_of(column) == "number" else column
        whole = whole + (between if number else "") + text.fillna("")
    return whole


def _report(
    spec: Dataset,
    record: RecordSource,
    source: Source,
    positions: IntArray,
    issues: Issues,
    chosen: tuple[IntArray, IntArray, int],
    columns: list[Column],
) -> None:
    groups, kept, start = chosen
    winner_of_group = np.zeros(int(groups.max()) + 1, dtype=np.int64)
    winner_of_group[groups[kept]] = np.arange(len(kept))
    winner = winner_of_group[groups]
    places = take_places(source.places(), positions)
    left_out = kept[winner] != np.arange(len(positions))
    # A long form has several rows of one record, which is told once.
    told = np.flatnonzero(left_out)
    first = told[np.unique(places.rows[told], return_index=True)[1]]
    left_out = np.isin(np.arange(len(positions)), first)
    theirs = take_places(places, kept[winner])
    detail = "kept: " + theirs.files + " row " + text_column(theirs.rows.astype(str).tolist())
    variable = spec.variables.get("USUBJID") or next(iter(spec.variables.values()))
    rows = np.full(len(positions), -1, dtype=np.int64) if spec.parameters else start + winner
    issues.add(
        record.report,
        variable,
        places,
        left_out,
        joined_values(columns),
        ", ".join(record.distinct),
        "the record repeats another one and is left out",
        rows,
        severity="warning",
        spec=str(record.location),
        detail=detail,
    )
