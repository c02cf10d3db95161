"""Whether the two runs of the rules agree, record by record."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np

from crf2tlf.errors import Context, ProgramError
from qc.evaluate import Outcome
from qc.expectations import Result


def require_agreement(study: str, outcomes: Iterable[Outcome], results: Iterable[Result]) -> None:
    """Raise ProgramError, naming every rule, where the runs do not fail the same records."""
    first = {outcome.rule.id: outcome for outcome in outcomes}
    faults = [fault for result in results if (fault := find_difference(first, result))]
    if faults:
        fix = "a check or the reading of the file is wrong: compare the records in qc/records.parquet"
        raise ProgramError(
            "Great Expectations and the rules disagree: " + "; ".join(faults), Context(study=study, fix=fix)
        )


def find_difference(first: Mapping[str, Outcome], result: Result) -> str:
    """How the two runs of a rule differ, or ""."""
    outcome = first[result.rule.id]
    if outcome.faults or not len(outcome.rows):
        same = result.failed == bool(outcome.faults)
        return "" if same else f"{result.rule.id} ({outcome.count} and {int(result.failed)} faults)"
    if np.array_equal(outcome.rows, result.rows):
        return ""
    return f"{result.rule.id} ({len(outcome.rows)} and {len(result.rows)} records)"
