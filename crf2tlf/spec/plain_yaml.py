"""YAML composed into nodes, without what a spec has no use for: anchors, aliases, tags and deep nesting."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import yaml
from yaml.composer import Composer

MAX_DEPTH = 40
_STANDARD_TAGS = "tag:yaml.org,2002:"
_SHOWN = 60


class NotPlain(ValueError):
    """A text that is no YAML, or YAML that the spec language does not take; `line` counts from 1."""

    def __init__(self, line: int, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.line, self.message, self.hint = line, message, hint


def compose(text: str) -> yaml.Node:
    """The one document of a YAML text; NotPlain where it has none, two or something that is not allowed.

    Nothing is ever constructed, so that no tag can call anything. libyaml parses eight times as fast as Python; what
    it refuses is read once more by PyYAML's own parser, for the sake of its messages.
    """
    try:
        return _compose(text, _FastLoader)
    except NotPlain:
        return _compose(text, _PlainLoader)


def _compose(text: str, parser: type[_FastLoader | _PlainLoader]) -> yaml.Node:
    loader = None
    try:
        loader = parser(text)
        root: yaml.Node | None = loader.get_single_node()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        what = error.problem or error.context or ""
        what = f"{error.context}, {what}" if what.startswith("but ") else what
        raise NotPlain(mark.line + 1 if mark else 1, f"not YAML: {what}") from None
    except yaml.YAMLError as error:
        raise NotPlain(1, f"not YAML: {error}".splitlines()[0]) from None
    finally:
        if loader is not None:
            loader.dispose()
    if root is None:
        raise NotPlain(1, "the file is empty")
    return root


class _PlainComposer(Composer):
    """Refuses what is not allowed as soon as it comes to it, before anything below is read."""

    depth = 0
    peek_event: Callable[[], Any]

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        """The next node with all below it."""
        event: Any = self.peek_event()
        line = event.start_mark.line + 1
        if isinstance(event, yaml.AliasEvent) or event.anchor:
            raise NotPlain(line, "anchors and aliases are not allowed", "write the value out where it is used")
        if event.tag:
            tag = event.tag.replace(_STANDARD_TAGS, "!!")[:_SHOWN]
            raise NotPlain(line, f"the tag '{tag}' is not allowed", "every value is a plain text")
        if self.depth >= MAX_DEPTH:
            raise NotPlain(line, f"nested more than {MAX_DEPTH} deep")
        self.depth += 1
        node: yaml.Node | None = super().compose_node(parent, index)
        self.depth -= 1
        return node

    def descend_resolver(self, *_: Any) -> None:
        """Nothing is resolved: every scalar stays text."""

    def ascend_resolver(self) -> None:
        """Nothing is resolved."""

    def resolve(self, *_: Any) -> str:
        """No tag: the kind of a node says all."""
        return ""


class _FastLoader(_PlainComposer, yaml.CSafeLoader):
    def __init__(self, text: str) -> None:
        yaml.CSafeLoader.__init__(self, text)
        _PlainComposer.__init__(self)


class _PlainLoader(_PlainComposer, yaml.SafeLoader):
    pass
