"""Large CSV files in pieces of whole records, so that memory does not grow with the file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Literal

import numpy as np

from crf2tlf.tables.raw_csv import NEWLINE, QUOTE, labels_of, read_csv, read_header, read_plain
from crf2tlf.tables.raw_table import RawTable, require_names

PIECE_BYTES = 64 * 2**20


class NotInPieces(ValueError):
    """A file that only a parser of the whole can read, or tell the fault of."""


def read_csv_pieces(
    path: Path, form: str, encoding: str, header_rows: Literal[1, 2], piece_bytes: int = PIECE_BYTES
) -> Iterator[RawTable]:
    """The records of `read_csv` in their order, in tables of about so many bytes of the file.

    Raises NotInPieces, perhaps after some tables, where a quote stands within a cell that is not quoted, or where
    anything is wrong: then `read_csv` reads the file, or tells what it is.
    """
    if "\n".encode(encoding) != b"\n":  # in UTF-16 a byte alone tells no line end
        raise NotInPieces
    names: list[str] = []
    labels: dict[str, str] = {}
    lines = 0
    with path.open("rb") as file:
        for content in whole_records(file, piece_bytes):
            text, header_lines = _decoded(content, encoding), 0
            if not names:
                text = text.removeprefix("\ufeff")
                header, header_lines = read_header(path, text, header_rows)
                names = header[-1]
                require_names(path, names, header_lines)
                labels = {} if header_rows == 1 else labels_of(path, header[0], names)
            parsed = read_plain(text, names, header_lines)
            if parsed is None:
                raise NotInPieces
            frame, rows = parsed
            yield RawTable(form, path, frame, rows + lines, labels)
            lines += content.count(b"\n")
    if not names:
        yield read_csv(path, form, encoding, header_rows)  # an empty file: tells it


def whole_records(file: BinaryIO, piece_bytes: int) -> Iterator[bytes]:
    """The content of a file, cut at line ends that stand outside of quotes."""
    left = b""
    while content := file.read(piece_bytes):
        content = left + content
        cut = _last_record_end(content)
        if cut:
            yield content[:cut]
        left = content[cut:]
    if left:
        yield left


def _last_record_end(content: bytes) -> int:
    """The place after the last line end before which the quotes are even in number, 0 where there is none."""
    whole = np.frombuffer(content, dtype=np.uint8)
    newlines, quotes = np.flatnonzero(whole == NEWLINE), np.flatnonzero(whole == QUOTE)
    outside = newlines[np.searchsorted(quotes, newlines) % 2 == 0]
    return int(outside[-1]) + 1 if len(outside) else 0


def _decoded(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        raise NotInPieces from None
