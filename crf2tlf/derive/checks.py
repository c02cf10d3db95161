"""Runs a dataset's checks of the data: each record that a check finds becomes an issue with its place."""

from __future__ import annotations

import numpy as np

from crf2tlf.derive.engine import DerivedDataset
from crf2tlf.derive.scope import RowScope
from crf2tlf.rules.columns import Column, kind_of, text_column
from crf2tlf.rules.evaluate import evaluate_condition
from crf2tlf.rules.functions import compute_number_texts
from crf2tlf.spec.model import Check


def report_checks(dataset: DerivedDataset) -> None:
    """Add the issues of all checks of a dataset to those of the run."""
    if not dataset.length:
        return
    for check in dataset.spec.checks:
        _report(dataset, check)


def _report(dataset: DerivedDataset, check: Check) -> None:
    first = next(iter(dataset.spec.variables.values()))
    shown = [name for name in check.show if name in dataset.spec.variables]
    variable = dataset.spec.variables[shown[0]] if shown else first
    scope = RowScope(dataset, variable, np.arange(dataset.length))
    found = evaluate_condition(check.when, scope)
    if found.any():
        dataset.deriver.issues.add(
            check.id,
            variable,
            dataset.places(),
            found,
            _values(dataset, check),
            ", ".join(check.show),
            check.message,
            np.arange(dataset.length),
            severity=check.severity,
            spec=str(check.location),
        )


def _values(dataset: DerivedDataset, check: Check) -> Column:
    """The values of the variables that the check shows, as one text."""
    whole = text_column([""] * dataset.length).fillna("")
    for number, name in enumerate(check.show):
        column = dataset.column(name)
        text = compute_number_texts(column) if kind_of(column) == "number" else column
        whole = whole + (" | " if number else "") + text.fillna("")
    return whole
