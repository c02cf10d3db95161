"""The lists at the end of define.html: codelists, external dictionaries, methods and comments."""

from __future__ import annotations

from define.html_cells import anchor, link, plain_table, section, term_oid, text
from define.model import CodeList, Define, Item, Term


def codelists_section(define: Define) -> str:
    """The codelists with all their terms."""
    lists = [each for each in define.codelists if not each.dictionary]
    users = _users(define)
    blocks = "".join(_codelist(define, each, users.get(each.oid, [])) for each in lists)
    return section("codelists", "Codelists", len(lists), blocks)


def _users(define: Define) -> dict[str, list[Item]]:
    """The items that use each codelist."""
    users: dict[str, list[Item]] = {}
    for item in define.items:
        if item.codelist:
            users.setdefault(item.codelist, []).append(item)
    return users


def _codelist(define: Define, codelist: CodeList, users: list[Item]) -> str:
    coded = any(term.code for term in codelist.terms)
    heads = ["Term", *(["Decode"] if codelist.has_decodes else []), *(["NCI code"] if coded else [])]
    rows = [_term(codelist, term, coded) for term in codelist.terms]
    standard = next((each.title for each in define.standards if each.oid == codelist.standard), "")
    facts = f"{codelist.code} of {standard}" if codelist.code else "the sponsor's own"
    return (
        f'<article id="{anchor(codelist.oid)}"><h3>{text(codelist.name)}</h3>'
        f'<p class="facts">{text(facts)}<i></i>{text(codelist.data_type)}</p>{_used_by(users)}'
        f"{plain_table('codelist', heads, rows)}</article>"
    )


def _term(codelist: CodeList, term: Term, coded: bool) -> str:
    extended = ' <span class="badge">added by the sponsor</span>' if term.extended else ""
    cells = f'<th scope="row">{text(term.value)}{extended}</th>'
    cells += f"<td>{text(term.decode)}</td>" if codelist.has_decodes else ""
    cells += f'<td class="code">{text(term.code)}</td>' if coded else ""
    return f'<tr id="{anchor(term_oid(codelist, term))}">{cells}</tr>'


def _used_by(users: list[Item]) -> str:
    links = " ".join(link(item.oid, item.oid[3:]) for item in users)
    return f'<p class="used">Used by {links}</p>' if links else ""


def dictionaries_section(define: Define) -> str:
    """The external dictionaries with their versions."""
    external = [each for each in define.codelists if each.dictionary]
    users = _users(define)
    rows = [
        f'<tr id="{anchor(each.oid)}"><th scope="row">{text(each.name)}</th><td>{text(each.dictionary)}</td>'
        f"<td>{text(each.version)}</td><td>{text(each.data_type)}</td><td>{_used_by(users.get(each.oid, []))}</td></tr>"
        for each in external
    ]
    heads = ("Name", "Dictionary", "Version", "Type", "Variables")
    return section("dictionaries", "External dictionaries", len(external), plain_table("dictionaries", heads, rows))


def methods_section(define: Define) -> str:
    """The methods, each with the expression that ran."""
    rows = []
    for method in define.methods:
        owner = f"IT.{method.oid[3:]}"
        name = link(owner, method.oid[3:]) if owner in define.item else text(method.oid[3:])
        code = f"<code>{text(method.expression)}</code>" if method.expression else ""
        rows.append(
            f'<tr id="{anchor(method.oid)}"><th scope="row">{name}</th><td>{text(method.type)}</td>'
            f"<td>{text(method.text)}</td><td>{code}</td></tr>"
        )
    heads = ("Method of", "Type", "Description", "Expression (crf2tlf)")
    return section("methods", "Methods", len(rows), plain_table("methods", heads, rows))


def comments_section(define: Define) -> str:
    """The comments, each with the datasets and variables that it is on."""
    users: dict[str, list[str]] = {}
    for group in define.groups:
        users.setdefault(group.comment, []).append(link(group.oid, group.name))
    for item in define.items:
        users.setdefault(item.comment, []).append(link(item.oid, item.oid[3:]))
    rows = [
        f'<tr id="{anchor(each.oid)}"><td>{text(each.text)}</td>'
        f'<td class="used">{" ".join(users.get(each.oid, []))}</td></tr>'
        for each in define.comments
    ]
    return section("comments", "Comments", len(rows), plain_table("comments", ("Comment", "On"), rows))
