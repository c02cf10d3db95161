"""The true time-to-event outcomes under each rule set of docs/synthetic.md, as ordered rules."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from synthetic.course import END_CLINICAL, END_DEATH, END_LOST, END_PD, ONGOING, REASONS, Course
from synthetic.parameters import Parameters
from synthetic.population import Population
from synthetic.recist import NA, NE, PD
from synthetic.streams import Bools, Floats, Ints

# FDA: the primary rules. POLICY: new therapy and gaps are ignored (treatment policy). SCHEDULED: planned dates in place
# of scan dates. CLINICAL: clinical progression is an event. THERAPY: new therapy is an event.
PFS_RULES = ("FDA", "POLICY", "SCHEDULED", "CLINICAL", "THERAPY")
# The date of a stop: the last dose, or the day of the decision.
TTF_RULES = ("LASTDOSE", "DECISION")


@dataclass(frozen=True)
class Rule:
    """A row of the table: the first whose condition holds gives the outcome; `code` 0 is an event."""

    number: int
    code: int
    reason: str
    holds: Bools
    date: Floats


@dataclass(frozen=True)
class Evidence:
    """What the rules look at, dates in days since 1960-01-01, infinite for never; `adequate` has one column a scan."""

    start: Floats
    has_baseline: Bools
    adequate: Floats
    progression: Floats
    death: Floats
    therapy: Floats
    withdrawal: Floats
    lost: Floats
    reason: Ints
    gap: float

    def last_before(self, day: Floats, *, same_day: bool = False) -> Floats:
        """The last adequate assessment before the day (or on it), else the start."""
        early = (self.adequate <= day[:, None]) if same_day else (self.adequate < day[:, None])
        found = np.where(early & (self.adequate < np.inf), self.adequate, -np.inf).max(axis=1)
        return np.asarray(np.maximum(found, self.start), dtype=np.float64)


def gather(parameters: Parameters, people: Population, course: Course, has_baseline: Bools) -> Evidence:
    """The evidence, with adequate meaning an overall response that is not NE."""
    overall = course.responses.overall
    return Evidence(
        people.start,
        has_baseline,
        np.where((overall != NE) & (overall != NA), response_dates(course), np.inf),
        course.progression,
        course.death,
        course.new_therapy,
        course.withdrawal,
        course.lost,
        course.reason,
        2 * parameters.imaging.interval + parameters.imaging.window,
    )


def response_dates(course: Course) -> Floats:
    """Dates of the responses: of a progression the earliest scan of its set, else the latest."""
    late = np.maximum(course.scan, course.brain_scan)
    return np.where(course.responses.overall == PD, course.scan, late)


def pfs(evidence: Evidence, rules: str) -> list[Rule]:
    """The twelve rows of the table in docs/synthetic.md, in order."""
    e = evidence
    first = np.minimum(e.progression, e.death)
    seen = (e.adequate < np.inf).any(axis=1)
    strict = rules != "POLICY"
    early_death = e.death - e.start <= e.gap if strict else e.death < np.inf
    before_therapy = (e.therapy < first) & strict
    therapy_code = 0 if rules == "THERAPY" else 3
    last_therapy = e.therapy if rules == "THERAPY" else e.last_before(e.therapy, same_day=True)
    last_event = e.last_before(first)
    gapped = (first < np.inf) & (first - last_event > e.gap) & strict
    last = e.last_before(np.full(len(first), np.inf))
    progressed = (e.progression <= e.death) & (e.progression < np.inf)
    stopped = (e.reason != ONGOING) & (e.reason != END_CLINICAL)
    return [
        Rule(1, 1, "NO BASELINE TUMOR ASSESSMENT", ~e.has_baseline & ~early_death, e.start),
        Rule(2, 2, "NO POST-BASELINE TUMOR ASSESSMENT", e.has_baseline & ~seen & ~early_death, e.start),
        Rule(3, therapy_code, "NEW ANTI-CANCER THERAPY", before_therapy, last_therapy),
        Rule(4, 4, "PROGRESSION AFTER 2 OR MORE MISSED ASSESSMENTS", progressed & gapped, last_event),
        Rule(5, 5, "DEATH AFTER 2 OR MORE MISSED ASSESSMENTS", ~progressed & gapped, last_event),
        Rule(6, 0, "DISEASE PROGRESSION", progressed, e.progression),
        Rule(7, 0, "DEATH", e.death < np.inf, e.death),
        Rule(8, 6, "WITHDRAWAL BY SUBJECT", e.withdrawal < np.inf, last),
        Rule(9, 7, "LOST TO FOLLOW-UP", e.lost < np.inf, last),
        Rule(10, 8, "NO PROGRESSION AFTER TREATMENT DISCONTINUATION", stopped, last),
        Rule(11, 9, "CLINICAL PROGRESSION ONLY", e.reason == END_CLINICAL, last),
        Rule(12, 10, "NO EVENT AT DATA CUT-OFF (ONGOING)", np.ones(len(first), dtype=np.bool_), last),
    ]


def ttf(evidence: Evidence, stop: Floats, last_dose: Floats, cut_off: float) -> list[Rule]:
    """Domain.md section 3.3, tied to pyrotinib: the first event, on one day in the order of the table."""
    e = evidence
    stopped = ~np.isin(e.reason, (ONGOING, END_PD, END_DEATH, END_LOST))
    stop = np.where(stopped, stop, np.inf)
    dates = np.column_stack([e.progression, e.death, stop, e.therapy])
    first = dates.min(axis=1)
    rules = [
        Rule(1, 0, "DISEASE PROGRESSION", (e.progression == first) & (first < np.inf), e.progression),
        Rule(2, 0, "DEATH", (e.death == first) & (first < np.inf), e.death),
    ]
    for place, reason in enumerate(REASONS):
        text = f"TREATMENT DISCONTINUATION: {reason}"
        rules.append(Rule(3, 0, text, (stop == first) & (first < np.inf) & (e.reason == place), stop))
    return [
        *rules,
        Rule(4, 0, "NEW ANTI-CANCER THERAPY", (e.therapy == first) & (first < np.inf), e.therapy),
        Rule(5, 1, "TREATMENT ONGOING", e.reason == ONGOING, np.full(len(first), cut_off)),
        Rule(6, 2, "LOST TO FOLLOW-UP", np.ones(len(first), dtype=np.bool_), last_dose),
    ]


def overall_survival(evidence: Evidence, last_alive: Floats) -> list[Rule]:
    e = evidence
    return [
        Rule(1, 0, "DEATH", e.death < np.inf, e.death),
        Rule(2, 2, "LOST TO FOLLOW-UP", e.lost < np.inf, last_alive),
        Rule(3, 3, "WITHDRAWAL BY SUBJECT", e.withdrawal < np.inf, last_alive),
        Rule(4, 1, "ALIVE", np.ones(len(last_alive), dtype=np.bool_), last_alive),
    ]


def decide(rules: list[Rule], start: Floats) -> pd.DataFrame:
    """RULE, CNSR, EVENT, REASON, START, DATE of each subject: the first rule that holds."""
    place = np.select([rule.holds for rule in rules], list(range(len(rules))))
    code = np.array([rule.code for rule in rules])[place]
    date = np.select([place == turn for turn in range(len(rules))], [rule.date for rule in rules])
    return pd.DataFrame(
        {
            "RULE": np.array([rule.number for rule in rules])[place],
            "CNSR": code,
            "EVENT": (code == 0).astype(np.int64),
            "REASON": pd.array([rule.reason for rule in rules], dtype="string[pyarrow]").take(place),
            "START": start,
            "DATE": date,
        }
    )


def planned_dates(date: Floats, course: Course) -> Floats:
    """Scan dates turned into the planned dates of their assessments; other dates stay."""
    same = response_dates(course) == date[:, None]
    planned = course.due[np.arange(len(date)), same.argmax(axis=1)]
    return np.where(same.any(axis=1), planned, date)
