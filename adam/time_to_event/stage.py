"""What the stage writes beside time-to-event datasets: why each subject has its outcome, and who switches."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from adam.time_to_event.explained import compute_switchers
from adam.time_to_event.page import render_explained
from crf2tlf.build import Step, StepResult
from crf2tlf.spec.model import Dataset, Study
from crf2tlf.tables import read_parquet, write_parquet, write_text

NAME = "tte_explained"


def explained_path(dataset: Dataset, folder: Path) -> Path:
    """The file of one dataset's explanations, in the folder of ADaM."""
    return folder / NAME / f"{dataset.name.lower()}.parquet"


def write_explained(dataset: Dataset, blocks: Sequence[pd.DataFrame], folder: Path) -> None:
    """Write the explanations of one dataset, given by block of subjects."""
    path = explained_path(dataset, folder)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_parquet(path, pd.concat(blocks, ignore_index=True))


def explained_steps(study: Study, folder: Path, code: tuple[str, ...]) -> list[Step]:
    """The step that gathers the explanations of a study with time-to-event parameters."""
    parts = tuple(explained_path(dataset, folder) for dataset in study.adam.values() if dataset.parameters)
    if not parts:
        return []
    outputs = (folder / f"{NAME}.parquet", folder / "tte_switchers.parquet", folder / f"{NAME}.html")
    arguments = (study.name, study.study_id, parts, folder)
    return [Step(f"adam/{NAME}", gather_explained, arguments, inputs=parts, outputs=outputs, code=code)]


def gather_explained(study: str, study_id: str, parts: tuple[Path, ...], folder: Path) -> StepResult:
    """Write all explanations, those who switch between rule sets, and the page of both."""
    explained = pd.concat([read_parquet(part) for part in parts], ignore_index=True)
    switchers = compute_switchers(explained)
    write_parquet(folder / f"{NAME}.parquet", explained)
    write_parquet(folder / "tte_switchers.parquet", switchers)
    write_text(folder / f"{NAME}.html", render_explained(study, study_id, explained, switchers))
    return StepResult(rows={NAME: len(explained), "tte_switchers": len(switchers)})
