"""The simulated patients of a block, with all that the forms are filled from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from crf2tlf.spec.crf import FormDef
from synthetic.adverse import Adverse, record_events
from synthetic.course import Biology, Course, draw_biology, follow
from synthetic.frames import Subjects, name_subjects
from synthetic.history import History, draw_history
from synthetic.parameters import Parameters
from synthetic.plan import Plan
from synthetic.population import Population, draw_population
from synthetic.streams import Bools, Ints, Streams
from synthetic.visits import Schedule, schedule


@dataclass(frozen=True)
class Patients:
    parameters: Parameters
    forms: dict[str, FormDef]
    names: Subjects
    people: Population
    biology: Biology
    course: Course
    adverse: Adverse
    history: History
    schedule: Schedule
    streams: Streams

    def __len__(self) -> int:
        return len(self.people)

    @property
    def enrolled(self) -> Ints:
        """The places of those who passed screening."""
        return np.flatnonzero(~self.people.failed)

    def has_drug(self, drug: str) -> Bools:
        having = np.array([drug in regimen.drugs for regimen in self.parameters.regimens.values()])
        return np.asarray(having[self.people.regimen], dtype=np.bool_)

    @property
    def previous_lines(self) -> Ints:
        """Lines for metastatic disease before this one."""
        numbers = np.array([int(name) for name in self.parameters.disease.line])
        return np.asarray((numbers - numbers[0])[self.people.line], dtype=np.int64)

    @property
    def writes_chinese(self) -> Bools:
        """Whether the subject's site writes free text in Chinese."""
        return np.asarray((self.people.site * 0.6180339887498949) % 1 < self.parameters.chinese, dtype=np.bool_)


def simulate_patients(parameters: Parameters, forms: dict[str, FormDef], plan: Plan, streams: Streams) -> Patients:
    """The subjects that `streams` stands for."""
    people = draw_population(parameters, plan, streams)
    biology = draw_biology(parameters, people, streams)
    course = follow(parameters, biology, streams)
    adverse = record_events(parameters, biology, course, streams)
    history = draw_history(people, streams)
    planned = schedule(parameters, biology, course, adverse, streams)
    names = name_subjects(people.site, people.number)
    return Patients(parameters, forms, names, people, biology, course, adverse, history, planned, streams)
