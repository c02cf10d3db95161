"""Laboratory values: usual for the patient, and in the range of the CTCAE grade while an event moves the test."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.special import ndtr

from synthetic.adverse import Adverse
from synthetic.parameters import Parameters
from synthetic.streams import Bools, Floats, Ints, Streams, rounded
from synthetic.visits import Visits


@dataclass(frozen=True)
class Test:
    """A test with its normal range, and the limits of CTCAE v5.0 grades 1 to 4 away from the range.

    `limits` are the worst values of grade 1, 2, 3 and 4 in the unit of the test, or multiples of the upper limit.
    """

    name: str
    panel: Literal["LBHEM", "LBCHEM"]
    unit: str
    low: float
    high: float
    decimals: int
    limits: tuple[float, ...] = ()
    times: bool = False


TESTS = (
    Test("WBC", "LBHEM", "10^9/L", 3.5, 9.5, 2, (3.0, 2.0, 1.0, 0.4)),
    Test("NEUT", "LBHEM", "10^9/L", 1.8, 6.3, 2, (1.5, 1.0, 0.5, 0.1)),
    Test("LYM", "LBHEM", "10^9/L", 1.1, 3.2, 2),
    Test("HGB", "LBHEM", "g/L", 115, 150, 0, (100, 80, 65, 50)),
    Test("PLAT", "LBHEM", "10^9/L", 125, 350, 0, (75, 50, 25, 8)),
    Test("ALT", "LBCHEM", "U/L", 7, 40, 0, (3, 5, 20, 28), True),
    Test("AST", "LBCHEM", "U/L", 13, 35, 0, (3, 5, 20, 28), True),
    Test("BILI", "LBCHEM", "umol/L", 3.4, 20.5, 1, (1.5, 3, 10, 14), True),
    Test("ALP", "LBCHEM", "U/L", 50, 135, 0),
    Test("ALB", "LBCHEM", "g/L", 40, 55, 1),
    Test("CREAT", "LBCHEM", "umol/L", 41, 81, 0, (1.5, 3, 6, 8), True),
    Test("UREA", "LBCHEM", "mmol/L", 2.6, 7.5, 1),
    Test("GLUC", "LBCHEM", "mmol/L", 3.9, 6.1, 1),
    Test("TRIG", "LBCHEM", "mmol/L", 0.5, 1.7, 2, (3.42, 5.7, 11.4, 15.0)),
    Test("SODIUM", "LBCHEM", "mmol/L", 137, 147, 0),
    Test("K", "LBCHEM", "mmol/L", 3.5, 5.3, 1, (3.0, 3.0, 2.5, 2.1)),
    Test("CA", "LBCHEM", "mmol/L", 2.11, 2.52, 2),
)
# Between subjects, and from day to day, as shares of the width of the normal range.
BETWEEN, WITHIN = 0.16, 0.10
# Laboratories that differ in their ranges: the shift of the limits in per cent; a site has one laboratory.
LABORATORIES = (
    ("Central Hospital Laboratory", 0.0),
    ("Clinical Laboratory Center", 4.0),
    ("Department of Laboratory Medicine", -3.0),
)


@dataclass(frozen=True)
class Results:
    """Values and normal range of a test at each visit of `visits`."""

    value: Floats
    low: Floats
    high: Floats
    significant: Bools


def laboratory_of(site: Ints) -> Ints:
    return np.asarray(site % len(LABORATORIES), dtype=np.int64)


def draw_results(
    parameters: Parameters, site: Ints, visits: Visits, adverse: Adverse, streams: Streams, slots: int
) -> dict[str, Results]:
    """Results by test at visits sorted by subject and date; `slots` is the most visits a subject can have."""
    active = {name: _active_grade(parameters, name, visits, adverse) for name in {test.name for test in TESTS}}
    turn = np.arange(len(visits)) - np.searchsorted(visits.who, visits.who)
    shift = np.array([shift for _, shift in LABORATORIES])[laboratory_of(site)]
    results = {}
    for test in TESTS:
        usual = streams.normal(f"usual {test.name}")
        daily = streams.normal(f"daily {test.name}", slots)[visits.who, turn % slots]
        low, high = (rounded(limit * (1 + shift[visits.who] / 100), test.decimals) for limit in (test.low, test.high))
        value = (low + high) / 2 + (high - low) * (BETWEEN * usual[visits.who] + WITHIN * daily)
        value = np.maximum(value, 0.3 * low)
        grade = active[test.name]
        value = np.where(grade > 0, _graded(test, np.maximum(grade, 1), ndtr(daily), low, high), value)
        results[test.name] = Results(rounded(value, test.decimals), low, high, grade >= 2)
    return _consistent_counts(results, active)


def _active_grade(parameters: Parameters, name: str, visits: Visits, adverse: Adverse) -> Ints:
    """The grade of the adverse event that moves the test on the day of each visit, 0 for none."""
    moving = np.array([term.lab == name for term in parameters.terms.values()])
    chosen = moving[adverse.term] & (adverse.grade <= 4)
    grade = np.zeros(len(visits), dtype=np.int64)
    when = visits.who * 1e6 + visits.date
    first = np.searchsorted(when, adverse.who[chosen] * 1e6 + adverse.start[chosen], side="left")
    after = np.searchsorted(when, adverse.who[chosen] * 1e6 + adverse.end[chosen], side="left")
    rows = np.repeat(first, after - first) + _counted(after - first)
    np.maximum.at(grade, rows, np.repeat(adverse.grade[chosen], after - first))
    return grade


def _counted(lengths: Ints) -> Ints:
    """0 .. length - 1 for each length, in one row."""
    ends = np.cumsum(lengths)
    return np.arange(ends[-1] if len(ends) else 0) - np.repeat(ends - lengths, lengths)


def _graded(test: Test, grade: Ints, place: Floats, low: Floats, high: Floats) -> Floats:
    """A value inside the range of the grade, `place` of the way through it."""
    limits = np.array(test.limits or (test.high,) * 4)
    worst = limits[grade - 1] * (high if test.times else 1.0)
    falls = not test.times and test.limits != () and test.limits[0] < test.low
    edge = low if falls else high
    milder = np.where(grade == 1, edge, limits[np.maximum(grade - 2, 0)] * (high if test.times else 1.0))
    # Grades 1 and 2 of a low potassium share one range.
    milder = np.where(milder == worst, edge, milder)
    return milder + (worst - milder) * (0.1 + 0.8 * place)


def _consistent_counts(results: dict[str, Results], active: dict[str, Ints]) -> dict[str, Results]:
    """Leukocytes hold neutrophils and lymphocytes: what was not drawn for an event follows from the others."""
    white, neutrophils, lymphocytes = (results[name] for name in ("WBC", "NEUT", "LYM"))
    rest = 0.35
    lead = active["WBC"] > 0
    share = np.where(lead & (active["NEUT"] == 0), np.maximum(white.value * 0.6, 0.1), neutrophils.value)
    neut = rounded(np.where(lead, np.minimum(share, white.value * 0.8), neutrophils.value), 2)
    neut = np.where(active["NEUT"] > 0, neutrophils.value, neut)
    lym = rounded(np.where(lead, np.maximum(white.value - neut, 0.1) * 0.75, lymphocytes.value), 2)
    total = rounded(np.where(lead, np.maximum(white.value, neut + lym), neut + lym + rest), 2)
    results["NEUT"] = Results(neut, neutrophils.low, neutrophils.high, neutrophils.significant)
    results["LYM"] = Results(lym, lymphocytes.low, lymphocytes.high, lymphocytes.significant)
    results["WBC"] = Results(total, white.low, white.high, white.significant)
    return results
