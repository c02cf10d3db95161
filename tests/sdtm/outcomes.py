"""What became of each planted fault: caught by an issue that names its cell, rightly resolved, or missed.

Which issues catch a kind, and by which rule it is resolved, is read from the table of docs/sdtm_faults.md, so that the
page says what the test holds.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from planted import Planted
from right_answers import RIGHT_ANSWERS, Case

CAUGHT, RESOLVED, MISSED = "caught", "resolved", "missed"


@dataclass(frozen=True)
class Expectation:
    """How a kind is handled: the issues that tell it, the rules that resolve it, and the share that must be."""

    kind: str
    issues: frozenset[str]
    answers: tuple[str, ...]
    at_least: float


def read_expectations(root: Path) -> dict[str, Expectation]:
    """The table of docs/sdtm_faults.md: number, kind, what is done, issues, right answers, least share."""
    expectations = {}
    for line in (root / "docs" / "sdtm_faults.md").read_text("utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if not line.startswith("|") or len(cells) != 6 or not cells[0].isdigit():
            continue
        kind, issues, answers = cells[1], named(cells[3]), tuple(named(cells[4]))
        unknown = [answer for answer in answers if answer not in RIGHT_ANSWERS]
        assert not unknown, f"docs/sdtm_faults.md: {kind} names the unknown right answers {unknown}"
        share = float(cells[5].removesuffix("%")) / 100
        expectations[kind] = Expectation(kind, frozenset(issues), answers, share)
    return expectations


def named(cell: str) -> list[str]:
    """The names in backticks."""
    return re.findall(r"`([^`]+)`", cell)


def judge(planted: Planted, expectations: dict[str, Expectation]) -> pd.DataFrame:
    """Each case with its kind, subject, lines and outcome."""
    rows = []
    for (kind, subject, number), lines in planted.cases():
        case = Case(kind, subject, lines, planted)
        rows.append((kind, subject, number, outcome_of(case, expectations[kind]), describe(lines)))
    return pd.DataFrame(rows, columns=["kind", "subject", "case", "outcome", "lines"])


def outcome_of(case: Case, expected: Expectation) -> str:
    """Caught by an issue of the kind at a cell of the case, resolved by one of its rules, or missed."""
    if is_caught(case, expected.issues):
        return CAUGHT
    return RESOLVED if any(RIGHT_ANSWERS[name](case) for name in expected.answers) else MISSED


def is_caught(case: Case, rules: frozenset[str]) -> bool:
    """Whether an issue of the kind's rules stands at a row of the case, and names a field of it.

    A fault of a whole record (its subject, a copy of it) is in no one field.
    """
    issues = case.planted.faulty.issues
    mine = issues[issues["RULE"].isin(rules)]
    for file, row, fields in case.places():
        here = mine[(mine["ROW"] == row) & (mine["FILE"] == file)]
        for told in here["FIELD"].fillna(""):
            names = {base_of(name) for name in str(told).split(", ")}
            if case.is_of_records or names & {base_of(field) for field in fields}:
                return True
    return False


def base_of(field: str) -> str:
    """The item of a column: AESER for AESERCD and for AESER:text."""
    return field.partition(":")[0].removesuffix("CD")


def describe(lines: pd.DataFrame) -> str:
    """The lines of a case, short."""
    parts = zip(lines["file"], lines["row"], lines["field"], lines["raw"], lines["true"], strict=True)
    return "; ".join(f"{file}:{row} {field} {raw!r} for {true!r}" for file, row, field, raw, true in parts)


def count_outcomes(judged: pd.DataFrame) -> pd.DataFrame:
    """For each kind its cases, and how many of them were caught, resolved and missed."""
    counted = pd.crosstab(judged["kind"], judged["outcome"]).reindex(columns=[CAUGHT, RESOLVED, MISSED], fill_value=0)
    counted.insert(0, "cases", counted.sum(axis=1))
    return counted.reindex(judged["kind"].drop_duplicates())


def select_unexplained(planted: Planted, expectations: dict[str, Expectation]) -> pd.DataFrame:
    """The issues whose rule catches no kind of fault, counted by rule: consequences of faults, or false alarms."""
    known = frozenset().union(*(each.issues for each in expectations.values()))
    issues = planted.faulty.issues
    return issues[~issues["RULE"].isin(known)]
