"""A run of the response engine over a study's files: responses by assessment, best responses, and what counts."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd

from adam.response import (
    Criterion,
    add_explanations,
    compute_best_responses,
    compute_responses,
    load_criterion,
)
from adam.response.course import Course, compute_course, find_subjects, select_period
from adam.response_inputs import KEYS, Inputs, find_assessment_rows, read_inputs
from crf2tlf.derive.engine import Deriver
from crf2tlf.rules.columns import BoolArray, FloatArray, IntArray, is_missing
from crf2tlf.rules.vectors import compute_group_numbers
from crf2tlf.spec.model import Response, Study

COMPONENTS = {"OVERALL": "OVRLRESP", "TARGET": "TRGRESP", "NON-TARGET": "NTRGRESP", "NEW LESION": "NEWLES"}


@dataclass(frozen=True)
class Run:
    """The engine's inputs and what it made of them."""

    response: Response
    criterion: Criterion
    inputs: Inputs

    @cached_property
    def assessments(self) -> pd.DataFrame:
        """The computed responses from the baseline on, with ROW, the lesion record that dates each."""
        found = compute_responses(self.inputs.lesions, self.criterion)
        return found.assign(ROW=find_assessment_rows(found, self.inputs.lesions))

    @cached_property
    def computed(self) -> pd.DataFrame:
        """The computed responses after the baseline."""
        return self.assessments[self.assessments["ABLFL"].isna()].reset_index(drop=True)

    @property
    def driving(self) -> pd.DataFrame:
        """The responses from which the results follow, computed or reported."""
        return self.inputs.reported if self.response.driver == "reported" else self.computed

    @cached_property
    def best(self) -> pd.DataFrame:
        """The best responses and the like, one row a subject, evaluator and parameter."""
        return compute_best_responses(self.driving, self.inputs.subjects, self.criterion)

    def explain(self, assessments: pd.DataFrame) -> pd.DataFrame:
        """Computed responses with EXPLAIN."""
        return add_explanations(assessments, self.criterion)

    @cached_property
    def course(self) -> Course:
        """The assessments that count, one a day."""
        return compute_course(self.driving, self.inputs.subjects, self.criterion.best)

    @cached_property
    def to_progression(self) -> Course:
        """The course up to first progression, whatever the therapy."""
        subjects = self.inputs.subjects[["USUBJID", "EVALUATOR", "STARTDT"]]
        return select_period(self.course, subjects, self.criterion.best)

    @cached_property
    def period(self) -> Course:
        """The course up to first progression and new therapy."""
        return select_period(self.course, self.inputs.subjects, self.criterion.best)

    def in_course(self, frame: pd.DataFrame, course: Course) -> BoolArray:
        """Which rows, of subject, evaluator and assessment, are in a course."""
        subjects = self.inputs.subjects
        subject = np.r_[course.subject, find_subjects(frame, subjects)]
        groups = pd.concat([course.group, frame["LNKGRP"]], ignore_index=True)
        numbers = compute_group_numbers([pd.Series(subject), groups], len(subject))
        return np.isin(numbers[len(course) :], numbers[: len(course)])

    def best_change_until(self) -> FloatArray:
        """By subject the first day of first progression and new therapy, after which a sum is no best change."""
        progressed = self.best.loc[self.best["PARAMCD"] == "PD", "ADT"].to_numpy(dtype=np.float64)
        therapy = self.inputs.subjects["NACTDT"].to_numpy(dtype=np.float64)
        return np.asarray(np.fmin(progressed, therapy), dtype=np.float64)


def run_response(deriver: Deriver, response: Response) -> Run:
    """The engine over the study's files; nothing is computed before it is asked for."""
    criterion = read_study_criterion(deriver.study, response)
    return Run(response, criterion, read_inputs(deriver, response, criterion))


def read_study_criterion(study: Study, response: Response) -> Criterion:
    """The criterion with the study's own fields laid over it."""
    path = criterion_path(study, response)
    return load_criterion(path, path.relative_to(study.root).as_posix(), response.override)


def criterion_path(study: Study, response: Response) -> Path:
    """The file of a response's criterion."""
    return study.root / "specs" / "standards" / f"{response.criterion}.yaml"


def find_rows(frame: pd.DataFrame, others: pd.DataFrame) -> IntArray:
    """For each row the row of `others` of the same subject, evaluator and assessment, -1 for none."""
    columns = [pd.concat([others[name], frame[name]], ignore_index=True) for name in KEYS]
    numbers = compute_group_numbers(columns, len(others) + len(frame))
    found = pd.Index(numbers[: len(others)]).get_indexer(pd.Index(numbers[len(others) :]))
    return np.where(is_missing(frame["LNKGRP"]), -1, found)
