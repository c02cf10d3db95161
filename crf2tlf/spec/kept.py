"""A checked study as a file, so that the stages after `check` need not read and check the same spec files again.

The file counts only for the very files, program and Python that it was made from, and only as it was written: its first
line is a hash of all that and of the rest. It is JSON of the classes of the spec's model; nothing else comes of it.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from functools import cache, partial
from pathlib import Path
from typing import Any

import yaml

import crf2tlf
from crf2tlf import errors
from crf2tlf.rules import expressions, grades, records, verbs
from crf2tlf.spec import crf, facts, model, nodes, time_to_event
from crf2tlf.spec.model import Study
from crf2tlf.tables import write_text

FILE = "checked.json"
_MODULES = (errors, expressions, grades, records, verbs, crf, facts, model, nodes, time_to_event)
_TUPLE, _LIST, _DICT, _PATH = "()", "[]", "{}", "/"


def compute_spec_key(name: str, root: Path) -> str:
    """The hash of all that decides what a study's spec means: its files, the standards, the program and its readers."""
    total = hashlib.sha256(repr((name, platform.python_version(), yaml.__version__)).encode())
    for folder in (root / "specs" / name, root / "specs" / "standards", Path(crf2tlf.__file__).parent):
        for path in _files_below(folder):
            content = hashlib.sha256(path.read_bytes()).hexdigest()
            total.update(f"{path.relative_to(folder).as_posix()}\0{content}\n".encode())
        total.update(b"\0")
    return total.hexdigest()


def _files_below(folder: Path) -> list[Path]:
    """All files of a folder, also behind links, but for what Python compiles by itself."""
    walked = os.walk(folder, followlinks=True)
    return sorted(Path(place) / name for place, _, names in walked for name in names if not name.endswith(".pyc"))


def write_kept_study(folder: Path, key: str, study: Study) -> None:
    """Write a study without faults to its folder; paths are told from the project's root."""
    body = json.dumps(_encode(study, study.root), ensure_ascii=False, separators=(",", ":"))
    write_text(folder / FILE, f"{_seal(key, body)}\n{body}\n")


def read_kept_study(folder: Path, key: str, root: Path) -> Study | None:
    """The study as it was written for the same key; None where there is none, or not as it was written."""
    try:
        text = (folder / FILE).read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError):
        return None
    seal, _, body = text.removesuffix("\n").partition("\n")
    if seal != _seal(key, body):
        return None
    study = _Decoder(root).decode(json.loads(body))
    return study if isinstance(study, Study) else None


def _seal(key: str, body: str) -> str:
    return hashlib.sha256(f"{key}\n{body}".encode()).hexdigest()


@cache
def _classes() -> dict[str, type[Any]]:
    """The classes of the spec's model by module and name."""
    every = [each for module in _MODULES for each in vars(module).values() if isinstance(each, type)]
    return {_name(each): each for each in every if is_dataclass(each)}


def _name(class_: type[Any]) -> str:
    return f"{class_.__module__.removeprefix('crf2tlf.')}.{class_.__name__}"


def _encode(value: Any, root: Path) -> Any:
    """A value as JSON: texts, numbers, booleans and None as they are, all else as a list that begins with its kind."""
    kind = type(value)
    if value is None or kind in (str, int, float, bool):
        return value
    if kind is tuple or kind is list:
        return [_TUPLE if kind is tuple else _LIST, *(_encode(each, root) for each in value)]
    if kind is dict:
        return [_DICT, *(_encode(each, root) for item in value.items() for each in item)]
    if isinstance(value, Path):
        return [_PATH, value.relative_to(root).as_posix()]
    if _classes().get(_name(kind)) is not kind:
        raise TypeError(f"a spec with a {_name(kind)} in it cannot be kept")
    return [_name(kind), *(_encode(getattr(value, each.name), root) for each in fields(value))]


class _Decoder:
    """Makes the values again."""

    def __init__(self, root: Path) -> None:
        self.makers: dict[str, Callable[[list[Any]], Any]] = {
            _TUPLE: tuple,
            _LIST: list,
            _DICT: lambda parts: dict(zip(parts[::2], parts[1::2], strict=True)),
            _PATH: lambda parts: root / parts[0],
        }
        self.makers |= {name: partial(_make, class_) for name, class_ in _classes().items()}

    def decode(self, stored: Any) -> Any:
        """One value with all in it."""
        if type(stored) is not list:
            return stored
        decode = self.decode
        return self.makers[stored[0]]([decode(each) if type(each) is list else each for each in stored[1:]])


def _make(class_: type[Any], parts: list[Any]) -> Any:
    return class_(*parts)
