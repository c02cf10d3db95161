"""The dosing logs: pyrotinib with its interruptions, capecitabine by cycle, fulvestrant by injection, other drugs."""

from __future__ import annotations

import numpy as np
import pandas as pd

from synthetic.adverse import Adverse, running_number
from synthetic.course import END_AE, ONGOING
from synthetic.frames import Column, Rows, Texts, constant, make_form, yes_no
from synthetic.patients import Patients
from synthetic.streams import Bools, Floats, Ints
from synthetic.visits import CYCLES

ADJUST = ("NONE", "REDUCED", "INTERRUPTED", "STOPPED")
CAUSES = ("AE", "SUBJECT", "OTHER", "PLAN")
CAPECITABINE = (1000.0, 750.0, 500.0)
CAPECITABINE_DAYS = 14
FULVESTRANT = 500.0
INJECTIONS = 70


def treatment_forms(patients: Patients) -> dict[str, pd.DataFrame]:
    """ECPYR, and of ECCAP, ECFUL, ECOTH those that the study has."""
    builders = {"ECPYR": _pyrotinib, "ECCAP": _capecitabine, "ECFUL": _fulvestrant, "ECOTH": _others}
    return {name: build(patients) for name, build in builders.items() if name in patients.forms}


def log_rows(who: Ints) -> Rows:
    """Records of a running log, numbered within the subject."""
    return Rows(who, constant("LOG", len(who)), np.full(len(who), np.nan), row_rep=running_number(who))


def _pyrotinib(patients: Patients) -> pd.DataFrame:
    """Alternating periods: taken at one dose, then not taken, then taken again; the truth of what was swallowed."""
    doses, people, course = patients.biology.doses, patients.people, patients.course
    begin, last = people.first_dose[:, None], course.last_dose[:, None]
    pause, resume = begin + doses.pause, begin + doses.resume
    first = np.column_stack([people.first_dose, resume])
    final = np.minimum(np.column_stack([pause - 1, np.full(len(people), np.inf)]), last)
    level = np.column_stack([doses.start_dose, doses.dose])
    before = np.column_stack([doses.start_dose, doses.start_dose, doses.dose[:, :-1]])[:, : level.shape[1]]
    taken = (first <= final) & ~people.failed[:, None]
    off = (pause <= last) & (doses.pause < np.inf) & ~people.failed[:, None]
    who, turn = np.nonzero(taken)
    idle, step = np.nonzero(off)
    numbers = _event_numbers(patients.adverse, len(patients.biology.events))
    cause = np.where(doses.event[idle, step] >= 0, numbers[doses.event[idle, step]], 0)
    lowered = (turn > 0) & (level[who, turn] < before[who, turn])
    open_end = (course.reason[who] == ONGOING) & (final[who, turn] == course.last_dose[who])
    open_idle = (course.reason[idle] == ONGOING) & (resume[idle, step] > course.last_dose[idle])
    everyone = np.concatenate([who, idle])
    start = np.concatenate([first[who, turn], pause[idle, step]])
    end = np.concatenate([final[who, turn], np.minimum(resume[idle, step] - 1, course.last_dose[idle])])
    order = np.lexsort((start, everyone))
    nothing = np.full(len(idle), np.nan)
    changed = np.concatenate([np.where(lowered, 1, 0), np.full(len(idle), 2)])
    going = np.concatenate([open_end, open_idle])
    columns: dict[str, Column] = {
        "ECSTDAT": start,
        "ECENDAT": np.where(going, np.nan, end),
        "ECONGO": yes_no(going),
        "ECOCCUR": yes_no(np.concatenate([np.ones(len(who), dtype=np.bool_), np.zeros(len(idle), dtype=np.bool_)])),
        "ECDOSE": np.concatenate([level[who, turn], nothing]),
        "ECDOSU": Texts(("mg",), np.concatenate([np.zeros(len(who), dtype=np.int64), np.full(len(idle), -1)])),
        "ECDOSFRQ": Texts(("QD",), np.concatenate([np.zeros(len(who), dtype=np.int64), np.full(len(idle), -1)])),
        "ECDOSADJ": Texts(ADJUST, changed),
        "ECADJ": Texts(CAUSES, np.where(changed > 0, 0, -1)),
        "ECAENO": np.concatenate([np.full(len(who), np.nan), np.where(cause > 0, cause, np.nan)]),
    }
    return _log(patients, "ECPYR", everyone[order], _ordered(columns, order))


def _ordered(columns: dict[str, Column], order: Ints) -> dict[str, Column]:
    return {
        name: value.take(order) if isinstance(value, Texts) else np.asarray(value, dtype=np.float64)[order]
        for name, value in columns.items()
    }


def _log(patients: Patients, form: str, who: Ints, items: dict[str, Column]) -> pd.DataFrame:
    return make_form(patients.forms[form], patients.names, log_rows(who), items)


def _event_numbers(adverse: Adverse, candidates: int) -> Ints:
    """The number on the page of each event that could have come, 0 where it was not recorded."""
    numbers = np.zeros(candidates + 1, dtype=np.int64)
    known = adverse.candidate >= 0
    numbers[adverse.candidate[known]] = adverse.number[known]
    return numbers


def _paused(patients: Patients, drug: str, who: Ints, day: Floats) -> tuple[Bools, Ints]:
    """Whether an event of the drug is active on the day, and how many came before it."""
    adverse = patients.adverse
    terms = list(patients.parameters.terms.values())
    mine = np.array([term.drug == drug for term in terms])
    least = np.array([term.modifies for term in terms])
    acts = mine[adverse.term] & (adverse.grade >= least[adverse.term])
    owner, start, end = adverse.who[acts], adverse.start[acts], adverse.end[acts]
    key = owner * 1e6 + start
    earlier = np.searchsorted(key, who * 1e6 + day, side="right")
    count = earlier - np.searchsorted(owner, who, side="left")
    previous = np.maximum(earlier - 1, 0)
    active = (count > 0) & (end[previous] > day) if len(end) else np.zeros(len(who), dtype=np.bool_)
    return active, count


def _capecitabine(patients: Patients) -> pd.DataFrame:
    """Days 1 to 14 of each cycle that began; 75 % and 50 % of the dose after severe events, no dose while one lasts."""
    visits = patients.schedule.visits.of(CYCLES)
    chosen = patients.has_drug("capecitabine")[visits.who]
    who, start = visits.who[chosen], visits.date[chosen]
    active, events = _paused(patients, "capecitabine", who, start)
    level = np.minimum(np.where(active, events - 1, events), 3)
    kept = level < 3
    who, start, active, level = who[kept], start[kept], active[kept], np.minimum(level[kept], 2)
    end = np.minimum(start + CAPECITABINE_DAYS - 1, patients.course.last_dose[who])
    same = np.concatenate([[False], who[1:] == who[:-1]])
    lowered = same & np.concatenate([[False], level[1:] > level[:-1]])
    given = np.where(active, -1, 0)
    items: dict[str, Column] = {
        "ECSTDAT": start,
        "ECENDAT": end,
        "ECOCCUR": yes_no(~active),
        "ECDOSE": np.where(active, np.nan, np.array(CAPECITABINE)[level]),
        "ECDOSU": Texts(("mg/m2",), given),
        "ECDOSFRQ": Texts(("BID",), given),
        "ECDOSADJ": Texts(ADJUST, np.select([active, lowered], [2, 1], 0)),
        "ECADJ": Texts(CAUSES, np.where(active | lowered, 0, -1)),
    }
    return _log(patients, "ECCAP", who, items)


def _fulvestrant(patients: Patients) -> pd.DataFrame:
    """500 mg on days 1, 15, 29 and every 28 days: a calendar of its own beside the 21-day cycles."""
    streams, people = patients.streams, patients.people
    planned = np.array([0, 14, *(28 * np.arange(1, INJECTIONS - 1))])
    shift = np.round((streams.uniform("injection day", INJECTIONS) * 2 - 1) * 3)
    shift[:, :2] = 0
    date = people.first_dose[:, None] + planned + shift
    due = (date <= patients.course.last_dose[:, None]) & (patients.has_drug("fulvestrant") & ~people.failed)[:, None]
    who, turn = np.nonzero(due)
    given = streams.uniform("injection given", INJECTIONS)[who, turn] >= 0.015
    given |= turn == 0
    drawn = streams.uniform("injection reason", INJECTIONS)[who, turn]
    place = np.where(given, 0, -1)
    items: dict[str, Column] = {
        "ECSTDAT": date[who, turn],
        "ECSTTIM": np.where(given, np.floor(480 + 480 * drawn), np.nan),
        "ECOCCUR": yes_no(given),
        "ECDOSE": np.where(given, FULVESTRANT, np.nan),
        "ECDOSU": Texts(("mg",), place),
        "ECDOSFRQ": Texts(("ONCE",), place),
        "ECADJ": Texts(CAUSES, np.where(given, -1, np.floor(drawn * 3).astype(np.int64))),
    }
    return _log(patients, "ECFUL", who, items)


def _others(patients: Patients) -> pd.DataFrame:
    """One record a drug given with pyrotinib: to the end of treatment, or for its planned cycles."""
    partners = list(patients.parameters.partners.values())
    names = list(patients.parameters.partners)
    takes = np.column_stack([patients.has_drug(name) for name in names]) & ~patients.people.failed[:, None]
    who, drug = np.nonzero(takes)
    course, first = patients.course, patients.people.first_dose
    lasting = np.array([one.cycles * one.every if one.cycles else np.inf for one in partners])[drug]
    planned = first[who] + lasting - 1
    end = np.minimum(planned, course.last_dose[who])
    going = (course.reason[who] == ONGOING) & (planned > course.last_dose[who])
    offsets = np.cumsum([0, *(len(one.names) for one in partners)])[:-1]
    lengths = np.array([len(one.names) for one in partners])
    drawn = patients.streams.uniform("partner name", 8)[who, drug % 8]
    reason = np.where(planned <= course.last_dose[who], 3, np.where(course.reason[who] == END_AE, 0, 2))
    items: dict[str, Column] = {
        "ECTRT": Texts(
            [name for one in partners for name in one.names],
            offsets[drug] + np.floor(drawn * lengths[drug]).astype(np.int64),
        ),
        "ECSTDAT": first[who],
        "ECENDAT": np.where(going, np.nan, end),
        "ECONGO": yes_no(going),
        "ECDOSE": np.array([one.dose for one in partners])[drug],
        "ECDOSU": Texts([one.unit for one in partners], drug),
        "ECFREQ": Texts([f"every {one.every} days" if one.every > 1 else "daily" for one in partners], drug),
        "ECREAS": Texts(CAUSES, np.where(going, -1, reason)),
    }
    return _log(patients, "ECOTH", who, items)
