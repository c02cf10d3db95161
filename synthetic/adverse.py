"""Adverse events as recorded: those up to 28 days after the last dose, with what was done and how they ended."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from synthetic.course import END_AE, END_DEATH, Biology, Course
from synthetic.dosing import INTERRUPTED, NONE, REDUCED, WITHDRAWN
from synthetic.parameters import Parameters
from synthetic.streams import Bools, Floats, Ints, Streams
from synthetic.toxicity import FATAL, Events, sort_events

SAFETY_DAYS = 28
NOT_APPLICABLE = 4
# Numbers drawn a subject for single records; a subject's record takes them in turn.
SLOTS = 64
FATAL_TERM = "Pneumonia"


@dataclass(frozen=True)
class Adverse:
    """One value a recorded event, sorted by subject and start; dates in days since 1960-01-01.

    `end` is the true end, even after the observation; `ended` says whether it was seen. `action` is on pyrotinib and
    `partner_action` on the other drugs, positions in NONE, REDUCED, INTERRUPTED, WITHDRAWN, not applicable.
    """

    who: Ints
    number: Ints
    term: Ints
    start: Floats
    end: Floats
    ended: Bools
    grade: Ints
    serious: Bools
    hospital: Bools
    action: Ints
    partner_action: Ints
    related: Bools
    stop_number: Ints
    candidate: Ints

    def __len__(self) -> int:
        return len(self.who)


def running_number(who: Ints) -> Ints:
    """1, 2, 3 ... within each subject; `who` is sorted."""
    return np.asarray(np.arange(len(who)) - np.searchsorted(who, who) + 1, dtype=np.int64)


def per_record(streams: Streams, name: str, who: Ints, number: Ints) -> Floats:
    """One uniform number a record, chosen by the subject and the record's number."""
    return streams.uniform(name, SLOTS)[who, number % SLOTS]


def record_events(parameters: Parameters, biology: Biology, course: Course, streams: Streams) -> Adverse:
    """The events of the block; `stop_number` (one a subject) is the event that ended the treatment, or 0."""
    events, last_day = biology.events, np.minimum(course.last_dose + SAFETY_DAYS, course.last)
    first = biology.people.first_dose
    start = first[events.who] + events.onset
    kept = (start <= last_day[events.who]) & ~biology.people.failed[events.who]
    rows = np.flatnonzero(kept)
    decided = biology.doses.action
    late = (start >= course.last_dose[events.who]) & (decided != WITHDRAWN)
    action = np.where(late, NOT_APPLICABLE, decided)
    # What would have ended the treatment counts only where it did.
    spared = (action == WITHDRAWN) & (course.reason[events.who] != END_AE)
    action = np.where(spared, NOT_APPLICABLE, action)
    shown, candidate, action = _with_fatal(
        parameters, biology, course, events.select(kept), rows, action[kept], streams
    )
    number = running_number(shown.who)
    start, end = first[shown.who] + shown.onset, first[shown.who] + shown.end
    severe = np.array([0.0, 0.0, 0.01, 0.12, 0.85, 1.0])[shown.grade]
    serious = per_record(streams, "serious", shown.who, number) < severe
    ended = (end <= course.last[shown.who]) & (shown.grade < FATAL)
    drugs = np.array([term.drug for term in parameters.terms.values()])[shown.term]
    related = (drugs != "none") | (per_record(streams, "related", shown.who, number) < 0.15)
    stop_number = np.zeros(len(first), dtype=np.int64)
    stops = action == WITHDRAWN
    stop_number[shown.who[stops]] = number[stops]
    partner = _partner_action(parameters, shown, action, start, course.last_dose)
    hospital = serious & (per_record(streams, "hospital", shown.who, number) < 0.8)
    return Adverse(
        shown.who, number, shown.term, start, end, ended, shown.grade, serious, hospital, action, partner,
        related & (shown.grade < FATAL), stop_number, candidate,
    )  # fmt: skip


def _with_fatal(
    parameters: Parameters, biology: Biology, course: Course, shown: Events, rows: Ints, action: Ints, streams: Streams
) -> tuple[Events, Ints, Ints]:
    """The events plus a fatal infection for a share of those who died on treatment before progression."""
    first = biology.people.first_dose
    chance = streams.chance("fatal event", parameters.course.fatal_event)
    ill = 2 + np.floor(12 * streams.uniform("fatal illness"))
    died = (course.reason == END_DEATH) & (course.death < np.inf) & chance & ~biology.people.failed
    who = np.flatnonzero(died)
    onset = np.maximum(course.death[who] - ill[who] - first[who], 0)
    place = np.full(len(who), list(parameters.terms).index(FATAL_TERM))
    fatal = Events(who, place, onset, course.death[who] - first[who], np.full(len(who), FATAL))
    joined = Events(*(np.concatenate([getattr(shown, name), getattr(fatal, name)]) for name in Events.__annotations__))
    order = np.lexsort((joined.term, joined.onset, joined.who))
    candidate = np.concatenate([rows, np.full(len(who), -1)])[order]
    return sort_events(joined), candidate, np.concatenate([action, np.full(len(who), NONE)])[order]


def _partner_action(parameters: Parameters, shown: Events, action: Ints, start: Floats, last_dose: Floats) -> Ints:
    """The drugs given with pyrotinib stop with it, and pause for what is theirs."""
    drugs = np.array([term.drug for term in parameters.terms.values()])[shown.term]
    least = np.array([term.modifies for term in parameters.terms.values()])[shown.term]
    own = ~np.isin(drugs, ("pyrotinib", "none")) & (shown.grade >= least)
    blood = np.isin(np.array([term.lab for term in parameters.terms.values()])[shown.term], ("NEUT", "PLAT"))
    paused = own | (blood & (shown.grade >= least))
    result = np.select([action == WITHDRAWN, own, paused], [WITHDRAWN, REDUCED, INTERRUPTED], NONE)
    return np.where(start > last_dose[shown.who], NOT_APPLICABLE, result).astype(np.int64)
