"""Writes what was built for a dataset: XPT, SUPP-- XPT, issues and lineage."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from crf2tlf.derive.built import SUPP_COLUMNS, Built
from crf2tlf.errors import Context, DataError, Example
from crf2tlf.rules.columns import is_missing
from crf2tlf.spec.model import Dataset, Study, Variable
from crf2tlf.spec.standards import Standards
from crf2tlf.spec.supplemental import supplemental_label, supplemental_variables
from crf2tlf.tables import XptVariable, count_rows, text_length, write_parquet, write_xpt


def output_paths(spec: Dataset, folder: Path) -> tuple[Path, ...]:
    """The files that a dataset's step writes into its stage's folder."""
    stem = spec.name.lower()
    lineage = folder / "lineage"
    files = [lineage / f"{stem}.parquet", lineage / f"{stem}_picked.parquet", folder / "issues" / f"{stem}.parquet"]
    return (*transport_paths(spec, folder), *files)


def transport_paths(spec: Dataset, folder: Path) -> tuple[Path, ...]:
    """The transport files of a dataset and its supplemental qualifiers; a file without records is not written."""
    supplemental = [folder / f"{spec.supp_name.lower()}.xpt"] if spec.supp else []
    return (folder / spec.file_name, *supplemental)


def is_without_records(folder: Path, name: str) -> bool:
    """Whether a dataset was built in a stage's folder and has no records, and so no transport file.

    The lineage of the build tells: where it is absent nobody knows, and the answer is no.
    """
    lineage = folder / "lineage" / f"{name.lower()}.parquet"
    return lineage.is_file() and count_rows(lineage) == 0


def write_built(study: Study, spec: Dataset, built: Built, folder: Path, standards: Standards) -> None:
    """Write all files of a dataset, each whole or not at all; the stamp of the step is the build's.

    A dataset without records gets no transport file: an empty one is not submitted, and many programs refuse it.
    """
    lineage = folder / "lineage"
    lineage.mkdir(parents=True, exist_ok=True)
    stem = spec.name.lower()
    for path, filled in zip(transport_paths(spec, folder), (len(built.frame), len(built.supp)), strict=False):
        if not filled:
            path.unlink(missing_ok=True)
    if len(built.frame):
        variables = [_xpt_variable(study, variable, built.frame) for variable in spec.variables.values()]
        path = folder / spec.file_name
        write_xpt(path, built.frame, name=spec.name, label=spec.label, variables=variables, encoding=study.encoding)
    if len(built.supp):
        _write_supplemental(study, spec, built, folder, standards)
    write_parquet(lineage / f"{stem}.parquet", built.records)
    write_parquet(lineage / f"{stem}_picked.parquet", built.picked)
    (folder / "issues").mkdir(exist_ok=True)
    write_parquet(folder / "issues" / f"{stem}.parquet", built.issues)


def count_issues(built: Built) -> dict[str, int]:
    """How many issues of each rule a dataset has."""
    return {str(rule): int(count) for rule, count in built.issues["RULE"].value_counts(sort=False).items()}


def _xpt_variable(study: Study, variable: Variable, frame: pd.DataFrame) -> XptVariable:
    column = frame[variable.name]
    if variable.is_number:
        if variable.type == "integer":
            _require_whole_numbers(study, variable, frame)
        return XptVariable(variable.name, "number", 8, variable.label, variable.format)
    length = variable.length or text_length(column, study.encoding)
    return XptVariable(variable.name, "text", length, variable.label, variable.format)


def _require_whole_numbers(study: Study, variable: Variable, frame: pd.DataFrame) -> None:
    column = frame[variable.name]
    broken = np.flatnonzero(~is_missing(column) & (column.to_numpy() % 1 != 0))
    if not len(broken):
        return
    subjects = frame["USUBJID"] if "USUBJID" in frame else pd.Series([""] * len(frame))
    examples = [Example(str(subjects[row]), f"{variable.name} {column[row]:g}") for row in broken[:5].tolist()]
    context = Context(
        study.name,
        variable.dataset,
        variable.location,
        f"variables.{variable.name}",
        examples,
        "give it 'type: float' and significant_digits, or round it",
    )
    many = "1 value is" if len(broken) == 1 else f"{len(broken)} values are"
    raise DataError(f"{variable.name} is an integer, but {many} not whole.", context)


def _write_supplemental(study: Study, spec: Dataset, built: Built, folder: Path, standards: Standards) -> None:
    inherited = supplemental_variables(standards, spec.supp_name)
    frame = built.supp[list(SUPP_COLUMNS)]
    lengths = {name: text_length(frame[name], study.encoding) for name in SUPP_COLUMNS}
    variables = [XptVariable(name, "text", length, inherited[name].label) for name, length in lengths.items()]
    write_xpt(
        folder / f"{spec.supp_name.lower()}.xpt",
        frame,
        name=spec.supp_name,
        label=supplemental_label(standards, spec.supp_name),
        variables=variables,
        encoding=study.encoding,
    )
