"""The writer of SAS transport files of version 5."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

import numpy as np
import numpy.typing as npt
import pandas as pd

from crf2tlf.errors import Context, Example, ValueDoesNotFit
from crf2tlf.tables.atomic import atomic_path
from crf2tlf.tables.moment import moment_of_build
from crf2tlf.tables.xpt_cells import Column, Misfit, column_of
from crf2tlf.tables.xpt_declaration import require_declaration
from crf2tlf.tables.xpt_layout import RECORD, XptHeader, XptVariable, header_bytes, row_dtype

BLOCK_BYTES = 8_000_000
"""Rows are made in blocks of about this size, so that memory stays flat and a block stays in the processor's cache."""
SUBJECT = "USUBJID"
SAS_EPOCH = datetime(1960, 1, 1, tzinfo=UTC)
Rows = npt.NDArray[np.void]


def write_xpt(
    path: str | Path,
    frame: pd.DataFrame,
    *,
    name: str,
    label: str,
    variables: Sequence[XptVariable],
    encoding: str = "ascii",
    timestamp: datetime | None = None,
    header: XptHeader | None = None,
) -> None:
    """Write a dataset as a SAS transport file of version 5, whole or not at all.

    The frame has exactly the columns that `variables` declares, in any order; missing text and "" are blanks, NaN is
    `.`, the NaN values of `special_missing` are `.A` to `.Z` and `._`. Blanks at the end of a text are not told apart
    from those that fill it up. All header timestamps are `timestamp` (UTC), else SOURCE_DATE_EPOCH, else 1960-01-01;
    `header` gives them one by one, as `read_xpt` found them in another file.
    Source: TS-140. Raises ValueDoesNotFit for a name, label or value that the format cannot hold; nothing is cut.
    """
    with XptWriter(
        path, name=name, label=label, variables=variables, encoding=encoding, timestamp=timestamp, header=header
    ) as writer:
        writer.write(frame)


class XptWriter:
    """A transport file that is written frame by frame, in flat memory; the bytes are those of `write_xpt`.

    Used as a context manager: the file takes its name when the block ends well. The lengths of the variables are given
    beforehand, so they must be those of the longest values of all frames.
    """

    def __init__(
        self,
        path: str | Path,
        *,
        name: str,
        label: str,
        variables: Sequence[XptVariable],
        encoding: str = "ascii",
        timestamp: datetime | None = None,
        header: XptHeader | None = None,
    ) -> None:
        self.path, self.name, self.label, self.encoding = Path(path), name, label, encoding
        self.variables = tuple(variables)
        self.header = header or XptHeader.at(header_moment(timestamp))
        require_declaration(name, label, self.variables, encoding, self.header)
        self.dtype = row_dtype(self.variables)
        self.rows = 0
        self._last_row = b""
        self._stack = ExitStack()
        self._file: BinaryIO | None = None

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            part = stack.enter_context(atomic_path(self.path))
            self._file = stack.enter_context(part.open("wb", buffering=0))
            self._file.write(header_bytes(self.name, self.label, self.variables, self.encoding, self.header))
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None:
            try:
                self._end()
            except BaseException as fault:
                self._stack.__exit__(type(fault), fault, fault.__traceback__)
                raise
        self._stack.__exit__(kind, error, trace)

    def write(self, frame: pd.DataFrame) -> None:
        """Append the rows of a frame. Raises ValueDoesNotFit, and the file is not made."""
        if self._file is None:
            raise RuntimeError("XptWriter is a context manager: write inside its with block")
        misfits: list[Misfit] = []
        for block, found in self._blocks(self._columns(frame), len(frame)):
            misfits += found
            if not misfits:
                write_all(self._file, block)
                self._last_row = block[-1].tobytes()
        if misfits:
            raise self._does_not_fit(misfits, frame)
        self.rows += len(frame)

    def _blocks(self, columns: list[Column], rows: int) -> Iterator[tuple[Rows, list[Misfit]]]:
        """The rows in blocks, and what does not fit in them; a block is overwritten by the next one."""
        step = max(1, BLOCK_BYTES // self.dtype.itemsize)
        buffer = np.empty(min(step, rows), dtype=self.dtype)
        for start in range(0, rows, step):
            block = buffer[: rows - start]
            misfits = []
            for column in columns:
                cells = column.cells(start, start + len(block), self.encoding)
                if isinstance(cells, Misfit):
                    misfits.append(cells)
                else:
                    block[column.variable.name] = cells
            yield block, misfits

    def _columns(self, frame: pd.DataFrame) -> list[Column]:
        """The columns in the order of the variables, or the error that says which do not agree."""
        faults = column_faults(frame, self.variables)
        columns, misfits = [], []
        for variable in self.variables if not faults else ():
            try:
                column = column_of(frame[variable.name], variable)
            except TypeError as error:
                faults.append(f"{variable.name} is declared a {variable.type} variable and {error}")
                continue
            if isinstance(column, Misfit):
                misfits.append(column)
            else:
                columns.append(column)
        if faults:
            fix = "make the frame and the declared variables agree"
            raise ValueDoesNotFit("; ".join(faults), Context(dataset=self.name, fix=fix))
        if misfits:
            raise self._does_not_fit(misfits, frame)
        return columns

    def _does_not_fit(self, misfits: list[Misfit], frame: pd.DataFrame) -> ValueDoesNotFit:
        """The error of all values that do not fit, one sentence a variable."""
        sentences, examples, fixes = [], [], []
        for variable in dict.fromkeys(misfit.variable for misfit in misfits):
            same = [misfit for misfit in misfits if misfit.variable == variable]
            first, count = same[0], sum(misfit.count for misfit in same)
            more = f" (and {count - 1} more row{'s' if count > 2 else ''})" if count > 1 else ""
            place = f"row {self.rows + first.row + 1}"
            sentences.append(f"{variable} in {place}: {first.value} {first.reason}{more}")
            fixes.append(first.fix)
            if SUBJECT in frame.columns:
                examples.append(Example(str(frame[SUBJECT].iloc[first.row]), f"{variable} {first.value}, {place}"))
        context = Context(dataset=self.name, examples=examples, fix="; ".join(dict.fromkeys(fixes)))
        return ValueDoesNotFit("; ".join(sentences), context)

    def _end(self) -> None:
        """Fill up the last record with blanks."""
        assert self._file is not None
        if self.rows and not self._last_row.strip(b" "):
            fix = "leave the row out, or give it a value"
            message = (
                f"row {self.rows}, the last, has no value at all; readers take it for the blanks that end the file"
            )
            raise ValueDoesNotFit(message, Context(dataset=self.name, fix=fix))
        self._file.write(b" " * (-self.rows * self.dtype.itemsize % RECORD))


def write_all(file: BinaryIO, block: Rows) -> None:
    """Write a block to an unbuffered file, which may take it in several parts."""
    rest = block.view(np.uint8).data
    while rest:
        rest = rest[file.write(rest) :]


def column_faults(frame: pd.DataFrame, variables: tuple[XptVariable, ...]) -> list[str]:
    """Which declared variables are not in the frame, and which columns are not declared."""
    declared = [variable.name for variable in variables]
    faults = []
    if len(set(frame.columns)) < len(frame.columns):
        faults.append(f"the frame has a column twice: {', '.join(sorted(frame.columns[frame.columns.duplicated()]))}")
    missing = [name for name in declared if name not in frame.columns]
    if missing:
        faults.append(f"declared, but not in the frame: {', '.join(missing)}")
    unknown = [str(name) for name in frame.columns if name not in declared]
    if unknown:
        faults.append(f"in the frame, but not declared: {', '.join(unknown)}")
    return faults


def header_moment(timestamp: datetime | None) -> datetime:
    """The moment that a file says it was made: given, or SOURCE_DATE_EPOCH (seconds since 1970), or 1960-01-01."""
    if timestamp is not None:
        return timestamp if timestamp.tzinfo is None else timestamp.astimezone(UTC)
    return moment_of_build(SAS_EPOCH)
