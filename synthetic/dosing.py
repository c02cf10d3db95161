"""Pyrotinib after adverse events: interruption, reduction 400 to 320 to 240 mg, permanent stop (China label)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from synthetic.parameters import Parameters
from synthetic.population import Population
from synthetic.streams import Floats, Ints, Streams
from synthetic.toxicity import Events

NONE, REDUCED, INTERRUPTED, WITHDRAWN = range(4)
ACTIONS = ("NONE", "REDUCED", "INTERRUPTED", "WITHDRAWN")


@dataclass(frozen=True)
class Doses:
    """Doses in mg and days since the first dose, per subject and step, inf where there are no more steps.

    At step k the drug is not taken from `pause[:, k]` to the day before `resume[:, k]`, then taken at `dose[:, k]`.
    `action` says for each adverse event what it did to the drug; `event` is the row of the event behind a step.
    """

    start_dose: Floats
    pause: Floats
    resume: Floats
    dose: Floats
    event: Ints
    stop: Floats
    action: Ints


def decide_doses(parameters: Parameters, people: Population, events: Events, streams: Streams) -> Doses:
    """What the physician does, event after event in order of time, as if nothing else ended the treatment."""
    rule, count = parameters.dosing, len(people)
    levels = np.array(rule.levels)
    start_dose = np.array([float(dose) for dose in rule.starts])[streams.choice("dose", tuple(rule.starts.values()))]
    queue = _queue(parameters, events, count)
    steps = queue.shape[1]
    pause, resume, dose = (np.full((count, steps), np.inf) for _ in range(3))
    cause = np.full((count, steps), -1, dtype=np.int64)
    action = np.full(len(events), NONE, dtype=np.int64)
    level = np.searchsorted(-levels, -start_dose)
    free, stop = np.zeros(count), np.full(count, np.inf)
    reduce = streams.uniform("reduce", QUEUE) < rule.reduce
    for step in range(steps):
        row = queue[:, step]
        one = np.where(row >= 0, row, 0)
        onset = np.where(row >= 0, events.onset[one] if len(events) else 0.0, np.inf)
        acts = (row >= 0) & (onset >= free) & (stop == np.inf)
        severe = _ends_treatment(parameters, events)[one] if len(events) else np.zeros(count, dtype=np.bool_)
        ends = acts & (severe | (reduce[:, step] & (level == len(levels) - 1)))
        less = acts & ~ends & reduce[:, step]
        level = level + less
        pause[acts, step] = onset[acts] + 1
        length = np.clip(events.end[one] - onset, 2, rule.longest_interruption) if len(events) else np.zeros(count)
        resume[acts, step] = np.where(ends, np.inf, onset + 1 + length)[acts]
        dose[acts, step] = levels[level][acts]
        cause[acts, step] = row[acts]
        action[row[acts]] = np.where(ends, WITHDRAWN, np.where(less, REDUCED, INTERRUPTED))[acts]
        free = np.where(acts, onset + 1 + length, free)
        stop = np.where(ends, onset + 1, stop)
    order = np.argsort(pause, axis=1, kind="stable")
    pause, resume, dose = (np.take_along_axis(values, order, axis=1) for values in (pause, resume, dose))
    return Doses(start_dose, pause, resume, dose, np.take_along_axis(cause, order, axis=1), stop, action)


# No more than this many events of a subject ask for a decision.
QUEUE = 12


def _queue(parameters: Parameters, events: Events, count: int) -> Ints:
    """Rows of the events that ask for a decision on pyrotinib, per subject in order of onset; -1 after the last."""
    terms = list(parameters.terms.values())
    least = np.array([term.modifies if term.drug == "pyrotinib" else 9 for term in terms])
    rows = np.flatnonzero(events.grade >= least[events.term])
    who = events.who[rows]
    rank = np.arange(len(rows)) - np.searchsorted(who, who)
    kept = rank < QUEUE
    queue = np.full((count, int(rank[kept].max(initial=-1)) + 1), -1, dtype=np.int64)
    queue[who[kept], rank[kept]] = rows[kept]
    return queue


def _ends_treatment(parameters: Parameters, events: Events) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    """Grade 4 diarrhoea, or a fall of the ejection fraction, ends pyrotinib for good."""
    names = np.array(["LVEF" if term.lab == "LVEF" else name for name, term in parameters.terms.items()])
    term = names[events.term]
    ends = ((term == "Diarrhoea") & (events.grade >= 4)) | (term == "LVEF")
    return np.asarray(ends, dtype=np.bool_)
