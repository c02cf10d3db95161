"""What really happened, as Parquet files that are written block by block."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pandas as pd

from crf2tlf.tables import atomic_path
from crf2tlf.tables.arrow import pa, pq


class TruthFiles:
    """One file a table of the truth."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.rows: dict[str, int] = {}
        self._stack = ExitStack()
        self._writers: dict[str, Any] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.__exit__(kind, error, trace)

    def write(self, truth: dict[str, pd.DataFrame]) -> None:
        """Take the tables of the next subjects; their columns are those of the first block."""
        for name, frame in truth.items():
            table: Any = pa.Table.from_pandas(frame, preserve_index=False).replace_schema_metadata(None)
            if name not in self._writers:
                part = self._stack.enter_context(atomic_path(self.folder / f"{name}.parquet"))
                writer = pq.ParquetWriter(part, table.schema, compression="zstd")
                self._writers[name] = self._stack.enter_context(writer)
            self._writers[name].write_table(table.cast(self._writers[name].schema))
            self.rows[f"truth/{name}.parquet"] = self.rows.get(f"truth/{name}.parquet", 0) + len(frame)
