"""Each row of fulpyr's time-to-event tables at its edges, on a few typed records: the rules are the study's own.

The patient is randomised on 2024-01-01, scanned at baseline and, where nothing else is said, on 2024-02-12 (day 42).
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from small_files import derive_from_records, values

from crf2tlf.spec.load import load_study
from crf2tlf.spec.model import Study

WHO = {"USUBJID": "S1"}
FIRST_SCAN = "2024-02-12"
GAP_91 = "2024-05-13"  # the 91st day after the first scan
GAP_92 = "2024-05-14"
WITHDREW = {"DCSREAS": "WITHDRAWAL OF CONSENT", "EOSDT": "2024-04-02"}
LOST = {"DCSREAS": "LOST TO FOLLOW-UP", "EOSDT": "2024-06-02"}
TOXIC = {"DCTREAS": "ADVERSE EVENT", "DCTREASP": "ADVERSE EVENT", "EOTDT": "2024-03-05"}
CLINICAL = {"DCTREAS": "PROGRESSIVE DISEASE", "DCTREASP": "CLINICAL PROGRESSION", "EOTDT": "2024-03-05"}


@pytest.fixture(scope="module")
def study(root: Path) -> Study:
    return load_study("fulpyr", root)


def days(text: str) -> int:
    return (date.fromisoformat(text) - date(1960, 1, 1)).days


def dated(record: dict[str, Any]) -> dict[str, Any]:
    return {name: days(value) if name.endswith("DT") else value for name, value in record.items()}


def response(day: str, value: str, **more: Any) -> dict[str, Any]:
    """An overall response; a progression also gives PD, a response RSP when asked for."""
    return {**WHO, "PARAMCD": "OVR", "AVALC": value, "ADT": day, "ANL01FL": "Y", "APLDT": day, **more}


def found(day: str, code: str = "PD", **more: Any) -> dict[str, Any]:
    return {**WHO, "PARAMCD": code, "AVALC": "Y", "ADT": day, "APLDT": day, **more}


def outcome(
    study: Study,
    code: str,
    *names: str,
    adrs: list[dict[str, Any]] | None = None,
    brain: str = "",
    baseline: bool = True,
    clinical: str = "",
    doses: str = "2024-02-20",
    **adsl: Any,
) -> tuple[object, ...]:
    """ADT, CNSR and rule of one patient and parameter, or other variables."""
    patient = {**WHO, "ITTFL": "Y", "RANDDT": "2024-01-01", "LSTALVDT": "2024-07-01", "DCUTDT": "2024-12-15", **adsl}
    responses = [response(FIRST_SCAN, "SD")] if adrs is None else adrs
    built = derive_from_records(
        study,
        "ADTTE",
        ADSL=[dated({name: value for name, value in patient.items() if value is not None})],
        ADRS=[{**dated(record), "ASEQ": number} for number, record in enumerate(responses, 1)],
        ADRSCNS=[{**dated(found(brain, "CNSPD")), "ASEQ": 1}] if brain else [],
        TR=[{**WHO, "TRDTC": "2023-12-20", "VISITNUM": 1}] if baseline else [],
        RS=[{**WHO, "RSTESTCD": "SYMPTDTR", "RSDTC": clinical}] if clinical else [],
        EX=[{**WHO, "EXTRT": "PYROTINIB", "EXENDTC": doses}],
    )
    rows = values(built, "PARAMCD", *(names or ("ADT", "CNSR", "ACNRULE")))
    return next((row[1:] for row in rows if row[0] == code), ())


# ---- PFS, row by row ---------------------------------------------------------------------------------------------


def test_without_a_baseline_time_ends_where_it_starts(study: Study) -> None:
    assert outcome(study, "PFSINV", baseline=False, adrs=[]) == ("2024-01-01", 1.0, "1")
    assert outcome(study, "PFSINV", "AVAL", "EVNTDESC", "CNSDTDSC", "SRCDOM", "SRCVAR", baseline=False, adrs=[]) == (
        1 / 30.4375, "NO BASELINE TUMOR ASSESSMENT", "RANDOMIZATION", "ADSL", "RANDDT",
    )  # fmt: skip


@pytest.mark.parametrize("baseline", [False, True])
def test_an_early_death_counts_without_any_assessment(study: Study, baseline: bool) -> None:
    rule = "2" if baseline else "1"
    early, late = "2024-04-01", "2024-04-02"  # day 91 and 92 after the start
    assert outcome(study, "PFSINV", baseline=baseline, adrs=[], DTHDT=early) == (early, 0.0, "7")
    assert outcome(study, "PFSINV", baseline=baseline, adrs=[], DTHDT=late) == ("2024-01-01", float(rule), rule)
    assert outcome(study, "PFSPOL", baseline=baseline, adrs=[], DTHDT=late) == (late, 0.0, "7")


@pytest.mark.parametrize("adrs", [[], [response(FIRST_SCAN, "NE")], [response("2024-01-01", "SD")]])
def test_an_assessment_that_is_not_evaluable_or_on_the_day_of_the_start_is_none(
    study: Study, adrs: list[dict[str, Any]]
) -> None:
    assert outcome(study, "PFSINV", adrs=adrs) == ("2024-01-01", 2.0, "2")


def test_a_new_therapy_before_progression_censors_at_the_last_assessment_up_to_it(study: Study) -> None:
    scans = [response(FIRST_SCAN, "SD"), response("2024-03-25", "PD"), found("2024-03-25")]
    given = {"adrs": scans, "NACTDT": "2024-03-24"}
    assert outcome(study, "PFSINV", **given) == (FIRST_SCAN, 3.0, "3")
    assert outcome(study, "PFSPOL", **given) == ("2024-03-25", 0.0, "6")
    assert outcome(study, "PFSTHER", **given) == ("2024-03-24", 0.0, "3")
    names = ("EVNTDESC", "CNSDTDSC", "SRCDOM", "SRCVAR", "SRCSEQ")
    assert outcome(study, "PFSINV", *names, **given) == (
        "NEW ANTI-CANCER THERAPY",
        "LAST ADEQUATE TUMOR ASSESSMENT PRIOR TO NEW ANTI-CANCER THERAPY",
        "ADRS",
        "ADT",
        1.0,
    )


@pytest.mark.parametrize(
    ("therapy", "expected"),
    [(FIRST_SCAN, (FIRST_SCAN, 3.0, "3")), ("2024-02-11", ("2024-01-01", 3.0, "3"))],
)
def test_an_assessment_on_the_day_of_the_new_therapy_counts(
    study: Study, therapy: str, expected: tuple[object, ...]
) -> None:
    assert outcome(study, "PFSINV", NACTDT=therapy) == expected


def test_a_new_therapy_on_the_day_of_progression_or_death_does_not_censor(study: Study) -> None:
    progressed = [response(FIRST_SCAN, "PD"), found(FIRST_SCAN)]
    assert outcome(study, "PFSINV", adrs=progressed, NACTDT=FIRST_SCAN) == (FIRST_SCAN, 0.0, "6")
    assert outcome(study, "PFSINV", DTHDT="2024-03-01", NACTDT="2024-03-01") == ("2024-03-01", 0.0, "7")


@pytest.mark.parametrize(("day", "expected"), [(GAP_91, (GAP_91, 0.0, "6")), (GAP_92, (FIRST_SCAN, 4.0, "4"))])
def test_progression_after_two_missed_assessments_does_not_count(
    study: Study, day: str, expected: tuple[object, ...]
) -> None:
    scans = [response(FIRST_SCAN, "SD"), response(day, "PD"), found(day)]
    assert outcome(study, "PFSINV", adrs=scans) == expected
    assert outcome(study, "PFSPOL", adrs=scans) == (day, 0.0, "6")


@pytest.mark.parametrize(("day", "expected"), [(GAP_91, (GAP_91, 0.0, "7")), (GAP_92, (FIRST_SCAN, 5.0, "5"))])
def test_death_after_two_missed_assessments_does_not_count(
    study: Study, day: str, expected: tuple[object, ...]
) -> None:
    assert outcome(study, "PFSINV", DTHDT=day) == expected
    assert outcome(study, "PFSPOL", DTHDT=day) == (day, 0.0, "7")


def test_an_assessment_that_is_not_evaluable_closes_no_gap(study: Study) -> None:
    scans = [response(FIRST_SCAN, "SD"), response("2024-03-25", "NE")]
    assert outcome(study, "PFSINV", adrs=scans, DTHDT=GAP_92) == (FIRST_SCAN, 5.0, "5")


def test_documented_progression_is_an_event(study: Study) -> None:
    scans = [response(FIRST_SCAN, "PD"), found(FIRST_SCAN)]
    names = ("AVAL", "EVNTDESC", "CNSDTDSC", "SRCDOM", "SRCVAR", "SRCSEQ")
    expected = (43 / 30.4375, "DISEASE PROGRESSION", None, "ADRS", "ADT", 2.0)
    assert outcome(study, "PFSINV", *names, adrs=scans) == expected


def test_progression_and_death_on_one_day_are_a_progression(study: Study) -> None:
    scans = [response(FIRST_SCAN, "PD"), found(FIRST_SCAN)]
    assert outcome(study, "PFSINV", adrs=scans, DTHDT=FIRST_SCAN) == (FIRST_SCAN, 0.0, "6")
    assert outcome(study, "PFSINV", adrs=scans, DTHDT="2024-02-11") == ("2024-02-11", 0.0, "7")


def test_death_without_progression_is_an_event(study: Study) -> None:
    names = ("ADT", "EVNTDESC", "SRCDOM", "SRCVAR", "SRCSEQ")
    assert outcome(study, "PFSINV", *names, DTHDT="2024-03-01") == ("2024-03-01", "DEATH", "ADSL", "DTHDT", None)


@pytest.mark.parametrize(
    ("left", "expected"),
    [
        (WITHDREW, (FIRST_SCAN, 6.0, "8")),
        (LOST, (FIRST_SCAN, 7.0, "9")),
        (TOXIC, (FIRST_SCAN, 8.0, "10")),
        ({**TOXIC, **WITHDREW}, (FIRST_SCAN, 6.0, "8")),
        ({}, (FIRST_SCAN, 10.0, "12")),
    ],
)
def test_without_an_event_the_reason_for_the_end_tells_the_code(
    study: Study, left: dict[str, str], expected: tuple[object, ...]
) -> None:
    assert outcome(study, "PFSINV", **left) == expected


def test_progression_after_the_last_dose_and_before_a_new_therapy_counts(study: Study) -> None:
    scans = [response(FIRST_SCAN, "SD"), response("2024-03-25", "PD"), found("2024-03-25")]
    given = {"adrs": scans, "NACTDT": "2024-03-26", **TOXIC}
    assert outcome(study, "PFSINV", **given) == ("2024-03-25", 0.0, "6")


def test_clinical_progression_alone_is_an_event_in_its_own_rule_set_only(study: Study) -> None:
    given = {"clinical": "2024-03-04", **CLINICAL}
    assert outcome(study, "PFSINV", **given) == (FIRST_SCAN, 9.0, "11")
    assert outcome(study, "PFSCLIN", **given) == ("2024-03-04", 0.0, "6")
    assert outcome(study, "PFSCLIN", "SRCDOM", "SRCVAR", "SRCSEQ", **given) == ("RS", "RSDTC", 1.0)


def test_scheduled_dates_stand_for_those_of_scans_but_not_for_death(study: Study) -> None:
    scans = [response("2024-02-15", "PD", APLDT=FIRST_SCAN), found("2024-02-15", APLDT=FIRST_SCAN)]
    assert outcome(study, "PFSSCHED", "ADT", "CNSR", "SRCVAR", "SRCSEQ", adrs=scans) == (FIRST_SCAN, 0.0, "APLDT", 2.0)
    assert outcome(study, "PFSSCHED", adrs=[], baseline=False) == ("2024-01-01", 1.0, "1")
    assert outcome(study, "PFSSCHED", DTHDT="2024-03-01") == ("2024-03-01", 0.0, "7")


def test_somebody_who_was_not_randomised_has_no_parameter(study: Study) -> None:
    assert outcome(study, "PFSINV", ITTFL="N", RANDDT=None) == ()


def test_progression_outside_of_the_brain_does_not_end_the_time_without_intracranial_progression(study: Study) -> None:
    scans = [response(FIRST_SCAN, "PD"), found(FIRST_SCAN), response("2024-03-25", "PD")]
    assert outcome(study, "CNSPFS", adrs=scans) == ("2024-03-25", 10.0, "12")
    names = ("ADT", "ACNRULE", "EVNTDESC", "SRCDOM", "SRCSEQ")
    seen = outcome(study, "CNSPFS", *names, adrs=scans, brain="2024-03-25")
    assert seen == ("2024-03-25", "6", "INTRACRANIAL PROGRESSION", "ADRSCNS", 1.0)
    assert outcome(study, "CNSPFS", adrs=scans, brain="2024-03-25", NACTDT="2024-03-24") == (FIRST_SCAN, 3.0, "3")
    assert outcome(study, "CNSPFS", adrs=scans, DTHDT="2024-04-01") == ("2024-04-01", 0.0, "7")


# ---- Duration of response and time to response -------------------------------------------------------------------


def test_duration_of_response_goes_from_the_first_response_to_progression_or_death(study: Study) -> None:
    scans = [response(FIRST_SCAN, "PR"), found(FIRST_SCAN, "RSP"), response("2024-03-25", "PD"), found("2024-03-25")]
    names = ("STARTDT", "ADT", "AVAL", "CNSR", "ACNRULE")
    assert outcome(study, "DOR", *names, adrs=scans) == (FIRST_SCAN, "2024-03-25", 43 / 30.4375, 0.0, "6")
    death = outcome(study, "DOR", *names, adrs=scans[:2], DTHDT="2024-03-01")
    assert death == (FIRST_SCAN, "2024-03-01", 19 / 30.4375, 0.0, "7")
    assert outcome(study, "TTR", *names, adrs=scans) == ("2024-01-01", FIRST_SCAN, 43 / 30.4375, 0.0, "RESPONSE")


def test_who_does_not_respond_has_no_duration_of_response(study: Study) -> None:
    assert outcome(study, "DOR") == ()
    assert outcome(study, "TTR", adrs=[response(FIRST_SCAN, "SD"), {**found(FIRST_SCAN, "RSP"), "AVALC": "N"}]) == ()


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"NACTDT": "2024-02-20"}, (FIRST_SCAN, 3.0, "3")),
        ({"DTHDT": GAP_92}, (FIRST_SCAN, 5.0, "5")),
        (WITHDREW, (FIRST_SCAN, 6.0, "8")),
        ({}, (FIRST_SCAN, 10.0, "12")),
    ],
)
def test_duration_of_response_is_censored_as_progression_free_survival(
    study: Study, given: dict[str, str], expected: tuple[object, ...]
) -> None:
    scans = [response(FIRST_SCAN, "PR"), found(FIRST_SCAN, "RSP")]
    assert outcome(study, "DOR", adrs=scans, **given) == expected


# ---- Time to treatment failure -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"adrs": [found(FIRST_SCAN)], "DTHDT": "2024-03-01"}, (FIRST_SCAN, 0.0, "1", "DISEASE PROGRESSION")),
        ({"adrs": [found(FIRST_SCAN)], "DTHDT": FIRST_SCAN}, (FIRST_SCAN, 0.0, "1", "DISEASE PROGRESSION")),
        ({"DTHDT": "2024-03-01"}, ("2024-03-01", 0.0, "2", "DEATH")),
        (TOXIC, ("2024-02-20", 0.0, "3", "TREATMENT DISCONTINUATION: ADVERSE EVENT")),
        (CLINICAL, ("2024-02-20", 0.0, "3", "TREATMENT DISCONTINUATION: CLINICAL PROGRESSION")),
        ({**TOXIC, "DTHDT": "2024-02-20"}, ("2024-02-20", 0.0, "2", "DEATH")),
        ({**TOXIC, "NACTDT": "2024-02-20"}, ("2024-02-20", 0.0, "3", "TREATMENT DISCONTINUATION: ADVERSE EVENT")),
        ({"NACTDT": "2024-03-01"}, ("2024-03-01", 0.0, "4", "NEW ANTI-CANCER THERAPY")),
        ({}, ("2024-12-15", 1.0, "5", "TREATMENT ONGOING")),
        ({"DCTREAS": "LOST TO FOLLOW-UP"}, ("2024-02-20", 2.0, "6", "LOST TO FOLLOW-UP")),
        (
            {"DCTREAS": "PROGRESSIVE DISEASE", "DCTREASP": "PROGRESSIVE DISEASE"},
            ("2024-02-20", 0.0, "7", "TREATMENT DISCONTINUATION: PROGRESSIVE DISEASE"),
        ),
    ],
)
def test_treatment_fails_with_the_first_of_progression_death_stop_and_new_therapy(
    study: Study, given: dict[str, Any], expected: tuple[object, ...]
) -> None:
    assert outcome(study, "TTF", "ADT", "CNSR", "ACNRULE", "EVNTDESC", **given) == expected


def test_the_decision_to_stop_is_the_date_of_the_other_rule_set(study: Study) -> None:
    assert outcome(study, "TTFDEC", "ADT", "ACNRULE", "SRCVAR", **TOXIC) == ("2024-03-05", "3", "EOTDT")
    earlier = {**TOXIC, "NACTDT": "2024-03-01"}  # after the last dose, before the decision
    assert outcome(study, "TTF", "ADT", "ACNRULE", **earlier) == ("2024-02-20", "3")
    assert outcome(study, "TTFDEC", "ADT", "ACNRULE", **earlier) == ("2024-03-01", "4")


def test_the_last_dose_of_pyrotinib_names_its_record_of_ex(study: Study) -> None:
    assert outcome(study, "TTF", "SRCDOM", "SRCVAR", "SRCSEQ", **TOXIC) == ("EX", "EXENDTC", 1.0)


# ---- Overall survival --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"DTHDT": "2024-03-01"}, ("2024-03-01", 0.0, "DEATH", "DEATH", None)),
        ({"DTHDT": "2024-12-15"}, ("2024-12-15", 0.0, "DEATH", "DEATH", None)),
        ({"DTHDT": "2024-12-16"}, ("2024-12-15", 1.0, "LATE", "ALIVE AT CUT-OFF", "DATA CUT-OFF")),
        (LOST, ("2024-07-01", 2.0, "LOST", "LOST TO FOLLOW-UP", "LAST KNOWN ALIVE DATE")),
        (WITHDREW, ("2024-07-01", 3.0, "CONSENT", "WITHDRAWAL BY SUBJECT", "LAST KNOWN ALIVE DATE")),
        ({**WITHDREW, "DTHDT": "2024-06-30"}, ("2024-06-30", 0.0, "DEATH", "DEATH", None)),
        ({}, ("2024-07-01", 1.0, "ALIVE", "ALIVE", "LAST KNOWN ALIVE DATE")),
    ],
)
def test_survival_ends_with_death_else_on_the_last_day_known_alive(
    study: Study, given: dict[str, str], expected: tuple[object, ...]
) -> None:
    assert outcome(study, "OS", "ADT", "CNSR", "ACNRULE", "EVNTDESC", "CNSDTDSC", **given) == expected
