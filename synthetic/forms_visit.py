"""The forms of each visit: date, vital signs, ECOG, examination, ECG, ejection fraction, laboratory, pregnancy."""

from __future__ import annotations

import numpy as np
import pandas as pd

from synthetic.frames import Column, Texts, make_form, yes_no
from synthetic.laboratory import LABORATORIES, TESTS, draw_results, laboratory_of
from synthetic.patients import Patients
from synthetic.streams import Floats, Ints, rounded
from synthetic.visits import C1D15, CYCLES, EOT, LATER_CYCLES, MOST, SCANS, SCR, SFU, UNPLANNED, Visits

SLOTS = 160
REASONS = ("Adverse event", "New symptoms", "Planned visit moved")
FINDINGS = ("Palpable breast mass", "Enlarged axillary lymph node", "Rash on the trunk", "Erythema of the palms")


def visit_forms(patients: Patients) -> dict[str, pd.DataFrame]:
    """SV, VS, ECOG, PE, EG, CV, LBHEM, LBCHEM, PREG by form OID."""
    visits = patients.schedule.visits
    clinic = visits.of((SCR, SCR), CYCLES, (EOT, EOT), (SFU, SFU))
    heart = _every(visits, 2)
    ejection = _every(visits, 4)
    return {
        "SV": _visit(patients, visits),
        "VS": _vital_signs(patients, clinic),
        "ECOG": _ecog(patients, clinic),
        "PE": _examination(patients, clinic),
        "EG": _ecg(patients, heart),
        "CV": _ejection_fraction(patients, ejection),
        **_laboratory(patients, visits.of((SCR, SCR), (C1D15, C1D15), CYCLES, UNPLANNED, (EOT, EOT), (SFU, SFU))),
        "PREG": _pregnancy(patients, visits.of((SCR, SCR), (EOT, EOT))),
    }


def _every(visits: Visits, cycles: int) -> Visits:
    """Screening, every so many cycles, and the end of treatment."""
    chosen = visits.of((SCR, SCR), LATER_CYCLES, (EOT, EOT))
    number = chosen.word - CYCLES[0]
    planned = (chosen.word < CYCLES[0]) | (number % cycles == 0)
    return Visits(chosen.who[planned], chosen.word[planned], chosen.date[planned])


def _turn(visits: Visits) -> Ints:
    return np.asarray((np.arange(len(visits)) - np.searchsorted(visits.who, visits.who)) % SLOTS, dtype=np.int64)


def _form(patients: Patients, form: str, visits: Visits, items: dict[str, Column]) -> pd.DataFrame:
    return make_form(patients.forms[form], patients.names, visits.rows(), items)


def _visit(patients: Patients, visits: Visits) -> pd.DataFrame:
    unplanned = (visits.word >= UNPLANNED[0]) & (visits.word <= UNPLANNED[1])
    scan = (visits.word >= SCANS[0]) & (visits.word <= SCANS[0] + MOST)
    reason = patients.streams.choice("unscheduled reason", (0.8, 0.15, 0.05))[visits.who]
    items: dict[str, Column] = {
        "SVSTDAT": visits.date,
        "SVOCCUR": yes_no(np.ones(len(visits), dtype=np.bool_)),
        "SVCNTMOD": Texts(("VISIT",), np.zeros(len(visits), dtype=np.int64)),
        "SVUPDES": Texts(REASONS, np.where(unplanned & ~scan, reason, -1)),
    }
    return _form(patients, "SV", visits, items)


def _vital_signs(patients: Patients, visits: Visits) -> pd.DataFrame:
    people, streams, who, turn = patients.people, patients.streams, visits.who, _turn(visits)

    def around(name: str, mean: float, between: float, within: float) -> Floats:
        usual = mean + between * streams.normal(f"usual {name}")
        return usual[who] + within * streams.normal(f"daily {name}", SLOTS)[who, turn]

    diastolic = rounded(around("DIABP", 77, 6, 4))
    months = (visits.date - people.start[who]) / 30.4
    loss = np.clip(0.12 * streams.normal("weight change")[who] - 0.08, -0.5, 0.3) * np.clip(months, 0, 24)
    items: dict[str, Column] = {
        "VSDAT": visits.date,
        "VSTIM": _clock(patients, "VSTIM", visits),
        "SYSBP": np.maximum(rounded(around("SYSBP", 122, 9, 6)), diastolic + 18),
        "DIABP": diastolic,
        "PULSE": rounded(around("PULSE", 78, 6, 5)),
        "RESP": rounded(np.clip(around("RESP", 18, 0.8, 0.7), 12, 26)),
        "TEMP": rounded(around("TEMP", 36.5, 0.1, 0.18), 1),
        "WEIGHT": rounded(np.maximum(people.weight[who] + loss + around("WEIGHT", 0, 0, 0.5), 33), 1),
        "HEIGHT": np.where(visits.word == SCR, people.height[who], np.nan),
    }
    return _form(patients, "VS", visits, items)


def _clock(patients: Patients, name: str, visits: Visits) -> Floats:
    """Minutes after midnight, in the working hours of a hospital."""
    return np.floor(450 + 210 * patients.streams.uniform(f"clock {name}", SLOTS)[visits.who, _turn(visits)])


def _ecog(patients: Patients, visits: Visits) -> pd.DataFrame:
    people, course, who = patients.people, patients.course, visits.who
    drawn = patients.streams.uniform("ecog change", SLOTS)[who, _turn(visits)]
    worse = (visits.date >= course.progression[who]).astype(np.int64) * (drawn < 0.4)
    dying = (course.death[who] - visits.date < 60).astype(np.int64)
    other = np.select([drawn > 0.96, drawn > 0.93], [1, -1], 0) * (visits.word != SCR)
    status = np.clip(people.ecog[who] + worse + dying + other, 0, 4)
    status = np.where(visits.word == SCR, people.ecog[who], status)
    items: dict[str, Column] = {"ECOGDAT": visits.date, "ECOG101": Texts(("0", "1", "2", "3", "4"), status)}
    return _form(patients, "ECOG", visits, items)


def _examination(patients: Patients, visits: Visits) -> pd.DataFrame:
    drawn = patients.streams.uniform("examination", SLOTS)[visits.who, _turn(visits)]
    result = np.select([drawn < 0.02, drawn < 0.10], [2, 1], 0)
    what = np.floor(drawn * 4000 % 4).astype(np.int64)
    items: dict[str, Column] = {
        "PEDAT": visits.date,
        "PERES": Texts(("NORMAL", "NCS", "CS"), result),
        "PEDESC": Texts(FINDINGS, np.where(result > 0, what, -1)),
    }
    return _form(patients, "PE", visits, items)


def _ecg(patients: Patients, visits: Visits) -> pd.DataFrame:
    who, turn, streams = visits.who, _turn(visits), patients.streams
    daily = streams.normal("ECG", 2, SLOTS)
    interval = rounded(418 + 14 * streams.normal("usual QTcF")[who] + 8 * daily[who, 0, turn])
    rate = rounded(76 + 7 * streams.normal("usual ECG rate")[who] + 5 * daily[who, 1, turn])
    items: dict[str, Column] = {
        "EGDAT": visits.date,
        "EGHR": rate,
        "QTCF": interval,
        "EGINTP": Texts(("NORMAL", "NCS", "CS"), np.select([interval > 480, interval > 450], [2, 1], 0)),
    }
    return _form(patients, "EG", visits, items)


def _ejection_fraction(patients: Patients, visits: Visits) -> pd.DataFrame:
    """Below 50 % on the days of a grade 2 event, between 20 % and 39 % on those of grade 3 (CTCAE v5.0)."""
    who, turn, streams, adverse = visits.who, _turn(visits), patients.streams, patients.adverse
    drawn = streams.normal("LVEF", SLOTS)[who, turn]
    value = np.clip(rounded(64 + 3 * streams.normal("usual LVEF")[who] + 1.8 * drawn), 52, 78)
    heart = np.array([term.lab == "LVEF" for term in patients.parameters.terms.values()])[adverse.term]
    for grade, low in ((2, 41), (3, 30)):
        begins, ends = (np.full(len(patients), edge) for edge in (np.inf, -np.inf))
        chosen = heart & (adverse.grade == grade)
        begins[adverse.who[chosen]], ends[adverse.who[chosen]] = adverse.start[chosen], adverse.end[chosen]
        ill = (visits.date >= begins[who]) & (visits.date < ends[who])
        value = np.where(ill, np.clip(rounded(low + 4 + 2 * drawn), low, low + 8), value)
    items: dict[str, Column] = {
        "CVDAT": visits.date,
        "CVMETHOD": Texts(("ECHO", "MUGA"), streams.chance("MUGA", 0.03)[who].astype(np.int64)),
        "LVEF": value,
    }
    return _form(patients, "CV", visits, items)


def _laboratory(patients: Patients, visits: Visits) -> dict[str, pd.DataFrame]:
    people = patients.people
    results = draw_results(patients.parameters, people.site, visits, patients.adverse, patients.streams, SLOTS)
    place = laboratory_of(people.site)[visits.who]
    clock = _clock(patients, "LBTIM", visits)
    frames = {}
    for panel in ("LBHEM", "LBCHEM"):
        items: dict[str, Column] = {
            "LBDAT": visits.date,
            "LBTIM": clock,
            "LBNAM": Texts([name for name, _ in LABORATORIES], place),
        }
        for test in TESTS:
            if test.panel == panel:
                found = results[test.name]
                items[f"{test.name}_LBORRES"] = found.value
                items[f"{test.name}_LBORRESU"] = Texts((test.unit,), np.zeros(len(visits), dtype=np.int64))
                items[f"{test.name}_LBORNRLO"] = found.low
                items[f"{test.name}_LBORNRHI"] = found.high
                outside = (found.value < found.low) | (found.value > found.high)
                items[f"{test.name}_LBCLSIG"] = yes_no(found.significant).where(outside)
        frames[panel] = _form(patients, panel, visits, items)
    return frames


def _pregnancy(patients: Patients, visits: Visits) -> pd.DataFrame:
    people = patients.people
    able = ~people.post_menopausal & ~people.male
    chosen = able[visits.who]
    kept = Visits(visits.who[chosen], visits.word[chosen], visits.date[chosen])
    items: dict[str, Column] = {
        "PREGDAT": kept.date,
        "PREGRES": Texts(("NEGATIVE",), np.zeros(len(kept), dtype=np.int64)),
    }
    return _form(patients, "PREG", kept, items)
