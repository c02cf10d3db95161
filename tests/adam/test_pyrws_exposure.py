"""ADEX and ADBM of pyrws on a few typed records, each value recomputed by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from exposure_records import WHO, days, given
from exposure_records import exposure as exposure_of
from small_files import derive_from_records, values

from crf2tlf.spec.load import load_study
from crf2tlf.spec.model import Study

TREATED = {
    **WHO,
    "TRTSDT": days("2024-01-01"),
    "TRTEDT": days("2024-03-31"),
    "DCUTDT": days("2025-03-01"),
    "SAFFL": "Y",
}


@pytest.fixture(scope="module")
def study(root: Path) -> Study:
    return load_study("pyrws", root)


def exposure(study: Study, *records: dict[str, Any], **other: list[dict[str, Any]]) -> dict[str, object]:
    """The values of a subject who was treated for 91 days."""
    return exposure_of(study, TREATED, *records, **other)


def test_pyrotinib_with_a_pause_and_a_reduction(study: Study) -> None:
    # 30 days of 400 mg, 10 days of pause, 51 days of 320 mg: 28,320 mg in 91 days, of 36,400 mg at 400 mg a day.
    pause = {**WHO, "ECTRT": "PYROTINIB", "ECOCCUR": "N", "ECSTDTC": "2024-01-31"}
    first = given("PYROTINIB", "2024-01-01", "2024-01-30", 400)
    second = given("PYROTINIB", "2024-02-10", None, 320)
    assert exposure(study, first, second, EC=[pause]) == {
        "DURDPYR": 91, "DURMPYR": 2.99, "CUMDPYR": 28320, "ADDPYR": 311.21, "RDIPYR": 77.8, "LOWDPYR": 320,
        "NREDPYR": 1, "NINTPYR": 1, "TTREDPYR": 41,
    }  # fmt: skip


def test_a_start_below_400_mg_is_no_reduction(study: Study) -> None:
    found = exposure(study, given("PYROTINIB", "2024-01-01", "2024-03-31", 320))
    assert (found["NREDPYR"], found["TTREDPYR"], found["LOWDPYR"], found["RDIPYR"]) == (0, None, 320, 80)


def test_a_dose_that_is_not_known_leaves_the_cumulative_dose_open(study: Study) -> None:
    found = exposure(
        study,
        given("PYROTINIB", "2024-01-01", "2024-01-30", 400),
        given("PYROTINIB", "2024-01-31", "2024-03-31", None),
    )
    assert (found["DURDPYR"], found["CUMDPYR"], found["ADDPYR"], found["RDIPYR"]) == (91, None, None, None)


def test_another_drug_has_its_duration_and_its_records_alone_and_goes_on_until_pyrotinib_ends(study: Study) -> None:
    first = given("CAPECITABINE", "2024-01-01", "2024-02-29", 1000, "BID")
    second = given("CAPECITABINE", "2024-03-10", None, 750, "BID")
    assert exposure(study, first, second) == {"DURDCAP": 91, "DURMCAP": 2.99, "NRECCAP": 2}


def test_another_drug_ends_at_its_last_record(study: Study) -> None:
    found = exposure(study, given("DOCETAXEL", "2024-01-01", "2024-01-31", 75))
    assert found == {"DURDDOC": 31, "DURMDOC": 1.02, "NRECDOC": 1}


def test_each_interval_of_pyrotinib_is_a_record_with_its_source(study: Study) -> None:
    records = [given("PYROTINIB", "2024-01-01", "2024-01-30", 400), given("LETROZOLE", "2024-01-01", "2024-03-31", 2.5)]
    built = derive_from_records(study, "ADEX", ADSL=[TREATED], EX=records)
    found = values(built, "PARAMCD", "AVAL", "SRCDOM", "SRCVAR", "SRCSEQ")
    assert [row for row in found if row[2] is not None] == [("DOSEPYR", 400, "EX", "EXDOSE", 1)]


def test_a_specimen_s_receptors_and_its_amplification_are_the_baseline(study: Study) -> None:
    taken = {**WHO, "VISIT": "SCREENING", "VISITNUM": 1, "MIDTC": "2023-12-20", "MIGRPID": "SPECIMEN 1"}
    status = {**taken, "MITESTCD": "ESTRCPT", "MITSTDTL": "RECEPTOR OVERALL STATUS", "MISTRESC": "POSITIVE"}
    share = {**status, "MITSTDTL": "PERCENT POSITIVE CELL", "MISTRESN": 35, "MISTRESC": "35"}
    stain = {**taken, "MITESTCD": "HER2", "MITSTDTL": "STAINING INTENSITY", "MISTRESC": "2+"}
    hybridised = {
        **WHO, "VISIT": "SCREENING", "VISITNUM": 1, "GFDTC": "2023-12-20", "GFSPID": "1", "GFTESTCD": "CPNUMAMP",
        "GFSTRESC": "AMPLIFIED",
    }  # fmt: skip
    built = derive_from_records(study, "ADBM", ADSL=[TREATED], MI=[status, share, stain], GF=[hybridised])
    found = values(built, "PARAMCD", "AVAL", "AVALC", "BIOMGR", "ABLFL", "BMREFID")
    assert found == [
        ("ER", 35, None, "POSITIVE", "Y", "SPECIMEN 1"),
        ("HER2IHC", 2, "2+", "EQUIVOCAL", "Y", "SPECIMEN 1"),
        ("HER2ISH", None, "AMPLIFIED", "POSITIVE", "Y", "SPECIMEN 1"),
    ]


def test_an_end_before_the_start_gives_neither_duration_nor_dose(study: Study) -> None:
    found = exposure(study, given("PYROTINIB", "2024-01-05", "2024-01-01", 400))
    assert (found["DURDPYR"], found["CUMDPYR"], found["ADDPYR"], found["RDIPYR"]) == (None, None, None, None)
