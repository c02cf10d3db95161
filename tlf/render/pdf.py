"""PDF: each page drawn with reportlab, faces embedded, no clock and no random ids.

An output can be addressed by its id as a named destination (`file.pdf#t_14_2_1`), as links of define.xml need it.
"""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from reportlab.pdfbase.pdfdoc import PDFArray, PDFDictionary, PDFName
from reportlab.pdfgen.canvas import Canvas

from crf2tlf.errors import Context, ProgramError, UsageError, ValueDoesNotFit
from tlf.render.fonts import CHINESE, REGULAR, characters_of_face, register_faces, register_study_face
from tlf.render.page import Display
from tlf.render.paginate import paginate, texts_of
from tlf.render.sheet import Sheet

_KINDS = {"table": "Tables", "listing": "Listings", "figure": "Figures"}


def render_pdf(displays: Sequence[Display], font: Path | None = None) -> bytes:
    """One PDF of all displays, in the order given, with an outline; the same bytes on every machine.

    `font` is a TrueType font of the study for characters that the built-in faces lack; it is embedded. Without it
    Chinese is set in STSong-Light, which is named but not embedded: `check_faces` finds it and the page says so.
    A character that no face has raises ValueDoesNotFit: nothing is printed as an empty box.
    """
    if not displays:
        raise UsageError("a PDF needs at least one display")
    study_face = _register(font)
    _check_outputs_differ(displays)
    _check_every_character_has_a_face(displays, study_face)
    target = io.BytesIO()
    canvas = Canvas(target, invariant=1, pageCompression=1, initialFontName=REGULAR, lang="en-US")
    _describe(canvas, displays)
    kind, destinations = "", {}
    for display in displays:
        destinations[display.provenance.output] = PDFArray([canvas._doc.thisPageRef(), PDFName("Fit")])
        if len(displays) > 1 and display.kind != kind:
            kind = display.kind
            _mark(canvas, f"{kind}-{display.provenance.output}", _KINDS[kind], 0)
        _mark(canvas, display.provenance.output, display.name, 1 if kind else 0)
        _draw_pages(canvas, display, study_face)
    # reportlab resolves its bookmarks to pages; links from other files need them by name.
    canvas.setCatalogEntry("Dests", PDFDictionary(destinations))
    canvas.save()
    return target.getvalue()


def check_faces(displays: Iterable[Display], font: Path | None = None) -> tuple[str, ...]:
    """One finding for each display whose PDF names a face that it does not embed."""
    study_face = _register(font)
    findings = []
    for display in displays:
        found = characters_of_face(texts_of(display), CHINESE, study_face)
        if found:
            findings.append(
                f"{display.number}: {len(found)} characters ({found[:10]}) are set in {CHINESE}, "
                "which is not embedded; name a TrueType font that has them"
            )
    return tuple(findings)


def _register(font: Path | None) -> str:
    register_faces()
    return register_study_face(font) if font else ""


def _describe(canvas: Canvas, displays: Sequence[Display]) -> None:
    first = displays[0]
    canvas.setTitle(first.name if len(displays) == 1 else first.study or "All displays")
    canvas.setSubject(first.study)
    canvas.setCreator("crf2tlf")
    canvas.showOutline()
    canvas.setViewerPreference("DisplayDocTitle", "true")


def _mark(canvas: Canvas, key: str, title: str, level: int) -> None:
    canvas.bookmarkPage(key)
    canvas.addOutlineEntry(title, key, level)


def _draw_pages(canvas: Canvas, display: Display, study_face: str) -> None:
    paged = paginate(display)
    for page in paged.pages:
        canvas.setPageSize((paged.geometry.width, paged.geometry.height))
        Sheet(canvas, paged, study_face).draw(page)
        canvas.showPage()


def _check_outputs_differ(displays: Sequence[Display]) -> None:
    counts = Counter(display.provenance.output for display in displays)
    twice = sorted(output for output, count in counts.items() if count > 1)
    if twice:
        fix = "give each display an id of its own"
        raise ProgramError(f"more than one display has the output id {', '.join(twice)}", Context(fix=fix))


def _check_every_character_has_a_face(displays: Iterable[Display], study_face: str) -> None:
    for display in displays:
        missing = characters_of_face(texts_of(display), "", study_face)
        if missing:
            codes = ", ".join(f"{character} U+{ord(character):04X}" for character in missing[:5])
            raise ValueDoesNotFit(
                f"no face of the PDF has {len(missing)} of its characters ({codes})",
                Context(dataset=display.number, fix="name a TrueType font of the study that has them"),
            )
