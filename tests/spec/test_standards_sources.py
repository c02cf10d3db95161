"""What the readers of published sources accept, refuse and leave out."""

from __future__ import annotations

import collections
import gzip
import json
import pickle
import zipfile
from pathlib import Path

import pytest

from crf2tlf.errors import UnreadableFile
from crf2tlf.spec.standards import Term
from crf2tlf.spec.standards_guides import restriction
from crf2tlf.spec.standards_records import read_terms
from crf2tlf.spec.standards_sources import read_plain_pickle, read_terminology

ROOT = Path(__file__).parents[2]
JSON_RELEASE = ROOT.parent / "shared" / "core" / "sdtmct-2025-03-28.json.gz"

NCI_TEXT = (
    "Code\tCodelist Code\tCodelist Extensible (Yes/No)\tCodelist Name\tCDISC Submission Value\tCDISC Synonym(s)\t"
    "CDISC Definition\tNCI Preferred Term\n"
    "C1\t\tNo\tNo Yes Response\tNY\tNo Yes Response\tprose\tCDISC NY Terminology\n"
    "C11\tC1\t\tNo Yes Response\tY\tYes\tprose\tYes\n"
    "C12\tC1\t\tNo Yes Response\tN\tNo\tprose\tNo\n"
)


@pytest.fixture
def nci(tmp_path: Path) -> Path:
    path = tmp_path / "SDTM Terminology 2025-03-28.txt"
    path.write_text(NCI_TEXT, encoding="utf-8")
    return path


def test_a_text_file_of_nci_gives_its_release_and_lists(nci: Path) -> None:
    release = read_terminology(nci)
    assert (release.package, release.date, release.publishing_set) == ("sdtmct", "2025-03-28", "SDTM")
    codelist = release.codelists["C1"]
    assert (codelist.name, codelist.label, codelist.extensible) == ("NY", "No Yes Response", False)
    assert codelist.terms == {"N": Term("C12", "N", "No"), "Y": Term("C11", "Y", "Yes")}


@pytest.mark.parametrize("value", [collections.OrderedDict(a=1), {"a": print}, {"a": {1}}.get, Path("x")])
def test_the_unpickler_refuses_whatever_is_not_plain(value: object) -> None:
    with pytest.raises(UnreadableFile, match="only plain data is read"):
        read_plain_pickle(pickle.dumps(value), "wheel: x.pkl")


def test_a_pickle_that_would_run_a_command_is_refused_with_its_name() -> None:
    with pytest.raises(UnreadableFile) as error:
        read_plain_pickle(b"cos\nsystem\n(S'true'\ntR.", "wheel: x.pkl")
    assert str(error.value) == "wheel: x.pkl: the pickle asks for os.system; only plain data is read."


def test_shared_lists_of_a_usdm_wheel_come_along(tmp_path: Path) -> None:
    wheel = tmp_path / "usdm4.whl"
    with zipfile.ZipFile(wheel, "w") as written:
        written.writestr("usdm4/ct/cdisc/library_cache/library_cache_all.yaml", USDM_CACHE)
    release = read_terminology(wheel)
    assert (release.package, release.date, sorted(release.codelists)) == ("sdtmct", "2025-03-28", ["C66742", "C71113"])
    assert release.codelists["C66742"].terms == {"N": Term("C49487", "N", "No")}


USDM_CACHE = """
C71113:
  conceptId: C71113
  extensible: 'true'
  name: Frequency
  source: {effective_date: '2025-03-28', package: sdtmct}
  submissionValue: FREQ
  terms: [{conceptId: C25473, preferredTerm: Daily, submissionValue: QD}]
C66742:
  conceptId: C66742
  extensible: 'false'
  name: No Yes Response
  source: {effective_date: '2025-03-28', package: protocolct}
  submissionValue: NY
  terms: [{conceptId: C49487, preferredTerm: 'No', submissionValue: 'N'}]
C188699:
  conceptId: C188699
  name: Without a flag
  source: {effective_date: '2024-09-27', package: ddfct}
  submissionValue: OTHER
  terms: []
"""


def test_a_text_file_that_does_not_say_its_release_needs_it_on_the_command_line(nci: Path) -> None:
    latest = nci.rename(nci.with_name("SDTM Terminology.txt"))
    with pytest.raises(UnreadableFile) as error:
        read_terminology(latest)
    assert str(error.value) == (
        f"{latest} does not say which release of sdtmct or adamct it is.\n"
        f"  fix      say it before the file: --ct sdtmct-2025-03-28={latest}"
    )
    assert read_terminology(latest, "sdtmct-2025-09-26").date == "2025-09-26"


def test_a_text_file_without_a_needed_column_is_refused(nci: Path) -> None:
    nci.write_text("Code\tCodelist Code\tCodelist Name\n", encoding="utf-8")
    with pytest.raises(UnreadableFile) as error:
        read_terminology(nci)
    assert str(error.value) == (
        f"{nci} has no column CDISC Submission Value, Codelist Extensible (Yes/No), NCI Preferred Term."
    )


def test_a_submission_value_that_stands_twice_is_refused(nci: Path) -> None:
    twice = "C13\tC1\t\tNo Yes Response\tN\tNo\tprose\tNo\n"
    nci.write_text(NCI_TEXT + twice, encoding="utf-8")
    with pytest.raises(UnreadableFile) as error:
        read_terminology(nci)
    assert str(error.value) == "C1 holds the submission value 'N' twice."


@pytest.mark.parametrize(
    ("remark", "only", "never"),
    [
        ("CP, IS, and LB domains only", "CP IS LB", ""),
        ("EG Domain only", "EG", ""),
        ("Not in AE domain", "", "AE"),
        ("Not in QS, FT, and clinical classifications use case of RS", "", "QS; FT"),
        ("Not in Findings class domains", "", "FINDINGS"),
        ("Not in nonclinical trials", "", ""),
        ("Only in Findings class specimen-based domains: BS, CP", "BS CP", ""),
        ("", "", ""),
    ],
)
def test_the_models_restrictions_are_read(remark: str, only: str, never: str) -> None:
    assert restriction(remark) == (only, never)


@pytest.mark.skipif(not JSON_RELEASE.is_file(), reason=f"{JSON_RELEASE.name} is not at hand")
def test_the_shipped_terms_are_those_of_the_release_in_json() -> None:
    published = json.loads(gzip.decompress(JSON_RELEASE.read_bytes()))["codelists"]
    expected = {
        each["conceptId"]: {(t["conceptId"], t["submissionValue"]) for t in each["terms"]} for each in published
    }
    shipped = read_terms(ROOT / "specs/standards/ct/sdtmct-2025-03-28")
    assert {code: {row[:2] for row in rows} for code, rows in shipped.items()} == {
        code: expected[code] for code in shipped
    }
