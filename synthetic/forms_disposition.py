"""The end of treatment, follow-up, subsequent therapy, death, end of study and protocol deviations."""

from __future__ import annotations

import numpy as np
import pandas as pd

from synthetic.adverse import running_number
from synthetic.course import END_AE, END_CLINICAL, REASONS
from synthetic.forms_treatment import log_rows
from synthetic.frames import Column, Rows, Texts, constant, make_form, yes_no
from synthetic.patients import Patients
from synthetic.streams import Ints
from synthetic.visits import SFU

SUBSEQUENT = (
    ("Trastuzumab deruxtecan", 1),
    ("T-DM1", 1),
    ("Trastuzumab + vinorelbine", 1),
    ("Capecitabine", 0),
    ("Gemcitabine + carboplatin", 0),
    ("Letrozole", 2),
    ("Lapatinib + capecitabine", 1),
)
CLASSES = ("CHEMO", "HER2", "ENDO")
EOS_REASONS = ("DEATH", "SUBJECT", "LOST", "SCREEN")
DETERMINED_AFTER = 84
DEVIATIONS = (
    ("VISIT", "Visit outside its window", 0.06, 1),
    ("DOSE", "Wrong number of tablets taken", 0.04, 1),
    ("ELIG", "Screening examination older than allowed", 0.02, 1),
    ("ELIG", "Inclusion criterion not met", 0.012, 0),
    ("MED", "Prohibited traditional medicine taken", 0.02, 0),
)


def disposition_forms(patients: Patients) -> dict[str, pd.DataFrame]:
    """EOT, SFU, SURV, NACT, DEATH, EOS and DV by form OID."""
    return {
        "EOT": _end_of_treatment(patients),
        "SFU": _safety_visit(patients),
        "SURV": _survival(patients),
        "NACT": _subsequent(patients),
        "DEATH": _death(patients),
        "EOS": _end_of_study(patients),
        "DV": _deviations(patients),
    }


def _end_of_treatment(patients: Patients) -> pd.DataFrame:
    course = patients.course
    who = np.flatnonzero(patients.schedule.eot < np.inf)
    reason = course.reason[who]
    number = patients.adverse.stop_number[who]
    items: dict[str, Column] = {
        "EOTDAT": course.decision[who],
        "EXENDAT": course.last_dose[who],
        "EOTREAS": Texts(REASONS, reason),
        "EOTAENO": np.where((reason == END_AE) & (number > 0), number, np.nan),
        "CLINPDDT": np.where(reason == END_CLINICAL, course.clinical[who], np.nan),
    }
    rows = Rows(who, constant("EOT", len(who)), patients.schedule.eot[who])
    return make_form(patients.forms["EOT"], patients.names, rows, items)


def _safety_visit(patients: Patients) -> pd.DataFrame:
    visits = patients.schedule.visits.of((SFU, SFU))
    fresh = np.zeros(len(patients), dtype=np.bool_)
    late = patients.adverse.start > patients.schedule.eot[patients.adverse.who]
    fresh[patients.adverse.who[late]] = True
    items: dict[str, Column] = {"SFUDAT": visits.date, "SFUNEWAE": yes_no(fresh[visits.who])}
    return make_form(patients.forms["SFU"], patients.names, visits.rows(), items)


def _survival(patients: Patients) -> pd.DataFrame:
    contacts, course = patients.schedule.contacts, patients.course
    dead = contacts.date >= course.death[contacts.who]
    same = np.concatenate([[False], contacts.who[1:] == contacts.who[:-1]])
    before = np.where(same, np.concatenate([[0.0], contacts.date[:-1]]), course.last_dose[contacts.who])
    therapy = course.new_therapy[contacts.who]
    visited = patients.streams.uniform("contact mode", 48)[contacts.who, running_number(contacts.who) % 48]
    items: dict[str, Column] = {
        "SSDAT": contacts.date,
        "SSCONT": Texts(("PHONE", "VISIT"), ((visited < 0.3) & ~dead).astype(np.int64)),
        "SSSTAT": Texts(("ALIVE", "DEAD"), dead.astype(np.int64)),
        "SSNACT": yes_no((therapy > before) & (therapy <= contacts.date)),
    }
    return make_form(patients.forms["SURV"], patients.names, contacts.rows(), items)


def _subsequent(patients: Patients) -> pd.DataFrame:
    course, streams = patients.course, patients.streams
    who = np.flatnonzero((course.new_therapy < np.inf) & ~patients.people.failed)
    drug = streams.choice("subsequent", (0.25, 0.12, 0.18, 0.12, 0.12, 0.09, 0.12))[who]
    start = course.new_therapy[who]
    end = np.floor(start + 60 + 200 * streams.exponential("subsequent length")[who])
    items: dict[str, Column] = {
        "NACTTRT": Texts([name for name, _ in SUBSEQUENT], drug),
        "NACTCLAS": Texts(CLASSES, np.array([kind for _, kind in SUBSEQUENT])[drug]),
        "NACTSTDAT": start,
        "NACTENDAT": np.where(end <= course.last[who], end, np.nan),
    }
    return make_form(patients.forms["NACT"], patients.names, log_rows(who), items)


def _died(patients: Patients) -> Ints:
    return np.flatnonzero((patients.course.death < np.inf) & ~patients.people.failed)


def _death(patients: Patients) -> pd.DataFrame:
    course, adverse = patients.course, patients.adverse
    who = _died(patients)
    fatal = np.zeros(len(patients), dtype=np.int64)
    chosen = adverse.grade == 5
    fatal[adverse.who[chosen]] = adverse.number[chosen]
    other = patients.streams.choice("cause of death", (0.9, 0.05, 0.05))[who]
    cause = np.where(fatal[who] > 0, 1, np.array([0, 2, 3])[other])
    items: dict[str, Column] = {
        "DTHDAT": course.death[who],
        "DTHCAUS": Texts(("DISEASE", "AE", "OTHER", "UNKNOWN"), cause),
        "DTHAENO": np.where(fatal[who] > 0, fatal[who], np.nan),
    }
    rows = Rows(who, constant("EOS", len(who)), course.death[who])
    return make_form(patients.forms["DEATH"], patients.names, rows, items)


def _end_of_study(patients: Patients) -> pd.DataFrame:
    """Who left the study: death, withdrawal of consent, loss (known only when contacts failed), screening failure."""
    course, people = patients.course, patients.people
    known = np.minimum(course.lost + DETERMINED_AFTER, patients.parameters.cut_off)
    dates = np.column_stack(
        [course.death, course.withdrawal, np.where(course.lost < np.inf, known, np.inf), np.full(len(people), np.inf)]
    )
    dates[people.failed] = (np.inf, np.inf, np.inf, 0.0)
    dates[people.failed, 3] = people.start[people.failed]
    who = np.flatnonzero(dates.min(axis=1) < np.inf)
    items: dict[str, Column] = {
        "EOSDAT": dates[who].min(axis=1),
        "EOSREAS": Texts(EOS_REASONS, dates[who].argmin(axis=1)),
    }
    rows = Rows(who, constant("EOS", len(who)), dates[who].min(axis=1))
    return make_form(patients.forms["EOS"], patients.names, rows, items)


def _deviations(patients: Patients) -> pd.DataFrame:
    """Missed scans, and a few of every other kind."""
    course, people, streams = patients.course, patients.people, patients.streams
    shape = len(DEVIATIONS)
    happens = streams.uniform("deviation", shape) < np.array([share for _, _, share, _ in DEVIATIONS])
    who, kind = np.nonzero(happens & ~people.failed[:, None])
    within = streams.uniform("deviation day", shape)[who, kind]
    treated = course.last_dose[who] - people.first_dose[who]
    eligibility = np.array([category == "ELIG" for category, _, _, _ in DEVIATIONS])[kind]
    date = np.where(eligibility, people.start[who], np.floor(people.first_dose[who] + within * treated))
    lost, scan = np.nonzero(course.missed)
    everybody = np.concatenate([who, lost])
    place = np.concatenate([kind, np.full(len(lost), shape)])
    day = np.concatenate([date, np.minimum(course.due[lost, scan], course.last[lost])])
    order = np.lexsort((place, day, everybody))
    categories = [category for category, _, _, _ in DEVIATIONS] + ["SCAN"]
    texts = [text for _, text, _, _ in DEVIATIONS] + ["Tumour assessment not done"]
    classes = np.array([grade for _, _, _, grade in DEVIATIONS] + [1])
    items: dict[str, Column] = {
        "DVDAT": day[order],
        "DVCAT": Texts(categories, place[order]),
        "DVTERM": Texts(texts, place[order]),
        "DVCLASS": Texts(("MAJOR", "MINOR"), classes[place[order]]),
    }
    return make_form(patients.forms["DV"], patients.names, log_rows(everybody[order]), items)
