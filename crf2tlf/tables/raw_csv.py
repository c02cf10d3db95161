"""Raw CSV files, read verbatim: `007`, `5.50` and `NA` stay as they are.

The values are read by Arrow where the file is plain (every quote stands at the border of a cell), which is the common
case; any other file is read by the csv module, which names the row that is wrong.
"""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from crf2tlf.tables.arrow import TEXT, pa, pacsv, text_series
from crf2tlf.tables.raw_table import RawTable, require_names, unreadable

QUOTE, COMMA, RETURN, NEWLINE = 0x22, 0x2C, 0x0D, 0x0A
BLOCK_BYTES = 8_000_000
RAGGED = "correct the extract: every row needs one cell for each column, and text with a comma needs quotes"
Bytes = npt.NDArray[np.uint8]
Lines = npt.NDArray[np.int64]

csv.field_size_limit(2**31 - 1)


def read_csv(path: Path, form: str, encoding: str, header_rows: Literal[1, 2]) -> RawTable:
    """A form in a CSV file: commas, quotes doubled within quotes (RFC 4180), any line ends, an optional BOM.

    With two header rows the first holds the labels and the second the names. Raises UnreadableFile.
    """
    text = read_text(path, encoding)
    header, header_lines = read_header(path, text, header_rows)
    names = header[-1]
    require_names(path, names, header_lines)
    labels = {} if header_rows == 1 else labels_of(path, header[0], names)
    parsed = read_plain(text, names, header_lines)
    frame, rows = parsed if parsed is not None else read_any(path, text, names, header_rows)
    return RawTable(form, path, frame, rows, labels)


def read_text(path: Path, encoding: str) -> str:
    """The file as text, without its byte order mark."""
    content = path.read_bytes()
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        row = content.count(b"\n", 0, error.start) + 1
        wrong = " ".join(f"{byte:02X}" for byte in content[error.start : max(error.end, error.start + 1)])
        fix = "name the encoding of the extract in study.yaml (raw: encoding:)"
        raise unreadable(path, f"row {row}: the bytes {wrong} are not {encoding}", fix) from error
    except LookupError as error:
        raise unreadable(path, f"cannot be read: '{encoding}' is no known encoding", "use utf-8 or gb18030") from error
    return text.removeprefix("\ufeff")


def read_header(path: Path, text: str, header_rows: int) -> tuple[list[list[str]], int]:
    """The header rows, and the number of lines they take."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    header: list[list[str]] = []
    try:
        while len(header) < header_rows:
            header.append(next(reader))
    except StopIteration:
        fix = "ask for the extract again" if header else "ask for the extract again: the file is empty"
        raise unreadable(path, f"has {len(header)} of its {header_rows} header rows", fix) from None
    except csv.Error as error:
        raise unreadable(path, f"row {reader.line_num}: {error}", RAGGED) from error
    return header, reader.line_num


def labels_of(path: Path, texts: list[str], names: list[str]) -> dict[str, str]:
    """The labels row as a dictionary."""
    if len(texts) != len(names):
        raise unreadable(path, f"row 1: {len(texts)} labels for {len(names)} columns", RAGGED)
    return dict(zip(names, texts, strict=True))


def read_plain(text: str, names: list[str], header_lines: int) -> tuple[pd.DataFrame, Lines] | None:
    """The records and the lines on which they begin, or None where Arrow and the csv module could differ."""
    content = text.encode("utf-8")
    whole = np.frombuffer(content, dtype=np.uint8)
    if has_lone_return(whole):
        return None
    body = whole[end_of_line(content, header_lines) :]
    found = record_lines(body)
    if found is None:
        return None
    lines = found + header_lines
    types = {str(position): pa.large_string() for position in range(len(names))}
    if not len(lines):
        table = pa.table({name: pa.array([], pa.large_string()) for name in types})
    else:
        try:
            table = pacsv.read_csv(
                pa.BufferReader(pa.py_buffer(body)),
                pacsv.ReadOptions(column_names=list(types), block_size=BLOCK_BYTES, use_threads=True),
                pacsv.ParseOptions(newlines_in_values=True),
                pacsv.ConvertOptions(column_types=types, strings_can_be_null=False, check_utf8=False),
            )
        except pa.ArrowInvalid:
            return None
    if table.num_rows != len(lines):
        return None
    columns = {name: text_series(table[key]) for name, key in zip(names, types, strict=True)}
    return pd.DataFrame(columns, columns=names, copy=False), lines


def end_of_line(content: bytes, line: int) -> int:
    """The place after the given line."""
    place = 0
    for _ in range(line):
        place = content.find(b"\n", place) + 1
        if not place:
            return len(content)
    return place


def has_lone_return(content: Bytes) -> bool:
    """Whether a carriage return stands without a newline after it."""
    returns = np.flatnonzero(content == RETURN)
    return bool(len(returns)) and not (content[np.minimum(returns + 1, len(content) - 1)] == NEWLINE).all()


def record_lines(body: Bytes) -> Lines | None:
    """The line (from 1) on which each record begins; lines without any character are no records.

    None where a quote stands within a cell that is not quoted: there the borders of cells need a parser.
    """
    newlines = np.flatnonzero(body == NEWLINE)
    quotes = np.flatnonzero(body == QUOTE)
    if not quotes_at_borders(body, quotes):
        return None
    # A newline after an odd number of quotes is part of a cell.
    ends = newlines if not len(quotes) else newlines[np.searchsorted(quotes, newlines) % 2 == 0]
    starts = np.concatenate([[0], ends + 1])
    starts = starts[starts < len(body)]
    first = body[starts]
    starts = starts[(first != NEWLINE) & (first != RETURN)]
    lines: Lines = np.searchsorted(newlines, starts).astype(np.int64) + 1
    return lines


def quotes_at_borders(body: Bytes, quotes: npt.NDArray[np.intp]) -> bool:
    """Whether every quote opens a cell, closes one, or is one of a doubled pair."""
    if not len(quotes):
        return True
    if len(quotes) % 2:
        return False
    opening, closing = quotes[::2], quotes[1::2]
    before = np.where(opening > 0, body[opening - 1], NEWLINE)
    after = np.where(closing + 1 < len(body), body[np.minimum(closing + 1, len(body) - 1)], NEWLINE)
    # A quote beside a quote on the inner side is the second of a pair; the outer sides must be borders.
    doubled = np.zeros(len(opening), dtype=bool)
    doubled[1:] = opening[1:] == closing[:-1] + 1
    continued = np.append(doubled[1:], False)
    opens = doubled | np.isin(before, (COMMA, NEWLINE))
    closes = continued | np.isin(after, (COMMA, NEWLINE, RETURN))
    return bool(opens.all() and closes.all())


def read_any(path: Path, text: str, names: list[str], header_rows: int) -> tuple[pd.DataFrame, Lines]:
    """The records by the csv module, with the error of the first row that is wrong."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    records: list[list[str]] = []
    lines: list[int] = []
    line = 1
    try:
        for record in reader:
            begins, line = line, reader.line_num + 1
            if not record:
                continue
            if len(record) != len(names):
                cells = f"{len(record)} cell{'s' if len(record) != 1 else ''} for {len(names)} columns"
                raise unreadable(path, f"row {begins}: {cells}", RAGGED)
            records.append(record)
            lines.append(begins)
    except csv.Error as error:
        raise unreadable(path, f"row {line}: {error}", "correct the quotes in this row of the extract") from error
    frame = pd.DataFrame(records[header_rows:], columns=names, dtype=TEXT)
    return frame, np.array(lines[header_rows:], dtype=np.int64)
