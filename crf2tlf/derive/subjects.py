"""The subject once for all: USUBJID from the raw identifier, and the records of subjects that are left out."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from crf2tlf.derive.issues import EXCLUDED_SUBJECT, combine_issues, typed_issues
from crf2tlf.derive.tables import RawSource
from crf2tlf.rules.columns import BoolArray, Column
from crf2tlf.rules.evaluate import evaluate, evaluate_condition
from crf2tlf.rules.expressions import Expression, Reference
from crf2tlf.spec.facts import Exclusion
from crf2tlf.spec.model import Dataset, Study
from crf2tlf.spec.names import IDENTIFIER


class IdentifierScope:
    """What `subject.id` and `excluded` see: SUBJID, the identifier in the raw data."""

    def __init__(self, study: Study, identifiers: Column) -> None:
        self._study, self._identifiers = study, identifiers

    @property
    def length(self) -> int:
        return len(self._identifiers)

    def column(self, reference: Reference) -> Column:
        if reference.dotted != IDENTIFIER:
            raise KeyError(reference.dotted)
        return self._identifiers

    def constant(self, name: str) -> str | float:
        return self._study.constants[name]


def compute_subject_ids(study: Study, expression: Expression, identifiers: Column) -> Column:
    """USUBJID of each identifier."""
    return evaluate(expression, IdentifierScope(study, identifiers))


def find_excluded(study: Study, source: RawSource) -> dict[Exclusion, BoolArray]:
    """For each rule of `excluded` the records of a form that it leaves out; the first rule that holds has a record."""
    scope = IdentifierScope(study, source.identifiers())
    left = np.ones(source.length, dtype=bool)
    found: dict[Exclusion, BoolArray] = {}
    for rule in study.excluded:
        found[rule] = evaluate_condition(rule.where, scope) & left
        left &= ~found[rule]
    return found


def kept_rows(study: Study, source: RawSource) -> BoolArray:
    """The records of a form whose subjects are not excluded."""
    kept = np.ones(source.length, dtype=bool)
    for excluded in find_excluded(study, source).values():
        kept &= ~excluded
    return kept


def excluded_issues(study: Study, spec: Dataset, forms: Mapping[str, RawSource]) -> pd.DataFrame:
    """One note for each excluded subject and form: its first record and, as VALUE, the count of its records."""
    frames = []
    for form, source in sorted(forms.items()):
        places, identifiers = source.places(), source.identifiers()
        for rule, excluded in find_excluded(study, source).items():
            chosen = np.flatnonzero(excluded)
            if not len(chosen):
                continue
            # A long form has several rows of one record of the wide form: each record counts once.
            records = pd.DataFrame({"SUBJECT": identifiers.take(chosen).to_numpy(), "ROW": places.rows[chosen]})
            counts = records.drop_duplicates()["SUBJECT"].value_counts(sort=False)
            first = chosen[np.flatnonzero(~records["SUBJECT"].duplicated())]
            frame = pd.DataFrame({"USUBJID": identifiers.take(first).to_numpy(dtype=object)})
            frame = frame.assign(
                RULE=EXCLUDED_SUBJECT,
                SEVERITY="note",
                DATASET=spec.name,
                VARIABLE="USUBJID",
                FORM=form,
                FILE=places.files.take(first).to_numpy(dtype=object),
                ROW=places.rows[first],
                FIELD=source.subject_field,
                VALUE=frame["USUBJID"].map(counts).astype(str),
                MESSAGE=f"the subject is excluded: {rule.reason}",
                DETAIL=None,
                SPEC=str(rule.location),
            )
            frames.append(typed_issues(frame))
    return combine_issues(frames)


def combine_exclusions(issues: pd.DataFrame) -> pd.DataFrame:
    """The issues with one note for each excluded subject: where it is first told, and its records of all forms."""
    notes = issues["RULE"] == EXCLUDED_SUBJECT
    if not notes.any():
        return issues
    told = issues[notes].assign(RECORDS=issues["VALUE"][notes].astype("int64"))
    told = told.assign(LATER=told["DATASET"] != "DM").sort_values(["LATER", "DATASET", "FORM"], kind="stable")
    by = ["USUBJID", "SPEC"]
    counts = told.groupby(by)[["RECORDS"]].sum()
    first = told.drop_duplicates(by).drop(columns=["RECORDS", "LATER"])  # the note of DM, or of the first dataset
    whole = first.merge(counts, on=by, how="left", validate="one_to_one")
    many = whole["RECORDS"].map(lambda count: "1 record is" if count == 1 else f"{count} records are")
    whole["VALUE"] = whole["USUBJID"]
    whole["MESSAGE"] = whole["MESSAGE"] + "; " + many + " left out of every dataset"
    return combine_issues([issues[~notes], typed_issues(whole)])
