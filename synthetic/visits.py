"""The visits of each subject: planned ones within their windows, unscheduled ones, and the contacts after treatment."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from synthetic.adverse import SAFETY_DAYS, Adverse
from synthetic.course import END_DEATH, END_LOST, ONGOING, Biology, Course
from synthetic.frames import Rows, Texts
from synthetic.parameters import Parameters
from synthetic.streams import Bools, Floats, Ints, Streams

MOST = 99
MOST_CONTACTS = 40
LABORATORY_GRADE = 3
# Positions of the visit OIDs in WORDS: the n-th cycle, scan ... stands n places after its base.
SINGLE = ("LOG", "SCR", "C1D15", "EOT", "SFU", "EOS")
LOG, SCR, C1D15, EOT, SFU, EOS = range(6)
CYCLE, SCAN, UNSCHEDULED, SURVIVAL = 5, 5 + MOST, 5 + 2 * MOST, 5 + 3 * MOST
WORDS = (
    *SINGLE,
    *(f"C{number}D1" for number in range(1, MOST + 1)),
    *(f"TA{number:02d}" for number in range(1, MOST + 1)),
    *(f"UNS{number:02d}" for number in range(1, MOST + 1)),
    *(f"SURV{number:02d}" for number in range(1, MOST + 1)),
)


@dataclass(frozen=True)
class Visits:
    """One value a visit: whose, which (a position in WORDS), when (days since 1960-01-01)."""

    who: Ints
    word: Ints
    date: Floats

    def __len__(self) -> int:
        return len(self.who)

    def of(self, *ranges: tuple[int, int]) -> Visits:
        """The visits whose word lies in one of the ranges, both ends included."""
        kept = np.logical_or.reduce([(self.word >= low) & (self.word <= high) for low, high in ranges])
        return Visits(self.who[kept], self.word[kept], self.date[kept])

    def rows(self) -> Rows:
        return Rows(self.who, Texts(WORDS, self.word), self.date)


CYCLES = (CYCLE + 1, CYCLE + MOST)
LATER_CYCLES = (CYCLE + 2, CYCLE + MOST)
SCANS = (SCAN + 1, SCAN + MOST)
UNPLANNED = (UNSCHEDULED + 1, UNSCHEDULED + MOST)
CONTACTS = (SURVIVAL + 1, SURVIVAL + MOST)


@dataclass(frozen=True)
class Schedule:
    """All visits; `scan_word` (subjects, assessments) names the visit of each scan; end of treatment, follow-up."""

    visits: Visits
    scan_word: Ints
    eot: Floats
    contacts: Visits
    dead_contact: Floats


def schedule(parameters: Parameters, biology: Biology, course: Course, adverse: Adverse, streams: Streams) -> Schedule:
    people = biology.people
    count = len(people)
    everybody = np.arange(count)
    word, unplanned = _unscheduled(parameters, biology, course, adverse)
    visit = streams.uniform("eot visit") * 6
    eot = np.where(course.reason == ONGOING, np.inf, np.minimum(course.decision + np.floor(visit), course.last))
    seen = (eot < np.inf) & (course.reason != END_DEATH) & (course.reason != END_LOST) & ~people.failed
    safety = course.last_dose + SAFETY_DAYS + np.floor(streams.uniform("safety visit") * 5)
    safe = seen & (safety <= course.last) & (course.reason != ONGOING)
    extra = people.first_dose + 14
    loading = _has_drug(parameters, biology, "fulvestrant") & (extra <= course.last_dose) & ~people.failed
    parts = [
        (everybody, np.full(count, SCR), people.consent),
        _cycles(parameters, biology, np.minimum(course.last_dose, eot - 1), streams),
        (everybody[loading], np.full(int(loading.sum()), C1D15), extra[loading]),
        (everybody[seen], np.full(int(seen.sum()), EOT), eot[seen]),
        (everybody[safe], np.full(int(safe.sum()), SFU), safety[safe]),
        unplanned,
    ]
    who, scan = np.nonzero((course.scan < np.inf) & (word <= SCAN + MOST))
    parts.append((who, word[who, scan], course.scan[who, scan]))
    contacts, dead = _contacts(parameters, course, streams, (eot < np.inf) & ~people.failed)
    return Schedule(_visits(parts), word, np.where(people.failed, np.inf, eot), contacts, dead)


def _visits(parts: list[tuple[Ints, Ints, Floats]]) -> Visits:
    who, word, date = (np.concatenate([part[place] for part in parts]) for place in range(3))
    order = np.lexsort((word, date, who))
    return Visits(who[order].astype(np.int64), word[order].astype(np.int64), date[order].astype(np.float64))


def _has_drug(parameters: Parameters, biology: Biology, drug: str) -> Bools:
    having = np.array([drug in regimen.drugs for regimen in parameters.regimens.values()])
    return np.asarray(having[biology.people.regimen], dtype=np.bool_)


def most_cycles(parameters: Parameters) -> int:
    return min(int((parameters.cut_off - parameters.enrolment.start) // parameters.visits.cycle) + 1, MOST)


def _cycles(parameters: Parameters, biology: Biology, until: Floats, streams: Streams) -> tuple[Ints, Ints, Floats]:
    """C1D1 on the day of the first dose, the others every `cycle` days within the window, up to the last dose."""
    rules, count = parameters.visits, most_cycles(parameters)
    drawn = streams.uniform("cycle day", count)
    shift = np.round((drawn * 2 - 1) * rules.window)
    shift[:, 0] = 0
    date = biology.people.first_dose[:, None] + rules.cycle * np.arange(count) + shift
    kept = (date <= until[:, None]) & (streams.uniform("cycle missed", count) >= rules.missed)
    kept[:, 0] = True
    who, cycle = np.nonzero(kept & ~biology.people.failed[:, None])
    return who, CYCLE + 1 + cycle, date[who, cycle]


def _unscheduled(
    parameters: Parameters, biology: Biology, course: Course, adverse: Adverse
) -> tuple[Ints, tuple[Ints, Ints, Floats]]:
    """UNS01 ... in order of time: unplanned scans, and samples on the second day of a severe laboratory event."""
    laboratory = np.array([term.lab not in ("", "LVEF") for term in parameters.terms.values()])
    severe = laboratory[adverse.term] & (adverse.grade >= LABORATORY_GRADE) & (adverse.grade <= 4)
    day = adverse.start + 1
    severe &= (day <= course.last[adverse.who]) & (day < adverse.end)
    rows, scan = np.nonzero((course.scan < np.inf) & biology.calendar.unscheduled)
    who = np.concatenate([adverse.who[severe], rows])
    date = np.concatenate([day[severe], course.scan[rows, scan]])
    pairs = np.unique(np.column_stack([who, date]), axis=0) if len(who) else np.empty((0, 2))
    owner = pairs[:, 0].astype(np.int64)
    number = np.minimum(np.arange(len(pairs)) - np.searchsorted(owner, owner) + 1, MOST)
    word = np.broadcast_to(SCAN + 1 + np.arange(course.scan.shape[1]), course.scan.shape).copy()
    place = np.searchsorted(owner * 1e6 + pairs[:, 1], rows * 1e6 + course.scan[rows, scan])
    word[rows, scan] = UNSCHEDULED + number[place]
    return word.astype(np.int64), (owner, UNSCHEDULED + number, pairs[:, 1])


def _contacts(parameters: Parameters, course: Course, streams: Streams, ended: Bools) -> tuple[Visits, Floats]:
    """Contacts after the safety visit, one close to the cut-off, and the one at which a death became known."""
    begin = course.last_dose + SAFETY_DAYS + 7
    shift = np.floor(streams.uniform("contact day", MOST_CONTACTS) * 11) - 5
    date = begin[:, None] + parameters.visits.survival * np.arange(1, MOST_CONTACTS + 1) + shift
    alive = np.minimum(course.last, course.death - 1)
    alive = np.minimum(alive, course.withdrawal - 1)
    sweep = parameters.cut_off - np.floor(30 * streams.uniform("sweep"))
    sweep = np.where((sweep > begin) & (alive == parameters.cut_off), sweep, np.inf)
    date = np.column_stack([np.where(np.abs(date - sweep[:, None]) > 20, date, np.inf), sweep])
    kept = (date <= alive[:, None]) & ended[:, None] & (date < np.inf)
    known = np.minimum(course.death + np.floor(40 * streams.uniform("death known")), parameters.cut_off)
    known = np.where((course.death < np.inf) & ended, known, np.inf)
    date = np.column_stack([np.where(kept, date, np.inf), known])
    date = np.sort(date, axis=1)
    who, turn = np.nonzero(date < np.inf)
    return Visits(who.astype(np.int64), SURVIVAL + 1 + turn.astype(np.int64), date[who, turn]), known
