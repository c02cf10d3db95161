"""The issues table as a page: a data manager's query list, grouped by rule, sortable and searchable."""

from __future__ import annotations

from html import escape

import pandas as pd

COLUMNS = ("USUBJID", "FORM", "ROW", "FIELD", "VALUE", "DETAIL", "DATASET", "VARIABLE", "FILE", "SPEC")
_STYLE = """
:root{color-scheme:light dark;--line:#d5dbe3;--soft:#f3f6fa;--text:#1b2733;--page:#fff;--accent:#0b5cad}
@media(prefers-color-scheme:dark){:root{--line:#3a4653;--soft:#202a34;--text:#e4eaf0;--page:#141b22;--accent:#7fb8f0}}
body{margin:2rem auto;max-width:82rem;padding:0 1rem;font:15px/1.45 system-ui,sans-serif;color:var(--text);
background:var(--page)}
h1{font-size:1.4rem;margin-bottom:.2rem}h2{font-size:1.05rem;margin:2rem 0 .4rem}
table{border-collapse:collapse;width:100%}th,td{text-align:left;vertical-align:top;
padding:.25rem .6rem;border-bottom:1px solid var(--line)}
thead th{background:var(--soft);position:sticky;top:0;cursor:pointer}
input{font:inherit;padding:.35rem .6rem;width:22rem;max-width:100%;border:1px solid var(--line);background:var(--page);
color:inherit}.count{color:var(--accent);font-weight:600}
@media print{input{display:none}thead th{position:static}}
"""
_SCRIPT = """
const filter=document.getElementById('filter');
filter?.addEventListener('input',()=>{const wanted=filter.value.toLowerCase();
for(const row of document.querySelectorAll('tbody tr'))row.hidden=!row.textContent.toLowerCase().includes(wanted)});
for(const head of document.querySelectorAll('thead th'))head.addEventListener('click',()=>{
const body=head.closest('table').tBodies[0],at=head.cellIndex,down=head.dataset.down==='1';
head.dataset.down=down?'0':'1';
const text=row=>row.cells[at].textContent;
[...body.rows].sort((a,b)=>text(a).localeCompare(text(b),undefined,{numeric:true})*(down?-1:1))
.forEach(row=>body.append(row))});
"""


def render_issues(study: str, study_id: str, issues: pd.DataFrame) -> str:
    """A page that stands alone: no asset, no network."""
    count = len(issues)
    groups = [_group(str(rule), str(message), rows) for (rule, message), rows in issues.groupby(["RULE", "MESSAGE"])]
    body = "\n".join(groups) or "<p>No issue was found in the data.</p>"
    search = '<input id="filter" type="search" placeholder="Filter" aria-label="Filter issues">' if count else ""
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>Data issues {escape(study)}</title>'
        f'<meta name="viewport" content="width=device-width"><style>{_STYLE}</style></head><body>'
        f"<h1>Data issues of {escape(study_id)}</h1>"
        f'<p><span class="count">{count}</span> issue{"s" if count != 1 else ""} in the raw data. '
        f"Each is a value that could not be used as collected; it is kept here with its place.</p>{search}\n"
        f"{body}\n<script>{_SCRIPT}</script></body></html>\n"
    )


def _group(rule: str, message: str, rows: pd.DataFrame) -> str:
    head = "".join(f'<th scope="col">{name}</th>' for name in COLUMNS)
    texts = rows[list(COLUMNS)].astype("string").fillna("")
    columns = [[f"<td>{escape(value)}</td>" for value in texts[name].tolist()] for name in COLUMNS]
    lines = "\n".join(f"<tr>{''.join(cells)}</tr>" for cells in zip(*columns, strict=True))
    return (
        f'<section><h2>{escape(rule)}: {escape(message)} <span class="count">({len(rows)})</span></h2>'
        f"<table><thead><tr>{head}</tr></thead><tbody>\n{lines}\n</tbody></table></section>"
    )
