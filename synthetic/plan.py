"""Who is screened, where and when, who fails screening and which arm the others get.

The one step that looks at all subjects: numbers at a site, screening failures and permuted blocks depend on who came
before. It holds a few small arrays for the whole study; everything after it is subject by subject.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from synthetic.parameters import Parameters
from synthetic.population import draw_line, draw_visceral
from synthetic.streams import Bools, Floats, Ints, Streams

DAYS_PER_MONTH = 30.4375
# Every site opens with its own speed: the sizes repeat in this pattern.
SITE_SIZES = (5, 3, 2, 2, 1, 1)


@dataclass(frozen=True)
class Plan:
    """Arrays over all screened subjects, in order of screening; `arm` is -1 where nobody was randomised."""

    site: Ints
    number: Ints
    consent: Floats
    failed: Bools
    arm: Ints
    cohort_size: int

    def __len__(self) -> int:
        return len(self.site)


def plan_study(parameters: Parameters, enrolled: int, seed: int) -> Plan:
    """The plan of a study with `enrolled` subjects and the screening failures on top.

    Up to the planned number, the subjects spread over the accrual period. A larger number repeats the study with new
    patients, cohort after cohort over the same calendar, so that the share of follow-up stays what it is.
    """
    size = min(enrolled, parameters.enrolment.subjects)
    failures = round(size * parameters.enrolment.screen_failures)
    cohorts = -(-enrolled // size)
    total = cohorts * (size + failures)
    streams = Streams(seed, 0, total)
    failed = _failed(streams.uniform("screening").reshape(cohorts, size + failures), failures)
    total = int(np.searchsorted(np.cumsum(~failed), enrolled)) + 1 if failures == 0 or cohorts > 1 else total
    failed = failed[:total]
    site, number = _sites(parameters.enrolment.sites, total)
    consent = _consent(streams.uniform("consent")[:total], parameters, size + failures)
    arm = _arms(parameters, seed, failed)
    return Plan(site, number, consent, failed, arm, size + failures)


def _failed(drawn: Floats, failures: int) -> Bools:
    """Exactly `failures` of each cohort fail screening."""
    ranks = np.argsort(np.argsort(drawn, axis=1), axis=1)
    return np.asarray(ranks < failures, dtype=np.bool_).reshape(-1)


def _sites(sites: int, total: int) -> tuple[Ints, Ints]:
    """Sites from 1 with running numbers from 1, as a pattern that repeats."""
    sizes = np.resize(SITE_SIZES, sites)
    pattern = np.repeat(np.arange(sites), sizes)
    # A fixed shuffle: neighbours in time come from different sites.
    pattern = pattern[np.argsort((np.arange(len(pattern)) * 0.6180339887498949) % 1.0, kind="stable")]
    earlier = np.array([np.count_nonzero(pattern[:place] == pattern[place]) for place in range(len(pattern))])
    turn, place = np.divmod(np.arange(total), len(pattern))
    return (pattern[place] + 1).astype(np.int64), (turn * sizes[pattern[place]] + earlier[place] + 1).astype(np.int64)


def _consent(drawn: Floats, parameters: Parameters, cohort: int) -> Floats:
    """Dates of consent in order of screening; accrual counts from start of the study to its last start of treatment."""
    span = parameters.enrolment.accrual_months * DAYS_PER_MONTH - parameters.enrolment.consent_to_start - 14
    place = (np.arange(len(drawn)) % cohort + drawn) / cohort
    return np.floor(parameters.enrolment.start + place * span)


def _arms(parameters: Parameters, seed: int, failed: Bools) -> Ints:
    """Permuted blocks within strata (visceral metastasis, previous lines), in order of screening."""
    arms = len(parameters.enrolment.arms)
    arm = np.full(len(failed), -1, dtype=np.int64)
    if arms == 0:
        return arm
    streams = Streams(seed, 0, len(failed))
    stratum = draw_visceral(streams, parameters) * 1 + draw_line(streams, parameters) * 2
    stratum[failed] = -1
    for value in range(4):
        members = np.flatnonzero(stratum == value)
        size = parameters.enrolment.block
        blocks = -(-len(members) // size)
        order = np.argsort(Streams(seed, 0, blocks).uniform(f"randomisation {value}", size), axis=1)
        arm[members] = (order % arms).reshape(-1)[: len(members)]
    return arm
