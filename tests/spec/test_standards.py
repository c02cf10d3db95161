"""The shipped facts and how they are asked for."""

from __future__ import annotations

from pathlib import Path

import pytest

from crf2tlf.errors import DataError, UnreadableFile
from crf2tlf.spec.standards import StandardDataset, Standards, StandardVariable, Term, load_standards

STANDARDS = Path(__file__).parents[2] / "specs" / "standards"
BDS = "BASIC DATA STRUCTURE"


@pytest.fixture(scope="module")
def standards() -> Standards:
    return load_standards(STANDARDS)


def row_count(name: str) -> int:
    return len((STANDARDS / name).read_text(encoding="utf-8").splitlines()) - 1


@pytest.mark.parametrize(
    ("name", "rows"),
    [
        ("sdtmig-3-4/datasets.csv", 63),
        ("sdtmig-3-4/variables.csv", 1917),
        ("adamig-1-3/variables.csv", 336),
        ("occds-1-1/variables.csv", 219),
        ("tte-1-0/variables.csv", 29),
        ("sdtm-2-0/variables.csv", 428),
        ("ct/adamct-2025-03-28/codelists.csv", 23),
    ],
)
def test_the_guides_have_the_published_number_of_rows(name: str, rows: int) -> None:
    assert row_count(name) == rows


def test_versions_name_every_standard(standards: Standards) -> None:
    assert standards.versions == {
        "SDTM": "2.0",
        "SDTMIG": "3.4",
        "ADaMIG": "1.3",
        "ADaM-OCCDSIG": "1.1",
        "ADaM-TTE": "1.0",
        "SDTM CT": "2025-03-28",
        "ADaM CT": "2025-03-28",
    }


def test_a_version_that_is_not_shipped_is_refused() -> None:
    with pytest.raises(DataError) as error:
        load_standards(STANDARDS, {"SDTM CT": "2019-12-20"})
    assert str(error.value) == (
        f"SDTM CT 2019-12-20 is not in {STANDARDS}.\n"
        "  fix      import it (docs/standards.md) or name one of: 2025-03-28"
    )


def test_a_missing_folder_says_how_to_get_it(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile) as error:
        load_standards(tmp_path)
    assert str(error.value) == (
        f"{tmp_path / 'versions.csv'} is missing.\n"
        "  fix      import the standards again with python -m crf2tlf.spec.standards_import import (docs/standards.md)"
    )


# SDTM


def test_a_variable_of_the_guide(standards: Standards) -> None:
    assert standards.variable("SDTM", "AE", "AESEV") == StandardVariable(
        "AE", 27, "AESEV", "Severity/Intensity", "text", "Record Qualifier", "Perm", ("C66769",), "", ()
    )


def test_a_domain_has_the_class_that_define_xml_wants(standards: Standards) -> None:
    names = ["DM", "EX", "AE", "LB", "FA", "TS", "RELREC", "OI"]
    assert [dataset.class_ for name in names if (dataset := standards.dataset("SDTM", name))] == [
        "SPECIAL PURPOSE",
        "INTERVENTIONS",
        "EVENTS",
        "FINDINGS",
        "FINDINGS ABOUT",
        "TRIAL DESIGN",
        "RELATIONSHIP",
        "STUDY REFERENCE",
    ]


def test_no_label_is_longer_than_40_characters(standards: Standards) -> None:
    names = [line.split(",")[0] for line in (STANDARDS / "sdtmig-3-4/datasets.csv").read_text().splitlines()[1:]]
    assert [each for name in names for each in standards.variables("SDTM", name) if len(each.label) > 40] == []


def test_variables_come_in_the_order_of_the_guide(standards: Standards) -> None:
    variables = standards.variables("SDTM", "DS")
    assert [variable.order for variable in variables] == list(range(1, 17))
    assert [variable.name for variable in variables][:4] == ["STUDYID", "DOMAIN", "USUBJID", "DSSEQ"]


def test_a_supp_dataset_follows_suppqual(standards: Standards) -> None:
    assert standards.dataset("SDTM", "SUPPAE") == StandardDataset(
        "SUPPAE",
        "Supplemental Qualifiers for AE",
        "RELATIONSHIP",
        "One record per supplemental qualifier per related parent domain record(s)",
    )
    assert len(standards.variables("SDTM", "SUPPAE")) == 10


def test_a_split_dataset_follows_its_domain_without_its_label(standards: Standards) -> None:
    split = standards.dataset("SDTM", "QSPH")
    assert split is not None
    assert (split.label, split.class_) == ("", "FINDINGS")
    assert standards.variable("SDTM", "QSPH", "QSTESTCD") is not None


def test_a_domain_may_add_a_variable_of_its_class_from_the_model(standards: Standards) -> None:
    assert standards.variable("SDTM", "AE", "AELAT") == StandardVariable(
        "AE", 0, "AELAT", "Laterality", "text", "Variable Qualifier", "Perm", ("C99073",), "", ()
    )


@pytest.mark.parametrize(
    ("dataset", "variable", "why"),
    [
        ("LB", "LBRSTIND", "not in human trials"),
        ("DM", "SPECIES", "not in human trials"),
        ("LB", "LBSTDTC", "not in findings"),
        ("VS", "VSGENREF", "GF only"),
        ("AE", "AEPATTN", "no such variable"),
        ("AE", "CMTRT", "of another domain"),
        ("DM", "DMSTAT", "special purpose domains add no qualifiers"),
    ],
)
def test_a_variable_that_the_model_does_not_offer_is_unknown(
    standards: Standards, dataset: str, variable: str, why: str
) -> None:
    assert standards.variable("SDTM", dataset, variable) is None, why


def test_a_domain_of_the_study_uses_the_model_of_its_class(standards: Standards) -> None:
    found = standards.variable("SDTM", "ZX", "ZXTESTCD", class_="FINDINGS")
    assert found is not None
    assert (found.dataset, found.role, found.core) == ("ZX", "Topic", "Perm")
    assert standards.variable("SDTM", "ZX", "ZXTESTCD") is None


def test_dm_may_add_the_age_as_text(standards: Standards) -> None:
    found = standards.variable("SDTM", "DM", "AGETXT")
    assert found is not None
    assert (found.label, found.core) == ("Age Text", "Perm")


# ADaM


@pytest.mark.parametrize(
    ("dataset", "class_", "name", "label", "type_", "core"),
    [
        ("ADSL", "", "TRT01P", "Planned Treatment for Period 01", "text", "Req"),
        ("ADSL", "", "AGEGR1N", "Pooled Age Group 1 (N)", "number", "Perm"),
        ("ADSL", "", "TR02PG3N", "Planned Pooled Trt 3 for Period 02 (N)", "number", "Perm"),
        ("ADSL", "", "P01S2SDT", "Period 01 Subperiod 2 Start Date", "number", "Perm"),
        ("ADAE", "", "AEDECOD", "Dictionary-Derived Term", "text", "Req"),
        ("ADAE", "", "CQ01NAM", "Customized Query 01 Name", "text", "Cond"),
        ("ADAE", "", "AOCC02FL", "", "text", "Perm"),
        ("ADRS", BDS, "ANL01FL", "Analysis Flag 01", "text", "Cond"),
        ("ADRS", BDS, "CRIT12FL", "Criterion 12 Evaluation Result Flag", "text", "Cond"),
        ("ADRS", BDS, "PROGDT", "", "number", ""),
        ("ADTTE", "", "CNSR", "Censor", "number", "Cond"),
        ("ADTTE", BDS, "PARAMCD", "Parameter Code", "text", "Req"),
        ("ADTTE", BDS, "PARAMN", "Parameter (N)", "number", "Perm"),
    ],
)
def test_an_adam_name_is_found_in_its_structure(
    standards: Standards, dataset: str, class_: str, name: str, label: str, type_: str, core: str
) -> None:
    found = standards.variable("ADaM", dataset, name, class_=class_)
    assert found is not None
    assert (found.dataset, found.name, found.label, found.type, found.core) == (dataset, name, label, type_, core)


def test_a_variable_copied_from_adsl_keeps_its_label_but_not_its_core(standards: Standards) -> None:
    found = standards.variable("ADaM", "ADRS", "TRTSDT", class_=BDS)
    assert found is not None
    assert (found.label, found.order, found.core) == ("Date of First Exposure to Treatment", 0, "")


def test_the_longest_suffix_wins(standards: Standards) -> None:
    found = standards.variable("ADaM", "ADRS", "RESPDTF", class_=BDS)
    assert found is not None
    assert (found.type, found.codelists) == ("text", ("C81223",))


@pytest.mark.parametrize("name", ["TRT1P", "TRT00P", "ANL1FL", "AGEGR0", "AGEGR01", "APHASE10", "TRTXXP", "TRTxxP1"])
def test_a_wrong_index_is_unknown(standards: Standards, name: str) -> None:
    assert standards.variable("ADaM", "ADSL", name) is None


def test_an_adam_dataset_is_not_guessed_without_its_class(standards: Standards) -> None:
    assert standards.dataset("ADaM", "ADRS") is None
    assert standards.variable("ADaM", "ADRS", "AVAL") is None
    assert standards.variables("ADaM", "ADXX", class_="ADAM OTHER") == ()


@pytest.mark.parametrize(
    ("name", "class_", "expected"),
    [
        (
            "ADSL",
            "",
            ("Subject-Level Analysis Dataset", "SUBJECT LEVEL ANALYSIS DATASET", "", "One record per subject"),
        ),
        ("ADAE", "", ("", "OCCURRENCE DATA STRUCTURE", "ADVERSE EVENT", "One record per record in SDTM domain")),
        ("ADTTE", "", ("", BDS, "TIME-TO-EVENT", "One record per subject per parameter")),
        (
            "ADCM",
            "OCCURRENCE DATA STRUCTURE",
            ("", "OCCURRENCE DATA STRUCTURE", "", "One record per record in SDTM domain"),
        ),
    ],
)
def test_adam_datasets_carry_class_and_sub_class(
    standards: Standards, name: str, class_: str, expected: tuple[str, ...]
) -> None:
    found = standards.dataset("ADaM", name, class_=class_)
    assert found is not None
    assert (found.label, found.class_, found.sub_class, found.structure) == expected


# Terminology


def test_no_yes_response_holds_four_terms_and_is_closed(standards: Standards) -> None:
    codelist = standards.codelist("C66742")
    assert codelist is not None
    assert codelist == standards.codelist("NY")
    assert (codelist.label, codelist.extensible, codelist.publishing_set) == ("No Yes Response", False, "SDTM")
    assert codelist.terms == {
        "N": Term("C49487", "N", "No"),
        "NA": Term("C48660", "NA", "Not Applicable"),
        "U": Term("C17998", "U", "Unknown"),
        "Y": Term("C49488", "Y", "Yes"),
    }


@pytest.mark.parametrize(
    ("code", "name", "terms"),
    [
        ("C96777", "MEDEVAL", 56),
        ("C96778", "TRTEST", 75),
        ("C96779", "TRTESTCD", 75),
        ("C96781", "ONCRTS", 47),
        ("C96782", "ONCRTSCD", 47),
        ("C96783", "TUTEST", 19),
        ("C96784", "TUTESTCD", 19),
        ("C96785", "ONCRSR", 96),
        ("C124298", "ONCRSCAT", 96),
        ("C124309", "TRPROPRS", 22),
        ("C123650", "TUIDRS", 29),
        ("C116107", "DTHDX", 13),
        ("C116108", "DTHDXCD", 13),
        ("C66727", "NCOMPLT", 44),
        ("C114118", "PROTMLST", 13),
        ("C66767", "ACN", 8),
        ("C66768", "OUT", 6),
        ("C66769", "AESEV", 3),
        ("C66731", "SEX", 4),
        ("C74457", "RACE", 8),
        ("C74456", "LOC", 1397),
        ("C71620", "UNIT", 929),
        ("C85492", "METHOD", 517),
        ("C65047", "LBTESTCD", 2438),
    ],
)
def test_codes_that_are_easily_mistaken(standards: Standards, code: str, name: str, terms: int) -> None:
    codelist = standards.codelist(code)
    assert codelist is not None
    assert (codelist.name, len(codelist.terms)) == (name, terms)


def test_a_test_code_is_decoded_by_its_test_name(standards: Standards) -> None:
    codelist = standards.codelist("LBTESTCD")
    assert codelist is not None
    assert (codelist.pair, codelist.terms["ALT"]) == ("C67154", Term("C64433", "ALT", "Alanine Aminotransferase"))


def test_adam_terminology_is_found_by_name(standards: Standards) -> None:
    codelist = standards.codelist("DATEFL")
    assert codelist is not None
    assert (codelist.code, codelist.publishing_set, list(codelist.terms)) == ("C81223", "ADaM", ["D", "M", "Y"])


def test_an_unknown_codelist_is_none(standards: Standards) -> None:
    assert standards.codelist("C0") is None
