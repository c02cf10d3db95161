"""From any value of any dataset back to the raw cells that it was made from.

`python -m crf2tlf.lineage STUDY DATASET ROW VARIABLE` prints the way: each rule with its spec line, each record that
a value was taken from, down to raw form, file, physical row and field. It reads the datasets as written, the lineage
files beside them, and the spec.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

from crf2tlf.errors import Crf2tlfError, UsageError, did_you_mean
from crf2tlf.rules import verbs
from crf2tlf.rules.columns import SAS_EPOCH
from crf2tlf.rules.functions import compute_number_texts
from crf2tlf.spec.load import load_study
from crf2tlf.spec.model import Dataset, Study, Variable
from crf2tlf.spec.names import Name, Names
from crf2tlf.spec.response_fields import INPUTS_OF_FIELDS, INPUTS_OF_RESULTS
from crf2tlf.spec.time_to_event import SubjectDate
from crf2tlf.tables import read_parquet, read_xpt


@dataclass(frozen=True)
class Trace:
    """One value: of a variable (with the rule that made it and what it was made from), or of a raw cell."""

    source: str
    name: str
    row: int
    file: str = ""
    value: str = ""
    verb: str = ""
    spec: str = ""
    made_from: tuple[Trace, ...] = field(default_factory=tuple)

    def raw_cells(self) -> Iterator[Trace]:
        """The raw cells and study facts at the ends of the trace."""
        if not self.verb:
            yield self
        for part in self.made_from:
            yield from part.raw_cells()

    def lines(self, depth: int = 0) -> Iterator[str]:
        """The trace as indented text."""
        place = f"{self.file} row {self.row}" if self.file else f"record {self.row}"
        shown = f" = {self.value}" if self.verb else ""
        rule = f"  [{self.verb}, {self.spec}]" if self.verb else ""
        yield f"{'  ' * depth}{self.source}.{self.name}{shown}  {place}{rule}"
        for part in self.made_from:
            yield from part.lines(depth + 1)


class Lineage:
    """Traces values of one study's datasets as they lie in its build folder."""

    def __init__(self, study: Study, build_folder: Path) -> None:
        self._study, self._folder = study, build_folder
        self._names = Names(study)
        self._frame = cache(self._read_frame)
        self._records = cache(lambda dataset: self._read_lineage(dataset, ""))
        self._picked = cache(lambda dataset: self._read_lineage(dataset, "_picked"))

    def trace(self, dataset: str, row: int, variable: str) -> Trace:
        """How the value of a variable in record `row` (from 1, in file order) came about."""
        spec = self._dataset(dataset)
        if variable not in spec.variables:
            hint = did_you_mean(variable, spec.variables)
            raise UsageError(f"{dataset} has no variable {variable}" + (f"; {hint}" if hint else ""))
        count = len(self._frame(dataset))
        if not 1 <= row <= count:
            raise UsageError(f"{dataset} has the records 1 to {count}, not {row}")
        return self._variable(spec, spec.variables[variable], row)

    def _variable(self, spec: Dataset, variable: Variable, row: int) -> Trace:
        record = str(self._records(spec.name)["RECORD"][row - 1])
        rule = _rule_of_record(variable.rule, record)
        reads = (*verbs.reads(rule), *self._names.reads_of_subject(spec, rule, record))
        of_record = (replace(read, record=record) for read in reads if not read.inside)
        names = dict.fromkeys(self._names.resolve(read, spec) for read in of_record)
        parts = [part for name in names for part in self._part(spec, variable, row, name)]
        if isinstance(variable.rule, verbs.ParameterField):
            parts = self._parts_of_parameter(spec, variable.rule.field, row)
        value = self._value(spec.name, variable, row)
        return Trace(spec.name, variable.name, row, "", value, variable.verb, str(variable.location), tuple(parts))

    def _part(self, spec: Dataset, variable: Variable, row: int, name: Name) -> list[Trace]:
        """What one thing that a rule reads was, for one record."""
        if name.source.startswith("response."):
            return self._part_of_response(spec, row, name)
        if name.source == spec.name:
            own = self._names.variable(name)
            at = self._row_of_group(spec, variable, row, name)
            return [self._variable(spec, own, at)] if own is not None else []
        file, found = self._place(spec, variable, row, name)
        if found is None:
            return []
        described = self._names.variable(name)
        if described is None:
            return [Trace(name.source, name.name, found, file)]
        return [self._variable(self._dataset(described.dataset), described, found)]

    def _part_of_response(self, spec: Dataset, row: int, name: Name) -> list[Trace]:
        """What a field of the response engine was made from in the record that dates it, of TR or of RS."""
        own = self._records(spec.name).iloc[row - 1]
        inputs = self._study.responses[name.source.removeprefix("response.")].inputs.values()
        of_record = [
            each for each in inputs if each.records[0].source == str(own["SOURCE"]) and "SEQ" in each.variables
        ]
        wanted = INPUTS_OF_FIELDS.get(name.name, INPUTS_OF_RESULTS)
        variables = [each.variables[input_] for each in of_record for input_ in wanted if input_ in each.variables]
        reads = [read for variable in variables for read in verbs.reads(variable.rule)]
        names = dict.fromkeys(self._names.resolve(read, each) for read in reads for each in of_record)
        found = [(self._dataset(each.source), each.name) for each in names if each.source == own["SOURCE"]]
        return [self._variable(dataset, dataset.variables[each], int(own["ROW"])) for dataset, each in found]

    def _row_of_group(self, spec: Dataset, variable: Variable, row: int, name: Name) -> int:
        """The record of the dataset itself that a value was taken from, such as the baseline's; else the row."""
        rule = _rule_of_record(variable.rule, str(self._records(spec.name)["RECORD"][row - 1]))
        taken = isinstance(rule, verbs.ValueAt | verbs.Neighbour | verbs.Summary) and str(rule.of) == name.name
        if not taken:
            return row
        chosen = self._chosen(spec, variable, row)
        return (self._at(name, chosen.iloc[0])[1] or row) if len(chosen) else row

    def _chosen(self, spec: Dataset, variable: Variable, row: int) -> pd.DataFrame:
        """The records that a value was chosen from."""
        picked = self._picked(spec.name)
        return picked[(picked["VARIABLE"] == variable.name) & (picked["DSROW"] == row)]

    def _parts_of_parameter(self, spec: Dataset, field: str, row: int) -> list[Trace]:
        """What the start and the date of a time-to-event record were; its value was made from both."""
        record = self._frame(spec.name).iloc[row - 1]
        parts: list[Trace] = []
        if field in ("date", "value") and {"SRCDOM", "SRCVAR", "SRCSEQ"} <= set(spec.variables):
            source, name, sequence = str(record["SRCDOM"]), str(record["SRCVAR"]), float(record["SRCSEQ"])
            parts += self._of_subject(source, name, record, None if np.isnan(sequence) else sequence)
        if field in ("start", "value"):
            start = spec.parameters[str(record["PARAMCD"])].start.rule
            if isinstance(start, SubjectDate):
                parts += self._of_subject(start.reference.source, start.reference.name, record, None)
        return parts

    def _of_subject(self, source: str, name: str, record: pd.Series[str], sequence: float | None) -> list[Trace]:
        """A variable of the subject's one record in a source, or of that with a number."""
        other = self._dataset(source)
        frame = self._frame(source)
        same = (frame["USUBJID"] == record["USUBJID"]).fillna(False).to_numpy(dtype=bool)
        if sequence is not None and other.record_number:
            same &= frame[other.record_number].to_numpy() == sequence
        found = np.flatnonzero(same)
        return [self._variable(other, other.variables[name], int(found[0]) + 1)] if len(found) == 1 else []

    def _place(self, spec: Dataset, variable: Variable, row: int, name: Name) -> tuple[str, int | None]:
        """The file and row of the record that `name` was read from: chosen, the record's own, or the subject's."""
        chosen = self._chosen(spec, variable, row)
        if not name.is_variable:  # a lookup reads its keys from the record's own form, its value from the one chosen
            chosen = chosen[chosen["SOURCE"] == name.source.removeprefix("raw.")]
        own = self._records(spec.name).iloc[row - 1]
        if len(chosen):
            return self._at(name, chosen.iloc[0])
        if own["SOURCE"] == name.source.removeprefix("raw."):
            return str(own["FILE"]), int(own["ROW"])
        described = self._names.variable(name)
        if described is None:
            return "", None
        derived_from_own = self._at(Name(described.dataset, name.name), own)
        return derived_from_own if derived_from_own[1] is not None else self._by_subject(spec, row, described.dataset)

    def _at(self, name: Name, place: pd.Series[str]) -> tuple[str, int | None]:
        """Where the record of a raw row stands in the dataset that was made from it, or the raw row itself."""
        if self._study.dataset(name.source) is None:
            return str(place["FILE"]), int(place["ROW"])
        if place["SOURCE"] == name.source:
            return "", int(place["ROW"])
        records = self._records(name.source)
        same = np.flatnonzero((records["FILE"] == place["FILE"]) & (records["ROW"] == place["ROW"]))
        return "", int(same[0]) + 1 if len(same) else None

    def _by_subject(self, spec: Dataset, row: int, source: str) -> tuple[str, int | None]:
        subject = self._frame(spec.name)["USUBJID"][row - 1]
        found = np.flatnonzero((self._frame(source)["USUBJID"] == subject).fillna(False).to_numpy(dtype=bool))
        return "", int(found[0]) + 1 if len(found) == 1 else None

    def _value(self, dataset: str, variable: Variable, row: int) -> str:
        if variable.name not in self._frame(dataset):  # a working variable, or a qualifier whose value SUPP-- holds
            return "(working)" if variable.name in self._dataset(dataset).working else f"(in SUPP{dataset})"
        value = self._frame(dataset)[variable.name].iloc[row - 1 : row]
        if variable.is_number and variable.format.startswith("DATE9") and not value.isna().any():
            return str(SAS_EPOCH + np.timedelta64(int(value.iloc[0]), "D"))
        texts = compute_number_texts(value) if variable.is_number else value
        return "missing" if texts.isna().any() else str(texts.iloc[0])

    def _dataset(self, name: str) -> Dataset:
        found = self._study.dataset(name)
        if found is None:
            known = [*self._study.sdtm, *self._study.adam]
            hint = did_you_mean(name, known)
            raise UsageError(f"there is no dataset {name}" + (f"; {hint}" if hint else ""))
        return found

    def _read_frame(self, name: str) -> pd.DataFrame:
        dataset = self._dataset(name)
        return read_xpt(self._path(dataset, dataset.file_name), encoding=self._study.encoding).frame

    def _read_lineage(self, name: str, part: str) -> pd.DataFrame:
        return read_parquet(self._path(self._dataset(name), f"lineage/{name.lower()}{part}.parquet"))

    def _path(self, dataset: Dataset, file: str) -> Path:
        target = dataset.standard.lower()
        path = self._folder / target / file
        if not path.is_file():
            raise UsageError(f"{dataset.name} is not built; run make {target} STUDY={self._study.name} first")
        return path


def _rule_of_record(rule: verbs.Rule, record: str) -> verbs.Rule:
    """The rule that ran for a record source."""
    return dict(rule.rules).get(record, rule) if isinstance(rule, verbs.ByRecord) else rule


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the trace of one value; 0 found, 2 a wrong call."""
    parser = argparse.ArgumentParser(prog="python -m crf2tlf.lineage", allow_abbrev=False)
    parser.add_argument("study", metavar="STUDY")
    parser.add_argument("dataset", metavar="DATASET")
    parser.add_argument("row", metavar="ROW", type=int, help="the record's number in the file, from 1")
    parser.add_argument("variable", metavar="VARIABLE")
    parser.add_argument("--build", metavar="DIR", type=Path, default=Path("build"))
    given = parser.parse_args(arguments)
    try:
        study = load_study(given.study, Path.cwd())
        trace = Lineage(study, given.build / study.name).trace(given.dataset, given.row, given.variable)
    except Crf2tlfError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    print("\n".join(trace.lines()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
