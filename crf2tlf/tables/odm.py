"""ODM-XML clinical data (CDISC ODM 1.3.x) as raw tables, one for each item group.

The file is read piece by piece and every record is forgotten once its values are taken, so the memory is that of the
tables. No entity is resolved, no address is opened, and a document type is refused.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

from lxml import etree

from crf2tlf.errors import did_you_mean
from crf2tlf.tables.odm_lines import RecordLines
from crf2tlf.tables.odm_rows import Group, Keys
from crf2tlf.tables.raw_table import RawTable, unreadable

NAMESPACE = "http://www.cdisc.org/ns/odm/v1.3"
ODM = f"{{{NAMESPACE}}}"
FOREIGN = ("{http://www.w3.org/XML/1998/namespace}", "{http://www.w3.org/2001/XMLSchema-instance}")
BLOCK_BYTES = 1 << 18
AGAIN = "ask for the extract again"
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
READ = (*LEVELS, f"{ODM}MetaDataVersion", f"{ODM}ODM")
Element = Any
"""An element of lxml."""


def read_odm(path: str | Path, groups: Iterable[str] | None = None) -> dict[str, RawTable]:
    """The item groups of an ODM-XML 1.3 file by ItemGroupOID, every value verbatim text, a blank or null one "".

    Columns: STUDYID, VERSION (MetaDataVersionOID), SITE (LocationOID), SUBJ (SubjectKey), EVENT, EVENT_REP, FORM,
    FORM_REP, GROUP, GROUP_REP; attributes of vendors as `SUBJ.prefix.Name`; then the items in the order of the
    metadata. The unit of an item is in `<item>.UNIT`, a vendor's attribute of it in `<item>.prefix.Name`. `rows` are
    the lines on which the ItemGroupData begin. Of a Transactional file the final state is given (a record then has
    the line of its last transaction); a Snapshot is given record by record. Audit records, signatures, annotations
    and elements of vendors are left out. `groups` limits the work to some item groups.
    Raises UnreadableFile, with the file and the line, for a file that is missing, damaged, not ODM 1.3, or lacks a
    group that is asked for.
    """
    place = Path(path)
    reading = OdmReading(place, None if groups is None else tuple(groups))
    try:
        with place.open("rb") as stream:
            reading.take(blocks_of(stream))
    except FileNotFoundError as error:
        raise unreadable(place, "does not exist", "put it there, or correct the file in study.yaml") from error
    except OSError as error:
        raise unreadable(place, f"cannot be read: {error.strerror}", "see to it that the file can be read") from error
    except (etree.XMLSyntaxError, UnicodeDecodeError) as error:
        line = f"line {error.lineno}: " if isinstance(error, etree.XMLSyntaxError) else ""
        reason = str(getattr(error, "msg", error)).split(", line ")[0]
        raise unreadable(place, f"is damaged: {line}{reason}", AGAIN) from error
    return reading.tables()


def blocks_of(stream: BinaryIO) -> Iterator[bytes]:
    """The bytes of a file in blocks, those of UTF-16 as UTF-8."""
    block = stream.read(BLOCK_BYTES)
    decoder = None
    if block.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        decoder = codecs.getincrementaldecoder("utf-16")()
    while block:
        yield block if decoder is None else decoder.decode(block).encode("utf-8")
        block = stream.read(BLOCK_BYTES)


class OdmReading:
    """One pass over a file."""

    def __init__(self, path: Path, wanted: tuple[str, ...] | None) -> None:
        self.path, self.wanted = path, wanted
        self.transactional, self.started = False, False
        self.groups: dict[str, Group] = {}
        self.others: dict[str, None] = {}
        self.items: dict[str, dict[str, None]] = {}
        self.labels: dict[str, str] = {}
        self._lines = RecordLines()
        self._known: dict[str, tuple[Element, Keys, str]] = {}

    def take(self, blocks: Iterator[bytes]) -> None:
        """Read the whole file."""
        first = next(blocks, b"")
        if not first.strip():
            raise unreadable(self.path, "is empty", AGAIN)
        # The declaration of a file in UTF-16 is no longer true of the bytes that are fed.
        encoding = "utf-8" if b"utf-16" in first[:200].lower() else None
        parser: Any = etree.XMLPullParser(
            events=("end",),
            tag=[*READ, "{*}ItemGroupData"],
            encoding=encoding,
            resolve_entities=False,
            no_network=True,
            huge_tree=False,
            load_dtd=False,
            remove_comments=True,
            remove_pis=True,
        )
        self._feed(parser, first)
        for block in blocks:
            self._feed(parser, block)
        root = parser.close()
        if not self.started:
            found = etree.QName(root)
            what = f"is not ODM-XML 1.3: its root is {found.localname} of the namespace '{found.namespace or ''}'"
            raise unreadable(self.path, what, "ask for the extract as CDISC ODM-XML 1.3")

    def _feed(self, parser: Any, block: bytes) -> None:
        self._lines.feed(block)
        if self._lines.doctype_line:
            what = f"is refused: line {self._lines.doctype_line} declares a document type, as no ODM file does"
            raise unreadable(self.path, what, AGAIN)
        parser.feed(block)
        for _, element in parser.read_events():
            if not self.started:
                self._start(element.getroottree().getroot())
            self._end(element)

    def _start(self, root: Element) -> None:
        if root.tag == f"{ODM}ODM":
            self.started = True
            self.transactional = root.get("FileType") == "Transactional"

    def _end(self, element: Element) -> None:
        if element.tag.endswith("}ItemGroupData"):
            line = self._lines.waiting.popleft()
            if element.tag == RECORD:
                self._take_record(element, line)
        elif element.tag == f"{ODM}MetaDataVersion":
            self._take_metadata(element)
        elif element.get("TransactionType") == "Remove":
            keys, _ = self._keys_of(element)
            for group in self.groups.values():
                group.remove(keys)
        element.clear()
        before = element.getprevious()
        if before is not None and before.tag == element.tag:
            element.getparent().remove(before)

    def _take_record(self, record: Element, line: int) -> None:
        name = record.get("ItemGroupOID")
        if name is None:
            raise unreadable(self.path, f"line {line}: an ItemGroupData has no ItemGroupOID", AGAIN)
        if self.wanted is not None and name not in self.wanted:
            self.others[name] = None
            return
        if name not in self.groups:
            self.groups[name] = Group(name)
        group = self.groups[name]
        context, inherited = self._keys_of(record.getparent())
        transaction = record.get("TransactionType", inherited)
        self.transactional = self.transactional or transaction not in ("", "Insert")
        keys = context + level_keys(record)
        if transaction == "Remove":
            group.remove(keys)
            return
        items = self._values_of(record, line, transaction)
        if items or transaction != "Context":
            group.add_record(keys, items.items(), line)

    def _keys_of(self, element: Element) -> tuple[Keys, str]:
        """The keys of an element and those above it, and the transaction that it hands down."""
        if element is None or element.tag not in LEVELS:
            return (), ""
        last = self._known.get(element.tag)
        if last is None or last[0] is not element:
            above, inherited = self._keys_of(element.getparent())
            last = (element, above + level_keys(element), element.get("TransactionType", inherited))
            self._known[element.tag] = last
        return last[1], last[2]

    def _values_of(self, record: Element, line: int, transaction: str) -> dict[str, str]:
        values: dict[str, str] = {}
        for item in record:
            tag = item.tag
            if not tag.startswith(ITEM):
                continue
            name = item.get("ItemOID")
            if name is None:
                raise unreadable(self.path, f"line {line}: an ItemData has no ItemOID", AGAIN)
            if name in values and not self.transactional:
                raise unreadable(self.path, f"line {line}: the record holds {name} more than once", AGAIN)
            own = item.get("TransactionType", transaction)
            if own in ("", "Insert", "Update", "Upsert"):
                text = item.get("Value") if tag == ITEM else item.text
                values[name] = text or ""
                if tag != ITEM or len(item) or len(item.keys()) > 2:
                    values.update(qualifiers(item, name))
            elif own == "Remove":
                values[name] = ""
            self.transactional = self.transactional or own not in ("", "Insert")
        return values

    def _take_metadata(self, version: Element) -> None:
        """The items of each group in their order, and their questions or names."""
        for definition in version.iterchildren(f"{ODM}ItemGroupDef"):
            items = self.items.setdefault(definition.get("OID", ""), {})
            items.update(dict.fromkeys(item.get("ItemOID", "") for item in definition.iterchildren(f"{ODM}ItemRef")))
        for definition in version.iterchildren(f"{ODM}ItemDef"):
            texts = (definition.findtext(f"{ODM}{part}/{ODM}TranslatedText") for part in ("Question", "Description"))
            label = next((text.strip() for text in texts if text and text.strip()), definition.get("Name", ""))
            self.labels[definition.get("OID", "")] = label

    def tables(self) -> dict[str, RawTable]:
        """The raw tables in the order of the metadata, then of the data."""
        known = list(dict.fromkeys([*self.items, *self.groups]))
        there = list(dict.fromkeys([*known, *self.others]))
        for name in self.wanted or ():
            if name not in known:
                fix = did_you_mean(name, there) or f"its item groups are {', '.join(there) or '(none)'}"
                raise unreadable(self.path, f"has no item group '{name}'", fix)
        names = list(dict.fromkeys(self.wanted)) if self.wanted is not None else known
        return {
            name: self.groups.pop(name, Group(name)).table(
                self.path, tuple(self.items.get(name, ())), self.labels, self.transactional
            )
            for name in names
        }


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
    name = etree.QName(attribute)
    if name.namespace is None:
        return name.localname
    prefixes = {uri: prefix for prefix, uri in element.nsmap.items() if prefix}
    return f"{prefixes.get(name.namespace, name.namespace)}.{name.localname}"
