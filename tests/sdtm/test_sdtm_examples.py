"""Cases that SDTMIG 3.4 publishes as examples of TU, TR and DM, through the rules of fulpyr."""

from __future__ import annotations

from pathlib import Path

import pytest
from raw_rows import Row, derive_from_rows, values

from crf2tlf.spec.load import load_study
from crf2tlf.spec.model import Study

BASELINE, FIRST, SECOND = ("SCR", "2024-01-02"), ("TA01", "2024-02-20"), ("TA02", "2024-04-02")
ARMS = ("ARMCD", "ARM", "ACTARMCD", "ACTARM", "ARMNRS")
CAP, FUL = "Capecitabine + Pyrotinib", "Fulvestrant + Pyrotinib"


@pytest.fixture(scope="module")
def study(root: Path) -> Study:
    return load_study("fulpyr", root)


def on_page(event: str, subject: str = "01-001", **fields: str) -> dict[str, str]:
    """A row of a form with the fields that every form has."""
    return {
        "STUDYID": "FULPYR",
        "SITEID": subject[:2],
        "SUBJID": subject,
        "EventId": event,
        "ItemGroupSeq": "1",
    } | fields


def target(at: tuple[str, str], number: str, state: str = "MEASURED", diameter: str = "", **more: str) -> Row:
    fields = {"TLNO": number, "TLORGANCD": "LIVER", "TLMETHCD": "CT", "TLDAT": at[1], "TLSTATECD": state}
    return on_page(at[0], **fields, TLDIAM=diameter, **more)


def dosed(drug: str, subject: str = "01-001", day: str = "2024-01-10") -> dict[str, list[Row]]:
    """The first doses of pyrotinib and of the partner drug, both taken."""
    taken = {"ECSTDAT": day, "ECOCCURCD": "Y"}
    pyrotinib = on_page("LOG", subject, **taken, ECENDAT=day, ECDOSE="400", ECDOSUCD="mg", ECDOSFRQCD="QD")
    ful = on_page("LOG", subject, **taken, ECDOSE="500", ECDOSUCD="mg", ECDOSFRQCD="ONCE")
    cap = on_page("LOG", subject, **taken, ECENDAT=day, ECDOSE="1000", ECDOSUCD="mg/m2", ECDOSFRQCD="BID")
    return {"ecpyr": [pyrotinib], **({"ecful": [ful]} if drug == "FUL" else {"eccap": [cap]})}


def enrolled(arm: str = "", subject: str = "01-001", consent: str = "2024-01-01") -> dict[str, list[Row]]:
    """Demography, consent and, where there is an arm, randomisation."""
    forms: dict[str, list[Row]] = {
        "dm": [on_page("SCR", subject, BRTHDAT="1970-05-06", AGE="53", AGEUCD="YEARS", SEXCD="F", RACECD="ASIAN")],
        "icf": [on_page("SCR", subject, RFICDAT=consent)],
    }
    if arm:
        forms["rand"] = [on_page("C1D1", subject, RANDNO="R1", RANDDAT="2024-01-09", RANDARMCD=arm)]
    return forms


# ---- Lesions -----------------------------------------------------------------------------------------------------


def test_a_lesion_that_splits_goes_on_as_numbered_fragments(study: Study) -> None:
    pages = [
        target(BASELINE, "T04", diameter="30"),
        target(FIRST, "T04.1", diameter="18"),
        target(FIRST, "T04.2", diameter="9"),
        target(SECOND, "T04.1", diameter="20"),
    ]
    identified = derive_from_rows(study, "TU", tl=pages)
    assert sorted(values(identified, "TULNKID", "TUTESTCD", "TUTEST", "TUORRES", "VISIT")) == [
        ("T04", "TUMIDENT", "Tumor Identification", "TARGET", "SCREENING"),
        ("T04.1", "TUSPLIT", "Tumor Split", "TARGET", "TUMOUR ASSESSMENT 1"),
        ("T04.2", "TUSPLIT", "Tumor Split", "TARGET", "TUMOUR ASSESSMENT 1"),
    ]
    measured = derive_from_rows(study, "TR", tl=pages)
    assert sorted(values(measured, "TRLNKID", "VISITNUM", "TRTESTCD", "TRSTRESN", "TRSTRESU")) == [
        ("T04", 1.0, "LDIAM", 30.0, "mm"),
        ("T04.1", 35.0, "LDIAM", 18.0, "mm"),
        ("T04.1", 55.0, "LDIAM", 20.0, "mm"),
        ("T04.2", 35.0, "LDIAM", 9.0, "mm"),
    ]


def test_lesions_that_merge_go_on_under_both_numbers(study: Study) -> None:
    pages = [target(BASELINE, "T01", diameter="20"), target(BASELINE, "T03", diameter="25")]
    built = derive_from_rows(study, "TU", tl=[*pages, target(FIRST, "T01/T03", diameter="50")])
    assert sorted(values(built, "TULNKID", "TUTESTCD")) == [
        ("T01", "TUMIDENT"),
        ("T01/T03", "TUMERGE"),
        ("T03", "TUMIDENT"),
    ]


def test_a_lesion_too_small_to_measure_counts_5_mm_and_one_that_is_gone_0(study: Study) -> None:
    pages = [target(FIRST, "T01", "SMALL"), target(FIRST, "T02", "ABSENT"), target(FIRST, "T03", "SMALL", "4")]
    built = derive_from_rows(study, "TR", tl=pages)
    assert sorted(values(built, "TRLNKID", "TRORRES", "TRORRESU", "TRSTRESC", "TRSTRESN", "TRSTAT")) == [
        ("T01", "TOO SMALL TO MEASURE", None, "5", 5.0, None),
        ("T02", "DISAPPEARED", None, "0", 0.0, None),
        ("T03", "4", "mm", "4", 4.0, None),
    ]


def test_a_lesion_that_is_not_evaluable_is_not_done_with_its_reason(study: Study) -> None:
    built = derive_from_rows(study, "TR", tl=[target(FIRST, "T01", "NE")])
    names = ("TRLNKID", "TRORRES", "TRSTRESC", "TRSTRESN", "TRSTAT", "TRREASND")
    assert values(built, *names) == [("T01", None, None, None, "NOT DONE", "NOT EVALUABLE")]


def test_a_new_lesion_is_identified_where_it_is_first_seen_and_goes_on_under_its_number(study: Study) -> None:
    lesion = {"NLNO": "NEW01", "NLORGANCD": "BRAIN", "NLMETHCD": "MRI"}
    pages = [
        on_page(FIRST[0], **lesion, NLDAT=FIRST[1]),
        on_page(SECOND[0], **lesion, NLDAT=SECOND[1], NLDIAM="12"),
    ]
    identified = derive_from_rows(study, "TU", nl=pages)
    assert values(identified, "TULNKID", "TUORRES", "TULOC", "TUDTC") == [("NEW01", "NEW", "BRAIN", "2024-02-20")]
    judged = derive_from_rows(study, "TR", nl=pages)
    assert sorted(values(judged, "TRTESTCD", "VISITNUM", "TRLNKID", "TRSTRESC")) == [
        ("LDIAM", 55.0, "NEW01", "12"),
        ("TUMSTATE", 35.0, "NEW01", "PRESENT"),
        ("TUMSTATE", 55.0, "NEW01", "PRESENT"),
    ]


def test_a_new_lesion_may_be_equivocal_first_and_unequivocal_then(study: Study) -> None:
    lesion = {"NLNO": "NEW01", "NLORGANCD": "BRAIN", "NLMETHCD": "MRI"}
    pages = [
        on_page(FIRST[0], **lesion, NLDAT=FIRST[1], NLSTATE="Equivocal", NLSTATECD="EQUIVOCAL"),
        on_page(SECOND[0], **lesion, NLDAT=SECOND[1], NLSTATE="Unequivocal", NLSTATECD="UNEQUIVOCAL"),
    ]
    identified = derive_from_rows(study, "TU", nl=pages)
    assert values(identified, "TULNKID", "TUORRES", "TUDTC") == [("NEW01", "NEW", "2024-02-20")]
    judged = derive_from_rows(study, "TR", nl=pages)
    assert sorted(values(judged, "VISITNUM", "TRLNKID", "TRORRES", "TRSTRESC")) == [
        (35.0, "NEW01", "Equivocal", "EQUIVOCAL"),
        (55.0, "NEW01", "Unequivocal", "UNEQUIVOCAL"),
    ]


# ---- Arms --------------------------------------------------------------------------------------------------------


def test_a_screen_failure_has_no_arm_and_the_reason(study: Study) -> None:
    failed = [on_page("EOS", EOSDAT="2024-01-05", EOSREAS="Screen failure", EOSREASCD="SCREEN FAILURE")]
    built = derive_from_rows(study, "DM", **enrolled(), eos=failed)
    assert values(built, *ARMS) == [(None, None, None, None, "SCREEN FAILURE")]
    assert values(built, "RFSTDTC", "RFXSTDTC", "RFICDTC") == [(None, None, "2024-01-01")]


def test_who_left_before_randomisation_was_not_assigned(study: Study) -> None:
    built = derive_from_rows(study, "DM", **enrolled())
    assert values(built, *ARMS) == [(None, None, None, None, "NOT ASSIGNED")]


def test_who_was_randomised_and_not_treated_has_a_planned_arm_alone(study: Study) -> None:
    built = derive_from_rows(study, "DM", **enrolled("CAP"))
    assert values(built, *ARMS) == [("CAP", CAP, None, None, "ASSIGNED, NOT TREATED")]


def test_who_took_the_planned_drugs_has_both_arms_and_no_reason(study: Study) -> None:
    built = derive_from_rows(study, "DM", **enrolled("FUL"), **dosed("FUL"))
    assert values(built, *ARMS, "RFXSTDTC") == [("FUL", FUL, "FUL", FUL, None, "2024-01-10")]


def test_who_took_the_drug_of_the_other_arm_has_another_actual_arm(study: Study) -> None:
    built = derive_from_rows(study, "DM", **enrolled("CAP"), **dosed("FUL"))
    assert values(built, *ARMS) == [("CAP", CAP, "FUL", FUL, None)]
    assert "DM_ACTUAL_ARM_DIFFERS" in built.issues["RULE"].tolist()


def test_who_was_screened_twice_is_one_subject_with_the_last_number(study: Study) -> None:
    first = enrolled(subject="20-S005", consent="2023-11-01")
    second = enrolled("FUL", subject="20-005")
    forms = {name: [*first.get(name, ()), *rows] for name, rows in second.items()}
    built = derive_from_rows(study, "DM", **forms, **dosed("FUL", "20-005"))
    names = ("USUBJID", "SUBJID", "RFICDTC", "ARMCD", "ARMNRS")
    assert values(built, *names) == [("FULPYR-20-005", "20-005", "2024-01-01", "FUL", None)]
    previous = built.supp[["QNAM", "QVAL"]].to_numpy().tolist()
    assert ["PREVSUBJ", "20-S005"] in previous
