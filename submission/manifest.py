"""manifest.sha256: the hash of every file of the package, as `sha256sum -c` reads it."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

from submission.layout import MANIFEST

LINE = re.compile(r"([0-9a-f]{64})  (.+)\Z")


def list_files(m5: Path) -> list[str]:
    """All files of the package but the manifest, relative to m5, sorted."""
    files = (path.relative_to(m5).as_posix() for path in m5.rglob("*") if path.is_file())
    return sorted(name for name in files if name != MANIFEST)


def hash_file(path: Path) -> str:
    """SHA-256 of a file's content."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def render_manifest(m5: Path) -> str:
    """One line a file: hash, two blanks, path relative to m5."""
    return "".join(f"{hash_file(m5 / name)}  {name}\n" for name in list_files(m5))


def find_manifest_faults(m5: Path) -> list[str]:
    """Files that the manifest lacks, names without a file, or with another hash."""
    path = m5 / MANIFEST
    if not path.is_file():
        return [f"there is no {MANIFEST}"]
    stated: dict[str, str] = {}
    faults = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        match = LINE.match(line)
        if match is None:
            faults.append(f"{MANIFEST}: line {number} is no hash and name")
        else:
            stated[match[2]] = match[1]
    present = list_files(m5)
    faults += [f"{name}: not in {MANIFEST}" for name in present if name not in stated]
    faults += [f"{name}: in {MANIFEST}, but there is no such file" for name in stated if name not in present]
    common = [name for name in present if name in stated]
    faults += [f"{name}: its hash is not that of {MANIFEST}" for name in common if hash_file(m5 / name) != stated[name]]
    if list(stated) != sorted(stated):
        faults.append(f"{MANIFEST} is not sorted")
    return faults
