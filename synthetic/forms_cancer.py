"""The forms of the cancer's history: diagnosis, receptors, previous therapy, surgery and radiotherapy."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from synthetic.adverse import running_number
from synthetic.frames import Column, Rows, Texts, constant, make_form, yes_no
from synthetic.laboratory import LABORATORIES, laboratory_of
from synthetic.patients import Patients
from synthetic.population import NAIVE, RESISTANT, SENSITIVE
from synthetic.streams import Bools, Floats, Ints
from synthetic.visits import SCR, WORDS

SETTINGS = ("NEOADJ", "ADJ", "MET")
CLASSES = ("CHEMO", "HER2", "ENDO")
PROCEDURES = ("Modified radical mastectomy", "Breast-conserving surgery", "Sentinel lymph node biopsy")
FIELDS = ("Chest wall", "Bone", "Brain")
MOST_LINES = 3
HER2 = CLASSES.index("HER2")
RELAPSE_AFTER_TRASTUZUMAB = 380  # days, at least, of who is sensitive to it


@dataclass(frozen=True)
class Therapy:
    """One previous therapy a value."""

    who: Ints
    kind: Ints
    setting: Ints
    line: Ints
    start: Floats
    end: Floats


def cancer_forms(patients: Patients) -> dict[str, pd.DataFrame]:
    """ONCHX, RCPT, PRIORRX, PRSURG and PRRT by form OID."""
    return {
        "ONCHX": _history(patients),
        "RCPT": _receptors(patients),
        "PRIORRX": _therapies(patients),
        "PRSURG": _surgery(patients),
        "PRRT": _radiotherapy(patients),
    }


def _rows(patients: Patients, who: Ints) -> Rows:
    return Rows(who, Texts(WORDS, np.full(len(who), SCR)), patients.people.consent[who], row_rep=running_number(who))


def _history(patients: Patients) -> pd.DataFrame:
    people, streams = patients.people, patients.streams
    stage = np.where(people.de_novo, 3, streams.choice("stage", (0.15, 0.50, 0.35)))
    size = np.minimum(1 + streams.choice("T", (0.3, 0.45, 0.15, 0.10)), 2 + stage)
    nodes = np.where(stage == 0, 0, streams.choice("N", (0.2, 0.4, 0.2, 0.2)))
    organs = people.organs
    items: dict[str, Column] = {
        "DIAGDAT": people.diagnosis,
        "HISTOL": Texts(("IDC", "ILC", "OTHER"), streams.choice("histology", (0.93, 0.03, 0.04))),
        "BCLAT": Texts(("LEFT", "RIGHT", "BILATERAL"), streams.choice("side", (0.50, 0.48, 0.02))),
        "TNMT": Texts(("T1", "T2", "T3", "T4"), size - 1),
        "TNMN": Texts(("N0", "N1", "N2", "N3"), nodes),
        "TNMM": Texts(("M0", "M1"), people.de_novo.astype(np.int64)),
        "STAGE": Texts(("I", "II", "III", "IV"), stage),
        "DENOVO": yes_no(people.de_novo),
        "RECDAT": np.where(people.de_novo, np.nan, people.recurrence),
        "METLIVER": yes_no(organs["LIVER"]),
        "METLUNG": yes_no(organs["LUNG"]),
        "METNODE": yes_no(organs["NODE"]),
        "METBONE": yes_no(organs["BONE"]),
        "METBRAIN": yes_no(organs["BRAIN"]),
        "METPLEUR": yes_no(organs["PLEURA"]),
        "METSOFT": yes_no(organs["BREAST"] | organs["SOFT"]),
    }
    rows = Rows(np.arange(len(people)), constant("SCR", len(people)), people.consent)
    return make_form(patients.forms["ONCHX"], patients.names, rows, items)


def _receptors(patients: Patients) -> pd.DataFrame:
    """The primary's result, and for some that of a metastasis, which may differ; the last is the patient's status."""
    people, streams, disease = patients.people, patients.streams, patients.parameters.disease
    second = streams.chance("second specimen", disease.second_specimen) & ~people.de_novo
    differs = streams.uniform("discordance", 3) < np.array([disease.discordance[name] for name in ("ER", "PR", "HER2")])
    who = np.concatenate([np.arange(len(people)), np.flatnonzero(second)])
    metastasis = np.concatenate([np.zeros(len(people), dtype=np.bool_), np.ones(int(second.sum()), dtype=np.bool_)])
    final = metastasis | ~second[who]
    turn = metastasis.astype(np.int64)
    progesterone = people.hormone & streams.chance("PR status", 0.75)
    status = [
        np.where(final | ~differs[who, place], now[who], ~now[who])
        for place, now in enumerate((people.hormone, progesterone))
    ]
    least = disease.receptor_cut
    level = streams.uniform("receptor level", 2, 2)[who, turn]
    percent = [np.where(on, np.round(least + (95 - least) * level[:, place]), 0) for place, on in enumerate(status)]
    ihc, ish = _her2(patients, who, final | ~differs[who, 2])
    ki67 = np.clip(np.round(32 + 16 * streams.normal("Ki-67", 2)[who, turn]), 2, 95)
    date = np.where(
        metastasis, np.minimum(people.recurrence[who] + 10, people.consent[who] - 1), people.diagnosis[who] + 5
    )
    items: dict[str, Column] = {
        "RCDAT": date,
        "RCSPEC": Texts(("PRIMARY", "METASTASIS"), turn),
        "RCLAB": Texts([name for name, _ in LABORATORIES], laboratory_of(people.site)[who]),
        "ERPCT": percent[0],
        "ERRES": Texts(("NEGATIVE", "POSITIVE"), status[0].astype(np.int64)),
        "PRPCT": percent[1],
        "PRRES": Texts(("NEGATIVE", "POSITIVE"), status[1].astype(np.int64)),
        "HER2IHC": ihc,
        "HER2ISH": ish,
        "KI67": ki67,
    }
    rows = Rows(who, constant("SCR", len(who)), people.consent[who], row_rep=turn + 1)
    return make_form(patients.forms["RCPT"], patients.names, rows, items)


def _her2(patients: Patients, who: Ints, positive: Bools) -> tuple[Texts, Texts]:
    """Positive: 3+, or 2+ amplified; routine care also holds 2+ that nobody tested further."""
    streams, disease = patients.streams, patients.parameters.disease
    strong = streams.chance("HER2 3+", disease.her2_3plus)[who]
    untested = streams.chance("ISH not done", disease.her2_2plus_untested)[who]
    ihc = np.where(positive, np.where(strong, 3, 2), 1)
    ish = np.where(positive & ~strong, np.where(untested, 2, 0), 2)
    return Texts(("0", "1+", "2+", "3+"), ihc), Texts(("AMPLIFIED", "NOTAMP", "ND"), ish)


def _therapies(patients: Patients) -> pd.DataFrame:
    """Early disease: chemotherapy, trastuzumab unless naive, endocrine therapy; then the metastatic lines."""
    people = patients.people
    early = _early(patients)
    parts = [*early, *(_line(patients, line) for line in range(1, MOST_LINES + 1))]
    joined = Therapy(*(np.concatenate([getattr(part, name) for part in parts]) for name in Therapy.__annotations__))
    order = np.lexsort((joined.kind, joined.start, joined.who))
    therapy = Therapy(*(getattr(joined, name)[order] for name in Therapy.__annotations__))
    words, first = _drug_words(patients)
    drawn = patients.streams.uniform("prior drug", 16)[therapy.who, running_number(therapy.who) % 16]
    lengths = np.array([len(patients.parameters.disease.prior_drugs[name]) for name in CLASSES])
    place = first[therapy.kind] + np.floor(drawn * lengths[therapy.kind]).astype(np.int64)
    response = np.where(therapy.setting == 2, np.floor(drawn * 97 % 4).astype(np.int64), 4)
    # Trastuzumab in a previous line worked for who is sensitive to it, and ended as planned.
    worked = (therapy.setting == 2) & (therapy.kind == HER2) & (people.prior_her2[therapy.who] == SENSITIVE)
    response = np.where(worked, 3 * (response == 3), response)
    at_relapse = (therapy.end >= people.recurrence[therapy.who]) & ~worked
    items: dict[str, Column] = {
        "PRXTRT": Texts(words, place),
        "PRXCLAS": Texts(CLASSES, therapy.kind),
        "PRXSET": Texts(SETTINGS, therapy.setting),
        "PRXLINE": np.where(therapy.line > 0, therapy.line, np.nan),
        "PRXSTDAT": therapy.start,
        "PRXENDAT": therapy.end,
        "PRXRESP": Texts(("PR", "SD", "PD", "CR", "NA"), response),
        "PRXREAS": Texts(("Completed", "Progression"), at_relapse.astype(np.int64)),
    }
    return make_form(patients.forms["PRIORRX"], patients.names, _rows(patients, therapy.who), items)


def _drug_words(patients: Patients) -> tuple[list[str], Ints]:
    drugs = patients.parameters.disease.prior_drugs
    lengths = [len(drugs[name]) for name in CLASSES]
    return [word for name in CLASSES for word in drugs[name]], np.cumsum([0, *lengths[:-1]])


def _early(patients: Patients) -> list[Therapy]:
    """Parts of the time from diagnosis to recurrence: from and to, as shares of it."""
    people, streams = patients.people, patients.streams
    free = people.recurrence - people.diagnosis
    local = ~people.de_novo & (free > 150)
    neo = streams.chance("neo-adjuvant", 0.3)
    plans = (
        (0, local, 0.05, 0.25),
        (HER2, ~people.de_novo & (people.prior_her2 != NAIVE), 0.15, 0.60),
        (2, local & people.hormone, 0.40, 1.0),
    )
    parts = []
    for kind, takes, begins, ends in plans:
        who = np.flatnonzero(takes)
        start = np.floor(people.diagnosis[who] + begins * np.minimum(free[who], 900))
        end = np.floor(
            np.where(ends == 1.0, people.recurrence[who], people.diagnosis[who] + ends * np.minimum(free[who], 900))
        )
        if kind == HER2:
            late = people.recurrence[who] - RELAPSE_AFTER_TRASTUZUMAB
            end = np.where(people.prior_her2[who] == SENSITIVE, np.minimum(end, late), end)
        setting = np.where(neo[who] & (kind == 0), 0, 1)
        parts.append(Therapy(who, np.full(len(who), kind), setting, np.zeros(len(who), dtype=np.int64), start, end))
    return parts


def _line(patients: Patients, line: int) -> Therapy:
    """A line for metastatic disease, in its share of the time since the first metastasis."""
    people = patients.people
    lines = patients.previous_lines
    who = np.flatnonzero(lines >= line)
    span = (people.consent - people.recurrence - 10)[who] / lines[who]
    start = np.floor(people.recurrence[who] + 5 + span * (line - 1))
    prior = people.prior_her2[who]
    trastuzumab = (prior == RESISTANT) | ((prior == SENSITIVE) & people.de_novo[who])
    kind = np.where(trastuzumab, HER2, np.where(people.hormone[who], 2, 0))
    return Therapy(who, kind, np.full(len(who), 2), np.full(len(who), line), start, np.floor(start + 0.9 * span))


def _surgery(patients: Patients) -> pd.DataFrame:
    people, streams = patients.people, patients.streams
    drawn = streams.choice("surgery", (0.7, 0.2, 0.1))
    who = np.flatnonzero(~people.de_novo)
    date = np.floor(people.diagnosis + np.minimum(20, 0.3 * (people.recurrence - people.diagnosis)))
    items: dict[str, Column] = {"PRTRT": Texts(PROCEDURES, drawn[who]), "PRSTDAT": date[who]}
    return make_form(patients.forms["PRSURG"], patients.names, _rows(patients, who), items)


def _radiotherapy(patients: Patients) -> pd.DataFrame:
    people, streams = patients.people, patients.streams
    chance = np.column_stack([~people.de_novo * 0.5, people.organs["BONE"] * 0.15, people.organs["BRAIN"] * 0.5])
    who, field = np.nonzero(streams.uniform("radiotherapy", 3) < chance)
    spans = np.column_stack([0.3 * (people.recurrence - people.diagnosis), 0.5 * (people.consent - people.recurrence)])
    origin = np.where(field == 0, people.diagnosis[who], people.recurrence[who])
    start = np.floor(origin + np.where(field == 0, spans[who, 0], spans[who, 1]))
    items: dict[str, Column] = {
        "RTSITE": Texts(FIELDS, field),
        "RTSTDAT": start,
        "RTENDAT": np.minimum(start + np.array([35, 14, 14])[field], people.consent[who] - 1),
        "RTDOSE": np.array([50.0, 30.0, 30.0])[field],
    }
    return make_form(patients.forms["PRRT"], patients.names, _rows(patients, who), items)
