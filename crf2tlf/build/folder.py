"""The build folder of a study: what may be written and removed there, and who may do so now."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path, PurePosixPath
from typing import IO

from crf2tlf.errors import UsageError
from crf2tlf.tables.atomic import PART_SUFFIX

STAMPS = ".stamps"
LOCK = ".lock"
RUN_RECORD = "run.json"
LOG = "log.jsonl"
RESERVED = frozenset({STAMPS, LOCK, RUN_RECORD, LOG})
SECONDS_TO_WAIT = 600.0

# The names that tables.atomic_path gives to unfinished files: .ae.xpt.0123456789ab.part
UNFINISHED = re.compile(r"\..+\.[0-9a-f]{12}" + re.escape(PART_SUFFIX))


def absolute(path: Path) -> Path:
    """The path from the root, with links left as they are and '..' taken out."""
    return Path(os.path.abspath(path))  # noqa: PTH100  Path.absolute keeps '..'


def resolve_inside(build_folder: Path, path: Path) -> Path | None:
    """Where `path` truly lies, or None where that is not below the build folder (links are followed)."""
    root, place = build_folder.resolve(), path.resolve()
    return place if root in place.parents else None


def label_path(path: Path, build_folder: Path) -> str:
    """The name of a file in stamps and records: relative to the build folder, else to the working folder.

    So two builds in two folders carry the same records, and no record names a place on the machine. A link has the
    name of its own place, not of what it points to.
    """
    place, root = absolute(path).parent.resolve() / absolute(path).name, build_folder.resolve()
    if place == root or root in place.parents:
        return place.relative_to(root).as_posix()
    try:
        return Path(os.path.relpath(absolute(path))).as_posix()
    except ValueError:  # another drive on Windows
        return path.name


def remove_leftovers(build_folder: Path) -> list[str]:
    """Remove the unfinished files and folders of a killed build; returns their labels."""
    removed = []
    for folder, subfolders, files in os.walk(build_folder, followlinks=False):
        for name in [*subfolders, *files]:
            if UNFINISHED.fullmatch(name):
                remove_output(Path(folder) / name)
                removed.append(label_path(Path(folder) / name, build_folder))
        subfolders[:] = [name for name in subfolders if not UNFINISHED.fullmatch(name)]
    return sorted(removed)


def remove_output(path: Path) -> None:
    """Remove a file or a folder with all its content; a link is removed, never what it points to."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def remove_labels(build_folder: Path, labels: Iterable[str]) -> list[str]:
    """Remove the named outputs and the folders that this leaves empty; returns the labels that were there."""
    removed = []
    for label in sorted(set(labels)):
        path, parts = build_folder / label, PurePosixPath(label).parts
        # A stamp is a file that anybody can change: what it names is checked again before anything is removed.
        if ".." in parts or RESERVED.intersection(parts[:1]) or resolve_inside(build_folder, path.parent / "x") is None:
            continue
        if path.exists() or path.is_symlink():
            remove_output(path)
            removed.append(label)
            remove_empty_parents(build_folder, path)
    return removed


def remove_empty_parents(build_folder: Path, path: Path) -> None:
    """Remove the folders above `path`, from the inside out, as long as they are empty and in the build folder."""
    root = absolute(build_folder)
    for folder in absolute(path).parents:
        if folder == root or root not in folder.parents or any(folder.iterdir()):
            return
        folder.rmdir()


@contextlib.contextmanager
def lock_folder(build_folder: Path, tell: Callable[[str], None], seconds: float = SECONDS_TO_WAIT) -> Iterator[None]:
    """Hold the build folder for this process; waits for another build to end, at most `seconds`.

    On Linux the worker processes inherit the lock: should this process be killed, the next build waits until its
    last worker is gone too. Raises UsageError when the time is over.
    """
    build_folder.mkdir(parents=True, exist_ok=True)
    path = build_folder / LOCK
    with path.open("a+", encoding="ascii") as file:
        _wait_for_lock(file, build_folder, tell, seconds)
        file.seek(0)
        file.truncate()
        file.write(f"{os.getpid()}\n")
        file.flush()
        try:
            yield
        finally:
            file.seek(0)
            file.truncate()
            _unlock(file)


def _wait_for_lock(file: IO[str], build_folder: Path, tell: Callable[[str], None], seconds: float) -> None:
    until, told = time.monotonic() + seconds, False
    while not _try_lock(file):
        file.seek(0)
        process = file.read().strip() or "unknown"
        if time.monotonic() >= until:
            raise UsageError(
                f"{build_folder}: another build (process {process}) has held this folder for {seconds:.0f} s; "
                "wait for it or stop it, then build again"
            )
        if not told:
            tell(f"{build_folder}: waiting for another build (process {process}) to end")
            told = True
        time.sleep(0.1)


if sys.platform == "win32":
    import msvcrt

    def _try_lock(file: IO[str]) -> bool:
        file.seek(1_000_000)  # a byte far behind the process number, which others must be able to read
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

    def _unlock(file: IO[str]) -> None:
        file.seek(1_000_000)
        msvcrt.locking(file.fileno(), msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def _try_lock(file: IO[str]) -> bool:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _unlock(file: IO[str]) -> None:
        fcntl.flock(file, fcntl.LOCK_UN)
