"""The collected value behind a value of a dataset: form, file, row, field and text of each record."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from crf2tlf.derive.engine import DerivedDataset
from crf2tlf.derive.issues import Places
from crf2tlf.derive.parts import Part
from crf2tlf.derive.tables import Source
from crf2tlf.rules import verbs
from crf2tlf.rules.columns import BoolArray, Column, IntArray, choose, text_column
from crf2tlf.rules.expressions import Reference
from crf2tlf.rules.own_source import at_source
from crf2tlf.rules.reads import named


@dataclass(frozen=True)
class Collected:
    """For each record asked about the place and the text of the collected value, as far as `found`."""

    texts: dict[str, npt.NDArray[np.object_]]
    rows: IntArray
    found: BoolArray

    @classmethod
    def nothing(cls, length: int) -> Collected:
        """Nothing found yet for so many records."""
        names = ("forms", "files", "subjects", "fields", "values")
        texts = {name: np.full(length, None, dtype=object) for name in names}
        return cls(texts, np.zeros(length, dtype=np.int64), np.zeros(length, dtype=bool))

    def put(self, at: IntArray, source: Source, field: str, positions: IntArray) -> None:
        """The values of a raw field at row positions, for the records `at`."""
        places = source.places()
        columns = {
            "forms": places.forms,
            "files": places.files,
            "subjects": places.subjects,
            "fields": source.fields(field),
        }
        for name, column in {**columns, "values": source.column(field)}.items():
            self.texts[name][at] = column.take(positions).to_numpy(dtype=object)
        self.rows[at] = places.rows[positions]
        self.found[at] = True

    def column(self, name: str, otherwise: Column) -> Column:
        """One of the texts, with what stands in where nothing was found."""
        return choose(self.found, text_column(self.texts[name]), otherwise)

    def places(self, otherwise: Places) -> Places:
        """The places, with those that stand in where nothing was found."""
        return Places(
            self.column("forms", otherwise.forms),
            self.column("files", otherwise.files),
            np.where(self.found, self.rows, otherwise.rows),
            self.column("subjects", otherwise.subjects),
        )


def find_collected(dataset: DerivedDataset, references: list[Reference]) -> Collected:
    """Of each record the collected value of the first reference that leads to one in the record's own form."""
    found = Collected.nothing(dataset.length)
    every = np.arange(dataset.length)
    for reference in references:
        _follow(dataset, reference, every, every, found, frozenset())
    return found


def _follow(
    dataset: DerivedDataset,
    reference: Reference,
    rows: IntArray,
    at: IntArray,
    found: Collected,
    behind: frozenset[tuple[str, str]],
) -> None:
    """Fill in `found` for the records `at`, which are the dataset's `rows`, where nothing was found before."""
    for number, part in enumerate(dataset.parts):
        chosen = (dataset.part_numbers[rows] == number) & ~found.found[at]
        if chosen.any():
            _follow_part(dataset, part, at_source(reference, part.source.name), rows[chosen], at[chosen], found, behind)


def _follow_part(
    dataset: DerivedDataset,
    part: Part,
    reference: Reference,
    rows: IntArray,
    at: IntArray,
    found: Collected,
    behind: frozenset[tuple[str, str]],
) -> None:
    """As `_follow`, for rows of one record source."""
    source, name = reference.source, reference.name
    if source == part.source.name and source.startswith("raw."):
        found.put(at, part.source, name, dataset.positions[rows])
    elif source == part.source.name and isinstance(part.source, DerivedDataset):
        _follow(part.source, Reference((name,)), dataset.positions[rows], at, found, behind)
    elif source in {"", dataset.name} and (dataset.name, name) not in behind:
        rule = _rule_of_part(dataset.variable(name).rule, part)
        if isinstance(rule, verbs.RecordLookup):
            _put_looked_up(dataset, name, rule, rows, at, found)
        for each in _leading(rule):
            left = ~found.found[at]
            if left.any():
                step = (at_source(each, part.source.name), rows[left], at[left], found)
                _follow_part(dataset, part, *step, behind | {(dataset.name, name)})


def _put_looked_up(
    dataset: DerivedDataset, name: str, rule: verbs.RecordLookup, rows: IntArray, at: IntArray, found: Collected
) -> None:
    """What a lookup in a raw form found stands there."""
    for source, positions in dataset.picked.get(name, []) if rule.source.startswith("raw.") else []:
        taken = positions[rows]
        if source.name == rule.source and (taken >= 0).any():
            found.put(at[taken >= 0], source, named(rule.value).dotted, taken[taken >= 0])


def _rule_of_part(rule: verbs.Rule, part: Part) -> verbs.Rule:
    return dict(rule.rules)[part.record.id] if isinstance(rule, verbs.ByRecord) else rule


def _leading(rule: verbs.Rule) -> Iterator[Reference]:
    """What a rule reads that can lead to the collected value; a record's number comes from no value."""
    if not isinstance(rule, verbs.Sequence):
        yield from (read.reference for read in verbs.reads(rule) if not read.inside)
