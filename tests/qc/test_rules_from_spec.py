"""Which rules a spec gives: a toy study of four datasets, and the pilot study."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import get_args

import pytest

from crf2tlf.errors import Location
from crf2tlf.spec.load import load_study, load_study_standards
from crf2tlf.spec.model import Study
from qc.checks import (
    AllowedValues,
    Check,
    DatesInOrder,
    DaysBetween,
    OneToOne,
    StoredLength,
    StudyDay,
    SubjectKnown,
    Unique,
    VisitKnown,
)
from qc.generate import generate_rules
from qc.rules import KINDS, Rule

STUDY = """\
study: toy
study_id: TOY
protocol: TOY-1
title: A toy study
standards: {SDTMIG: "3.4", ADaMIG: "1.3", SDTM CT: 2025-03-28, ADaM CT: 2025-03-28, Define-XML: "2.1.7"}
constants: {STUDYID: TOY}
forms:
  dm: {file: dm.csv, label: Demographics, subject: SUBJECT, dates: YYYY-MM-DD, fields: [SUBJECT, START]}
  ae: {file: ae.csv, label: Adverse Events, subject: SUBJECT, dates: YYYY-MM-DD, fields: [SUBJECT, TERM, SEV, S, E]}
"""
CODELISTS = """\
AESEV: {cdisc: C66769, terms: {MILD: [], SEVERE: []}}
NY: {cdisc: C66742, terms: {N: [], Y: []}}
NY_YES: {cdisc: C66742, terms: {Y: []}}
"""
DM = """\
dataset: DM
keys: [STUDYID, USUBJID]
records:
  - {id: main, source: raw.dm}
variables:
  STUDYID: {set: $STUDYID}
  DOMAIN: {set: DM}
  USUBJID: {from: raw.dm.SUBJECT}
  SUBJID: {from: raw.dm.SUBJECT}
  RFSTDTC: {date: raw.dm.START, type: date}
  SITEID: {set: "1"}
  SEX: {set: F}
  COUNTRY: {set: CHN}
"""
AE = """\
dataset: AE
keys: [STUDYID, USUBJID, AETERM, AESTDTC]
records:
  - {id: main, source: raw.ae}
variables:
  STUDYID: {set: $STUDYID}
  DOMAIN: {set: AE}
  USUBJID: {from: raw.ae.SUBJECT}
  AESEQ: {seq: true}
  AETERM: {from: raw.ae.TERM, length: 100}
  AEDECOD: {from: raw.ae.TERM}
  AESEV: {from: raw.ae.SEV, codelist: AESEV}
  AESTDTC: {date: raw.ae.S, type: date}
  AEENDTC: {date: raw.ae.E, type: date}
  AESTDY: {study_day: AESTDTC}
supp:
  AETRTEM: {label: Treatment Emergent Flag, case: [{when: AESTDTC >= DM.RFSTDTC, then: Y}], codelist: NY_YES}
"""


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory, root: Path) -> Study:
    """The toy study."""
    folder = tmp_path_factory.mktemp("toy")
    (folder / "specs" / "toy" / "sdtm").mkdir(parents=True)
    (folder / "specs" / "standards").symlink_to(root / "specs" / "standards")
    place = folder / "specs" / "toy"
    for name, text in (("study", STUDY), ("codelists", CODELISTS), ("sdtm/DM", DM), ("sdtm/AE", AE)):
        (place / f"{name}.yaml").write_text(text, encoding="utf-8")
    return load_study("toy", folder)


@pytest.fixture(scope="module")
def rules(study: Study) -> dict[str, Rule]:
    """The rules by id."""
    return {rule.id: rule for rule in generate_rules(study, load_study_standards(study))}


def test_a_rule_carries_its_place_in_the_spec_and_what_to_do(rules: dict[str, Rule]) -> None:
    assert rules["AE.AESEV.codelist"] == Rule(
        kind="codelist",
        dataset="AE",
        variable="AESEV",
        check=AllowedValues("AESEV", ("MILD", "SEVERE")),
        severity="error",
        location=Location("specs/toy/sdtm/AE.yaml", 12),
        message="AESEV is not a term of the study's list (AESEV, C66769)",
        fix="correct the value: its list cannot be extended",
    )


def test_the_rules_of_a_dataset_follow_from_its_spec(rules: dict[str, Rule]) -> None:
    expected: dict[str, Check] = {
        "AE.unique_keys": Unique(("STUDYID", "USUBJID", "AETERM", "AESTDTC")),
        "AE.AESEQ.sequence_unique": Unique(("USUBJID", "AESEQ")),
        "AE.AETERM.length": StoredLength("AETERM", 100),
        "AE.AESEV.length": StoredLength("AESEV", None),
        "AE.AESTDTC/AEENDTC.dates_in_order": DatesInOrder("AESTDTC", "AEENDTC"),
        "AE.AESTDY.study_day": StudyDay("AESTDY", "AESTDTC", "DM", "RFSTDTC"),
        "AE.USUBJID.subject_known": SubjectKnown("DM"),
        "AE.DOMAIN.constant": AllowedValues("DOMAIN", ("AE",)),
        "SUPPAE.RDOMAIN.constant": AllowedValues("RDOMAIN", ("AE",)),
        "SUPPAE.QNAM.qualifier_known": AllowedValues("QNAM", ("AETRTEM",)),
        "SUPPAE.AETRTEM.codelist": AllowedValues("QVAL", ("Y",), ("QNAM", "AETRTEM")),
        "SUPPAE.QNAM/QLABEL.one_to_one": OneToOne("QNAM", "QLABEL"),
        "DM.USUBJID.one_per_subject": Unique(("USUBJID",)),
    }
    assert {name: rules[name].check for name in expected} == expected


def test_only_required_variables_must_be_filled(rules: dict[str, Rule]) -> None:
    required = {rule.variable for rule in rules.values() if rule.kind == "required" and rule.dataset == "AE"}
    assert required == {"STUDYID", "DOMAIN", "USUBJID", "AESEQ", "AETERM", "AEDECOD"}


def test_a_rule_has_a_kind_that_is_described(rules: dict[str, Rule]) -> None:
    assert {rule.kind for rule in rules.values()} <= set(KINDS)
    assert all(kind.asks and kind.fix for kind in KINDS.values())


def test_every_kind_of_check_is_data() -> None:
    for check in (*get_args(get_args(Check)[0]), *get_args(Check)):
        assert all(field.type is not None for field in fields(check))


def test_the_pilot_study_uses_the_rules_of_adam(pilot: Study) -> None:
    found = {rule.id: rule for rule in generate_rules(pilot, load_study_standards(pilot))}
    assert found["ADTTE.AVAL.days_between"].check == DaysBetween("AVAL", "STARTDT", "ADT", ("TTDE",))
    assert found["ADAE.ASTDY.study_day"].check == StudyDay("ASTDY", "ASTDT", "ADSL", "TRTSDT")
    assert found["ADSL.USUBJID.subject_known"].check == SubjectKnown("DM")
    assert {rule.dataset for rule in found.values() if rule.check == VisitKnown("SV")} == {"DS", "EX"}
    assert found["ADAE.USUBJID.subject_known"].check == SubjectKnown("ADSL")
    assert found["ADSL.TRT01P/TRT01PN.one_to_one"].check == OneToOne("TRT01P", "TRT01PN")
    assert {"ADAE.TRTEMFL.treatment_emergent", "ADTTE.CNSR.censor_positive", "ADTTE.SRCDOM.source_record"} <= set(found)
    assert found["ADSL.SAFFL.flag"].check == AllowedValues("SAFFL", ("Y", "N"))
    assert found["ADSL.DTHFL.flag"].check == AllowedValues("DTHFL", ("Y",))
