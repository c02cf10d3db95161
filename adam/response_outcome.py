"""What a difference between computed and reported responses does to a time-to-event outcome, such as PFS.

The outcome is asked of the time-to-event engine itself, under three courses of responses: as reported, as computed, and
as reported but for one difference. Each course of a subject becomes a subject of its own, a copy of all its records, so
that one pass over whole columns answers for all of them. The criterion knows nothing of outcomes, and the rules of the
outcome nothing of courses.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from adam.response_inputs import KEYS, read_inputs
from adam.response_records import compute_records
from adam.response_run import COMPONENTS, Run, read_study_criterion
from adam.time_to_event.engine import TimeToEvent
from crf2tlf.derive.engine import Deriver
from crf2tlf.derive.issues import Places
from crf2tlf.derive.parts import ParameterFields, SourceScope
from crf2tlf.derive.tables import Source, take_places
from crf2tlf.rules.columns import Column, FloatArray, IntArray, compute_iso_dates, take_rows, text_column
from crf2tlf.rules.evaluate import evaluate_condition
from crf2tlf.rules.vectors import compute_group_numbers
from crf2tlf.spec.model import Dataset, Response, Study
from crf2tlf.spec.time_to_event import Effect

REPORTED, COMPUTED, ALONE = "REP", "COMP", "ALONE"
_OVERALL = ("OVERALL", "DATE")
_TEXTS = {"EVNTDESC": "event_text", "CNSDTDSC": "date_text", "OUTEXPL": "explanation"}


class CopiedSource(Source):
    """The rows of some subjects, once for each copy of the subject; USUBJID is the copy's name."""

    def __init__(self, source: Source, copies: Column, subjects: Column) -> None:
        """`copies` names the copies, `subjects` whose copy each is."""
        self.name = source.name
        self._source = source
        theirs = pd.DataFrame({"SUBJECT": source.subjects().astype(object), "ROW": np.arange(source.length)})
        wanted = pd.DataFrame({"SUBJECT": subjects.astype(object), "COPY": np.arange(len(subjects))})
        pairs = wanted.merge(theirs, on="SUBJECT", validate="many_to_many").sort_values(["COPY", "ROW"])
        self._rows: IntArray = pairs["ROW"].to_numpy(dtype=np.int64)
        self._subjects = take_rows(copies, pairs["COPY"].to_numpy(dtype=np.int64))
        self.length = len(self._rows)

    def column(self, name: str) -> Column:
        return self._subjects if name == "USUBJID" else take_rows(self._source.column(name), self._rows)

    def subjects(self) -> Column:
        return self._subjects

    def places(self) -> Places:
        return take_places(self._source.places(), self._rows)


@dataclass(frozen=True)
class Courses:
    """The courses to judge: NAME, the subject USUBJID, KIND (REP, COMP, ALONE) and FOUND, the row of the difference.

    A course of the kind ALONE also has EVALUATOR and LNKGRP, the assessment that is as computed.
    """

    frame: pd.DataFrame

    def copy(self, source: Source) -> CopiedSource:
        """A source with a copy of each course's subject."""
        return CopiedSource(source, self.frame["NAME"], self.frame["USUBJID"])


def gather_courses(found: pd.DataFrame) -> Courses:
    """Two courses for each subject with a difference in an overall response or its date, and one for each of those."""
    rows = np.flatnonzero(found["COMPONENT"].isin(_OVERALL).to_numpy(dtype=bool))
    alone = found.loc[rows, KEYS].assign(KIND=ALONE, FOUND=rows)
    subjects = found.loc[rows, ["USUBJID"]].drop_duplicates()
    parts = [subjects.assign(KIND=kind, FOUND=-1) for kind in (REPORTED, COMPUTED)]
    frame = pd.concat([*parts, alone], ignore_index=True)
    numbers = pd.Series(np.arange(len(frame))).astype(str)
    return Courses(frame.assign(NAME=text_column("COURSE " + numbers, len(frame))))


def add_outcomes(found: pd.DataFrame, deriver: Deriver, response: Response) -> pd.DataFrame:
    """The differences with the outcome of their subject under each course, and what each alone changes in EFFECT.

    Adds PARAMCD and, with the suffixes REP, COMP and ALONE, CNSR, OUTDT (days), EVNTDESC, CNSDTDSC and OUTEXPL, the
    engine's sentence. All are missing for subjects outside the parameter's population and for those whose overall
    responses agree, ALONE also for components.
    """
    effect = response.effect_on
    if effect is None:
        return found
    found = found.assign(PARAMCD=text_column(effect.parameter, len(found)))
    outcomes = compute_outcomes(gather_courses(found), deriver, response, effect)
    for kind in (REPORTED, COMPUTED, ALONE):
        own = outcomes[(outcomes["KIND"] == kind).to_numpy(dtype=bool)].reset_index(drop=True)
        key, wanted = ("FOUND", pd.RangeIndex(len(found))) if kind == ALONE else ("USUBJID", found["USUBJID"])
        place = pd.Index(own[key].astype(object)).get_indexer(pd.Index(wanted).astype(object))
        for name in ("CNSR", "OUTDT", *_TEXTS):
            found[f"{name}{kind}"] = take_rows(own[name], place)
    return found.assign(EFFECT=_in_words(found, effect))


def drawn_datasets(study: Study, response: Response) -> list[Dataset]:
    """The datasets whose records are those of a response."""
    return [each for each in study.adam.values() if response.source in {record.source for record in each.records}]


def compute_outcomes(courses: Courses, deriver: Deriver, response: Response, effect: Effect) -> pd.DataFrame:
    """The outcome of each course whose subject is in the parameter's population."""
    study = deriver.study
    drawn = {each.name for each in drawn_datasets(study, response)}
    copies = Deriver(
        study,
        {},
        lambda name: courses.copy(deriver.source(name)),
        frozenset(drawn),
        responses=lambda own, each: compute_records(_run_of(courses, own, each, response)),
    )
    record = study.adam[effect.dataset].records[0]
    adsl = copies.source(record.source)
    chosen = np.flatnonzero(evaluate_condition(record.where, SourceScope(copies, adsl)))
    parameter = study.adam[effect.dataset].parameters[effect.parameter]
    rows, fields = TimeToEvent()(copies, parameter, adsl, chosen)
    names = take_rows(adsl.subjects(), rows).astype(object)
    place = pd.Index(courses.frame["NAME"].astype(object)).get_indexer(pd.Index(names))
    return courses.frame.take(place).reset_index(drop=True).assign(**_columns(fields))


def _columns(fields: ParameterFields) -> dict[str, Column]:
    return {"CNSR": fields["cnsr"], "OUTDT": fields["date"], **{name: fields[key] for name, key in _TEXTS.items()}}


def _run_of(courses: Courses, deriver: Deriver, response: Response, judged: Response) -> Run:
    """The run over the copies: of the judged response each copy has its course, of others what the spec says."""
    criterion = read_study_criterion(deriver.study, response)
    run = Run(response, criterion, read_inputs(deriver, response, criterion))
    if response.name != judged.name:
        return run
    inputs = replace(run.inputs, reported=_mixed(courses, run))
    return Run(replace(response, driver="reported"), criterion, inputs)


def _mixed(courses: Courses, run: Run) -> pd.DataFrame:
    """The responses of each course: as reported, but as computed where the course says so."""
    reported, computed = run.inputs.reported, _as_reported(run)
    frame = courses.frame.drop(columns="USUBJID").rename(columns={"NAME": "USUBJID"})
    whole = frame.loc[frame["KIND"] == COMPUTED, "USUBJID"].astype(object)
    single = frame[frame["KIND"] == ALONE]
    chosen = []
    for each in (reported, computed):
        columns = [pd.concat([single[name], each[name]], ignore_index=True) for name in KEYS]
        numbers = compute_group_numbers(columns, len(single) + len(each))
        at = np.isin(numbers[len(single) :], numbers[: len(single)])
        chosen.append(at | each["USUBJID"].astype(object).isin(whole).to_numpy(dtype=bool))
    return pd.concat([reported[~chosen[0]], computed[chosen[1]]], ignore_index=True)


def _as_reported(run: Run) -> pd.DataFrame:
    """The computed responses in the shape of reported ones, with the lesion record that dates each as its source."""
    frame, rows = run.computed, run.computed["ROW"].to_numpy(dtype=np.int64)
    lesions = run.inputs.lesions
    whole = frame[[*KEYS, "ADT"]].copy()
    for name in ("VISIT", "VISITNUM", "SOURCE"):
        whole[name] = take_rows(lesions[name], rows)
    for name in COMPONENTS.values():
        whole[name] = frame[name]
        whole[f"SEQ_{name}"] = take_rows(lesions["SEQ"], rows)
        whole[f"POSITION_{name}"] = np.append(lesions["POSITION"].to_numpy(), -1)[rows]
    return whole[list(run.inputs.reported.columns)]


def _in_words(found: pd.DataFrame, effect: Effect) -> Column:
    """EFFECT with the outcome, where a difference alone changes it."""
    before, after = (tell_outcomes(found, kind) for kind in (REPORTED, ALONE))
    changed = found["EFFECT"].notna().to_numpy(dtype=bool) & (before != after)
    text = found["EFFECT"].fillna("").to_numpy(dtype=object)
    sentence = f"{effect.parameter} " + before + " -> " + after
    joined = np.where(text == "none", sentence, text + "; " + sentence)
    return text_column(np.where(changed, joined, text))


def tell_outcomes(found: pd.DataFrame, kind: str) -> np.ndarray:
    """The outcomes of a kind of course in short: event or censored, the date, and why; "none" for no outcome."""
    code = found[f"CNSR{kind}"].to_numpy(dtype=np.float64)
    day: FloatArray = found[f"OUTDT{kind}"].to_numpy(dtype=np.float64)
    words = np.where(code == 0, "event ", "censored ").astype(object)
    reason = found[f"EVNTDESC{kind}"].fillna("").to_numpy(dtype=object)
    text = words + compute_iso_dates(day).fillna("").to_numpy(dtype=object) + " (" + reason + ")"
    return np.asarray(np.where(np.isnan(code), "none", text), dtype=object)
