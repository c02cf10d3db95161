"""Value-level metadata against the records: each record falls under one where clause, and fits what it says."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from crf2tlf.rules.columns import BoolArray, is_true
from define.check_columns import check_column
from define.document import Document, Element, attribute, children
from define.findings import Finding, found

ORDERED = {"LT": "lt", "LE": "le", "GT": "gt", "GE": "ge"}


def check_value_list(document: Document, item: Element, values: Element, frame: pd.DataFrame) -> Iterator[Finding]:
    """Findings of the value list of a variable over the records of its dataset."""
    oid, name = attribute(item, "OID"), attribute(item, "Name")
    hits = np.zeros(len(frame), dtype=np.int64)
    for ref, value in document.refs(values):
        rows = compute_rows(document, ref, frame)
        if rows is None:
            continue
        hits += rows
        column = frame.loc[rows, name]
        yield from check_column(document, value, column, "DEF043")
        missing = int(column.isna().sum())
        if attribute(ref, "Mandatory") == "Yes" and missing:
            message = f"the value is mandatory and missing in {missing} of {len(column)} records"
            yield found("DEF036", attribute(value, "OID"), message)
        if not len(column):
            yield found("DEF042", attribute(value, "OID"), "no record falls under this where clause")
    # A record without a value needs no description.
    present = frame[name].notna().to_numpy(dtype=bool)
    uncovered, twice = int((present & (hits == 0)).sum()), int((hits > 1).sum())
    if uncovered:
        yield found("DEF042", oid, f"{uncovered} records fall under no where clause of the value list")
    if twice:
        yield found("DEF042", oid, f"{twice} records fall under more than one where clause of the value list")


def compute_rows(document: Document, ref: Element, frame: pd.DataFrame) -> BoolArray | None:
    """Where a value's where clauses hold; None where they ask for what the dataset does not have."""
    rows = np.zeros(len(frame), dtype=bool)
    for clause_ref in children(ref, "def:WhereClauseRef"):
        clause = document.where_clauses.get(attribute(clause_ref, "WhereClauseOID"))
        if clause is None:
            return None
        holds = np.ones(len(frame), dtype=bool)
        for check in children(clause, "odm:RangeCheck"):
            item = document.items.get(attribute(check, "def:ItemOID"))
            name = attribute(item, "Name") if item is not None else ""
            if name not in frame.columns:
                return None
            holds &= compute_condition(check, frame[name])
        rows |= holds
    return rows


def compute_condition(check: Element, column: pd.Series) -> BoolArray:
    """Where a range check holds for a column; a missing value fulfils none."""
    comparator = attribute(check, "Comparator")
    texts = [each.text or "" for each in children(check, "odm:CheckValue")]
    is_text = isinstance(column.dtype, pd.StringDtype)
    values: list[object] = list(texts) if is_text else [float(text) for text in texts if _is_number(text)]
    if comparator in ("EQ", "IN"):
        holds = column.isin(values)
    elif comparator in ("NE", "NOTIN"):
        holds = column.notna() & ~column.isin(values)
    elif comparator in ORDERED and values:
        holds = getattr(column, ORDERED[comparator])(values[0])
    else:
        return np.zeros(len(column), dtype=bool)
    return is_true(holds.astype("boolean"))


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
