"""The pages of the Great Expectations results: an index and one page a dataset, whole without a network.

Great Expectations' own pages load styles, scripts and fonts from elsewhere; these show the same facts from its results.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from qc.expectations import Result
from qc.page import cell, filters, render_page, render_table, short_place

MAX_SHOWN = 12
MAX_TEXT = 160


def summarize(dataset: str, records: int, results: Sequence[Result]) -> dict[str, Any]:
    """A dataset's results as JSON holds them."""
    return {
        "dataset": dataset,
        "records": records,
        "expectations": len(results),
        "failed": sum(result.failed for result in results),
        "results": [
            {
                "rule": result.rule.id,
                "expectation": snake_case(result.expectation.name),
                "success": not result.failed,
                "unexpected_records": len(result.rows),
            }
            for result in results
        ],
    }


def snake_case(name: str) -> str:
    """The type of an expectation class, as suites store it."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()


def render_dataset(study_id: str, dataset: str, records: int, results: Sequence[Result]) -> str:
    """One dataset's page."""
    failed = sum(result.failed for result in results)
    heads = ("Expectation", "Column", "Arguments", "Result", "Unexpected records", "Fails where", "Spec")
    rows = [render_result(result) for result in results]
    body = [
        f"<h1>{escape(dataset)}: expectations</h1>",
        f'<p><a href="index.html">{escape(study_id)}</a> · {records:,} records · {len(results):,} expectations, '
        f"{failed:,} failed</p>",
        filters("Filter expectations", (("result", "Any result", ("failed", "met")),)),
        render_table(heads, rows, "filtered"),
    ]
    return render_page(f"{dataset}: expectations", "\n".join(body))


def render_result(result: Result) -> str:
    """One expectation as a table row."""
    arguments = dict(result.expectation.arguments)
    column = str(arguments.pop("column", ""))
    if result.expectation.where:
        arguments["where"] = " = ".join(result.expectation.where)
    shown = [f"{name}: {shorten(value)}" for name, value in arguments.items() if name != "ignore_row_if"]
    status = "failed" if result.failed else "met"
    cells = (
        cell(snake_case(result.expectation.name).removeprefix("expect_").replace("_", " ")),
        cell(column, "short"),
        cell("; ".join(shown)),
        cell(status, result.rule.severity if result.failed else "good"),
        cell(show_rows(result)),
        cell(result.rule.message),
        cell(short_place(result.rule.location), "short"),
    )
    return f'<tr data-result="{status}">{"".join(cells)}</tr>'


def show_rows(result: Result) -> str:
    """The failing records by their number in the file."""
    if not len(result.rows):
        return "the whole file" if result.failed else ""
    shown = ", ".join(str(row + 1) for row in result.rows[:MAX_SHOWN].tolist())
    more = f" and {len(result.rows) - MAX_SHOWN:,} more" if len(result.rows) > MAX_SHOWN else ""
    return f"{len(result.rows):,}: records {shown}{more}"


def shorten(value: object) -> str:
    """An argument as text, long lists cut with their size."""
    if not isinstance(value, list):
        return str(value)
    text = ", ".join(str(each) for each in value)
    return text if len(text) <= MAX_TEXT else f"{text[:MAX_TEXT]}... ({len(value):,} values)"


def render_index(study_id: str, summaries: Sequence[Mapping[str, Any]]) -> str:
    """The page that leads to the datasets' pages."""
    rows = []
    for each in summaries:
        name, failed = str(each["dataset"]), int(each["failed"])
        link = f'<a href="{escape(name.lower())}.html">{escape(name)}</a>'
        status = cell("failed", "error") if failed else cell("met", "good")
        counts = (int(each["records"]), int(each["expectations"]), failed)
        rows.append(f"<tr><td>{link}</td>{''.join(cell(count) for count in counts)}{status}</tr>")
    heads = ("Dataset", "Records", "Expectations", "Failed", "Result")
    total = sum(int(each["expectations"]) for each in summaries)
    body = [
        f"<h1>Expectations of {escape(study_id)}</h1>",
        f"<p>{total:,} expectations, generated from the specification and run with Great Expectations over the "
        'datasets as written. <a href="../report.html">All findings</a></p>',
        render_table(heads, rows, numbers=("Records", "Expectations", "Failed")),
    ]
    return render_page(f"Expectations of {study_id}", "\n".join(body))
