"""The records that ADTR and ADRS take from the response engine, one frame with a column a field."""

from __future__ import annotations

import numpy as np
import pandas as pd

from adam.response import select_best_change
from adam.response.course import find_subjects
from adam.response.lesions import compute_measured, compute_target_values
from adam.response_run import COMPONENTS, Run, find_rows
from crf2tlf.derive.issues import Places
from crf2tlf.derive.tables import EngineSource
from crf2tlf.rules.columns import BoolArray, Column, FloatArray, IntArray, missing_column, number_column, text_column
from crf2tlf.rules.vectors import compute_group_numbers
from crf2tlf.spec.response_fields import RESPONSE_FIELDS

_SUM_FIELDS = {
    "number": "SDIAM", "base": "BASE", "change": "CHG", "percent_change": "PCHG", "nadir": "NADIR",
    "nadir_date": "NADIRDT", "change_from_nadir": "CHGNAD", "percent_change_from_nadir": "PCHGNAD",
    "measured": "MEASURED", "expected": "LSEXP", "assessed": "LSASS",
}  # fmt: skip
_RESULT_VARIABLES = {"TR": "TRSTRESC", "RS": "RSSTRESC"}


def compute_records(run: Run) -> EngineSource:
    """The records of a run as a source: see `crf2tlf.spec.response_fields` for results and fields."""
    tables = [_lesions(run), _sums(run), *_responses(run), _best(run), _last(run), _measurable(run)]
    frame = pd.concat(tables, ignore_index=True)
    places = _places(frame)
    return EngineSource(run.response.source, frame[list(RESPONSE_FIELDS)], places)


def _table(result: str | Column, keys: pd.DataFrame, **fields: object) -> pd.DataFrame:
    """Records with the fields given, all others missing; SOURCE and POSITION say where the source record stands."""
    count = len(keys)
    given = {"USUBJID": keys["USUBJID"], "evaluator": keys["EVALUATOR"], "result": result, **fields}
    frame: dict[str, Column] = {}
    for name, field in RESPONSE_FIELDS.items():
        values = given.get(name)
        typed = number_column if field.kind == "number" else text_column
        frame[name] = missing_column(field.kind, count) if values is None else typed(values, count)
    frame["position"] = pd.Series(np.asarray(given.get("position", np.full(count, -1)), dtype=np.int64))
    return pd.DataFrame(frame)


def _source_of(run: Run, rows: IntArray) -> dict[str, object]:
    """Visit and source of records that lesion records stand behind."""
    lesions = run.inputs.lesions
    source = _text_at(lesions["SOURCE"], rows)
    return {
        "visit": _text_at(lesions["VISIT"], rows),
        "visit_number": _number_at(lesions["VISITNUM"], rows),
        "source_dataset": source,
        "source_variable": _result_variables(source),
        "source_sequence": _number_at(lesions["SEQ"], rows),
        "position": np.append(lesions["POSITION"].to_numpy(), -1)[rows],
    }


def _result_variables(source: Column) -> Column:
    return source.map(_RESULT_VARIABLES).astype(source.dtype)


def _flags(holds: BoolArray) -> np.ndarray:
    return np.where(holds, "Y", "").astype(object)


def _text_at(column: Column, rows: IntArray) -> Column:
    """The texts at rows, missing at -1."""
    return text_column(np.append(column.fillna("").to_numpy(dtype=object), "")[rows], len(rows))


def _number_at(column: Column, rows: IntArray) -> FloatArray:
    return np.append(column.to_numpy(dtype=np.float64), np.nan)[rows]


def _lesions(run: Run) -> pd.DataFrame:
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
    counts = baseline | run.in_course(lesions, run.course)
    return _table(
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
        counts=_flags(counts),
        to_progression=_flags(baseline | run.in_course(lesions, run.to_progression)),
        in_period=_flags(baseline | run.in_course(lesions, run.period)),
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


def _sums(run: Run) -> pd.DataFrame:
    """One record an assessment of the subjects with target lesions, the baseline with it."""
    frame = run.assessments[(run.assessments["LSEXP"] > 0).to_numpy(dtype=bool)].reset_index(drop=True)
    until = run.best_change_until()[find_subjects(frame, run.inputs.subjects)]
    best = select_best_change(frame.assign(NUMBER=np.arange(len(frame))), until)["NUMBER"].to_numpy()
    baseline = frame["ABLFL"].notna().to_numpy(dtype=bool)
    numbers = {name: frame[column].to_numpy(dtype=np.float64) for name, column in _SUM_FIELDS.items()}
    for name in ("change", "percent_change"):
        numbers[name] = np.where(baseline, np.nan, numbers[name])
    return _table(
        "SUM",
        frame,
        date=frame["ADT"],
        assessment=frame["LNKGRP"],
        baseline=_flags(baseline),
        counts=_flags(baseline | run.in_course(frame, run.course)),
        to_progression=_flags(baseline | run.in_course(frame, run.to_progression)),
        in_period=_flags(baseline | run.in_course(frame, run.period)),
        progression=_flags(frame["TRGRESP"].isin(run.criterion.best.progression).to_numpy(dtype=bool)),
        best=_flags(np.isin(np.arange(len(frame)), best)),
        reason=frame["TRGRULE"],
        explanation=frame["EXPLAIN"],
        **numbers,
        **_source_of(run, frame["ROW"].to_numpy()),
    )


def _responses(run: Run) -> list[pd.DataFrame]:
    """The responses of the assessments after the baseline, overall and of each component."""
    return [_component(run, result, name) for result, name in COMPONENTS.items()]


def _component(run: Run, result: str, name: str) -> pd.DataFrame:
    frame = run.driving
    frame = frame[frame[name].notna() & frame["ADT"].notna()].reset_index(drop=True)
    computed = run.response.driver == "computed"
    rule = {"OVRLRESP": "OVRRULE", "TRGRESP": "TRGRULE", "NTRGRESP": "NTRGRULE"}.get(name)
    source = _source_of(run, frame["ROW"].to_numpy()) if computed else _reported_source(frame, name)
    return _table(
        result,
        frame,
        value=frame[name],
        number=frame[name].map(run.criterion.best.values).to_numpy(dtype=np.float64),
        date=frame["ADT"],
        assessment=frame["LNKGRP"],
        counts=_flags(run.in_course(frame, run.course)),
        to_progression=_flags(run.in_course(frame, run.to_progression)),
        in_period=_flags(run.in_course(frame, run.period)),
        progression=_flags(frame[name].isin([*run.criterion.best.progression, "Y"]).to_numpy(dtype=bool)),
        reason=(frame[rule] if rule else None) if computed else "REPORTED",
        explanation=frame["EXPLAIN"] if computed else None,
        **source,
    )


def _reported_source(frame: pd.DataFrame, name: str) -> dict[str, object]:
    return {
        "visit": frame["VISIT"],
        "visit_number": frame["VISITNUM"],
        "source_dataset": frame["SOURCE"],
        "source_variable": _result_variables(frame["SOURCE"]),
        "source_sequence": frame[f"SEQ_{name}"],
        "position": frame[f"POSITION_{name}"],
    }


def _source_of_assessments(run: Run, keys: pd.DataFrame) -> dict[str, object]:
    """Visit and source of the driving assessment of each row, missing where it has none."""
    rows = find_rows(keys, run.driving)
    if run.response.driver == "computed":
        return _source_of(run, np.append(run.driving["ROW"].to_numpy(), -1)[rows])
    frame = run.driving
    return {
        "visit": _text_at(frame["VISIT"], rows),
        "visit_number": _number_at(frame["VISITNUM"], rows),
        "source_dataset": _text_at(frame["SOURCE"], rows),
        "source_variable": _result_variables(_text_at(frame["SOURCE"], rows)),
        "source_sequence": _number_at(frame["SEQ_OVRLRESP"], rows),
        "position": np.append(frame["POSITION_OVRLRESP"].to_numpy(), -1)[rows],
    }


def _best(run: Run) -> pd.DataFrame:
    """Best response, first progression and the like: one record a subject, evaluator and parameter."""
    frame = run.best
    progression = (frame["PARAMCD"] == "PD") & (frame["AVALC"] == "Y")
    return _table(
        frame["PARAMCD"],
        frame,
        value=frame["AVALC"],
        number=frame["AVAL"],
        date=frame["ADT"],
        assessment=frame["LNKGRP"],
        confirmed_date=frame["CONFDT"],
        progression=_flags(progression.to_numpy(dtype=bool)),
        reason=frame["RULE"],
        explanation=frame["EXPLAIN"],
        **_source_of_assessments(run, frame),
    )


def _last(run: Run) -> pd.DataFrame:
    """The last evaluable assessment up to first progression; none for subjects without one."""
    rules, course = run.criterion.best, run.to_progression
    evaluable = np.flatnonzero(~np.isin(course.response, [rules.order.index(each) for each in rules.not_evaluable]))
    _, last = np.unique(course.subject[evaluable][::-1], return_index=True)
    rows = evaluable[::-1][last]
    subjects = run.inputs.subjects.take(course.subject[rows]).reset_index(drop=True)
    keys = subjects[["USUBJID", "EVALUATOR"]].assign(LNKGRP=course.group.take(rows).reset_index(drop=True))
    value = pd.Series(np.array(rules.order, dtype=object)[course.response[rows]], dtype=object)
    return _table(
        "LAST",
        keys,
        value=value,
        number=value.map(rules.values).to_numpy(dtype=np.float64),
        date=course.day[rows],
        assessment=keys["LNKGRP"],
        **_source_of_assessments(run, keys),
    )


def _measurable(run: Run) -> pd.DataFrame:
    """Whether there were target lesions at the baseline: one record a subject and evaluator."""
    base = run.assessments[run.assessments["ABLFL"].notna()].reset_index(drop=True)
    found = np.full(len(run.inputs.subjects), -1, dtype=np.int64)
    found[find_subjects(base, run.inputs.subjects)] = np.arange(len(base))
    has = (_number_at(base["LSEXP"], found) > 0) & (found >= 0)
    return _table(
        "MEASURABLE",
        run.inputs.subjects,
        value=np.where(has, "Y", "N").astype(object),
        number=has.astype(np.float64),
        date=_number_at(base["ADT"], found),
        assessment=_text_at(base["LNKGRP"], found),
        **_source_of(run, np.append(base["ROW"].to_numpy(), -1)[found]),
    )


def _places(frame: pd.DataFrame) -> Places:
    """Where each record's source record stands in the file of its dataset."""
    files = frame["source_dataset"].str.lower() + ".xpt"
    return Places(frame["source_dataset"], text_column(files), frame["position"].to_numpy() + 1, frame["USUBJID"])
