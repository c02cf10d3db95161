"""The checker: nothing in a valid document, and each sown fault found."""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path

import pandas as pd
import pytest
from define_toy import make_frame, read_files, write_dataset
from lxml import etree
from seeds import SEEDS, Seed, sow

from crf2tlf.errors import UnreadableFile
from crf2tlf.spec.model import Standard, Study
from crf2tlf.spec.standards import Standards
from crf2tlf.tables import XptFile, read_xpt
from define.check import Finding, check_content, check_define
from define.check_values import compute_condition
from define.document import full
from define.findings import RULES, WARNINGS, found

Contents = dict[str, bytes]
CRF_PAGES = 3


@pytest.fixture(scope="session")
def files(define_root: Path) -> dict[str, dict[str, XptFile]]:
    return {standard: read_files(define_root, standard) for standard in ("SDTM", "ADaM")}


@pytest.mark.parametrize("standard", ["SDTM", "ADaM"])
def test_a_valid_document_has_no_finding(
    contents: Contents, files: dict[str, dict[str, XptFile]], toy_standards: Standards, standard: Standard
) -> None:
    assert check_content(contents[standard], files[standard], toy_standards, crf_pages=CRF_PAGES) == []


@pytest.mark.parametrize("seed", SEEDS, ids=str)
def test_a_sown_fault_is_found(
    contents: Contents, files: dict[str, dict[str, XptFile]], toy_standards: Standards, seed: Seed
) -> None:
    sown = sow(contents[seed.standard], seed)
    findings = check_content(sown, files[seed.standard], toy_standards, crf_pages=CRF_PAGES)
    assert seed.rule in {finding.rule for finding in findings}


def test_every_rule_has_a_fault_that_it_finds() -> None:
    tests_of_their_own = {"OD0001", "OD0010", "OD0011", "OD0012", "DD0002", "DD0074", "DD0085", "DD0110"}
    tests_of_their_own |= {"DEF016", "DEF041"}
    assert set(RULES) == {seed.rule for seed in SEEDS} | tests_of_their_own


def test_a_schema_alone_finds_few_of_the_faults(contents: Contents, schema: str) -> None:
    checker = etree.XMLSchema(etree.parse(schema))
    passed = [seed for seed in SEEDS if checker.validate(etree.fromstring(sow(contents[seed.standard], seed)))]
    assert len(passed) > len(SEEDS) / 2


def test_warnings_are_rules() -> None:
    assert set(RULES) >= WARNINGS
    with pytest.raises(KeyError, match="DD9999"):
        found("DD9999", "", "")


@pytest.mark.parametrize(
    ("content", "finding"),
    [
        (b"<?xml version='1.0'?><ODM>", "OD0001 file: the file is no XML: "),
        (b"<ODM/>", "OD0010 file: the file has no XML declaration"),
        (b"<?xml version='1.0' encoding='latin-1'?><ODM/>", "OD0011 file: the encoding is latin-1, not UTF-8"),
        (b"<?xml version='1.0'?><ODM/>", "OD0012 file: the root element is ODM, not odm:ODM"),
    ],
)
def test_a_file_that_is_no_define_is_said_so(content: bytes, finding: str) -> None:
    assert any(str(each).startswith(finding) for each in check_content(content))


def test_a_document_of_define_2_0_lacks_the_namespace(contents: Contents) -> None:
    older = contents["SDTM"].replace(b"/ns/def/v2.1", b"/ns/def/v2.0")
    assert "DD0002" in {finding.rule for finding in check_content(older)}


def test_entities_are_not_resolved(tmp_path: Path, contents: Contents) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("SECRET", encoding="utf-8")
    doctype = f'<!DOCTYPE ODM [<!ENTITY x SYSTEM "{secret.as_uri()}">]><?xml-stylesheet'.encode()
    content = contents["SDTM"].replace(b"<?xml-stylesheet", doctype, 1).replace(b"Adverse Events<", b"&x;<", 1)
    assert not any("SECRET" in finding.message for finding in check_content(content))


def test_origins_at_both_levels_are_found(contents: Contents, toy_standards: Standards) -> None:
    root = etree.fromstring(contents["SDTM"])
    item = next(each for each in root.iter(full("odm:ItemDef")) if each.get("OID") == "IT.SUPPAE.QVAL")
    values = item.find(full("def:ValueListRef"))
    assert values is not None
    values.addprevious(etree.Element(full("def:Origin"), Type="Derived", Source="Sponsor"))
    rules = {finding.rule for finding in check_content(etree.tostring(root), None, toy_standards)}
    assert "DD0074" in rules


def test_a_dangling_codelist_is_one_finding(contents: Contents) -> None:
    seed = Seed("OD0048", "//odm:ItemDef[@OID='IT.DM.SEX']/odm:CodeListRef", "set", "CodeListOID", "CL.NONE")
    assert check_content(sow(contents["SDTM"], seed)) == [
        Finding("DD0082", "error", "CL.SEX", "nothing refers to this codelist"),
        Finding("OD0048", "error", "IT.DM.SEX", "CodeListOID 'CL.NONE' is not defined"),
    ]


def test_visitnum_with_two_origins_is_found(contents: Contents) -> None:
    root = etree.fromstring(contents["SDTM"])
    for item in root.iter(full("odm:ItemDef")):
        if item.get("OID") in ("IT.AE.AESTDY", "IT.DM.SITEID"):
            item.set("SASFieldName", "VISITNUM")
    findings = [str(each) for each in check_content(etree.tostring(root)) if each.rule == "DD0110"]
    assert findings == ["DD0110 VISITNUM: the origins are Assigned, Derived"]


def test_a_where_clause_over_two_datasets_needs_a_comment(contents: Contents) -> None:
    root = etree.fromstring(contents["SDTM"])
    clause = next(root.iter(full("def:WhereClauseDef")))
    other = deepcopy(clause[0])
    other.set(full("def:ItemOID"), "IT.DM.SEX")
    clause.append(other)
    findings = [str(each) for each in check_content(etree.tostring(root)) if each.rule == "DEF016"]
    assert findings == ["DEF016 WC.SUPPAE.QNAM.AETRTEM: the where clause is over IG.DM, IG.SUPPAE and has no comment"]


def check_frame(frame: pd.DataFrame, name: str, place: Path, study: Study, content: bytes) -> list[str]:
    """The findings of one changed dataset of the toy."""
    spec = study.dataset(name)
    assert spec is not None
    write_dataset(place / "x.xpt", name, spec, frame)
    file = read_xpt(place / "x.xpt")
    oids = (f"IG.{name}", f"IT.{name}.")
    return [str(each) for each in check_content(content, {name: file}) if each.where.startswith(oids)]


def test_values_outside_their_codelist_are_listed(tmp_path: Path, toy_study: Study, contents: Contents) -> None:
    frame = make_frame("AE")
    frame["AESEV"] = ["MILD", "AWFUL", "BAD"]
    assert check_frame(frame, "AE", tmp_path, toy_study, contents["SDTM"]) == [
        "DEF034 IT.AE.AESEV: the Length is 6, that of the file 5",
        "DEF039 IT.AE.AESEV: 'AWFUL', 'BAD' are not in the codelist CL.AESEV",
    ]


def test_repeated_keys_are_shown_with_an_example(tmp_path: Path, toy_study: Study, contents: Contents) -> None:
    frame = make_frame("AE")
    frame["AESEQ"] = [1.0, 1.0, 1.0]
    assert check_frame(frame, "AE", tmp_path, toy_study, contents["SDTM"]) == [
        "DEF035 IG.AE: 2 records do not differ in their keys, such as STUDYID TOY-1, USUBJID TOY-1-01, AESEQ 1"
    ]


def test_a_parameter_with_two_names_is_found(tmp_path: Path, toy_study: Study, contents: Contents) -> None:
    frame = make_frame("ADTTE")
    frame["PARAM"] = ["Time to First Event (days)", "Time to Death (days)", "Time to First Event (days)", "Death"]
    assert check_frame(frame, "ADTTE", tmp_path, toy_study, contents["ADaM"]) == [
        "DEF041 IG.ADTTE: PARAMCD 'TTD' goes with more than one PARAM"
    ]


def test_a_censoring_code_of_another_parameter_is_found(tmp_path: Path, toy_study: Study, contents: Contents) -> None:
    frame = make_frame("ADTTE")
    frame["CNSR"] = [0.0, 1.0, 2.0, 2.0]
    assert check_frame(frame, "ADTTE", tmp_path, toy_study, contents["ADaM"]) == [
        "DEF043 IT.ADTTE.CNSR.TTAE: '2' is not in the codelist CL.ADTTE.CNSR.TTAE"
    ]


def test_a_missing_mandatory_value_is_counted(tmp_path: Path, toy_study: Study, contents: Contents) -> None:
    frame = make_frame("AE")
    frame["AETERM"] = pd.Series(["HEADACHE", None, "HEADACHE"], dtype="string[pyarrow]")
    assert check_frame(frame, "AE", tmp_path, toy_study, contents["SDTM"]) == [
        "DEF036 IT.AE.AETERM: the variable is mandatory and missing in 1 of 3 records"
    ]


def test_a_file_that_is_not_described_is_found(define_root: Path, contents: Contents) -> None:
    files = read_files(define_root, "SDTM")
    findings = check_content(contents["SDTM"], {**files, "ZZ": files["DM"]})
    assert [str(finding) for finding in findings] == ["DEF030 ZZ: the file is not described"]


@pytest.mark.parametrize(
    ("comparator", "values", "rows"),
    [
        ("EQ", ["2"], [False, True, False]),
        ("NE", ["2"], [True, False, False]),
        ("IN", ["1", "2"], [True, True, False]),
        ("NOTIN", ["1"], [False, True, False]),
        ("LT", ["2"], [True, False, False]),
        ("GE", ["1"], [True, True, False]),
        ("GT", ["x"], [False, False, False]),
    ],
)
def test_a_missing_value_fulfils_no_condition(comparator: str, values: list[str], rows: list[bool]) -> None:
    check = etree.Element(full("odm:RangeCheck"), Comparator=comparator)
    for value in values:
        etree.SubElement(check, full("odm:CheckValue")).text = value
    assert compute_condition(check, pd.Series([1.0, 2.0, None])).tolist() == rows
    if values != ["x"]:
        assert compute_condition(check, pd.Series(["1", "2", None], dtype="string[pyarrow]")).tolist() == rows


def test_a_file_on_disk_is_checked_with_its_stylesheet(tmp_path: Path, contents: Contents, define_root: Path) -> None:
    path = tmp_path / "define.xml"
    path.write_bytes(contents["SDTM"])
    datasets = define_root / "build" / "toy" / "sdtm"
    assert check_define(path, datasets) == [
        Finding("DD0085", "warning", "file", "the stylesheet define2-1.xsl is not beside the file")
    ]
    (tmp_path / "define2-1.xsl").touch()
    assert check_define(path, datasets) == []


def test_a_missing_define_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile) as raised:
        check_define(tmp_path / "define.xml")
    assert str(raised.value) == f"{tmp_path / 'define.xml'} cannot be read\n  fix      run make define"
