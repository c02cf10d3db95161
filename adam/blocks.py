"""Blocks of subjects: what is analysed at once, and where the rows of each block stand in the files that are read.

Every rule is subject-local, so a study is analysed block by block in flat memory, as SDTM is derived
(docs/decisions/0011-blocks-of-subjects.md). A file need not be sorted: the rows of a block are runs of rows.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import ceil
from pathlib import Path

import numpy as np
import pandas as pd

from crf2tlf.build import Step, StepResult
from crf2tlf.build.blocks import write_edges
from crf2tlf.rules.columns import text_column
from crf2tlf.spec.model import Study
from crf2tlf.tables import read_parquet, read_xpt, write_parquet

EVERY = -1
"""The block of rows that belong to no subject, such as those of TS: every block reads them."""
BLOCK_BYTES = 200 * 2**20
"""About so many bytes of SDTM transport files are analysed at once: some thousand subjects, 1.5 GB of memory."""
CODE = ("crf2tlf", "adam")
Runs = tuple[tuple[int, int], ...]
"""Runs of rows, each from its first row (counted from 0) to before its last."""


@dataclass(frozen=True)
class Blocks:
    """The blocks that a study is analysed in.

    folder  where what belongs to them lies
    count   the number of blocks
    """

    folder: Path
    count: int

    @property
    def edges(self) -> Path:
        """The file with the first subject of every block but the first."""
        return self.folder / "edges.parquet"

    def rows(self, file: Path) -> Path:
        """The file that tells which rows of a transport file belong to which block."""
        return self.folder / "rows" / f"{file.parent.name}_{file.stem}.parquet"

    def part(self, name: str, block: int) -> Path:
        """The folder of what was built of one block."""
        return self.folder / name / f"{block:04d}"

    def runs(self, file: Path, block: int) -> Runs:
        """The rows of a block in a transport file."""
        table = read_parquet(self.rows(file))
        own = table[table["BLOCK"].isin([block, EVERY])]
        return tuple(zip(own["START"].tolist(), own["STOP"].tolist(), strict=True))


def count_blocks(files: Iterable[Path]) -> int:
    """How many blocks a study is analysed in, by the size of its SDTM files."""
    return max(1, ceil(sum(file.stat().st_size for file in files if file.is_file()) / BLOCK_BYTES))


def block_steps(study: Study, blocks: Blocks, subjects: Path, files: Iterable[Path]) -> list[Step]:
    """The steps that find where the blocks begin, and which rows of each file they have."""
    edges = Step(
        name="adam/blocks",
        run=find_edges,
        arguments=(study, subjects, blocks),
        inputs=(subjects,),
        key=str(blocks.count),
        outputs=(blocks.edges,),
        code=CODE,
    )
    return [edges, *(_rows_step(study, file, blocks) for file in files)]


def _rows_step(study: Study, file: Path, blocks: Blocks) -> Step:
    return Step(
        name=f"adam/blocks.{file.parent.name}_{file.stem}",
        run=find_rows,
        arguments=(study, file, blocks),
        inputs=(file, blocks.edges),
        key=str(blocks.count),
        outputs=(blocks.rows(file),),
        code=CODE,
        optional=(file,),
    )


def find_edges(study: Study, file: Path, blocks: Blocks) -> StepResult:
    """Write the first subject of every block but the first, so that the blocks have about as many subjects each."""
    write_edges(blocks.edges, _subjects(study, file), blocks.count)
    return StepResult()


def find_rows(study: Study, file: Path, blocks: Blocks) -> StepResult:
    """Write the runs of rows of each block: BLOCK, START, STOP."""
    subjects = _subjects(study, file)
    edges = read_parquet(blocks.edges)["FIRST"].to_numpy(dtype=object)
    codes, distinct = pd.factorize(subjects, use_na_sentinel=True)
    of_subject = np.searchsorted(edges, np.array(distinct, dtype=object), side="right")
    number = np.append(of_subject, EVERY)[codes]
    starts = np.flatnonzero(np.diff(number, prepend=EVERY - 1)) if len(number) else np.zeros(0, dtype=np.int64)
    runs = {"BLOCK": number[starts], "START": starts, "STOP": np.append(starts[1:], len(number))[: len(starts)]}
    blocks.rows(file).parent.mkdir(parents=True, exist_ok=True)
    write_parquet(blocks.rows(file), pd.DataFrame(runs).astype(np.int64))
    return StepResult()


def _subjects(study: Study, file: Path) -> pd.Series:
    """USUBJID of each row of a transport file, missing where the file has none; no row where there is no file."""
    if not file.is_file():
        return text_column([])
    names = {variable.name for variable in read_xpt(file, encoding=study.encoding, columns=[]).variables}
    if "USUBJID" in names:
        return read_xpt(file, encoding=study.encoding, columns=["USUBJID"]).frame["USUBJID"]
    return text_column(None, len(read_xpt(file, encoding=study.encoding, columns=[]).frame))
