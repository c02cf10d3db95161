"""Lesions at baseline, and how they will behave: RECIST 1.1 sections 3 and 4.1 (at most 5 targets, 2 an organ)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr

from synthetic.parameters import Parameters
from synthetic.population import Population
from synthetic.streams import Bools, Floats, Ints, Streams
from synthetic.survival import Fate

TARGET_ORGANS = ("LIVER", "LIVER", "LUNG", "LUNG", "NODE", "NODE", "BREAST", "SOFT", "BRAIN")
TARGET_CHANCE = np.array([0.93, 0.45, 0.85, 0.40, 0.80, 0.35, 0.70, 0.65, 0.70])
IS_NODE = np.array([organ == "NODE" for organ in TARGET_ORGANS])
OTHER_ORGANS = ("BONE", "PLEURA", "LIVER", "LUNG", "NODE", "BRAIN", "BREAST", "SOFT")
OTHER_CHANCE = np.array([1.0, 1.0, 0.30, 0.35, 0.30, 0.30, 0.20, 0.20])
NEW_ORGANS = ("LIVER", "LUNG", "NODE", "BONE", "SOFT", "BRAIN")
MOST_TARGETS = 5
# Below this a lesion can no longer be seen; below the second it is too small to be measured and counts as 5 mm.
INVISIBLE = 2.0
TOO_SMALL = 5.0
EARLY = 45.0  # who progresses before this day never shrank


@dataclass(frozen=True)
class Lesions:
    """Shape (subjects, slots); a slot is a place in TARGET_ORGANS or OTHER_ORGANS that may hold a lesion.

    `shrinks` is the share of the diameter that goes in the end, `regrowth` the lesion's share of what comes back.
    """

    target: Bools
    diameter: Floats
    shrinks: Floats
    half_life: Floats
    regrowth: Floats
    other: Bools
    gone: Floats
    grows: Bools
    other_grows: Bools
    new: Bools
    new_organ: Ints
    lead: Floats
    complete: Bools


def draw_lesions(parameters: Parameters, people: Population, fate: Fate, streams: Streams) -> Lesions:
    """Lesions in the organs that have disease, their response, and which of them show the progression."""
    target, other = _where(people, streams)
    drawn = streams.normal("size", len(TARGET_ORGANS))
    size = np.where(IS_NODE, 21 * np.exp(0.28 * drawn), 26 * np.exp(0.45 * drawn))
    diameter = np.round(np.clip(size, np.where(IS_NODE, 15, 10), np.where(IS_NODE, 45, 110)))
    responds, complete = _responds(parameters, people, fate, streams)
    depth = np.where(responds, 0.38 + 0.5 * streams.uniform("depth") ** 1.3, -0.04 + 0.28 * streams.uniform("stable"))
    depth = np.where(fate.progression < EARLY, 0.0, depth)
    shrinks = np.clip(depth[:, None] + 0.07 * streams.normal("lesion depth", len(TARGET_ORGANS)), -0.08, 0.99)
    grows, other_grows, new = _kinds(parameters, target, other, streams)
    share = np.where(target, diameter * (0.3 + streams.uniform("share", len(TARGET_ORGANS))), 0.0)
    regrowth = share / np.maximum(share.sum(axis=1, keepdims=True), 1.0)
    brain = parameters.response.brain_new
    gone = np.where(complete[:, None], 50 + 60 * streams.uniform("gone", len(OTHER_ORGANS)), np.inf)
    return Lesions(
        target,
        diameter,
        np.where(complete[:, None], 1.0, shrinks),
        parameters.response.half_life * np.exp(0.25 * streams.normal("half-life")),
        regrowth,
        other,
        gone,
        grows,
        other_grows,
        new[:, None] & (streams.uniform("second new", 2) < np.array([1.0, 0.3])),
        streams.choice("new organ", tuple([(1 - brain) / 5] * 5 + [brain]), 2),
        np.minimum(fate.progression, 25 + 50 * streams.uniform("lead")),
        complete,
    )


def _where(people: Population, streams: Streams) -> tuple[Bools, Bools]:
    """The slots with a target and with a non-target lesion; every involved organ holds one or the other."""
    involved = np.column_stack([people.organs[organ] for organ in TARGET_ORGANS])
    target = involved & (streams.uniform("measurable", len(TARGET_ORGANS)) < TARGET_CHANCE)
    target &= np.cumsum(target, axis=1) <= MOST_TARGETS
    holds = {
        organ: target[:, [place for place, name in enumerate(TARGET_ORGANS) if name == organ]].any(axis=1)
        for organ in dict.fromkeys(TARGET_ORGANS)
    }
    bare = np.column_stack(
        [people.organs[organ] & ~holds.get(organ, np.zeros(len(people), dtype=np.bool_)) for organ in OTHER_ORGANS]
    )
    involved = np.column_stack([people.organs[organ] for organ in OTHER_ORGANS])
    return target, bare | (involved & (streams.uniform("non-target", len(OTHER_ORGANS)) < OTHER_CHANCE))


def _responds(parameters: Parameters, people: Population, fate: Fate, streams: Streams) -> tuple[Bools, Bools]:
    """Who responds, and who of them completely; a frail patient, who progresses early, responds less often."""
    response = parameters.response
    odds = np.array([response.regimens[name] for name in parameters.regimens])[people.regimen]
    for name, effect in response.effects.items():
        odds = odds + effect * people.covariates[name]
    latent = (-response.frailty * fate.frailty + streams.normal("response")) / np.hypot(1.0, response.frailty)
    late = fate.progression >= EARLY
    responds = (ndtr(latent) > 1 - 1 / (1 + np.exp(-odds))) & late
    return responds, responds & streams.chance("complete", response.complete) & (fate.progression > 4 * EARLY)


def _kinds(parameters: Parameters, target: Bools, other: Bools, streams: Streams) -> tuple[Bools, Bools, Bools]:
    """What shows the progression: growing targets, non-targets, new lesions; at least one of them."""
    targets, others = target.sum(axis=1) > 0, other.sum(axis=1) > 0
    drawn = streams.uniform("kinds", 3)
    kinds = parameters.response.kinds
    grows = targets & (drawn[:, 0] < kinds["target"])
    other_grows = others & (drawn[:, 1] < kinds["nontarget"])
    new = drawn[:, 2] < kinds["new"]
    nothing = ~(grows | other_grows | new)
    return grows | (nothing & targets), other_grows, new | (nothing & ~targets)
