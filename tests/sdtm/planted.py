"""The same patients twice, clean and with planted faults, and the SDTM of both back to the raw rows."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd

from crf2tlf.derive.built import Built
from crf2tlf.derive.issues import combine_issues
from crf2tlf.spec.graph import Graph, forms_to_tell
from crf2tlf.spec.load import load_study
from crf2tlf.tables import read_raw
from sdtm.blocks import Extract
from sdtm.raw_forms import copied_forms, copy_forms
from sdtm.stage import derive_block
from synthetic.export.cells import render_form
from synthetic.export.manifest import ManifestFile
from synthetic.export.run import Order, Study, open_sink, read_specs
from synthetic.faults.kinds import plant_faults
from synthetic.simulate import Block, simulate

# What a record takes from other records of its subject: another fault may have changed it there.
MOST = 0.9
FROM_OTHER_RECORDS = ("SEQ", "DY", "STDY", "ENDY", "LOBXFL", "EPOCH")
COLUMN_LIST = ("FILE", "ROW")
# What DM gathers from the subject's other records.
OF_SUBJECT = (
    "RFSTDTC",
    "RFENDTC",
    "RFXSTDTC",
    "RFXENDTC",
    "RFICDTC",
    "RFPENDTC",
    "DTHDTC",
    "DTHFL",
    "ARMCD",
    "ARM",
    "ACTARMCD",
    "ACTARM",
    "ARMNRS",
    "PREVSUBJ",
    "RANDNO",
    "STRAT1",
    "STRAT2",
)


@dataclass(frozen=True)
class Sdtm:
    """The SDTM of one extract: each dataset with its supplemental qualifiers and lineage, and all issues."""

    built: dict[str, Built]

    @cached_property
    def issues(self) -> pd.DataFrame:
        return combine_issues([each.issues for each in self.built.values()])

    def records(self, dataset: str) -> pd.DataFrame:
        """The records of a dataset, its qualifiers as further columns, with FILE and ROW of their raw record."""
        return self._whole[dataset]

    @cached_property
    def _whole(self) -> dict[str, pd.DataFrame]:
        return {name: self._joined(built) for name, built in self.built.items()}

    def _joined(self, built: Built) -> pd.DataFrame:
        qualifiers = built.supp.pivot(index="DSROW", columns="QNAM", values="QVAL")
        wide = qualifiers.reindex(built.records["DSROW"]).reset_index(drop=True)
        return pd.concat([built.frame, wide, built.records[[*COLUMN_LIST]]], axis=1)

    def from_row(self, file: str, row: int) -> dict[str, pd.DataFrame]:
        """The records that were made from one raw row, by dataset."""
        return {name: self._whole[name].take(records) for name, records in self._by_row.get((file, row), {}).items()}

    @cached_property
    def _by_row(self) -> dict[tuple[str, int], dict[str, list[int]]]:
        found: dict[tuple[str, int], dict[str, list[int]]] = {}
        for name, frame in self._whole.items():
            for place, key in enumerate(zip(frame["FILE"], frame["ROW"], strict=True)):
                found.setdefault(key, {}).setdefault(name, []).append(place)
        return found

    def of_subject(self, dataset: str, subject: str) -> pd.DataFrame:
        """The records of a subject, named as in the raw data."""
        frame = self.records(dataset)
        return frame[frame["USUBJID"].str.endswith(f"-{subject}").to_numpy(dtype=bool)]


@dataclass(frozen=True)
class Planted:
    """Both extracts of a study with their SDTM, the list of faults, and where the clean twin of each row stands."""

    study: str
    clean: Sdtm
    faulty: Sdtm
    manifest: pd.DataFrame
    twins: dict[tuple[str, int], int]
    possible: frozenset[str]
    """The kinds that could hit a record of these subjects."""

    def cases(self) -> Iterator[tuple[tuple[str, str, str], pd.DataFrame]]:
        """The faults: kind, subject and number, with the lines of each."""
        for key, lines in self.manifest.groupby(["kind", "subject", "case"], sort=False):
            assert isinstance(key, tuple)
            yield (str(key[0]), str(key[1]), str(key[2])), lines


def make_planted(study: str, folder: Path, root: Path, subjects: int, rates: float = 1.0) -> Planted:
    """Simulate, plant with the study's rates times `rates` (at most MOST), and derive the SDTM of both extracts."""
    specs = read_specs(Order(study), root)
    raised = {name: replace(fault, rate=min(MOST, fault.rate * rates)) for name, fault in specs.faults.items()}
    (block,) = simulate(specs.parameters, specs.forms, subjects=subjects, block=10_000)
    clean = write_extract(specs, block, folder / "clean", faults=False)
    faulty = write_extract(replace(specs, faults=raised), block, folder / "faulty", faults=True)
    both = faulty.merge(clean, on=["FORM", "RECORD"], suffixes=("", "_CLEAN"), validate="1:1")
    twins = {
        (str(file), int(row)): int(twin)
        for file, row, twin in zip(both["FILE"], both["ROW"], both["ROW_CLEAN"], strict=True)
        if row > 0
    }
    manifest = read_raw(folder / "faulty" / "manifest.csv", form="manifest", format="csv").frame
    counts = read_raw(folder / "faulty" / "manifest_counts.csv", form="counts", format="csv").frame
    return Planted(
        study,
        derive_all(study, folder / "clean", root),
        derive_all(study, folder / "faulty", root),
        manifest.astype({"row": "int64"}),
        twins,
        frozenset(counts.loc[counts["eligible"] != "0", "kind"]),
    )


def write_extract(study: Study, block: Block, folder: Path, faults: bool) -> pd.DataFrame:
    """Write the raw files of a block; returns FORM, RECORD, FILE and ROW of each record (ROW 0: left out)."""
    seed = study.parameters.seed
    specs = study.faults if faults else {}
    with ExitStack() as stack:
        sink = stack.enter_context(open_sink(study, folder))
        manifest = stack.enter_context(ManifestFile(folder))
        cells = {name: render_form(study.forms[name], frame) for name, frame in block.forms.items()}
        planter = plant_faults(cells, seed, specs, study.parameters.cut_off, sink.text_columns)
        sink.write(cells)
        manifest.write(planter, sink)
        manifest.write_counts(specs)
        frames = []
        for name, form in cells.items():
            rows = sink.raw_rows(name, np.arange(len(form.cells), dtype=np.int64))
            frames.append(rows.assign(FORM=name))
    return pd.concat(frames, ignore_index=True)


def derive_all(name: str, raw: Path, root: Path) -> Sdtm:
    """All datasets of an extract, as the stage derives them."""
    study = load_study(name, root)
    extract, telling = Extract(raw, raw / "copies", raw / "blocks"), forms_to_tell(Graph(study))
    for file, forms in copied_forms(study).items():
        copy_forms(study, forms, raw / file, extract.copies)
    built = {each: derive_block(study, each, telling.get(each, ()), extract, 0) for each in study.sdtm}
    return Sdtm(built)
