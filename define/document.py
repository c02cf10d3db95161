"""A define.xml read back: its elements by identifier. Nothing here comes from the writer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from lxml import etree

ODM = "http://www.cdisc.org/ns/odm/v1.3"
DEF = "http://www.cdisc.org/ns/def/v2.1"
ARM = "http://www.cdisc.org/ns/arm/v1.0"
XLINK = "http://www.w3.org/1999/xlink"
XML = "http://www.w3.org/XML/1998/namespace"
PREFIXES = {"odm": ODM, "def": DEF, "arm": ARM, "xlink": XLINK, "xml": XML}
BY_URI = {uri: prefix for prefix, uri in PREFIXES.items()}
Element = etree._Element


def parse(content: bytes) -> Element:
    """The root of a document; entities are not resolved and nothing is fetched. Raises etree.XMLSyntaxError."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    return etree.fromstring(content, parser)


def short(name: str) -> str:
    """A qualified name with the customary prefix: "def:leaf"; attributes of no namespace have none."""
    uri, _, local = name.removeprefix("{").rpartition("}")
    return f"{BY_URI.get(uri, uri)}:{local}" if uri else local


def full(name: str) -> str:
    """The inverse of `short`."""
    prefix, _, local = name.rpartition(":")
    return f"{{{PREFIXES[prefix]}}}{local}" if prefix else local


def attribute(element: Element, name: str) -> str:
    """The value of an attribute such as "def:CommentOID"; "" where it is absent."""
    return element.get(full(name)) or ""


def children(element: Element, name: str) -> list[Element]:
    """The child elements of a name such as "odm:ItemRef"."""
    return element.findall(full(name))


def child(element: Element, name: str) -> Element | None:
    """The first child element of a name."""
    return element.find(full(name))


def description(element: Element) -> str:
    """The text of an element's Description."""
    found = element.find(f"{full('odm:Description')}/{full('odm:TranslatedText')}")
    return (found.text or "") if found is not None else ""


def identifier(element: Element) -> str:
    """What an element is called in findings: its OID or ID, else that of what it stands in."""
    for each in (element, *element.iterancestors()):
        name = each.get("OID") or each.get("ID")
        if name:
            return name
    return short(str(element.tag))


@dataclass(frozen=True)
class Document:
    """The parts of a document by identifier; where an identifier stands twice, the first counts."""

    root: Element

    @cached_property
    def metadata(self) -> Element:
        """The MetaDataVersion, or an empty element where there is none."""
        found = self.root.find(f"{full('odm:Study')}/{full('odm:MetaDataVersion')}")
        return found if found is not None else etree.Element(full("odm:MetaDataVersion"))

    @cached_property
    def is_adam(self) -> bool:
        """Whether the document is of ADaM: its guides are ADaM's, or else its first dataset's Purpose is Analysis."""
        names = [attribute(each, "Name") for each in self.standards.values() if attribute(each, "Type") == "IG"]
        if names:
            return all(name.startswith("ADaM") for name in names)
        return any(attribute(group, "Purpose") == "Analysis" for group in self.groups.values())

    @cached_property
    def groups(self) -> dict[str, Element]:
        return self._by("odm:ItemGroupDef")

    @cached_property
    def items(self) -> dict[str, Element]:
        return self._by("odm:ItemDef")

    @cached_property
    def codelists(self) -> dict[str, Element]:
        return self._by("odm:CodeList")

    @cached_property
    def methods(self) -> dict[str, Element]:
        return self._by("odm:MethodDef")

    @cached_property
    def comments(self) -> dict[str, Element]:
        return self._by("def:CommentDef")

    @cached_property
    def value_lists(self) -> dict[str, Element]:
        return self._by("def:ValueListDef")

    @cached_property
    def where_clauses(self) -> dict[str, Element]:
        return self._by("def:WhereClauseDef")

    @cached_property
    def standards(self) -> dict[str, Element]:
        parent = child(self.metadata, "def:Standards")
        return _first(children(parent, "def:Standard"), "OID") if parent is not None else {}

    @cached_property
    def leaves(self) -> dict[str, Element]:
        """All leaves, those of datasets too."""
        return _first(list(self.metadata.iter(full("def:leaf"))), "ID")

    @cached_property
    def crf_leaves(self) -> set[str]:
        """The identifiers of the annotated CRF's leaves."""
        parent = child(self.metadata, "def:AnnotatedCRF")
        return (
            {attribute(each, "leafID") for each in children(parent, "def:DocumentRef")} if parent is not None else set()
        )

    def refs(self, group: Element) -> Iterator[tuple[Element, Element]]:
        """The item references of a dataset or value list with their items; those that do not resolve are left out."""
        for ref in children(group, "odm:ItemRef"):
            item = self.items.get(attribute(ref, "ItemOID"))
            if item is not None:
                yield ref, item

    def values_of(self, item: Element) -> Element | None:
        """The value list of an item."""
        ref = child(item, "def:ValueListRef")
        return self.value_lists.get(attribute(ref, "ValueListOID")) if ref is not None else None

    def codelist_of(self, item: Element) -> Element | None:
        """The codelist of an item."""
        ref = child(item, "odm:CodeListRef")
        return self.codelists.get(attribute(ref, "CodeListOID")) if ref is not None else None

    def _by(self, name: str) -> dict[str, Element]:
        return _first(children(self.metadata, name), "OID")


def terms(codelist: Element) -> list[Element]:
    """The terms of a codelist."""
    return [*children(codelist, "odm:CodeListItem"), *children(codelist, "odm:EnumeratedItem")]


def ncit_code(element: Element) -> str:
    """The NCI code of a codelist or term; "" where it has none."""
    aliases = [each for each in children(element, "odm:Alias") if attribute(each, "Context") == "nci:ExtCodeID"]
    return attribute(aliases[0], "Name") if aliases else ""


def _first(elements: list[Element], name: str) -> dict[str, Element]:
    found: dict[str, Element] = {}
    for element in elements:
        found.setdefault(attribute(element, name), element)
    return found
