"""What the elements and attributes of ODM-XML 1.3 are called, and which columns they become."""

from __future__ import annotations

from typing import Any

from crf2tlf.tables.odm_rows import Keys

NAMESPACE = "http://www.cdisc.org/ns/odm/v1.3"
ODM = f"{{{NAMESPACE}}}"
FOREIGN = ("{http://www.w3.org/XML/1998/namespace}", "{http://www.w3.org/2001/XMLSchema-instance}")
RECORD = f"{ODM}ItemGroupData"
ITEM = f"{ODM}ItemData"
LEVELS = {
    f"{ODM}ClinicalData": {"StudyOID": "STUDYID", "MetaDataVersionOID": "VERSION"},
    f"{ODM}ReferenceData": {"StudyOID": "STUDYID", "MetaDataVersionOID": "VERSION"},
    f"{ODM}SubjectData": {"SubjectKey": "SUBJ"},
    f"{ODM}StudyEventData": {"StudyEventOID": "EVENT", "StudyEventRepeatKey": "EVENT_REP"},
    f"{ODM}FormData": {"FormOID": "FORM", "FormRepeatKey": "FORM_REP"},
    RECORD: {"ItemGroupOID": "GROUP", "ItemGroupRepeatKey": "GROUP_REP"},
}
"""The attributes that are keys, by level of the data."""
NO_DATA = frozenset(("TransactionType", "AuditRecordID", "SignatureID", "AnnotationID"))
ITEM_ATTRIBUTES = NO_DATA | {"ItemOID", "Value", "IsNull", "MeasurementUnitOID"}
Element = Any
"""An element of lxml."""


def level_keys(element: Element) -> Keys:
    """The keys of one level, the site of a subject, and attributes of vendors."""
    known = LEVELS[element.tag]
    keys = tuple((column, element.get(name, "")) for name, column in known.items())
    if element.tag == f"{ODM}SubjectData":
        site = element.find(f"{ODM}SiteRef")
        keys += (("SITE", site.get("LocationOID", "") if site is not None else ""),)
    if len(element.keys()) <= len(known):
        return keys
    first = next(iter(known.values()))
    others = [(name, text) for name, text in element.items() if name not in known and name not in NO_DATA]
    return keys + tuple((f"{first}.{shown(element, name)}", text) for name, text in others if is_own(name))


def qualifiers(item: Element, name: str) -> dict[str, str]:
    """The unit of an item and attributes of vendors, as columns beside it."""
    found: dict[str, str] = {}
    unit = item.get("MeasurementUnitOID")
    if len(item):
        reference = item.find(f"{ODM}MeasurementUnitRef")
        unit = reference.get("MeasurementUnitOID") if reference is not None else unit
    if unit:
        found[f"{name}.UNIT"] = unit
    for key, text in item.items():
        if key not in ITEM_ATTRIBUTES and is_own(key):
            found[f"{name}.{shown(item, key)}"] = text
    return found


def is_own(attribute: str) -> bool:
    """Whether an attribute may hold data, unlike those of XML itself."""
    return not attribute.startswith(FOREIGN)


def shown(element: Element, attribute: str) -> str:
    """The name of an attribute as prefix.Name."""
    namespace, _, name = attribute.removeprefix("{").rpartition("}")
    if not namespace:
        return name
    prefixes = {uri: prefix for prefix, uri in element.nsmap.items() if prefix}
    return f"{prefixes.get(namespace, namespace)}.{name}"
