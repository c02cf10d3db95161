"""The cells of define.html: everything that comes from a spec or from data is escaped here."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from urllib.parse import quote

from define.model import CodeList, Define, DefineOrigin, Item, ItemRef, RangeCheck, Term

TERMS_INLINE = 5
COMPARATORS = {"EQ": "=", "NE": "≠", "LT": "<", "LE": "≤", "GT": ">", "GE": "≥", "IN": "in", "NOTIN": "not in"}


def text(value: object) -> str:
    """A value as HTML text, also safe inside a quoted attribute."""
    return html.escape(str(value), quote=True)


def anchor(oid: str) -> str:
    """An identifier as the id of an HTML element; different identifiers stay different."""
    return re.sub(r"[^A-Za-z0-9.-]", lambda found: f"_{ord(found.group()):x}_", oid)


def link(oid: str, shown: str, class_: str = "") -> str:
    """A link to another place of the page."""
    extra = f' class="{class_}"' if class_ else ""
    return f'<a href="#{anchor(oid)}"{extra}>{text(shown)}</a>'


def file_link(href: str, shown: str, page: int | None = None) -> str:
    """A link to a file beside the page, at a page of a PDF."""
    target = quote(href) + (f"#page={page}" if page is not None else "")
    return f'<a href="{target}" class="file">{text(shown)}</a>'


def paragraph(content: str, class_: str) -> str:
    """A block of HTML, or nothing."""
    return f'<div class="{class_}">{content}</div>' if content else ""


def table(class_: str, heads: Iterable[str], bodies: Iterable[str]) -> str:
    """A table of finished row groups; a head is "Title", or "Title|class" where the column has one."""
    cells = []
    for head in heads:
        title, _, column = head.partition("|")
        attribute = f' class="{column}"' if column else ""
        cells.append(f'<th scope="col"{attribute}>{text(title)}</th>')
    return f'<table class="{class_}"><thead><tr>{"".join(cells)}</tr></thead>{"".join(bodies)}</table>'


def plain_table(class_: str, heads: Iterable[str], rows: Iterable[str]) -> str:
    """A table of finished rows."""
    return table(class_, heads, [f"<tbody>{''.join(rows)}</tbody>"])


def section(id_: str, title: str, count: int, content: str) -> str:
    """A section of the page with the number of things in it, or nothing where there are none."""
    return f'<section id="{id_}"><h2>{text(title)} <i>{count}</i></h2>{content}</section>' if count else ""


def term_text(term: Term) -> str:
    """A term with its decode: Y = Yes."""
    shown = f'<span class="term">{text(term.value)}</span>'
    # ASIAN needs no "Asian" beside it.
    if term.decode.lower() not in ("", term.value.lower()):
        shown += f' <span class="decode">{text(term.decode)}</span>'
    return shown


def terms_cell(define: Define, item: Item) -> str:
    """The codelist of an item: a link, its first terms, and how many more there are."""
    if not item.codelist:
        return ""
    codelist = define.codelist[item.codelist]
    if codelist.dictionary:
        return link(codelist.oid, f"{codelist.dictionary} {codelist.version}".strip(), "list")
    listed = "".join(f"<li>{term_text(term)}</li>" for term in codelist.terms[:TERMS_INLINE])
    more = len(codelist.terms) - TERMS_INLINE
    if more > 0:
        listed += f"<li>{link(codelist.oid, f'… and {more} more', 'more')}</li>"
    return f'{link(codelist.oid, codelist.name, "list")}<ul class="terms">{listed}</ul>'


def type_cell(item: Item) -> str:
    """Data type, length (with decimals behind a point) and display format."""
    # A narrow column may break durationDatetime between its words.
    shown = re.sub(r"(?<=[a-z])(?=[A-Z])", "<wbr>", text(item.data_type))
    if item.length is not None:
        decimals = f".{item.significant_digits}" if item.significant_digits is not None else ""
        shown += f' <span class="length">{item.length}{decimals}</span>'
    return shown + (f'<br><span class="format">{text(item.display_format)}</span>' if item.display_format else "")


def origin_cell(define: Define, item: Item, ref: ItemRef) -> str:
    """Origin with its pages, method and comment."""
    parts = [_origin(define, item.origin)] if item.origin is not None else []
    if ref.no_data:
        parts.insert(0, '<span class="badge empty">no data</span>')
    if ref.non_standard:
        parts.insert(0, '<span class="badge">not in the standard</span>')
    blocks = [" ".join(parts)]
    if ref.method:
        method = define.method[ref.method]
        blocks.append(paragraph(f"{link(method.oid, 'Method', 'what')} {text(method.text)}", "method"))
    if item.comment:
        comment = define.comment[item.comment]
        blocks.append(paragraph(f"{link(comment.oid, 'Comment', 'what')} {text(comment.text)}", "comment"))
    return "".join(blocks)


def _origin(define: Define, origin: DefineOrigin) -> str:
    shown = f'<span class="origin {text(origin.type.lower())}">{text(origin.type)}</span>'
    if origin.source:
        shown += f' <span class="source">{text(origin.source)}</span>'
    if origin.text:
        shown += f' <span class="predecessor">{text(origin.text)}</span>'
    if origin.document is not None:
        leaf = define.leaf[origin.document.leaf]
        pages = [file_link(leaf.href, str(page), page) for page in origin.document.pages]
        word = "page" if len(pages) == 1 else "pages"
        shown += f' <span class="pages">{text(leaf.title)} {word} {", ".join(pages)}</span>'
    return shown


def where_cell(define: Define, oids: Iterable[str], *, decodes: bool = True) -> str:
    """Where clauses: conditions joined by and, clauses by or; a value links to its term.

    Without `decodes` the decode of a value shows only when it is pointed at.
    """
    return ' <b class="logic">or</b> '.join(
        ' <b class="logic">and</b> '.join(_condition(define, each, decodes) for each in define.where_clause[oid].checks)
        for oid in oids
    )


def _condition(define: Define, check: RangeCheck, decodes: bool) -> str:
    item = define.item[check.item]
    codelist = define.codelist.get(item.codelist)
    values = ", ".join(_value(codelist, value, decodes) for value in check.values)
    return f"{link(item.oid, item.name)} {COMPARATORS[check.comparator]} {values}"


def _value(codelist: CodeList | None, value: str, decodes: bool) -> str:
    term = next((each for each in codelist.terms if each.value == value), None) if codelist is not None else None
    if codelist is None or term is None:
        return f'<span class="term">{text(value)}</span>'
    target = anchor(term_oid(codelist, term))
    shown = f'<a href="#{target}" class="term" title="{text(term.decode)}">{text(value)}</a>'
    decoded = decodes and term.decode and term.decode != value
    return shown + (f' <span class="decode">{text(term.decode)}</span>' if decoded else "")


def term_oid(codelist: CodeList, term: Term) -> str:
    """The identifier of a term's row."""
    return f"{codelist.oid}.TERM.{term.value}"
