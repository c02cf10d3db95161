"""A study's patients, block by block: their clean CRF forms and the truth behind them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd

from crf2tlf.spec.crf import FormDef
from synthetic.forms_baseline import baseline_forms
from synthetic.forms_biomarker import biomarker_forms
from synthetic.forms_cancer import cancer_forms
from synthetic.forms_comment import comment_forms
from synthetic.forms_disposition import disposition_forms
from synthetic.forms_safety import safety_forms
from synthetic.forms_treatment import treatment_forms
from synthetic.forms_tumour import tumour_forms
from synthetic.forms_visit import visit_forms
from synthetic.parameters import Parameters
from synthetic.patients import Patients, simulate_patients
from synthetic.plan import plan_study
from synthetic.streams import Streams
from synthetic.truth import truth_frames

BLOCK = 2_000
BUILDERS = (
    baseline_forms,
    cancer_forms,
    visit_forms,
    tumour_forms,
    treatment_forms,
    safety_forms,
    disposition_forms,
    biomarker_forms,
)


@dataclass(frozen=True)
class Block:
    """Clean form frames by form OID, and truth frames: subjects, tte, lesions, responses, adverse_events."""

    forms: dict[str, pd.DataFrame]
    truth: dict[str, pd.DataFrame]


def simulate(
    parameters: Parameters,
    forms: dict[str, FormDef],
    *,
    subjects: int | None = None,
    seed: int | None = None,
    block: int = BLOCK,
) -> Iterator[Block]:
    """Blocks of a study with `subjects` enrolled patients (the planned number by default) plus screening failures.

    Nothing depends on `block`, the number of screened subjects simulated at a time. Forms come in the order of `forms`,
    sorted by subject in order of screening, then by date.
    """
    number = parameters.enrolment.subjects if subjects is None else subjects
    seed = parameters.seed if seed is None else seed
    plan = plan_study(parameters, number, seed)
    for first in range(0, len(plan), block):
        streams = Streams(seed, first, min(block, len(plan) - first))
        yield _filled(simulate_patients(parameters, forms, plan, streams))


def _filled(patients: Patients) -> Block:
    built: dict[str, pd.DataFrame] = {}
    for build in BUILDERS:
        built |= build(patients)
    built |= comment_forms(patients, built)
    if set(built) != set(patients.forms):
        different = ", ".join(sorted(set(built) ^ set(patients.forms)))
        raise ValueError(f"forms in the CRF or in the simulation only: {different}")
    frames = {name: built[name] for name in patients.forms}
    return Block(frames, truth_frames(patients, frames))
