"""Checks of variables and values within the document: types, lengths, roles, origins, methods."""

from __future__ import annotations

from collections.abc import Iterator

from crf2tlf.spec.standards import Standards
from define.document import Document, Element, attribute, child, children, description, full
from define.findings import Finding, found

DATA_TYPES = (
    "text", "integer", "float", "date", "time", "datetime", "partialDate", "partialTime", "partialDatetime",
    "incompleteDatetime", "durationDatetime", "intervalDatetime",
)  # fmt: skip
WITH_LENGTH = ("text", "integer", "float")
MAX_LABEL_BYTES = 40
SOURCES = {
    "Collected": ("Investigator", "Subject", "Vendor"),
    "Derived": ("Sponsor", "Vendor"),
    "Assigned": ("Sponsor", "Vendor"),
    "Protocol": ("Sponsor",),
    "Predecessor": ("",),
    "Not Available": ("", "Sponsor", "Vendor"),
    "Other": ("", "Sponsor", "Vendor"),
}
"""The sources that go with each type of origin (Define-XML 2.1 section 5.3.11.3)."""
EXPECTED_TYPES = {
    "DOMAIN": ("DD0106", "Assigned"),
    "RDOMAIN": ("DD0107", "Assigned"),
    "STUDYID": ("DD0108", "Protocol"),
}
ONE_ORIGIN = {"USUBJID": "DD0109", "VISITNUM": "DD0110"}


def check_items(document: Document, standards: Standards | None) -> Iterator[Finding]:
    """Everything that the document says of variables and their values."""
    for oid, item in document.items.items():
        yield from _check_type(oid, item)
        for origin in children(item, "def:Origin"):
            yield from _check_origin(document, oid, origin)
    for group in document.groups.values():
        for ref, item in document.refs(group):
            yield from _check_variable(document, group, ref, item)
            if standards is not None and not document.is_adam:
                yield from _check_role(group, ref, item, standards)
    yield from _check_one_origin(document)
    yield from _check_where(document)


def _check_type(oid: str, item: Element) -> Iterator[Finding]:
    type_, length = attribute(item, "DataType"), attribute(item, "Length")
    digits = attribute(item, "SignificantDigits")
    if type_ not in DATA_TYPES:
        yield found("OD0075", oid, f"'{type_}' is no data type")
        return
    if type_ in WITH_LENGTH and not (length.isdecimal() and int(length) > 0):
        yield found("OD0070", oid, f"the Length of {type_} is '{length}'")
    if type_ == "float" and not digits.isdecimal():
        yield found("OD0071", oid, f"the SignificantDigits of float are '{digits}'")
    if (length and type_ not in WITH_LENGTH) or (digits and type_ != "float"):
        yield found(
            "DD0068", oid, f"{type_} has {'Length' if length and type_ not in WITH_LENGTH else 'SignificantDigits'}"
        )


def _check_origin(document: Document, oid: str, origin: Element) -> Iterator[Finding]:
    type_, source = attribute(origin, "Type"), attribute(origin, "Source")
    if source not in SOURCES.get(type_, ()):
        yield found("DD0073", oid, f"the origin '{type_}' has the source '{source}'")
    if type_ == "Predecessor" and not description(origin):
        yield found("DD0061", oid, "the predecessor is not named")
    documents = children(origin, "def:DocumentRef")
    on_crf = type_ == "Collected" and source in ("Investigator", "Subject")
    if on_crf and not any(children(each, "def:PDFPageRef") for each in documents):
        yield found("DD0035", oid, f"what is collected by the {source} names no page of the CRF")
    if not on_crf and any(children(each, "def:PDFPageRef") for each in documents):
        yield found("DD0035", oid, f"the origin {type_} {source} names pages".replace("  ", " "))
    for each in documents:
        if on_crf and attribute(each, "leafID") not in document.crf_leaves:
            yield found("DD0075", oid, f"the pages are of '{attribute(each, 'leafID')}', which is no annotated CRF")


def _check_variable(document: Document, group: Element, ref: Element, item: Element) -> Iterator[Finding]:
    oid, name = attribute(item, "OID"), attribute(item, "Name")
    yield from _check_ref(document, ref, item)
    if attribute(item, "SASFieldName") != name:
        yield found("DD0070", oid, f"SASFieldName is '{attribute(item, 'SASFieldName')}', Name '{name}'")
    label = description(item)
    if not label or len(label.encode()) > MAX_LABEL_BYTES:
        yield found("DD0058", oid, f"the description '{label}' has {len(label.encode())} bytes")
    if attribute(ref, "def:HasNoData") == "Yes" and not attribute(item, "def:CommentOID"):
        yield found("DEF011", oid, "def:HasNoData without a comment")
    if children(ref, "def:WhereClauseRef"):
        yield found("DEF015", oid, "a variable of a dataset has a where clause")
    values = document.values_of(item)
    if name == "QVAL" and values is None:
        yield found("DD0038", oid, "QVAL has no value-level metadata")
    yield from _check_values(document, item, values)
    if document.is_adam:
        if attribute(ref, "Role"):
            yield found("CORE-001081", oid, "a variable of ADaM has a Role")
        return
    type_ = _origin_type(item)
    if name in EXPECTED_TYPES and type_ != EXPECTED_TYPES[name][1]:
        rule, expected = EXPECTED_TYPES[name]
        yield found(rule, oid, f"the origin is '{type_}', not {expected}")
    if name == f"{attribute(group, 'Domain')}DY" and type_ != "Derived" and attribute(ref, "def:HasNoData") != "Yes":
        yield found("DD0105", oid, f"the origin is '{type_}', not Derived")


def _check_ref(document: Document, ref: Element, item: Element) -> Iterator[Finding]:
    oid = attribute(item, "OID")
    if attribute(ref, "Mandatory") not in ("Yes", "No"):
        yield found("OD0074", oid, f"Mandatory is '{attribute(ref, 'Mandatory')}'")
    if _origin_type(item) == "Derived" and not attribute(ref, "MethodOID") and _described(document, item):
        yield found("DD0042", oid, "what is derived has no method")


def _described(document: Document, item: Element) -> bool:
    """Whether the item stands for itself: the values of a value list may have the methods instead."""
    values = document.values_of(item)
    return values is None or not all(attribute(ref, "MethodOID") for ref in children(values, "odm:ItemRef"))


def _check_values(document: Document, item: Element, values: Element | None) -> Iterator[Finding]:
    oid = attribute(item, "OID")
    refs = list(document.refs(values)) if values is not None else []
    with_origin = [child(each, "def:Origin") is not None for _, each in refs]
    if child(item, "def:Origin") is None and not (refs and all(with_origin)):
        yield found("DD0072", oid, "neither the variable nor all its values have an origin")
    if child(item, "def:Origin") is not None and refs and all(with_origin):
        yield found("DD0074", oid, "the variable has an origin, and so have all its values")
    length = attribute(item, "Length")
    for ref, each in refs:
        yield from _check_ref(document, ref, each)
        value_oid, own = attribute(each, "OID"), attribute(each, "Length")
        if own.isdecimal() and length.isdecimal() and int(own) > int(length):
            yield found("DEF014", value_oid, f"the Length {own} is over that of {attribute(item, 'Name')}, {length}")
        if not children(ref, "def:WhereClauseRef"):
            yield found("DEF015", value_oid, "an item of a value list has no where clause")


def _origin_type(item: Element) -> str:
    origin = child(item, "def:Origin")
    return attribute(origin, "Type") if origin is not None else ""


def _check_role(group: Element, ref: Element, item: Element, standards: Standards) -> Iterator[Finding]:
    class_ = child(group, "def:Class")
    published = standards.variable(
        "SDTM",
        attribute(group, "Name"),
        attribute(item, "Name"),
        class_=attribute(class_, "Name") if class_ is not None else "",
    )
    role = attribute(ref, "Role")
    if published is not None and published.role and role != published.role:
        yield found("CORE-001081", attribute(item, "OID"), f"the Role is '{role}', in the guide '{published.role}'")


def _check_one_origin(document: Document) -> Iterator[Finding]:
    empty = {
        attribute(ref, "ItemOID")
        for group in document.groups.values()
        for ref, _ in document.refs(group)
        if attribute(ref, "def:HasNoData") == "Yes"
    }
    held = [item for oid, item in document.items.items() if oid not in empty]
    for name, rule in ONE_ORIGIN.items():
        types = {_origin_type(item) for item in held if attribute(item, "SASFieldName") == name}
        if len(types - {""}) > 1 and not document.is_adam:
            yield found(rule, name, f"the origins are {', '.join(sorted(types - {''}))}")


def _check_where(document: Document) -> Iterator[Finding]:
    dataset_of = _owners(document)
    for oid, clause in document.where_clauses.items():
        items = {attribute(each, "def:ItemOID") for each in clause.iter(full("odm:RangeCheck"))}
        owners = {dataset_of[item] for item in items if item in dataset_of}
        if len(owners) > 1 and not attribute(clause, "def:CommentOID"):
            yield found("DEF016", oid, f"the where clause is over {', '.join(sorted(owners))} and has no comment")


def _owners(document: Document) -> dict[str, str]:
    """The dataset of each variable, by identifier."""
    groups = document.groups.items()
    return {attribute(ref, "ItemOID"): oid for oid, group in groups for ref in children(group, "odm:ItemRef")}


def check_crf(document: Document) -> Iterator[Finding]:
    """The annotated CRF is acrf.pdf (FDA and PMDA technical conformance guides)."""
    for leaf_id in sorted(document.crf_leaves):
        leaf = document.leaves.get(leaf_id)
        if leaf is not None and attribute(leaf, "xlink:href").rpartition("/")[2] != "acrf.pdf":
            yield found("DD0102", leaf_id, f"the annotated CRF is '{attribute(leaf, 'xlink:href')}'")
