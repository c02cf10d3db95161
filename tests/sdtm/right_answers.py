"""The right answers of faults that need no query: what the SDTM must hold where a fault was rightly resolved.

Each function takes a case (all faulty cells of one fault) and says whether its SDTM is right, compared with the SDTM of
the clean extract.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import pandas as pd
from planted import COLUMN_LIST, FROM_OTHER_RECORDS, OF_SUBJECT, Planted

# RELREC holds numbers of records alone, SE dates that other pages of the subject give.
OF_OTHER_RECORDS = ("RELREC", "SE")
RECORD_KINDS = frozenset({"test_subject", "rescreened", "duplicate_page", "lesion_split", "grade_change"})


@dataclass(frozen=True)
class Case:
    """One planted fault: the lines of the manifest with its cells."""

    kind: str
    subject: str
    lines: pd.DataFrame
    planted: Planted

    @property
    def is_of_records(self) -> bool:
        """Whether whole records are wrong, not single fields."""
        return self.kind in RECORD_KINDS

    def places(self) -> Iterator[tuple[str, int, list[str]]]:
        """File, row and faulty fields of each faulty record."""
        for (file, row), mine in self.lines.groupby(["file", "row"], sort=False):
            yield str(file), int(row), [str(field) for field in mine["field"]]

    def values(self) -> Iterator[tuple[str, str]]:
        """The raw and the true value of each cell."""
        return zip(self.lines["raw"].fillna(""), self.lines["true"].fillna(""), strict=True)

    def twin(self, file: str, row: int) -> int | None:
        """The row of the clean extract that a row was made from; None for a record that should not be there."""
        return self.planted.twins.get((file, row))

    def pairs(self) -> Iterator[tuple[str, pd.DataFrame, pd.DataFrame]]:
        """For each faulty row and dataset made from it or from its twin: the records now and those of clean data."""
        for file, row, _ in self.places():
            twin = self.twin(file, row)
            now = self.planted.faulty.from_row(file, row)
            then = {} if twin is None else self.planted.clean.from_row(file, twin)
            for name in sorted({*now, *then} - {*OF_OTHER_RECORDS}):
                empty = self.planted.clean.records(name).iloc[:0]
                yield name, now.get(name, empty), then.get(name, empty)


def same_records(now: pd.DataFrame, then: pd.DataFrame, ignored: tuple[str, ...] = ()) -> bool:
    """Whether two sets of records hold the same, but for what they take from other records and `ignored` columns."""
    if len(now) != len(then):
        return False
    columns = [name for name in now.columns.union(then.columns, sort=False) if keeps(str(name), ignored)]
    left, right = (
        sorted(map(as_texts, frame.reindex(columns=columns).to_numpy(dtype=object))) for frame in (now, then)
    )
    return left == right


def as_texts(values: Iterable[object]) -> list[str]:
    """The values of a record; a missing one is an empty text."""
    return ["" if pd.isna(value) else str(value) for value in values]  # type: ignore[call-overload]


def keeps(column: str, ignored: tuple[str, ...]) -> bool:
    """Whether a column counts in a comparison."""
    others = (*COLUMN_LIST, *OF_SUBJECT, *ignored)
    return column not in others and not {column, column[2:]} & {*FROM_OTHER_RECORDS}


def is_same(case: Case) -> bool:
    """The records are those of the clean data, in every variable."""
    return all(same_records(now, then) for _, now, then in case.pairs())


def is_truncated(case: Case) -> bool:
    """The date holds the parts that are known, no more; everything else is as in the clean data."""
    known = {str(true): str(true)[: known_length(str(raw))] for raw, true in case.values()}
    pairs = [(now, then) for _, now, then in case.pairs()]
    dates = {str(name) for _, then in pairs for name in then.columns if str(name).endswith("DTC")}
    changed = {
        name
        for name in dates
        if any(holds(then, name, known) and holds(now, name, known.values()) for now, then in pairs)
    }
    return bool(changed) and all(
        same_records(now, then.assign(**{name: then[name].replace(known) for name in changed & set(then.columns)}))
        for now, then in pairs
    )


def known_length(raw: str) -> int:
    """How much of an ISO 8601 date a partial text gives: 2024-05-NK and 2023年5月 year and month, others the year."""
    return 7 if re.fullmatch(r"[0-9]{4}-[0-9]{2}-NK|[0-9]{4}年[0-9]{1,2}月", raw) else 4


def holds(records: pd.DataFrame, column: str, values: Iterable[str]) -> bool:
    """Whether a column has one of the values."""
    return column in records.columns and bool(records[column].isin(list(values)).any())


def is_unscheduled(case: Case) -> bool:
    """Only the visit and what groups by it are other than in the clean data, and it is an unscheduled one."""
    moved = ("VISIT", "VISITNUM", "VISITDY", "TRLNKGRP", "RSLNKGRP", "SVPRESP", "SVOCCUR", "PRSPID")
    for _, now, then in case.pairs():
        visits = now["VISIT"].dropna().str.startswith("UNSCHEDULED") if "VISIT" in now else pd.Series([], dtype=bool)
        if not visits.all() or not same_records(now, then, moved):
            return False
    return True


def is_one_person(case: Case) -> bool:
    """The earlier screening has no subject of its own in DM, and its number stands beside the later one."""
    later = case.subject.replace("-S", "-", 1)
    dm = case.planted.faulty.of_subject("DM", later)
    earlier = case.planted.faulty.of_subject("DM", case.subject)
    return len(dm) == 1 and not len(earlier) and case.subject in set(dm.get("PREVSUBJ", pd.Series(dtype=object)))


def is_converted(case: Case) -> bool:
    """Result and range in the standard unit are those of the clean data, within the digits of the other unit."""
    for _, now, then in case.pairs():
        both = then.merge(now, on="LBTESTCD", suffixes=("_THEN", ""), validate="1:1")
        if len(both) != len(then) or len(now) != len(then) or not same_records(both[["LBSTRESU"]], then[["LBSTRESU"]]):
            return False
        for name in ("LBSTRESN", "LBSTNRLO", "LBSTNRHI"):
            near = (both[name] / both[f"{name}_THEN"] - 1).abs() < CONVERSION_TOLERANCE
            if not (near | both[f"{name}_THEN"].isna()).all():
                return False
    return True


def is_split(case: Case) -> bool:
    """Both fragments are identified as parts of a split lesion, and measured."""
    subject = case.planted.faulty
    for file, row, _ in case.places():
        made = subject.from_row(file, row)
        if "TR" not in made or made["TR"]["TRSTRESN"].isna().any():
            return False
        links = set(made["TR"]["TRLNKID"])
        tu = subject.of_subject("TU", case.subject)
        if set(tu.loc[tu["TULNKID"].isin(links), "TUTESTCD"]) != {"TUSPLIT"}:
            return False
    return True


def is_same_size(case: Case) -> bool:
    """What the lesion measures, or that it was not measured, is as in the clean data."""
    size = ["TRTESTCD", "TRSTRESC", "TRSTRESN", "TRSTRESU", "TRSTAT", "TRREASND"]
    return all(same_records(now[size], then[size]) for name, now, then in case.pairs() if name == "TR")


def is_clinical(case: Case) -> bool:
    """The page gives a symptomatic deterioration, and no overall response."""
    made = [now for name, now, _ in case.pairs() if name == "RS"]
    tests = [list(zip(now["RSTESTCD"], now["RSSTRESC"], strict=True)) for now in made]
    return tests == [[("SYMPTDTR", "PD")]]


def is_same_but_verbatim(case: Case) -> bool:
    """What is coded and translated is as in the clean data; the text as written stands beside it."""
    return all(same_records(now, then, verbatim_of(now)) for _, now, then in case.pairs())


def verbatim_of(records: pd.DataFrame) -> tuple[str, ...]:
    """The qualifiers that hold texts as the site wrote them: AETERML beside AETERM."""
    names = [str(name) for name in records.columns]
    return tuple(name for name in names if name.endswith("L") and name[:-1] in names)


def is_same_drug(case: Case) -> bool:
    """The standardised name is as in the clean data; the name as written may be another one."""
    return all(same_records(now, then, ("CMTRT", *verbatim_of(now))) for _, now, then in case.pairs())


def is_gone(case: Case) -> bool:
    """No record of any dataset comes from the rows."""
    return not any(case.planted.faulty.from_row(file, row) for file, row, _ in case.places())


def is_new_specimen(case: Case) -> bool:
    """The results of the specimen are in MI, as those of a metastasis."""
    made = [now for name, now, _ in case.pairs() if name == "MI"]
    return bool(made) and all(set(now["MISPCCND"].dropna()) <= {"METASTASIS"} for now in made)


def is_untested(case: Case) -> bool:
    """MI holds HER2 2+ of the specimen, and GF says that the hybridisation was not done."""
    for file, row, _ in case.places():
        made = case.planted.faulty.from_row(file, row)
        mi = made["MI"]
        if set(mi.loc[mi["MITESTCD"] == "HER2", "MISTRESC"]) != {"2+"} or set(made["GF"]["GFSTAT"]) != {"NOT DONE"}:
            return False
    return True


CONVERSION_TOLERANCE = 0.03
"""Of the values as planted: a creatinine in mg/dL has two decimals, which is up to 3 % of a low one."""


RIGHT_ANSWERS: dict[str, Callable[[Case], bool]] = {
    "same": is_same,
    "truncated": is_truncated,
    "unscheduled": is_unscheduled,
    "one_person": is_one_person,
    "converted": is_converted,
    "split": is_split,
    "same_size": is_same_size,
    "clinical": is_clinical,
    "same_but_verbatim": is_same_but_verbatim,
    "same_drug": is_same_drug,
    "gone": is_gone,
    "new_specimen": is_new_specimen,
    "untested": is_untested,
}
