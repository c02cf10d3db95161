"""What decides whether a step's result could differ: content of inputs and code, parameters, versions."""

from __future__ import annotations

import hashlib
import os
import platform
import tomllib
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import crf2tlf
from crf2tlf.build.folder import label_path
from crf2tlf.build.steps import Step

PROJECT_ROOT = Path(crf2tlf.__file__).resolve().parents[1]

# Libraries that shape the bytes of a result. Great Expectations is not among them: it comes with `make qc` only, and
# its coming must not rebuild what was there before; the qc stage puts its version into the key of its own steps.
LIBRARIES = (
    "pandas",
    "numpy",
    "scipy",
    "pyarrow",
    "pypdf",
    "pyreadstat",
    "openpyxl",
    "lxml",
    "PyYAML",
    "matplotlib",
    "reportlab",
)
ENVIRONMENT = ("SOURCE_DATE_EPOCH",)

Fingerprint = dict[str, Any]


@cache
def library_versions() -> dict[str, str]:
    """The versions of Python and of the libraries that shape results; '' for one not installed."""
    found = {"python": platform.python_version()}
    for name in LIBRARIES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = ""
    return found


def project_version() -> str:
    """The version of this project, from its own file where it runs uninstalled; '' where neither tells."""
    try:
        return version("crf2tlf")
    except PackageNotFoundError:
        file = PROJECT_ROOT / "pyproject.toml"
        return str(tomllib.loads(file.read_text("utf-8"))["project"]["version"]) if file.is_file() else ""


class ContentHashes:
    """SHA-256 of files and folders by content, each read once in a run.

    Size and time of a file are never taken as a sign of its content: both can stay while the content changes.
    """

    def __init__(self) -> None:
        self._known: dict[str, str | None] = {}

    def of(self, path: Path) -> str | None:
        """The hash of a file or folder, or None where there is neither."""
        place = str(path.resolve())
        if place not in self._known:
            self._known[place] = hash_path(Path(place))
        return self._known[place]

    def forget(self, paths: tuple[Path, ...]) -> None:
        """Read these, what lies in them and the folders around them again next time."""
        for place in [str(path.resolve()) for path in paths]:
            inside = place + os.sep
            touched = [each for each in self._known if each.startswith(inside) or inside.startswith(each + os.sep)]
            for each in touched:
                del self._known[each]


def hash_path(path: Path) -> str | None:
    """SHA-256 of a file's content, or of the names and contents of all files of a folder; None for a missing path."""
    if path.is_file():
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    return hash_folder(path, "*") if path.is_dir() else None


def hash_folder(folder: Path, pattern: str) -> str:
    """SHA-256 of the names and contents of the files below a folder whose names match `pattern`."""
    total = hashlib.sha256()
    for path in sorted(folder.rglob(pattern), key=lambda found: found.relative_to(folder).as_posix()):
        if path.is_file():
            total.update(f"{path.relative_to(folder).as_posix()}\0{hash_path(path)}\n".encode())
    return total.hexdigest()


def hash_code(folder: str, root: Path = PROJECT_ROOT) -> str:
    """SHA-256 of the Python files below a folder of the project; '' where there is no such folder."""
    return hash_folder(root / folder, "*.py") if (root / folder).is_dir() else ""


class Fingerprints:
    """Makes the fingerprints of one run's steps; equal fingerprints mean equal results."""

    def __init__(self, build_folder: Path, hashes: ContentHashes) -> None:
        self.build_folder = build_folder
        self.hashes = hashes
        self._code: dict[str, str] = {}

    def of(self, step: Step, needed: tuple[Step, ...]) -> Fingerprint:
        """The parts of a step's fingerprint, by name; `needed` are the steps named in `step.needs`."""
        for folder in step.code:
            if folder not in self._code:
                self._code[folder] = hash_code(folder)
        return {
            "run": f"{step.run.__module__}.{step.run.__qualname__}",
            "key": step.key,
            "inputs": self.labelled(step.inputs),
            "needs": {other.name: self.labelled(other.outputs) for other in needed},
            "code": {folder: self._code[folder] for folder in step.code},
            "versions": library_versions(),
            "environment": {name: os.environ.get(name, "") for name in ENVIRONMENT},
        }

    def written(self, step: Step) -> dict[str, str | None]:
        """The content hash of each output of a step by its label, without the optional ones that are not there."""
        labelled = self.labelled(step.outputs)
        absent = {label_path(path, self.build_folder) for path in step.optional}
        return {label: content for label, content in labelled.items() if content is not None or label not in absent}

    def labelled(self, paths: tuple[Path, ...]) -> dict[str, str | None]:
        """The content hash of each path by its label."""
        return {label_path(path, self.build_folder): self.hashes.of(path) for path in paths}


def explain_change(old: Fingerprint, new: Fingerprint) -> str:
    """The first part in which two fingerprints differ, in words: 'inputs sdtm/ae.xpt changed'."""
    for part, value in new.items():
        before = old.get(part)
        if before == value:
            continue
        if isinstance(value, dict) and isinstance(before, dict):
            names = [name for name in sorted({*value, *before}) if value.get(name) != before.get(name)]
            return f"{part} {names[0]} changed" if names else f"{part} changed"
        return f"{part} changed"
    return ""
