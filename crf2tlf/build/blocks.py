"""What the stages that work in blocks of subjects share: where blocks begin, and the order of their steps."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import zip_longest
from pathlib import Path

import pandas as pd

from crf2tlf.build.steps import Step
from crf2tlf.rules.columns import Column, text_column
from crf2tlf.tables import write_parquet


def write_edges(path: Path, subjects: Column, count: int) -> None:
    """Write the first subject of every block but the first, so that the blocks have about as many subjects each."""
    distinct = sorted(subjects.dropna().unique())
    places = [len(distinct) * block // count for block in range(1, count)]
    write_parquet(path, pd.DataFrame({"FIRST": text_column([distinct[place] for place in places])}))


def by_block(datasets: Iterable[Sequence[Step]]) -> list[Step]:
    """The steps of all datasets block by block, so that a worker process seldom turns to another block."""
    return [step for block in zip_longest(*datasets) for step in block if step is not None]
