"""Other diseases of a patient, before and beside the cancer."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from synthetic.population import YEAR, Population
from synthetic.streams import Bools, Floats, Ints, Streams, counted

# Diseases with their share of the patients; English and Chinese text.
CONDITIONS = (
    ("Hypertension", "高血压", 0.18),
    ("Type 2 diabetes mellitus", "2型糖尿病", 0.08),
    ("Hyperlipidemia", "高脂血症", 0.10),
    ("Thyroid nodule", "甲状腺结节", 0.15),
    ("Fatty liver", "脂肪肝", 0.16),
    ("Chronic hepatitis B", "慢性乙型肝炎", 0.07),
    ("Uterine leiomyoma", "子宫肌瘤", 0.12),
    ("Appendectomy", "阑尾切除术", 0.06),
    ("Insomnia", "失眠", 0.07),
    ("Osteoporosis", "骨质疏松", 0.06),
)
RESOLVES = ("Appendectomy",)


@dataclass(frozen=True)
class History:
    """Whether and since when (days since 1960-01-01) each patient (row) has each of CONDITIONS (column).

    `number` is the number of the disease on the patient's page of history.
    """

    has: Bools
    since: Floats
    number: Ints


def draw_history(people: Population, streams: Streams) -> History:
    """More diseases with age, none before the age of 16."""
    shape = len(CONDITIONS)
    older = 0.6 + 0.8 * (people.age[:, None] - 30) / 40
    has = streams.uniform("conditions", shape) < np.array([share for _, _, share in CONDITIONS]) * np.clip(older, 0, 3)
    since = np.floor(people.consent[:, None] - (0.2 + 12 * streams.uniform("since", shape)) * YEAR)
    since = np.floor(np.maximum(since, (people.birth + 16 * YEAR)[:, None]))
    return History(has, since, counted(has))
