"""The rules of fulpyr's ADSL and ADAE at their edges, on a few typed records."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from small_files import derive_from_records, values

from crf2tlf.spec.load import load_study
from crf2tlf.spec.model import Study

WHO = {"USUBJID": "S1"}
PATIENT = {**WHO, "SUBJID": "01-001", "ARM": "Fulvestrant + Pyrotinib", "ARMCD": "FUL", "ACTARMCD": "FUL",
           "ACTARM": "Fulvestrant + Pyrotinib", "RFXSTDTC": "2024-03-10", "RFICDTC": "2024-03-01",
           "DMDTC": "2024-03-01", "SUPP.STRAT1": "N", "SUPP.STRAT2": "0"}  # fmt: skip
RANDOMISED = {**WHO, "DSDECOD": "RANDOMIZED", "DSSTDTC": "2024-03-09"}
DOSES = {**WHO, "EXTRT": "PYROTINIB", "EXDOSE": 400, "EXSTDTC": "2024-03-10", "EXENDTC": "2024-09-30"}
STOPPED = {**WHO, "DSSCAT": "STUDY TREATMENT", "DSDECOD": "PROGRESSIVE DISEASE", "DSSTDTC": "2024-10-02",
           "DSTERM": "PROGRESSIVE DISEASE"}  # fmt: skip
ASSESSED = {**WHO, "RSTESTCD": "OVRLRESP", "RSSTRESC": "PR", "VISITNUM": 35, "RSDTC": "2024-04-20"}


@pytest.fixture(scope="module")
def study(root: Path) -> Study:
    return load_study("fulpyr", root)


def adsl(study: Study, *variables: str, **records: list[dict[str, Any]]) -> tuple[object, ...]:
    """ADSL of one randomised and treated patient, who differs in the records given."""
    usual: dict[str, list[dict[str, Any]]] = {
        "DM": [PATIENT],
        "DS": [RANDOMISED, STOPPED],
        "EX": [DOSES],
        "RS": [ASSESSED],
    }
    (row,) = values(derive_from_records(study, "ADSL", **{**usual, **records}), *variables)
    return row


def test_a_usual_patient_is_in_every_population(study: Study) -> None:
    flags = ("RANDFL", "ITTFL", "FASFL", "SAFFL", "PPROTFL", "PPEXREAS")
    assert adsl(study, *flags) == ("Y", "Y", "Y", "Y", "Y", None)


@pytest.mark.parametrize(
    ("records", "reason"),
    [
        ({"IE": [{**WHO, "IETESTCD": "EXCL03", "IEDTC": "2024-03-01"}]}, "KEY INELIGIBILITY"),
        ({"ADDV": [{**WHO, "PPEXREAS": "KEY INELIGIBILITY"}]}, "KEY INELIGIBILITY"),
        ({"ADDV": [{**WHO, "PPEXREAS": "MAJOR PROTOCOL DEVIATION"}]}, "MAJOR PROTOCOL DEVIATION"),
        ({"DM": [{**PATIENT, "ACTARMCD": "CAP"}]}, "DRUG OF THE OTHER ARM"),
        ({"EX": [DOSES, {**DOSES, "EXTRT": "CAPECITABINE"}]}, "DRUG OF THE OTHER ARM"),
        ({"RS": [{**ASSESSED, "VISITNUM": 1}]}, "NO POST-BASELINE TUMOUR ASSESSMENT"),
        ({"RS": [{**ASSESSED, "RSSTRESC": None}]}, "NO POST-BASELINE TUMOUR ASSESSMENT"),
    ],
)
def test_each_reason_takes_a_patient_out_of_the_per_protocol_set(
    study: Study, records: dict[str, list[dict[str, Any]]], reason: str
) -> None:
    assert adsl(study, "PPROTFL", "PPEXREAS", **records) == ("N", reason)


@pytest.mark.parametrize(
    ("begun", "progressed", "reason"),
    [
        ("2024-09-30", "2024-10-01", "PROHIBITED ANTI-CANCER THERAPY"),
        ("2024-09-30", None, "PROHIBITED ANTI-CANCER THERAPY"),
        ("2024-09-30", "2024-09-30", None),
        ("2024-10-01", None, None),
    ],
)
def test_another_therapy_during_treatment_and_before_progression_is_prohibited(
    study: Study, begun: str, progressed: str | None, reason: str | None
) -> None:
    therapy = {**WHO, "CMCAT": "SUBSEQUENT ANTI-CANCER THERAPY", "CMSTDTC": begun, "CMDECOD": "LETROZOLE"}
    progression = {**ASSESSED, "RSSTRESC": "PD", "RSDTC": progressed, "VISITNUM": 105}
    responses = [ASSESSED, progression] if progressed else [ASSESSED]
    assert adsl(study, "NACTDT", "PPEXREAS", CM=[therapy], RS=responses) == (begun, reason)


def test_a_patient_who_was_randomised_and_not_treated_is_in_the_intention_to_treat_set_alone(study: Study) -> None:
    untreated = {**PATIENT, "RFXSTDTC": None, "ACTARMCD": None, "ACTARM": None, "ARMNRS": "ASSIGNED, NOT TREATED"}
    found = adsl(study, "ITTFL", "FASFL", "SAFFL", "PPROTFL", "PPEXREAS", "TRTEDT", DM=[untreated], EX=[])
    assert found == ("Y", "N", "N", "N", "NOT TREATED", None)


def test_a_screening_failure_is_in_no_population(study: Study) -> None:
    failed = {**PATIENT, "ARM": None, "ARMCD": None, "ACTARM": None, "ACTARMCD": None, "RFXSTDTC": None,
              "ARMNRS": "SCREEN FAILURE"}  # fmt: skip
    flags = ("ENRLFL", "RANDFL", "ITTFL", "FASFL", "SAFFL", "PPROTFL", "PPEXREAS", "TRT01P")
    assert adsl(study, *flags, DM=[failed], DS=[], EX=[]) == ("N", "N", "N", "N", "N", "N", "NOT RANDOMISED", None)


def test_treatment_goes_on_until_the_cut_off_where_nothing_ended_it(study: Study) -> None:
    open_end = {**DOSES, "EXENDTC": None}
    assert adsl(study, "TRTEDT", "EOTSTT", DS=[RANDOMISED], EX=[open_end]) == ("2024-12-15", "ONGOING")


def test_a_record_left_open_ends_with_the_last_dose_of_the_end_of_treatment_page(study: Study) -> None:
    open_end = {**DOSES, "EXENDTC": None}
    stopped = {**STOPPED, "SUPP.LASTDTC": "2024-09-28"}
    assert adsl(study, "TRTEDT", "EOTSTT", DS=[RANDOMISED, stopped], EX=[open_end]) == ("2024-09-28", "DISCONTINUED")


def test_treatment_that_was_ended_ends_with_the_last_dose(study: Study) -> None:
    assert adsl(study, "TRTEDT", "EOTDT", "EOTSTT") == ("2024-09-30", "2024-10-02", "DISCONTINUED")


@pytest.mark.parametrize(
    ("died", "imputed"),
    [
        ("2024-11-14", ("2024-11-14", None, "2024-11-01")),
        ("2024-11", ("2024-11-01", "D", "2024-11-01")),
        ("2024-12", ("2024-12-01", "D", "2024-11-01")),
        ("2024", ("2024-11-01", "M", "2024-11-01")),
    ],
)
def test_a_partial_death_is_not_before_the_last_day_known_alive(
    study: Study, died: str, imputed: tuple[str, str | None, str]
) -> None:
    contact = {**WHO, "SSSTRESC": "ALIVE", "SSDTC": "2024-11-01"}
    found = adsl(study, "DTHDT", "DTHDTF", "LSTALVDT", DM=[{**PATIENT, "DTHDTC": died, "DTHFL": "Y"}], SS=[contact])
    assert found == imputed


@pytest.mark.parametrize(
    ("records", "last"),
    [
        ({"SS": [{**WHO, "SSSTRESC": "DEAD", "SSDTC": "2024-11-20"}]}, ("2024-09-30", "EC.ECENDTC")),
        ({"LB": [{**WHO, "LBDTC": "2024-10-03T08:10"}]}, ("2024-10-03", "LB.LBDTC")),
        ({"AE": [{**WHO, "AESTDTC": "2024-10", "AEENDTC": "2024-10-05"}]}, ("2024-10-05", "AE.AEENDTC")),
        ({"AE": [{**WHO, "AESTDTC": "2024-10"}]}, ("2024-09-30", "EC.ECENDTC")),
        ({"SV": [{**WHO, "VISIT": "SURVIVAL FOLLOW-UP 2", "SVENDTC": "2024-11-20"}]}, ("2024-09-30", "EC.ECENDTC")),
        ({"VS": [{**WHO, "VSDTC": "2025-01-07"}]}, ("2024-12-15", "ADSL.DCUTDT")),
        ({"DM": [{**PATIENT, "DTHDTC": "2024-09-20"}]}, ("2024-09-20", "ADSL.DTHDT")),
    ],
)
def test_the_last_day_known_alive_is_collected_complete_and_bounded(
    study: Study, records: dict[str, list[dict[str, Any]]], last: tuple[str, str]
) -> None:
    given = {**WHO, "ECSTDTC": "2024-03-10", "ECENDTC": "2024-09-30"}
    assert adsl(study, "LSTALVDT", "LSTALVSR", EC=[given], **records) == last


def test_strata_are_kept_as_randomised_beside_what_the_history_says(study: Study) -> None:
    liver = {**WHO, "MHTERM": "LIVER METASTASIS", "MHSCAT": "METASTATIC SITE", "MHOCCUR": "Y", "MHDTC": "2024-03-01"}
    assert adsl(study, "STRATAR", "STRATAV", "MISSTRFL", MH=[liver]) == ("N/0", "Y/0", "Y")
    assert adsl(study, "STRATAR", "STRATAV", "MISSTRFL") == ("N/0", "N/0", None)


def test_of_repeated_receptors_the_last_before_the_start_counts(study: Study) -> None:
    positive = {**WHO, "MITESTCD": "ESTRCPT", "MITSTDTL": "RECEPTOR OVERALL STATUS"}
    specimens = [
        {**positive, "MIDTC": "2020-05-01", "MISTRESC": "NEGATIVE"},
        {**positive, "MIDTC": "2024-02-01", "MISTRESC": "POSITIVE"},
        {**positive, "MIDTC": "2024-03-11", "MISTRESC": "NEGATIVE"},
    ]
    assert adsl(study, "ERSTAT", "HRSTAT", MI=specimens) == ("POSITIVE", "POSITIVE")


@pytest.mark.parametrize(
    ("ended", "setting", "reason", "found"),
    [
        ("2022-12-31", "ADJUVANT", "COMPLETED", "RESISTANT"),
        ("2022-12-30", "ADJUVANT", "COMPLETED", "SENSITIVE"),
        ("2022-12", "ADJUVANT", "COMPLETED", "RESISTANT"),
        ("2024-01-31", "METASTATIC", "PROGRESSION", "RESISTANT"),
        ("2024-01-31", "METASTATIC", "COMPLETED", "SENSITIVE"),
    ],
)
def test_resistant_is_who_relapsed_within_365_days_of_trastuzumab_or_progressed_on_it(
    study: Study, ended: str, setting: str, reason: str, found: str
) -> None:
    therapy = {**WHO, "CMCAT": "PRIOR ANTI-CANCER THERAPY", "CMSCAT": "ANTI-HER2 THERAPY", "CMDECOD": "TRASTUZUMAB",
               "CMENDTC": ended, "CMRSDISC": reason, "SUPP.CMTRTSTT": setting}  # fmt: skip
    relapse = {**WHO, "MHSCAT": "RECURRENCE", "MHSTDTC": "2023-12-31"}
    assert adsl(study, "PRHER2", "PRTRASFL", CM=[therapy], MH=[relapse]) == (found, "Y")


def test_an_antibody_drug_conjugate_is_not_trastuzumab(study: Study) -> None:
    therapy = {**WHO, "CMCAT": "PRIOR ANTI-CANCER THERAPY", "CMSCAT": "ANTI-HER2 THERAPY",
               "CMDECOD": "TRASTUZUMAB EMTANSINE"}  # fmt: skip
    assert adsl(study, "PRTRASFL", "PRHER2", CM=[therapy]) == ("N", "SENSITIVE")


def test_a_new_therapy_told_as_text_began_no_later_than_the_contact(study: Study) -> None:
    contact = {**WHO, "SSSTRESC": "ALIVE", "SSDTC": "2024-11-01", "SUPP.SSNACT": "CHANGED TO T-DXD"}
    assert adsl(study, "NACTDT", "NACTTRT", SS=[contact]) == ("2024-11-01", "CHANGED TO T-DXD")


@pytest.mark.parametrize(
    ("start", "end", "imputed"),
    [
        ("2024-03-10", None, ("2024-03-10", None, "Y")),
        ("2024-03-09", None, ("2024-03-09", None, None)),
        ("2024-03", None, ("2024-03-10", "D", "Y")),
        ("2024", None, ("2024-03-10", "M", "Y")),
        ("2024-02", None, ("2024-02-01", "D", None)),
        ("2024-03", "2024-03-08", ("2024-03-01", "D", None)),
        (None, None, (None, None, "Y")),
        (None, "2024-03-08", (None, None, None)),
        ("2024-10-28", None, ("2024-10-28", None, "Y")),
        ("2024-10-29", None, ("2024-10-29", None, None)),
    ],
)
def test_an_event_is_treatment_emergent_in_the_worst_case_of_its_dates(
    study: Study, start: str | None, end: str | None, imputed: tuple[str | None, str | None, str | None]
) -> None:
    patient = {**WHO, "TRTSDT": day("2024-03-10"), "TRTEDT": day("2024-09-30"), "DCUTDT": day("2024-12-15")}
    event = {**WHO, "AEDECOD": "Diarrhoea", "AESTDTC": start, "AEENDTC": end}
    built = derive_from_records(study, "ADAE", ADSL=[patient], AE=[event])
    assert values(built, "ASTDT", "ASTDTF", "TRTEMFL") == [imputed]


def test_the_first_of_the_highest_grade_is_flagged_and_an_event_without_grade_is_not(study: Study) -> None:
    patient = {**WHO, "TRTSDT": day("2024-03-10"), "TRTEDT": day("2024-09-30")}
    event = {**WHO, "AEDECOD": "Diarrhoea", "AEBODSYS": "Gastrointestinal disorders"}
    events = [
        {**event, "AESTDTC": "2024-03-11", "AETOXGR": "2"},
        {**event, "AESTDTC": "2024-03-12", "AETOXGR": "3"},
        {**event, "AESTDTC": "2024-03-13", "AETOXGR": "3"},
        {**event, "AESTDTC": "2024-03-14", "AETOXGR": None},
    ]
    built = derive_from_records(study, "ADAE", ADSL=[patient], AE=events)
    assert values(built, "AESEQ", "AOCCPFL", "AOCC03FL") == [
        (1, "Y", None),
        (2, None, "Y"),
        (3, None, None),
        (4, None, None),
    ]


def test_an_event_without_an_answer_counts_as_related_to_the_drugs_that_were_taken(study: Study) -> None:
    patient = {**WHO, "ACTARMCD": "FUL"}
    built = derive_from_records(study, "ADAE", ADSL=[patient], AE=[{**WHO, "AEDECOD": "Rash"}])
    assert values(built, "AREL", "ARELPYR", "ARELFUL", "ARELCAP") == [
        ("RELATED", "RELATED", "RELATED", "NOT APPLICABLE")
    ]


def day(iso: str) -> float:
    """Days since 1960-01-01."""
    return (date.fromisoformat(iso) - date(1960, 1, 1)).days
