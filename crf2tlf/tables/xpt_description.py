"""The header of a transport file as read: who made it, and where each variable stands in a row."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from crf2tlf.errors import Context, UnreadableFile
from crf2tlf.tables.xpt_layout import (
    LIBRARY_HEADER,
    MEMBER_HEADER,
    NAMESTR,
    NAMESTR_HEADER,
    RECORD,
    ROWS_HEADER,
    XptHeader,
    XptVariable,
    format_text,
)

TITLE = 48
"""The part of a header record that names it; what follows are counts."""
FIRST_NAMESTR = 640
ASK_AGAIN = "ask for the file again, as SAS transport version 5 (XPORT)"


@dataclass(frozen=True)
class Description:
    """The header of a transport file; `start` is the place of the first row, `size` the bytes of all rows."""

    name: str
    label: str
    variables: tuple[XptVariable, ...]
    offsets: tuple[int, ...]
    header: XptHeader
    start: int
    size: int

    @property
    def row_size(self) -> int:
        """The bytes of one row."""
        return sum(variable.length for variable in self.variables)


def unreadable(path: Path, what: str, fix: str = ASK_AGAIN) -> UnreadableFile:
    """The error of a file that is not what it should be."""
    return UnreadableFile(f"{path} {what}", Context(fix=fix))


def wrong_encoding(path: Path, what: str, encoding: str) -> UnreadableFile:
    """The error of bytes that are not text of the encoding."""
    return unreadable(path, f"is not {encoding} text: {what}", "name the encoding in which the file was written")


def read_description(path: Path, file: BinaryIO, encoding: str) -> Description:
    """The header of the file, which is left standing at its first row. Raises UnreadableFile."""
    size = os.fstat(file.fileno()).st_size
    content = file.read(FIRST_NAMESTR)
    if content[:TITLE] != LIBRARY_HEADER[:TITLE]:
        raise unreadable(path, foreign_format(content[:RECORD]))
    if size % RECORD:
        raise unreadable(path, f"is cut: its {size:,} bytes are not a multiple of {RECORD}")
    if content[240 : 240 + TITLE] != MEMBER_HEADER[:TITLE]:
        raise unreadable(path, "holds no dataset")
    count, record = header_count(content[614:618]), header_count(content[314:318])
    if content[560 : 560 + TITLE] != NAMESTR_HEADER or record not in (136, 140) or not count:
        raise unreadable(path, "is damaged: it has no description of its variables")
    records = file.read(-(-count * record // RECORD) * RECORD)
    if file.read(RECORD)[:TITLE] != ROWS_HEADER[:TITLE]:
        raise unreadable(path, "is damaged: its rows do not begin where they should")
    parsed = [parse_namestr(path, records[at : at + record], encoding) for at in range(0, count * record, record)]
    start = file.tell()
    description = Description(
        text_of(content[408:416]),
        decode_label(path, content[512:552], encoding),
        tuple(variable for variable, _ in parsed),
        tuple(offset for _, offset in parsed),
        parse_header(content),
        start,
        size - start,
    )
    require_sense(path, description)
    return description


def foreign_format(first_record: bytes) -> str:
    """What a file is that is no transport file of version 5."""
    if first_record.startswith(b"HEADER RECORD*******LIBV8"):
        return "is a SAS transport file of version 8, not 5"
    if first_record.startswith(b"**COMPRESSED**"):
        return "is a file of PROC CPORT, not a SAS transport file"
    return "is not a SAS transport file"


def header_count(field: bytes) -> int:
    """A count in a header record, 0 where it is no number."""
    return int(field) if field.isdigit() else 0


def parse_header(content: bytes) -> XptHeader:
    """What the file says of its maker."""
    places = ((424, 432), (432, 440), (144, 160), (160, 176), (464, 480), (480, 496), (552, 560))
    return XptHeader(*(text_of(content[start:stop]) for start, stop in places))


def text_of(field: bytes) -> str:
    """A header field without the blanks that fill it up."""
    return field.rstrip(b" \0").decode("latin-1")


def decode_label(path: Path, field: bytes, encoding: str) -> str:
    """A label in the encoding of the file."""
    content = field.rstrip(b" \0")
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        raise wrong_encoding(path, f"the label {content!r}", encoding) from error


def parse_namestr(path: Path, record: bytes, encoding: str) -> tuple[XptVariable, int]:
    """A variable and its place in a row."""
    values = NAMESTR.unpack(record.ljust(NAMESTR.size, b"\0"))
    kind, _, length, _, name, label, form, width, decimals, _, _, inform, in_width, in_decimals, offset, _ = values
    if kind not in (1, 2) or length < 1 or offset < 0 or (kind == 1 and length > 8):
        raise unreadable(path, f"is damaged: the description of its variable '{text_of(name)}' makes no sense")
    variable = XptVariable(
        text_of(name),
        "number" if kind == 1 else "text",
        length,
        decode_label(path, label, encoding),
        format_text(text_of(form), width, decimals),
        format_text(text_of(inform), in_width, in_decimals),
    )
    return variable, offset


def require_sense(path: Path, description: Description) -> None:
    """Raise UnreadableFile where two variables have one name, or one stands outside the row."""
    names = [variable.name for variable in description.variables]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise unreadable(path, f"has a variable more than once: {', '.join(twice)}")
    for variable, offset in zip(description.variables, description.offsets, strict=True):
        if offset + variable.length > description.row_size:
            raise unreadable(path, f"is damaged: its variable {variable.name} stands outside the row")
