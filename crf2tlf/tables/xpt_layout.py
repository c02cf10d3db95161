"""The layout of a SAS transport file of version 5: its types, its header records and what they may hold.

Source: SAS Institute, "Record Layout of a SAS Version 5 or 6 Data Set in SAS Transport (XPORT) Format" (TS-140).
Every record is 80 bytes long. A file holds a library header, one member (dataset) header, one NAMESTR record of 140
bytes for each variable, and the rows without any gap, filled up with blanks to a multiple of 80.
"""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

import numpy as np
import pandas as pd

RECORD = 80
NAMESTR_SIZE = 140
MAX_TEXT_BYTES = 200
MAX_LABEL_BYTES = 40
MAX_VARIABLES = 9999
ENCODINGS = ("ascii", "utf-8", "gb18030", "cp1252", "latin-1")
"""Encodings in which a byte below 128 that stands alone is its ASCII character."""

LIBRARY_HEADER = b"HEADER RECORD*******LIBRARY HEADER RECORD!!!!!!!" + b"0" * 30 + b"  "
MEMBER_HEADER = b"HEADER RECORD*******MEMBER  HEADER RECORD!!!!!!!" + b"0" * 17 + b"1600000000140  "
DESCRIPTOR_HEADER = b"HEADER RECORD*******DSCRPTR HEADER RECORD!!!!!!!" + b"0" * 30 + b"  "
NAMESTR_HEADER = b"HEADER RECORD*******NAMESTR HEADER RECORD!!!!!!!"
ROWS_HEADER = b"HEADER RECORD*******OBS     HEADER RECORD!!!!!!!" + b"0" * 30 + b"  "
NAMESTR = struct.Struct(">hhhh8s40s8shhh2s8shhl52s")
MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
FORMAT = re.compile(r"(?P<name>(?:\$|(?=[A-Z_]))(?:[A-Z0-9_]*[A-Z_])?)?(?P<width>\d+)?\.(?P<decimals>\d+)?")


@dataclass(frozen=True)
class XptVariable:
    """One variable: `length` in bytes (text 1 to 200, number 2 to 8), `format` and `informat` as in SAS ("DATE9.")."""

    name: str
    type: Literal["text", "number"]
    length: int
    label: str = ""
    format: str = ""
    informat: str = ""


@dataclass(frozen=True)
class XptHeader:
    """What a transport file says of its maker: SAS version, operating system, and when ("04APR12:22:16:22")."""

    sas_version: str = "9.4"
    system: str = "LINUX"
    library_created: str = "01JAN60:00:00:00"
    library_modified: str = "01JAN60:00:00:00"
    created: str = "01JAN60:00:00:00"
    modified: str = "01JAN60:00:00:00"
    dataset_type: str = ""

    @classmethod
    def at(cls, moment: datetime) -> XptHeader:
        """The header of a file that crf2tlf writes, with one moment for all its timestamps."""
        stamp = sas_timestamp(moment)
        return cls(library_created=stamp, library_modified=stamp, created=stamp, modified=stamp)


@dataclass(frozen=True)
class XptFile:
    """A dataset read from a transport file.

    Text columns are string[pyarrow], blank is pd.NA; number columns are float64, `.` is NaN, and `.A` to `.Z` and `._`
    are the NaN values of `special_missing`. `header` says who made the file; given to `write_xpt` it makes the same
    file again.
    """

    name: str
    label: str
    variables: tuple[XptVariable, ...]
    frame: pd.DataFrame
    created: str
    modified: str
    header: XptHeader = field(default_factory=XptHeader)


def sas_timestamp(moment: datetime) -> str:
    """A moment as SAS writes it in headers, ddMMMyy:hh:mm:ss (TS-140); the century is lost."""
    return f"{moment:%d}{MONTHS[moment.month - 1]}{moment:%y:%H:%M:%S}"


def parse_format(text: str) -> tuple[str, int, int]:
    """The name, width and decimals of a SAS format: "DATE9." gives ("DATE", 9, 0), "8.2" gives ("", 8, 2).

    Raises ValueError where the text is no format: its dot is missing, its name is over 8 characters.
    """
    if not text:
        return "", 0, 0
    match = FORMAT.fullmatch(text.upper())
    name = (match["name"] or "") if match else ""
    if match is None or len(name) > 8:
        raise ValueError(f"'{text}' is not a SAS format such as DATE9., 8.2 or $20.")
    width, decimals = int(match["width"] or 0), int(match["decimals"] or 0)
    if width > 32767 or decimals > 32767:
        raise ValueError(f"the width of '{text}' is too large")
    return name, width, decimals


def format_text(name: str, width: int, decimals: int) -> str:
    """The text of a SAS format, the inverse of `parse_format`."""
    if not (name or width or decimals):
        return ""
    return f"{name}{width or ''}.{decimals or ''}"


def row_dtype(variables: tuple[XptVariable, ...], offsets: tuple[int, ...] | None = None) -> np.dtype[np.void]:
    """The layout of one row as a numpy type: whole numbers of 8 bytes as such, all else as mere bytes.

    Without offsets the variables follow each other without gaps.
    """
    lengths = [variable.length for variable in variables]
    places = offsets or tuple(int(end - length) for end, length in zip(np.cumsum(lengths), lengths, strict=True))
    return np.dtype(
        {
            "names": [variable.name for variable in variables],
            "formats": [cell_format(variable) for variable in variables],
            "offsets": list(places),
            "itemsize": sum(lengths),
        }
    )


def cell_format(variable: XptVariable) -> str:
    """The numpy type of a cell: a number of 8 bytes is a big-endian word."""
    return ">u8" if variable.type == "number" and variable.length == 8 else f"V{variable.length}"


def header_bytes(name: str, label: str, variables: tuple[XptVariable, ...], encoding: str, header: XptHeader) -> bytes:
    """All bytes before the first row."""
    maker = padded(header.sas_version, 8) + padded(header.system, 8) + b" " * 24
    parts = [
        LIBRARY_HEADER,
        b"SAS     SAS     SASLIB  " + maker + padded(header.library_created, 16),
        padded(header.library_modified, RECORD),
        MEMBER_HEADER,
        DESCRIPTOR_HEADER,
        b"SAS     " + padded(name, 8) + b"SASDATA " + maker + padded(header.created, 16),
        padded(header.modified, 32) + padded(label, 40, encoding) + padded(header.dataset_type, 8),
        NAMESTR_HEADER + b"000000%04d" % len(variables) + b"0" * 20 + b"  ",
        fill_record(b"".join(namestr_records(variables, encoding))),
        ROWS_HEADER,
    ]
    return b"".join(parts)


def namestr_records(variables: tuple[XptVariable, ...], encoding: str) -> list[bytes]:
    """The 140 bytes that describe each variable."""
    records, position = [], 0
    for number, variable in enumerate(variables, start=1):
        form, width, decimals = parse_format(variable.format)
        inform, in_width, in_decimals = parse_format(variable.informat)
        records.append(
            NAMESTR.pack(
                1 if variable.type == "number" else 2, 0, variable.length, number,
                padded(variable.name, 8), padded(variable.label, MAX_LABEL_BYTES, encoding),
                padded(form, 8), width, decimals, 0, bytes(2),
                padded(inform, 8), in_width, in_decimals, position, bytes(52),
            )
        )  # fmt: skip
        position += variable.length
    return records


def padded(text: str, size: int, encoding: str = "ascii") -> bytes:
    """A header text filled up with blanks; its length was checked before."""
    return text.encode(encoding).ljust(size)


def fill_record(content: bytes) -> bytes:
    """The content filled up with blanks to a whole number of 80-byte records."""
    return content + b" " * (-len(content) % RECORD)
