"""What was built of one block of subjects, kept in files until the dataset is written whole."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Protocol

import pandas as pd

from crf2tlf.derive.built import Built, combine_blocks
from crf2tlf.spec.model import Dataset
from crf2tlf.tables import read_parquet, write_parquet

PARTS = ("frame", "supp", "issues", "records", "picked")


class Block(Protocol):
    """A dataset's records of some subjects, in key order, with what belongs to them (see `Built`)."""

    @property
    def frame(self) -> pd.DataFrame: ...
    @property
    def supp(self) -> pd.DataFrame: ...
    @property
    def issues(self) -> pd.DataFrame: ...
    @property
    def records(self) -> pd.DataFrame: ...
    @property
    def picked(self) -> pd.DataFrame: ...


class StoredBlock:
    """A block in a folder; each of its tables is read when it is asked for, and not kept."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @property
    def frame(self) -> pd.DataFrame:
        return read_parquet(self.folder / "frame.parquet")

    @property
    def supp(self) -> pd.DataFrame:
        return read_parquet(self.folder / "supp.parquet")

    @property
    def issues(self) -> pd.DataFrame:
        return read_parquet(self.folder / "issues.parquet")

    @property
    def records(self) -> pd.DataFrame:
        return read_parquet(self.folder / "records.parquet")

    @property
    def picked(self) -> pd.DataFrame:
        return read_parquet(self.folder / "picked.parquet")


def write_block(folder: Path, built: Built) -> None:
    """Keep a block in a folder."""
    for part in PARTS:
        write_parquet(folder / f"{part}.parquet", getattr(built, part))


def select_whole(spec: Dataset, blocks: Sequence[Block]) -> Sequence[Block]:
    """Blocks that one after the other are the dataset in key order.

    Where the keys begin with the subject, and each block's subjects come after those of the one before, the blocks as
    they are; else all of them as one, in memory.
    """
    if len(blocks) == 1 or (spec.keys[:2] == ("STUDYID", "USUBJID") and _one_after_the_other(blocks)):
        return blocks
    return [combine_blocks(spec, [Built(*(getattr(block, part) for part in PARTS)) for block in blocks])]


def _one_after_the_other(blocks: Sequence[Block]) -> bool:
    last = ""
    for first, final in _ends(blocks):
        if first <= last:
            return False
        last = final
    return True


def _ends(blocks: Sequence[Block]) -> Iterator[tuple[str, str]]:
    """The first and the last subject of each block that has records."""
    for block in blocks:
        subjects = block.frame["USUBJID"]
        if len(subjects):
            yield str(subjects.iloc[0]), str(subjects.iloc[-1])
