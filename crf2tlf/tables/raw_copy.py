"""Raw tables as Parquet files, so that a file of many forms is read once and each form quickly."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np
import pandas as pd

from crf2tlf.errors import Context, UnreadableFile
from crf2tlf.tables.arrow import pa, pq, text_series
from crf2tlf.tables.atomic import atomic_path
from crf2tlf.tables.raw_table import RawTable

ROW = "#row"
"""The first column: on which row or line of the extract each record begins."""


class RawCopyWriter:
    """Writes one form block by block, whole or not at all; the same blocks give the same bytes.

    `columns` are those of the form; a block that lacks one has blanks in it.
    """

    def __init__(self, path: Path, form: str, source: Path, columns: tuple[str, ...]) -> None:
        # Of the source the name alone: where it lies is no part of the data.
        facts = {"form": form, "file": source.name}
        self._schema = pa.schema(
            [(ROW, pa.int64()), *((column, pa.large_string()) for column in columns)],
            metadata={"raw": json.dumps(facts, ensure_ascii=False)},
        )
        self._path, self._columns = path, columns
        self._stack = ExitStack()
        self._writer: Any = None

    def __enter__(self) -> Self:
        part = self._stack.enter_context(atomic_path(self._path))
        self._writer = self._stack.enter_context(pq.ParquetWriter(part, self._schema, compression="zstd"))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.__exit__(kind, error, trace)

    def write(self, table: RawTable) -> None:
        """Take a block."""
        blank = pa.array([""] * len(table.frame), pa.large_string())
        arrays = [pa.array(np.asarray(table.rows, dtype=np.int64))]
        for column in self._columns:
            known = column in table.frame
            arrays.append(pa.array(table.frame[column], pa.large_string()) if known else blank)
        self._writer.write_table(pa.Table.from_arrays(arrays, schema=self._schema))


def read_raw_copy(path: Path) -> RawTable:
    """The form of a file that RawCopyWriter wrote; it has no labels.

    Raises UnreadableFile where the file is missing or no such file.
    """
    with _opened(path) as file:
        return _raw_table(file.read())


def read_raw_copy_pieces(path: Path) -> Iterator[RawTable]:
    """As `read_raw_copy`, block by block as the file was written."""
    with _opened(path) as file:
        for number in range(file.num_row_groups):
            yield _raw_table(file.read_row_group(number))
        if not file.num_row_groups:
            yield _raw_table(file.read())


@contextmanager
def _opened(path: Path) -> Iterator[Any]:
    try:
        with pq.ParquetFile(path) as file:
            yield file
    except (OSError, pa.ArrowException, KeyError, TypeError) as error:
        reason = "does not exist" if isinstance(error, FileNotFoundError) else "is no copy of a raw form or is damaged"
        raise UnreadableFile(f"{path} {reason}", Context(fix="build the step that writes it again")) from error


def _raw_table(table: Any) -> RawTable:
    facts = json.loads(table.schema.metadata[b"raw"])
    rows = table.column(0).to_numpy().astype(np.int64)
    columns = {name: text_series(table.column(name)) for name in table.column_names[1:]}
    return RawTable(facts["form"], Path(facts["file"]), pd.DataFrame(columns, copy=False), rows, {})
