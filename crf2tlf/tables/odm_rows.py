"""The records of one item group of an ODM file, gathered column by column and made into a raw table."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from crf2tlf.tables.arrow import ArrowText, pa, pc, text_series
from crf2tlf.tables.raw_table import RawTable, require_names

KEYS = ("STUDYID", "VERSION", "SITE", "SUBJ", "EVENT", "EVENT_REP", "FORM", "FORM_REP", "GROUP", "GROUP_REP")
IDENTITY = frozenset(KEYS) - {"VERSION", "SITE"}
"""What tells one record from another; the version of the metadata and the site may change."""
BLOCK_VALUES = 2_000
Rows = npt.NDArray[np.int64]
Places = range | npt.NDArray[np.int32]
Keys = tuple[tuple[str, str], ...]


@dataclass
class Cells:
    """Texts at row numbers: those that wait, and those that are packed."""

    rows: list[int] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    parts: list[tuple[Places, ArrowText]] = field(default_factory=list)

    def add(self, row: int, text: str) -> None:
        """Put a text at a row."""
        self.rows.append(row)
        self.texts.append(text)
        if len(self.texts) >= BLOCK_VALUES:
            self._pack()

    def _pack(self) -> None:
        # Arrays take a tenth of the memory of a list.
        if self.texts:
            first, last = self.rows[0], self.rows[-1]
            gapless = last - first + 1 == len(self.rows)
            places = range(first, last + 1) if gapless else np.array(self.rows, dtype=np.int32)
            self.parts.append((places, pa.array(self.texts, pa.large_string())))
            self.rows, self.texts = [], []

    def spread(self, target: Rows, length: int) -> ArrowText:
        """A column of `length` texts; `target` gives the row of the table for each row gathered, -1 for none.

        Where more than one text comes to the same row, the last one stays; where none does, the text is "".
        """
        self._pack()
        if not self.parts:
            return pa.array([""] * length, pa.large_string())
        rows = np.concatenate([np.asarray(rows, dtype=np.int64) for rows, _ in self.parts])
        texts = pa.chunked_array([texts for _, texts in self.parts])
        places = target[rows]
        if length == len(rows) and np.array_equal(places, np.arange(length)):
            return texts.combine_chunks()
        kept = places >= 0
        chosen = np.full(length, -1, dtype=np.int64)
        chosen[places[kept]] = np.flatnonzero(kept)
        return pc.fill_null(pc.take(texts, pa.array(chosen, mask=chosen < 0)), "").combine_chunks()


@dataclass(frozen=True)
class Removal:
    """An entity that a transaction took away: its keys, and how many records of the group came before."""

    keys: Keys
    before: int


@dataclass
class Group:
    """The records of one ItemGroupOID as they come."""

    name: str
    keys: dict[str, Cells] = field(default_factory=lambda: {key: Cells() for key in KEYS})
    items: dict[str, Cells] = field(default_factory=dict)
    lines: list[int] = field(default_factory=list)
    removals: list[Removal] = field(default_factory=list)

    def add_record(self, keys: Iterable[tuple[str, str]], items: Iterable[tuple[str, str]], line: int) -> None:
        """Take a record; keys beyond KEYS are attributes of vendors."""
        row = len(self.lines)
        self.lines.append(line)
        for cells_by_name, pairs in ((self.keys, keys), (self.items, items)):
            for name, text in pairs:
                cells = cells_by_name.get(name)
                if cells is None:
                    cells = cells_by_name[name] = Cells()
                cells.add(row, text)

    def remove(self, keys: Keys) -> None:
        """Forget the records so far that have the keys."""
        self.removals.append(Removal(tuple(pair for pair in keys if pair[0] in IDENTITY), len(self.lines)))

    def table(self, path: Path, items: Sequence[str], labels: dict[str, str], transactional: bool) -> RawTable:
        """The raw table: keys, attributes of vendors, the items of the metadata, then any others."""
        lines = np.array(self.lines, dtype=np.int64)
        target = np.arange(len(lines), dtype=np.int64)
        if transactional:
            target, lines = self._merge(lines)
        declared = set(items)
        names = [*self.keys, *items, *(item for item in self.items if item not in declared)]
        require_names(path, names, 1)
        gathered = self.items | self.keys
        columns = {}
        for name in names:
            # Taken out, so that no column is in memory twice.
            columns[name] = text_series(gathered.pop(name, Cells()).spread(target, len(lines)))
            self.keys.pop(name, None)
            self.items.pop(name, None)
        frame = pd.DataFrame(columns, columns=names, copy=False)
        return RawTable(self.name, path, frame, lines, {name: labels[name] for name in names if labels.get(name)})

    def _merge(self, lines: Rows) -> tuple[Rows, Rows]:
        """The row of the table for each transaction (-1: taken away), and the line of the last one of each row."""
        order = np.arange(len(lines), dtype=np.int64)
        names = [name for name in KEYS if name in IDENTITY]
        keys = pd.DataFrame({name: text_series(self.keys[name].spread(order, len(lines))) for name in names})
        alive = np.ones(len(lines), dtype=bool)
        for removal in self.removals:
            gone = order < removal.before
            for name, text in removal.keys:
                gone &= (keys[name] == text).to_numpy(dtype=bool)
            alive &= ~gone
        codes, found = pd.factorize(pd.MultiIndex.from_frame(keys[alive]))
        target = np.full(len(lines), -1, dtype=np.int64)
        target[alive] = codes
        last = np.zeros(len(found), dtype=np.int64)
        last[codes] = lines[alive]
        return target, last
