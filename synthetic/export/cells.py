"""Clean frames as the text that a site typed: every cell verbatim text, a blank cell missing."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd

from crf2tlf.spec.crf import FormDef, ItemDef
from crf2tlf.tables.arrow import TEXT, pa, text_series

EPOCH = np.datetime64("1960-01-01", "D")
KEY_COLUMNS = ("SITE", "SUBJECT", "EVENT", "EVENT_REP", "FORM_REP", "ROW_REP", "EVENT_DATE", "VERSION")
VERSION = "2.0"
MOST_RECORDS = 1_000_000
"""More than a subject has on one form: the place of a record in `order` begins at so much for each subject."""
Rows = npt.NDArray[np.int64]
Hashes = npt.NDArray[np.uint64]


@dataclass
class FormCells:
    """One form of a block: its clean values, and its cells as text.

    A record is named by its number: 0 to n-1 are the clean ones in their order, those that faults add follow. `texts`
    holds the text column of a coded item where it says something else than its code (record, item, text).
    """

    form: FormDef
    clean: pd.DataFrame
    cells: pd.DataFrame
    order: npt.NDArray[np.float64] = field(default_factory=lambda: np.empty(0))
    dropped: npt.NDArray[np.bool_] = field(default_factory=lambda: np.empty(0, dtype=bool))
    texts: list[tuple[int, str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        if not len(self.order):
            self.order = np.arange(len(self.cells), dtype=np.float64)
            self.dropped = np.zeros(len(self.cells), dtype=bool)

    def ranks(self, records: Rows) -> Rows:
        """The place of each record's subject in the block; a copy of a subject has the place of its source."""
        return (self.order[records] // MOST_RECORDS).astype(np.int64)

    def final(self) -> tuple[pd.DataFrame, Rows]:
        """The cells of the records that stay, in the order of the file, and the number of each."""
        kept = np.flatnonzero(~self.dropped)
        records = kept[np.argsort(self.order[kept], kind="stable")].astype(np.int64)
        if len(records) == len(self.cells) and bool((np.diff(records) > 0).all()):
            return self.cells, records
        return self.cells.take(records).reset_index(drop=True), records


def render_form(form: FormDef, clean: pd.DataFrame) -> FormCells:
    """A clean frame as text: dates as 2024-01-31, times as 08:30, numbers with the decimals of their item."""
    columns: dict[str, pd.Series] = {}
    for key in KEY_COLUMNS:
        if key == "VERSION":
            columns[key] = text_series(pa.repeat(pa.scalar(VERSION, pa.string()), len(clean)))
        elif key == "EVENT_DATE":
            columns[key] = render_dates(clean[key].to_numpy(dtype=np.float64))
        elif isinstance(clean[key].dtype, pd.StringDtype):
            columns[key] = clean[key].astype(TEXT)
        else:
            columns[key] = render_numbers(clean[key].to_numpy(dtype=np.float64), 0)
    for item in form.items:
        columns[item.oid] = render_item(item, clean[item.oid])
    return FormCells(form, clean, pd.DataFrame(columns, copy=False))


def render_item(item: ItemDef, values: pd.Series) -> pd.Series:
    """One item as text."""
    if item.kind in ("text", "code"):
        return values.astype(TEXT)
    numbers = values.to_numpy(dtype=np.float64)
    if item.kind == "date":
        return render_dates(numbers)
    if item.kind == "time":
        return render_times(numbers)
    return render_numbers(numbers, item.decimals)


def render_dates(days: npt.NDArray[np.float64]) -> pd.Series:
    """Days since 1960-01-01 as 2024-01-31."""
    codes, distinct = pd.factorize(days)
    return take_texts([str(EPOCH + int(day)) for day in distinct], codes)


def render_times(minutes: npt.NDArray[np.float64]) -> pd.Series:
    """Minutes since midnight as 08:30."""
    codes, distinct = pd.factorize(minutes)
    return take_texts([f"{int(minute) // 60:02d}:{int(minute) % 60:02d}" for minute in distinct], codes)


def render_numbers(numbers: npt.NDArray[np.float64], decimals: int) -> pd.Series:
    """Numbers with a fixed number of decimals; each distinct number is written once."""
    codes, distinct = pd.factorize(np.rint(numbers * 10.0**decimals) + 0.0)
    return take_texts([f"{number / 10.0**decimals:.{decimals}f}" for number in distinct], codes)


def take_texts(texts: list[str], codes: npt.NDArray[np.int64]) -> pd.Series:
    """The texts at the positions `codes`; -1 is missing."""
    return text_series(pa.array(texts, pa.string()).take(pa.array(codes, mask=codes < 0)))
