"""A page of lists to work through: grouped, sortable by column, searchable; it stands alone, without network."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import pandas as pd

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


def render_list_page(title: str, heading: str, introduction: str, body: str, *, label: str) -> str:
    """The whole page; `introduction` and `body` are HTML, `label` names the search field, which "" leaves out."""
    search = f'<input id="filter" type="search" placeholder="Filter" aria-label="{escape(label)}">' if label else ""
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f'<meta name="viewport" content="width=device-width"><style>{_STYLE}</style></head><body>'
        f"<h1>{escape(heading)}</h1>"
        f"<p>{introduction}</p>{search}\n"
        f"{body}\n<script>{_SCRIPT}</script></body></html>\n"
    )


def render_list(heading: str, rows: pd.DataFrame, columns: Sequence[str], names: Sequence[str] = ()) -> str:
    """One group: its heading with the number of rows, and a table of the columns, headed by `names` or as they are."""
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in (names or columns))
    texts = rows[list(columns)].astype("string").fillna("")
    cells = [[f"<td>{escape(value)}</td>" for value in texts[name].tolist()] for name in columns]
    lines = "\n".join(f"<tr>{''.join(row)}</tr>" for row in zip(*cells, strict=True))
    return (
        f'<section><h2>{escape(heading)} <span class="count">({len(rows)})</span></h2>'
        f"<table><thead><tr>{head}</tr></thead><tbody>\n{lines}\n</tbody></table></section>"
    )
