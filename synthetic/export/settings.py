"""How a study's raw data are exported: specs/<study>/export.yaml."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from crf2tlf.errors import Location, SpecError, UsageError
from crf2tlf.spec.nodes import Faults, Reader, read_yaml
from synthetic.export.central_lab import CentralLab
from synthetic.typed import read_record

FORMATS = ("csv", "odm", "xpt", "xlsx")


@dataclass(frozen=True)
class Settings:
    """The content of the file; `odm_file` names the file of the format odm."""

    study_id: str
    protocol: str
    title: str
    format: str
    odm_file: str = "odm.xml"
    central_lab: CentralLab | None = None


def read_settings(study: str, root: Path, format_: str | None = None) -> Settings:
    """The settings of a study, with another format where one is asked for."""
    shown = f"specs/{study}/export.yaml"
    faults = Faults()
    top = read_yaml(root / shown, shown, faults)
    settings = read_record(Settings, top, Reader(faults), Location(shown, 1)) if top else None
    if settings is not None and settings.format not in FORMATS:
        faults.add(Location(shown, 1), "format", f"'{settings.format}' is none of {', '.join(FORMATS)}")
    if settings is None or faults.found:
        raise SpecError(faults.found)
    if format_ is not None and format_ not in FORMATS:
        raise UsageError(f"the format '{format_}' is none of {', '.join(FORMATS)}")
    return replace(settings, format=format_ or settings.format)
