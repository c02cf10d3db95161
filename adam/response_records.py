"""The records that ADTR and ADRS take from the response engine, one frame with a column a field."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd

from adam.response import add_best_explanations, select_best_change
from adam.response.best_response import PARAMETERS
from adam.response.course import find_subjects
from adam.response.lesions import compute_measured, compute_target_values
from adam.response_run import COMPONENTS, Run, find_rows
from crf2tlf.derive.issues import Places
from crf2tlf.derive.tables import EngineSource
from crf2tlf.rules.columns import (
    BoolArray,
    Column,
    FloatArray,
    IntArray,
    missing_column,
    number_column,
    take_rows,
    text_column,
)
from crf2tlf.rules.vectors import compute_group_numbers
from crf2tlf.spec.response_fields import RESPONSE_FIELDS, RESULTS

_SUM_FIELDS = {
    "number": "SDIAM", "base": "BASE", "change": "CHG", "percent_change": "PCHG", "nadir": "NADIR",
    "nadir_date": "NADIRDT", "change_from_nadir": "CHGNAD", "percent_change_from_nadir": "PCHGNAD",
    "measured": "MEASURED", "expected": "LSEXP", "assessed": "LSASS",
}  # fmt: skip
_RESULT_VARIABLES = {"TR": "TRSTRESC", "RS": "RSSTRESC"}


@dataclass(frozen=True)
class Records:
    """The records of one kind of result; a field is a value, a column or what computes it, and is missing if not there.

    POSITION is the row of the source record in its file, -1 for none.
    """

    count: int
    fields: Mapping[str, object]

    def column(self, name: str) -> Column:
        """A field as a typed column."""
        value = self.fields.get(name)
        value = value() if callable(value) else value
        kind = RESPONSE_FIELDS[name].kind if name in RESPONSE_FIELDS else "number"
        if value is None:
            return missing_column(kind, self.count)
        return number_column(value, self.count) if kind == "number" else text_column(value, self.count)


def compute_records(run: Run, wanted: Collection[str] = tuple(RESULTS)) -> EngineSource:
    """The records of a run's wanted results as a source: see `crf2tlf.spec.response_fields`."""
    makers: dict[str, Callable[[], Records]] = {
        "LESION": lambda: _lesions(run),
        "SUM": lambda: _sums(run),
        **{result: partial(_component, run, result, name) for result, name in COMPONENTS.items()},
        **{result: partial(_best, run, result) for result in PARAMETERS},
        "LAST": lambda: _last(run),
        "MEASURABLE": lambda: _measurable(run),
    }
    tables = [makers[result]() for result in RESULTS if result in wanted]

    def field(name: str) -> Column:
        columns = [table.column(name) for table in tables if table.count]
        return pd.concat(columns, ignore_index=True) if columns else missing_column("text", 0)

    return EngineSource(run.response.source, sum(table.count for table in tables), field, lambda: _places(field))


def _records(result: str, keys: pd.DataFrame, **fields: object) -> Records:
    """Records of these subjects and evaluators."""
    own = {"result": result, "USUBJID": keys["USUBJID"], "evaluator": keys["EVALUATOR"]}
    return Records(len(keys), {**own, **fields})


def _source_of(run: Run, rows: IntArray) -> dict[str, object]:
    """Visit and source of records that lesion records stand behind."""
    return _source_at(run.inputs.lesions, rows, "SEQ", "POSITION")


def _source_at(frame: pd.DataFrame, rows: IntArray, sequence: str, position: str) -> dict[str, object]:
    return {
        "visit": lambda: take_rows(frame["VISIT"], rows),
        "visit_number": lambda: _number_at(frame["VISITNUM"], rows),
        "source_dataset": lambda: take_rows(frame["SOURCE"], rows),
        "source_variable": lambda: _result_variables(take_rows(frame["SOURCE"], rows)),
        "source_sequence": lambda: _number_at(frame[sequence], rows),
        "position": lambda: np.append(frame[position].to_numpy(), -1)[rows],
    }


def _result_variables(source: Column) -> Column:
    return source.map(_RESULT_VARIABLES).astype(source.dtype)


def _flags(holds: BoolArray) -> np.ndarray:
    return np.where(holds, "Y", "").astype(object)


def _number_at(column: Column, rows: IntArray) -> FloatArray:
    return np.append(column.to_numpy(dtype=np.float64), np.nan)[rows]


def _lesions(run: Run) -> Records:
    """One record a lesion and assessment from the baseline on; the number is what counts in the sum, in mm."""
    rows = np.flatnonzero(run.inputs.lesions["LNKID"].notna().to_numpy(dtype=bool))
    lesions = run.inputs.lesions.take(rows).reset_index(drop=True)
    assessment = find_rows(lesions, run.assessments)
    kept = assessment >= 0
    rows, assessment, lesions = rows[kept], assessment[kept], lesions[kept].reset_index(drop=True)
    measured = compute_measured(lesions, run.criterion.measurement)
    assessed, parts = compute_target_values(measured, run.criterion)
    size = np.where(assessed & measured.has_role("TARGET"), parts / run.criterion.measurement.parts_of_mm, np.nan)
    baseline = run.assessments["ABLFL"].notna().to_numpy(dtype=bool)[assessment]
    base = _base(lesions, size, baseline)
    change = np.where(baseline, np.nan, size - base)
    return _records(
        "LESION",
        lesions,
        value=lesions["STATUS"].where(lesions["STATUS"].notna(), text_column(np.where(assessed, "DONE", "NOT DONE"))),
        number=size,
        date=lesions["ADT"],
        assessment=lesions["LNKGRP"],
        lesion=lesions["LNKID"],
        role=lesions["ROLE"],
        node=lesions["NODE"],
        organ=lesions["ORGAN"],
        baseline=_flags(baseline),
        base=base,
        change=change,
        percent_change=_percent(change, base),
        counts=lambda: _flags(baseline | run.in_course(lesions, run.course)),
        to_progression=lambda: _flags(baseline | run.in_course(lesions, run.to_progression)),
        in_period=lambda: _flags(baseline | run.in_course(lesions, run.period)),
        **_source_of(run, rows),
    )


def _base(lesions: pd.DataFrame, size: FloatArray, baseline: BoolArray) -> FloatArray:
    """The size of each record's lesion at the baseline."""
    numbers = compute_group_numbers([lesions[name] for name in ("USUBJID", "EVALUATOR", "LNKID")], len(lesions))
    base = np.full(int(numbers.max(initial=-1)) + 1, np.nan)
    base[numbers[baseline]] = size[baseline]
    return base[numbers]


def _percent(change: FloatArray, base: FloatArray) -> FloatArray:
    return np.where(base > 0, 100 * change / np.where(base > 0, base, 1), np.nan)


def _sums(run: Run) -> Records:
    """One record an assessment of the subjects with target lesions, the baseline with it."""
    frame = run.assessments[(run.assessments["LSEXP"] > 0).to_numpy(dtype=bool)].reset_index(drop=True)
    until = run.best_change_until()[find_subjects(frame, run.inputs.subjects)]
    best = select_best_change(frame.assign(NUMBER=np.arange(len(frame))), until)["NUMBER"].to_numpy()
    baseline = frame["ABLFL"].notna().to_numpy(dtype=bool)
    numbers = {name: frame[column].to_numpy(dtype=np.float64) for name, column in _SUM_FIELDS.items()}
    for name in ("change", "percent_change"):
        numbers[name] = np.where(baseline, np.nan, numbers[name])
    return _records(
        "SUM",
        frame,
        date=frame["ADT"],
        assessment=frame["LNKGRP"],
        baseline=_flags(baseline),
        counts=lambda: _flags(baseline | run.in_course(frame, run.course)),
        to_progression=lambda: _flags(baseline | run.in_course(frame, run.to_progression)),
        in_period=lambda: _flags(baseline | run.in_course(frame, run.period)),
        progression=_flags(frame["TRGRESP"].isin(run.criterion.best.progression).to_numpy(dtype=bool)),
        best=_flags(np.isin(np.arange(len(frame)), best)),
        reason=frame["TRGRULE"],
        explanation=lambda: run.explain(frame)["EXPLAIN"],
        **numbers,
        **_source_of(run, frame["ROW"].to_numpy()),
    )


def _component(run: Run, result: str, name: str) -> Records:
    """One component of the responses of the assessments after the baseline, computed or reported."""
    frame = run.driving
    frame = frame[frame[name].notna() & frame["ADT"].notna()].reset_index(drop=True)
    computed = run.response.driver == "computed"
    rule = {"OVRLRESP": "OVRRULE", "TRGRESP": "TRGRULE", "NTRGRESP": "NTRGRULE"}.get(name)
    rows = np.arange(len(frame))
    reported = _source_at(frame, rows, f"SEQ_{name}", f"POSITION_{name}") if not computed else {}
    source = _source_of(run, frame["ROW"].to_numpy()) if computed else reported
    return _records(
        result,
        frame,
        value=frame[name],
        number=frame[name].map(run.criterion.best.values).to_numpy(dtype=np.float64),
        date=frame["ADT"],
        assessment=frame["LNKGRP"],
        counts=lambda: _flags(run.in_course(frame, run.course)),
        to_progression=lambda: _flags(run.in_course(frame, run.to_progression)),
        in_period=lambda: _flags(run.in_course(frame, run.period)),
        progression=_flags(frame[name].isin([*run.criterion.best.progression, "Y"]).to_numpy(dtype=bool)),
        reason=(frame[rule] if rule else None) if computed else "REPORTED",
        explanation=(lambda: run.explain(frame)["EXPLAIN"]) if computed else None,
        **source,
    )


def _source_of_assessments(run: Run, keys: pd.DataFrame) -> dict[str, object]:
    """Visit and source of the driving assessment of each row, missing where it has none."""
    rows = find_rows(keys, run.driving)
    if run.response.driver == "computed":
        return _source_of(run, np.append(run.driving["ROW"].to_numpy(), -1)[rows])
    return _source_at(run.driving, rows, "SEQ_OVRLRESP", "POSITION_OVRLRESP")


def _best(run: Run, result: str) -> Records:
    """Best response, first progression or the like: one record a subject and evaluator."""
    frame = run.best[(run.best["PARAMCD"] == result).to_numpy(dtype=bool)].reset_index(drop=True)
    progression = (frame["PARAMCD"] == "PD") & (frame["AVALC"] == "Y")
    return _records(
        result,
        frame,
        value=frame["AVALC"],
        number=frame["AVAL"],
        date=frame["ADT"],
        assessment=frame["LNKGRP"],
        confirmed_date=frame["CONFDT"],
        progression=_flags(progression.to_numpy(dtype=bool)),
        reason=frame["RULE"],
        explanation=lambda: add_best_explanations(frame, run.criterion)["EXPLAIN"],
        **_source_of_assessments(run, frame),
    )


def _last(run: Run) -> Records:
    """The last evaluable assessment up to first progression; none for subjects without one."""
    rules, course = run.criterion.best, run.to_progression
    evaluable = np.flatnonzero(~np.isin(course.response, [rules.order.index(each) for each in rules.not_evaluable]))
    _, last = np.unique(course.subject[evaluable][::-1], return_index=True)
    rows = evaluable[::-1][last]
    subjects = run.inputs.subjects.take(course.subject[rows]).reset_index(drop=True)
    keys = subjects[["USUBJID", "EVALUATOR"]].assign(LNKGRP=course.group.take(rows).reset_index(drop=True))
    value = pd.Series(np.array(rules.order, dtype=object)[course.response[rows]], dtype=object)
    return _records(
        "LAST",
        keys,
        value=value,
        number=value.map(rules.values).to_numpy(dtype=np.float64),
        date=course.day[rows],
        assessment=keys["LNKGRP"],
        **_source_of_assessments(run, keys),
    )


def _measurable(run: Run) -> Records:
    """Whether there were target lesions at the baseline: one record a subject and evaluator."""
    base = run.assessments[run.assessments["ABLFL"].notna()].reset_index(drop=True)
    found = np.full(len(run.inputs.subjects), -1, dtype=np.int64)
    found[find_subjects(base, run.inputs.subjects)] = np.arange(len(base))
    has = (_number_at(base["LSEXP"], found) > 0) & (found >= 0)
    return _records(
        "MEASURABLE",
        run.inputs.subjects,
        value=np.where(has, "Y", "N").astype(object),
        number=has.astype(np.float64),
        date=_number_at(base["ADT"], found),
        assessment=take_rows(base["LNKGRP"], found),
        **_source_of(run, np.append(base["ROW"].to_numpy(), -1)[found]),
    )


def _places(field: Callable[[str], Column]) -> Places:
    """Where each record's source record stands in the file of its dataset."""
    datasets = field("source_dataset")
    rows = field("position").to_numpy(dtype=np.float64).astype(np.int64) + 1
    return Places(datasets, text_column(datasets.str.lower() + ".xpt"), rows, field("USUBJID"))
