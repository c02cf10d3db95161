"""The tumour pages: imaging, target, non-target and new lesions, and the response on the page."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from synthetic.endpoints import response_dates
from synthetic.frames import Column, Rows, Texts, make_form, yes_no
from synthetic.lesions import IS_NODE, NEW_ORGANS, OTHER_ORGANS, TARGET_ORGANS
from synthetic.patients import Patients
from synthetic.recist import RESPONSES
from synthetic.scans import ABSENT, PRESENT, PROGRESSION
from synthetic.streams import Bools, Floats, Ints, counted
from synthetic.visits import SCAN, SCR, WORDS

ORGANS = ("LIVER", "LUNG", "NODE", "BREAST", "SOFT", "BRAIN", "BONE", "PLEURA")
PLACES = {
    "LIVER": ("Right lobe of the liver", "Left lobe of the liver"),
    "LUNG": ("Right upper lobe", "Left lower lobe"),
    "NODE": ("Axillary lymph node", "Mediastinal lymph node"),
    "BREAST": ("Chest wall", "Breast"),
    "SOFT": ("Subcutaneous nodule", "Skin nodule"),
    "BRAIN": ("Frontal lobe", "Cerebellum"),
    "BONE": ("Thoracic vertebra", "Pelvis"),
    "PLEURA": ("Right pleural effusion", "Left pleural effusion"),
}
DESCRIPTIONS = tuple(text for organ in ORGANS for text in PLACES[organ])
TARGET_STATES = ("MEASURED", "SMALL", "ABSENT", "NE")
OTHER_STATES = ("ABSENT", "PRESENT", "PROGRESSION", "NE")
NE_REASONS = ("QUALITY", "OBSCURED", "METHOD")
MISSED_REASONS = ("REFUSED", "OUTSIDE", "ILL", "COVID")
REGIONS = ("Chest, abdomen, pelvis", "Brain")


@dataclass(frozen=True)
class Assessments:
    """Baseline in column 0, then the scans: date of the body scan and of the brain scan, visit, whether done."""

    date: Floats
    brain: Floats
    word: Ints
    done: Bools


def assessments(patients: Patients) -> Assessments:
    course, calendar = patients.course, patients.biology.calendar
    has = calendar.has_baseline & ~patients.people.failed
    word = np.column_stack([np.full(len(patients), SCR), patients.schedule.scan_word])
    return Assessments(
        np.column_stack([calendar.baseline, course.scan]),
        np.column_stack([calendar.baseline, course.brain_scan]),
        word,
        np.column_stack([has, course.scan < np.inf]),
    )


def tumour_forms(patients: Patients) -> dict[str, pd.DataFrame]:
    """IMG, TL, NTL, NL and RSP by form OID."""
    seen = assessments(patients)
    return {
        "IMG": _imaging(patients, seen),
        "TL": _targets(patients, seen),
        "NTL": _others(patients, seen),
        "NL": _new(patients),
        "RSP": _responses(patients),
    }


def _organ(names: tuple[str, ...], slot: Ints) -> Ints:
    return np.array([ORGANS.index(name) for name in names])[slot]


def _lesion_names(prefix: str, number: Ints) -> Texts:
    return Texts([f"{prefix}{place:02d}" for place in range(1, 10)], number - 1)


def _event_date(patients: Patients, seen: Assessments, who: Ints, turn: Ints) -> Floats:
    """The visit date: of the screening visit for baseline, of the body scan afterwards."""
    return np.where(turn == 0, patients.people.consent[who], seen.date[who, turn])


def _rows(patients: Patients, seen: Assessments, who: Ints, turn: Ints, number: Ints) -> Rows:
    return Rows(who, Texts(WORDS, seen.word[who, turn]), _event_date(patients, seen, who, turn), row_rep=number)


def _imaging(patients: Patients, seen: Assessments) -> pd.DataFrame:
    """One row a scan that was done, brain scans on their own, and one a planned scan that was missed."""
    course, people = patients.course, patients.people
    lesions = patients.biology.lesions
    found = (lesions.new & (lesions.new_organ == NEW_ORGANS.index("BRAIN"))).any(axis=1)
    shown = np.column_stack([np.zeros(len(patients), dtype=np.bool_), patients.biology.findings.new]) & found[:, None]
    done = np.stack([seen.done, seen.done & (people.organs["BRAIN"][:, None] | shown)], axis=2)
    who, turn, region = np.nonzero(done)
    lost, missing = np.nonzero(course.missed)
    date = np.where(region == 0, seen.date[who, turn], seen.brain[who, turn])
    reason = patients.streams.choice("missed reason", (0.45, 0.25, 0.15, 0.15))
    count = len(lost)
    everybody = np.concatenate([who, lost])
    rows = Rows(
        everybody,
        Texts(WORDS, np.concatenate([seen.word[who, turn], SCAN + 1 + missing])),
        np.concatenate([_event_date(patients, seen, who, turn), np.full(count, np.nan)]),
        row_rep=np.concatenate([region + 1, np.ones(count, dtype=np.int64)]),
    )
    performed = np.concatenate([np.ones(len(who), dtype=np.bool_), np.zeros(count, dtype=np.bool_)])
    everywhere = np.concatenate([region, np.zeros(count, dtype=np.int64)])
    items: dict[str, Column] = {
        "IMGPERF": yes_no(performed),
        "IMGREAS": Texts(MISSED_REASONS, np.where(performed, -1, reason[everybody])),
        "IMGREG": Texts(REGIONS, everywhere),
        "IMGMETH": Texts(("CT", "MRI"), np.where(performed, everywhere, -1)),
        "IMGDAT": np.concatenate([date, np.full(count, np.nan)]),
    }
    return make_form(patients.forms["IMG"], patients.names, rows, items)


def _targets(patients: Patients, seen: Assessments) -> pd.DataFrame:
    found, lesions = patients.biology.findings, patients.biology.lesions
    value = np.concatenate([found.base[:, :, None], found.value], axis=2)
    small = np.concatenate([np.zeros_like(found.small[:, :, :1]), found.small], axis=2)
    who, slot, turn = np.nonzero(lesions.target[:, :, None] & seen.done[:, None, :])
    here = value[who, slot, turn]
    state = np.select([np.isnan(here), (here == 0) & ~IS_NODE[slot], small[who, slot, turn]], [3, 2, 1], 0)
    organ = _organ(TARGET_ORGANS, slot)
    number = counted(lesions.target)[who, slot]
    brain = organ == ORGANS.index("BRAIN")
    cause = patients.streams.choice("not evaluable reason", (0.5, 0.35, 0.15))[who]
    items: dict[str, Column] = {
        "TLNO": _lesion_names("T", number),
        "TLORGAN": Texts(ORGANS, organ),
        "TLDESC": Texts(DESCRIPTIONS, 2 * organ + slot % 2),
        "TLMETH": Texts(("CT", "MRI"), brain.astype(np.int64)),
        "TLDAT": np.where(brain, seen.brain[who, turn], seen.date[who, turn]),
        "TLSTATE": Texts(TARGET_STATES, state),
        "TLDIAM": np.where(state == 0, here, np.nan),
        "TLREASNE": Texts(NE_REASONS, np.where(state == 3, cause, -1)),
    }
    return make_form(patients.forms["TL"], patients.names, _rows(patients, seen, who, turn, number), items)


def _others(patients: Patients, seen: Assessments) -> pd.DataFrame:
    found, lesions = patients.biology.findings, patients.biology.lesions
    value = np.concatenate([np.full_like(found.other[:, :, :1], PRESENT), found.other], axis=2)
    who, slot, turn = np.nonzero(lesions.other[:, :, None] & seen.done[:, None, :])
    here = value[who, slot, turn]
    organ = _organ(OTHER_ORGANS, slot)
    number = counted(lesions.other)[who, slot]
    brain = organ == ORGANS.index("BRAIN")
    items: dict[str, Column] = {
        "NTLNO": _lesion_names("NT", number),
        "NTLORGAN": Texts(ORGANS, organ),
        "NTLDESC": Texts(DESCRIPTIONS, 2 * organ),
        "NTLMETH": Texts(("CT", "MRI"), brain.astype(np.int64)),
        "NTLDAT": np.where(brain, seen.brain[who, turn], seen.date[who, turn]),
        "NTLSTATE": Texts(
            OTHER_STATES, np.select([here == ABSENT, here == PRESENT, here == PROGRESSION], [0, 1, 2], 3)
        ),
    }
    return make_form(patients.forms["NTL"], patients.names, _rows(patients, seen, who, turn, number), items)


def _new(patients: Patients) -> pd.DataFrame:
    """A new lesion is listed at the scan that shows it first and at any later one, larger by then."""
    lesions, course = patients.biology.lesions, patients.course
    seen = assessments(patients)
    shown = patients.biology.findings.new & (course.scan < np.inf)
    who, turn, slot = np.nonzero(shown[:, :, None] & lesions.new[:, None, :])
    organ = _organ(NEW_ORGANS, lesions.new_organ[who, slot])
    rank = counted(shown)[who, turn]
    number = counted(lesions.new)[who, slot]
    size = 9 + np.floor(10 * patients.streams.uniform("new size", 2))[who, slot] + 5 * (rank - 1)
    brain = organ == ORGANS.index("BRAIN")
    items: dict[str, Column] = {
        "NLNO": _lesion_names("NEW", number),
        "NLORGAN": Texts(ORGANS, organ),
        "NLDESC": Texts(DESCRIPTIONS, 2 * organ + 1),
        "NLMETH": Texts(("CT", "MRI"), brain.astype(np.int64)),
        "NLDAT": course.scan[who, turn],
        "NLSTATE": Texts(("UNEQUIVOCAL",), np.zeros(len(who), dtype=np.int64)),
        "NLDIAM": size,
    }
    return make_form(patients.forms["NL"], patients.names, _rows(patients, seen, who, turn + 1, number), items)


def _responses(patients: Patients) -> pd.DataFrame:
    course = patients.course
    seen = assessments(patients)
    who, turn = np.nonzero(course.scan < np.inf)
    responses = course.responses
    new = np.logical_or.accumulate(patients.biology.findings.new & (course.scan < np.inf), axis=1)
    evaluable = ~np.isnan(responses.total[who, turn]) & (responses.target[who, turn] != RESPONSES.index("NE"))
    items: dict[str, Column] = {
        "RSDAT": response_dates(course)[who, turn],
        "RSSUM": np.where(evaluable, responses.total[who, turn], np.nan),
        "TRGRESP": Texts(RESPONSES, responses.target[who, turn]),
        "NTRGRESP": Texts(RESPONSES, responses.nontarget[who, turn]),
        "NEWLES": yes_no(new[who, turn]),
        "OVRLRESP": Texts(RESPONSES, responses.overall[who, turn]),
    }
    rows = _rows(patients, seen, who, turn + 1, np.ones(len(who), dtype=np.int64))
    return make_form(patients.forms["RSP"], patients.names, rows, items)
