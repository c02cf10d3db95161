"""Stamps: what each step last built, from what, and the content of what it wrote."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from crf2tlf.build.fingerprint import Fingerprint
from crf2tlf.build.folder import STAMPS, remove_labels, remove_output
from crf2tlf.tables.atomic import write_text


@dataclass(frozen=True)
class Stamp:
    """The record of one built step; `outputs` holds the content hash of each output by its label."""

    step: str
    fingerprint: Fingerprint
    outputs: dict[str, str]
    rows: dict[str, int] = field(default_factory=dict)
    notes: dict[str, int] = field(default_factory=dict)


def stamp_path(build_folder: Path, name: str) -> Path:
    """Where the stamp of a step lies: `.stamps/sdtm/AE.json` for 'sdtm/AE'."""
    return build_folder / STAMPS / f"{name}.json"


def write_stamp(build_folder: Path, stamp: Stamp) -> None:
    """Write a stamp, as the last act of building its step; it holds no time, so equal builds have equal stamps."""
    path = stamp_path(build_folder, stamp.step)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_text(path, json.dumps(asdict(stamp), indent=1, sort_keys=True) + "\n")


def read_stamp(build_folder: Path, name: str) -> Stamp | None:
    """The stamp of a step, or None where there is none that can be read (the step is then built again)."""
    return _read(stamp_path(build_folder, name))


def read_stage_stamps(build_folder: Path, stage: str) -> list[Stamp]:
    """The stamps of all steps that a stage ever built and that are still recorded, by name."""
    found = [_read(path) for path in sorted((build_folder / STAMPS / stage).rglob("*.json"))]
    return [stamp for stamp in found if stamp is not None]


def _read(path: Path) -> Stamp | None:
    try:
        record: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        stamp = Stamp(**record)
    except (OSError, ValueError, TypeError):
        return None
    shapes = (stamp.fingerprint, stamp.outputs, stamp.rows, stamp.notes)
    return stamp if isinstance(stamp.step, str) and all(isinstance(part, dict) for part in shapes) else None


def remove_step(build_folder: Path, stamp: Stamp, spare: frozenset[str] = frozenset()) -> list[str]:
    """Remove what a step wrote and then its stamp, except outputs in `spare`; returns the labels removed."""
    removed = remove_labels(build_folder, set(stamp.outputs) - spare)
    remove_output(stamp_path(build_folder, stamp.step))
    return removed
