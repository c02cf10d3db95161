"""All dates of ADaM that were imputed, as one table and as a page: what was collected, what became of it, and how."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from crf2tlf.build import Step, StepResult
from crf2tlf.derive.engine import DerivedDataset
from crf2tlf.derive.scope import RowScope
from crf2tlf.list_page import render_list, render_list_page
from crf2tlf.rules import verbs
from crf2tlf.rules.columns import Column, compute_iso_dates, is_missing, missing_column, text_column
from crf2tlf.spec.describe import describe_method
from crf2tlf.spec.model import Study, Variable
from crf2tlf.tables import read_parquet, write_parquet, write_text

TEXTS = ("DATASET", "USUBJID", "SEQVAR", "VARIABLE", "SOURCE", "COLLECTED", "IMPUTED", "FLAG", "RULE", "SPEC")
HEADINGS = ("Subject", "Record", "Collected", "Imputed", "Part")


def imputed_path(folder: Path, dataset: str) -> Path:
    """Where the imputed dates of one dataset are kept."""
    return folder / "imputed" / f"{dataset.lower()}.parquet"


def imputed_step(study: Study, folder: Path, code: tuple[str, ...]) -> Step:
    """The step that gathers the imputed dates of all datasets."""
    parts = tuple(imputed_path(folder, name) for name in sorted(study.adam))
    return Step(
        name="adam/imputed",
        run=gather_imputed,
        arguments=(study, parts, folder),
        inputs=parts,
        outputs=(folder / "imputed.parquet", folder / "imputed.html"),
        code=code,
    )


def write_imputed(folder: Path, dataset: str, blocks: Sequence[pd.DataFrame]) -> None:
    """Keep the imputed dates of one dataset, given by block of subjects, for the step that gathers them."""
    path = imputed_path(folder, dataset)
    path.parent.mkdir(exist_ok=True)
    write_parquet(path, _ordered(pd.concat(blocks, ignore_index=True)))


def select_imputed(derived: DerivedDataset) -> pd.DataFrame:
    """One row for each imputed date of a dataset, by variable and then by subject.

    COLLECTED is the partial date as it stands in SDTM (SOURCE says where), IMPUTED the date that became of it, FLAG the
    highest part that was imputed (ADaMIG 1.3 section 3.2.3), RULE the rule in words with its line in SPEC. SEQ is the
    record's number under the name SEQVAR, missing in ADSL.
    """
    flags = [each for each in derived.spec.variables.values() if isinstance(each.rule, verbs.ImputationFlag)]
    frames = [_none(), *(_of_flag(derived, flag) for flag in flags)]
    return _ordered(pd.concat(frames, ignore_index=True))


def _ordered(imputed: pd.DataFrame) -> pd.DataFrame:
    return imputed.sort_values(["VARIABLE", "USUBJID", "SEQ"], kind="stable", ignore_index=True)


def _of_flag(derived: DerivedDataset, flag: Variable) -> pd.DataFrame:
    if not isinstance(flag.rule, verbs.ImputationFlag):
        return _none()
    date = derived.variable(flag.rule.variable)
    if not isinstance(date.rule, verbs.IsoDate):
        return _none()
    values = derived.column(flag.name)
    rows = np.flatnonzero(~is_missing(values))
    numbered = next((key for key in derived.spec.keys if key.endswith("SEQ")), "")

    def of_rows(column: Column) -> Column:
        return column.take(rows).reset_index(drop=True)

    collected = RowScope(derived, date, np.arange(derived.length)).column(date.rule.date)
    days = derived.column(date.name).to_numpy(dtype=np.float64)[rows]
    count = len(rows)
    columns: dict[str, Column] = {
        "DATASET": text_column(derived.name, count),
        "USUBJID": of_rows(derived.subjects()),
        "SEQVAR": text_column(numbered or None, count),
        "SEQ": of_rows(derived.column(numbered)) if numbered else missing_column("number", count),
        "VARIABLE": text_column(flag.name.removesuffix("F"), count),
        "SOURCE": text_column(str(date.rule.date), count),
        "COLLECTED": of_rows(collected),
        "IMPUTED": compute_iso_dates(days),
        "FLAG": of_rows(values),
        "RULE": text_column(describe_method(date.name, date.rule).text, count),
        "SPEC": text_column(str(date.location), count),
    }
    return pd.DataFrame(columns)


def _none() -> pd.DataFrame:
    columns = {name: missing_column("text", 0) for name in TEXTS}
    return pd.DataFrame(columns | {"SEQ": missing_column("number", 0)})


def gather_imputed(study: Study, parts: tuple[Path, ...], folder: Path) -> StepResult:
    """Write imputed.parquet and imputed.html from the imputed dates of all datasets."""
    whole = pd.concat([_none(), *(read_parquet(part) for part in parts)], ignore_index=True)
    write_parquet(folder / "imputed.parquet", whole)
    write_text(folder / "imputed.html", render_imputed(study, whole))
    return StepResult(rows={"imputed": len(whole)})


def render_imputed(study: Study, imputed: pd.DataFrame) -> str:
    """A page that stands alone: one list for each dataset and variable, under its rule."""
    record = imputed["SEQVAR"] + " " + imputed["SEQ"].astype("Int64").astype("string")
    shown = imputed.assign(RECORD=record)
    names = ["USUBJID", "RECORD", "COLLECTED", "IMPUTED", "FLAG"]
    parts = [
        render_list(f"{dataset}.{variable}: {rule} ({spec})", rows, names, list(HEADINGS))
        for (dataset, variable, rule, spec), rows in shown.groupby(["DATASET", "VARIABLE", "RULE", "SPEC"])
    ]
    subjects = imputed["USUBJID"].nunique()
    introduction = (
        f'<span class="count">{len(imputed)}</span> partial dates of {subjects} subject{"s" if subjects != 1 else ""} '
        "were completed for analysis. The flag names the highest part that was imputed: Y, M or D."
    )
    body = "\n".join(parts) or "<p>Every date of the analysis datasets is as collected.</p>"
    label = "Filter dates" if len(imputed) else ""
    return render_list_page(
        f"Imputed dates {study.name}", f"Imputed dates of {study.study_id}", introduction, body, label=label
    )
