"""Text of a SAS transport file: characters of a fixed number of bytes, filled up with blanks on the right."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from crf2tlf.errors import Context, ValueDoesNotFit
from crf2tlf.tables.arrow import ArrowColumn, ArrowText, pa, pc

Cells = npt.NDArray[np.void]
BLANKS = " \0"
"""What is not part of a value at its end: SAS fills up with blanks, some other writers with NUL."""
POOL = pa.system_memory_pool()
"""Blocks of equal size follow each other: this pool keeps their memory, Arrow's own gives it back each time."""


class UnencodableError(Exception):
    """A value has a character that the encoding does not have; `row` counts from 0."""

    def what(self, encoding: str) -> str:
        """The character, as an error text says it."""
        return f"has the character '{self.character}' (U+{ord(self.character):04X}), which is not in {encoding}"

    def __init__(self, row: int, character: str) -> None:
        self.row, self.character = row, character
        super().__init__(f"row {row}: {character!r}")


class UndecodableError(Exception):
    """The bytes of a value are no text of the encoding; `row` counts from 0."""

    def __init__(self, row: int, content: bytes) -> None:
        self.row, self.content = row, content
        super().__init__(f"row {row}: {content!r}")


def text_length(column: pd.Series, encoding: str = "ascii") -> int:
    """The number of bytes of the longest value without its trailing blanks, at least 1.

    FDA wants the length of a text variable to be that of its longest value (Study Data Technical Conformance Guide, on
    the length of dataset columns). Raises ValueDoesNotFit where a character is not in the encoding.
    """
    longest, rows = 1, 0
    for chunk in text_array(column).chunks:
        try:
            longest = max(longest, longest_value(pc.ascii_rtrim(encoded(chunk, encoding), characters=BLANKS)))
        except UnencodableError as error:
            message = f"{column.name} in row {rows + error.row + 1}: {error.what(encoding)}"
            fix = f"correct the value of {column.name}, or give the dataset the encoding utf-8"
            raise ValueDoesNotFit(message, Context(fix=fix)) from error
        rows += len(chunk)
    return longest


def text_array(column: pd.Series) -> ArrowColumn:
    """A text column as Arrow text; raises TypeError where the column holds anything but text and missing values."""
    try:
        array = pa.array(column.array, from_pandas=True)
        if pa.types.is_dictionary(array.type):
            array = array.cast(array.type.value_type)
        if not (pa.types.is_string(array.type) or pa.types.is_large_string(array.type) or pa.types.is_null(array.type)):
            raise TypeError(f"holds {array.type}, not text")
        array = array.cast(pa.large_string())
    except pa.ArrowInvalid as error:
        raise TypeError("holds values that are not text") from error
    return array if isinstance(array, pa.ChunkedArray) else pa.chunked_array([array])


def longest_value(array: ArrowText) -> int:
    """The bytes of the longest value, 0 where there is none."""
    return int(pc.max(pc.binary_length(array)).as_py() or 0)


def is_ascii(content: npt.NDArray[np.uint8]) -> bool:
    """Whether all bytes are below 128; looks at eight bytes at a time."""
    whole = len(content) // 8 * 8
    words = np.frombuffer(content[:whole], dtype=np.uint64)
    return not (np.bitwise_or.reduce(words, initial=0) & 0x8080808080808080) and not (content[whole:] & 0x80).any()


def value_bytes(array: ArrowText) -> npt.NDArray[np.uint8]:
    """The bytes of all values of an Arrow text array, one after the other."""
    _, offsets, content = array.buffers()
    if content is None or len(array) == 0:
        return np.empty(0, dtype=np.uint8)
    bounds = np.frombuffer(offsets, dtype=np.int64)[array.offset : array.offset + len(array) + 1]
    values: npt.NDArray[np.uint8] = np.frombuffer(content, dtype=np.uint8)[bounds[0] : bounds[-1]]
    return values


def encoded(array: ArrowText, encoding: str) -> ArrowText:
    """The values in the encoding; the type stays Arrow text, the bytes may be of any encoding.

    Raises UnencodableError.
    """
    if encoding == "utf-8" or is_ascii(value_bytes(array)):
        return array
    # Few different values have other than ASCII characters, so each different value is encoded once.
    coded = array.dictionary_encode()
    values = []
    for index, value in enumerate(coded.dictionary.to_pylist()):
        try:
            values.append(value.encode(encoding))
        except UnicodeEncodeError as error:
            row = pc.index(coded.indices, index).as_py()
            raise UnencodableError(row, value[error.start]) from error
    binary = pa.array(values, pa.large_binary()).take(coded.indices)
    return pa.LargeStringArray.from_buffers(len(binary), *binary.buffers()[1:], binary.buffers()[0])


def cells_from_text(array: ArrowText, width: int) -> Cells:
    """Each value filled up with blanks to `width` bytes; missing is blank. No value may be longer."""
    if array.null_count:
        array = pc.coalesce(array, pa.scalar("", pa.large_string()), memory_pool=POOL)
    filled = pc.ascii_rpad(array, width, memory_pool=POOL)
    return np.frombuffer(filled.buffers()[2], dtype=f"V{width}", count=len(array))


def text_from_cells(cells: Cells, encoding: str) -> ArrowText:
    """The values without the blanks that fill them up; a blank value is missing. Raises UndecodableError."""
    width = cells.dtype.itemsize
    content = np.ascontiguousarray(cells)
    offsets = np.arange(0, (len(cells) + 1) * width, width, dtype=np.int64)
    whole = pa.LargeStringArray.from_buffers(len(cells), pa.py_buffer(offsets), pa.py_buffer(content))
    text = pc.ascii_rtrim(whole, characters=BLANKS)
    if not is_ascii(content.view(np.uint8)):
        text = decoded(text, encoding)
    bounds = np.frombuffer(text.buffers()[1], dtype=np.int64, count=len(cells) + 1)
    present = bounds[1:] != bounds[:-1]
    if present.all():
        return text
    mask = pa.py_buffer(np.packbits(present, bitorder="little"))
    return pa.LargeStringArray.from_buffers(len(cells), *text.buffers()[1:], mask)


def decoded(array: ArrowText, encoding: str) -> ArrowText:
    """Arrow text whose bytes are of the encoding, as UTF-8. Raises UndecodableError."""
    binary = pa.LargeBinaryArray.from_buffers(pa.large_binary(), len(array), array.buffers())
    coded = binary.dictionary_encode()
    values = []
    for index, value in enumerate(coded.dictionary.to_pylist()):
        try:
            values.append(value.decode(encoding))
        except UnicodeDecodeError as error:
            raise UndecodableError(pc.index(coded.indices, index).as_py(), value) from error
    return pa.array(values, pa.large_string()).take(coded.indices)
