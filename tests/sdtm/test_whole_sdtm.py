"""The SDTM of both studies, whole: every generated rule of qc holds, and no date is outside of what happened."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pandas as pd
import pytest

from crf2tlf.spec.load import load_study, load_study_standards
from crf2tlf.spec.model import Study
from crf2tlf.tables import read_parquet
from qc.evaluate import check_rules
from qc.files import Files, compute_days, read_files
from qc.findings import combine_findings
from qc.generate import dataset_rules
from qc.rules import Rule
from qc.stage import key_variables, names_without_records

# What is known of the time before consent: history, earlier treatment, archived tissue and the birth.
OF_HISTORY = {"BE", "BS", "CM", "DM", "GF", "MH", "MI", "PR", "SC"}
# A call that tells of a death comes after it.
AFTER_DEATH = {"SS", "SV"}
PAIRS = {("TA", "ARMCD/ARM"), ("TE", "ETCD/ELEMENT"), ("TV", "VISITNUM/VISIT"), ("LB", "LBTESTCD/LBTEST")}


class Whole(NamedTuple):
    """A study's spec, its build folder with the raw data beside it, the rules of its SDTM, and the files."""

    study: Study
    folder: Path
    rules: tuple[Rule, ...]
    files: Files

    def subjects(self) -> pd.DataFrame:
        """What really happened, a row for each subject of DM by USUBJID; dates are days since 1960-01-01."""
        dm = self.files.frame("DM").set_index("SUBJID")
        truth = read_parquet(self.folder / "raw" / "truth" / "subjects.parquet")
        return truth.set_index(pd.Index(dm.loc[truth["SUBJECT"], "USUBJID"]))

    def dated(self) -> pd.DataFrame:
        """The complete dates of all records: DATASET, VARIABLE, USUBJID, DAY."""
        parts = [
            pd.DataFrame({"DATASET": name, "VARIABLE": column, "USUBJID": file.frame["USUBJID"], "DAY": days})
            for name, file in self.files.datasets.items()
            for column in file.frame
            if column.endswith("DTC") and "USUBJID" in file.frame
            for days in [compute_days(file.frame[column])]
        ]
        return pd.concat(parts, ignore_index=True).dropna()


@pytest.fixture(scope="module", params=["fulpyr", "pyrws"])
def whole(request: pytest.FixtureRequest, clean_build: Callable[[str], Path], root: Path) -> Whole:
    study, folder = load_study(request.param, root), clean_build(request.param)
    build = folder / study.name
    without, standards = names_without_records(study, build), load_study_standards(study)
    rules = tuple(rule for spec in study.sdtm.values() for rule in dataset_rules(study, spec, standards))
    files = read_files(sorted((build / "sdtm").glob("*.xpt")), study.encoding)
    return Whole(study, folder, tuple(rule for rule in rules if rule.dataset not in without), files)


def test_every_rule_of_every_dataset_can_be_checked_and_holds(whole: Whole) -> None:
    outcomes = check_rules(whole.rules, whole.files, whole.study.location)
    findings = combine_findings(outcomes, whole.files, (), key_variables(whole.study))
    told = findings.findings[["RULE", "DATASET", "VARIABLE", "COUNT", "RECORDS"]]
    assert told.to_numpy().tolist() == []
    assert findings.rules.loc[findings.rules["BLOCKED"] != "", "ID"].tolist() == []


def test_the_rules_ask_for_lists_keys_headers_pairs_dates_and_relations(whole: Whole) -> None:
    asked = {
        "codelist", "extensible_codelist", "unique_keys", "columns", "label", "type", "length", "one_to_one",
        "iso8601", "calendar", "sequence_unique", "study_day", "subject_known", "visit_known",
        "parent_record", "related_record",
    }  # fmt: skip
    assert asked - {rule.kind for rule in whole.rules} == set()
    pairs = {(rule.dataset, rule.variable) for rule in whole.rules if rule.kind == "one_to_one"}
    assert PAIRS - pairs == set()


def test_no_record_is_dated_after_the_cut_off_or_the_death_of_its_subject(whole: Whole) -> None:
    dated, subjects = whole.dated(), whole.subjects()
    cut_off = (pd.Timestamp(str(whole.study.cut_off)) - pd.Timestamp("1960-01-01")).days
    assert dated.loc[dated["DAY"] > cut_off].to_numpy().tolist() == []
    lived = dated[~dated["DATASET"].isin(AFTER_DEATH)]
    late = lived["DAY"].to_numpy() > subjects.loc[lived["USUBJID"], "DEATH"].to_numpy(dtype=float)
    assert lived.loc[late].to_numpy().tolist() == []


def test_only_history_is_dated_before_consent(whole: Whole) -> None:
    dated, subjects = whole.dated(), whole.subjects()
    early = dated["DAY"].to_numpy() < subjects.loc[dated["USUBJID"], "CONSENT"].to_numpy(dtype=float)
    assert set(dated.loc[early, "DATASET"]) <= OF_HISTORY


def test_every_dose_is_between_the_first_and_the_last_of_the_truth(whole: Whole) -> None:
    dated, subjects = whole.dated(), whole.subjects()
    doses = dated[dated["DATASET"] == "EX"]
    truth = subjects.loc[doses["USUBJID"]]
    assert len(doses) > 0
    outside = (doses["DAY"].to_numpy() < truth["FIRST_DOSE"].to_numpy()) | (
        doses["DAY"].to_numpy() > truth["LAST_DOSE"].to_numpy()
    )
    assert doses.loc[outside].to_numpy().tolist() == []
