"""The page that tells why each subject has the outcome it has, and who has another one under another rule set."""

from __future__ import annotations

from html import escape

import pandas as pd

from crf2tlf.list_page import render_list, render_list_page

MOST_ROWS = 20_000
"""More rows than a browser shows at ease; the Parquet file beside the page has all of them."""
_RULES = {"RULE": "Rule", "CNSR": "CNSR", "EVNTDESC": "Event or reason", "SUBJECTS": "Subjects"}
_SWITCHERS = {
    "USUBJID": "Subject", "SWITCH": "Switch", "ADT": "Date", "EXPLAIN": "Outcome", "TO_ADT": "Date there",
    "TO_EXPLAIN": "Outcome there",
}  # fmt: skip
_SUBJECTS = {
    "USUBJID": "Subject", "STARTDT": "Start", "ADT": "Date", "CNSR": "CNSR", "RULE": "Rule", "EXPLAIN": "Why",
    "SRCDOM": "From", "SRCVAR": "Variable", "SRCSEQ": "Record", "SPEC": "Spec",
}  # fmt: skip


def render_explained(study: str, study_id: str, explained: pd.DataFrame, switchers: pd.DataFrame) -> str:
    """A page that stands alone: subjects by rule, those who switch between rule sets, then every subject."""
    parts = [
        *(_rules(code, rows) for code, rows in explained.groupby(["PARAMCD", "PARAM"], sort=False)),
        *(_switchers(code, rows) for code, rows in switchers.groupby(["PARAMCD", "RULESET"], sort=False)),
        *(_subjects(code, rows) for code, rows in explained.head(MOST_ROWS).groupby(["PARAMCD", "PARAM"], sort=False)),
    ]
    subjects, switched = explained["USUBJID"].nunique(), switchers["USUBJID"].nunique()
    cut = f" The list of subjects ends after {MOST_ROWS:,} rows." if len(explained) > MOST_ROWS else ""
    introduction = (
        f'<span class="count">{subjects}</span> subjects, {explained["PARAMCD"].nunique()} parameters and rule sets; '
        f"{switched} subjects have another outcome under another rule set.{escape(cut)} "
        "Below: subjects by rule, subjects who switch, then why each subject has its outcome."
    )
    heading = f"Time to event of {study_id}: why each outcome"
    title = f"Time to event {study}"
    return render_list_page(title, heading, introduction, "\n".join(parts), label="Filter outcomes")


def _rules(code: object, rows: pd.DataFrame) -> str:
    """How many subjects each rule decides."""
    by = ["RULE", "CNSR", "EVNTDESC"]
    counted = rows.groupby(by, sort=False, dropna=False).size().rename("SUBJECTS").reset_index()
    shown = _whole(counted.sort_values("CNSR", kind="stable"))
    return render_list(f"{_words(code)}: outcomes by rule", shown, list(_RULES), list(_RULES.values()))


def _switchers(code: object, rows: pd.DataFrame) -> str:
    return render_list(f"{_words(code, ' against ')}: who switches", rows, list(_SWITCHERS), list(_SWITCHERS.values()))


def _subjects(code: object, rows: pd.DataFrame) -> str:
    return render_list(f"{_words(code)}: each subject", _whole(rows), list(_SUBJECTS), list(_SUBJECTS.values()))


def _words(code: object, between: str = ", ") -> str:
    return between.join(map(str, code)) if isinstance(code, tuple) else str(code)


def _whole(rows: pd.DataFrame) -> pd.DataFrame:
    """Numbers without a decimal point."""
    names = [name for name in ("CNSR", "SRCSEQ") if name in rows]
    return rows.assign(**{name: rows[name].astype("Int64") for name in names})
