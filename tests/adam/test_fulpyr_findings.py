"""The rules of fulpyr's ADVS, ADEG, ADCV and ADBM at their edges, on a few typed records."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from small_files import derive_from_records, values

from crf2tlf.spec.load import load_study
from crf2tlf.spec.model import Study

WHO = {"USUBJID": "S1"}


def days(text: str) -> int:
    """An ISO 8601 date as days since 1960-01-01."""
    return (date.fromisoformat(text) - date(1960, 1, 1)).days


TREATED = {**WHO, "TRTSDT": days("2024-03-10"), "TRTEDT": days("2024-09-30"), "SAFFL": "Y"}


@pytest.fixture(scope="module")
def study(root: Path) -> Study:
    return load_study("fulpyr", root)


def vital(day: str, value: float, visit: str, number: float, **other: Any) -> dict[str, Any]:
    usual = {"VSTESTCD": "WEIGHT", "VSDTC": day, "VSSTRESN": value, "VSSTRESC": str(value)}
    return {**WHO, **usual, "VISIT": visit, "VISITNUM": number, **other}


def test_the_baseline_is_the_last_result_up_to_the_day_of_the_first_dose(study: Study) -> None:
    weights = [
        vital("2024-03-01", 60, "SCREENING", 1),
        vital("2024-03-10T08:00", 62.5, "CYCLE 1 DAY 1", 10),
        vital("2024-03-31", 56.25, "CYCLE 2 DAY 1", 20),
    ]
    found = values(
        derive_from_records(study, "ADVS", ADSL=[TREATED], VS=weights),
        "ADT", "AVISIT", "AVISITN", "ABLFL", "BASE", "CHG", "PCHG", "CRIT1FL", "CRIT2FL", "SRCSEQ",
    )  # fmt: skip
    assert found == [
        ("2024-03-01", "SCREENING", 1, None, 62.5, None, None, None, None, 1),
        ("2024-03-10", "BASELINE", 0, "Y", 62.5, None, None, None, None, 2),
        ("2024-03-31", "CYCLE 2 DAY 1", 20, None, 62.5, -6.25, -10, None, "Y", 3),
    ]


def test_without_a_dose_there_is_no_baseline_and_no_change(study: Study) -> None:
    weights = [vital("2024-03-01", 60, "SCREENING", 1), vital("2024-03-31", 58, "CYCLE 2 DAY 1", 20)]
    found = values(
        derive_from_records(study, "ADVS", ADSL=[{**WHO, "SAFFL": "N"}], VS=weights), "ABLFL", "BASE", "CHG", "ONTRTFL"
    )
    assert found == [(None, None, None, None), (None, None, None, None)]


def test_a_result_counts_as_on_treatment_until_28_days_after_the_last_dose(study: Study) -> None:
    weights = [
        vital("2024-03-10", 60, "CYCLE 1 DAY 1", 10),
        vital("2024-03-11", 60, "UNSCHEDULED 1", 9000.01),
        vital("2024-10-28", 60, "SAFETY FOLLOW-UP", 2010),
        vital("2024-10-29", 60, "SURVIVAL FOLLOW-UP 1", 2101),
    ]
    found = values(derive_from_records(study, "ADVS", ADSL=[TREATED], VS=weights), "ADT", "ONTRTFL", "ANL01FL")
    assert found == [
        ("2024-03-10", None, "Y"),
        ("2024-03-11", "Y", None),
        ("2024-10-28", "Y", "Y"),
        ("2024-10-29", None, "Y"),
    ]


def test_of_two_results_of_a_visit_the_last_is_analysed(study: Study) -> None:
    weights = [
        vital("2024-03-31T09:00", 60, "CYCLE 2 DAY 1", 20),
        vital("2024-03-31T10:00", 61, "CYCLE 2 DAY 1", 20),
    ]
    found = values(derive_from_records(study, "ADVS", ADSL=[TREATED], VS=weights), "AVAL", "ANL01FL")
    assert found == [(60, None), (61, "Y")]


@pytest.mark.parametrize(
    ("before", "after", "category", "change", "criteria"),
    [
        (420, 450, "<=450", "<=30", (None, None, None, None, None)),
        (420, 451, ">450-480", ">30-60", ("Y", None, None, "Y", None)),
        (420, 480, ">450-480", ">30-60", ("Y", None, None, "Y", None)),
        (440, 500, ">480-500", ">30-60", ("Y", "Y", None, "Y", None)),
        (440, 501, ">500", ">60", ("Y", "Y", "Y", "Y", "Y")),
    ],
)
def test_the_categories_of_qtcf_hold_their_upper_limit(
    study: Study, before: float, after: float, category: str, change: str, criteria: tuple[str | None, ...]
) -> None:
    qtcf = {**WHO, "EGTESTCD": "QTCFAG"}
    traces = [
        {**qtcf, "EGDTC": "2024-03-01", "EGSTRESN": before, "EGSTRESC": str(before), "VISIT": "SCREENING"},
        {**qtcf, "EGDTC": "2024-03-31", "EGSTRESN": after, "EGSTRESC": str(after), "VISIT": "CYCLE 2 DAY 1"},
    ]
    built = derive_from_records(study, "ADEG", ADSL=[TREATED], EG=traces)
    names = ("AVALCAT1", "CHGCAT1", "CRIT1FL", "CRIT2FL", "CRIT3FL", "CRIT4FL", "CRIT5FL", "WORSTFL")
    assert values(built, *names)[1] == (category, change, *criteria, "Y")


def test_the_interpretation_of_an_ecg_shifts_as_text(study: Study) -> None:
    said = {**WHO, "EGTESTCD": "INTP"}
    traces = [
        {**said, "EGDTC": "2024-03-01", "EGSTRESC": "NORMAL", "VISIT": "SCREENING"},
        {**said, "EGDTC": "2024-03-31", "EGSTRESC": "ABNORMAL", "VISIT": "CYCLE 2 DAY 1"},
    ]
    built = derive_from_records(study, "ADEG", ADSL=[TREATED], EG=traces)
    assert values(built, "AVALC", "ABLFL", "SHIFT1") == [
        ("NORMAL", "Y", None),
        ("ABNORMAL", None, "NORMAL to ABNORMAL"),
    ]


@pytest.mark.parametrize(
    ("before", "after", "criteria"),
    [
        (60, 50, (None, "Y", None)),
        (60, 51, (None, None, None)),
        (58, 49, ("Y", None, None)),
        (59, 49, ("Y", "Y", "Y")),
    ],
)
def test_the_ejection_fraction_must_fall_by_ten_points_to_below_fifty(
    study: Study, before: float, after: float, criteria: tuple[str | None, ...]
) -> None:
    fraction = {**WHO, "CVTESTCD": "LVEF"}
    echoes = [
        {**fraction, "CVDTC": "2024-03-01", "CVSTRESN": before, "CVSTRESC": str(before), "VISIT": "SCREENING"},
        {**fraction, "CVDTC": "2024-06-01", "CVSTRESN": after, "CVSTRESC": str(after), "VISIT": "CYCLE 5 DAY 1"},
    ]
    built = derive_from_records(study, "ADCV", ADSL=[TREATED], CV=echoes)
    assert values(built, "CRIT1FL", "CRIT2FL", "CRIT3FL")[1] == criteria


STAIN = {**WHO, "MIGRPID": "SPECIMEN 1", "MIDTC": "2024-02-01", "VISIT": "SCREENING", "VISITNUM": 1}
STATUS = {"MITSTDTL": "RECEPTOR OVERALL STATUS", "MITESTCD": "ESTRCPT"}
SHARE = {"MITSTDTL": "PERCENT POSITIVE CELL", "MITESTCD": "ESTRCPT"}


def test_a_receptor_is_one_record_with_its_share_and_its_status(study: Study) -> None:
    stains = [
        {**STAIN, **STATUS, "MISTRESC": "POSITIVE", "SUPP.MISPORIG": "METASTATIC"},
        {**STAIN, **SHARE, "MISTRESN": 35, "MISTRESC": "35"},
    ]
    built = derive_from_records(study, "ADBM", ADSL=[TREATED], MI=stains)
    found = values(built, "PARAMCD", "AVAL", "BIOMGR", "BMSPEC", "BMORIG", "ABLFL", "SRCDOM", "SRCSEQ")
    assert found == [("ER", 35, "POSITIVE", "TUMOR TISSUE", "METASTATIC", "Y", "MI", 1)]


@pytest.mark.parametrize(("share", "group"), [(19, "LOW"), (20, "HIGH")])
def test_ki67_is_high_from_20_per_cent(study: Study, share: float, group: str) -> None:
    stain = {**STAIN, "MITSTDTL": "PERCENT POSITIVE CELL", "MITESTCD": "KI67", "MISTRESN": share}
    built = derive_from_records(study, "ADBM", ADSL=[TREATED], MI=[{**stain, "MISTRESC": str(share)}])
    assert values(built, "PARAMCD", "AVAL", "BIOMGR") == [("KI67", share, group)]


@pytest.mark.parametrize(
    ("result", "group"), [("0", "NEGATIVE"), ("1+", "NEGATIVE"), ("2+", "EQUIVOCAL"), ("3+", "POSITIVE")]
)
def test_her2_by_immunohistochemistry_is_positive_at_3(study: Study, result: str, group: str) -> None:
    stain = {**STAIN, "MITSTDTL": "STAINING INTENSITY", "MITESTCD": "HER2", "MISTRESC": result}
    built = derive_from_records(study, "ADBM", ADSL=[TREATED], MI=[stain])
    assert values(built, "PARAMCD", "AVALC", "BIOMGR") == [("HER2IHC", result, group)]


GENE = {**WHO, "GFTESTCD": "SHRTVAR", "GFTSTDTL": "DETECTION", "GFMETHOD": "TARGETED GENOME SEQUENCING",
        "GFSYM": "PIK3CA", "GFREFID": "B1", "GFSPID": "1", "GFDTC": "2024-03-01", "VISIT": "SCREENING"}  # fmt: skip
DNA = {**GENE, "GFTESTCD": "VARPROF", "GFSYM": None, "GFSPID": "2"}
COLLECTED = {**WHO, "BEREFID": "B1", "BEDECOD": "COLLECTING", "BEDTC": "2024-03-01", "SUPP.BESPEC": "BLOOD"}


@pytest.mark.parametrize(
    ("found_dna", "gene", "group", "baseline"),
    [
        ("DETECTED", "WILD TYPE", "WILD TYPE", "Y"),
        ("NOT DETECTED", "WILD TYPE", "NOT EVALUABLE", None),
        ("DETECTED", "MUTATED", "MUTATED", "Y"),
    ],
)
def test_blood_without_tumour_dna_tells_of_no_wild_type(
    study: Study, found_dna: str, gene: str, group: str, baseline: str | None
) -> None:
    results = [{**GENE, "GFSTRESC": gene}, {**DNA, "GFSTRESC": found_dna}]
    built = derive_from_records(study, "ADBM", ADSL=[TREATED], GF=results, BE=[COLLECTED])
    names = ("PARAMCD", "AVALC", "BIOMGR", "ABLFL", "BMSPEC")
    assert values(built, *names)[1] == ("PIK3CA", gene, group, baseline, "BLOOD")


def test_a_mutation_in_any_sample_of_screening_is_the_baseline_and_has_its_variant(study: Study) -> None:
    variant = {**GENE, "GFSTRESC": "H1047R", "GFTSTDTL": "PREDICTED AMINO ACID CHANGE"}
    share = {**GENE, "GFSTRESC": "12.5", "GFSTRESN": 12.5, "GFTSTDTL": "VARIANT READ DEPTH/READ DEPTH"}
    tissue = {**GENE, "GFREFID": "B2", "GFDTC": "2024-03-05", "GFSTRESC": "WILD TYPE"}
    sampled = [COLLECTED, {**COLLECTED, "BEREFID": "B2", "SUPP.BESPEC": "TISSUE"}]
    results = [{**GENE, "GFSTRESC": "MUTATED"}, variant, share, tissue]
    built = derive_from_records(study, "ADBM", ADSL=[TREATED], GF=results, BE=sampled)
    assert values(built, "BMSPEC", "BIOMGR", "ABLFL", "VARIANT", "VAF") == [
        ("BLOOD", "MUTATED", "Y", "H1047R", 12.5),
        ("TUMOR TISSUE", "WILD TYPE", None, None, None),
    ]
