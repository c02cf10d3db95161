"""The forms of screening and of the start: consent, demography, eligibility, randomisation, medical history."""

from __future__ import annotations

import numpy as np
import pandas as pd

from synthetic.frames import Column, Rows, Texts, constant, make_form, yes_no
from synthetic.history import CONDITIONS, RESOLVES
from synthetic.patients import Patients
from synthetic.streams import Ints
from synthetic.visits import CYCLE, SCR, WORDS

ISSUES = ("INCL06", "EXCL02", "INCL03", "EXCL04", "INCL02")


def baseline_forms(patients: Patients) -> dict[str, pd.DataFrame]:
    """ICF, DM, IE, RAND or REGI, MH by form OID."""
    frames = {name: _once(patients, name, items) for name, items in _screening(patients).items()}
    started = patients.enrolled
    for name, items in (("RAND", _randomised), ("REGI", _planned)):
        if name in patients.forms:
            frames[name] = _once(patients, name, items(patients, started), started, CYCLE + 1)
    frames["MH"] = _medical_history(patients)
    return frames


def _once(
    patients: Patients, form: str, items: dict[str, Column], who: Ints | None = None, word: int = SCR
) -> pd.DataFrame:
    """A form with one record a subject, at screening or at the first dose."""
    who = np.arange(len(patients)) if who is None else who
    date = patients.people.consent if word == SCR else patients.people.first_dose
    rows = Rows(who, Texts(WORDS, np.full(len(who), word)), date[who])
    return make_form(patients.forms[form], patients.names, rows, items)


def _screening(patients: Patients) -> dict[str, dict[str, Column]]:
    people, count, streams = patients.people, len(patients), patients.streams
    women = np.where(people.post_menopausal, 1, 0)
    known = [code for item in patients.forms["IE"].items if item.oid == "IETESTCD" for code, _, _ in item.codes]
    criteria = [code for code in ISSUES if code in known]
    failed = streams.choice("criterion", (1.0,) * len(criteria))
    return {
        "ICF": {"RFICDAT": people.consent, "ICVERS": Texts(("V2.0", "V3.0"), streams.choice("version", (0.7, 0.3)))},
        "DM": {
            "BRTHDAT": people.birth,
            "AGE": people.age,
            "AGEU": constant("YEARS", count),
            "SEX": Texts(("F", "M"), people.male.astype(np.int64)),
            "RACE": constant("ASIAN", count),
            "ETHNIC": Texts(("OTHER", "HAN"), people.han.astype(np.int64)),
            "MENOSTAT": Texts(("PRE", "POST", "NA"), np.where(people.male, 2, women)),
        },
        "IE": {
            "IEDAT": np.minimum(people.start, people.consent + np.floor(8 * streams.uniform("eligibility"))),
            "IEYN": yes_no(~people.failed),
            "IETESTCD": Texts(criteria, np.where(people.failed, failed, -1)),
        },
    }


def _randomised(patients: Patients, who: Ints) -> dict[str, Column]:
    people = patients.people
    visceral = people.organs["LIVER"] | people.organs["LUNG"]
    numbers = pd.Series(patients.streams.first + who + 1).astype(str).str.zfill(5)
    return {
        "RANDNO": Texts(("R" + numbers).tolist(), np.arange(len(who))),
        "RANDDAT": people.start[who],
        "RANDARM": Texts(tuple(one.code for one in patients.parameters.regimens.values()), people.regimen[who]),
        "STRAT1": yes_no(visceral[who]),
        "STRAT2": Texts(tuple(patients.parameters.disease.line), people.line[who]),
    }


def _planned(patients: Patients, who: Ints) -> dict[str, Column]:
    people = patients.people
    return {
        "ENRDAT": people.start[who],
        "REGIMEN": Texts(tuple(one.code for one in patients.parameters.regimens.values()), people.regimen[who]),
        "LINE": Texts(tuple(patients.parameters.disease.line), people.line[who]),
        "STDOSE": patients.biology.doses.start_dose[who],
    }


def _medical_history(patients: Patients) -> pd.DataFrame:
    people, history = patients.people, patients.history
    who, condition = np.nonzero(history.has)
    over = np.isin(np.array([name for name, _, _ in CONDITIONS])[condition], RESOLVES)
    words = [name for name, _, _ in CONDITIONS] + [name for _, name, _ in CONDITIONS]
    began = history.since[who, condition]
    items: dict[str, Column] = {
        "MHTERM": Texts(words, condition + len(CONDITIONS) * patients.writes_chinese[who]),
        "MHSTDAT": began,
        "MHONGO": yes_no(~over),
        "MHENDAT": np.where(over, began + 7, np.nan),
    }
    screening = Texts(WORDS, np.full(len(who), SCR))
    rows = Rows(who, screening, people.consent[who], row_rep=history.number[who, condition])
    return make_form(patients.forms["MH"], patients.names, rows, items)
