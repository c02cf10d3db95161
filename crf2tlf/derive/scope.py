"""Rows of a dataset under derivation, as a rule or an expression sees them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from crf2tlf.derive.engine import DerivedDataset
from crf2tlf.derive.issues import Places
from crf2tlf.derive.tables import take_places
from crf2tlf.rules.columns import BoolArray, Column, IntArray, missing_column, stack_columns, take_rows
from crf2tlf.rules.expressions import Reference
from crf2tlf.rules.own_source import names_own_source
from crf2tlf.spec.model import Study, Variable
from crf2tlf.spec.names import SUBJECT


@dataclass(frozen=True)
class RowScope:
    """The rows of `dataset` for which `variable` is being derived."""

    dataset: DerivedDataset
    variable: Variable
    rows: IntArray

    @property
    def length(self) -> int:
        return len(self.rows)

    @property
    def study(self) -> Study:
        return self.dataset.deriver.study

    def narrowed(self, chosen: BoolArray) -> RowScope:
        """The scope of some of these rows."""
        return RowScope(self.dataset, self.variable, self.rows[chosen])

    def take(self, column: Column) -> Column:
        """The values of a whole column for these rows."""
        if self.length == len(column):
            return column
        return column.take(self.rows).reset_index(drop=True)

    def own(self, name: str) -> Column:
        """Another variable of the same dataset."""
        return self.take(self.dataset.column(name))

    def column(self, reference: Reference) -> Column:
        """What a reference names: a variable of this dataset, a source's field, or another dataset's variable."""
        if reference.source in {"", self.dataset.name}:
            return self.own(reference.name)
        if reference.source == self.dataset.spec.supp_name:
            return self.own(reference.dotted)
        if reference.source == SUBJECT:
            return self.take(self.dataset.raw_subjects())
        if names_own_source(reference):
            return self._of_own_source(reference.name)
        return self.dataset.gather_from(reference, self.rows)

    def _of_own_source(self, name: str) -> Column:
        """The field of that name in each row's own record source."""
        dataset, numbers = self.dataset, self.dataset.part_numbers[self.rows]
        present = np.unique(numbers).tolist() or [0]
        pieces = [
            take_rows(dataset.parts[number].source.column(name), dataset.positions[self.rows[numbers == number]])
            for number in present
        ]
        if len(pieces) == 1:
            return pieces[0]
        places = np.argsort(np.argsort(numbers, kind="stable"))
        return stack_columns(pieces).take(places).reset_index(drop=True)

    def by_source(self) -> Iterator[tuple[str, BoolArray]]:
        """The record sources that these rows come from, each with the rows that do."""
        names = np.array([part.source.name for part in self.dataset.parts], dtype=object)
        of_rows = names[self.dataset.part_numbers[self.rows]] if self.length else np.zeros(0, dtype=object)
        yield from ((name, of_rows == name) for name in dict.fromkeys(names.tolist()) if (of_rows == name).any())

    def constant(self, name: str) -> str | float:
        return self.study.constants[name]

    def missing(self) -> Column:
        """Missing values of the kind that the variable stores."""
        return missing_column("number" if self.variable.is_number else "text", self.length)

    def report(
        self,
        rule: str,
        where: BoolArray,
        values: Column,
        read: str | tuple[Reference, ...],
        message: str,
        places: Places | None = None,
    ) -> None:
        """One issue for each of these rows where the condition holds; `read` is what gave the value.

        `places` tells where the values stand, if not where `read` leads from each row.
        """
        if not where.any():
            return
        field = read if isinstance(read, str) else ", ".join(reference.name for reference in read)
        if places is None and len(read) == 1 and isinstance(read, tuple):
            places = self.dataset.places_of(read[0], self.rows)
        elif places is None:
            places = take_places(self.dataset.places(), self.rows)
        self.dataset.deriver.issues.add(rule, self.variable, places, where, values, field, message, self.rows)
