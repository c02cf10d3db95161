"""The findings table: what failed, where, how often, and whether the study accepts it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from qc.accepted import Accepted, group_accepted, select_accepted
from qc.evaluate import Outcome
from qc.files import BoolArray, Files, IntArray, compute_texts
from qc.rules import KINDS, SEVERITIES

TEXT = pd.StringDtype("pyarrow")
MAX_SUBJECTS, MAX_RECORDS = 5, 20
SEPARATOR = " | "
FINDING_COLUMNS = (
    "RULE",
    "SEVERITY",
    "DATASET",
    "VARIABLE",
    "COUNT",
    "CHECKED",
    "SUBJECTS",
    "RECORDS",
    "MESSAGE",
    "SPEC",
    "FIX",
    "STATUS",
    "REASON",
)
RECORD_COLUMNS = ("RULE", "DATASET", "VARIABLE", "DSROW", "USUBJID", "KEYS", "VALUES", "STATUS")
RULE_COLUMNS = ("ID", "RULE", "SEVERITY", "DATASET", "VARIABLE", "CHECKED", "FAILING", "BLOCKED", "SPEC")
WHOLE = ("COUNT", "CHECKED", "FAILING", "DSROW")


@dataclass(frozen=True)
class Findings:
    """`findings`: one row a rule and status. `records`: one row a failing record. `rules`: one row a rule."""

    findings: pd.DataFrame
    records: pd.DataFrame
    rules: pd.DataFrame


@dataclass(frozen=True)
class Part:
    """The failing records of a rule that share a status."""

    outcome: Outcome
    rows: IntArray
    faults: tuple[str, ...]
    status: str
    reason: str


def combine_findings(
    outcomes: Sequence[Outcome],
    files: Files,
    accepted: tuple[Accepted, ...],
    keys: Mapping[str, Sequence[str]],
) -> Findings:
    """The three tables. `keys` are the key variables of each dataset; an accepted line without a finding is one."""
    entries = group_accepted(accepted)
    used: set[Accepted] = set()
    parts = [part for outcome in outcomes if outcome.count for part in split_outcome(outcome, files, entries, used)]
    rows = [finding_row(part, files, keys) for part in parts]
    rows += [unmatched_row(entry) for entry in accepted if entry not in used]
    records = [frame for part in parts if len(part.rows) for frame in (describe_records(part, files, keys),)]
    return Findings(
        sort_findings(typed(rows, FINDING_COLUMNS)),
        pd.concat(records, ignore_index=True) if records else typed([], RECORD_COLUMNS),
        typed([rule_row(outcome) for outcome in outcomes], RULE_COLUMNS),
    )


def split_outcome(
    outcome: Outcome, files: Files, entries: Mapping[tuple[str, str, str], list[Accepted]], used: set[Accepted]
) -> list[Part]:
    """The failing records by what accepts them, the open ones first; the first line that selects a record counts."""
    rule = outcome.rule
    matching = entries.get((rule.kind, rule.dataset, rule.variable), [])
    if outcome.faults:
        whole = next((entry for entry in matching if entry.selector is None), None)
        used.update([whole] if whole else [])
        status, reason = ("accepted", whole.reason) if whole else ("open", "")
        return [Part(outcome, outcome.rows, outcome.faults, status, reason)]
    left: BoolArray = np.ones(len(outcome.rows), dtype=bool)
    parts = []
    for entry in matching:
        chosen = left & select_accepted(entry, files.frame(rule.dataset))[outcome.rows]
        if chosen.any():
            used.add(entry)
            parts.append(Part(outcome, outcome.rows[chosen], (), "accepted", entry.reason))
            left &= ~chosen
    remaining = [Part(outcome, outcome.rows[left], (), "open", "")] if left.any() else []
    return [*remaining, *parts]


def finding_row(part: Part, files: Files, keys: Mapping[str, Sequence[str]]) -> dict[str, object]:
    """One row of the findings table."""
    rule = part.outcome.rule
    shown = describe_records(part, files, keys, MAX_RECORDS) if len(part.rows) else None
    texts = list(part.faults)
    if shown is not None:
        pairs = zip(shown["KEYS"], shown["VALUES"], strict=True)
        texts = [f"{own} ({values})" if own and values else own or values for own, values in pairs]
        texts += ["..."] if len(part.rows) > MAX_RECORDS else []
    return {
        "RULE": rule.kind,
        "SEVERITY": rule.severity,
        "DATASET": rule.dataset,
        "VARIABLE": rule.variable,
        "COUNT": len(part.rows) + len(part.faults),
        "CHECKED": part.outcome.checked,
        "SUBJECTS": SEPARATOR.join(first_subjects(part, files)),
        "RECORDS": SEPARATOR.join(texts),
        "MESSAGE": rule.message,
        "SPEC": str(rule.location),
        "FIX": rule.fix,
        "STATUS": part.status,
        "REASON": part.reason,
    }


def first_subjects(part: Part, files: Files) -> list[str]:
    """At most five subjects of the failing records, in file order."""
    if not len(part.rows) or not files.has(part.outcome.rule.dataset, "USUBJID"):
        return []
    subjects = files.frame(part.outcome.rule.dataset)["USUBJID"].take(part.rows).dropna().drop_duplicates()
    return [str(subject) for subject in subjects.head(MAX_SUBJECTS)]


def describe_records(
    part: Part, files: Files, keys: Mapping[str, Sequence[str]], limit: int | None = None
) -> pd.DataFrame:
    """The failing records: number in the file, subject, key values, and the values that the rule looked at."""
    rule, rows = part.outcome.rule, part.rows[:limit]
    frame = files.frame(rule.dataset).take(rows).reset_index(drop=True)
    names = [name for name in keys.get(rule.dataset, ()) if name in frame and name != "STUDYID"]
    looked_at = [name for name in rule.columns if name not in (*names, "STUDYID") or name == rule.variable]
    empty = pd.Series([""] * len(rows), dtype=object)
    table = {
        "RULE": rule.kind,
        "DATASET": rule.dataset,
        "VARIABLE": rule.variable,
        "DSROW": rows + 1,
        "USUBJID": compute_texts(frame["USUBJID"]) if "USUBJID" in frame else empty,
        "KEYS": join_values(frame, names),
        "VALUES": join_values(frame, looked_at),
        "STATUS": part.status,
    }
    return pd.DataFrame(table).astype({name: TEXT for name in RECORD_COLUMNS if name not in WHOLE})


def join_values(frame: pd.DataFrame, names: Iterable[str]) -> pd.Series:
    """Texts like "AESEQ 3, AESTDTC 2014-01-02"."""
    joined = pd.Series([""] * len(frame), dtype=object)
    for number, name in enumerate(names):
        texts = compute_texts(frame[name])
        joined = joined + (", " if number else "") + f"{name} " + texts.where(texts != "", "missing")
    return joined


def unmatched_row(entry: Accepted) -> dict[str, object]:
    """The finding that an accepted line matches nothing."""
    kind = KINDS["accepted_unmatched"]
    about = "".join([entry.rule, f" for {(entry.selector and entry.text) or 'all records'}"])
    row: dict[str, object] = dict.fromkeys(FINDING_COLUMNS, "")
    return row | {
        "RULE": kind.name,
        "SEVERITY": kind.severity,
        "DATASET": entry.dataset,
        "VARIABLE": entry.variable,
        "COUNT": 1,
        "CHECKED": 1,
        "RECORDS": about,
        "MESSAGE": "an accepted finding does not occur",
        "SPEC": str(entry.location),
        "FIX": kind.fix,
        "STATUS": "open",
    }


def rule_row(outcome: Outcome) -> dict[str, object]:
    """One row of the table of rules."""
    rule = outcome.rule
    return {
        "ID": rule.id,
        "RULE": rule.kind,
        "SEVERITY": rule.severity,
        "DATASET": rule.dataset,
        "VARIABLE": rule.variable,
        "CHECKED": outcome.checked,
        "FAILING": outcome.count,
        "BLOCKED": outcome.blocked,
        "SPEC": str(rule.location),
    }


def typed(rows: Sequence[Mapping[str, object]], columns: Sequence[str]) -> pd.DataFrame:
    """Rows as a frame: counts are whole numbers, all else is text."""
    frame = pd.DataFrame(list(rows), columns=list(columns))
    return frame.astype({name: np.int64 if name in WHOLE else TEXT for name in columns})


def sort_findings(findings: pd.DataFrame) -> pd.DataFrame:
    """Open before accepted, errors first, then by dataset, rule and variable."""
    ranks = findings.assign(
        _status=(findings["STATUS"] != "open").astype(bool),
        _severity=findings["SEVERITY"].map({name: number for number, name in enumerate(SEVERITIES)}),
    )
    by = ["_status", "_severity", "DATASET", "RULE", "VARIABLE", "REASON"]
    return ranks.sort_values(by, kind="stable", ignore_index=True)[list(FINDING_COLUMNS)]
