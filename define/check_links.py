"""Checks of identifiers: unique, resolving, and none without use."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from define.document import Document, Element, attribute, children, full, identifier, short, terms
from define.findings import Finding, found

UNIQUE = (
    ("OD0030", "odm:ItemGroupDef", "OID"),
    ("OD0031", "odm:ItemDef", "OID"),
    ("OD0032", "odm:CodeList", "OID"),
    ("DD0012", "def:leaf", "ID"),
    ("DD0013", "odm:MethodDef", "OID"),
    ("DD0014", "def:ValueListDef", "OID"),
    ("DD0083", "def:CommentDef", "OID"),
    ("DD0051", "odm:ItemGroupDef", "SASDatasetName"),
    ("DD0088", "arm:ResultDisplay", "OID"),
    ("DD0088", "arm:ResultDisplay", "Name"),
    ("DD0088", "arm:AnalysisResult", "OID"),
    ("DEF003", "def:Standard", "OID"),
    ("DEF004", "def:WhereClauseDef", "OID"),
    ("DEF005", "odm:CodeList", "Name"),
)
REFERENCES = (
    ("OD0046", "odm:ItemRef", "ItemOID", "items"),
    ("OD0046", "odm:RangeCheck", "def:ItemOID", "items"),
    ("OD0048", "odm:CodeListRef", "CodeListOID", "codelists"),
    ("OD0048", "odm:ItemRef", "RoleCodeListOID", "codelists"),
    ("DD0015", "def:DocumentRef", "leafID", "leaves"),
    ("DD0016", "odm:ItemRef", "MethodOID", "methods"),
    ("DD0017", "def:ValueListRef", "ValueListOID", "value_lists"),
    ("DD0071", "*", "def:CommentOID", "comments"),
    ("DD0095", "arm:AnalysisDataset", "ItemGroupOID", "groups"),
    ("DD0095", "arm:AnalysisVariable", "ItemOID", "items"),
    ("DD0095", "arm:AnalysisResult", "ParameterOID", "items"),
    ("DEF006", "*", "def:StandardOID", "standards"),
    ("DEF007", "def:WhereClauseRef", "WhereClauseOID", "where_clauses"),
)
ORPHANS = (
    ("DD0067", "items", "item"),
    ("DD0078", "leaves", "document"),
    ("DD0079", "comments", "comment"),
    ("DD0080", "methods", "method"),
    ("DD0081", "value_lists", "value list"),
    ("DD0082", "codelists", "codelist"),
    ("DEF008", "where_clauses", "where clause"),
    ("DEF009", "standards", "standard"),
)


def check_unique(document: Document) -> Iterator[Finding]:
    """Identifiers and names that stand twice."""
    for rule, name, key in UNIQUE:
        values = [attribute(each, key) for each in document.metadata.iter(full(name))]
        yield from _repeated(rule, "", f"{short(name)} {key}", values)
    for parent in (*document.groups.values(), *document.value_lists.values()):
        refs = children(parent, "odm:ItemRef")
        where = identifier(parent)
        yield from _repeated("OD0041", where, "ItemOID", [attribute(ref, "ItemOID") for ref in refs])
        yield from _check_order(refs, where)
    for oid, codelist in document.codelists.items():
        listed = terms(codelist)
        yield from _repeated("OD0079", oid, "CodedValue", [attribute(term, "CodedValue") for term in listed])
        yield from _check_order(listed, oid)
    for oid, group in document.groups.items():
        keys = [attribute(ref, "KeySequence") for ref in children(group, "odm:ItemRef")]
        given = [key for key in keys if key]
        if given and sorted(given, key=lambda key: (len(key), key)) != [str(n + 1) for n in range(len(given))]:
            yield found("DD0041", oid, f"the KeySequences are {', '.join(given)}")


def _check_order(elements: list[Element], where: str) -> Iterator[Finding]:
    numbers = [attribute(each, "OrderNumber") for each in elements]
    if any(numbers) and not all(numbers):
        yield found("DEF017", where, "OrderNumber stands on some and not on all")
    yield from _repeated("OD0042", where, "OrderNumber", numbers)


def _repeated(rule: str, where: str, what: str, values: Iterable[str]) -> Iterator[Finding]:
    for value, count in Counter(value for value in values if value).items():
        if count > 1:
            yield found(rule, where or value, f"{what} '{value}' stands {count} times")


def check_references(document: Document) -> Iterator[Finding]:
    """References that lead nowhere."""
    for rule, name, key, kind in REFERENCES:
        known = getattr(document, kind)
        for element in document.root.iter(full(name) if name != "*" else "*"):
            value = attribute(element, key)
            if value and value not in known:
                yield found(rule, identifier(element), f"{key} '{value}' is not defined")


def check_orphans(document: Document) -> Iterator[Finding]:
    """Definitions that nothing refers to."""
    used: dict[str, set[str]] = {kind: set() for _, _, _, kind in REFERENCES}
    for _, name, key, kind in REFERENCES:
        # A where clause or an analysis does not make an item part of a dataset.
        if (kind, name) not in (("items", "odm:RangeCheck"), ("items", "arm:AnalysisVariable")):
            used[kind] |= {attribute(each, key) for each in document.root.iter(full(name) if name != "*" else "*")}
    used["leaves"] |= {attribute(group, "def:ArchiveLocationID") for group in document.groups.values()}
    for rule, kind, what in ORPHANS:
        for oid in getattr(document, kind):
            if oid not in used[kind]:
                yield found(rule, oid, f"nothing refers to this {what}")
