"""Planting: which records are hit, what their cells become, and the list of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from crf2tlf.tables.arrow import TEXT, pa, text_series
from synthetic.export.cells import MOST_RECORDS, FormCells
from synthetic.export.joins import pc, texts_of
from synthetic.faults.chance import Floats, Hashes, draw, hash_texts

Bools = npt.NDArray[np.bool_]
Numbers = npt.NDArray[np.int64]


@dataclass(frozen=True)
class FaultSpec:
    """One kind of fault as a study wants it: the share of what could be hit, and what it needs to know.

    `fields` are items by form, `texts` lists of texts by what they replace, `limits` numbers by name.
    """

    rate: float
    fields: dict[str, tuple[str, ...]] = field(default_factory=dict)
    texts: dict[str, tuple[str, ...]] = field(default_factory=dict)
    limits: dict[str, float] = field(default_factory=dict)


def running_numbers(owners: pd.Series) -> Numbers:
    """The number of each record among those of its owner, from 0."""
    counted = owners.groupby(owners.to_numpy(dtype=object), sort=False).cumcount()
    return np.asarray(counted, dtype=np.int64)


class Page:
    """A form of a block under planting. Each record is hit once at most: a locked one is left alone."""

    def __init__(self, cells: FormCells, ranks: pd.Series) -> None:
        self.cells = cells
        self.name = cells.form.oid
        self.clean = cells.clean
        self.size = len(cells.clean)
        self.subject = cells.clean["SUBJECT"]
        self.owner: Hashes = hash_texts(self.subject)
        self.number: Numbers = running_numbers(self.subject)
        self.locked = np.zeros(self.size, dtype=bool)
        # Records are ordered by subject, and those that are added come behind the one they belong to.
        self.ranks = ranks
        cells.order = self.places(self.subject) + self.number

    def places(self, subjects: pd.Series) -> Floats:
        """Where the records of subjects begin in the order of the file."""
        return subjects.map(self.ranks).to_numpy(dtype=np.float64) * MOST_RECORDS

    def has(self, *names: str) -> bool:
        """Whether the form has the items."""
        return all(name in self.clean.columns for name in names)

    def value(self, name: str) -> pd.Series:
        """The clean values of an item."""
        return self.clean[name]

    def days(self, name: str) -> Floats:
        """A clean date or number."""
        return self.clean[name].to_numpy(dtype=np.float64)

    def present(self, name: str) -> Bools:
        """Where the clean value is not blank."""
        return self.clean[name].notna().to_numpy(dtype=bool)

    def equals(self, name: str, *codes: str) -> Bools:
        """Where the clean code is one of `codes`."""
        return self.clean[name].isin(codes).to_numpy(dtype=bool)

    def case(self, records: Numbers) -> npt.NDArray[np.object_]:
        """What names the cases of records: a case may be of more than one cell, and of cells of other records."""
        return (f"{self.name}/" + pd.Series(records).astype(TEXT)).to_numpy(dtype=object)

    def texts(self, name: str, records: Numbers) -> pd.Series:
        """The text of cells as it stands."""
        return self.cells.cells[name].take(records).reset_index(drop=True)


@dataclass
class Tally:
    """How many could have been hit, and how many were."""

    eligible: int = 0
    cases: int = 0


class Planter:
    """The faults of one block."""

    def __init__(
        self, block: Mapping[str, FormCells], seed: int, specs: Mapping[str, FaultSpec], cut_off: float
    ) -> None:
        subjects = pd.concat([cells.clean["SUBJECT"] for cells in block.values()]).drop_duplicates()
        ranks = pd.Series(np.arange(len(subjects)), index=subjects.astype(object))
        self.pages = {name: Page(cells, ranks) for name, cells in block.items()}
        self.seed, self.specs, self.cut_off = seed, specs, cut_off
        self.tallies: dict[str, Tally] = {}
        self.lines: list[pd.DataFrame] = []
        self.unlisted: list[pd.DataFrame] = []
        self.kind = ""

    @property
    def spec(self) -> FaultSpec:
        """The spec of the kind that is being planted."""
        return self.specs[self.kind]

    def page(self, form: str, *items: str) -> Page | None:
        """A form that has the items, or None where the study has no such form."""
        page = self.pages.get(form)
        return page if page is not None and page.has(*items) else None

    def uniform(self, page: Page, records: Numbers, what: str) -> Floats:
        """Numbers of records, under the name of the kind."""
        return draw(self.seed, f"{self.kind}/{page.name}/{what}", page.owner[records], page.number[records])

    def pick(self, page: Page, records: Numbers, what: str, count: int) -> Numbers:
        """A choice from 0 to count-1 for each record."""
        return np.floor(self.uniform(page, records, what) * count).astype(np.int64)

    def hit(self, page: Page, eligible: Bools, what: str = "") -> Numbers:
        """The records that are hit, each with the chance of the kind; they are locked."""
        open_records = np.flatnonzero(eligible & ~page.locked & ~page.cells.dropped[: page.size]).astype(np.int64)
        chosen = open_records[self.uniform(page, open_records, f"hit {what}") < self.spec.rate]
        tally = self.tallies.setdefault(self.kind, Tally())
        tally.eligible += len(open_records)
        tally.cases += len(chosen)
        page.locked[chosen] = True
        return chosen

    def put(self, page: Page, records: Numbers, name: str, texts: Any, true: Any = None, case: Any = None) -> None:
        """Write texts (missing: blank) into a cell of each record and note it; `case` names the record hit."""
        if not len(records):
            return
        column = page.cells.cells[name]
        before = column.take(records).reset_index(drop=True) if true is None else texts_like(true, len(records))
        new = texts_like(texts, len(records))
        mask = np.zeros(len(column), dtype=bool)
        mask[records] = True
        sorted_new = texts_of(new.take(np.argsort(records, kind="stable")))
        page.cells.cells[name] = text_series(pc.replace_with_mask(texts_of(column), pa.array(mask), sorted_new))
        self.note(page, records, name, new, before, case)

    def note(self, page: Page, records: Numbers, name: str, raw: Any, true: Any, case: Any = None) -> None:
        """Add lines to the list."""
        cases = page.case(records) if case is None else case
        subjects = page.cells.cells["SUBJECT"].take(records).reset_index(drop=True)
        self.lines.append(
            pd.DataFrame(
                {
                    "kind": pd.Series([self.kind] * len(records), dtype=TEXT),
                    "subject": subjects,
                    "form": pd.Series([page.name] * len(records), dtype=TEXT),
                    "record": records,
                    "field": pd.Series([name] * len(records), dtype=TEXT),
                    "raw": texts_like(raw, len(records)),
                    "true": texts_like(true, len(records)),
                    "case": pd.Series(np.asarray(cases, dtype=object)).astype(TEXT),
                }
            )
        )

    def add(
        self, page: Page, sources: Numbers, changes: Mapping[str, Any], noted: Sequence[str], case: Any = None
    ) -> Numbers:
        """Put changed copies of records behind them; `noted` cells are listed. Returns their numbers."""
        copies = page.cells.cells.take(sources).reset_index(drop=True)
        for name, texts in changes.items():
            copies[name] = texts_like(texts, len(sources))
        return self._append(page, copies, page.cells.order[sources] + 0.5, noted, case)

    def add_new(self, page: Page, subjects: pd.Series, values: Mapping[str, Any], noted: Sequence[str]) -> Numbers:
        """Put new records at the end of subjects; cells that are not in `values` are blank."""
        names = page.cells.cells.columns
        rows = pd.DataFrame({name: texts_like(values.get(name), len(subjects)) for name in names}, columns=names)
        return self._append(page, rows, page.places(subjects) + MOST_RECORDS / 2, noted, hash_texts(subjects))

    def _append(self, page: Page, rows: pd.DataFrame, order: Floats, noted: Sequence[str], case: Any) -> Numbers:
        cells = page.cells
        first = len(cells.cells)
        cells.cells = pd.concat([cells.cells, rows], ignore_index=True)
        cells.order = np.append(cells.order, order)
        cells.dropped = np.append(cells.dropped, np.zeros(len(rows), dtype=bool))
        records = np.arange(first, first + len(rows), dtype=np.int64)
        for name in noted:
            self.note(page, records, name, rows[name], None, case)
        if not noted:
            self._remember(page, records, case)
        return records

    def drop(self, page: Page, records: Numbers, case: Any) -> None:
        """Leave records out of the file, as part of a case."""
        page.cells.dropped[records] = True
        page.locked[records] = True
        self._remember(page, records, case)

    def _remember(self, page: Page, records: Numbers, case: Any) -> None:
        """Keep what a case does without a line in the list: records that it leaves out, or adds with all in order."""
        subjects = page.cells.cells["SUBJECT"].take(records).reset_index(drop=True)
        frame = pd.DataFrame({"kind": self.kind, "subject": subjects, "form": page.name, "record": records})
        self.unlisted.append(frame.assign(case=np.asarray(case, dtype=object)))

    def by_subject(self, values: pd.Series, page: Page) -> pd.Series:
        """A value of each subject (indexed by SUBJECT), spread over the records of a form."""
        return page.subject.map(values).reset_index(drop=True)


def texts_like(texts: Any, count: int) -> pd.Series:
    """A text column of `count` rows from one text, a list or a column."""
    if texts is None or isinstance(texts, str):
        return pd.Series([texts] * count, dtype=TEXT)
    return pd.Series(texts, dtype=TEXT).reset_index(drop=True)
