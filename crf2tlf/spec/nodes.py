"""YAML as located nodes: every scalar stays text, and everything knows its file and line.

Composed, never constructed, so that `NO`, `12:30` and `2024-01-02` survive. Anchors, aliases, tags, duplicate keys
and characters that nobody sees are faults.
"""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from crf2tlf.errors import Fault, Location, did_you_mean
from crf2tlf.spec.plain_yaml import NotPlain, compose

MAX_BYTES = 1_000_000


@dataclass
class Faults:
    """The faults found so far; reading goes on after each, so that all are told at once.

    `lost` names what a fault made unreadable ("AE", "raw.ae", "codelist.NY", "constants"): what others say about it is
    no fault of theirs. `unread` names the raw forms that a rule with a fault may read. `places` tells by `id` where an
    expression or reference that was read stands.
    """

    found: list[Fault] = field(default_factory=list)
    lost: set[str] = field(default_factory=set)
    unread: set[str] = field(default_factory=set)
    places: dict[int, Location] = field(default_factory=dict)

    def add(self, location: Location, where: str, message: str, hint: str = "") -> None:
        self.found.append(Fault(location, where, message, hint))


@dataclass(frozen=True)
class Text:
    """A scalar, always as text; `quoted` tells "01" from 01."""

    value: str
    location: Location
    where: str
    quoted: bool = False

    @property
    def is_absent(self) -> bool:
        """Whether nothing stands after the key."""
        return self.value == "" and not self.quoted


@dataclass(frozen=True)
class Items:
    """A list."""

    items: tuple[Node, ...]
    location: Location
    where: str


@dataclass(frozen=True)
class Mapping:
    """A mapping; `keys` holds the place of each key."""

    entries: dict[str, Node]
    keys: dict[str, Location]
    location: Location
    where: str

    def __iter__(self) -> Iterator[tuple[str, Node]]:
        return iter(self.entries.items())

    def get(self, key: str) -> Node | None:
        return self.entries.get(key)

    def under(self, key: str) -> str:
        """The dotted place of a key."""
        return f"{self.where}.{key}" if self.where else key


Node = Text | Items | Mapping


def read_yaml(path: Path, shown: str, faults: Faults) -> Mapping | None:
    """The top mapping of a YAML file, or None after a fault; `shown` is the path that messages print."""
    start = Location(shown, 1)
    if not path.is_file():
        faults.add(start, "", "the file does not exist")
        return None
    try:
        if path.stat().st_size > MAX_BYTES:
            faults.add(start, "", f"the file is larger than {MAX_BYTES:,} bytes")
            return None
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        faults.add(start, "", f"the file is not UTF-8 at byte {error.start}")
        return None
    except OSError as error:
        faults.add(start, "", f"the file cannot be read: {error.strerror}")
        return None
    try:
        root = compose(text)
    except NotPlain as error:
        faults.add(Location(shown, error.line), "", error.message, error.hint)
        return None
    if not isinstance(root, yaml.MappingNode):
        faults.add(start, "", "the file must hold a mapping (key: value)")
        return None
    return _convert_mapping(root, shown, "", faults)


def _convert(node: yaml.Node, shown: str, where: str, faults: Faults) -> Node:
    location = Location(shown, node.start_mark.line + 1)
    if isinstance(node, yaml.ScalarNode):
        return Text(_visible(node.value, location, where, faults), location, where, node.style in {"'", '"'})
    if isinstance(node, yaml.SequenceNode):
        items = (_convert(item, shown, f"{where}[{number}]", faults) for number, item in enumerate(node.value, start=1))
        return Items(tuple(items), location, where)
    return _convert_mapping(node, shown, where, faults)


def _convert_mapping(node: yaml.Node, shown: str, where: str, faults: Faults) -> Mapping:
    entries: dict[str, Node] = {}
    keys: dict[str, Location] = {}
    for key_node, value_node in node.value:
        place = Location(shown, key_node.start_mark.line + 1)
        if not isinstance(key_node, yaml.ScalarNode) or not key_node.value:
            faults.add(place, where, "a key must be a plain text")
            continue
        key = _visible(key_node.value, place, where, faults)
        dotted = f"{where}.{key}" if where else key
        if key in entries:
            faults.add(place, dotted, f"the key '{key}' stands twice, first on line {keys[key].line}")
            continue
        entries[key] = _convert(value_node, shown, dotted, faults)
        keys[key] = place
    return Mapping(entries, keys, Location(shown, node.start_mark.line + 1), where)


def _visible(value: str, location: Location, where: str, faults: Faults) -> str:
    """The text without control, format and surrogate characters, each kind of which is a fault."""
    if value.isascii() and value.isprintable():
        return value
    hidden = {each for each in value if each not in "\n\t" and unicodedata.category(each) in {"Cc", "Cf", "Cs", "Co"}}
    for character in sorted(hidden):
        faults.add(location, where, f"the text holds the invisible character U+{ord(character):04X}")
    return "".join(each for each in value if each not in hidden) if hidden else value


@dataclass(frozen=True)
class Reader:
    """Typed reading of nodes; what does not fit becomes a fault and a harmless default."""

    faults: Faults

    def known_keys(
        self, node: Mapping, allowed: tuple[str, ...], required: tuple[str, ...] = (), otherwise: str = ""
    ) -> None:
        """Faults for keys that are not known and for required ones that are absent or empty.

        A key that is nearly a free one is told once and then read as the one that was meant, so that nothing else
        follows from it. `otherwise` is the hint where no known key is near.
        """
        for key, place in list(node.keys.items()):
            if key not in allowed:
                hint = did_you_mean(key, allowed) or otherwise
                self.faults.add(place, node.under(key), f"'{key}' is not a known field", hint)
                for meant in difflib.get_close_matches(key, allowed, n=1, cutoff=0.7):
                    if meant not in node.entries:
                        node.entries[meant], node.keys[meant] = node.entries[key], place
        for key in required:
            value = node.entries.get(key)
            if value is None:
                self.faults.add(node.location, node.where, f"the field '{key}' is missing")
            elif _is_empty(value):
                self.faults.add(node.keys[key], node.under(key), f"the field '{key}' is empty")

    def text(self, node: Node | None, default: str = "") -> str:
        if node is None:
            return default
        if isinstance(node, Text):
            return node.value
        self.faults.add(node.location, node.where, f"a text is wanted, not a {_word(node)}")
        return default

    def one_of(self, node: Node | None, choices: tuple[str, ...], default: str = "") -> str:
        value = self.text(node, default)
        if node is not None and isinstance(node, Text) and value not in choices:
            hint = did_you_mean(value, choices)
            self.faults.add(node.location, node.where, f"'{_cut(value)}' is not one of {', '.join(choices)}", hint)
            return default
        return value

    def flag(self, node: Node | None, default: bool = False) -> bool:
        """true or false, written so."""
        return self.one_of(node, ("true", "false"), "true" if default else "false") == "true"

    def whole(self, node: Node | None, default: int | None = None, least: int = 0) -> int | None:
        """A whole number of at least `least`, of at most nine digits."""
        if not isinstance(node, Text):
            self.text(node)
            return default
        value = node.value
        if not (value.isascii() and value.isdecimal() and len(value) < 10) or int(value) < least:
            self.faults.add(node.location, node.where, f"'{_cut(value)}' is not a whole number of at least {least}")
            return default
        return int(value)

    def mapping(self, node: Node | None) -> Mapping | None:
        """A mapping that may be absent or empty."""
        if node is None or isinstance(node, Mapping):
            return node
        if isinstance(node, Text) and node.is_absent:
            return None
        self.faults.add(node.location, node.where, f"a mapping is wanted, not a {_word(node)}")
        return None

    def entry(self, node: Node) -> Mapping | None:
        """A mapping that must be there; None after a fault."""
        if isinstance(node, Text) and node.is_absent:
            self.faults.add(node.location, node.where, "a mapping is wanted, here is nothing")
            return None
        return self.mapping(node)

    def items(self, node: Node | None) -> tuple[Node, ...]:
        """A list's items; a single text counts as a list of one, nothing as a list of none."""
        if node is None or (isinstance(node, Text) and node.is_absent):
            return ()
        if isinstance(node, Items):
            return node.items
        if isinstance(node, Text):
            return (node,)
        self.faults.add(node.location, node.where, f"a list is wanted, not a {_word(node)}")
        return ()

    def texts(self, node: Node | None) -> tuple[str, ...]:
        """The texts of a list; what is no text is a fault and left out."""
        items = self.items(node)
        for item in items:
            self.text(item)
        return tuple(item.value for item in items if isinstance(item, Text))


def _cut(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:60]}…"


def _is_empty(node: Node) -> bool:
    return (isinstance(node, Text) and not node.value) or (isinstance(node, Items) and not node.items)


def _word(node: Node) -> str:
    return {Text: "text", Items: "list", Mapping: "mapping"}[type(node)]
