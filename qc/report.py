"""report.html: the findings, grouped by dataset, with what the study accepts, and what was checked."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from html import escape
from typing import Any

import pandas as pd

from qc.findings import SEPARATOR
from qc.page import cell, filters, render_page, render_table, short_place
from qc.rules import KINDS, SEVERITIES

HEADS = ("Rule", "Variable", "Count", "Severity", "Status", "What is wrong", "Records", "Spec", "What to do")
STATUSES = ("open", "accepted")


def render_report(study_id: str, findings: pd.DataFrame, rules: pd.DataFrame, agreement: Mapping[str, int]) -> str:
    """A page that stands alone."""
    groups = [render_group(str(dataset), rows) for dataset, rows in findings.groupby("DATASET", sort=True)]
    body = [
        f"<h1>Findings of {escape(study_id)}</h1>",
        f"<p>{render_counts(findings, rules)} {render_agreement(agreement)}</p>",
        render_severities(findings),
    ]
    if len(findings):
        choices = (("severity", "Any severity", SEVERITIES), ("status", "Any status", STATUSES))
        body.append(filters("Filter findings", choices))
    body += groups or ["<p>No rule failed.</p>"]
    body += ["<h2>What was checked</h2>", render_kinds(rules), render_blocked(rules)]
    return render_page(f"Findings of {study_id}", "\n".join(body))


def render_counts(findings: pd.DataFrame, rules: pd.DataFrame) -> str:
    """How many rules were applied and how many findings there are."""
    opened = int((findings["STATUS"] == "open").sum())
    applied = int((rules["BLOCKED"] == "").sum())
    return (
        f"{applied:,} rules from the specification were applied to the datasets as written: {opened:,} open and "
        f"{len(findings) - opened:,} accepted finding{'s' if len(findings) - opened != 1 else ''}."
    )


def render_agreement(agreement: Mapping[str, int]) -> str:
    """What the second run said."""
    return (
        f"{agreement['expectations']:,} of the rules were run again with Great Expectations, which failed the same "
        'records (<a href="data_docs/index.html">its pages</a>).'
    )


def render_severities(findings: pd.DataFrame) -> str:
    """Counts of findings by severity and status."""
    rows = []
    for severity in SEVERITIES:
        of_severity = findings[findings["SEVERITY"] == severity]
        counts = [int((of_severity["STATUS"] == status).sum()) for status in STATUSES]
        rows.append(f"<tr>{cell(severity, severity)}{''.join(cell(count) for count in counts)}</tr>")
    return render_table(("Severity", "Open", "Accepted"), rows, "small", numbers=("Open", "Accepted"))


def render_group(dataset: str, rows: pd.DataFrame) -> str:
    """One dataset's findings."""
    lines = [render_finding(row) for row in rows.to_dict("records")]
    table = render_table(HEADS, lines, "filtered", ("Count",))
    return f'<section class="group"><h2>{escape(dataset)}</h2>{table}</section>'


def render_finding(row: Mapping[Hashable, Any]) -> str:
    """One finding as a table row."""
    severity, status = str(row["SEVERITY"]), str(row["STATUS"])
    message, reason = str(row["MESSAGE"]), str(row["REASON"])
    accepted = f'<br><span class="quiet">Accepted: {escape(reason)}</span>' if reason else ""
    cells = (
        cell(row["RULE"], "short"),
        cell(row["VARIABLE"], "short"),
        cell(int(row["COUNT"])),
        cell(severity, severity),
        cell(status, "good short" if status == "accepted" else "short"),
        f"<td>{escape(message)}{accepted}</td>",
        f"<td>{render_records(str(row['RECORDS']))}</td>",
        cell(short_place(row["SPEC"]), "short"),
        cell(row["FIX"]),
    )
    return f'<tr data-severity="{severity}" data-status="{status}">{"".join(cells)}</tr>'


def render_records(text: str) -> str:
    """The records of a finding: one as it is, several behind a fold."""
    texts = text.split(SEPARATOR)
    if len(texts) == 1:
        return escape(text)
    items = "".join(f"<li>{escape(each)}</li>" for each in texts)
    return f"<details><summary>{escape(texts[0])}</summary><ul>{items}</ul></details>"


def render_kinds(rules: pd.DataFrame) -> str:
    """Each kind of rule: what it asks for, how often it was applied, how many records failed."""
    rows = []
    for name, kind in KINDS.items():
        of_kind = rules[(rules["RULE"] == name) & (rules["BLOCKED"] == "")]
        if len(of_kind):
            counts = (len(of_kind), int(of_kind["CHECKED"].sum()), int(of_kind["FAILING"].sum()))
            rows.append(f"<tr>{cell(name, 'short')}{cell(kind.asks)}{''.join(cell(count) for count in counts)}</tr>")
    heads = ("Rule", "Asks for", "Rules", "Checks", "Failing")
    return render_table(heads, rows, numbers=("Rules", "Checks", "Failing"))


def render_blocked(rules: pd.DataFrame) -> str:
    """The rules that could not be checked, and why; nothing where there are none."""
    blocked = rules[rules["BLOCKED"] != ""]
    if not len(blocked):
        return ""
    rows = [
        f"<tr>{cell(row['ID'])}{cell(row['BLOCKED'])}{cell(row['SPEC'])}</tr>" for row in blocked.to_dict("records")
    ]
    return f"<h2>What could not be checked</h2>{render_table(('Rule', 'Why', 'Spec'), rows)}"
