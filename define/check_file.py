"""Checks of the file itself: declaration, root, namespaces, and the shape of every element."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime

from define.document import (
    DEF,
    ODM,
    Document,
    Element,
    attribute,
    child,
    children,
    identifier,
    short,
)
from define.findings import Finding, found
from define.shapes import SHAPES, STRAY, WITH_TEXT, Shape

STANDARD_NAMES = frozenset(
    {
        "ADaM-OCCDSIG", "ADaMIG", "ADaMIG-MD", "ADaMIG-NCA", "ADaMIG-popPK", "BIMO", "CDISC/NCI", "SDTMIG", "SDTMIG-AP",
        "SDTMIG-MD", "SENDIG", "SENDIG-AR", "SENDIG-DART", "SENDIG-GENETOX",
    }
)  # fmt: skip
PUBLISHING_SETS = ("ADaM", "CDASH", "DEFINE-XML", "SDTM", "SEND")


def check_prologue(content: bytes) -> Iterator[Finding]:
    """Declaration and encoding."""
    declaration = re.match(rb"\xef\xbb\xbf?<\?xml[^>]*\?>|<\?xml[^>]*\?>", content)
    if declaration is None:
        yield found("OD0010", "file", "the file has no XML declaration")
        return
    encoding = re.search(rb"encoding=[\"']([^\"']+)[\"']", declaration.group())
    if encoding is not None and encoding.group(1).upper() != b"UTF-8":
        yield found("OD0011", "file", f"the encoding is {encoding.group(1).decode('ascii', 'replace')}, not UTF-8")


def check_root(root: Element) -> Iterator[Finding]:
    """The root element, its namespaces and attributes."""
    uris = set(root.nsmap.values())
    for uri in (ODM, DEF):
        if uri not in uris:
            yield found("DD0002", "ODM", f"the namespace {uri} is not declared")
    if attribute(root, "FileType") != "Snapshot":
        yield found("DD0019", "ODM", f"FileType is '{attribute(root, 'FileType')}', not Snapshot")
    if attribute(root, "def:Context") not in ("Submission", "Other"):
        yield found("DEF001", "ODM", f"def:Context is '{attribute(root, 'def:Context')}'")
    created = attribute(root, "CreationDateTime")
    try:
        timed = "T" in created and datetime.fromisoformat(created) is not None
    except ValueError:
        timed = False
    if created and not timed:
        yield found("OD0017", "ODM", f"CreationDateTime '{created}' is no date and time")


def check_shapes(document: Document) -> Iterator[Finding]:
    """Attributes and children of every element against the standard's."""
    yield from _check_shape(document.root)
    version = attribute(document.metadata, "def:DefineVersion")
    if not re.fullmatch(r"2\.1\.\d+", version):
        yield found("DD0020", identifier(document.metadata), f"def:DefineVersion is '{version}', not 2.1.n")


def _check_shape(element: Element) -> Iterator[Finding]:
    name = short(str(element.tag))
    shape = SHAPES[name]
    where = identifier(element)
    yield from _check_attributes(element, name, shape, where)
    if name in WITH_TEXT and not (element.text or "").strip():
        yield found("DD0006", where, f"{name} is empty")
    order = list(shape.children)
    last = 0
    for inner in element.iterchildren("*"):
        inner_name = short(str(inner.tag))
        if inner_name in STRAY:
            yield found("DD0010", where, f"{inner_name} is no part of Define-XML")
        elif inner_name not in shape.children:
            yield found("DD0007", where, f"{name} holds {inner_name}")
        else:
            position = order.index(inner_name)
            if position < last:
                yield found("DD0008", identifier(inner), f"{inner_name} stands after {order[last]} in {name}")
            last = max(last, position)
            yield from _check_shape(inner)
    for inner_name, required in shape.children.items():
        if required and child(element, inner_name) is None:
            yield found("DD0006", where, f"{name} has no {inner_name}")


def _check_attributes(element: Element, name: str, shape: Shape, where: str) -> Iterator[Finding]:
    for required in (each for each, needed in shape.attributes.items() if needed):
        if not attribute(element, required).strip():
            yield found("DD0003", where, f"{name} has no {required}")
    for given in map(short, map(str, element.attrib)):
        if given not in shape.attributes:
            yield found("DD0004", where, f"{name} has the attribute {given}")


def check_standards(document: Document) -> Iterator[Finding]:
    """Names, types and publishing sets of the standards."""
    for oid, standard in document.standards.items():
        name, type_ = attribute(standard, "Name"), attribute(standard, "Type")
        if name not in STANDARD_NAMES or (name == "CDISC/NCI") != (type_ == "CT") or type_ not in ("IG", "CT"):
            yield found("DD0021", oid, f"'{name}' of type '{type_}' is no standard of Define-XML 2.1")
        publishing_set = attribute(standard, "PublishingSet")
        if (type_ == "CT") != (publishing_set in PUBLISHING_SETS):
            yield found("DEF002", oid, f"a standard of type '{type_}' has the publishing set '{publishing_set}'")


def stylesheet(content: Element) -> str:
    """The href of the document's stylesheet; "" where it names none."""
    node = content.getprevious()
    while node is not None:
        href = re.search(r"href=[\"']([^\"']+)[\"']", str(node.text or ""))
        if href is not None and str(getattr(node, "target", "")) == "xml-stylesheet":
            return href.group(1)
        node = node.getprevious()
    return ""


def check_languages(document: Document) -> Iterator[Finding]:
    """A text stands once in each language."""
    for parent in document.root.iter(f"{{{ODM}}}Description", f"{{{ODM}}}Decode"):
        languages = [attribute(each, "xml:lang") for each in children(parent, "odm:TranslatedText")]
        if len(languages) != len(set(languages)):
            yield found("DD0062", identifier(parent), "a text stands twice in one language")
