"""The list of planted faults, and how many of each kind there could have been."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Self, TextIO

import pandas as pd

from crf2tlf.errors import ProgramError
from crf2tlf.tables import atomic_path, write_text
from crf2tlf.tables.arrow import TEXT
from synthetic.export.columns import number_within
from synthetic.export.csv_lines import csv_line, csv_lines
from synthetic.export.sink import Sink
from synthetic.faults.kinds import KINDS
from synthetic.faults.planter import FaultSpec, Planter, Tally

COLUMNS = ("number", "kind", "case", "subject", "form", "file", "row", "field", "raw", "true")
COUNTS = ("number", "kind", "rate", "eligible", "cases")


class ManifestFile:
    """manifest.csv: a line for each faulty cell, in the order of subjects, kinds, forms and rows."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.rows = 0
        self.tallies: dict[str, Tally] = {}
        self._stack = ExitStack()
        self._stream: TextIO

    def __enter__(self) -> Self:
        part = self._stack.enter_context(atomic_path(self.folder / "manifest.csv"))
        self._stream = self._stack.enter_context(part.open("w", encoding="utf-8", newline=""))
        self._stream.write(csv_line(COLUMNS))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.__exit__(kind, error, trace)

    def write(self, planter: Planter, sink: Sink) -> None:
        """Take the lines of the block that the sink has written last."""
        for name, tally in planter.tallies.items():
            total = self.tallies.setdefault(name, Tally())
            total.eligible += tally.eligible
            total.cases += tally.cases
        if not planter.lines:
            return
        lines = locate_lines(pd.concat(planter.lines, ignore_index=True), planter, sink)
        self._stream.write(csv_lines(lines[list(COLUMNS)].astype(TEXT)))
        self.rows += len(lines)

    def write_counts(self, specs: dict[str, FaultSpec]) -> None:
        """manifest_counts.csv: for each kind its rate, how many records could have been hit and how many were."""
        rows = [
            (str(KINDS[name].number), name, f"{spec.rate:g}", str(tally.eligible), str(tally.cases))
            for name, spec in specs.items()
            for tally in [self.tallies.get(name, Tally())]
        ]
        frame = pd.DataFrame(rows, columns=list(COUNTS), dtype=TEXT)
        write_text(self.folder / "manifest_counts.csv", csv_line(COUNTS) + csv_lines(frame))


def locate_lines(lines: pd.DataFrame, planter: Planter, sink: Sink) -> pd.DataFrame:
    """The lines with the place of each cell, sorted; cases are numbered within subject and kind."""
    parts = []
    for (form, name), group in lines.groupby(["form", "field"], sort=False):
        records = group["record"].to_numpy(dtype="int64")
        require_faulty(planter, str(form), str(name), group)
        places = sink.locate(str(form), records, [str(name)])
        if (places.rows == 0).any():
            missing = group[places.rows == 0]
            raise ProgramError(f"the fault '{missing['kind'].iloc[0]}' of {form}.{name} is in no row of {places.file}")
        rank = planter.pages[str(form)].cells.ranks(records)
        parts.append(group.assign(file=places.file, row=places.rows, field=places.columns[0], rank=rank))
    whole = pd.concat(parts)
    order = {name: place for place, name in enumerate(KINDS)}
    whole = whole.assign(place=whole["kind"].map(order), number=whole["kind"].map(numbers()))
    whole = whole.sort_values(["rank", "subject", "place", "form", "row", "field"], kind="stable")
    owner = whole["subject"] + "\t" + whole["kind"]
    case = number_within(owner, owner + "\t" + whole["case"])
    return whole.assign(case=case).reset_index(drop=True)


def numbers() -> dict[str, int]:
    """The number of each kind in the list of problems."""
    return {name: kind.number for name, kind in KINDS.items()}


def require_faulty(planter: Planter, form: str, name: str, lines: pd.DataFrame) -> None:
    """Raise ProgramError where a cell does not hold what its line says: two faults hit it."""
    cells = planter.pages[form].cells.cells
    if name not in cells:
        return
    held = cells[name].take(lines["record"].to_numpy(dtype="int64")).fillna("").to_numpy(dtype=object)
    wrong = held != lines["raw"].fillna("").to_numpy(dtype=object)
    if wrong.any():
        first = lines[wrong].iloc[0]
        raise ProgramError(f"two faults hit {form}.{name} of {first['subject']}: '{first['kind']}' is one")
