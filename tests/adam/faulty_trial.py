"""A trial with its planted faults, any of which can be taken back: its extract, SDTM and ADaM of some subjects."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path

import numpy as np
import pandas as pd

from adam.response_stage import derive_response
from adam.time_to_event.engine import TimeToEvent
from crf2tlf.derive.built import Built, build_dataset
from crf2tlf.derive.engine import Deriver
from crf2tlf.derive.tables import FileSource
from crf2tlf.spec.load import load_study
from crf2tlf.spec.model import Study
from sdtm.blocks import Extract, deriver_of
from sdtm.raw_forms import copied_forms, copy_forms
from synthetic.export.cells import FormCells, render_form
from synthetic.export.columns import TEXT_SUFFIX
from synthetic.export.manifest import locate_lines
from synthetic.export.run import Order, open_sink, read_specs
from synthetic.export.run import Study as RawSpecs
from synthetic.faults.kinds import plant_faults
from synthetic.faults.planter import Planter
from synthetic.simulate import Block, simulate

WANTED = ("ADRS", "ADTTE")
CASE = ["kind", "subject", "case"]


@dataclass(frozen=True)
class FaultyTrial:
    """A simulated study, its forms without and with faults, and what each case of a fault did.

    `lines` are those of the manifest, with CASE, the number of the case over all kinds and subjects, USUBJID of the
    patient, and item and record, by which the generator names a cell. `unlisted` are the records that a case left out
    or added without a line.
    """

    specs: RawSpecs
    study: Study
    block: Block
    clean: Mapping[str, FormCells]
    faulty: Mapping[str, FormCells]
    lines: pd.DataFrame
    unlisted: pd.DataFrame
    ranks: pd.Series
    folder: Path
    builds: count[int]

    def truth(self, name: str) -> pd.DataFrame:
        """What really happened, with USUBJID: dates are days since 1960-01-01."""
        frame = self.block.truth[name]
        return frame.assign(USUBJID=f"{self.study.study_id}-" + frame["SUBJECT"].astype("string"))

    def build(self, subjects: Collection[str] | None = None, reverted: Collection[int] = ()) -> dict[str, pd.DataFrame]:
        """ADRS and ADTTE of some subjects (all without), from an extract without the faults of the reverted cases."""
        folder = self.folder / f"extract{next(self.builds):03d}"
        write_forms(self.specs, self.forms(subjects, reverted), folder)
        extract = Extract(folder, folder / "copies", folder / "blocks")
        for file, forms in copied_forms(self.study).items():
            copy_forms(self.study, forms, folder / file, extract.copies)
        return derive_wanted(self.study, extract)

    def forms(self, subjects: Collection[str] | None, reverted: Collection[int]) -> dict[str, FormCells]:
        """The forms of some subjects as they are after some cases were taken back."""
        lines = self.lines[self.lines["CASE"].isin(list(reverted))]
        unlisted = self.unlisted[self.unlisted["CASE"].isin(list(reverted))]
        places = self.ranks if subjects is None else self.ranks.loc[sorted(subjects)]
        found = {}
        for name, cells in self.faulty.items():
            own = lines[lines["form"] == name], unlisted.loc[unlisted["form"] == name, "record"]
            form = take_back(cells, self.clean[name], *own)
            others = ~np.isin(form.ranks(np.arange(len(form.cells))), places.to_numpy())
            dropped = form.dropped | others
            found[name] = replace(form, dropped=dropped, texts=[each for each in form.texts if not dropped[each[0]]])
        return found


def make_faulty_trial(study: str, folder: Path, root: Path, subjects: int | None = None) -> FaultyTrial:
    """Simulate a study at its full size, or with so many subjects, and plant the faults of its spec."""
    specs = read_specs(Order(study), root)
    (block,) = simulate(specs.parameters, specs.forms, subjects=subjects, block=10_000)
    clean, faulty = ({name: render_form(specs.forms[name], each) for name, each in block.forms.items()} for _ in "12")
    with ExitStack() as stack:
        sink = stack.enter_context(open_sink(specs, folder / "whole"))
        seed, cut_off = specs.parameters.seed, specs.parameters.cut_off
        plant_faults(clean, seed, {}, cut_off, sink.text_columns)
        planter = plant_faults(faulty, seed, specs.faults, cut_off, sink.text_columns)
        sink.write(faulty)
        lines = pd.concat(planter.lines, ignore_index=True)
        lines = locate_lines(lines.assign(item=lines["field"], cause=lines["case"]), planter, sink)
    model = load_study(study, root)
    prefix = f"{model.study_id}-"
    ranks = next(iter(planter.pages.values())).ranks
    patients = pd.Series(prefix + ranks.index.astype(str), index=ranks.to_numpy())
    ranks = pd.Series(ranks.to_numpy(), index=prefix + ranks.index.astype(str))
    lines = lines.assign(CASE=lines.groupby(CASE, sort=False).ngroup(), USUBJID=lines["rank"].map(patients))
    return FaultyTrial(
        specs, model, block, clean, faulty, lines, number_unlisted(planter, lines), ranks, folder, count()
    )


def number_unlisted(planter: Planter, lines: pd.DataFrame) -> pd.DataFrame:
    """The records that faults left out or added without a line, with the number of their case."""
    records = pd.concat(planter.unlisted, ignore_index=True)
    named = lines[["kind", "subject", "cause", "CASE"]].drop_duplicates().astype({"cause": object})
    found = records.merge(named, left_on=CASE, right_on=["kind", "subject", "cause"], how="left", validate="m:1")
    assert found["CASE"].notna().all()
    return found


def take_back(cells: FormCells, clean: FormCells, lines: pd.DataFrame, unlisted: pd.Series) -> FormCells:
    """A form without some faults: cells as they were, records that were added left out, those left out back again."""
    out, frame = cells.dropped.copy(), cells.cells.copy()
    records = lines["record"].to_numpy(dtype=np.int64)
    added = records >= len(clean.cells)
    out[records[added]] = True
    others = unlisted.to_numpy(dtype=np.int64)
    out[others] = others >= len(clean.cells)
    texts = set()
    for item, own in lines[~added].groupby("item"):
        rows = own["record"].to_numpy(dtype=np.int64)
        if str(item).endswith(TEXT_SUFFIX):
            texts |= {(int(row), str(item).removesuffix(TEXT_SUFFIX)) for row in rows}
        else:
            column = frame[item].copy()
            column.iloc[rows] = clean.cells[item].iloc[rows].to_numpy(dtype=object)
            frame[item] = column
    kept = [each for each in cells.texts if each[:2] not in texts]
    return replace(cells, cells=frame, dropped=out, texts=kept)


def write_forms(specs: RawSpecs, forms: dict[str, FormCells], folder: Path) -> None:
    """Write an extract."""
    with open_sink(specs, folder) as sink:
        sink.write(forms)


def derive_wanted(study: Study, extract: Extract) -> dict[str, pd.DataFrame]:
    """ADRS and ADTTE of an extract; what they read is derived as the stages do when it is asked for."""
    built: dict[str, Built] = {}
    raw, _ = deriver_of(study, extract, 0)

    def derive(name: str) -> Built:
        if name not in built:
            built[name] = build_dataset(raw if name in study.sdtm else adam_deriver(study, name, opened), name)
        return built[name]

    def opened(source: str) -> FileSource:
        found = derive(source)
        return FileSource(source, found.frame, found.supp)

    return {name: derive(name).frame for name in WANTED}


def adam_deriver(study: Study, name: str, opened: Callable[[str], FileSource]) -> Deriver:
    """What the stage derives a dataset of ADaM with."""
    return Deriver(study, {}, opened, frozenset({name}), TimeToEvent(), derive_response)
