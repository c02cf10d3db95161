"""YAML as located nodes: every scalar stays text, and everything knows its file and line.

Read through `yaml.compose`, so that `NO`, `12:30` and `2024-01-02` survive. Anchors, aliases, tags and duplicate
keys are faults.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from crf2tlf.errors import Fault, Location, did_you_mean

MAX_BYTES = 5_000_000
MAX_DEPTH = 40


@dataclass
class Faults:
    """The faults found so far; reading goes on after each, so that all are told at once."""

    found: list[Fault] = field(default_factory=list)

    def add(self, location: Location, where: str, message: str, hint: str = "") -> None:
        self.found.append(Fault(location, where, message, hint))


@dataclass(frozen=True)
class Text:
    """A scalar, always as text."""

    value: str
    location: Location
    where: str


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
    if path.stat().st_size > MAX_BYTES:
        faults.add(start, "", f"the file is larger than {MAX_BYTES:,} bytes")
        return None
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        faults.add(start, "", f"the file is not UTF-8 at byte {error.start}")
        return None
    try:
        if _holds_anchors(text, shown, faults):
            return None
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        faults.add(Location(shown, line), "", f"not YAML: {error.problem}")
        return None
    except yaml.YAMLError as error:
        faults.add(start, "", f"not YAML: {error}".splitlines()[0])
        return None
    if not isinstance(root, yaml.MappingNode):
        faults.add(start, "", "the file must hold a mapping (key: value)")
        return None
    node = _convert(root, shown, "", faults, 0)
    return node if isinstance(node, Mapping) else None


def _holds_anchors(text: str, shown: str, faults: Faults) -> bool:
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            place = Location(shown, event.start_mark.line + 1 if event.start_mark else 1)
            faults.add(place, "", "anchors and aliases are not allowed", "write the value out where it is used")
            return True
    return False


def _convert(node: yaml.Node, shown: str, where: str, faults: Faults, depth: int) -> Node:
    location = Location(shown, node.start_mark.line + 1)
    if depth > MAX_DEPTH:
        faults.add(location, where, f"nested more than {MAX_DEPTH} deep")
        return Text("", location, where)
    if isinstance(node, yaml.ScalarNode):
        return Text(node.value, location, where)
    if isinstance(node, yaml.SequenceNode):
        items = (
            _convert(item, shown, f"{where}[{number}]", faults, depth + 1)
            for number, item in enumerate(node.value, start=1)
        )
        return Items(tuple(items), location, where)
    return _convert_mapping(node, shown, where, faults, depth)


def _convert_mapping(node: yaml.Node, shown: str, where: str, faults: Faults, depth: int) -> Mapping:
    entries: dict[str, Node] = {}
    keys: dict[str, Location] = {}
    for key_node, value_node in node.value:
        place = Location(shown, key_node.start_mark.line + 1)
        if not isinstance(key_node, yaml.ScalarNode):
            faults.add(place, where, "a key must be a plain text")
            continue
        key = key_node.value
        dotted = f"{where}.{key}" if where else key
        if key in entries:
            faults.add(place, dotted, f"the key '{key}' stands twice, first on line {keys[key].line}")
            continue
        entries[key] = _convert(value_node, shown, dotted, faults, depth + 1)
        keys[key] = place
    return Mapping(entries, keys, Location(shown, node.start_mark.line + 1), where)


@dataclass(frozen=True)
class Reader:
    """Typed reading of nodes; what does not fit becomes a fault and a harmless default."""

    faults: Faults

    def known_keys(self, node: Mapping, allowed: tuple[str, ...], required: tuple[str, ...] = ()) -> None:
        """Faults for keys that are not known and for required ones that are absent."""
        for key, place in node.keys.items():
            if key not in allowed:
                hint = did_you_mean(key, allowed)
                self.faults.add(place, node.under(key), f"'{key}' is not a known field", hint)
        for key in required:
            if key not in node.entries:
                self.faults.add(node.location, node.where, f"the field '{key}' is missing")

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
            self.faults.add(node.location, node.where, f"'{value}' is not one of {', '.join(choices)}", hint)
            return default
        return value

    def flag(self, node: Node | None, default: bool = False) -> bool:
        """true or false, written so."""
        return self.one_of(node, ("true", "false"), "true" if default else "false") == "true"

    def whole(self, node: Node | None, default: int | None = None, least: int = 0) -> int | None:
        """A whole number of at least `least`."""
        if node is None:
            return default
        value = self.text(node)
        if not value.isdecimal() or int(value) < least:
            self.faults.add(node.location, node.where, f"'{value}' is not a whole number of at least {least}")
            return default
        return int(value)

    def mapping(self, node: Node | None) -> Mapping | None:
        if node is None or isinstance(node, Mapping):
            return node
        if isinstance(node, Text) and node.value == "":
            return None
        self.faults.add(node.location, node.where, f"a mapping is wanted, not a {_word(node)}")
        return None

    def items(self, node: Node | None) -> tuple[Node, ...]:
        """A list's items; a single text counts as a list of one."""
        if node is None:
            return ()
        if isinstance(node, Items):
            return node.items
        if isinstance(node, Text):
            return (node,)
        self.faults.add(node.location, node.where, f"a list is wanted, not a {_word(node)}")
        return ()

    def texts(self, node: Node | None) -> tuple[str, ...]:
        return tuple(self.text(item) for item in self.items(node))


def _word(node: Node) -> str:
    return {Text: "text", Items: "list", Mapping: "mapping"}[type(node)]
