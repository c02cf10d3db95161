"""The faces of the PDF and the one table of character widths that decides every line break.

Text is set in STIX General, which matplotlib installs with itself (SIL Open Font License): cut to the widths of
Times, so that RTF, which asks for Times New Roman, breaks alike. See
docs/decisions/0005-one-page-model-three-renderers.md.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.metadata import PackageNotFoundError, distribution
from itertools import groupby
from pathlib import Path

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.ttfonts import TTFError, TTFont

from crf2tlf.errors import Context, ProgramError, UnreadableFile

REGULAR = "STIXGeneral"
BOLD = "STIXGeneral-Bold"
SYMBOLS = "DejaVuSerif"
"""For what STIX General lacks (superscript figures, Vietnamese, symbols); matplotlib installs it too."""
EMBEDDED = (REGULAR, BOLD, SYMBOLS)
CHINESE = "STSong-Light"
"""Adobe's Chinese face: named in the PDF, not embedded; the reader of the PDF brings it."""

_FILES = {REGULAR: "STIXGeneral.ttf", BOLD: "STIXGeneralBol.ttf", SYMBOLS: "DejaVuSerif.ttf"}
_TIMES = {REGULAR: "Times-Roman", BOLD: "Times-Bold"}


@cache
def register_faces() -> None:
    """Make the three embedded faces and the Chinese face known to reportlab, once a process."""
    for name, file in _FILES.items():
        pdfmetrics.registerFont(TTFont(name, str(_font_folder() / file)))
    pdfmetrics.registerFont(UnicodeCIDFont(CHINESE))


@cache
def register_study_face(path: Path) -> str:
    """The name under which a study's own TrueType font is known to reportlab, registered once a process."""
    try:
        name = f"study-{hashlib.sha256(path.read_bytes()).hexdigest()[:12]}"
        pdfmetrics.registerFont(TTFont(name, str(path)))
    except (OSError, TTFError) as error:
        fix = (
            "name a .ttf file, or a .ttc file, with TrueType outlines; .otf files with PostScript outlines do not work"
        )
        raise UnreadableFile(f"the font {path} cannot be used: {error}", Context(fix=fix)) from error
    return name


@cache
def widths(bold: bool) -> dict[str, float]:
    """Width of each character in ems, for line breaks: the wider of STIX General and Times.

    "%" and "+" differ between the two; the wider one means that neither the PDF nor a word processor with Times New
    Roman needs a line more than was counted.
    """
    face = BOLD if bold else REGULAR
    table = dict(drawn_widths(face))
    times = pdfmetrics.getFont(_TIMES[face]).widths
    for code in range(32, 256):
        character = bytes([code]).decode("cp1252", errors="ignore")
        if character in table:
            table[character] = max(table[character], times[code] / 1000)
    return table


@cache
def drawn_widths(face: str) -> dict[str, float]:
    """Width of each character of an embedded face in ems, as drawn."""
    register_faces()
    return {chr(code): width / 1000 for code, width in pdfmetrics.getFont(face).face.charWidths.items()}


@cache
def width_of(character: str, bold: bool) -> float:
    """Width in ems for line breaks; a character that the embedded faces lack counts as a full square."""
    for table in (widths(bold), widths(False), drawn_widths(SYMBOLS)):
        if character in table:
            return table[character]
    return 0.0 if unicodedata.combining(character) else 1.0


def face_runs(text: str, bold: bool, study_face: str = "") -> Iterator[tuple[str, str]]:
    """The text as (face, characters) pieces; the face is empty for characters that no face has."""
    main = BOLD if bold else REGULAR
    if text.isascii():
        yield main, text
        return
    for face, characters in groupby(text, key=lambda character: _face_of(character, main, study_face)):
        yield face, "".join(characters)


def characters_of_face(texts: Iterable[str], face: str, study_face: str = "") -> str:
    """The characters of the texts that would be set in this face, each once, in code order."""
    found = {character for text in texts if not text.isascii() for character in text.replace("\n", "")}
    return "".join(sorted(character for character in found if _face_of(character, REGULAR, study_face) == face))


@cache
def _face_of(character: str, main: str, study_face: str) -> str:
    for face in (main, REGULAR, SYMBOLS):
        if character in drawn_widths(face):
            return face
    if study_face and ord(character) in pdfmetrics.getFont(study_face).face.charWidths:
        return study_face
    try:
        character.encode("gbk")
    except UnicodeEncodeError:
        return ""
    return CHINESE


def _font_folder() -> Path:
    try:
        folder = Path(str(distribution("matplotlib").locate_file("matplotlib/mpl-data/fonts/ttf")))
    except PackageNotFoundError as error:
        raise ProgramError(
            "matplotlib, whose fonts the displays are set in, is not installed", Context(fix="install it")
        ) from error
    missing = [file for file in _FILES.values() if not (folder / file).is_file()]
    if missing:
        fix = "install matplotlib as its authors publish it; some distributions of it leave out the fonts"
        raise ProgramError(f"matplotlib came without the font {missing[0]}", Context(fix=fix))
    return folder
