"""The reader of SAS transport files of version 5."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from io import BufferedReader
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from crf2tlf.errors import Context, UnreadableFile, did_you_mean
from crf2tlf.tables.arrow import ArrowText, pa, text_series
from crf2tlf.tables.xpt_description import Description, read_description, unreadable, wrong_encoding
from crf2tlf.tables.xpt_layout import ENCODINGS, MEMBER_HEADER, RECORD, XptFile, XptVariable, row_dtype
from crf2tlf.tables.xpt_numbers import Floats, Words, ieee_from_ibm
from crf2tlf.tables.xpt_text import Cells, UndecodableError, text_from_cells

BLOCK_BYTES = 6_000_000
"""Rows are read in blocks of about this size, so that a block stays in the processor's cache."""
Rows = npt.NDArray[np.void]


def read_xpt(
    path: str | Path,
    *,
    encoding: str = "ascii",
    columns: Sequence[str] | None = None,
    runs: Sequence[tuple[int, int]] | None = None,
) -> XptFile:
    """The dataset of a SAS transport file of version 5.

    Text is string[pyarrow] without the blanks that fill it up, blank text is pd.NA; numbers are float64 (see XptFile
    for missing values). With `columns` the frame has only those, in that order; `variables` are always all of them, and
    for no column the header alone is read. With `runs` it has only those runs of rows, each from its first row (counted
    from 0) to before its last, one after the other.
    Source: TS-140. Raises UnreadableFile where the file is missing, cut, of version 8, made by PROC CPORT, holds more
    than one dataset, or has bytes that are not in the encoding.
    """
    place = Path(path)
    if encoding not in ENCODINGS:
        raise unreadable(place, f"cannot be read as '{encoding}'", f"name one of {', '.join(ENCODINGS)}")
    try:
        with place.open("rb") as file:
            description = read_description(place, file, encoding)
            frame = read_frame(place, file, description, encoding, columns, runs)
    except FileNotFoundError as error:
        raise UnreadableFile(f"{place} does not exist", Context(fix="run the step that writes it")) from error
    except OSError as error:
        raise unreadable(place, f"cannot be read: {error.strerror}", "see to it that the file can be read") from error
    header = description.header
    return XptFile(
        description.name, description.label, description.variables, frame, header.created, header.modified, header
    )


def read_frame(
    path: Path,
    file: BufferedReader,
    description: Description,
    encoding: str,
    columns: Sequence[str] | None,
    runs: Sequence[tuple[int, int]] | None = None,
) -> pd.DataFrame:
    """The rows of the wanted columns."""
    wanted = wanted_variables(path, description, columns)
    stored = count_rows(path, file, description)
    runs = [(0, stored)] if runs is None else [(first, min(stop, stored)) for first, stop in runs]
    count = sum(stop - first for first, stop in runs)
    numbers: dict[str, Floats] = {each.name: np.empty(count) for each in wanted if each.type == "number"}
    texts: dict[str, list[ArrowText]] = {each.name: [] for each in wanted if each.type == "text"}
    done = 0
    for start, block in row_blocks(path, file, description, runs) if wanted else ():
        for name, values in numbers.items():
            values[done : done + len(block)] = numbers_from_cells(block[name])
        done += len(block)
        for name, chunks in texts.items():
            try:
                chunks.append(text_from_cells(block[name], encoding))
            except UndecodableError as error:
                what = f"{name} in row {start + error.row + 1} is {error.content!r}"
                raise wrong_encoding(path, what, encoding) from error
    frame: dict[str, pd.Series] = {}
    for variable in wanted:
        if variable.type == "number":
            frame[variable.name] = pd.Series(numbers[variable.name], copy=False)
        else:
            array = pa.chunked_array(texts[variable.name], pa.large_string())
            frame[variable.name] = text_series(array)
    return pd.DataFrame(frame, index=pd.RangeIndex(count), columns=[each.name for each in wanted], copy=False)


def wanted_variables(path: Path, description: Description, columns: Sequence[str] | None) -> tuple[XptVariable, ...]:
    """The variables that the caller asked for. Raises UnreadableFile for one that the file does not have."""
    by_name = {variable.name: variable for variable in description.variables}
    if columns is None:
        return description.variables
    unknown = [name for name in columns if name not in by_name]
    if unknown:
        fix = did_you_mean(unknown[0], by_name) or f"it has {', '.join(by_name)}"
        raise unreadable(path, f"has no variable {', '.join(unknown)}", fix)
    return tuple(by_name[name] for name in columns)


def count_rows(path: Path, file: BufferedReader, description: Description) -> int:
    """The number of rows: TS-140 does not store it, so blank rows within the last 80 bytes count as filling.

    Raises UnreadableFile where the last row is cut.
    """
    size = description.row_size
    count = description.size // size
    tail_start = max(0, description.size - RECORD)
    file.seek(description.start + tail_start)
    tail = file.read(RECORD)
    file.seek(description.start)
    if tail[max(0, count * size - tail_start) :].strip(b" \0"):
        raise unreadable(path, f"is cut: it ends within row {count + 1}")
    while (count - 1) * size > tail_start and not tail[(count - 1) * size - tail_start :].strip(b" "):
        count -= 1
    return count


def row_blocks(
    path: Path, file: BufferedReader, description: Description, runs: Sequence[tuple[int, int]]
) -> Iterator[tuple[int, Rows]]:
    """The rows of the runs in blocks, each with the number of its first row. A block is overwritten by the next one."""
    dtype = row_dtype(description.variables, description.offsets)
    # A multiple of 80 rows is a whole number of 80-byte records, in which a second dataset would begin.
    step = max(1, BLOCK_BYTES // dtype.itemsize // RECORD) * RECORD
    buffer = np.empty(min(step, max((stop - first for first, stop in runs), default=0)), dtype=dtype)
    for first, stop in runs:
        file.seek(description.start + first * dtype.itemsize)
        for start in range(first, stop, step):
            block = buffer[: stop - start]
            content = block.view(np.uint8).data
            if file.readinto(content) != len(content):
                raise unreadable(path, f"is cut: it ends before row {start + len(block)}")
            # Where a record of 80 bytes begins among these rows.
            require_one_dataset(path, content[-start * dtype.itemsize % RECORD :])
            yield start, block


def require_one_dataset(path: Path, content: memoryview) -> None:
    """Raise UnreadableFile where the header of another dataset stands among the rows."""
    whole = len(content) // RECORD * RECORD
    records = np.frombuffer(content[:whole], dtype="S1").reshape(-1, RECORD)
    for place in np.flatnonzero(records[:, 0] == b"H"):
        if records[place, :48].tobytes() == MEMBER_HEADER[:48]:
            raise unreadable(path, "holds more than one dataset", "ask for one file a dataset, as FDA wants it")


def numbers_from_cells(cells: Cells | Words) -> Floats:
    """The numbers of a column; those of less than 8 bytes lack the last bytes of their fraction."""
    if cells.dtype.kind != "V":
        return ieee_from_ibm(cells.astype(np.uint64))
    length = cells.dtype.itemsize
    whole = np.zeros((len(cells), 8), dtype=np.uint8)
    whole[:, :length] = np.ascontiguousarray(cells).view(np.uint8).reshape(-1, length)
    return ieee_from_ibm(whole.view(">u8").ravel().astype(np.uint64))
