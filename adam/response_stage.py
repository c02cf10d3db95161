"""The response engine as part of the stage: records for a dataset, findings as issues, the referee's files."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from adam.response import check_lesions, compute_differences
from adam.response_outcome import add_outcomes
from adam.response_page import render_differences
from adam.response_records import compute_records
from adam.response_run import Run, run_response
from crf2tlf.build import StepResult
from crf2tlf.derive.engine import Deriver
from crf2tlf.derive.issues import Places
from crf2tlf.derive.tables import EngineSource
from crf2tlf.rules.columns import text_column
from crf2tlf.spec.model import Dataset, Response, Study
from crf2tlf.spec.response_fields import RESULTS
from crf2tlf.tables import write_parquet, write_text

_OF_THE_BASELINE = {"TARGET_TOO_SMALL", "TOO_MANY_TARGETS", "TOO_MANY_TARGETS_OF_ORGAN", "TARGET_NOT_MEASURED"}


def derive_response(deriver: Deriver, response: Response) -> EngineSource:
    """The records of a run; the dataset that holds the lesions gets an issue for each record that is left out."""
    run = run_response(deriver, response)
    wanted: set[str] = set()
    for dataset in deriver.derived_datasets():
        taken = {result.result for result in dataset.results.values()}
        if "LESION" in taken:
            report_findings(deriver, run, dataset)
        wanted |= taken or (set(RESULTS) if response.source in {each.source for each in dataset.records} else taken)
    return compute_records(run, wanted)


def report_findings(deriver: Deriver, run: Run, dataset: Dataset) -> None:
    """An issue for each lesion record that takes no part, is taken on trust, or breaks a rule of the baseline."""
    measured = run.response.input("measurements")
    source = measured.records[0].source if measured is not None else ""
    found = run.inputs.lesions[run.inputs.lesions["LNKID"].notna()]
    tables = [run.inputs.left_out, check_lesions(found, run.criterion)]
    findings = pd.concat([each[["RULE", "MESSAGE", "POSITION"]] for each in tables], ignore_index=True)
    file = deriver.source(source)
    file_rows = file.places().rows
    sequence = next(iter(dataset.variables.values()))
    for (rule, message), rows in findings.groupby(["RULE", "MESSAGE"], sort=True):
        numbers = rows["POSITION"].to_numpy(dtype=np.int64) + 1
        positions = np.searchsorted(file_rows, numbers)
        count = len(positions)
        places = Places(
            text_column(source, count),
            text_column(f"{source.lower()}.xpt", count),
            numbers,
            file.subjects().take(positions).reset_index(drop=True),
        )
        values = file.column("TRSTRESC").take(positions).reset_index(drop=True)
        severity = "warning" if rule in _OF_THE_BASELINE else "error"
        everything, nowhere = np.ones(count, dtype=bool), np.full(count, -1, dtype=np.int64)
        deriver.issues.add(
            f"RESPONSE_{rule}", sequence, places, everything, values, "TRSTRESC", str(message), nowhere, severity
        )


def judge_responses(deriver: Deriver) -> pd.DataFrame:
    """Computed against reported, of all runs that have both (see `compute_differences`)."""
    runs = [each for each in deriver.study.responses.values() if each.input("reported") is not None]
    return pd.concat([_differences(deriver, run_response(deriver, each)) for each in runs], ignore_index=True)


def write_referee(study: Study, blocks: Sequence[pd.DataFrame], folder: Path) -> StepResult:
    """Write response_referee.parquet and .html from the differences of each block of subjects."""
    runs = {name: number for number, name in enumerate(study.responses)}
    found = pd.concat(blocks, ignore_index=True)
    found = found.sort_values("RESPONSE", key=lambda names: names.map(runs), kind="stable", ignore_index=True)
    write_parquet(folder / "response_referee.parquet", found)
    write_text(folder / "response_referee.html", render_differences(study, found))
    return StepResult(notes={"differences": len(found)})


def _differences(deriver: Deriver, run: Run) -> pd.DataFrame:
    found = compute_differences(run.assessments, run.inputs.reported, run.inputs.subjects, run.criterion)
    found = add_outcomes(found, deriver, run.response)
    visits = pd.concat([run.inputs.lesions, run.inputs.reported], ignore_index=True)[["LNKGRP", "VISIT"]]
    names = visits.dropna().drop_duplicates("LNKGRP").set_index("LNKGRP")["VISIT"]
    found.insert(0, "RESPONSE", text_column(run.response.name, len(found)))
    found.insert(4, "VISIT", text_column(found["LNKGRP"].map(names), len(found)))
    return found
