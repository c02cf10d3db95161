"""Adverse events, their coding, and concomitant medication."""

from __future__ import annotations

import numpy as np
import pandas as pd

from synthetic.adverse import NOT_APPLICABLE, Adverse, per_record
from synthetic.forms_treatment import log_rows
from synthetic.frames import Column, Texts, make_form, yes_no
from synthetic.history import CONDITIONS
from synthetic.patients import Patients
from synthetic.streams import Bools, Floats, Ints
from synthetic.toxicity import FATAL

ACTION_CODES = ("NONE", "REDUCED", "INTERRUPTED", "WITHDRAWN", "NA")
OUTCOMES = ("RECOVERED", "RECOVERING", "NOTREC", "SEQUELAE", "FATAL", "UNKNOWN")
SUFFIXES = {"fulvestrant": "FUL", "capecitabine": "CAP"}
# Medication without an adverse event: name, Chinese name, indication, dose, unit, route, share of those whom it suits,
# and who these are; an indication that is a disease of CONDITIONS: those who have it.
USUAL = (
    ("Amlodipine", "氨氯地平", "Hypertension", 5.0, "mg", 0, 0.65, ""),
    ("Metformin", "二甲双胍", "Type 2 diabetes mellitus", 500.0, "mg", 0, 0.85, ""),
    ("Calcium carbonate + vitamin D", "碳酸钙D3", "Supplement", 1.0, "tablet", 0, 0.15, ""),
    ("Zoledronic acid", "唑来膦酸", "Bone metastasis", 4.0, "mg", 1, 0.75, "bone"),
    ("Goserelin", "戈舍瑞林", "Ovarian function suppression", 3.6, "mg", 2, 0.85, "premenopausal"),
    ("Entecavir", "恩替卡韦", "Chronic hepatitis B", 0.5, "mg", 0, 0.85, ""),
    ("Loperamide", "洛哌丁胺", "Prevention of diarrhoea", 4.0, "mg", 0, 0.25, ""),
)
# The places of the indications in CONDITIONS, -1 for those that are no disease of the medical history.
DISEASES = np.array([next((at for at, row in enumerate(CONDITIONS) if row[0] == one[2]), -1) for one in USUAL])
ROUTES = ("ORAL", "IV", "SC", "TOPICAL")


def safety_forms(patients: Patients) -> dict[str, pd.DataFrame]:
    """AE, AECODE and CM by form OID."""
    term = _reported(patients)
    return {"AE": _events(patients, term), "AECODE": _coding(patients, term), "CM": _medication(patients)}


def _reported(patients: Patients) -> Texts:
    """The term as the site wrote it: one of its names, in Chinese where the site writes Chinese."""
    terms, adverse = list(patients.parameters.terms.values()), patients.adverse
    words = [name for term in terms for name in (*term.names, *term.chinese)]
    first = np.cumsum([0, *(len(term.names) + len(term.chinese) for term in terms)])[:-1]
    english = np.array([len(term.names) for term in terms])[adverse.term]
    chinese = np.array([len(term.chinese) for term in terms])[adverse.term]
    drawn = per_record(patients.streams, "reported term", adverse.who, adverse.number)
    local = patients.writes_chinese[adverse.who]
    place = np.where(local, english + np.floor(drawn * chinese), np.floor(drawn * english)).astype(np.int64)
    return Texts(words, first[adverse.term] + place)


def _events(patients: Patients, term: Texts) -> pd.DataFrame:
    adverse, course = patients.adverse, patients.course
    fatal = adverse.grade == FATAL
    died = course.death[adverse.who] < np.inf
    drawn = per_record(patients.streams, "outcome", adverse.who, adverse.number)
    open_outcome = np.select([fatal, died, drawn < 0.5], [4, 2, 1], 2)
    known = adverse.ended | fatal
    life = adverse.serious & (adverse.grade == 4)
    items: dict[str, Column] = {
        "AESPID": adverse.number,
        "AETERM": term,
        "AESTDAT": adverse.start,
        "AEONGO": yes_no(~known),
        "AEENDAT": np.where(known, np.minimum(adverse.end, course.last[adverse.who]), np.nan),
        "AETOXGR": Texts(("1", "2", "3", "4", "5"), adverse.grade - 1),
        "AESER": yes_no(adverse.serious),
        "AESDTH": yes_no(fatal),
        "AESLIFE": yes_no(life),
        "AESHOSP": yes_no(adverse.hospital & ~fatal & ~life),
        "AESDISAB": yes_no(np.zeros(len(adverse), dtype=np.bool_)),
        "AESCONG": yes_no(np.zeros(len(adverse), dtype=np.bool_)),
        "AESMIE": yes_no(adverse.serious & ~fatal & ~life & ~adverse.hospital),
        "AECONTRT": yes_no(treated(patients)),
        "AEOUT": Texts(OUTCOMES, np.where(adverse.ended, np.where(drawn < 0.01, 3, 0), open_outcome)),
        **_drugs(patients, adverse),
    }
    return make_form(patients.forms["AE"], patients.names, log_rows(adverse.who), items)


def _drugs(patients: Patients, adverse: Adverse) -> dict[str, Column]:
    """Relation and action per drug: not applicable for a drug that the subject does not get."""
    terms = list(patients.parameters.terms.values())
    cause = np.array([term.drug for term in terms])[adverse.term]
    items: dict[str, Column] = {
        "AERELPYR": Texts(("NOT", "RELATED"), (adverse.related & (cause != "fulvestrant")).astype(np.int64)),
        "AEACNPYR": Texts(ACTION_CODES, adverse.action),
    }
    known = {item.oid for item in patients.forms["AE"].items}
    others = [
        drug for regimen in patients.parameters.regimens.values() for drug in regimen.drugs if drug != "pyrotinib"
    ]
    for suffix in dict.fromkeys(SUFFIXES.get(drug, "OTH") for drug in others):
        suffix = suffix if f"AEREL{suffix}" in known else "OTH"
        mine = [
            drug
            for drug in dict.fromkeys(others)
            if f"AEREL{SUFFIXES.get(drug, 'OTH')}" not in known or SUFFIXES.get(drug, "OTH") == suffix
        ]
        gets = np.logical_or.reduce([patients.has_drug(drug) for drug in mine])[adverse.who]
        shared = adverse.related & (np.isin(cause, mine) | ((cause == "pyrotinib") & (adverse.number % 3 == 0)))
        items[f"AEREL{suffix}"] = Texts(("NOT", "RELATED", "NA"), np.where(gets, shared, 2).astype(np.int64))
        action = np.where(gets, adverse.partner_action, NOT_APPLICABLE)
        calm = (action != NOT_APPLICABLE) & (action != 3) & ~np.isin(cause, [*mine, "pyrotinib"])
        items[f"AEACN{suffix}"] = Texts(ACTION_CODES, np.where(calm, 0, action))
    return items


def treated(patients: Patients) -> Bools:
    """Whether medication was given for the event: from grade 2 on, where there is a usual one."""
    adverse = patients.adverse
    usual = np.array([term.treatment != "" for term in patients.parameters.terms.values()])[adverse.term]
    return np.asarray(
        usual & ((adverse.grade >= 2) | (adverse.number % 3 == 0)) & (adverse.grade < FATAL), dtype=np.bool_
    )


def _coding(patients: Patients, term: Texts) -> pd.DataFrame:
    """The coding side table: term and system organ class from an invented dictionary."""
    adverse, parameters = patients.adverse, patients.parameters
    terms = list(parameters.terms.values())
    systems = list(parameters.systems)
    system = np.array([systems.index(one.system) for one in terms])[adverse.term]
    items: dict[str, Column] = {
        "AESPID": adverse.number,
        "AETERM": term,
        "PTCODE": Texts([one.code for one in terms], adverse.term),
        "PTNAME": Texts(list(parameters.terms), adverse.term),
        "SOCCODE": Texts(systems, system),
        "SOCNAME": Texts(list(parameters.systems.values()), system),
    }
    return make_form(patients.forms["AECODE"], patients.names, log_rows(adverse.who), items)


def _medication(patients: Patients) -> pd.DataFrame:
    """For adverse events, and what patients take anyway."""
    adverse, course, terms = patients.adverse, patients.course, patients.parameters.terms
    rows = np.flatnonzero(treated(patients))
    usual, kind, begin = _usual(patients)
    who = np.concatenate([adverse.who[rows], usual])
    words = [one[0] for one in USUAL] + [one[1] for one in USUAL] + [term.treatment for term in terms.values()]
    reasons = [one[2] for one in USUAL] + list(terms)
    local = patients.writes_chinese[usual]
    drug = np.concatenate([2 * len(USUAL) + adverse.term[rows], kind + len(USUAL) * local])
    reason = np.concatenate([len(USUAL) + adverse.term[rows], kind])
    start = np.concatenate([adverse.start[rows], begin])
    none = np.full(len(usual), np.nan)
    end = np.concatenate([np.where(adverse.ended[rows], adverse.end[rows], np.nan), none])
    dose = np.concatenate([np.full(len(rows), np.nan), np.array([one[3] for one in USUAL])[kind]])
    unit = np.concatenate([np.full(len(rows), -1), kind])
    given = np.array([ROUTES.index(term.route) for term in terms.values()])[adverse.term[rows]]
    route = np.concatenate([given, np.array([one[5] for one in USUAL])[kind]])
    number = np.concatenate([adverse.number[rows].astype(np.float64), none])
    disease = DISEASES[kind]
    past = np.where(disease >= 0, patients.history.number[usual, disease], np.nan)
    history = np.concatenate([np.full(len(rows), np.nan), past])
    order = np.lexsort((drug, start, who))
    end = np.where(end > course.last[who], np.nan, end)
    items: dict[str, Column] = {
        "CMTRT": Texts(words, drug[order]),
        "CMINDC": Texts(reasons, reason[order]),
        "CMAENO": number[order],
        "CMMHNO": history[order],
        "CMDOSE": dose[order],
        "CMDOSU": Texts([one[4] for one in USUAL], unit[order]),
        "CMROUTE": Texts(ROUTES, route[order]),
        "CMSTDAT": start[order],
        "CMONGO": yes_no(np.isnan(end[order])),
        "CMENDAT": end[order],
    }
    return make_form(patients.forms["CM"], patients.names, log_rows(who[order]), items)


def _usual(patients: Patients) -> tuple[Ints, Ints, Floats]:
    """Whose the usual medication is, which of USUAL, and since when; none is older than the disease that it is for."""
    people, streams, history = patients.people, patients.streams, patients.history
    suits = {
        "": np.ones(len(people), dtype=np.bool_),
        "bone": people.organs["BONE"],
        "premenopausal": ~people.post_menopausal & ~people.male,
    }
    fits = [
        history.has[:, disease] if disease >= 0 else suits[one[7]]
        for one, disease in zip(USUAL, DISEASES.tolist(), strict=True)
    ]
    shares = np.array([one[6] for one in USUAL])
    has = np.column_stack(fits) & (streams.uniform("usual medication", len(USUAL)) < shares)
    who, kind = np.nonzero(has & ~people.failed[:, None])
    before = streams.uniform("usual medication since", len(USUAL))[who, kind]
    started = np.where(
        kind == len(USUAL) - 1, people.first_dose[who], np.floor(people.consent[who] - 10 - 600 * before)
    )
    begun = np.where(DISEASES[kind] >= 0, history.since[who, DISEASES[kind]], -np.inf)
    return who.astype(np.int64), kind.astype(np.int64), np.maximum(started, begun)
