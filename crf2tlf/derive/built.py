"""A dataset whole: its records in key order, its supplemental qualifiers, its issues and its lineage."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from crf2tlf.derive.checks import report_checks
from crf2tlf.derive.engine import DerivedDataset, Deriver
from crf2tlf.derive.issues import combine_issues
from crf2tlf.rules.columns import TEXT, Column, IntArray, is_missing, text_column
from crf2tlf.rules.functions import compute_number_texts
from crf2tlf.rules.vectors import compute_order
from crf2tlf.spec.model import Dataset, Origin, Variable

SUPP_COLUMNS = ("STUDYID", "RDOMAIN", "USUBJID", "IDVAR", "IDVARVAL", "QNAM", "QLABEL", "QVAL", "QORIG", "QEVAL")
_QORIG = {"Collected": "CRF", "Derived": "DERIVED", "Assigned": "ASSIGNED", "Protocol": "PROTOCOL"}


@dataclass(frozen=True)
class Built:
    """What came out for one dataset.

    `records` has one row a record: DSROW (its number in the file, from 1), SOURCE, FILE and ROW in the raw data.
    `picked` has one row for each value that was chosen from another record: VARIABLE, DSROW, SOURCE, FILE, ROW.
    """

    frame: pd.DataFrame
    supp: pd.DataFrame
    issues: pd.DataFrame
    records: pd.DataFrame
    picked: pd.DataFrame


def build_dataset(deriver: Deriver, name: str) -> Built:
    """The dataset of the deriver's subjects, sorted by its keys."""
    derived = deriver.dataset(name)
    spec = derived.spec
    columns = {variable: derived.column(variable) for variable in spec.variables}
    order = _order(derived)
    frame = pd.DataFrame({name: _sorted(column, order) for name, column in columns.items()})
    supp = _supplemental(derived, order)
    report_checks(derived)
    subjects = derived.subjects() if "USUBJID" in spec.variables else None
    issues = deriver.issues.frame(spec.name, subjects)
    return Built(frame, supp, issues, _records(derived, order), _picked(derived, order))


def combine_blocks(spec: Dataset, blocks: Sequence[Built]) -> Built:
    """Blocks of different subjects as one dataset, sorted by the keys: the same whatever the blocks were."""
    if len(blocks) == 1:
        return blocks[0]
    starts = np.cumsum([0, *(len(block.frame) for block in blocks)])
    frame = pd.concat([block.frame for block in blocks], ignore_index=True)
    order = compute_order([frame[key] for key in spec.keys], len(frame))
    new_rows = np.empty(len(frame), dtype=np.int64)
    new_rows[order] = np.arange(1, len(frame) + 1)

    def renumbered(part: str) -> pd.DataFrame:
        shifted = [
            getattr(block, part).assign(DSROW=getattr(block, part)["DSROW"] + start)
            for block, start in zip(blocks, starts, strict=False)
        ]
        whole = pd.concat(shifted, ignore_index=True)
        whole["DSROW"] = new_rows[whole["DSROW"].to_numpy() - 1]
        by = [name for name in ("DSROW", "VARIABLE", "QNAM") if name in whole]
        ordered: pd.DataFrame = whole.sort_values(by, kind="stable", ignore_index=True)
        return ordered

    supp = renumbered("supp")
    issues = combine_issues([block.issues for block in blocks])
    ordered = pd.DataFrame({name: _sorted(frame[name], order) for name in frame})
    return Built(ordered, supp, issues, renumbered("records"), renumbered("picked"))


def _order(derived: DerivedDataset) -> IntArray:
    return compute_order([derived.column(key) for key in derived.spec.keys], derived.length)


def _sorted(column: Column, order: IntArray) -> Column:
    return column.take(order).reset_index(drop=True)


def _supplemental(derived: DerivedDataset, order: IntArray) -> pd.DataFrame:
    """One row for each record and qualifier that has a value, with DSROW for the record's number."""
    frames = [_qualifier(derived, variable, order) for variable in derived.spec.supp.values()]
    if not frames:
        empty: dict[str, Column] = {name: text_column([]) for name in SUPP_COLUMNS}
        return pd.DataFrame({**empty, "DSROW": np.zeros(0, dtype=np.int64)})
    whole = pd.concat(frames, ignore_index=True)
    return whole.sort_values(["DSROW", "QNAM"], kind="stable", ignore_index=True)


def _qualifier(derived: DerivedDataset, variable: Variable, order: IntArray) -> pd.DataFrame:
    values = _sorted(derived.column(f"{derived.spec.supp_name}.{variable.name}"), order)
    if variable.is_number:
        values = compute_number_texts(values)
    present = np.flatnonzero(~is_missing(values))
    count = len(present)
    idvar = derived.spec.sequence_variable

    def own(name: str) -> Column:
        return _sorted(derived.column(name), order).take(present).reset_index(drop=True)

    columns = {
        "STUDYID": own("STUDYID"),
        "RDOMAIN": text_column(derived.name, count),
        "USUBJID": own("USUBJID"),
        "IDVAR": text_column(idvar, count),
        "IDVARVAL": compute_number_texts(own(idvar)) if idvar else text_column(None, count),
        "QNAM": text_column(variable.name, count),
        "QLABEL": text_column(variable.label, count),
        "QVAL": values.take(present).reset_index(drop=True),
        "QORIG": text_column(submitted_origin(variable.origin), count),
        "QEVAL": text_column(variable.evaluator, count),
        "DSROW": present + 1,
    }
    return pd.DataFrame(columns)


def submitted_origin(origin: Origin) -> str:
    """QORIG in SDTMIG 3.4's words (section 8.4.1)."""
    return _QORIG.get(origin.type, origin.type.upper())


def _records(derived: DerivedDataset, order: IntArray) -> pd.DataFrame:
    places = derived.places()
    ids = np.array([part.record.id for part in derived.parts], dtype=object)[derived.part_numbers]
    return pd.DataFrame(
        {
            "DSROW": np.arange(1, derived.length + 1, dtype=np.int64),
            "RECORD": pd.Series(ids[order], dtype=TEXT),
            "SOURCE": _sorted(places.forms, order),
            "FILE": _sorted(places.files, order),
            "ROW": places.rows[order],
        }
    )


def _picked(derived: DerivedDataset, order: IntArray) -> pd.DataFrame:
    frames = [_empty_picked()]
    chosen_records = [(name, *record) for name in sorted(derived.picked) for record in derived.picked[name]]
    for name, source, positions in chosen_records:
        chosen = positions[order]
        rows = np.flatnonzero(chosen >= 0)
        places = source.places()
        taken = chosen[rows]
        frames.append(
            pd.DataFrame(
                {
                    "VARIABLE": text_column(name, len(rows)),
                    "DSROW": rows.astype(np.int64) + 1,
                    "SOURCE": places.forms.take(taken).reset_index(drop=True),
                    "FILE": places.files.take(taken).reset_index(drop=True),
                    "ROW": places.rows[taken],
                }
            )
        )
    whole = pd.concat(frames, ignore_index=True)
    return whole.sort_values(["DSROW", "VARIABLE"], kind="stable", ignore_index=True)


def _empty_picked() -> pd.DataFrame:
    none = np.zeros(0, dtype=np.int64)
    text = text_column([])
    return pd.DataFrame({"VARIABLE": text, "DSROW": none, "SOURCE": text, "FILE": text, "ROW": none})
