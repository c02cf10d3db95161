"""The results of one output, to be asked for by analysis, statistic and group; and the details of cells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import pandas as pd

from crf2tlf.errors import Context, ProgramError
from tlf.render import Cell, Detail
from tlf.results import Results

Levels = tuple[str, ...]

STATISTIC_NAMES = {
    "N": "Number of subjects",
    "n": "Number",
    "percent": "Percentage",
    "n_missing": "Number missing",
    "sd": "Standard deviation",
    "q1": "First quartile",
    "q3": "Third quartile",
    "p_value": "p-value",
    "n_records": "Number of records",
    "n_subjects": "Number of subjects",
}


@dataclass(frozen=True)
class Number:
    """One result: its value, and what the panel beside a page says of it."""

    result: str
    statistic: str
    value: float
    denominator: int | None
    dataset: str
    filter: str
    n_records: int

    def times(self, factor: float) -> Number:
        """The same result in another unit."""
        return replace(self, value=self.value * factor)

    @property
    def count(self) -> int:
        """The value as a whole number."""
        return round(self.value)


@dataclass
class Numbers:
    """Results by analysis, statistic and the levels of their groups; collects the details of the cells made."""

    results: Results
    details: dict[str, Detail] = field(default_factory=dict)
    _by_place: dict[tuple[str, str, Levels], Number] = field(default_factory=dict)
    _keys: dict[str, list[tuple[str, str]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        ard = self.results.ard
        groups = [ard[f"GRP{number}LV"].fillna("") for number in range(1, 5)]
        named = [ard[f"GRP{number}"].notna() for number in range(1, 5)]
        levels = [
            tuple(str(level) for level, present in zip(one, there, strict=True) if present)
            for one, there in zip(zip(*groups, strict=True), zip(*named, strict=True), strict=True)
        ]
        places = zip(ard["ANALYSISID"], ard["STATNAME"], levels, strict=True)
        self._by_place = dict(zip(places, _numbers(ard), strict=True))
        records = self.results.records
        for result, name, value in zip(records["RESULTID"], records["NAME"], records["VALUE"].fillna(""), strict=True):
            self._keys.setdefault(str(result), []).append((str(name), str(value)))

    def get(self, analysis: str, statistic: str, levels: Sequence[str] = ()) -> Number:
        """The result at a place; ProgramError where there is none."""
        found = self._by_place.get((analysis, statistic, tuple(levels)))
        if found is None:
            place = ", ".join((analysis, statistic, *levels))
            raise ProgramError(f"the results dataset has no {place}", Context(fix="build the results again"))
        return found

    def has(self, analysis: str, statistic: str, levels: Sequence[str] = ()) -> bool:
        """Whether there is a result at a place."""
        return (analysis, statistic, tuple(levels)) in self._by_place

    def levels(self, analysis: str, statistic: str) -> list[Levels]:
        """The levels of the groups of all results of a statistic, in the order of the results."""
        return [levels for name, other, levels in self._by_place if (name, other) == (analysis, statistic)]

    def places(self) -> list[tuple[str, str, Levels]]:
        """Analysis, statistic and levels of all results, in their order."""
        return list(self._by_place)

    def cell(self, text: str, *shown: Number) -> Cell:
        """A cell that shows results; its detail tells how the first came about, and all of them unrounded."""
        first = shown[0]
        self.details[first.result] = self._detail(first, shown)
        return Cell(text, first.result)

    def _detail(self, first: Number, shown: Sequence[Number]) -> Detail:
        facts = [(_name(number.statistic), _unrounded(number.value)) for number in shown]
        if first.denominator is not None and first.statistic.startswith("n"):
            facts.append(("Denominator", f"{first.denominator} subjects"))
            if first.denominator:
                facts.append(("Percentage", _unrounded(100 * first.value / first.denominator)))
        keys = self._keys.get(first.result, [])
        names = tuple(dict.fromkeys(name for name, _ in keys))
        values = [value for _, value in keys]
        width = len(names) or 1
        records = tuple(tuple(values[start : start + width]) for start in range(0, len(values), width))
        filter_text = first.filter or "all records"
        return Detail(first.dataset, filter_text, first.n_records, names, records, tuple(facts))


def _numbers(ard: pd.DataFrame) -> list[Number]:
    denominators = [None if pd.isna(n) else int(n) for n in ard["DENOM"]]
    columns = (ard["RESULTID"], ard["STATNAME"], ard["STATNUM"], denominators, ard["DATASET"], ard["FILTER"].fillna(""))
    return [
        Number(str(result), str(statistic), float(value), denominator, str(dataset), str(text), int(n))
        for result, statistic, value, denominator, dataset, text, n in zip(*columns, ard["NRECORDS"], strict=True)
    ]


def _name(statistic: str) -> str:
    return STATISTIC_NAMES.get(statistic, statistic.replace("_", " ").capitalize())


def _unrounded(value: float) -> str:
    return "not estimable" if pd.isna(value) else f"{value:.15g}"
