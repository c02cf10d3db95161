"""The check of a whole package: each problem seen once, its text compared whole."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from package_toys import LAYOUT, PAGE, seal, write_define, write_toy_package

from crf2tlf.errors import DataError
from submission.check import find_faults, require_package
from submission.layout import MANIFEST, Layout

SDTM, ADAM = LAYOUT.sdtm.as_posix(), LAYOUT.adam.as_posix()


@pytest.fixture
def m5(tmp_path: Path) -> Path:
    """A package without problems."""
    return write_toy_package(tmp_path / "m5")


def faults(m5: Path, *, sealed: bool = True) -> list[str]:
    """The problems; `sealed` makes the manifest fit first."""
    if sealed:
        seal(m5)
    return find_faults(m5, "toy", ("sdtm", "adam"))


def test_a_sound_package_has_no_problem(m5: Path) -> None:
    assert faults(m5, sealed=False) == []


def test_folders_are_those_of_the_conformance_guide() -> None:
    layout = Layout("CDISCPILOT_01")
    assert layout.sdtm.as_posix() == "datasets/cdiscpilot-01/tabulations/sdtm"
    assert layout.adam.as_posix() == "datasets/cdiscpilot-01/analysis/adam/datasets"
    assert layout.programs.as_posix() == "datasets/cdiscpilot-01/analysis/adam/programs"


def test_all_problems_are_raised_at_once(m5: Path) -> None:
    (m5 / SDTM / "csdrg.pdf").unlink()
    (m5 / ADAM / "adsl.xpt").unlink()
    seal(m5)
    with pytest.raises(DataError) as raised:
        require_package(m5, "toy", ("sdtm", "adam"))
    assert str(raised.value) == (
        "toy: the package has 5 problems:\n"
        f"  {SDTM}/csdrg.pdf: is not there\n"
        f"  {SDTM}/define.xml: leads to csdrg.pdf, which is not there\n"
        f"  {ADAM}: there is no dataset\n"
        f"  {ADAM}/define.html: leads to adsl.xpt, which is not there\n"
        f"  {ADAM}/define.xml: leads to adsl.xpt, which is not there"
    )


def test_a_dataset_that_define_does_not_name_is_a_problem(m5: Path) -> None:
    write_define(m5 / SDTM, ["ae.xpt", "csdrg.pdf", "acrf.pdf"])
    assert faults(m5) == [f"{SDTM}/dm.xpt: define.xml does not name it"]


def test_links_that_leave_the_folder_are_problems(m5: Path) -> None:
    names = ["ae.xpt", "dm.xpt", "csdrg.pdf", "AE.XPT", "../adam/adsl.xpt", "https://example.org/x.css"]
    write_define(m5 / SDTM, names)
    assert faults(m5) == [
        f"{SDTM}/define.xml: does not name a file beside it in lower case: AE.XPT",
        f"{SDTM}/define.xml: does not name a file beside it in lower case: ../adam/adsl.xpt",
        f"{SDTM}/define.xml: leads out of the package: https://example.org/x.css",
    ]


def test_links_of_pages_and_styles_are_followed(m5: Path) -> None:
    text = PAGE.format(link="acrf.pdf#page=2").replace('href="#AE"', 'href="#CM"')
    style = "<style>@import 'own.css';p{background:url(data:image/png;base64,AA)}q{background:url(//cdn/x.png)}</style>"
    (m5 / SDTM / "define.html").write_text(style + text, encoding="utf-8")
    assert faults(m5) == [
        f"{SDTM}/define.html: leads to own.css, which is not there",
        f"{SDTM}/define.html: leads out of the package: //cdn/x.png",
        f"{SDTM}/define.html: has no place #CM",
    ]


def test_a_define_that_is_not_well_formed_is_a_problem(m5: Path) -> None:
    path = m5 / ADAM / "define.xml"
    path.write_text(path.read_text("utf-8").replace("</ODM>", ""), encoding="utf-8")
    assert faults(m5) == [f"{ADAM}/define.xml: not well-formed: no element found: line 7, column 0"]


def test_names_that_ectd_does_not_take_are_problems(m5: Path) -> None:
    (m5 / LAYOUT.programs / "AD_SL.txt").write_text("x", encoding="utf-8")
    (m5 / "notes.txt").write_text("x", encoding="utf-8")
    programs = LAYOUT.programs.as_posix()
    assert faults(m5) == [
        f"{programs}/AD_SL.txt: a file name has lower-case letters, digits and hyphens, at most 64",
        "notes.txt: no file belongs there",
    ]


def test_a_file_that_does_not_belong_beside_the_datasets_is_a_problem(m5: Path) -> None:
    (m5 / SDTM / "issues.html").write_text("<p>x</p>", encoding="utf-8")
    assert faults(m5) == [
        f"{SDTM}/issues.html: no such file belongs to the package",
        f"{SDTM}/issues.html: define.xml does not name it",
    ]


def test_a_dataset_name_of_nine_letters_is_a_problem(m5: Path) -> None:
    (m5 / SDTM / "adverseev.xpt").write_bytes(b"x")
    write_define(m5 / SDTM, ["ae.xpt", "dm.xpt", "csdrg.pdf", "adverseev.xpt"])
    name = f"{SDTM}/adverseev.xpt"
    assert faults(m5) == [f"{name}: a dataset's name has 1 to 8 lower-case letters and digits, a letter first"]


def test_a_dataset_that_is_too_large_is_a_problem(m5: Path) -> None:
    assert find_faults(m5, "toy", ("sdtm", "adam"), largest=14) == [
        f"{ADAM}/adsl.xpt: has 16 bytes, more than 14; split it and explain that in the guide"
    ]


def test_a_pdf_of_another_version_is_a_problem(m5: Path) -> None:
    (m5 / SDTM / "acrf.pdf").write_bytes(b"%PDF-2.0\n")
    assert faults(m5) == [f"{SDTM}/acrf.pdf: is no PDF of version 1.4 to 1.7"]


def test_a_standard_without_a_folder_is_a_problem(m5: Path) -> None:
    shutil.rmtree(m5 / ADAM)
    assert faults(m5) == [f"{ADAM}: there is no such folder"]


def test_a_manifest_that_does_not_fit_is_a_problem(m5: Path) -> None:
    (m5 / SDTM / "ae.xpt").write_bytes(b"other rows")
    (m5 / LAYOUT.programs / "more.txt").write_text("x", encoding="utf-8")
    lines = (m5 / MANIFEST).read_text("utf-8").splitlines()
    (m5 / MANIFEST).write_text("\n".join([*lines, f"{'0' * 64}  zz.txt", "what"]) + "\n", encoding="utf-8")
    assert faults(m5, sealed=False) == [
        f"{MANIFEST}: line 15 is no hash and name",
        f"{LAYOUT.programs.as_posix()}/more.txt: not in {MANIFEST}",
        f"zz.txt: in {MANIFEST}, but there is no such file",
        f"{SDTM}/ae.xpt: its hash is not that of {MANIFEST}",
    ]


def test_a_missing_manifest_is_a_problem(m5: Path) -> None:
    (m5 / MANIFEST).unlink()
    assert faults(m5, sealed=False) == [f"there is no {MANIFEST}"]


def test_an_unsorted_manifest_is_a_problem(m5: Path) -> None:
    lines = (m5 / MANIFEST).read_text("utf-8").splitlines()
    (m5 / MANIFEST).write_text("\n".join(reversed(lines)) + "\n", encoding="utf-8")
    assert faults(m5, sealed=False) == [f"{MANIFEST} is not sorted"]


@pytest.mark.skipif(shutil.which("sha256sum") is None, reason="sha256sum is not installed")
def test_sha256sum_reads_the_manifest(m5: Path) -> None:
    ended = subprocess.run(["sha256sum", "--check", "--strict", MANIFEST], cwd=m5, capture_output=True, check=False)
    assert ended.returncode == 0
