"""What holds in every analysis dataset of both studies of known truth, whole (ADaMIG 1.3, OCCDS 1.1)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pandas as pd
import pytest
from known_truth import KnownTruth

from crf2tlf.spec.load import load_study
from crf2tlf.spec.model import Study
from crf2tlf.tables import read_parquet

pytestmark = pytest.mark.slow

# Records of one SDTM domain each, all of them.
OCCURRENCES = {"ADAE": "AE", "ADCM": "CM", "ADMH": "MH", "ADDV": "DV"}
PAIRS = (("PARAMCD", "PARAM"), ("PARAM", "PARAMCD"), ("PARAM", "PARAMN"), ("AVISIT", "AVISITN"), ("TRT01P", "TRT01PN"),
         ("TRT01A", "TRT01AN"), ("TRTP", "TRTPN"), ("TRTA", "TRTAN"), ("AGEGR1", "AGEGR1N"))  # fmt: skip


@pytest.fixture(scope="module", params=["fulpyr", "pyrws"])
def built(request: pytest.FixtureRequest, known_truth: Callable[[str], KnownTruth]) -> KnownTruth:
    built: KnownTruth = known_truth(request.param)
    return built


@pytest.fixture(scope="module")
def study(built: KnownTruth, root: Path) -> Study:
    return load_study(built.study, root)


def datasets(built: KnownTruth, study: Study) -> Iterator[tuple[str, pd.DataFrame]]:
    yield from ((name, built.adam(name.lower())) for name in study.adam)


def test_adsl_has_one_record_for_each_subject_of_dm(built: KnownTruth) -> None:
    subjects = built.adam("adsl")["USUBJID"]
    assert subjects.is_unique
    assert set(subjects) == set(built.sdtm("dm")["USUBJID"])


def test_every_record_belongs_to_a_subject_of_adsl(built: KnownTruth, study: Study) -> None:
    known = set(built.adam("adsl")["USUBJID"])
    for name, frame in datasets(built, study):
        assert set(frame["USUBJID"]) <= known, name


def test_keys_are_unique(built: KnownTruth, study: Study) -> None:
    for name, frame in datasets(built, study):
        assert not frame.duplicated(list(study.adam[name].keys)).any(), name


def test_a_flag_is_y_or_blank_or_answers_y_or_n_for_everybody(built: KnownTruth, study: Study) -> None:
    for name, frame in datasets(built, study):
        for flag in [column for column in frame if column.endswith("FL")]:
            values = set(frame[flag].dropna())
            assert values <= {"Y", "N"}, (name, flag)
            assert "N" not in values or frame[flag].notna().all(), (name, flag)


def test_values_that_go_together_do_so_one_to_one(built: KnownTruth, study: Study) -> None:
    for name, frame in datasets(built, study):
        for one, other in PAIRS:
            if one in frame and other in frame:
                pairs = frame[[one, other]].drop_duplicates()
                assert pairs[one].is_unique, (name, one, other)
                assert pairs[other].is_unique, (name, one, other)


def test_variables_of_adsl_have_its_values(built: KnownTruth, study: Study) -> None:
    adsl = built.adam("adsl").set_index("USUBJID")
    for name, frame in datasets(built, study):
        for variable in (each for each in frame if each in adsl and each not in {"STUDYID", "USUBJID"}):
            theirs = frame["USUBJID"].map(adsl[variable])
            assert (frame[variable].eq(theirs) | (frame[variable].isna() & theirs.isna())).all(), (name, variable)


def test_every_source_key_finds_its_record(built: KnownTruth, study: Study) -> None:
    for name, frame in datasets(built, study):
        if "SRCSEQ" not in frame:
            continue
        keyed = frame[frame["SRCSEQ"].notna()]
        for domain, rows in keyed.groupby("SRCDOM"):
            source = built.adam(domain.lower()) if domain in study.adam else built.sdtm(domain.lower())
            number = "ASEQ" if "ASEQ" in source else f"{domain}SEQ"
            known = set(source[["USUBJID", number]].itertuples(index=False, name=None))
            assert set(rows[["USUBJID", "SRCSEQ"]].itertuples(index=False, name=None)) <= known, (name, domain)


@pytest.mark.parametrize("name", list(OCCURRENCES))
def test_an_occurrence_dataset_has_all_records_of_its_domain(built: KnownTruth, name: str) -> None:
    key = ["USUBJID", f"{OCCURRENCES[name]}SEQ"]
    ours, theirs = (frame[key] for frame in (built.adam(name.lower()), built.sdtm(OCCURRENCES[name].lower())))
    assert set(ours.itertuples(index=False, name=None)) == set(theirs.itertuples(index=False, name=None))


def test_dates_end_after_they_start(built: KnownTruth, study: Study) -> None:
    for name, frame in datasets(built, study):
        for start, end in (("ASTDT", "AENDT"), ("TRTSDT", "TRTEDT")):
            if start in frame and end in frame:
                assert not (frame[end] < frame[start]).any(), (name, start, end)


def test_adsl_has_the_variables_that_the_guide_requires(built: KnownTruth) -> None:
    required = ["STUDYID", "USUBJID", "SUBJID", "SITEID", "AGE", "AGEU", "SEX", "RACE", "ARM", "TRT01P"]
    assert set(required) <= set(built.adam("adsl"))


def test_clean_data_need_no_imputation(built: KnownTruth) -> None:
    assert read_parquet(built.folder / built.study / "adam" / "imputed.parquet").empty
