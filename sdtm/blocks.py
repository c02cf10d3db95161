"""Blocks of subjects: what is derived at once, and the raw forms of one block.

Every rule is subject-local, so a study is derived block by block in flat memory; the result is the same whatever the
blocks are. A study whose raw files are small is one block, and its forms are read as they lie in the extract. The forms
of a larger one are split first, each into one file a block (`sdtm.split`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from math import ceil
from pathlib import Path
from typing import Literal, TypedDict
from uuid import uuid4

from crf2tlf.derive.engine import Deriver
from crf2tlf.derive.extract import kept_records
from crf2tlf.derive.long_forms import LongSource
from crf2tlf.derive.tables import RawSource
from crf2tlf.spec.facts import Form
from crf2tlf.spec.graph import wide_form
from crf2tlf.spec.model import Study
from crf2tlf.tables import RawFormat, RawTable, read_raw, read_raw_copy, read_raw_copy_pieces, read_raw_pieces
from sdtm.raw_forms import check_fields, copy_path

BLOCK_BYTES = 64 * 2**20
"""About so many bytes of raw files are derived at once: some thousand subjects, 2 GB of memory."""


@dataclass(frozen=True)
class Extract:
    """Where the raw forms of a study lie: the extract, the copies of forms that share a file, and the blocks.

    count  the number of blocks
    run    a name of this run of the stage: what steps share in one process they share within a run only
    """

    raw: Path
    copies: Path
    blocks: Path
    count: int = 1
    run: str = field(default_factory=lambda: uuid4().hex)

    def whole_file(self, form: Form) -> Path:
        """The file that holds a wide form of all subjects."""
        return copy_path(form, self.copies) if form.format == "odm" else self.raw / form.file

    def split_file(self, form: Form, block: int) -> Path:
        """The file that holds a wide form of one block's subjects."""
        return self.blocks / form.name / f"{block:04d}.parquet"

    def file(self, form: Form, block: int) -> Path:
        """The file that a step reads for a wide form of a block."""
        return self.split_file(form, block) if self.count > 1 else self.whole_file(form)


def count_blocks(study: Study, raw: Path) -> int:
    """How many blocks a study is derived in, by the size of its raw files."""
    files = {raw / form.file for form in study.forms.values()}
    return max(1, ceil(sum(file.stat().st_size for file in files if file.is_file()) / BLOCK_BYTES))


def read_form(study: Study, form: Form, extract: Extract, block: int = 0) -> RawTable:
    """A wide form of a block, whose columns must be those that the spec declares (of a copy they were checked)."""
    path = extract.file(form, block)
    if extract.count > 1 or form.format == "odm":
        return read_raw_copy(path)
    table = read_raw(path, **_raw_format(form))
    check_fields(study, form, table.file.name, table.frame.columns)
    return table


def read_pieces(study: Study, form: Form, extract: Extract) -> Iterator[RawTable]:
    """A wide form of all subjects in tables that follow one another; NotInPieces where only the whole can be read."""
    path = extract.whole_file(form)
    pieces = read_raw_copy_pieces(path) if form.format == "odm" else read_raw_pieces(path, **_raw_format(form))
    for number, table in enumerate(pieces):
        if form.format != "odm" and not number:
            check_fields(study, form, table.file.name, table.frame.columns)
        yield table


class _RawFormat(TypedDict):
    form: str
    format: RawFormat
    encoding: str
    header_rows: Literal[1, 2]
    sheet: str | None


def _raw_format(form: Form) -> _RawFormat:
    return {
        "form": form.name,
        "format": form.format,
        "encoding": form.encoding,
        "header_rows": form.header_rows,
        "sheet": form.sheet or None,
    }


class RawForms(Mapping[str, RawSource]):
    """The raw forms of a block by name, each read when it is asked for."""

    def __init__(self, study: Study, read: Callable[[Form], RawTable]) -> None:
        self._study, self._read = study, read
        self._found: dict[str, RawSource] = {}
        self._collected: dict[str, RawSource] = {}

    def __getitem__(self, name: str) -> RawSource:
        if name not in self._found:
            self._found[name] = self._open(self._study.forms[name])
        return self._found[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._study.forms)

    def __len__(self) -> int:
        return len(self._study.forms)

    def collected(self, name: str) -> RawSource:
        """The wide form behind a form with all its records, those of excluded subjects too."""
        form = wide_form(self._study, name)
        if form.name not in self._collected:
            same = self._study.subject.same if self._study.subject is not None else ()
            self._collected[form.name] = RawSource(form, self._read(form), same=same)
        return self._collected[form.name]

    def _open(self, form: Form) -> RawSource:
        if form.long is not None:
            return LongSource(form, self[form.long.form], self._study.tables[form.long.table])
        whole = self.collected(form.name)
        return whole.rows(kept_records(self._study, form, whole)) if self._study.has_form_issues else whole


_last: dict[tuple[str, str, int, int], tuple[Deriver, RawForms]] = {}
"""What the block that this process worked on last is derived with: the steps of a run share what they derive."""


def deriver_of(study: Study, extract: Extract, block: int) -> tuple[Deriver, RawForms]:
    """The deriver of a block of subjects and its forms, the same for all steps of a run that this process runs on it.

    Records of study tables belong to no subject: the first block makes them.
    """
    key = (study.name, extract.run, extract.count, block)
    if key not in _last:
        _last.clear()
        forms = RawForms(study, lambda form: read_form(study, form, extract, block))
        deriver = Deriver(study, forms, derived=frozenset(study.sdtm), makes_table_records=block == 0)
        _last[key] = (deriver, forms)
    return _last[key]
