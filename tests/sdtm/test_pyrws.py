"""pyrws: what its ODM-XML file and its central laboratory's file become."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from crf2tlf.spec.load import load_study
from crf2tlf.tables import read_parquet, read_raw, read_raw_copy, read_xpt


@pytest.fixture
def build(clean_build: Callable[[str], Path]) -> Path:
    """The build folder of a small clean pyrws; its raw data are in ../raw."""
    return clean_build("pyrws") / "pyrws"


def test_each_declared_form_of_the_odm_file_has_a_copy_with_the_lines_of_the_file(build: Path, root: Path) -> None:
    forms = [form for form in load_study("pyrws", root).forms.values() if form.format == "odm" and form.long is None]
    assert {path.stem for path in (build / "raw_forms").iterdir()} == {form.name for form in forms}
    lines = (build.parent / "raw" / "pyrws_odm.xml").read_text(encoding="utf-8").splitlines()
    for form in forms:
        copied = read_raw_copy(build / "raw_forms" / f"{form.name}.parquet")
        assert all(f'ItemGroupOID="{form.sheet}"' in lines[row - 1] for row in copied.rows[:5])


def test_every_row_of_the_central_laboratory_is_a_record_of_lb(build: Path) -> None:
    raw = read_raw(build.parent / "raw/central_lab.csv", form="lab", format="csv", encoding="gb18030", header_rows=2)
    lb = read_xpt(build / "sdtm" / "lb.xpt").frame
    central = lb[lb["LBCAT"] != "PREGNANCY TEST"]
    assert len(central) == len(raw.frame)
    assert central["LBSTRESU"].notna().all()
    assert central["LBSTRESN"].notna().all()


def test_the_lineage_of_lb_names_the_file_and_row_of_the_laboratory(build: Path) -> None:
    lineage = read_parquet(build / "sdtm" / "lineage" / "lb.parquet")
    assert set(lineage["FILE"]) == {"central_lab.csv", "pyrws_odm.xml"}


def test_one_cohort_without_randomisation(build: Path) -> None:
    dm = read_xpt(build / "sdtm" / "dm.xpt").frame
    arms = dm[["ARMCD", "ACTARMCD", "ARMNRS"]].fillna("").drop_duplicates().to_numpy().tolist()
    assert sorted(arms) == [["", "", "SCREEN FAILURE"], ["PYRO", "PYRO", ""]]
    ds = read_xpt(build / "sdtm" / "ds.xpt").frame
    assert "RANDOMIZED" not in set(ds["DSDECOD"])
    assert not (build / "sdtm" / "td.xpt").exists()


def test_other_anti_cancer_drugs_are_in_ec_and_ex_and_do_not_move_the_reference_dates(build: Path) -> None:
    ex = read_xpt(build / "sdtm" / "ex.xpt").frame
    assert set(ex["EXCAT"]) == {"STUDY TREATMENT", "OTHER ANTI-CANCER DRUG"}
    pyrotinib = ex[ex["EXTRT"] == "PYROTINIB"].groupby("USUBJID")["EXSTDTC"].min()
    dm = read_xpt(build / "sdtm" / "dm.xpt").frame.set_index("USUBJID")
    assert pyrotinib.to_dict() == dm["RFXSTDTC"].dropna().to_dict()


@pytest.mark.parametrize(("domain", "variable"), [("cm", "CMLNKID"), ("ec", "ECLNKID")])
def test_a_related_adverse_event_is_in_ae(build: Path, domain: str, variable: str) -> None:
    ae = read_xpt(build / "sdtm" / "ae.xpt").frame
    frame = read_xpt(build / "sdtm" / f"{domain}.xpt").frame
    related = frame[frame[variable].notna()]
    assert len(related) > 0
    assert set(zip(related["USUBJID"], related[variable], strict=True)) <= set(
        zip(ae["USUBJID"], ae["AESPID"], strict=True)
    )
