"""The referee of fulpyr with planted faults: whatever differs from the reported responses has a planted cause."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from tumour_toys import referee

from crf2tlf.derive.built import build_dataset
from crf2tlf.derive.engine import Deriver
from crf2tlf.rules.columns import compute_sas_dates, number_column, text_column
from crf2tlf.spec.load import load_study
from sdtm.blocks import Extract, RawForms, read_form

pytestmark = pytest.mark.slow

SUBJECTS = 100
PAGES = {"TL", "NTL", "NL", "RSP", "IMG"}


@pytest.fixture(scope="module")
def raw(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The extract of a small fulpyr with its faults."""
    folder = tmp_path_factory.mktemp("faulty")
    command = [
        sys.executable,
        "-m",
        "synthetic",
        "fulpyr",
        "--subjects",
        str(SUBJECTS),
        "--out",
        str(folder),
        "--quiet",
    ]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


@pytest.fixture(scope="module")
def frames(root: Path, raw: Path) -> dict[str, pd.DataFrame]:
    """TU, TR and RS of the extract, and an ADSL with the start alone."""
    study = load_study("fulpyr", root)
    extract = Extract(raw, raw, raw)
    deriver = Deriver(
        study, RawForms(study, lambda form: read_form(study, form, extract)), derived=frozenset(study.sdtm)
    )
    built = {name: build_dataset(deriver, name) for name in ("TU", "TR", "RS", "DM")}
    dm = built["DM"].frame
    unknown = number_column(np.full(len(dm), np.nan))
    adsl = pd.DataFrame(
        {
            "USUBJID": dm["USUBJID"],
            "ITTFL": text_column("Y", len(dm)),
            "RANDDT": number_column(compute_sas_dates(dm["RFXSTDTC"])),
            "NACTDT": unknown,
        }
    )
    tables = {name: each.frame for name, each in built.items()}
    return {**tables, "SUPPTU": built["TU"].supp, "ADSL": adsl}


def test_every_subject_with_a_difference_has_a_planted_fault_of_a_tumour_page(
    root: Path, raw: Path, frames: dict[str, pd.DataFrame], tmp_path: Path
) -> None:
    study = load_study("fulpyr", root)  # there is no file that an outcome could be computed from
    responses = {name: replace(each, effect_on=None) for name, each in study.responses.items()}
    found, page = referee(frames, tmp_path, replace(study, responses=responses))
    planted = pd.read_csv(raw / "manifest.csv", dtype=str)
    planted = planted[planted["form"].isin(PAGES)]
    assert len(found) > 20
    assert set(found["USUBJID"]) <= {f"FULPYR-{subject}" for subject in planted["subject"]}
    assert found["REASON"].notna().all()
    assert page.count("<section>") == found.assign(EFFECT=_rank(found["EFFECT"])).groupby(["EFFECT", "REASON"]).ngroups


def _rank(effects: pd.Series) -> list[str]:
    """Whether a difference has an effect, none, or is one of a component."""
    return ["component" if pd.isna(each) else "none" if each == "none" else "effect" for each in effects]
