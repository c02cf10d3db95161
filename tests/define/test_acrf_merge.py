"""The annotated CRF: order, shared files, bookmarks, errors."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import pytest
from pypdf import PdfReader, PdfWriter

from crf2tlf.errors import UnreadableFile
from crf2tlf.spec.folders import crf_paths
from crf2tlf.spec.model import Study
from define.acrf.merge import merge_crf

STAMP = "D:20240102030405Z"
PAGES = {"Demographics.pdf": 1, "Subject_Disposition.pdf": 2, "Exposure_as_collected.pdf": 1, "AdverseEvent.pdf": 2}


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    """The raw folder of the pilot study beside CRFs whose pages are as wide as they are long in the study."""
    (tmp_path / "acrf").mkdir()
    for number, (name, count) in enumerate(PAGES.items()):
        writer = PdfWriter()
        for _ in range(count):
            writer.add_blank_page(100 + number, 100)
        writer.write(tmp_path / "acrf" / name)
        writer.close()
    return tmp_path / "raw"


def read(study: Study, raw: Path) -> PdfReader:
    """The merged CRF."""
    return PdfReader(io.BytesIO(merge_crf(study, crf_paths(study, raw), STAMP)))


def bookmarks(reader: PdfReader) -> list[tuple[str, int]]:
    """Titles with page numbers (from 1), one after the other."""
    found: list[tuple[str, int]] = []

    def gather(entries: list[object]) -> None:
        for entry in entries:
            if isinstance(entry, list):
                gather(entry)
            else:
                found.append((entry.title, (reader.get_destination_page_number(entry) or 0) + 1))  # type: ignore[attr-defined, arg-type]

    gather(list(reader.outline))
    return found


def test_pages_stand_in_the_order_of_the_forms(pilot: Study, raw: Path) -> None:
    widths = [float(page.mediabox.width) for page in read(pilot, raw).pages]
    assert widths == [100, 101, 101, 102, 103, 103]


def test_bookmarks_lead_by_form_and_by_dataset(pilot: Study, raw: Path) -> None:
    assert bookmarks(read(pilot, raw)) == [
        ("Forms", 1),
        ("Demographics", 1),
        ("Subject Disposition", 2),
        ("Exposure as Collected", 4),
        ("Adverse Events", 5),
        ("Datasets", 1),
        ("AE (Adverse Events)", 5),
        ("Page 5", 5),
        ("Page 6", 6),
        ("DM (Demographics)", 1),
        ("DS (Disposition)", 2),
        ("Page 2", 2),
        ("Page 3", 3),
        ("EX (Exposure)", 4),
    ]


def test_a_crf_that_two_forms_share_stands_once(pilot: Study, raw: Path) -> None:
    shared = replace(pilot.forms["ae"], crf="Demographics.pdf")
    study = replace(pilot, forms={"dm": pilot.forms["dm"], "ae": shared}, sdtm={})
    reader = read(study, raw)
    assert len(reader.pages) == 1
    assert bookmarks(reader) == [("Forms", 1), ("Demographics", 1), ("Adverse Events", 1)]


def test_the_document_carries_the_moment_given_and_the_same_bytes(pilot: Study, raw: Path) -> None:
    paths = crf_paths(pilot, raw)
    whole = merge_crf(pilot, paths, STAMP)
    assert whole == merge_crf(pilot, paths, STAMP)
    metadata = PdfReader(io.BytesIO(whole)).metadata
    assert metadata is not None
    assert (metadata.title, str(metadata["/CreationDate"])) == ("CDISCPILOT01: Annotated CRF", STAMP)


def test_a_missing_crf_names_the_form(pilot: Study, raw: Path) -> None:
    (raw.parent / "acrf" / "AdverseEvent.pdf").unlink()
    with pytest.raises(UnreadableFile) as raised:
        read(pilot, raw)
    line = pilot.forms["ae"].location.line
    assert str(raised.value) == (
        "cdiscpilot01: the CRF AdverseEvent.pdf is missing.\n"
        f"  spec     specs/cdiscpilot01/study.yaml:{line}  forms.ae.crf\n"
        "  fix      put the CRF there, or take 'crf' from forms.ae of study.yaml"
    )


def test_a_file_that_is_no_pdf_is_refused(pilot: Study, raw: Path) -> None:
    (raw.parent / "acrf" / "AdverseEvent.pdf").write_bytes(b"no PDF at all")
    with pytest.raises(UnreadableFile, match=r"the CRF AdverseEvent\.pdf is no PDF that can be read\."):
        read(pilot, raw)
