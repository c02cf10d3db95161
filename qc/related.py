"""Records that name other records: SUPP--, RELREC, and the sources of ADaM records."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from qc.files import BoolArray, Files, IntArray


def find_lost_parents(files: Files, name: str) -> BoolArray:
    """SUPP-- and CO records whose IDVAR and IDVARVAL find no record of the subject in RDOMAIN (SDTMIG 3.4, 8.4, 8.5).

    Without IDVAR any record of the subject there will do; a comment without RDOMAIN is on no record.
    """
    frame = files.frame(name)
    lost = np.zeros(len(frame), dtype=bool)
    for rows, domain, variable in groups_of(frame, "RDOMAIN", "IDVAR"):
        if not domain:
            continue
        found = find_records(files, files.domain_frames(domain), variable, frame["USUBJID"], frame["IDVARVAL"], rows)
        lost[rows] = ~found
    return lost


def find_lost_relations(files: Files, name: str) -> BoolArray:
    """RELREC records that name no record, or that stand alone under their RELID (SDTMIG 3.4 section 8.2)."""
    frame = files.frame(name)
    lost = (~frame.duplicated(["USUBJID", "RELID"], keep=False)).to_numpy(dtype=bool)
    for rows, domain, variable in groups_of(frame, "RDOMAIN", "IDVAR"):
        datasets = files.domain_frames(domain)
        of_subject = frame["USUBJID"].take(rows).notna().to_numpy(dtype=bool)
        found = find_records(files, datasets, variable, frame["USUBJID"], frame["IDVARVAL"], rows)
        known = any(files.has(dataset, variable) for dataset in datasets)
        # Without a subject the record relates whole datasets, and names their variable.
        lost[rows] |= np.where(of_subject, ~found, not known)
    return lost


def find_lost_sources(files: Files, name: str, domain: str, variable: str, sequence: str) -> BoolArray:
    """Records whose source dataset, variable or sequence number does not exist for the subject."""
    frame = files.frame(name)
    lost = np.zeros(len(frame), dtype=bool)
    for rows, source, column in groups_of(frame, domain, variable):
        if not source:
            continue
        number = sequence_of(files, source)
        numbered = frame[sequence].take(rows).notna().to_numpy(dtype=bool)
        any_record = find_records(files, [source], "", frame["USUBJID"], frame[sequence], rows)
        record = find_records(files, [source], number, frame["USUBJID"], frame[sequence], rows)
        found = np.where(numbered, record if number else False, any_record)
        lost[rows] = ~found | (bool(column) and not files.has(source, column))
    return lost


def groups_of(frame: pd.DataFrame, first: str, second: str) -> Iterator[tuple[IntArray, str, str]]:
    """The row positions of each pair of values ("" where missing); of no rows there are none."""
    if not len(frame):
        return
    ones, twos = frame[first].fillna("").to_numpy(dtype=object), frame[second].fillna("").to_numpy(dtype=object)
    codes, pairs = pd.MultiIndex.from_arrays([ones, twos]).factorize(sort=True)
    for number, (one, two) in enumerate(pairs.tolist()):
        yield np.flatnonzero(codes == number).astype(np.int64), str(one), str(two)


def find_records(
    files: Files, datasets: list[str], variable: str, subjects: pd.Series, values: pd.Series, rows: IntArray
) -> BoolArray:
    """For each of the rows whether a dataset has a record of the subject, with the value where a variable is named."""
    found = np.zeros(len(rows), dtype=bool)
    wanted = subjects.take(rows).reset_index(drop=True)
    for dataset in datasets:
        if not files.has(dataset, "USUBJID") or (variable and not files.has(dataset, variable)):
            continue
        frame = files.frame(dataset)
        if not variable:
            found |= wanted.isin(files.subjects(dataset)).to_numpy(dtype=bool)
            continue
        number = frame[variable].dtype.kind == "f"
        asked = values.take(rows).reset_index(drop=True)
        asked = pd.to_numeric(asked.astype(object), errors="coerce") if number else asked.astype(object)
        there = frame[["USUBJID", variable]].dropna()
        keys = pd.MultiIndex.from_arrays([there["USUBJID"].astype(object), there[variable].astype(object)])
        found |= pd.MultiIndex.from_arrays([wanted.astype(object), asked.astype(object)]).isin(keys)
    return found


def sequence_of(files: Files, dataset: str) -> str:
    """The sequence variable of a dataset: ASEQ, its domain's, or that of the domain an ADaM dataset is made from."""
    names = ("ASEQ", f"{dataset[:2]}SEQ", f"{dataset[2:]}SEQ")
    return next((name for name in names if files.has(dataset, name)), "")
