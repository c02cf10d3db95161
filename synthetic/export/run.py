"""One run: simulate, write as text, plant faults, write the files, the manifest and the truth."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from crf2tlf.errors import UsageError
from crf2tlf.spec.crf import EventDef, FormDef
from crf2tlf.tables import write_text
from synthetic.export.cells import EPOCH, render_form
from synthetic.export.central_lab import CentralLabSink, SplitSink
from synthetic.export.converted import ConvertedSink, column_names
from synthetic.export.csv_files import CsvSink
from synthetic.export.csv_lines import csv_line, csv_lines
from synthetic.export.manifest import ManifestFile
from synthetic.export.odm_file import OdmSink
from synthetic.export.odm_metadata import StudyText
from synthetic.export.settings import Settings, read_settings
from synthetic.export.side_files import write_side_files
from synthetic.export.sink import Sink
from synthetic.export.truth import TruthFiles
from synthetic.faults.kinds import plant_faults
from synthetic.faults.planter import FaultSpec
from synthetic.faults.read import read_faults
from synthetic.forms import read_events, read_forms
from synthetic.parameters import Parameters, read_parameters
from synthetic.simulate import Block, simulate

RECORD = "raw.json"
SUBJECTS_PER_BLOCK = 1_000
"""As text a subject takes a third of a megabyte; nothing but the memory depends on this number."""


@dataclass(frozen=True)
class Order:
    """What is wanted: None stands for what the study's spec says."""

    study: str
    subjects: int | None = None
    seed: int | None = None
    format: str | None = None
    faults: bool = True


@dataclass(frozen=True)
class Study:
    """Everything that the specs of a study say about its raw data."""

    parameters: Parameters
    forms: dict[str, FormDef]
    events: dict[str, EventDef]
    settings: Settings
    faults: dict[str, FaultSpec]


def read_specs(order: Order, root: Path) -> Study:
    """The specs, checked."""
    forms = read_forms(order.study, root)
    return Study(
        read_parameters(order.study, root),
        forms,
        read_events(order.study, root),
        read_settings(order.study, root, order.format),
        read_faults(order.study, root, forms),
    )


def make_raw(order: Order, folder: Path, root: Path) -> dict[str, int]:
    """Make the raw data in a folder, which is emptied of what a run before left; returns the rows of each file."""
    study = read_specs(order, root)
    seed = study.parameters.seed if order.seed is None else order.seed
    require_own(folder)
    blocks = simulate(study.parameters, study.forms, subjects=order.subjects, seed=seed, block=SUBJECTS_PER_BLOCK)
    files = write_blocks(study, blocks, folder, seed, order.faults)
    said = {"study": order.study, "seed": seed, "format": study.settings.format, "faults": order.faults}
    remove_old(folder, files)
    write_record(folder, said | {"files": files})
    return files


def write_record(folder: Path, content: Mapping[str, Any]) -> None:
    """raw.json: what was made, and the rows of each file."""
    write_text(folder / RECORD, json.dumps(content, indent=1, ensure_ascii=False) + "\n")


def write_blocks(study: Study, blocks: Iterator[Block], folder: Path, seed: int, faults: bool) -> dict[str, int]:
    """Write the files of all blocks; returns their rows."""
    specs = study.faults if faults else {}
    with ExitStack() as stack:
        sink = stack.enter_context(open_sink(study, folder))
        manifest = stack.enter_context(ManifestFile(folder))
        truth = stack.enter_context(TruthFiles(folder / "truth"))
        for block in blocks:
            cells = {name: render_form(study.forms[name], frame) for name, frame in block.forms.items()}
            planter = plant_faults(cells, seed, specs, study.parameters.cut_off, sink.text_columns)
            sink.write(cells)
            manifest.write(planter, sink)
            truth.write(block.truth)
    manifest.write_counts(specs)
    side = write_side_files(folder, study.forms, study.events)
    if study.settings.format == "xpt":
        names = column_names(study.forms)
        write_text(folder / "Columns.csv", csv_line(tuple(names.columns)) + csv_lines(names), encoding="utf-8-sig")
        side["Columns.csv"] = len(names)
    own = {"manifest.csv": manifest.rows, "manifest_counts.csv": len(specs)}
    return dict(sorted((sink.files | own | truth.rows | side).items()))


def open_sink(study: Study, folder: Path) -> Sink:
    """The writer of the study's format, beside that of its central laboratory."""
    lab = study.settings.central_lab
    forms = {name: form for name, form in study.forms.items() if lab is None or name not in lab.forms}
    study_id = study.settings.study_id
    main = main_sink(study, folder, forms)
    return main if lab is None else SplitSink(main, CentralLabSink(folder, lab, study.forms, study_id))


def main_sink(study: Study, folder: Path, forms: Mapping[str, FormDef]) -> Sink:
    """The writer of the forms that are not the laboratory's."""
    settings = study.settings
    if settings.format == "csv":
        return CsvSink(folder, forms, study.events, settings.study_id)
    if settings.format == "odm":
        created = f"{EPOCH + np.int64(study.parameters.cut_off)}T00:00:00"
        text = StudyText(settings.study_id, settings.protocol, settings.title, created)
        sites = [f"{site:02d}" for site in range(1, study.parameters.enrolment.sites + 1)]
        return OdmSink(folder / settings.odm_file, forms, study.events, text, sites)
    return ConvertedSink(folder, "xpt" if settings.format == "xpt" else "xlsx", forms, study.events, settings.study_id)


def require_own(folder: Path) -> None:
    """Raise UsageError for a folder that holds other things than a run before; mark it, so that a killed run counts."""
    if folder.is_dir() and any(folder.iterdir()) and not (folder / RECORD).is_file():
        raise UsageError(f"{folder} is not empty and not made here: name another folder (--out)")
    if not (folder / RECORD).is_file():
        write_record(folder, {"files": {}})


def remove_old(folder: Path, files: Mapping[str, int]) -> None:
    """Remove the files of the run before that this one has not written."""
    record = folder / RECORD
    if record.is_file():
        for name in json.loads(record.read_text(encoding="utf-8"))["files"]:
            if name not in files:
                (folder / name).unlink(missing_ok=True)
