"""accepted_findings.csv: the findings that a study has looked at and explains."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from crf2tlf.errors import Fault, Location, SpecError, did_you_mean
from crf2tlf.rules.evaluate import KindError, evaluate_condition
from crf2tlf.rules.expressions import Expression, ExpressionError, Reference, parse_expression, references
from qc.files import BoolArray
from qc.rules import KINDS

FILE_NAME = "accepted_findings.csv"
COLUMNS = ("rule", "dataset", "variable", "selector", "reason")
CORE_RULE = re.compile(r"CORE-\d{6}\Z")


@dataclass(frozen=True)
class Accepted:
    """One line: the rule's kind, what it is about, a condition over the dataset's columns (None: all), and why.

    A rule of CDISC CORE is named by its number, and its findings are explained by the dataset.
    """

    rule: str
    dataset: str
    variable: str
    selector: Expression | None
    text: str
    reason: str
    location: Location

    @property
    def is_core(self) -> bool:
        """Whether the line explains a finding of CDISC CORE, which `qc` does not run."""
        return CORE_RULE.match(self.rule) is not None


@dataclass(frozen=True)
class Records:
    """A dataset's columns, as a condition sees them."""

    frame: pd.DataFrame

    @property
    def length(self) -> int:
        """The number of records."""
        return len(self.frame)

    def column(self, reference: Reference) -> pd.Series:
        """The column of that name."""
        return self.frame[reference.name].reset_index(drop=True)

    def constant(self, name: str) -> str | float:
        """Selectors have no constants: KeyError."""
        raise KeyError(name)


def read_accepted(path: Path, shown: str) -> tuple[Accepted, ...]:
    """The lines of a study's accepted_findings.csv, none where there is no file; `shown` is the path in messages.

    Raises SpecError with the faults of all lines: another header, an unknown rule, no reason, a selector that is no
    condition.
    """
    if not path.is_file():
        return ()
    faults: list[Fault] = []
    with path.open(encoding="utf-8-sig", newline="") as lines:
        reader = csv.reader(lines)
        header = tuple(next(reader, ()))
        if header != COLUMNS:
            message = f"the header must be {','.join(COLUMNS)}, not {','.join(header)}"
            raise SpecError([Fault(Location(shown, 1), "", message)])
        found = [read_line(row, Location(shown, reader.line_num), faults) for row in reader if row]
    if faults:
        raise SpecError(faults)
    return tuple(entry for entry in found if entry is not None)


def read_line(row: list[str], place: Location, faults: list[Fault]) -> Accepted | None:
    """One line; None after a fault."""
    if len(row) != len(COLUMNS):
        faults.append(Fault(place, "", f"{len(row)} fields where {len(COLUMNS)} are wanted"))
        return None
    rule, dataset, variable, text, reason = (field.strip() for field in row)
    core = CORE_RULE.match(rule) is not None
    if rule not in KINDS and not core:
        faults.append(Fault(place, "rule", f"there is no rule '{rule}'", did_you_mean(rule, KINDS)))
    if not reason:
        faults.append(Fault(place, "reason", "an accepted finding needs a reason"))
    if core and (variable or text):
        faults.append(Fault(place, "rule", f"a finding of {rule} is explained by dataset alone"))
    selector = None
    try:
        selector = parse_expression(text) if text else None
    except ExpressionError as error:
        faults.append(Fault(place, "selector", str(error)))
    return Accepted(rule, dataset, variable, selector, text, reason, place)


def select_accepted(entry: Accepted, frame: pd.DataFrame) -> BoolArray:
    """Where the selector holds; SpecError where it names a column that the dataset does not have."""
    if entry.selector is None:
        return np.ones(len(frame), dtype=bool)
    unknown = [each.dotted for each in references(entry.selector) if each.source or each.name not in frame]
    if unknown:
        message = f"{entry.dataset} has no column {unknown[0]}"
        raise SpecError([Fault(entry.location, "selector", message, did_you_mean(unknown[0], map(str, frame)))])
    try:
        return evaluate_condition(entry.selector, Records(frame))
    except (KindError, KeyError, TypeError) as error:
        raise SpecError([Fault(entry.location, "selector", f"it cannot be evaluated: {error}")]) from error


def group_accepted(entries: tuple[Accepted, ...]) -> Mapping[tuple[str, str, str], list[Accepted]]:
    """The entries by rule, dataset and variable."""
    groups: dict[tuple[str, str, str], list[Accepted]] = {}
    for entry in entries:
        groups.setdefault((entry.rule, entry.dataset, entry.variable), []).append(entry)
    return groups
