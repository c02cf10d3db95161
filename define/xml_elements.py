"""Elements of define.xml, one at a time, by their customary names: "def:leaf"."""

from __future__ import annotations

from collections.abc import Mapping

from lxml import etree

from crf2tlf.errors import Context, DataError

ODM = "http://www.cdisc.org/ns/odm/v1.3"
DEF = "http://www.cdisc.org/ns/def/v2.1"
XLINK = "http://www.w3.org/1999/xlink"
ARM = "http://www.cdisc.org/ns/arm/v1.0"
XML = "http://www.w3.org/XML/1998/namespace"
PREFIXES = {"odm": ODM, "def": DEF, "xlink": XLINK, "arm": ARM, "xml": XML}
Attributes = Mapping[str, str | int | None]


def add_description(parent: etree._Element, text: str) -> None:
    """A Description in English; none for an empty text."""
    if text:
        add_translated(add_element(parent, "odm:Description"), text)


def add_translated(parent: etree._Element, text: str) -> None:
    """A TranslatedText in English."""
    add_element(parent, "odm:TranslatedText", {"xml:lang": "en"}, text)


def add_element(
    parent: etree._Element, name: str, attributes: Attributes | None = None, text: str = ""
) -> etree._Element:
    """A new child element. Raises DataError for a text with a character that XML 1.0 does not have."""
    element = etree.SubElement(parent, qualified(name))
    set_attributes(element, attributes or {})
    if text:
        try:
            element.text = text
        except ValueError as error:
            raise _not_xml(name, text, parent) from error
    return element


def set_attributes(element: etree._Element, attributes: Attributes) -> None:
    """Set attributes; those that are None or "" are left out."""
    for name, value in attributes.items():
        if value is None or value == "":
            continue
        try:
            element.set(qualified(name) if ":" in name else name, str(value))
        except ValueError as error:
            raise _not_xml(name, str(value), element) from error


def _not_xml(name: str, text: str, element: etree._Element) -> DataError:
    owners = [each.get("OID") or each.get("ID") for each in (element, *element.iterancestors())]
    owner = next((oid for oid in owners if oid), "the document")
    return DataError(
        f"define.xml: {name} of {owner} has a character that XML cannot hold: {text!r}",
        Context(fix="take control characters out of the spec or the data"),
    )


def qualified(name: str) -> str:
    """The name as lxml wants it."""
    prefix, _, local = name.partition(":")
    return f"{{{PREFIXES[prefix]}}}{local}"


def yes_no(value: bool) -> str:
    """Yes or No, as ODM writes truth."""
    return "Yes" if value else "No"
