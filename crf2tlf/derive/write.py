"""Writes what was built for a dataset: XPT, SUPP-- XPT, issues and lineage."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from crf2tlf.derive.built import SUPP_COLUMNS
from crf2tlf.derive.issues import combine_issues
from crf2tlf.derive.stored import Block, select_whole
from crf2tlf.errors import Context, DataError, Example
from crf2tlf.rules.columns import IntArray, is_missing
from crf2tlf.spec.model import Dataset, Study, Variable
from crf2tlf.spec.standards import Standards
from crf2tlf.spec.supplemental import supplemental_label, supplemental_variables
from crf2tlf.tables import XptVariable, XptWriter, count_rows, text_length, write_parquet, write_parquet_blocks


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


@dataclass(frozen=True)
class Written:
    """What was written for a dataset: records by file, and issues by rule."""

    rows: dict[str, int]
    issues: dict[str, int]


def write_built(study: Study, spec: Dataset, built: Block, folder: Path, standards: Standards) -> Written:
    """Write all files of a dataset, each whole or not at all; the stamp of the step is the build's."""
    return write_blocks(study, spec, [built], folder, standards)


def write_blocks(study: Study, spec: Dataset, blocks: Sequence[Block], folder: Path, standards: Standards) -> Written:
    """Write all files of a dataset that was built block by block; the bytes do not depend on the blocks.

    A dataset without records gets no transport file: an empty one is not submitted, and many programs refuse it.
    """
    blocks = select_whole(spec, blocks)
    rows, qualifiers = ([len(getattr(block, part)) for block in blocks] for part in ("records", "supp"))
    own, *supplemental = transport_paths(spec, folder)
    variables, frames = _variables(study, spec, blocks), (block.frame for block in blocks)
    _write_transport(own, spec.name, spec.label, study.encoding, variables, frames)
    for path in supplemental:
        label = supplemental_label(standards, spec.supp_name)
        variables = _supplemental_variables(study, spec, blocks, standards)
        frames = (block.supp[list(SUPP_COLUMNS)] for block in blocks)
        _write_transport(path, spec.supp_name, label, study.encoding, variables, frames)
    starts = np.cumsum([0, *rows])
    lineage = folder / "lineage"
    stem = spec.name.lower()
    write_parquet_blocks(lineage / f"{stem}.parquet", _numbered(blocks, "records", starts))
    write_parquet_blocks(lineage / f"{stem}_picked.parquet", _numbered(blocks, "picked", starts))
    issues = combine_issues([block.issues for block in blocks])
    write_parquet(folder / "issues" / f"{stem}.parquet", issues)
    counted = {spec.name: sum(rows)} | ({spec.supp_name: sum(qualifiers)} if spec.supp else {})
    return Written(counted, _count(issues))


def _write_transport(
    path: Path, name: str, label: str, encoding: str, variables: Sequence[XptVariable], frames: Iterable[pd.DataFrame]
) -> None:
    if not variables:
        path.unlink(missing_ok=True)
        return
    with XptWriter(path, name=name, label=label, variables=variables, encoding=encoding) as writer:
        for frame in frames:
            writer.write(frame)


def _numbered(blocks: Sequence[Block], part: str, starts: IntArray) -> Iterator[pd.DataFrame]:
    """A part of each block with the numbers that its records have in the whole dataset."""
    for block, start in zip(blocks, starts, strict=False):
        frame: pd.DataFrame = getattr(block, part)
        yield frame.assign(DSROW=frame["DSROW"] + start)


def _count(issues: pd.DataFrame) -> dict[str, int]:
    """How many issues of each rule there are."""
    return {str(rule): int(count) for rule, count in issues["RULE"].value_counts(sort=False).items()}


def _variables(study: Study, spec: Dataset, blocks: Sequence[Block]) -> list[XptVariable]:
    """The declared variables of the file; none where the dataset has no records."""
    found = [
        [_xpt_variable(study, variable, frame) for variable in spec.variables.values()]
        for block in blocks
        if len(frame := block.frame)
    ]
    return _longest(found)


def _longest(found: list[list[XptVariable]]) -> list[XptVariable]:
    """Each variable with the length of the longest of its blocks (FDA wants that of the longest value)."""
    return [max(each, key=lambda variable: variable.length) for each in zip(*found, strict=True)]


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


def _supplemental_variables(
    study: Study, spec: Dataset, blocks: Sequence[Block], standards: Standards
) -> list[XptVariable]:
    """The variables of SUPP--; none where nobody has a qualifier."""
    inherited = supplemental_variables(standards, spec.supp_name)
    found = [
        [
            XptVariable(name, "text", text_length(frame[name], study.encoding), inherited[name].label)
            for name in SUPP_COLUMNS
        ]
        for block in blocks
        if len(frame := block.supp)
    ]
    return _longest(found)
