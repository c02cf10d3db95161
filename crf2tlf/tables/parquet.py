"""Parquet files: what the tool keeps for itself (lineage, issues, results), the same bytes for the same frame."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pandas as pd

from crf2tlf.errors import Context, UnreadableFile
from crf2tlf.tables.arrow import TEXT, ArrowColumn, pa, pq
from crf2tlf.tables.atomic import atomic_path

ROW_GROUP = 2**20
"""Rows are written in groups of this size, however they come."""
TEXT_TYPES = (pa.string(), pa.large_string())
WHOLE_NUMBERS = {
    pa.int8(): pd.Int8Dtype(),
    pa.int16(): pd.Int16Dtype(),
    pa.int32(): pd.Int32Dtype(),
    pa.int64(): pd.Int64Dtype(),
    pa.uint8(): pd.UInt8Dtype(),
    pa.uint16(): pd.UInt16Dtype(),
    pa.uint32(): pd.UInt32Dtype(),
    pa.uint64(): pd.UInt64Dtype(),
    pa.bool_(): pd.BooleanDtype(),
}


def write_parquet(path: str | Path, frame: pd.DataFrame) -> None:
    """Write the columns of a frame, whole or not at all; the index is not stored.

    The same frame gives the same bytes: pandas' own metadata (which holds its version and the index) is left out.
    NaN of a number column is stored as missing.
    """
    write_parquet_blocks(path, [frame])


def write_parquet_blocks(path: str | Path, frames: Iterable[pd.DataFrame]) -> None:
    """Write frames of the same columns, one after the other, in flat memory; at least one frame is given.

    The bytes are those of `write_parquet` with the frames as one.
    """
    waiting: list[Any] = []
    rows = 0
    with ExitStack() as stack:
        part = stack.enter_context(atomic_path(path))
        writer = None
        for frame in frames:
            table = pa.Table.from_pandas(frame, preserve_index=False).replace_schema_metadata(None)
            if writer is None:
                writer = stack.enter_context(pq.ParquetWriter(part, table.schema, compression="zstd"))
            waiting.append(table.cast(writer.schema))
            rows += len(frame)
            while rows >= ROW_GROUP:
                whole = pa.concat_tables(waiting)
                writer.write_table(whole.slice(0, ROW_GROUP).combine_chunks(), ROW_GROUP)
                waiting, rows = [whole.slice(ROW_GROUP)], rows - ROW_GROUP
        if writer is None:
            raise ValueError("no frame was given, so nobody knows the columns")
        writer.write_table(pa.concat_tables(waiting).combine_chunks(), ROW_GROUP)


def read_parquet(path: str | Path) -> pd.DataFrame:
    """The frame of a Parquet file: text as string[pyarrow], whole numbers with missing values as Int64.

    Raises UnreadableFile where the file is missing or no Parquet file.
    """
    try:
        table = pq.read_table(path)
    except (OSError, pa.ArrowException) as error:
        reason = "does not exist" if isinstance(error, FileNotFoundError) else "is not a Parquet file or is damaged"
        raise UnreadableFile(f"{path} {reason}", Context(fix="build the step that writes it again")) from error
    return pd.DataFrame({name: column_from_arrow(table[name]) for name in table.column_names}, copy=False)


def count_rows(path: str | Path) -> int:
    """The number of rows of a Parquet file, without reading them."""
    return int(pq.read_metadata(path).num_rows)


def column_from_arrow(column: ArrowColumn) -> pd.Series:
    """A pandas column that holds exactly the values of an Arrow column."""
    mapped: dict[Any, Any] = dict.fromkeys(TEXT_TYPES, TEXT)
    if column.null_count:
        # Without this a whole number beside a missing one would become a float and lose digits beyond 2**53.
        mapped.update(WHOLE_NUMBERS)
    series: pd.Series = column.to_pandas(types_mapper=mapped.get)
    return series
