"""The forms of a large study in blocks of subjects, one file a form and block."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from itertools import chain

import numpy as np

from crf2tlf.build import Step, StepResult
from crf2tlf.build.blocks import write_edges
from crf2tlf.derive.tables import RawSource
from crf2tlf.rules.columns import Column, IntArray, is_missing
from crf2tlf.spec.facts import Form
from crf2tlf.spec.model import Study
from crf2tlf.tables import NotInPieces, RawCopyWriter, RawTable, read_parquet
from sdtm.blocks import Extract, read_form, read_pieces

CODE = ("crf2tlf", "sdtm")
EDGES = "edges.parquet"


def split_steps(study: Study, extract: Extract) -> list[Step]:
    """The steps that find where the blocks begin, and that split each form; none where the study is one block."""
    if extract.count == 1:
        return []
    forms = [form for form in study.forms.values() if form.long is None]
    return [_edges_step(study, extract), *(_split_step(study, form, extract) for form in forms)]


def subject_form(study: Study) -> Form:
    """The form that tells which subjects there are: that of DM, else the first of the study."""
    dm = study.sdtm.get("DM")
    sources = [record.source.removeprefix("raw.") for record in dm.records] if dm is not None else []
    return next((study.forms[name] for name in sources if name in study.forms), next(iter(study.forms.values())))


def _edges_step(study: Study, extract: Extract) -> Step:
    form = subject_form(study)
    return Step(
        name="sdtm/blocks",
        run=find_edges,
        arguments=(study, form, extract),
        inputs=(extract.whole_file(form),),
        key=_key(study, form, extract.count),
        outputs=(extract.blocks / EDGES,),
        code=CODE,
    )


def find_edges(study: Study, form: Form, extract: Extract) -> StepResult:
    """Write the first subject of every block but the first, so that the blocks have about as many subjects each."""
    table = read_whole(study, form, extract)
    write_edges(extract.blocks / EDGES, _subjects(study, form, table), extract.count)
    return StepResult()


def _split_step(study: Study, form: Form, extract: Extract) -> Step:
    return Step(
        name=f"sdtm/blocks.{form.name}",
        run=split_form,
        arguments=(study, form, extract),
        inputs=(extract.whole_file(form), extract.blocks / EDGES),
        key=_key(study, form, extract.count),
        outputs=tuple(extract.split_file(form, block) for block in range(extract.count)),
        code=CODE,
    )


def split_form(study: Study, form: Form, extract: Extract) -> StepResult:
    """Write a form's records block by block, each block in the order of the extract."""
    try:
        _split(study, form, extract, read_pieces(study, form, extract))
    except NotInPieces:
        _split(study, form, extract, iter([read_whole(study, form, extract)]))
    return StepResult()


def _split(study: Study, form: Form, extract: Extract, pieces: Iterator[RawTable]) -> None:
    edges = read_parquet(extract.blocks / EDGES)["FIRST"]
    first = next(pieces)
    fields = tuple(first.frame.columns)
    paths = [extract.split_file(form, block) for block in range(extract.count)]
    with ExitStack() as stack:
        writers = [stack.enter_context(RawCopyWriter(path, form.name, first.file, fields)) for path in paths]
        for table in chain([first], pieces):
            blocks = number_blocks(_subjects(study, form, table), edges)
            for block in np.unique(blocks).tolist():
                writers[block].write(select_block(table, blocks == block))


def read_whole(study: Study, form: Form, extract: Extract) -> RawTable:
    """A wide form of all subjects."""
    return read_form(study, form, replace(extract, count=1))


def _subjects(study: Study, form: Form, table: RawTable) -> Column:
    """The subject of each record; identifiers of one person count as one, so that a person is in one block."""
    return RawSource(form, table, same=study.subject.same if study.subject is not None else ()).subjects()


def number_blocks(subjects: Column, edges: Column) -> IntArray:
    """The block of each record. Records that name no subject go with the first block, where they become issues."""
    known = subjects.fillna("").to_numpy(dtype=object)
    found = np.searchsorted(edges.to_numpy(dtype=object), known, side="right")
    return np.where(is_missing(subjects), 0, found).astype(np.int64)


def select_block(table: RawTable, chosen: object) -> RawTable:
    """Some records of a form."""
    positions = np.flatnonzero(np.asarray(chosen, dtype=bool))
    frame = table.frame.take(positions).reset_index(drop=True)
    return RawTable(table.form, table.file, frame, np.asarray(table.rows)[positions], table.labels)


def _key(study: Study, form: Form, count: int) -> str:
    return hashlib.sha256(repr((study.subject, form, count)).encode()).hexdigest()
