"""Displays as studies have them, for the tests of the display layer: what each of them becomes as a whole."""

from __future__ import annotations

import io
import os
import re
import struct
import subprocess
import sys
import zlib
from pathlib import Path

import pytest
from pypdf import PdfReader

from tlf.render import (
    Cell,
    Column,
    Detail,
    Display,
    Figure,
    Paging,
    Provenance,
    Row,
    Span,
    paginate,
    render_html,
    render_pdf,
    render_rtf,
)

STUDY = "Protocol SAMPLE-301, Sample Oncology"
FOOT = {"spec_hash": "4f1c09ab77de", "cut_off": "2024-03-01", "timestamp": "2024-04-15T00:00:00"}


def make_demographics() -> Display:
    """A table of 28 rows that fits on one page."""
    arms = ("F+P\n(N=201)", "C+P\n(N=201)", "Total\n(N=402)")
    body: list[Row] = []
    for label, lines in (
        (
            "Age (years)",
            (
                ("n", "201", "201", "402"),
                ("Mean (SD)", "52.4 (10.31)", "53.0 (9.87)", "52.7 (10.09)"),
                ("Median", "52.0", "53.0", "53.0"),
                ("Q1, Q3", "45.0, 60.0", "46.0, 60.0", "45.5, 60.0"),
                ("Min, Max", "24, 81", "27, 79", "24, 81"),
            ),
        ),
        (
            "Age group, n (%)",
            (
                ("< 65 years", "176 (87.6)", "178 (88.6)", "354 (88.1)"),
                ("≥ 65 years", "25 (12.4)", "23 (11.4)", "48 (11.9)"),
            ),
        ),
        ("Sex, n (%)", (("Female", "201 (100)", "201 (100)", "402 (100)"), ("Male", "0", "0", "0"))),
        (
            "ECOG performance status, n (%)",
            (
                ("0", "98 (48.8)", "104 (51.7)", "202 (50.2)"),
                ("1", "101 (50.2)", "96 (47.8)", "197 (49.0)"),
                ("2", "2 (1.0)", "1 (0.5)", "3 (0.7)"),
                ("Missing", "0", "0", "0"),
            ),
        ),
        (
            "Time from first diagnosis to randomisation (months)",
            (
                ("n", "199", "200", "399"),
                ("Mean (SD)", "38.25 (27.114)", "40.11 (30.226)", "39.18 (28.690)"),
                ("Min, Max", "0.3, 188.2", "0.2, 201.7", "0.2, 201.7"),
            ),
        ),
    ):
        body.append(Row((Cell(label), *[Cell()] * 3), blank_before=True, heading=True, block=label))
        body += [
            Row(
                tuple(Cell(text, f"{label}/{line[0]}/{place}" if place else "") for place, text in enumerate(line)),
                indent=1,
                block=label,
            )
            for line in lines
        ]
    return Display(
        number="Table 14.1.2.1",
        kind="table",
        titles=("Demographics and Baseline Characteristics",),
        population="Full Analysis Set",
        study=STUDY,
        header=(
            Column("Characteristic", "left", share=2.4),
            Span("Treatment group", (Column(arms[0], share=1), Column(arms[1], share=1))),
            Column(arms[2], share=1),
        ),
        rows=tuple(body),
        footnotes=(
            "F+P = fulvestrant + pyrotinib; C+P = capecitabine + pyrotinib; SD = standard deviation.",
            "Percentages are based on the number of subjects in the Full Analysis Set of each treatment group (N).",
        ),
        source="Source: Listing 16.2.4.1",
        provenance=Provenance("t_14_1_2_1", ("ADSL",), **FOOT),
    )


def make_adverse_events(terms: int = 300) -> Display:
    """Adverse events by system organ class and preferred term: `terms` rows of terms, widths by content."""
    classes = (
        "Blood and lymphatic system disorders",
        "Gastrointestinal disorders",
        "General disorders and administration site conditions",
        "Neoplasms benign, malignant and unspecified (incl cysts and polyps)",
        "Skin and subcutaneous tissue disorders",
    )
    names = (
        "Diarrhoea",
        "Nausea",
        "Palmar-plantar erythrodysaesthesia syndrome",
        "Stomatitis",
        "Neutrophil count decreased",
    )
    total = ("Subjects with at least one TEAE", "198 (98.5)", "201 (100)", "399 (99.3)")
    rows = [Row(tuple(map(Cell, total)), bold=True)]
    for place in range(terms):
        if place % 23 == 0:
            label = classes[place // 23 % 5]
            numbers = (f"{150 - place // 3} (74.6)", f"{9 + place // 23} (4.5)", f"{160 - place // 3} (39.8)")
            rows.append(Row((Cell(label), *map(Cell, numbers)), blank_before=True, heading=True))
        count = 1 + 37 * place % 120
        numbers = (f"{count} ({count / 2.01:.1f})", "0", f"{count} ({count / 4.02:.1f})")
        rows.append(Row((Cell(f"{names[place % 5]} {place}"), *map(Cell, numbers)), 1))
    return Display(
        number="Table 14.3.1.2",
        kind="table",
        titles=("Treatment-Emergent Adverse Events by System Organ Class and Preferred Term",),
        population="Safety Analysis Set",
        study=STUDY,
        header=(
            Column("System organ class\n  Preferred term", "left"),
            Column("F+P\n(N=201)\nn (%)"),
            Column("C+P\n(N=201)\nn (%)"),
            Column("Total\n(N=402)\nn (%)"),
        ),
        rows=tuple(rows),
        footnotes=("A subject is counted once per system organ class and preferred term. MedDRA version 27.1.",),
        provenance=Provenance("t_14_3_1_2", ("ADAE", "ADSL"), **FOOT),
    )


def make_listing(subjects: int = 30) -> Display:
    """Adverse events by subject, with long text, umlauts and Chinese."""
    narrative = (
        "Subject reported loose stools up to six times a day from the third day of treatment; loperamide was given, "
        "the dose was held for 5 days and resumed at 320 mg. Naïve reporter: Müller-Lüdenscheidt, Universitätsklinikum "
        "Köln."
    )
    chinese = "受试者在用药第三天出现腹泻，每日六次，给予洛哌丁胺治疗（剂量：4 mg），症状于五天后缓解。"
    rows = []
    for subject in range(subjects):
        for event in range(3):
            texts = (
                f"SAMPLE-301-{subject // 9 + 1:02d}-{subject + 1:03d}\n{30 + subject}/F",
                "F+P" if subject % 2 else "C+P",
                ("Diarrhoea", "Palmar-plantar erythrodysaesthesia syndrome", "Neutrophil count decreased")[event],
                (narrative, chinese, "WBC ↓, ANC < 1.0 × 10⁹/L; α ≤ 0.05 – “stable”")[(subject + event) % 3],
                f"2023-0{event + 1}-1{event}",
                f"{event * 30 + 3}",
                str(event + 1),
                "Y" if event == 2 else "N",
            )
            rows.append(Row(tuple(map(Cell, texts)), blank_before=event == 0))
    labels = ("Subject\nAge/Sex", "Arm", "Preferred term", "Reported term", "Start date", "Day", "Grade", "Serious")
    shares = (1.5, 0.6, 1.7, 4.0, 1.0, 0.6, 0.6, 0.7)
    columns = tuple(
        Column(label, "left" if place < 5 else "center", share, no_repeat=place < 2)
        for place, (label, share) in enumerate(zip(labels, shares, strict=True))
    )
    return Display(
        number="Listing 16.2.7.1",
        kind="listing",
        titles=("Adverse Events", "All Subjects"),
        population="Enrolled Subjects",
        study=STUDY,
        header=columns,
        rows=tuple(rows),
        footnotes=("Grade: NCI CTCAE version 5.0.",),
        provenance=Provenance("l_16_2_7_1", ("ADAE", "ADSL"), **FOOT),
        paging=Paging("a4", "landscape", 8.5),
    )


def make_figure() -> Display:
    """A figure of 2700 x 1500 pixels in one colour."""
    return Display(
        number="Figure 14.2.1.1",
        kind="figure",
        titles=("Kaplan-Meier Plot of Progression-Free Survival",),
        population="Full Analysis Set",
        study=STUDY,
        figures=(Figure(make_png(2700, 1500), "Two survival curves, F+P above C+P from month 3"),),
        footnotes=("+ marks censored subjects.",),
        provenance=Provenance("f_14_2_1_1", ("ADTTE",), **FOOT),
    )


def make_png(width: int, height: int) -> bytes:
    """A PNG file in light blue."""

    def chunk(name: bytes, content: bytes) -> bytes:
        body = name + content
        return struct.pack(">I", len(content)) + body + struct.pack(">I", zlib.crc32(body))

    line = b"\x00" + b"\xc8\xdc\xf0" * width
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    content = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(line * height)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + content


def make_details() -> dict[str, Detail]:
    """How the ages of the demographics table came about."""
    keys = tuple((f"SAMPLE-301-01-{subject:03d}",) for subject in range(1, 6))
    facts = (("Statistic", "number of subjects"), ("Unrounded", "201"))
    return {"Age (years)/n/1": Detail("ADSL", "FASFL == 'Y' and TRT01P == 'F+P'", 201, ("USUBJID",), keys, facts)}


DISPLAYS = (make_demographics(), make_adverse_events(), make_listing(), make_figure())
PAGES = {"t_14_1_2_1": 1, "t_14_3_1_2": 11, "l_16_2_7_1": 8, "f_14_2_1_1": 1}
each_display = pytest.mark.parametrize("display", DISPLAYS, ids=list(PAGES))


@each_display
def test_all_three_formats_have_the_pages_that_were_computed(display: Display) -> None:
    expected = PAGES[display.provenance.output]
    assert len(paginate(display).pages) == expected
    assert render_rtf(display).count(b"\\pagebb") + 1 == expected
    assert len(PdfReader(io.BytesIO(render_pdf([display]))).pages) == expected
    assert render_html(display).count('<section class="page"') == expected


@each_display
def test_each_page_begins_and_ends_with_the_same_rows_in_pdf_rtf_and_html(display: Display) -> None:
    paged = paginate(display)
    in_pdf = [page.extract_text() for page in PdfReader(io.BytesIO(render_pdf([display]))).pages]
    in_rtf = re.split(r"\\pagebb", render_rtf(display).decode("ascii"))
    in_html = render_html(display).split('<section class="page"')[1:]
    for page, pdf, rtf, html in zip(paged.pages, in_pdf, in_rtf, in_html, strict=True):
        for row in (*page.rows[:1], *page.rows[-1:]):
            texts = [cell.text for cell in row.cells if cell.text.isascii() and cell.text and "\n" not in cell.text]
            label = texts[0]
            assert label.split(" ")[0] in pdf
            assert label in rtf
            assert label in html


@each_display
def test_two_runs_give_the_same_bytes(display: Display) -> None:
    first = (render_rtf(display), render_pdf([display]), render_html(display, make_details()))
    paginate.cache_clear()
    assert (render_rtf(display), render_pdf([display]), render_html(display, make_details())) == first


def test_runs_with_other_hash_seeds_and_clocks_give_the_same_bytes() -> None:
    program = (
        "import hashlib; from test_render_samples import *; "
        "parts = [render_pdf(DISPLAYS), *map(render_rtf, DISPLAYS), *(render_html(d).encode() for d in DISPLAYS)]; "
        "print(hashlib.sha256(b''.join(parts)).hexdigest())"
    )
    here = Path(__file__).parent
    path = os.pathsep.join([str(here), str(here.parent.parent)])
    digests = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={"PYTHONPATH": path, "PYTHONHASHSEED": seed, "TZ": zone},
            capture_output=True,
            check=True,
        ).stdout
        for seed, zone in (("1", "UTC"), ("2", "Asia/Shanghai"))
    }
    assert len(digests) == 1
    assert len(digests.pop().strip()) == 64
