"""The CRF as the EDC system holds it: forms, items, codelists and visits, from the file `crf` of study.yaml."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Literal, get_args

from crf2tlf.errors import SpecError
from crf2tlf.spec.nodes import Faults, Mapping, Node, Reader, read_yaml

Kind = Literal["text", "integer", "float", "date", "time", "code"]
Codes = tuple[tuple[str, str, str], ...]

DEFAULT_LENGTH = {"text": 200, "integer": 8, "float": 12, "date": 10, "time": 5, "code": 40}


@dataclass(frozen=True)
class ItemDef:
    """One field of a form. `codes`: code, English text, Chinese text."""

    oid: str
    label: str
    kind: Kind
    codes: Codes = ()
    unit: str = ""
    decimals: int = 0
    length: int = 200


@dataclass(frozen=True)
class FormDef:
    """One page of the CRF; `events` names the kinds of visit at which it is filled (the keys of `Crf.events`)."""

    oid: str
    label: str
    chinese_label: str
    group: str
    repeating: bool
    events: tuple[str, ...]
    items: tuple[ItemDef, ...]

    def item_of(self, field: str) -> ItemDef | None:
        """The item that a raw field holds: its value, or the code or unit of it that an extract has in a field beside.

        An extract of value and code pairs names the code <item>CD; ODM names items <form>.<item> and a unit
        <form>.<item>.UNIT.
        """
        name = field.removeprefix(f"{self.oid}.")
        item = self._items.get(name) or self._items.get(name.removesuffix(".UNIT"))
        if item is None and name.endswith("CD"):
            paired = self._items.get(name.removesuffix("CD"))
            return paired if paired is not None and paired.codes else None
        return item

    @cached_property
    def _items(self) -> dict[str, ItemDef]:
        return {item.oid: item for item in self.items}


@dataclass(frozen=True)
class EventDef:
    """A kind of visit: CYCLE stands for C2D1, C3D1 ...; `pattern` is the regular expression of its visit OIDs."""

    oid: str
    label: str
    chinese_label: str
    repeating: bool
    pattern: str

    def covers(self, event: str) -> bool:
        """Whether a visit OID, as in the column EVENT, is of this kind."""
        return re.fullmatch(self.pattern, event) is not None


@dataclass(frozen=True)
class Crf:
    """The pages of a study's CRF in the order of the file, and the kinds of visit at which they are filled."""

    forms: dict[str, FormDef]
    events: dict[str, EventDef]


def read_crf(path: Path, shown: str, reader: Reader) -> Crf | None:
    """The CRF in a YAML file, or None where the file cannot be read; `shown` is the path that messages print."""
    top = read_yaml(path, shown, reader.faults)
    if top is None:
        return None
    reader.known_keys(top, ("events", "codelists", "forms"), ("events", "codelists", "forms"))
    codelists = {name: _codes(node, reader) for name, node in reader.mapping(top.get("codelists")) or ()}
    events = {name: _event(name, node, reader) for name, node in reader.mapping(top.get("events")) or ()}
    forms = {
        name: _form(name, node, codelists, set(events), reader) for name, node in reader.mapping(top.get("forms")) or ()
    }
    return Crf(forms, events)


def load_crf(path: Path, shown: str) -> Crf:
    """The CRF in a YAML file; SpecError names every fault of the file."""
    faults = Faults()
    crf = read_crf(path, shown, Reader(faults))
    if crf is None or faults.found:
        raise SpecError(faults.found)
    return crf


def _event(name: str, node: Node, reader: Reader) -> EventDef:
    fields = reader.mapping(node) or Mapping({}, {}, node.location, node.where)
    reader.known_keys(fields, ("label", "chinese", "pattern", "repeating"), ("label", "chinese"))
    text = reader.text
    return EventDef(
        name,
        text(fields.get("label")),
        text(fields.get("chinese")),
        reader.flag(fields.get("repeating")),
        text(fields.get("pattern"), re.escape(name)),
    )


def _codes(node: Node, reader: Reader) -> Codes:
    codes: list[tuple[str, str, str]] = []
    for code, texts in reader.mapping(node) or ():
        shown = reader.texts(texts)
        if len(shown) != 2:
            reader.faults.add(texts.location, texts.where, "an English and a Chinese text are wanted: [Yes, 是]")
        codes.append((code, *(shown if len(shown) == 2 else ("", ""))))
    return tuple(codes)


def _form(name: str, node: Node, codelists: dict[str, Codes], events: set[str], reader: Reader) -> FormDef:
    fields = reader.mapping(node) or Mapping({}, {}, node.location, node.where)
    allowed = ("label", "chinese", "group", "repeating", "events", "items", "tests")
    reader.known_keys(fields, allowed, ("label", "chinese", "group", "events", "items"))
    named = reader.texts(fields.get("events"))
    for event in named:
        if event not in events:
            reader.faults.add(fields.keys["events"], fields.under("events"), f"the event '{event}' is not defined")
    items = [_item(oid, item, codelists, reader) for oid, item in reader.mapping(fields.get("items")) or ()]
    for test, node in reader.mapping(fields.get("tests")) or ():
        items.extend(_test(test, node, codelists, reader))
    text = reader.text
    return FormDef(
        name,
        text(fields.get("label")),
        text(fields.get("chinese")),
        text(fields.get("group")),
        reader.flag(fields.get("repeating")),
        named,
        tuple(items),
    )


def _item(oid: str, node: Node, codelists: dict[str, Codes], reader: Reader) -> ItemDef:
    fields = reader.mapping(node) or Mapping({}, {}, node.location, node.where)
    reader.known_keys(fields, ("label", "kind", "codes", "unit", "decimals", "length"), ("label",))
    listed = reader.text(fields.get("codes"))
    if listed and listed not in codelists:
        reader.faults.add(fields.keys["codes"], fields.under("codes"), f"the codelist '{listed}' is not defined")
    kinds: dict[str, Kind] = {kind: kind for kind in get_args(Kind)}
    kind = kinds[reader.one_of(fields.get("kind"), get_args(Kind), "code" if listed else "text")]
    if (kind == "code") != bool(listed):
        reader.faults.add(fields.location, fields.where, "an item of kind code has a codelist, and no other has one")
    return ItemDef(
        oid,
        reader.text(fields.get("label")),
        kind,
        codelists.get(listed, ()),
        reader.text(fields.get("unit")),
        reader.whole(fields.get("decimals"), 0) or 0,
        reader.whole(fields.get("length"), DEFAULT_LENGTH[kind]) or DEFAULT_LENGTH[kind],
    )


def _test(test: str, node: Node, codelists: dict[str, Codes], reader: Reader) -> tuple[ItemDef, ...]:
    """The five items of a laboratory test."""
    fields = reader.mapping(node) or Mapping({}, {}, node.location, node.where)
    reader.known_keys(fields, ("label", "unit", "decimals"), ("label", "unit", "decimals"))
    label, unit = reader.text(fields.get("label")), reader.text(fields.get("unit"))
    decimals = reader.whole(fields.get("decimals"), 0) or 0
    for code, listed in ((unit, "LABU"), ("Y", "NY")):
        if code not in (known for known, _, _ in codelists.get(listed, ())):
            reader.faults.add(fields.location, fields.where, f"the codelist {listed} does not hold '{code}'")
    return (
        ItemDef(f"{test}_LBORRES", label, "float", (), unit, decimals, DEFAULT_LENGTH["float"]),
        ItemDef(f"{test}_LBORRESU", f"{label}, unit", "code", codelists.get("LABU", ()), "", 0, DEFAULT_LENGTH["code"]),
        ItemDef(f"{test}_LBORNRLO", f"{label}, lower limit", "float", (), unit, decimals, DEFAULT_LENGTH["float"]),
        ItemDef(f"{test}_LBORNRHI", f"{label}, upper limit", "float", (), unit, decimals, DEFAULT_LENGTH["float"]),
        ItemDef(
            f"{test}_LBCLSIG", f"{label}, significant", "code", codelists.get("NY", ()), "", 0, DEFAULT_LENGTH["code"]
        ),
    )
