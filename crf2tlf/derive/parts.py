"""The records of a dataset, source by source: which rows of a source become records, and with which parameters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from crf2tlf.derive.selection import select_distinct, select_with_subject
from crf2tlf.derive.tables import Source, TableSource
from crf2tlf.rules.columns import Column, IntArray, is_true, text_column
from crf2tlf.rules.evaluate import evaluate_condition
from crf2tlf.rules.expressions import Reference
from crf2tlf.spec.model import RecordSource, Result
from crf2tlf.spec.time_to_event import Parameter

if TYPE_CHECKING:
    from crf2tlf.derive.engine import DerivedDataset, Deriver

ParameterFields = Mapping[str, Column]


@dataclass(frozen=True)
class Part:
    """The records of one record source: where they stand in it, and for a parameter its fields."""

    record: RecordSource
    source: Source
    positions: IntArray
    fields: ParameterFields | None = None


class SourceScope:
    """What an expression sees inside a source, such as in `where`."""

    def __init__(self, deriver: Deriver, source: Source) -> None:
        self._deriver, self._source = deriver, source

    @property
    def length(self) -> int:
        return self._source.length

    def column(self, reference: Reference) -> Column:
        return self._deriver.column_of(self._source, reference)

    def constant(self, name: str) -> str | float:
        return self._deriver.study.constants[name]


def select_parts(dataset: DerivedDataset, record: RecordSource, start: int = 0) -> list[Part]:
    """The records of one source; one part for each parameter or result, where the dataset has them.

    `start` is the number of the dataset's records before these.
    """
    deriver, spec = dataset.deriver, dataset.spec
    source = deriver.source(record.source)
    chosen = np.flatnonzero(evaluate_condition(record.where, SourceScope(deriver, source)))
    if isinstance(source, TableSource) and not deriver.makes_table_records:
        chosen = chosen[:0]
    named = select_with_subject(spec, source, chosen, deriver.issues)
    positions = select_distinct(spec, record, source, named, deriver.issues, start)
    if spec.results and source.name.startswith("response."):
        return [_result_part(deriver, record, source, positions, each) for each in spec.results.values()]
    if not spec.parameters:
        return [Part(record, source, positions)]
    return [_parameter_part(deriver, record, source, positions, each) for each in spec.parameters.values()]


def _parameter_part(
    deriver: Deriver, record: RecordSource, source: Source, positions: IntArray, parameter: Parameter
) -> Part:
    return Part(record, source, *deriver.parameter_fields(parameter, source, positions))


def _result_part(deriver: Deriver, record: RecordSource, source: Source, positions: IntArray, result: Result) -> Part:
    """The records of one result of the response engine."""
    same = is_true((source.column("result") == result.result).astype("boolean"))
    chosen = positions[(same & evaluate_condition(result.where, SourceScope(deriver, source)))[positions]]
    fields = {name: text_column(text, len(chosen)) for name, text in (("code", result.code), ("name", result.name))}
    return Part(record, source, chosen, fields)
