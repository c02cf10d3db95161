"""Clean form frames of any study, made of the definitions of its forms alone."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from crf2tlf.spec.crf import FormDef, ItemDef
from synthetic.simulate import Block

TEXT = pd.StringDtype("pyarrow")
START = 23_000
VISIT_DAYS = {
    "SCR": 0,
    "C1D1": 14,
    "C1D15": 28,
    "C2D1": 35,
    "C3D1": 56,
    "C4D1": 77,
    "C5D1": 98,
    "TA01": 56,
    "TA02": 98,
    "TA03": 140,
    "UNS01": 60,
    "EOT": 180,
    "SFU": 208,
    "SURV01": 260,
    "SURV02": 340,
    "EOS": 400,
    "LOG": 14,
}
CUT_OFF = START + 430.0
WORDS = ("Loperamide", 'a "quoted", word', "腹泻", "Diarrhoea & rash <2", "Trastuzumab")


def toy_block(forms: dict[str, FormDef], subjects: range, seed: int = 1) -> Block:
    """A block of subjects 01-001, 02-002 ..., each with every visit and three records on repeating forms."""
    return Block({name: toy_form(form, subjects, seed) for name, form in forms.items()}, {"subjects": truth(subjects)})


def toy_blocks(forms: dict[str, FormDef], count: int, size: int, seed: int = 1) -> Iterator[Block]:
    """Blocks of `size` subjects."""
    for first in range(0, count, size):
        yield toy_block(forms, range(first, min(first + size, count)), seed)


def truth(subjects: range) -> pd.DataFrame:
    return pd.DataFrame({"SUBJECT": pd.array([name_of(each) for each in subjects], dtype=TEXT)})


def name_of(subject: int) -> str:
    return f"{subject % 24 + 1:02d}-{subject + 1:03d}"


def toy_form(form: FormDef, subjects: range, seed: int) -> pd.DataFrame:
    """The frame of a form; a subject's values are its own."""
    visits = [visit for visit in VISIT_DAYS if kind_of(visit) in form.events]
    repeats = 3 if form.repeating else 1
    per_subject = len(visits) * repeats
    who = np.repeat(np.arange(subjects.start, subjects.stop), per_subject)
    visit = np.tile(np.repeat(np.arange(len(visits)), repeats), len(subjects))
    row = np.tile(np.arange(1, repeats + 1), len(subjects) * len(visits))
    day = START + np.array([VISIT_DAYS[name] for name in visits], dtype=float)[visit]
    names = [name_of(each) for each in who]
    frame = pd.DataFrame(
        {
            "SITE": pd.array([name[:2] for name in names], dtype=TEXT),
            "SUBJECT": pd.array(names, dtype=TEXT),
            "EVENT": pd.array(np.array(visits, dtype=object)[visit], dtype=TEXT),
            "EVENT_REP": 1,
            "FORM_REP": 1,
            "ROW_REP": row,
            "EVENT_DATE": day,
        }
    )
    noise = np.concatenate([
        np.random.default_rng([seed, subject]).random((per_subject, len(form.items))) for subject in subjects
    ])  # fmt: skip
    for place, item in enumerate(form.items):
        frame[item.oid] = toy_item(item, noise[:, place], day, row)
    return frame


def kind_of(visit: str) -> str:
    if visit.startswith("C") and visit not in ("C1D1", "C1D15"):
        return "CYCLE"
    return visit.rstrip("0123456789") if visit.startswith(("TA", "UNS", "SURV")) else visit


def toy_item(item: ItemDef, noise: np.ndarray, day: np.ndarray, row: np.ndarray) -> object:
    """Values of one item; one in twenty is missing, dates and numbers of records never."""
    blank = noise > 0.95
    if item.oid in ("AESPID", "ECAENO", "CMAENO"):
        return row.astype(float)
    if item.kind == "code":
        codes = np.array([code for code, _, _ in item.codes], dtype=object)
        return text(codes[np.floor(noise * len(codes)).astype(int)], blank)
    if item.kind == "text":
        if item.oid in ("PTNAME",):
            return text(np.full(len(noise), "Weight decreased", dtype=object), noise < 0)
        return text(np.array(WORDS, dtype=object)[np.floor(noise * len(WORDS)).astype(int)], blank)
    if item.kind == "date":
        return day + 30 * row + 14.0 * ("EN" in item.oid) + np.floor(noise * 5)
    if item.kind == "time":
        return np.where(blank, np.nan, np.floor(480 + noise * 300))
    scale = {"HEIGHT": 160.0, "SYSBP": 130.0, "DIABP": 80.0, "TLDIAM": 40.0, "ECDOSE": 400.0}.get(item.oid)
    value = scale if scale is not None else np.round(noise * 100, item.decimals)
    return np.where(blank, np.nan, value)


def text(values: np.ndarray, blank: np.ndarray) -> object:
    return pd.array(np.where(blank, None, values), dtype=TEXT)
