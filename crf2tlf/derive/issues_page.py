"""The issues table as a page: a data manager's query list, grouped by rule, sortable and searchable."""

from __future__ import annotations

import pandas as pd

from crf2tlf.list_page import render_list, render_list_page

COLUMNS = ("USUBJID", "FORM", "ROW", "FIELD", "VALUE", "DETAIL", "DATASET", "VARIABLE", "FILE", "SPEC")


def render_issues(study: str, study_id: str, issues: pd.DataFrame, found_in: str = "raw data") -> str:
    """A page that stands alone: no asset, no network; `found_in` names the data in which the issues are."""
    count = len(issues)
    by_rule = issues.groupby(["RULE", "MESSAGE"])
    groups = [render_list(f"{rule}: {message}", rows, COLUMNS) for (rule, message), rows in by_rule]
    introduction = (
        f'<span class="count">{count}</span> issue{"s" if count != 1 else ""} in the {found_in}. '
        "Each is a value that could not be used as collected; it is kept here with its place."
    )
    body = "\n".join(groups) or "<p>No issue was found in the data.</p>"
    label = "Filter issues" if count else ""
    return render_list_page(f"Data issues {study}", f"Data issues of {study_id}", introduction, body, label=label)
