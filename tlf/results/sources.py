"""The ADaM datasets that an output reads: what the spec says of them, and their records."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd

from crf2tlf.derive.write import is_without_records
from crf2tlf.errors import Context, DataError
from crf2tlf.rules.columns import TEXT, Column, FloatArray, IntArray, take_rows
from crf2tlf.rules.expressions import Reference
from crf2tlf.spec.model import Dataset, Study
from crf2tlf.tables import read_xpt

SUBJECT = "USUBJID"
SUBJECT_LEVEL = "ADSL"
_SEQUENCE = re.compile(r"A?[A-Z]{2}SEQ\Z|ASEQ\Z")


@dataclass(frozen=True)
class VariableFacts:
    """What results and displays need to know of a variable; `levels` are its codelist's terms in their order."""

    label: str
    is_number: bool
    format: str = ""
    levels: tuple[str, ...] = ()


@dataclass(frozen=True)
class DatasetFacts:
    """A dataset's name, the variables that name one of its records, and all its variables."""

    name: str
    keys: tuple[str, ...]
    variables: dict[str, VariableFacts]


def facts_of(study: Study, names: Iterable[str]) -> dict[str, DatasetFacts]:
    """The facts of the named ADaM datasets of a study."""
    return {name: _facts(study, study.adam[name]) for name in dict.fromkeys(names)}


def _facts(study: Study, dataset: Dataset) -> DatasetFacts:
    variables = {}
    for variable in dataset.variables.values():
        codelist = study.codelist_of(variable)
        lists = [codelist] if codelist is not None else [each for _, each in study.codelists_by_value(variable)]
        levels = tuple(dict.fromkeys(term for each in lists for term in each.terms))
        variables[variable.name] = VariableFacts(variable.label, variable.is_number, variable.format, levels)
    return DatasetFacts(dataset.name, record_keys(dataset.keys, variables), variables)


def record_keys(keys: Iterable[str], variables: Iterable[str]) -> tuple[str, ...]:
    """Subject and --SEQ where the dataset has one (ADaMIG 1.3, 3.3.9, traceability), else its keys without STUDYID."""
    sequence = sorted((name for name in variables if _SEQUENCE.match(name)), key=lambda name: (name != "ASEQ", name))
    if sequence:
        return (SUBJECT, sequence[0])
    own = tuple(key for key in keys if key != "STUDYID")
    return own if SUBJECT in own else (SUBJECT, *own)


@dataclass(frozen=True, eq=False)
class Source:
    """A dataset with its records, in the order of the file."""

    facts: DatasetFacts
    frame: pd.DataFrame

    @property
    def name(self) -> str:
        return self.facts.name

    def column(self, name: str) -> Column:
        """A variable's column; DataError where the file does not have it."""
        if name not in self.frame.columns:
            fix = "run `make adam` again, so that the file agrees with its spec"
            raise DataError(f"the file has no variable {name}", Context(dataset=self.name, fix=fix))
        column: Column = self.frame[name]
        return column

    @cached_property
    def subjects(self) -> IntArray:
        """Each record's subject as a number."""
        codes: IntArray = pd.factorize(self.column(SUBJECT))[0].astype(np.int64)
        return codes

    def key_texts(self, rows: IntArray) -> list[tuple[str, ...]]:
        """The keys of records, as texts."""
        return [self._all_keys[row] for row in rows]

    @cached_property
    def _all_keys(self) -> list[tuple[str, ...]]:
        # Results ask for a few keys thousands of times: one pass over the dataset is cheaper than each of them.
        columns = [number_texts(self.column(key)) for key in self.facts.keys]
        return list(zip(*columns, strict=True))


def number_texts(column: Column) -> list[str]:
    """Values as the shortest texts, "" where missing."""
    if isinstance(column.dtype, pd.StringDtype):
        return [str(value) for value in column.fillna("")]
    return ["" if np.isnan(value) else f"{value:.15g}" for value in column.to_numpy(dtype=np.float64)]


@dataclass(frozen=True, eq=False)
class Sources:
    """The datasets of one output by name, and the constants of the study."""

    by_name: Mapping[str, Source]
    constants: Mapping[str, str | float]

    def __getitem__(self, name: str) -> Source:
        return self.by_name[name]

    def texts(self, source: Source, name: str) -> Column:
        """A dataset's variable, or that of each record's subject in ADSL; one value a record of the dataset."""
        own = name in source.facts.variables
        parts = (name,) if own else (SUBJECT_LEVEL, name.removeprefix(f"{SUBJECT_LEVEL}."))
        return self.scope(source.name).column(Reference(parts))

    def numbers(self, source: Source, name: str) -> FloatArray:
        """The same of a number."""
        values: FloatArray = self.texts(source, name).to_numpy(dtype=np.float64)
        return values

    def scope(self, name: str) -> RecordScope:
        """What an expression over a dataset can see."""
        return RecordScope(self.by_name[name], self)


@dataclass(frozen=True, eq=False)
class RecordScope:
    """A dataset's variables by name, and those of the subject's ADSL record as ADSL.NAME."""

    source: Source
    sources: Sources

    @property
    def length(self) -> int:
        return len(self.source.frame)

    def column(self, reference: Reference) -> Column:
        """The column of a reference, one value a record of the dataset."""
        if reference.source in {"", self.source.name}:
            return self.source.column(reference.name)
        if reference.source != SUBJECT_LEVEL or SUBJECT_LEVEL not in self.sources.by_name:
            raise DataError(f"'{reference}' cannot be read from here", Context(dataset=self.source.name))
        other = self.sources[SUBJECT_LEVEL]
        index = pd.Index(other.column(SUBJECT))
        if not index.is_unique:
            raise DataError("a subject has more than one record", Context(dataset=SUBJECT_LEVEL))
        return take_rows(other.column(reference.name), index.get_indexer(pd.Index(self.source.column(SUBJECT))))

    def constant(self, name: str) -> str | float:
        return self.sources.constants[name]


def read_sources(
    folder: Path, facts: Mapping[str, DatasetFacts], constants: Mapping[str, str | float], encoding: str = "ascii"
) -> Sources:
    """The named datasets from the XPT files of a folder, also those that were built without a record and have no file.

    UnreadableFile where one is missing or damaged.
    """
    found = {}
    for name, known in facts.items():
        empty = is_without_records(folder, name)
        frame = _no_records(known) if empty else read_xpt(folder / f"{name.lower()}.xpt", encoding=encoding).frame
        found[name] = Source(known, _typed(frame))
    return Sources(found, constants)


def _no_records(facts: DatasetFacts) -> pd.DataFrame:
    return pd.DataFrame(
        {name: pd.Series([], dtype=float if known.is_number else TEXT) for name, known in facts.variables.items()}
    )


def _typed(frame: pd.DataFrame) -> pd.DataFrame:
    """Texts as string[pyarrow], numbers as float64: a column without any value must be no exception."""
    return frame.astype({name: TEXT for name in frame.columns if not pd.api.types.is_numeric_dtype(frame[name])})
