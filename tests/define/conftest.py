"""The toy study, built once, and its two documents."""

from __future__ import annotations

from pathlib import Path

import odmlib
import pytest
from define_toy import make_toy, read_files

from crf2tlf.spec.load import load_study, load_study_standards
from crf2tlf.spec.model import Standard, Study
from crf2tlf.spec.standards import Standards
from crf2tlf.tables import moment_of_build
from define.compile import compile_define
from define.files import count_crf_pages
from define.model import AnalysisDataset, AnalysisResult, Define, Display
from define.write_xml import render_xml

DISPLAY = Display(
    "f_14_2",
    "Figure 14.2",
    "Time to first event",
    (
        AnalysisResult(
            "f_14_2",
            "Kaplan-Meier estimate",
            "SPECIFIED IN SAP",
            "PRIMARY OUTCOME MEASURE",
            (
                AnalysisDataset("ADTTE", ("AVAL", "CNSR"), (("PARAMCD", "EQ", ("TTAE",)),)),
                AnalysisDataset("ADSL", ("SAFFL",), (("SAFFL", "IN", ("Y",)),)),
            ),
            parameter=True,
            datasets_comment="Joined by USUBJID.",
            documentation="SAP 6.1",
            context="crf2tlf",
            code="template: kaplan_meier",
        ),
    ),
)


@pytest.fixture(scope="session")
def define_root(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The root of a project that has the toy study and its datasets."""
    folder = tmp_path_factory.mktemp("define")
    make_toy(folder, root / "specs" / "standards")
    return folder


@pytest.fixture(scope="session")
def toy_study(define_root: Path) -> Study:
    return load_study("toy", define_root)


@pytest.fixture(scope="session")
def toy_standards(toy_study: Study) -> Standards:
    return load_study_standards(toy_study)


@pytest.fixture(scope="session")
def defines(define_root: Path, toy_study: Study, toy_standards: Standards) -> dict[Standard, Define]:
    """The documents of SDTM and of ADaM."""
    pages = count_crf_pages(toy_study)
    standards: tuple[Standard, ...] = ("SDTM", "ADaM")
    return {
        standard: compile_define(
            toy_study,
            standard,
            read_files(define_root, standard),
            toy_standards,
            created=moment_of_build(),
            crf=pages,
            displays=(DISPLAY,),
        )
        for standard in standards
    }


@pytest.fixture(scope="session")
def contents(defines: dict[Standard, Define]) -> dict[str, bytes]:
    """The bytes of both define.xml."""
    return {standard: render_xml(define) for standard, define in defines.items()}


@pytest.fixture(scope="session")
def schema() -> str:
    """The XML schema of Define-XML 2.1 with Analysis Results Metadata, as odmlib brings it."""
    return str(Path(odmlib.__file__).parent / "schemas" / "arm" / "1.0-define2.1" / "arm1-0-0.xsd")
