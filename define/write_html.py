"""A Define as define.html: one page that needs nothing else, made from the same model as define.xml."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from define.html_cells import (
    anchor,
    file_link,
    link,
    origin_cell,
    paragraph,
    plain_table,
    section,
    table,
    terms_cell,
    text,
    type_cell,
    where_cell,
)
from define.html_lists import codelists_section, comments_section, dictionaries_section, methods_section
from define.html_results import results_section
from define.model import Define, ItemGroup, ItemRef

ASSETS = (Path(__file__).with_name("define.css"), Path(__file__).with_name("define.js"))
SECURITY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:"
"""Content security policy: the page can neither load nor send anything."""

VARIABLE_HEADS = (
    "Variable|in-name",
    "Label|in-label",
    "Key|in-key number",
    "Role|in-role",
    "Type, length|in-type",
    "Terms|in-terms",
    "Origin, method, comment",
)


def render_html(define: Define) -> str:
    """The page: a tree at the left, and the sections that it leads to."""
    style, script = (path.read_text(encoding="utf-8") for path in ASSETS)
    title = f"{define.study} {define.standard} data definitions"
    sections = [
        _documents(define),
        _standards(define),
        _datasets(define),
        *(_dataset(define, group) for group in define.groups),
        results_section(define),
        codelists_section(define),
        dictionaries_section(define),
        methods_section(define),
        comments_section(define),
    ]
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{text(SECURITY)}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{text(title)}</title><style>{style}</style></head>\n<body>"
        f'<a class="skip" href="#main">To the datasets</a>{_tree(define)}\n<div class="page">{_header(define)}\n'
        f'<main id="main" tabindex="-1">{"".join(section + chr(10) for section in sections)}'
        '<p id="nothing" hidden>Nothing on this page matches.</p></main></div>'
        f"{_help()}<script>{script}</script></body></html>\n"
    )


def _header(define: Define) -> str:
    facts = (
        ("Study", define.study),
        ("Protocol", define.protocol),
        ("Define-XML", define.version),
        ("Made", f"{define.created:%Y-%m-%d %H:%M} UTC"),
    )
    listed = "".join(f"<div><dt>{text(name)}</dt><dd>{text(value)}</dd></div>" for name, value in facts)
    origins = sorted({item.origin.type for item in define.items if item.origin is not None})
    options = "".join(f"<option>{text(origin)}</option>" for origin in origins)
    return (
        f'<header id="top"><p class="kind">{text(define.standard)} data definitions</p>'
        f"<h1>{text(define.description or define.study)}</h1><dl>{listed}</dl></header>"
        '<div class="bar" role="search"><label class="find"><span class="hidden">Search</span>'
        '<input id="search" type="search" placeholder="Search variables, labels, terms, methods …  ( / )" '
        'autocomplete="off" spellcheck="false"></label>'
        '<label>Origin <select id="origin"><option value="">all</option>' + options + "</select></label>"
        '<button type="button" id="values" aria-pressed="false">Value level</button>'
        '<output id="count" aria-live="polite"></output>'
        '<button type="button" id="keys" aria-label="Keyboard shortcuts">?</button></div>'
    )


def _help() -> str:
    keys = (
        ("/", "search"),
        ("Esc", "clear search and filter"),
        ("n  p", "next, previous section"),
        ("v", "show or hide all value-level rows"),
        ("t", "to the top"),
        ("?", "this help"),
    )
    rows = "".join(f"<dt><kbd>{text(key)}</kbd></dt><dd>{text(what)}</dd>" for key, what in keys)
    close = '<form method="dialog"><button>Close</button></form>'
    return f'<dialog id="help"><h2>Keyboard</h2><dl>{rows}</dl>{close}</dialog>'


def _tree(define: Define) -> str:
    documents = "".join(f"<li>{file_link(leaf.href, leaf.title)}</li>" for leaf in define.documents())
    datasets = [(group.oid, group.name, group.label) for group in define.groups]
    valued = [(item.oid, item.oid[3:], item.label) for item in define.items if item.value_list]
    lists = [(each.oid, each.name, "") for each in define.codelists if not each.dictionary]
    dictionaries = [(each.oid, each.name, each.version) for each in define.codelists if each.dictionary]
    displays = [(f"RD.{each.id}", each.name, each.title) for each in define.displays]
    methods = [(each.oid, each.oid[3:], "") for each in define.methods]
    comments = [(each.oid, each.oid[4:], "") for each in define.comments]
    return (
        f'<nav aria-label="Contents"><p class="brand"><a href="#top">{text(define.study)}</a>'
        f"<span>{text(define.standard)}</span></p>"
        + (f'<ul class="documents">{documents}</ul>' if documents else "")
        + '<p class="plain"><a href="#standards">Standards</a></p>'
        + _branch("Datasets", datasets, "datasets", is_open=True)
        + _branch("Value level", valued, "")
        + _branch("Analysis results", displays, "results")
        + _branch("Codelists", lists, "codelists")
        + _branch("Dictionaries", dictionaries, "dictionaries")
        + _branch("Methods", methods, "methods")
        + _branch("Comments", comments, "comments")
        + "</nav>"
    )


def _branch(title: str, entries: list[tuple[str, str, str]], target: str, *, is_open: bool = False) -> str:
    if not entries:
        return ""
    listed = "".join(
        f'<li><a href="#{anchor(oid)}"><span>{text(name)}</span>'
        f"{f' <small>{text(label)}</small>' if label else ''}</a></li>"
        for oid, name, label in entries
    )
    head = f'<a href="#{target}">{text(title)}</a>' if target else text(title)
    summary = f"<summary>{head}<i>{len(entries)}</i></summary>"
    return f"<details{' open' if is_open else ''}>{summary}<ul>{listed}</ul></details>"


def _documents(define: Define) -> str:
    leaves = [
        f"<li>{file_link(each.href, each.title)} <code>{text(each.href)}</code></li>" for each in define.documents()
    ]
    return section("documents", "Documents", len(leaves), f'<ul class="files">{"".join(leaves)}</ul>')


def _standards(define: Define) -> str:
    rows = "".join(
        f"<tr><td>{text(each.name)}</td><td>{text(each.type)}</td><td>{text(each.publishing_set)}</td>"
        f"<td>{text(each.version)}</td><td>Final</td></tr>"
        for each in define.standards
    )
    heads = ("Standard", "Type", "Publishing set", "Version", "Status")
    return section("standards", "Standards", len(define.standards), plain_table("standards", heads, [rows]))


def _datasets(define: Define) -> str:
    rows = "".join(_dataset_row(define, group) for group in define.groups)
    heads = ("Dataset", "Description", "Class", "Structure", "Keys", "Records|number", "Documentation", "File")
    return section("datasets", "Datasets", len(define.groups), plain_table("datasets", heads, [rows]))


def _dataset_row(define: Define, group: ItemGroup) -> str:
    keys = ", ".join(link(ref.item, define.item[ref.item].name) for ref in group.keys)
    class_ = text(group.class_) + (f'<br><span class="sub">{text(group.subclass)}</span>' if group.subclass else "")
    comment = text(define.comment[group.comment].text) if group.comment else ""
    place = file_link(group.leaf.href, group.leaf.title) if group.leaf else '<span class="badge empty">no data</span>'
    return (
        f"<tr><td>{link(group.oid, group.name, 'name')}</td><td>{text(group.label)}</td><td>{class_}</td>"
        f'<td>{text(group.structure)}</td><td class="keys">{keys}</td><td class="number">{group.rows:,}</td>'
        f"<td>{comment}</td><td>{place}</td></tr>"
    )


def _dataset(define: Define, group: ItemGroup) -> str:
    heads = [head for head in VARIABLE_HEADS if define.standard == "SDTM" or not head.startswith("Role")]
    bodies = [body for ref in group.refs for body in _variable(define, ref)]
    standard = next((each.title for each in define.standards if each.oid == group.standard), "not in a standard")
    facts = [group.class_, *([group.subclass] if group.subclass else []), group.structure, standard]
    place = file_link(group.leaf.href, group.leaf.title) if group.leaf else '<span class="badge empty">no data</span>'
    comment = text(define.comment[group.comment].text) if group.comment else ""
    return (
        f'<section id="{anchor(group.oid)}" class="dataset"><h2><span class="name">{text(group.name)}</span> '
        f'{text(group.label)}</h2><p class="facts">{"<i></i>".join(text(fact) for fact in facts)}<i></i>'
        f"{group.rows:,} records<i></i>{place}</p>{paragraph(comment, 'note')}"
        f"{table('variables', heads, bodies)}</section>"
    )


def _variable(define: Define, ref: ItemRef) -> Iterator[str]:
    """The row of a variable, and a group of rows with its values."""
    item = define.item[ref.item]
    values = define.value_list[item.value_list].refs if item.value_list else ()
    name = text(item.name) + (' <abbr title="mandatory: never missing">*</abbr>' if ref.mandatory else "")
    if values:
        name += (
            f'<button type="button" class="fold" aria-expanded="true" aria-controls="{anchor(item.value_list)}">'
            f'<span class="hidden">Values of {text(item.name)} </span>{len(values)}</button>'
        )
    yield f"<tbody>{_row(define, ref, name, 'variable')}</tbody>"
    if values:
        rows = "".join(_row(define, each, where_cell(define, each.where, decodes=False), "value") for each in values)
        yield f'<tbody class="values" id="{anchor(item.value_list)}">{rows}</tbody>'


def _row(define: Define, ref: ItemRef, head: str, class_: str) -> str:
    item = define.item[ref.item]
    origin = item.origin.type if item.origin is not None else ""
    marks = f"{class_}{' key' if ref.key else ''}{' nodata' if ref.no_data else ''}"
    role = f"<td>{text(ref.role)}</td>" if define.standard == "SDTM" else ""
    return (
        f'<tr id="{anchor(item.oid)}" class="{marks}" data-origin="{text(origin)}"><th scope="row">{head}</th>'
        f'<td>{text(item.label)}</td><td class="number">{ref.key or ""}</td>{role}<td>{type_cell(item)}</td>'
        f"<td>{terms_cell(define, item)}</td><td>{origin_cell(define, item, ref)}</td></tr>"
    )
