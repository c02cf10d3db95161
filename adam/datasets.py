"""What the steps of the stage run: a dataset, whole or of one block of subjects, from the files of others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

from adam.blocks import Blocks, Runs
from adam.imputed import select_imputed, write_imputed
from adam.response_stage import derive_response, judge_responses, write_referee
from adam.time_to_event.engine import TimeToEvent
from adam.time_to_event.explained import compute_explained
from adam.time_to_event.stage import write_explained
from crf2tlf.build import StepResult
from crf2tlf.derive.built import Built, build_dataset
from crf2tlf.derive.engine import Deriver
from crf2tlf.derive.stored import Block, StoredBlock, write_block
from crf2tlf.derive.tables import FileSource
from crf2tlf.derive.write import is_without_records, write_blocks
from crf2tlf.errors import Context, UnreadableFile
from crf2tlf.rules.columns import IntArray, missing_column
from crf2tlf.spec.load import load_study_standards
from crf2tlf.spec.model import Dataset, Study
from crf2tlf.tables import read_parquet, read_xpt, write_parquet

REFEREE = "response_referee"
_IMPUTED, _EXPLAINED, _DIFFERENCES = "imputed.parquet", "explained.parquet", "differences.parquet"


@dataclass(frozen=True)
class Files:
    """The files that datasets are derived from: those of a build folder, or in them the rows of one block.

    columns  by source the columns that are read in one go; others are read when they are asked for
    blocks   the blocks of which `block` is one; without it all rows are read
    """

    build_folder: Path
    columns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    blocks: Blocks | None = None
    block: int = 0

    def open(self, study: Study, name: str) -> FileSource:
        """A dataset of either standard from its file, with its supplemental qualifiers."""
        dataset = study.dataset(name)
        if dataset is None:
            raise UnreadableFile(f"there is no dataset {name} in the spec", Context(study.name))
        folder = self.build_folder / dataset.standard.lower()
        path = folder / dataset.file_name
        if not path.is_file() and is_without_records(folder, name):
            return FileSource(name, _without_records(dataset))
        if not path.is_file():
            target = dataset.standard.lower()
            context = Context(study.name, name, dataset.location, fix=f"run make {target} STUDY={study.name}")
            raise UnreadableFile(f"{path} does not exist.", context)
        supplemental = folder / f"{dataset.supp_name.lower()}.xpt"
        has_qualifiers = bool(dataset.supp) and supplemental.is_file()
        qualifiers = _read(study, supplemental, None, self._runs(supplemental)) if has_qualifiers else None
        runs = self._runs(path)
        there = {variable.name for variable in read_xpt(path, encoding=study.encoding, columns=[]).variables}
        columns = dict.fromkeys(("USUBJID", *self.columns.get(name, ())))
        frame = _read(study, path, [each for each in columns if each in there], runs)

        def read(column: str) -> pd.Series:
            return _read(study, path, [column] if column in there else [], runs)[column]

        return FileSource(name, frame, qualifiers, read, _numbers(runs))

    def _runs(self, path: Path) -> Runs | None:
        return None if self.blocks is None else self.blocks.runs(path, self.block)


def _read(study: Study, path: Path, columns: list[str] | None, runs: Runs | None) -> pd.DataFrame:
    return read_xpt(path, encoding=study.encoding, columns=columns, runs=runs).frame


def _numbers(runs: Runs | None) -> IntArray | None:
    """The numbers of the rows in the file, from 1; None for all rows."""
    if runs is None:
        return None
    return np.concatenate([np.zeros(0, dtype=np.int64), *(np.arange(first, stop) + 1 for first, stop in runs)])


def _without_records(dataset: Dataset) -> pd.DataFrame:
    """The columns of a dataset that has no records."""
    columns = dataset.variables.values()
    return pd.DataFrame({each.name: missing_column("number" if each.is_number else "text", 0) for each in columns})


def build_whole(study: Study, name: str, files: Files) -> StepResult:
    """Derive a dataset of all subjects at once and write it."""
    built, imputed, explained = _derive(study, name, files)
    return _write(study, name, files.build_folder, [built], [imputed], [explained])


def build_block(study: Study, name: str, files: Files, part: Path) -> StepResult:
    """Derive a dataset of one block of subjects and keep it in a folder for `join_blocks`."""
    built, imputed, explained = _derive(study, name, files)
    write_block(part, built)
    write_parquet(part / _IMPUTED, imputed)
    write_parquet(part / _EXPLAINED, explained)
    return StepResult()


def join_blocks(study: Study, name: str, build_folder: Path, parts: tuple[Path, ...]) -> StepResult:
    """Write a dataset from its blocks."""
    imputed, explained = ([read_parquet(part / file) for part in parts] for file in (_IMPUTED, _EXPLAINED))
    return _write(study, name, build_folder, [StoredBlock(part) for part in parts], imputed, explained)


def _derive(study: Study, name: str, files: Files) -> tuple[Built, pd.DataFrame, pd.DataFrame]:
    """A dataset, the dates of it that were imputed, and why each subject has its outcomes, where it has any."""

    def opened(source: str) -> FileSource:
        return files.open(study, source)

    deriver = Deriver(study, {}, opened, frozenset({name}), TimeToEvent(), derive_response)
    built = build_dataset(deriver, name)
    derived = deriver.dataset(name)
    explained = compute_explained(derived) if derived.spec.parameters else pd.DataFrame()
    return built, select_imputed(derived), explained


def _write(
    study: Study,
    name: str,
    build_folder: Path,
    blocks: list[Block],
    imputed: list[pd.DataFrame],
    explained: list[pd.DataFrame],
) -> StepResult:
    folder, spec = build_folder / "adam", study.adam[name]
    written = write_blocks(study, spec, blocks, folder, load_study_standards(study))
    write_imputed(folder, name, imputed)
    if spec.parameters:
        write_explained(spec, explained, folder)
    return StepResult(written.rows, written.issues)


def build_referee(study: Study, files: Files) -> StepResult:
    """Compare the computed responses of all subjects with those reported."""
    return write_referee(study, [_judge(study, files)], files.build_folder / "adam")


def build_referee_block(study: Study, files: Files, part: Path) -> StepResult:
    """Compare the responses of one block of subjects, and keep the differences in a folder."""
    write_parquet(part / _DIFFERENCES, _judge(study, files))
    return StepResult()


def join_referee(study: Study, build_folder: Path, parts: tuple[Path, ...]) -> StepResult:
    """Write the differences of all blocks."""
    return write_referee(study, [read_parquet(part / _DIFFERENCES) for part in parts], build_folder / "adam")


def _judge(study: Study, files: Files) -> pd.DataFrame:
    return judge_responses(Deriver(study, {}, lambda source: files.open(study, source)))
