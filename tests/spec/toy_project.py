"""A project in a temporary folder that holds the toy study and the repository's own standards."""

from __future__ import annotations

import shutil
from pathlib import Path

from crf2tlf.errors import SpecError
from crf2tlf.spec.load import read_study

STANDARDS = Path(__file__).parents[2] / "specs" / "standards"
TOY_STUDY = Path(__file__).parent / "toy_study"


def copy_project(root: Path) -> Path:
    """The folder of a fresh copy of the toy study under the project `root`."""
    study = root / "specs" / "toy"
    shutil.copytree(TOY_STUDY, study, ignore=shutil.ignore_patterns("__pycache__"))
    (root / "specs" / "standards").symlink_to(STANDARDS, target_is_directory=True)
    return study


def edit(path: Path, old: str, new: str) -> None:
    """Replace the one place where `old` stands."""
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"'{old}' stands {text.count(old)} times in {path.name}"
    path.write_text(text.replace(old, new), encoding="utf-8")


def read_faults(root: Path) -> list[str]:
    """The messages for the toy study of a project, in the order in which they are told."""
    try:
        return [str(fault) for fault in read_study("toy", root)[1]]
    except SpecError as error:
        return [str(fault) for fault in error.faults]
