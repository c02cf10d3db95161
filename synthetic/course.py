"""One course from all parts: scans that are done, documented progression, end of treatment, new therapy, cut-off."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from synthetic.dosing import Doses, decide_doses
from synthetic.lesions import IS_NODE, TARGET_ORGANS, Lesions, draw_lesions
from synthetic.parameters import Parameters
from synthetic.population import Population
from synthetic.recist import PD, Responses, assess
from synthetic.scans import Calendar, Findings, draw_calendar, measure
from synthetic.streams import Bools, Floats, Ints, Streams
from synthetic.survival import Fate, draw_fate
from synthetic.toxicity import Events, draw_events

# Reasons of the end of treatment, as in the codelist EOTREASON; ONGOING at the cut-off.
REASONS = ("PD", "CLINPD", "AE", "DEATH", "SUBJECT", "PHYSICIAN", "LOST", "ONGOING")
END_PD, END_CLINICAL, END_AE, END_DEATH, END_SUBJECT, END_PHYSICIAN, END_LOST, ONGOING = range(8)


@dataclass(frozen=True)
class Biology:
    """What is in a patient, before anybody looks or acts."""

    people: Population
    fate: Fate
    events: Events
    doses: Doses
    lesions: Lesions
    calendar: Calendar
    findings: Findings


@dataclass(frozen=True)
class Leaving:
    """Dates of leaving, days since 1960-01-01: `last` ends the observation, `stop` treatment but for progression."""

    death: Floats
    withdrawal: Floats
    lost: Floats
    last: Floats
    clinical: Floats
    stop: Floats
    why: Ints
    therapy: Floats


@dataclass(frozen=True)
class Course:
    """Dates in days since 1960-01-01, infinite for what did not happen by the cut-off.

    `last` is the end of observation: death, withdrawal of consent, loss or cut-off. `scan` (subjects, assessments) is
    the date of a scan that was done, else infinite, `brain_scan` that of the brain; `due` the planned date.
    """

    last: Floats
    death: Floats
    withdrawal: Floats
    lost: Floats
    clinical: Floats
    progression: Floats
    scan: Floats
    brain_scan: Floats
    due: Floats
    missed: Bools
    responses: Responses
    last_dose: Floats
    decision: Floats
    reason: Ints
    new_therapy: Floats


def draw_biology(parameters: Parameters, people: Population, streams: Streams) -> Biology:
    fate = draw_fate(parameters, people, streams)
    events = draw_events(parameters, people, streams)
    doses = decide_doses(parameters, people, events, streams)
    lesions = draw_lesions(parameters, people, fate, streams)
    calendar = draw_calendar(parameters, people, fate, streams)
    return Biology(
        people, fate, events, doses, lesions, calendar, measure(parameters, fate, lesions, calendar, streams)
    )


def follow(parameters: Parameters, biology: Biology, streams: Streams) -> Course:
    """The course of each subject up to the data cut-off."""
    people = biology.people
    leaving = _leaving(parameters, biology, streams)
    beyond = streams.chance("beyond progression", parameters.course.beyond_progression)
    possible, missed = _scans(parameters, biology, leaving, streams)
    progression, kept = _progression(biology, possible, beyond)
    scan = np.where(kept, possible, np.inf)
    responses = _responses(biology, kept)
    delay = np.floor(7 * streams.uniform("to decision"))
    ended, decision, reason = _end(parameters, people, leaving, progression + np.where(beyond, 42, 0), delay)
    last_dose = _last_taken(biology.doses, people, ended, reason)
    brain_delay = _brain_delay(biology, responses, streams)
    last = leaving.last
    return Course(
        last,
        leaving.death,
        leaving.withdrawal,
        leaving.lost,
        np.where(reason == END_CLINICAL, leaving.clinical, np.inf),
        progression,
        scan,
        np.where(kept, np.minimum(scan + brain_delay, last[:, None]), np.inf),
        people.start[:, None] + parameters.imaging.interval * np.arange(1, scan.shape[1] + 1),
        missed & (people.start[:, None] + biology.calendar.day < progression[:, None]),
        responses,
        last_dose,
        decision,
        reason,
        _therapy(parameters, leaving, progression, last_dose, streams),
    )


def _leaving(parameters: Parameters, biology: Biology, streams: Streams) -> Leaving:
    """Who leaves when, and the first reason to stop treatment other than a documented progression."""
    people, fate = biology.people, biology.fate
    death, withdrawal, lost = (people.start + time for time in (fate.death, fate.withdrawal, fate.loss))
    last = np.minimum(np.minimum(np.minimum(withdrawal, lost), parameters.cut_off), death)
    # Only the first of them happens; on one day death counts before withdrawal, and withdrawal before loss.
    death = np.where(death <= last, death, np.inf)
    withdrawal = np.where((withdrawal <= last) & (death == np.inf), withdrawal, np.inf)
    left = np.minimum(death, withdrawal) < np.inf
    lost = np.where((lost <= last) & (lost < parameters.cut_off) & ~left, lost, np.inf)
    clinical = np.where(fate.clinical, np.ceil(people.start + fate.progression + 4), np.inf)
    toxic = people.first_dose + biology.doses.stop - 1
    times = np.column_stack(
        [clinical, toxic, people.start + fate.stops["SUBJECT"], people.start + fate.stops["PHYSICIAN"]]
    )
    why = np.array([END_CLINICAL, END_AE, END_SUBJECT, END_PHYSICIAN])[times.argmin(axis=1)]
    stop = np.maximum(times.min(axis=1), people.first_dose)
    # After clinical progression a new therapy is almost sure.
    chance = np.where(why == END_CLINICAL, 0.9, parameters.course.new_therapy_after_stop)
    starts = streams.uniform("therapy after stop") < chance
    therapy = np.where(starts, stop + 14 + np.floor(40 * streams.uniform("therapy gap")), np.inf)
    return Leaving(death, withdrawal, lost, last, clinical, stop, why, therapy)


def _scans(parameters: Parameters, biology: Biology, leaving: Leaving, streams: Streams) -> tuple[Floats, Bools]:
    """Dates of the scans that could be done (else infinite), and which planned scans were missed."""
    course, people = parameters.course, biology.people
    date = people.start[:, None] + biology.calendar.day
    goes_on = streams.chance("scans after stop", course.scans_after_stop) & (leaving.why != END_CLINICAL)
    further = streams.chance("scans after therapy", course.scans_after_new_therapy)
    end = np.minimum(leaving.last, np.where(goes_on, np.inf, leaving.stop))
    end = np.where(further, end, np.minimum(end, leaving.therapy))
    alive = date < leaving.death[:, None]
    possible = (date <= end[:, None]) & alive & biology.calendar.has_baseline[:, None] & ~people.failed[:, None]
    missed = biology.calendar.missed
    return np.where(possible & ~missed, date, np.inf), possible & missed


def _progression(biology: Biology, possible: Floats, beyond: Bools) -> tuple[Floats, Bools]:
    """The first progression, and the scans that are done: up to it, and one more where treatment goes on beyond it."""
    done = possible < np.inf
    shown = _responses(biology, done).overall == PD
    before = np.cumsum(shown, axis=1) - shown
    first = possible[np.arange(len(possible)), shown.argmax(axis=1)]
    return np.where(shown.any(axis=1), first, np.inf), done & ((before == 0) | (beyond[:, None] & (before == 1)))


def _responses(biology: Biology, done: Bools) -> Responses:
    found = biology.findings
    return assess(found.base, found.value, IS_NODE, found.other, biology.lesions.other, found.new, done)


def _brain_delay(biology: Biology, responses: Responses, streams: Streams) -> Floats:
    """Days by which the scan of the brain follows the others; none where it alone may show the progression."""
    delay = np.floor(streams.uniform("brain scan", responses.overall.shape[1]) * 4)
    outside = (biology.lesions.target & (np.array(TARGET_ORGANS) != "BRAIN")).any(axis=1)
    alone = (responses.overall == PD) & (~outside[:, None] | (responses.nontarget == PD))
    return np.where(alone, 0.0, delay * biology.people.organs["BRAIN"][:, None])


def _end(
    parameters: Parameters, people: Population, leaving: Leaving, progression: Floats, delay: Floats
) -> tuple[Floats, Floats, Ints]:
    """End of treatment, date of the decision (infinite: none yet) and reason; it goes on for days after the scan."""
    until = np.full(len(people), parameters.cut_off)
    times = np.column_stack(
        [progression + delay, leaving.stop, leaving.death - 1, leaving.withdrawal, leaving.lost, until]
    )
    place = times.argmin(axis=1)
    reason = np.where(place == 1, leaving.why, np.array([END_PD, -1, END_DEATH, END_SUBJECT, END_LOST, ONGOING])[place])
    last_dose = times.min(axis=1)
    later = np.isin(reason, (END_AE, END_PHYSICIAN, END_SUBJECT))
    decision = np.where(reason == END_DEATH, leaving.death, last_dose + np.where(later, delay, 0))
    return last_dose, np.where(reason == ONGOING, np.inf, np.minimum(decision, leaving.last)), reason


def _last_taken(doses: Doses, people: Population, ended: Floats, reason: Ints) -> Floats:
    """The last dose: the day on which treatment ends, or the one before a pause in which it ends."""
    day = ended - people.first_dose
    paused = (doses.pause <= day[:, None]) & (day[:, None] < doses.resume)
    pause = np.where(paused, doses.pause, np.inf).min(axis=1, initial=np.inf)
    return np.where((pause < np.inf) & (reason != ONGOING), people.first_dose + pause - 1, ended)


def _therapy(
    parameters: Parameters, leaving: Leaving, progression: Floats, last_dose: Floats, streams: Streams
) -> Floats:
    """The start of new therapy: after the stop where one came first, else after progression and the last dose."""
    starts = streams.chance("therapy after progression", parameters.course.new_therapy_after_progression)
    delay = 14 + np.floor(45 * streams.uniform("therapy delay"))
    later = np.where(starts & (progression < np.inf), np.maximum(progression, last_dose) + delay, np.inf)
    first = np.where((leaving.stop < progression) & (leaving.therapy < np.inf), leaving.therapy, later)
    return np.where(first <= leaving.last, first, np.inf)
