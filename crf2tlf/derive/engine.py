"""Datasets derived on demand: a variable is computed when something asks for it, once.

So DM.RFSTDTC may read EX.EXSTDTC while EX.EXSTDY reads DM.RFSTDTC; only a cycle of variables is an error, and the
check of the spec has found it before.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property

import numpy as np

from crf2tlf.derive.issues import Issues, Places
from crf2tlf.derive.parts import ParameterFields, Part, select_parts
from crf2tlf.derive.tables import RawSource, Source, TableSource, join_keys, take_places
from crf2tlf.errors import Context, DataError, Example, ProgramError
from crf2tlf.rules.columns import (
    BoolArray,
    Column,
    IntArray,
    Kind,
    choose,
    kind_of,
    missing_column,
    stack_columns,
    take_rows,
)
from crf2tlf.rules.expressions import Reference
from crf2tlf.rules.vectors import find_positions, find_repeated
from crf2tlf.spec.model import Dataset, Response, Study, Variable
from crf2tlf.spec.names import SUBJECT
from crf2tlf.spec.time_to_event import Parameter

ResponseEngine = Callable[["Deriver", Response], Source]
ParameterEngine = Callable[["Deriver", Parameter, Source, IntArray], tuple[IntArray, ParameterFields]]


class Deriver:
    """All that rules can read in one run over one block of subjects."""

    def __init__(
        self,
        study: Study,
        raw: Mapping[str, RawSource],
        files: Callable[[str], Source] | None = None,
        derived: frozenset[str] = frozenset(),
        parameters: ParameterEngine | None = None,
        responses: ResponseEngine | None = None,
        makes_table_records: bool = True,
    ) -> None:
        """`derived` names the datasets to derive here; `files` opens the others.

        Records of study tables belong to no subject: of several blocks only one makes them.
        """
        self.makes_table_records = makes_table_records
        self.study = study
        self.issues = Issues()
        self._raw, self._files, self._derived = raw, files, derived
        self._parameters = parameters
        self._responses = responses
        self._opened: dict[str, Source] = {}
        self._repeated: dict[str, list[str]] = {}

    def source(self, name: str) -> Source:
        """The source of a name such as raw.ae, table.visits, DM or SUPPAE (its parent)."""
        if name.startswith("raw."):
            return self._raw[name.removeprefix("raw.")]
        name = name.removeprefix("SUPP") if self.study.dataset(name) is None else name
        if name not in self._opened:
            self._opened[name] = self._open(name)
        return self._opened[name]

    def dataset(self, name: str) -> DerivedDataset:
        """A dataset that is derived here."""
        source = self.source(name)
        if not isinstance(source, DerivedDataset):
            raise ProgramError(f"{name} is read from a file in this run, not derived")
        return source

    def derived_datasets(self) -> list[Dataset]:
        """The specs of the datasets that are derived in this run."""
        found = (self.study.dataset(name) for name in sorted(self._derived))
        return [spec for spec in found if spec is not None]

    def parameter_fields(
        self, parameter: Parameter, source: Source, positions: IntArray
    ) -> tuple[IntArray, ParameterFields]:
        """The rows of ADSL in a time-to-event parameter's population, and its fields for them."""
        if self._parameters is None:
            raise ProgramError(f"parameters such as {parameter.code} are derived in ADaM only")
        return self._parameters(self, parameter, source, positions)

    def column_of(self, source: Source, reference: Reference) -> Column:
        """What a name means inside a source: one of its columns, or another dataset's variable for its subjects."""
        if reference.source == SUBJECT:
            return source.raw_subjects()
        inside = reference.source in {"", source.name, f"SUPP{source.name}"}
        if isinstance(source, RawSource | TableSource):
            return source.column(reference.dotted)
        if inside:
            qualified = reference.source.startswith("SUPP")
            return source.column(reference.dotted if qualified else reference.name)
        return self.joined(source, reference)

    def joined(self, source: Source, reference: Reference) -> Column:
        """Another source's value for the subject of each row; an error when the subject has several records there."""
        other = self.source(reference.source)
        keys = join_keys(source, other)
        if other.name not in self._repeated:
            self._repeated[other.name] = find_repeated(other.subjects())
        repeated = self._repeated[other.name]
        if repeated:
            raise self._several_records(source, other, reference, repeated)
        name = reference.dotted if reference.source.startswith("SUPP") else reference.name
        return take_rows(other.column(name), find_positions(keys, other.subjects()))

    def _several_records(self, source: Source, other: Source, reference: Reference, repeated: list[str]) -> DataError:
        many = "1 subject has" if len(repeated) == 1 else f"{len(repeated)} subjects have"
        message = f"{reference} is read for each subject of {source.name}, but {many} several records there."
        examples = [Example(subject, f"more than one record in {other.name}") for subject in repeated]
        fix = "choose one record with first, last, min or max"
        variable = source.running if isinstance(source, DerivedDataset) else None
        place, where = (variable.location, f"variables.{variable.name}") if variable else (None, "")
        return DataError(message, Context(self.study.name, source.name, place, where, examples, fix))

    def _open(self, name: str) -> Source:
        if name.startswith("table."):
            return TableSource(self.study.tables[name.removeprefix("table.")])
        if name.startswith("response."):
            return self._response(self.study.responses[name.removeprefix("response.")])
        spec = self.study.dataset(name)
        if spec is not None and (name in self._derived or self.study.response_input(name) is not None):
            return DerivedDataset(spec, self)
        if self._files is None:
            raise ProgramError(f"there is nothing to read {name} from")
        return self._files(name)

    def _response(self, response: Response) -> Source:
        if self._responses is None:
            raise ProgramError(f"responses such as {response.name} are derived in ADaM only")
        return self._responses(self, response)


class DerivedDataset(Source):
    """A dataset whose variables are computed on demand over its records, in the order of its record sources."""

    def __init__(self, spec: Dataset, deriver: Deriver) -> None:
        self.name = spec.name
        self.spec = spec
        self.deriver = deriver
        self.picked: dict[str, list[tuple[Source, IntArray]]] = {}
        self._columns: dict[str, Column] = {}
        self._running: list[str] = []

    @cached_property
    def parts(self) -> tuple[Part, ...]:
        """The records, source by source; with parameters, ADSL's rows once for each."""
        parts: list[Part] = []
        for record in self.spec.records:
            parts.extend(select_parts(self, record, sum(len(part.positions) for part in parts)))
        return tuple(parts)

    @cached_property
    def length(self) -> int:  # type: ignore[override]
        return sum(len(part.positions) for part in self.parts)

    @cached_property
    def part_numbers(self) -> IntArray:
        """Which part each row belongs to."""
        return np.repeat(np.arange(len(self.parts)), [len(part.positions) for part in self.parts])

    @cached_property
    def positions(self) -> IntArray:
        """Where each row stands in its part's source."""
        return np.concatenate([np.zeros(0, dtype=np.int64), *(part.positions for part in self.parts)])

    def column(self, name: str) -> Column:
        """A variable of the dataset, or a supplemental qualifier asked for as SUPPxx.QNAM."""
        if name not in self._columns:
            self._columns[name] = self._derive(name)
        return self._columns[name]

    def subjects(self) -> Column:
        return self.column("USUBJID")

    def raw_subjects(self) -> Column:
        return self._gather(lambda part: part.source.raw_subjects())

    @cached_property
    def _places(self) -> Places:
        by_part = [take_places(part.source.places(), part.positions) for part in self.parts]
        return Places(
            stack_columns([places.forms for places in by_part]),
            stack_columns([places.files for places in by_part]),
            np.concatenate([np.zeros(0, dtype=np.int64), *(places.rows for places in by_part)]),
            stack_columns([places.subjects for places in by_part]),
        )

    def places(self) -> Places:
        return self._places

    def places_of(self, reference: Reference, rows: IntArray) -> Places:
        """Where the values that a raw field gives for some rows stand: in the row's own form, or in the subject's."""
        own = take_places(self.places(), rows)
        if not reference.source.startswith("raw."):
            return own
        other = self.deriver.source(reference.source)
        direct = self._direct(other, rows)
        if direct.all() or not len(other.subjects()):
            return own
        found = find_positions(join_keys(self, other), other.subjects())[rows]
        theirs = take_places(other.places(), np.where(found < 0, 0, found))
        direct |= found < 0
        return Places(
            choose(direct, own.forms, theirs.forms),
            choose(direct, own.files, theirs.files),
            np.where(direct, own.rows, theirs.rows),
            choose(direct, own.subjects, theirs.subjects),
        )

    def _direct(self, other: Source, rows: IntArray) -> BoolArray:
        own = np.array([part.source.name == other.name for part in self.parts], dtype=bool)
        return own[self.part_numbers[rows]] if len(rows) else np.zeros(0, dtype=bool)

    def gather_from(self, reference: Reference, rows: IntArray) -> Column:
        """A source's column for some rows: from the row's own source, or by subject from another."""
        other = self.deriver.source(reference.source)
        name = reference.dotted if reference.source.startswith("SUPP") else reference.name
        direct = self._direct(other, rows)
        column = other.column(name)
        if direct.all():  # also where there are no rows, so that an empty dataset joins nothing
            return take_rows(column, self.positions[rows])
        if not direct.any():
            return take_rows(self.deriver.joined(self, reference), rows)
        joined = take_rows(self.deriver.joined(self, reference), rows)
        return choose(direct, take_rows(column, np.where(direct, self.positions[rows], -1)), joined)

    def parameter_field(self, field: str) -> Column:
        """A field of each row's parameter, missing where the record has none."""
        given = next((part.fields[field] for part in self.parts if part.fields is not None), None)
        kind: Kind = "text" if given is None else kind_of(given)
        columns = [
            part.fields[field] if part.fields is not None else missing_column(kind, len(part.positions))
            for part in self.parts
        ]
        return stack_columns(columns)

    def _gather(self, column: Callable[[Part], Column]) -> Column:
        filled = [part for part in self.parts if len(part.positions)]
        return stack_columns([take_rows(column(part), part.positions) for part in filled])

    def _derive(self, name: str) -> Column:
        from crf2tlf.derive.apply import derive_variable  # the verbs need this module's classes

        if name in self._running:
            chain = " reads ".join([*self._running[self._running.index(name) :], name])
            raise ProgramError(f"{self.name}: a cycle: {chain}")
        self._running.append(name)
        try:
            return derive_variable(self, self.variable(name))
        finally:
            self._running.pop()

    @property
    def running(self) -> Variable | None:
        """The variable that is being derived."""
        return self.variable(self._running[-1]) if self._running else None

    def variable(self, name: str) -> Variable:
        """The spec of a variable or, as SUPPxx.QNAM, of a supplemental qualifier."""
        prefix = f"{self.spec.supp_name}."
        if name.startswith(prefix):
            return self.spec.supp[name.removeprefix(prefix)]
        return self.spec.working[name] if name in self.spec.working else self.spec.variables[name]
