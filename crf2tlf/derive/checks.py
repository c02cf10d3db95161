"""Runs a dataset's checks of the data: each record that a check finds becomes an issue with its place."""

from __future__ import annotations

import numpy as np

from crf2tlf.derive.collected import find_collected
from crf2tlf.derive.engine import DerivedDataset
from crf2tlf.derive.scope import RowScope
from crf2tlf.derive.selection import joined_values
from crf2tlf.rules.columns import Column, text_column
from crf2tlf.rules.evaluate import evaluate_condition
from crf2tlf.rules.expressions import Reference
from crf2tlf.spec.model import Check


def report_checks(dataset: DerivedDataset) -> None:
    """Add the issues of all checks of a dataset to those of the run."""
    if not dataset.length:
        return
    for check in dataset.spec.checks:
        _report(dataset, check)


def _report(dataset: DerivedDataset, check: Check) -> None:
    """The issues stand where the first of the check's fields, then of what it shows, was collected for the record.

    Where nothing was collected for it they stand at the record, with the names and values that the check shows.
    """
    first = next(iter(dataset.spec.variables.values()))
    shown = [name for name in check.show if name in dataset.spec.variables]
    variable = dataset.spec.variables[shown[0]] if shown else first
    scope = RowScope(dataset, variable, np.arange(dataset.length))
    wrong = evaluate_condition(check.when, scope)
    if not wrong.any():
        return
    collected = find_collected(dataset, [*check.fields, *(Reference((name,)) for name in check.show)])
    values = [dataset.column(name) for name in check.show]
    names = text_column(", ".join(check.show), dataset.length)
    dataset.deriver.issues.add(
        check.id,
        variable,
        collected.places(dataset.places()),
        wrong,
        collected.column("values", joined_values(values) if values else text_column(None, dataset.length)),
        collected.column("fields", names),
        check.message,
        np.arange(dataset.length),
        severity=check.severity,
        spec=str(check.location),
        detail=_detail(check, values),
    )


def _detail(check: Check, values: list[Column]) -> Column | None:
    """The values of the variables that the check shows, each with its name."""
    if not values:
        return None
    named = [name + " " + joined_values([value]) for name, value in zip(check.show, values, strict=True)]
    whole = named[0]
    for each in named[1:]:
        whole = whole + ", " + each
    return whole.str.strip()
