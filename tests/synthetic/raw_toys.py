"""Runs of the export on toy blocks, and readers of what they write."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

import pandas as pd
from export_toys import CUT_OFF, toy_blocks

from crf2tlf.tables import RawTable, read_odm, read_raw
from synthetic.export.run import Study, write_blocks
from synthetic.export.settings import read_settings
from synthetic.faults.read import read_faults
from synthetic.forms import read_events, read_forms
from synthetic.parameters import Parameters

ROOT = Path(__file__).resolve().parents[2]
SEED = 7


@dataclass(frozen=True)
class Enrolment:
    sites: int = 24


@dataclass(frozen=True)
class Assumptions:
    """What the export asks of the parameters of a study."""

    cut_off: float = CUT_OFF
    enrolment: Enrolment = Enrolment()


def toy_study(name: str, format_: str | None = None, without: tuple[str, ...] = ()) -> Study:
    """A study of the project, its faults without some kinds."""
    forms = read_forms(name, ROOT)
    faults = {kind: spec for kind, spec in read_faults(name, ROOT, forms).items() if kind not in without}
    settings = read_settings(name, ROOT, format_)
    return Study(cast(Parameters, Assumptions()), forms, read_events(name, ROOT), settings, faults)


def without_lab(study: Study) -> Study:
    """The study with its laboratory forms among the others."""
    return replace(study, settings=replace(study.settings, central_lab=None))


def write_toys(
    study: Study, folder: Path, subjects: int = 40, size: int = 40, faults: bool = True, seed: int = SEED
) -> dict[str, int]:
    """Write toy blocks."""
    return write_blocks(study, toy_blocks(study.forms, subjects, size, seed), folder, seed, faults)


def read_manifest(folder: Path) -> pd.DataFrame:
    return read_raw(folder / "manifest.csv", form="manifest", format="csv").frame


def read_files(folder: Path, files: list[str]) -> dict[tuple[str, str], RawTable]:
    """The raw tables by file and form; a form is only told apart within an ODM file."""
    tables: dict[tuple[str, str], RawTable] = {}
    for file in files:
        kind = file.rsplit(".", 1)[-1]
        if kind == "xml":
            odm = read_odm(folder / file)
            tables |= {(file, group.removeprefix("IG.")): table for group, table in odm.items()}
            continue
        encoding = "gb18030" if file == "central_lab.csv" else "utf-8"
        rows: Any = 1 if kind == "xpt" else 2
        table = read_raw(folder / file, form=file, format=cast(Any, kind), encoding=encoding, header_rows=rows)
        tables[file, ""] = table
    return tables


def find_wrong_lines(folder: Path) -> list[str]:
    """The lines of a manifest whose cell does not hold what they say, or is not the subject's."""
    manifest = read_manifest(folder)
    tables = read_files(folder, sorted(set(manifest["file"])))
    wrong: list[str] = []
    for (file, form), lines in manifest.groupby(["file", "form"]):
        table = tables.get((file, "")) or tables[file, form]
        subject = "SUBJ" if file.endswith(".xml") else "SUBJID"
        place = pd.Series(range(len(table.rows)), index=table.rows).reindex(lines["row"].astype(int))
        assert place.notna().all()
        records = table.frame.take(place.astype(int)).reset_index(drop=True)
        for field, mine in lines.reset_index(drop=True).groupby("field"):
            # An item that is blank in the whole file is no column of an ODM table without metadata.
            held = records[field].take(mine.index)
            fits = (held == mine["raw"]) & (records[subject].take(mine.index) == mine["subject"])
            wrong += [f"{file} {field} {line}" for line in mine.index[~fits.to_numpy(dtype=bool)]]
    return wrong
