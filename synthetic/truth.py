"""What really happened, as frames: subjects, outcomes (tte), lesions, responses and best responses, adverse events.

Dates are days since 1960-01-01, NaN for what did not happen by the data cut-off.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from synthetic.best_response import best_response, confirmed_response
from synthetic.course import END_CLINICAL, REASONS
from synthetic.dosing import ACTIONS
from synthetic.endpoints import (
    PFS_RULES,
    TTF_RULES,
    Evidence,
    decide,
    gather,
    overall_survival,
    pfs,
    planned_dates,
    response_dates,
    ttf,
)
from synthetic.forms_tumour import assessments
from synthetic.frames import Texts
from synthetic.lesions import IS_NODE, TARGET_ORGANS
from synthetic.patients import Patients
from synthetic.recist import RESPONSES
from synthetic.scans import growth
from synthetic.streams import Floats, Ints, counted
from synthetic.visits import WORDS

# Dates that show that a subject was alive: collected, of contacts and examinations.
ALIVE = {
    "SV": ("SVSTDAT",),
    "VS": ("VSDAT",),
    "ECOG": ("ECOGDAT",),
    "PE": ("PEDAT",),
    "EG": ("EGDAT",),
    "CV": ("CVDAT",),
    "LBHEM": ("LBDAT",),
    "LBCHEM": ("LBDAT",),
    "IMG": ("IMGDAT",),
    "TL": ("TLDAT",),
    "NTL": ("NTLDAT",),
    "NL": ("NLDAT",),
    "ECPYR": ("ECSTDAT", "ECENDAT"),
    "ECCAP": ("ECSTDAT", "ECENDAT"),
    "ECFUL": ("ECSTDAT",),
    "ECOTH": ("ECSTDAT", "ECENDAT"),
    "AE": ("AESTDAT", "AEENDAT"),
    "CM": ("CMSTDAT", "CMENDAT"),
    "EOT": ("EXENDAT",),
    "SFU": ("SFUDAT",),
    "NACT": ("NACTSTDAT", "NACTENDAT"),
}


def truth_frames(patients: Patients, forms: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """The truth by name; `tte` is long: one row a subject, parameter and rule set."""
    alive = last_alive(patients, forms)
    return {
        "subjects": _subjects(patients, alive),
        "tte": _outcomes(patients, alive),
        "lesions": _lesions(patients),
        "responses": _responses(patients),
        "adverse_events": _adverse_events(patients),
    }


def last_alive(patients: Patients, forms: dict[str, pd.DataFrame]) -> Floats:
    """The last date of ALIVE, of a contact that found the subject alive, or of the withdrawal; not after the death."""
    place = pd.Series(np.arange(len(patients)), index=pd.Index(patients.names.subject.column()))
    latest = np.full(len(patients), -np.inf)
    for form, items in ALIVE.items():
        for item in items if form in forms else ():
            _raise_to(latest, place, forms[form], item)
    contacts, ends = forms["SURV"], forms["EOS"]
    _raise_to(latest, place, contacts[(contacts["SSSTAT"] == "ALIVE").to_numpy(dtype=bool)], "SSDAT")
    _raise_to(latest, place, ends[(ends["EOSREAS"] == "SUBJECT").to_numpy(dtype=bool)], "EOSDAT")
    return np.asarray(np.minimum(latest, patients.course.death), dtype=np.float64)


def _raise_to(latest: Floats, place: pd.Series, frame: pd.DataFrame, item: str) -> None:
    known = frame[item].notna().to_numpy(dtype=bool)
    rows = place.loc[frame["SUBJECT"][known]].to_numpy(dtype=np.int64)
    np.maximum.at(latest, rows, frame[item].to_numpy(dtype=np.float64)[known])


def _named(patients: Patients, who: Ints) -> dict[str, object]:
    return {"SITE": patients.names.site.take(who).column(), "SUBJECT": patients.names.subject.take(who).column()}


def _finite(date: Floats) -> Floats:
    return np.where(np.isfinite(date), date, np.nan)


def _subjects(patients: Patients, alive: Floats) -> pd.DataFrame:
    people, course, biology = patients.people, patients.course, patients.biology
    everybody = np.arange(len(patients))
    enrolled = ~people.failed
    regimens = list(patients.parameters.regimens)
    best, confirmed = _best(patients)
    columns: dict[str, object] = {
        **_named(patients, everybody),
        "SCREEN_FAILURE": people.failed,
        "REGIMEN": Texts(regimens, np.where(enrolled, people.regimen, -1)).column(),
        "LINE": Texts(tuple(patients.parameters.disease.line), people.line).column(),
        "AGE": people.age,
        "HORMONE_POSITIVE": people.hormone,
        "VISCERAL": people.organs["LIVER"] | people.organs["LUNG"],
        "LIVER": people.organs["LIVER"],
        "BRAIN": people.organs["BRAIN"],
        "PRIOR_HER2": Texts(("NAIVE", "SENSITIVE", "RESISTANT"), people.prior_her2).column(),
        "MEASURABLE": biology.lesions.target.any(axis=1) & biology.calendar.has_baseline,
        "CONSENT": people.consent,
    }
    dates = {
        "START": people.start,
        "FIRST_DOSE": people.first_dose,
        "LAST_DOSE": course.last_dose,
        "DISCONTINUATION": course.decision,
        "PROGRESSION": course.progression,
        "BIOLOGICAL_PROGRESSION": people.start + biology.fate.progression,
        "CLINICAL_PROGRESSION": np.where(course.reason == END_CLINICAL, course.clinical, np.inf),
        "DEATH": course.death,
        "NEW_THERAPY": course.new_therapy,
        "WITHDRAWAL": course.withdrawal,
        "LOST": course.lost,
        "LAST_ALIVE": alive,
        "END_OF_OBSERVATION": course.last,
    }
    columns |= {name: np.where(enrolled, _finite(date), np.nan) for name, date in dates.items()}
    columns["DISCONTINUATION_REASON"] = Texts(REASONS, np.where(enrolled, course.reason, -1)).column()
    columns["BEST_RESPONSE"] = Texts(RESPONSES, np.where(enrolled, best, -1)).column()
    columns["CONFIRMED_RESPONSE"] = Texts(RESPONSES, np.where(enrolled, confirmed, -1)).column()
    columns |= {f"GENE_{gene}": has for gene, has in people.genes.items()}
    return pd.DataFrame(columns)


def _best(patients: Patients) -> tuple[Ints, Ints]:
    """Best response without and with confirmation; NA where nothing was assessed."""
    course, people = patients.course, patients.people
    least = patients.parameters.minimum_stable_days
    given = (course.responses.overall, response_dates(course), people.start, course.new_therapy, least)
    return best_response(*given), confirmed_response(*given)


def _outcomes(patients: Patients, alive: Floats) -> pd.DataFrame:
    course, people = patients.course, patients.people
    evidence = gather(patients.parameters, people, course, patients.biology.calendar.has_baseline)
    parts = []
    for name in PFS_RULES:
        table = decide(pfs(_evidence(evidence, name, course.clinical), name), people.start)
        if name == "SCHEDULED":
            date = table["DATE"].to_numpy(dtype=np.float64)
            table["DATE"] = np.where(table["REASON"] == "DEATH", date, planned_dates(date, course))
        parts.append(("PFS", name, table))
    for name, stop in zip(TTF_RULES, (course.last_dose, course.decision), strict=True):
        rules = ttf(evidence, stop, course.last_dose, patients.parameters.cut_off)
        parts.append(("TTF", name, decide(rules, people.start)))
    parts.append(("OS", "ALL", decide(overall_survival(evidence, alive), people.start)))
    enrolled = patients.enrolled
    frames = []
    for parameter, name, table in parts:
        kept = table.iloc[enrolled].reset_index(drop=True)
        fixed = {"PARAMETER": parameter, "RULESET": name}
        words = {key: pd.array([word] * len(kept), dtype="string[pyarrow]") for key, word in fixed.items()}
        frames.append(pd.concat([pd.DataFrame(_named(patients, enrolled) | words), kept], axis=1))
    return pd.concat(frames, ignore_index=True)


def _evidence(evidence: Evidence, rules: str, clinical: Floats) -> Evidence:
    """With clinical progression as an event, it counts as a progression at its date."""
    if rules != "CLINICAL":
        return evidence
    fields = {name: getattr(evidence, name) for name in Evidence.__annotations__}
    return Evidence(**fields | {"progression": np.minimum(evidence.progression, clinical)})


def _lesions(patients: Patients) -> pd.DataFrame:
    """True diameters in mm before measuring, one row a target lesion and assessment; LESION as on the page."""
    lesions, calendar = patients.biology.lesions, patients.biology.calendar
    seen = assessments(patients)
    grown = growth(patients.parameters, patients.biology.fate, lesions, calendar.day)
    true = np.concatenate([lesions.diameter[:, :, None], grown], axis=2)
    who, slot, turn = np.nonzero(lesions.target[:, :, None] & seen.done[:, None, :])
    number = counted(lesions.target)[who, slot]
    return pd.DataFrame(
        {
            **_named(patients, who),
            "EVENT": Texts(WORDS, seen.word[who, turn]).column(),
            "LESION": Texts([f"T{place:02d}" for place in range(1, 10)], number - 1).column(),
            "ORGAN": Texts(TARGET_ORGANS, slot).column(),
            "NODE": IS_NODE[slot],
            "DATE": seen.date[who, turn],
            "DIAMETER": np.round(true[who, slot, turn], 3),
        }
    )


def _responses(patients: Patients) -> pd.DataFrame:
    """One row an assessment after baseline that was done."""
    course = patients.course
    found = course.responses
    who, turn = np.nonzero(course.scan < np.inf)
    new = np.logical_or.accumulate(patients.biology.findings.new & (course.scan < np.inf), axis=1)
    baseline = np.nansum(patients.biology.findings.base, axis=1)
    return pd.DataFrame(
        {
            **_named(patients, who),
            "EVENT": Texts(WORDS, patients.schedule.scan_word[who, turn]).column(),
            "DATE": response_dates(course)[who, turn],
            "PLANNED": course.due[who, turn],
            "BASELINE": baseline[who],
            "SUM": found.total[who, turn],
            "NADIR": found.nadir[who, turn],
            "TARGET": Texts(RESPONSES, found.target[who, turn]).column(),
            "NONTARGET": Texts(RESPONSES, found.nontarget[who, turn]).column(),
            "NEW": new[who, turn],
            "OVERALL": Texts(RESPONSES, found.overall[who, turn]).column(),
        }
    )


def _adverse_events(patients: Patients) -> pd.DataFrame:
    """END is the true end, after the end of observation too; ENDED says whether it was seen."""
    adverse, terms = patients.adverse, patients.parameters.terms
    return pd.DataFrame(
        {
            **_named(patients, adverse.who),
            "AESPID": adverse.number,
            "TERM": Texts(list(terms), adverse.term).column(),
            "SYSTEM": Texts([term.system for term in terms.values()], adverse.term).column(),
            "GRADE": adverse.grade,
            "START": adverse.start,
            "END": adverse.end,
            "ENDED": adverse.ended,
            "SERIOUS": adverse.serious,
            "ACTION_PYROTINIB": Texts((*ACTIONS, "NA"), adverse.action).column(),
            "TREATMENT_EMERGENT": adverse.start >= patients.people.first_dose[adverse.who],
        }
    )
