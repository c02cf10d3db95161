"""Checks of datasets and variables within the document."""

from __future__ import annotations

from collections.abc import Iterator

from crf2tlf.spec.standards import Standards
from define.classes import ADAM_CLASSES, SDTM_CLASSES
from define.document import Document, Element, attribute, child, children, description
from define.findings import Finding, found

SUBCLASSES = {
    "TIME-TO-EVENT": "BASIC DATA STRUCTURE",
    "NON-COMPARTMENTAL ANALYSIS": "BASIC DATA STRUCTURE",
    "POPULATION PHARMACOKINETIC ANALYSIS": "BASIC DATA STRUCTURE",
    "ADVERSE EVENT": "OCCURRENCE DATA STRUCTURE",
    "MEDICAL DEVICE TIME-TO-EVENT": "MEDICAL DEVICE BASIC DATA STRUCTURE",
}
REFERENCE_CLASSES = ("TRIAL DESIGN", "STUDY REFERENCE")
GENERAL_CLASSES = ("INTERVENTIONS", "EVENTS", "FINDINGS", "FINDINGS ABOUT")
DOMAIN_LIST = "C66734"


def check_datasets(document: Document, standards: Standards | None) -> Iterator[Finding]:
    """Everything that the document says of its datasets."""
    for oid, group in document.groups.items():
        yield from _check_names(document, oid, group)
        yield from _check_class(document, oid, group)
        yield from _check_flags(oid, group)
        if not any(attribute(ref, "KeySequence") for ref in children(group, "odm:ItemRef")):
            yield found("DD0040", oid, "no variable has a KeySequence")
        if not description(group):
            yield found("DD0057", oid, "the dataset has no description")
        if standards is not None and not document.is_adam:
            yield from _check_domain(oid, group, standards)


def _check_names(document: Document, oid: str, group: Element) -> Iterator[Finding]:
    name, domain = attribute(group, "Name"), attribute(group, "Domain")
    sas_name = attribute(group, "SASDatasetName")
    if document.is_adam and domain:
        yield found("DD0046", oid, f"an ADaM dataset has the Domain '{domain}'")
    if not document.is_adam and not domain and name != "RELREC":
        yield found("DD0045", oid, "an SDTM dataset has no Domain")
    if name != sas_name or name != name.upper():
        yield found("DD0049", oid, f"Name is '{name}', SASDatasetName '{sas_name}'")
    if domain and name.removeprefix("SUPP")[: len(domain)] != domain:
        yield found("DD0049", oid, f"the dataset {name} has the Domain '{domain}'")
    aliases = [attribute(each, "Context") for each in children(group, "odm:Alias")]
    if domain and name != domain and "DomainDescription" not in aliases:
        yield found("DD0063", oid, "a SUPP-- or split dataset has no Alias of Context DomainDescription")
    purpose = "Analysis" if document.is_adam else "Tabulation"
    if attribute(group, "Purpose") != purpose:
        yield found("DD0053", oid, f"Purpose is '{attribute(group, 'Purpose')}', not {purpose}")


def _check_class(document: Document, oid: str, group: Element) -> Iterator[Finding]:
    element = child(group, "def:Class")
    if element is None:
        if attribute(group, "def:IsNonStandard") != "Yes":
            yield found("DD0055", oid, "the dataset has no def:Class")
        return
    class_ = attribute(element, "Name")
    if class_ not in (ADAM_CLASSES if document.is_adam else SDTM_CLASSES):
        yield found("DD0055", oid, f"'{class_}' is no class of {'ADaM' if document.is_adam else 'SDTM'}")
    for subclass in (attribute(each, "Name") for each in children(element, "def:SubClass")):
        if SUBCLASSES.get(subclass) != class_:
            yield found("DEF013", oid, f"the subclass '{subclass}' does not stand under '{class_}'")
    reference = "Yes" if class_ in REFERENCE_CLASSES else "No"
    if not document.is_adam and attribute(group, "IsReferenceData") != reference:
        yield found("OD0073", oid, f"IsReferenceData of a dataset of {class_} is not {reference}")


def _check_flags(oid: str, group: Element) -> Iterator[Finding]:
    repeating = attribute(group, "Repeating")
    if repeating not in ("Yes", "No") or (repeating == "Yes" and attribute(group, "IsReferenceData") == "Yes"):
        yield found("OD0072", oid, f"Repeating is '{repeating}'")
    standard, non_standard = attribute(group, "def:StandardOID"), attribute(group, "def:IsNonStandard")
    if bool(standard) == (non_standard == "Yes"):
        yield found("DEF010", oid, "the dataset needs either def:StandardOID or def:IsNonStandard")
    location, leaf = attribute(group, "def:ArchiveLocationID"), child(group, "def:leaf")
    if attribute(group, "def:HasNoData") == "Yes":
        if not attribute(group, "def:CommentOID"):
            yield found("DEF011", oid, "def:HasNoData without a comment")
        if location or leaf is not None:
            yield found("DEF012", oid, "a dataset with def:HasNoData has a file")
        return
    if not location or leaf is None:
        yield found("DD0056", oid, "the dataset has no def:ArchiveLocationID with a leaf")
    elif attribute(leaf, "ID") != location:
        yield found("DD0018", oid, f"def:ArchiveLocationID '{location}' is not the leaf '{attribute(leaf, 'ID')}'")
    elif attribute(leaf, "xlink:href") != f"{attribute(group, 'Name').lower()}.xpt":
        yield found("DD0052", oid, f"the file of {attribute(group, 'Name')} is '{attribute(leaf, 'xlink:href')}'")


def _check_domain(oid: str, group: Element, standards: Standards) -> Iterator[Finding]:
    domain, published = attribute(group, "Domain"), standards.codelist(DOMAIN_LIST)
    if domain and published is not None and domain not in published.terms:
        yield found("CORE-000929", oid, f"'{domain}' is no domain of the terminology {DOMAIN_LIST}")
