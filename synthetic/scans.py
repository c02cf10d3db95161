"""When a patient is scanned, and what the scans measure: diameters on growth curves, in whole millimetres."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from synthetic.lesions import INVISIBLE, IS_NODE, OTHER_ORGANS, TARGET_ORGANS, TOO_SMALL, Lesions
from synthetic.parameters import Parameters
from synthetic.population import Population
from synthetic.streams import Bools, Floats, Ints, Streams
from synthetic.survival import Fate

ABSENT, PRESENT, PROGRESSION = 0, 1, 2
SMALLEST_NODE = 4.0


@dataclass(frozen=True)
class Calendar:
    """Scans after baseline, shape (subjects, assessments): days since the start; `missed` ones are due but not done."""

    day: Floats
    missed: Bools
    unscheduled: Bools
    baseline: Floats
    has_baseline: Bools


@dataclass(frozen=True)
class Findings:
    """What the scans show. Shape (subjects, slots, assessments), or (subjects, assessments) for new lesions.

    `value` counts for the sum (5 for a lesion too small to measure); a lesion not evaluable is NaN; `other` is ABSENT,
    PRESENT or PROGRESSION, or -1 where not evaluable.
    """

    base: Floats
    value: Floats
    small: Bools
    other: Ints
    new: Bools


def assessments(parameters: Parameters) -> int:
    """How many scans the longest follow-up has room for."""
    days = parameters.cut_off - parameters.enrolment.start
    return int(days // parameters.imaging.interval) + 1


def draw_calendar(parameters: Parameters, people: Population, fate: Fate, streams: Streams) -> Calendar:
    """Every `interval` days within the window; some are missed, some patients miss many, a few scans come unplanned."""
    imaging, count = parameters.imaging, assessments(parameters)
    jitter = np.clip(np.round(imaging.jitter * streams.normal("scan day", count)), -imaging.window, imaging.window)
    day = imaging.interval * np.arange(1, count + 1) + jitter
    poor = streams.chance("poor attender", imaging.poor_attender)[:, None]
    missed = streams.uniform("missed", count) < np.where(poor, imaging.missed_by_poor, imaging.missed)
    # A patient with symptoms is scanned between two planned dates.
    early = np.ceil(fate.progression + 3 + 7 * streams.uniform("unscheduled day"))
    turn = np.sum(day < early[:, None], axis=1)
    asked = streams.chance("unscheduled scan", imaging.unscheduled) & (turn < count)
    place = np.minimum(turn, count - 1)
    rows = np.arange(len(people))
    asked &= (day[rows, place] - early > imaging.window) & (early > imaging.interval * turn)
    day[rows[asked], place[asked]] = early[asked]
    missed[rows[asked], place[asked]] = False
    unscheduled = np.zeros_like(missed)
    unscheduled[rows[asked], place[asked]] = True
    baseline = people.start - 1 - np.floor(streams.uniform("baseline scan") * imaging.baseline_days)
    baseline = np.maximum(baseline, people.consent)
    return Calendar(day, missed, unscheduled, baseline, ~streams.chance("no baseline", imaging.no_baseline))


def measure(parameters: Parameters, fate: Fate, lesions: Lesions, calendar: Calendar, streams: Streams) -> Findings:
    """Diameters and states at each scan, whether or not it is done in the end."""
    day = calendar.day
    true = growth(parameters, fate, lesions, day)
    noise = parameters.response.noise * streams.normal("measurement", len(TARGET_ORGANS), day.shape[1])
    seen = np.round(np.maximum(true * (1 + noise), 0.0))
    node = IS_NODE[None, :, None]
    seen = np.where(node, np.maximum(seen, SMALLEST_NODE), np.where(true < INVISIBLE, 0.0, seen))
    small = ~node & (seen > 0) & (seen < TOO_SMALL)
    blurred = streams.uniform("not evaluable", len(TARGET_ORGANS), day.shape[1]) < parameters.imaging.not_evaluable
    value = np.where(blurred | ~lesions.target[:, :, None], np.nan, np.where(small, TOO_SMALL, seen))
    progressed = day >= fate.progression[:, None]
    other = np.where(day[:, None, :] >= lesions.gone[:, :, None], ABSENT, PRESENT)
    # The first non-target lesion is the one that grows.
    first = lesions.other & (np.cumsum(lesions.other, axis=1) == 1) & lesions.other_grows[:, None]
    other = np.where(first[:, :, None] & progressed[:, None, :], PROGRESSION, other)
    unclear = streams.uniform("other unclear", len(OTHER_ORGANS), day.shape[1]) < parameters.imaging.not_evaluable
    new = progressed & (lesions.new.sum(axis=1) > 0)[:, None]
    base = np.where(lesions.target, lesions.diameter, np.nan)
    return Findings(base, value, small & ~blurred, np.where(unclear & (other != PROGRESSION), -1, other), new)


def growth(parameters: Parameters, fate: Fate, lesions: Lesions, day: Floats) -> Floats:
    """True diameters in mm: shrinkage with a half-life, then exponential regrowth.

    The regrowth is scaled so that at the day of progression the sum stands 24 % (at least 7 mm) above its lowest point,
    which makes RECIST progression (20 %, 5 mm) show at the next scan.
    """
    kept = 1 - lesions.shrinks[:, :, None] * (1 - 0.5 ** (day / lesions.half_life[:, None])[:, None, :])
    shrunken = lesions.diameter[:, :, None] * kept
    lowest = np.sum(np.where(lesions.target, lesions.diameter * (1 - lesions.shrinks), 0.0), axis=1)
    wanted = np.maximum(0.24 * lowest, 7.0) * lesions.grows
    speed = np.log(2) / parameters.response.doubling
    since = np.clip(day - (fate.progression - lesions.lead)[:, None], 0, 1000)
    regrown = np.expm1(speed * since) / np.expm1(speed * np.maximum(lesions.lead, 1.0))[:, None]
    return np.asarray(
        shrunken + lesions.regrowth[:, :, None] * (wanted[:, None] * regrown)[:, None, :], dtype=np.float64
    )
