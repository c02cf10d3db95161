"""Adverse events as they would come if treatment went on: what, when, how bad and for how long."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from synthetic.parameters import Parameters, Term
from synthetic.population import Population
from synthetic.streams import Bools, Floats, Ints, Streams

EPISODES = 4
ONSET_SPREAD = 0.9
DURATION_SPREAD = 0.5
FATAL = 5


@dataclass(frozen=True)
class Events:
    """One value an event, sorted by subject and onset; days since the first dose."""

    who: Ints
    term: Ints
    onset: Floats
    end: Floats
    grade: Ints

    def __len__(self) -> int:
        return len(self.who)

    def select(self, kept: Bools) -> Events:
        return Events(self.who[kept], self.term[kept], self.onset[kept], self.end[kept], self.grade[kept])


def draw_events(parameters: Parameters, people: Population, streams: Streams) -> Events:
    """All events of the block. The worst grade of a term falls on one of its episodes, the others are milder."""
    parts = [
        _term_events(place, term, people, tuple(parameters.regimens), Streams(streams.seed, streams.first, len(people)))
        for place, term in enumerate(parameters.terms.values())
    ]
    joined = Events(*(np.concatenate([getattr(part, name) for part in parts]) for name in Events.__annotations__))
    return sort_events(joined)


def sort_events(events: Events) -> Events:
    order = np.lexsort((events.term, events.onset, events.who))
    return replace(events, **{name: getattr(events, name)[order] for name in Events.__annotations__})


def _term_events(place: int, term: Term, people: Population, regimens: tuple[str, ...], streams: Streams) -> Events:
    name = term.code
    chance = np.array([term.chance.get(regimen, term.chance["all"]) for regimen in regimens])[people.regimen]
    drawn = streams.uniform(f"{name} episodes", EPISODES)
    # The first episode with the chance of the term, each further one with the same odds again.
    more = term.episodes / (1 + term.episodes)
    has = np.logical_and.accumulate(drawn < np.column_stack([chance, *[np.full(len(people), more)] * 3]), axis=1)
    worse = np.array([[1.0, 1.0] + [term.severe.get(regimen, 1.0)] * 2 for regimen in regimens])[people.regimen]
    worst = 1 + streams.choice(f"{name} grade", np.array(term.grades) * worse)
    turn = np.floor(streams.uniform(f"{name} worst") * has.sum(axis=1)).astype(np.int64)
    milder = np.minimum(worst[:, None], 1 + streams.choice(f"{name} milder", (0.65, 0.35), EPISODES))
    grade = np.where(np.arange(EPISODES) == turn[:, None], worst[:, None], milder)
    gap = 5 + 45 * streams.exponential(f"{name} gap", EPISODES)
    gap[:, 0] = term.onset * np.exp(ONSET_SPREAD * streams.normal(f"{name} onset"))
    lasting = np.exp(DURATION_SPREAD * streams.normal(f"{name} duration", EPISODES))
    lasting = np.ceil(term.duration * lasting * (0.7 + 0.3 * grade))
    onset = np.floor(np.cumsum(gap, axis=1) + np.cumsum(lasting, axis=1) - lasting)
    who, episode = np.nonzero(has)
    return Events(
        who.astype(np.int64),
        np.full(len(who), place, dtype=np.int64),
        onset[who, episode],
        (onset + lasting)[who, episode],
        grade[who, episode],
    )
