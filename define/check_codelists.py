"""Checks of codelists, methods and analysis results within the document."""

from __future__ import annotations

import re
from collections.abc import Iterator

from crf2tlf.spec.standards import StandardCodelist, Standards
from crf2tlf.spec.standards_records import StandardVariable
from define.document import Document, Element, attribute, child, children, full, ncit_code, terms
from define.findings import Finding, found

NUMBERS = ("integer", "float")
METHOD_TYPES = ("Computation", "Imputation")


def check_codelists(document: Document, standards: Standards | None) -> Iterator[Finding]:
    """Everything that the document says of codelists."""
    for oid, codelist in document.codelists.items():
        external = child(codelist, "odm:ExternalCodeList")
        listed = terms(codelist)
        if not listed and external is None:
            yield found("OD0081", oid, "the codelist has neither terms nor a dictionary")
        if external is not None:
            yield from _check_dictionary(oid, external)
            continue
        if children(codelist, "odm:CodeListItem") and children(codelist, "odm:EnumeratedItem"):
            yield found("OD0082", oid, "some terms have a decode and some have none")
        standard, non_standard = attribute(codelist, "def:StandardOID"), attribute(codelist, "def:IsNonStandard")
        if bool(standard) == (non_standard == "Yes"):
            yield found("DEF018", oid, "the codelist needs either def:StandardOID or def:IsNonStandard")
        if standard:
            yield from _check_codes(oid, codelist, listed)
        if standards is not None and ncit_code(codelist):
            yield from _check_published(oid, codelist, listed, standards.codelist(ncit_code(codelist)))
    yield from _check_types(document)
    if standards is not None:
        yield from _check_guide_lists(document, standards)


def _check_dictionary(oid: str, external: Element) -> Iterator[Finding]:
    version = attribute(external, "Version")
    if attribute(external, "Dictionary") == "MedDRA" and not re.fullmatch(r"\d+\.[01]", version):
        yield found("DD0025", oid, f"the version of MedDRA is '{version}'")


def _check_codes(oid: str, codelist: Element, listed: list[Element]) -> Iterator[Finding]:
    if not ncit_code(codelist):
        yield found("DD0028", oid, "the CDISC list has no C-code")
    for term in listed:
        extended = attribute(term, "def:ExtendedValue") == "Yes"
        if not ncit_code(term) and not extended:
            yield found("DD0028", oid, f"the term '{attribute(term, 'CodedValue')}' has no C-code")
        if ncit_code(term) and extended:
            yield found("DD0029", oid, f"the term '{attribute(term, 'CodedValue')}' is marked ExtendedValue and coded")


def _check_published(
    oid: str, codelist: Element, listed: list[Element], published: StandardCodelist | None
) -> Iterator[Finding]:
    if published is None:
        yield found("DD0031", oid, f"'{ncit_code(codelist)}' is no list of the terminology in use")
        return
    for term in listed:
        value, code = attribute(term, "CodedValue"), ncit_code(term)
        known = published.terms.get(value)
        if known is None and not published.extensible:
            yield found("DD0024", oid, f"'{value}' is not in {published.code}, which is not extensible")
        elif known is None and attribute(term, "def:ExtendedValue") != "Yes":
            yield found("DD0029", oid, f"'{value}' is not in {published.code} and not marked ExtendedValue")
        elif known is not None and attribute(term, "def:ExtendedValue") == "Yes":
            yield found("DD0029", oid, f"'{value}' is in {published.code} and is marked ExtendedValue")
        elif known is not None and code and code != known.code:
            yield found("DD0031", oid, f"'{value}' has the C-code {code}, in the terminology {known.code}")


def _check_types(document: Document) -> Iterator[Finding]:
    for oid, item in document.items.items():
        codelist = document.codelist_of(item)
        if codelist is None:
            continue
        type_, of_list = attribute(item, "DataType"), attribute(codelist, "DataType")
        if (type_ if type_ in NUMBERS else "text") != of_list:
            yield found("OD0080", oid, f"the item is {type_}, its codelist {attribute(codelist, 'OID')} {of_list}")


def _check_guide_lists(document: Document, standards: Standards) -> Iterator[Finding]:
    standard = "ADaM" if document.is_adam else "SDTM"
    for group in document.groups.values():
        name, element = attribute(group, "Name"), child(group, "def:Class")
        class_ = attribute(element, "Name") if element is not None else ""
        for ref, item in document.refs(group):
            published = standards.variable(standard, name, attribute(item, "Name"), class_=class_)
            codelist = document.codelist_of(item)
            if published is None or attribute(ref, "def:HasNoData") == "Yes":
                continue
            code = ncit_code(codelist) if codelist is not None else ""
            if published.codelists and code not in published.codelists and document.values_of(item) is None:
                wanted = " or ".join(published.codelists)
                yield found(
                    "DD0118", attribute(item, "OID"), f"the guide names the list {wanted}, the variable has '{code}'"
                )
            if _is_of_meddra(standards, published, attribute(item, "Name")) and not _is_meddra(codelist):
                yield found("DD0112", attribute(item, "OID"), "the variable does not refer to MedDRA")


def _is_of_meddra(standards: Standards, published: StandardVariable, name: str) -> bool:
    """Whether the guide means MedDRA: the pattern --DECOD of OCCDS does, but not for procedures, as SDTM's PRDECOD."""
    collected = standards.variable("SDTM", name[:2], name, class_="")
    return (collected or published).described == "MedDRA"


def _is_meddra(codelist: Element | None) -> bool:
    external = child(codelist, "odm:ExternalCodeList") if codelist is not None else None
    return external is not None and attribute(external, "Dictionary") == "MedDRA"


def check_methods(document: Document) -> Iterator[Finding]:
    """Types of methods."""
    for oid, method in document.methods.items():
        if attribute(method, "Type") not in METHOD_TYPES:
            yield found("DD0104", oid, f"the type of the method is '{attribute(method, 'Type')}'")


def check_results(document: Document) -> Iterator[Finding]:
    """Analysis results stand in ADaM, with a reason, a purpose and datasets."""
    displays = list(document.root.iter(full("arm:ResultDisplay")))
    if displays and not document.is_adam:
        yield found("DD0087", attribute(displays[0], "OID"), "a document of SDTM has analysis results")
    for result in document.root.iter(full("arm:AnalysisResult")):
        for key in ("AnalysisReason", "AnalysisPurpose"):
            if not attribute(result, key):
                yield found("DD0098", attribute(result, "OID"), f"the result has no {key}")
        datasets = child(result, "arm:AnalysisDatasets")
        several = children(datasets, "arm:AnalysisDataset") if datasets is not None else []
        if not several:
            yield found("DD0098", attribute(result, "OID"), "the result has no datasets")
        elif len(several) > 1 and datasets is not None and not attribute(datasets, "def:CommentOID"):
            yield found(
                "DD0098", attribute(result, "OID"), "the result has several datasets and no comment on their join"
            )
