"""Where every raw field went, as a table and as a page: the variables made from it, or why it is not submitted."""

from __future__ import annotations

import hashlib

import pandas as pd

from crf2tlf.list_page import render_list, render_list_page
from crf2tlf.spec.model import Study
from crf2tlf.spec.raw_fields import Destination, trace_raw_fields

COLUMNS = ("FORM", "FIELD", "QUESTION", "USE", "DATASET", "VARIABLE", "WHEN", "VERB", "REASON", "SPEC")
SHOWN = COLUMNS[1:]


def tabulate_raw_fields(study: Study) -> pd.DataFrame:
    """One row for each destination of each raw field, in the order of forms and fields; no field is without a row.

    USE is value, condition, records, check or not submitted (see `crf2tlf.spec.raw_fields.Destination`). VARIABLE of a
    supplemental qualifier is its QNAM, and DATASET then SUPP--. SPEC is the line that says so.
    """
    rows = [_row(study, each) for each in trace_raw_fields(study)]
    return pd.DataFrame(rows, columns=list(COLUMNS), dtype="string")


def _row(study: Study, each: Destination) -> tuple[str, ...]:
    page = study.crf_page(each.form)
    item = page.item_of(each.field) if page is not None else None
    dataset = f"SUPP{each.dataset}" if each.supplemental else each.dataset
    place = str(each.location) if each.location is not None else ""
    return (
        each.form, each.field, item.label if item is not None else "", each.use, dataset, each.variable, each.when,
        each.verb, each.reason, place,
    )  # fmt: skip


def hash_table(fields: pd.DataFrame) -> str:
    """The hash of everything that the table says."""
    return hashlib.sha256(fields.to_csv(index=False).encode()).hexdigest()


def render_raw_fields(study: Study, fields: pd.DataFrame) -> str:
    """A page that stands alone, one list a form."""
    parts = [
        render_list(f"{study.forms[str(form)].label} ({form})", rows, SHOWN)
        for form, rows in fields.groupby("FORM", sort=False)
    ]
    submitted = fields["USE"].isin(["value", "condition"])
    pairs = fields[["FORM", "FIELD"]].drop_duplicates()
    count = len(fields.loc[submitted, ["FORM", "FIELD"]].drop_duplicates())
    introduction = (
        f'Of <span class="count">{len(pairs)}</span> raw fields {count} are submitted. A field makes the value of a '
        "variable, decides what it is, chooses records, is read by a check, or is not submitted, with the reason."
    )
    title = f"Raw fields {study.name}"
    return render_list_page(title, f"Raw fields of {study.study_id}", introduction, "\n".join(parts), label="Filter")
