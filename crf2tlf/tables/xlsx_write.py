"""Excel workbooks of text cells, the same bytes for the same frame."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path

import pandas as pd

from crf2tlf.errors import Context, ValueDoesNotFit
from crf2tlf.tables.atomic import write_bytes

MAX_ROWS = 1_048_576
EPOCH = (1980, 1, 1, 0, 0, 0)
"""The first moment that a ZIP archive can name; every part gets it, so that the bytes do not depend on the clock."""
CLOCK_PARTS = ("docProps/core.xml",)


def write_xlsx(path: str | Path, frame: pd.DataFrame, *, labels: Mapping[str, str], sheet: str) -> None:
    """Write text columns as a sheet with a row of labels and a row of names, whole or not at all.

    Missing and "" are blank cells. Raises ValueDoesNotFit for more rows than a sheet holds.
    """
    if len(frame) + 2 > MAX_ROWS:
        message = f"{len(frame):,} rows do not fit into the {MAX_ROWS - 2:,} of a sheet"
        raise ValueDoesNotFit(f"{path}: {message}", Context(fix="write CSV files"))
    import openpyxl  # a fifth of all imports, see read_raw

    book = openpyxl.Workbook(write_only=True)
    page = book.create_sheet(sheet)
    page.append([labels.get(str(name), "") for name in frame.columns])
    page.append([str(name) for name in frame.columns])
    columns = [[text or None for text in frame[name].fillna("").tolist()] for name in frame.columns]
    for row in zip(*columns, strict=True):
        page.append(row)
    content = BytesIO()
    book.save(content)
    write_bytes(path, without_clock(content.getvalue()))


def without_clock(content: bytes) -> bytes:
    """The workbook without the moments of its making."""
    result = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as source, zipfile.ZipFile(result, "w", zipfile.ZIP_DEFLATED) as target:
        for part in source.infolist():
            text = source.read(part)
            if part.filename in CLOCK_PARTS:
                text = CORE
            entry = zipfile.ZipInfo(part.filename, EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(entry, text)
    return result.getvalue()


CORE = (
    b'<?xml version="1.0" encoding="UTF-8"?><cp:coreProperties '
    b'xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" '
    b'xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:creator>crf2tlf</dc:creator></cp:coreProperties>'
)
