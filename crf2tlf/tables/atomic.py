"""Files that are written whole or not at all."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PART_SUFFIX = ".part"


@contextmanager
def atomic_path(path: str | Path) -> Iterator[Path]:
    """A new file in the folder of `path` that takes its place when the block ends well, and is removed when it fails.

    The folder is made where it does not exist. The bytes are on disk (fsync) before the file gets its name, and the
    name is on disk before the block ends, so a build that is killed leaves the old file or the new one. Only a killed
    build leaves a hidden `.<name>.<random>.part` behind.
    """
    target = Path(path)
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f".{target.name}.{secrets.token_hex(6)}{PART_SUFFIX}")
    try:
        # Made here, not by mkstemp, so that the file gets the rights of the user's umask.
        os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666))
        yield part
        sync_to_disk(part)
        part.replace(target)
        sync_to_disk(target.parent)
    finally:
        part.unlink(missing_ok=True)


def sync_to_disk(path: Path) -> None:
    """Wait until a file, or the names in a folder, are on disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_bytes(path: str | Path, content: bytes) -> None:
    """Write a file whole or not at all."""
    with atomic_path(path) as part:
        part.write_bytes(content)


def write_text(path: str | Path, content: str, encoding: str = "utf-8") -> None:
    """Write a text file whole or not at all; line ends are written as they stand in `content`."""
    write_bytes(path, content.encode(encoding))
