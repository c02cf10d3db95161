"""The frame of the stage's pages: one file each, with style and script inside, no asset, no network."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

_STYLE = """
:root{color-scheme:light dark;--line:#d5dbe3;--soft:#f3f6fa;--text:#1b2733;--quiet:#5a6875;--page:#fff;--accent:#0b5cad;
--bad:#b3261e;--warn:#8a5a00;--good:#1d6b3a}
@media(prefers-color-scheme:dark){:root{--line:#3a4653;--soft:#202a34;--text:#e4eaf0;--quiet:#9fb0c0;--page:#141b22;
--accent:#7fb8f0;--bad:#ff8a80;--warn:#f0b95a;--good:#7fd6a0}}
body{margin:2rem auto;max-width:84rem;padding:0 1rem;font:15px/1.45 system-ui,sans-serif;color:var(--text);
background:var(--page)}
h1{font-size:1.4rem;margin-bottom:.2rem}h2{font-size:1.05rem;margin:2rem 0 .4rem}a{color:var(--accent)}
.table{overflow-x:auto}table{border-collapse:collapse;width:100%}
th,td{text-align:left;vertical-align:top;padding:.3rem .6rem;border-bottom:1px solid var(--line);overflow-wrap:anywhere}
thead th{background:var(--soft);cursor:pointer;white-space:nowrap}td.number,th.number{text-align:right}
table.small{width:auto}td.short{white-space:nowrap}.quiet{color:var(--quiet)}.error{color:var(--bad);font-weight:600}
.warning{color:var(--warn);font-weight:600}.good{color:var(--good);font-weight:600}
.filters{display:flex;flex-wrap:wrap;gap:.6rem;margin:1rem 0}
input,select{font:inherit;padding:.35rem .6rem;border:1px solid var(--line);background:var(--page);color:inherit}
input{flex:1 1 16rem}summary{cursor:pointer}ul{margin:.2rem 0;padding-left:1.1rem}
@media print{.filters{display:none}body{max-width:none;margin:0}}
"""
_SCRIPT = """
const controls=[...document.querySelectorAll('.filters input,.filters select')];
const apply=()=>{for(const row of document.querySelectorAll('table.filtered tbody tr')){
row.hidden=controls.some(each=>each.dataset.column?each.value&&row.dataset[each.dataset.column]!==each.value
:!row.textContent.toLowerCase().includes(each.value.toLowerCase()))}
for(const part of document.querySelectorAll('section.group'))
part.hidden=![...part.querySelectorAll('tbody tr')].some(row=>!row.hidden)};
for(const each of controls)each.addEventListener('input',apply);
for(const head of document.querySelectorAll('thead th')){head.tabIndex=0;
const sort=()=>{const body=head.closest('table').tBodies[0],at=head.cellIndex,down=head.dataset.down==='1';
for(const other of head.parentElement.cells){
other.removeAttribute('aria-sort');if(other!==head)delete other.dataset.down}
head.dataset.down=down?'0':'1';head.setAttribute('aria-sort',down?'descending':'ascending');
const text=row=>row.cells[at].textContent;
[...body.rows].sort((a,b)=>text(a).localeCompare(text(b),'en',{numeric:true})*(down?-1:1))
.forEach(row=>body.append(row))};
head.addEventListener('click',sort);
head.addEventListener('keydown',event=>{if(event.key==='Enter')sort()})}
"""


def render_page(title: str, body: str) -> str:
    """A whole HTML page."""
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f'<meta name="viewport" content="width=device-width"><style>{_STYLE}</style></head><body>\n'
        f"{body}\n<script>{_SCRIPT}</script></body></html>\n"
    )


def render_table(heads: Sequence[str], rows: Iterable[str], classes: str = "", numbers: Sequence[str] = ()) -> str:
    """A table of rows that are HTML already."""
    cells = "".join(
        f'<th scope="col"{" class=number" if head in numbers else ""}>{escape(head)}</th>' for head in heads
    )
    lines = "\n".join(rows)
    kind = f' class="{classes}"' if classes else ""
    return f'<div class="table"><table{kind}><thead><tr>{cells}</tr></thead><tbody>\n{lines}\n</tbody></table></div>'


def cell(text: object, classes: str = "") -> str:
    """A table cell; a whole number is set to the right with commas."""
    if isinstance(text, int):
        return f'<td class="number">{text:,}</td>'
    kind = f' class="{classes}"' if classes else ""
    return f"<td{kind}>{escape(str(text))}</td>"


def short_place(place: object) -> str:
    """A place in the spec without the folders that all places share: sdtm/AE.yaml:14."""
    parts = str(place).split("/")
    return "/".join(parts[2:]) if parts[0] == "specs" and len(parts) > 2 else str(place)


def filters(placeholder: str, choices: Sequence[tuple[str, str, Sequence[str]]]) -> str:
    """A search field, and a choice for each (data attribute, label, values)."""
    parts = [f'<input type="search" placeholder="{escape(placeholder)}" aria-label="{escape(placeholder)}">']
    for column, label, values in choices:
        options = "".join(f"<option>{escape(value)}</option>" for value in values)
        parts.append(
            f'<select data-column="{column}" aria-label="{escape(label)}">'
            f'<option value="">{escape(label)}</option>{options}</select>'
        )
    return f'<div class="filters">{"".join(parts)}</div>'
