"""From a raw extract without faults to SDTM without an issue, whose records fit together."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from crf2tlf.tables import read_parquet, read_xpt

SUBJECTS = 60
DOMAINS = ("ae", "cm", "cv", "ds", "dv", "ec", "eg", "ex", "lb", "mh", "mi", "pe", "pr", "rs", "ss", "tr", "tu", "vs")
# Pairs of variables of which the one value stands for the other.
PAIRS = (("TESTCD", "TEST"), ("VISITNUM", "VISIT"))


@pytest.fixture(params=["fulpyr", "pyrws"])
def sdtm(request: pytest.FixtureRequest, clean_build: Callable[[str], Path]) -> Path:
    """The SDTM of a small clean study."""
    return clean_build(request.param) / request.param / "sdtm"


def read(sdtm: Path, dataset: str) -> pd.DataFrame:
    return read_xpt(sdtm / f"{dataset}.xpt").frame


def test_clean_data_have_no_issue(sdtm: Path) -> None:
    assert read_parquet(sdtm / "issues.parquet").to_dict("records") == []


def test_every_subject_of_the_trial_is_in_dm_once(sdtm: Path) -> None:
    dm = read(sdtm, "dm")
    assert dm["USUBJID"].is_unique
    assert int(dm["ARMCD"].notna().sum()) == SUBJECTS


@pytest.mark.parametrize("domain", DOMAINS)
def test_every_record_belongs_to_a_subject_of_dm_and_is_numbered_within_it(sdtm: Path, domain: str) -> None:
    frame = read(sdtm, domain)
    assert set(frame["USUBJID"]) <= set(read(sdtm, "dm")["USUBJID"])
    assert not frame.duplicated(["USUBJID", f"{domain.upper()}SEQ"]).any()


@pytest.mark.parametrize("domain", DOMAINS)
def test_a_code_has_one_name_and_a_name_one_code(sdtm: Path, domain: str) -> None:
    frame = read(sdtm, domain)
    for code, name in PAIRS:
        code, name = (text if text.startswith("VISIT") else f"{domain.upper()}{text}" for text in (code, name))
        if {code, name} <= set(frame.columns):
            pairs = frame[[code, name]].dropna().drop_duplicates()
            assert not pairs.duplicated(code).any()
            assert not pairs.duplicated(name).any()


def test_every_measured_lesion_was_identified(sdtm: Path) -> None:
    tu, tr = read(sdtm, "tu"), read(sdtm, "tr")
    identified = set(zip(tu["USUBJID"], tu["TULNKID"], strict=True))
    measured = tr[tr["TRLNKID"].notna()]  # a sum, and a scan that was not done, name no lesion
    assert set(zip(measured["USUBJID"], measured["TRLNKID"], strict=True)) <= identified


def test_treatment_and_death_are_those_of_the_truth(sdtm: Path) -> None:
    truth = read_parquet(sdtm.parents[1] / "raw" / "truth" / "subjects.parquet")
    dm = read(sdtm, "dm").set_index("SUBJID").loc[truth["SUBJECT"].to_list()]
    for variable, column in (("RFXSTDTC", "FIRST_DOSE"), ("DTHDTC", "DEATH")):
        expected = pd.to_datetime(truth[column].to_numpy(dtype=float), unit="D", origin="1960-01-01")
        assert dm[variable].fillna("").tolist() == [day.strftime("%Y-%m-%d") if day == day else "" for day in expected]


@pytest.mark.parametrize("study", ["fulpyr", "pyrws"])
def test_the_coded_trial_parameters_are_terms_of_the_terminology(root: Path, study: str) -> None:
    with (root / "specs/standards/ct/sdtmct-2025-03-28/terms.csv").open(encoding="utf-8") as lines:
        terms = {(row["code"], row["value"]) for row in csv.DictReader(lines)}
    with (root / f"specs/{study}/trial_design/ts.csv").open(encoding="utf-8") as lines:
        coded = {(row["TSVALCD"], row["TSVAL"]) for row in csv.DictReader(lines) if row["TSVCDREF"] == "CDISC CT"}
    assert coded - terms == set()
