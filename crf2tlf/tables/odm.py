"""ODM-XML clinical data (CDISC ODM 1.3.x) as raw tables, one for each item group.

The file is read piece by piece and every record is forgotten once its values are taken, so the memory is that of the
tables. No entity is resolved, no address is opened, and a document type is refused.
"""

from __future__ import annotations

import codecs
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

from lxml import etree

from crf2tlf.errors import did_you_mean
from crf2tlf.tables.odm_lines import RecordLines
from crf2tlf.tables.odm_names import ITEM, LEVELS, ODM, RECORD, Element, level_keys, qualifiers
from crf2tlf.tables.odm_rows import Group, Keys
from crf2tlf.tables.raw_table import RawTable, unreadable

BLOCK_BYTES = 1 << 18
BLOCK_RECORDS = 20_000
AGAIN = "ask for the extract again"
READ = (*LEVELS, f"{ODM}MetaDataVersion", f"{ODM}ODM")


def read_odm(path: str | Path, groups: Iterable[str] | None = None) -> dict[str, RawTable]:
    """The item groups of an ODM-XML 1.3 file by ItemGroupOID, every value verbatim text, a blank or null one "".

    Columns: STUDYID, VERSION (MetaDataVersionOID), SITE (LocationOID), SUBJ (SubjectKey), EVENT, EVENT_REP, FORM,
    FORM_REP, GROUP, GROUP_REP; attributes of vendors as `SUBJ.prefix.Name`; then the items in the order of the
    metadata and the units of those that have one, in `<item>.UNIT`; a vendor's attribute of an item is in
    `<item>.prefix.Name`. `rows` are the lines on which the ItemGroupData begin. Of a Transactional file the final
    state is given (a record then has the line of its last transaction); a Snapshot is given record by record. Audit
    records, signatures, annotations and elements of vendors are left out. `groups` limits the work to some groups.
    Raises UnreadableFile, with the file and the line, for a file that is missing, damaged, not ODM 1.3, or lacks a
    group that is asked for.
    """
    reading = OdmReading(Path(path), None if groups is None else tuple(groups))
    take_file(reading)
    return reading.tables()


def read_odm_blocks(
    path: str | Path, groups: Iterable[str], take: Callable[[RawTable], None], block_records: int = BLOCK_RECORDS
) -> None:
    """Pass item groups of an ODM-XML file on in blocks, in one pass and in the memory of `block_records` records.

    `take` gets the tables of `read_odm` piece by piece, those of a group in the order of the file and at least one
    of each group. A piece has the columns that its records need, so a vendor's attribute may be absent in some. A
    Transactional file comes whole, since its last transaction may change its first record.
    Raises UnreadableFile as `read_odm` does, and for transactions in a file that does not say that it has them.
    """
    reading = OdmReading(Path(path), tuple(groups), take, block_records)
    take_file(reading)
    for table in reading.tables().values():
        take(table)


def take_file(reading: OdmReading) -> None:
    """Read the file of a reading to its end."""
    place = reading.path
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

    def __init__(
        self,
        path: Path,
        wanted: tuple[str, ...] | None,
        pass_on: Callable[[RawTable], None] | None = None,
        block_records: int = 0,
    ) -> None:
        self.path, self.wanted = path, wanted
        self._pass_on, self._block_records = pass_on, block_records
        self._passed_on = False
        self.transactional, self.started = False, False
        self.groups: dict[str, Group] = {}
        self.others: dict[str, None] = {}
        self.items: dict[str, dict[str, None]] = {}
        self.units: dict[str, None] = {}
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
        if self._pass_on is not None:
            self._pass_on_block(self._pass_on)

    def _pass_on_block(self, take: Callable[[RawTable], None]) -> None:
        """Pass on what has been gathered once it is enough, unless later transactions may change it."""
        if self.transactional:
            if self._passed_on:
                what = "has transactions, but its root does not say FileType='Transactional'"
                raise unreadable(self.path, what, AGAIN)
            return
        if sum(len(group.lines) for group in self.groups.values()) < self._block_records:
            return
        self._passed_on = True
        for name, group in self.groups.items():
            if group.lines:
                self.groups[name] = Group(name)
                take(self._table(group))

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
            if definition.find(f"{ODM}MeasurementUnitRef") is not None:
                self.units[definition.get("OID", "")] = None

    def tables(self) -> dict[str, RawTable]:
        """The raw tables in the order of the metadata, then of the data."""
        known = list(dict.fromkeys([*self.items, *self.groups]))
        there = list(dict.fromkeys([*known, *self.others]))
        for name in self.wanted or ():
            if name not in known:
                fix = did_you_mean(name, there) or f"its item groups are {', '.join(there) or '(none)'}"
                raise unreadable(self.path, f"has no item group '{name}'", fix)
        names = list(dict.fromkeys(self.wanted)) if self.wanted is not None else known
        return {name: self._table(self.groups.pop(name, Group(name))) for name in names}

    def _table(self, group: Group) -> RawTable:
        items = tuple(self.items.get(group.name, ()))
        units = tuple(f"{item}.UNIT" for item in items if item in self.units)
        return group.table(self.path, items + units, self.labels, self.transactional)
