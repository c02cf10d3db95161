"""The faces of the drawn pages: DejaVu Sans, which is embedded, and Adobe's Chinese face for what it lacks."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from importlib.metadata import distribution
from itertools import groupby
from pathlib import Path

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.ttfonts import TTFont

REGULAR, BOLD = "DejaVuSans", "DejaVuSans-Bold"
CHINESE = "STSong-Light"


@cache
def register_faces() -> None:
    """Make the faces known to reportlab, once a process; DejaVu Sans comes with matplotlib."""
    folder = Path(str(distribution("matplotlib").locate_file("matplotlib/mpl-data/fonts/ttf")))
    for name in (REGULAR, BOLD):
        pdfmetrics.registerFont(TTFont(name, str(folder / f"{name}.ttf")))
    pdfmetrics.registerFont(UnicodeCIDFont(CHINESE))


def face_runs(text: str, face: str) -> Iterator[tuple[str, str]]:
    """The text as pieces of one face each; "?" stands for a character that no face has."""
    known = pdfmetrics.getFont(face).face.charToGlyph
    for own, characters in groupby(text, key=lambda each: ord(each) in known):
        run = "".join(characters)
        yield (face, run) if own else (CHINESE, run.encode("gbk", errors="replace").decode("gbk"))


def measure(text: str, face: str, size: float) -> float:
    """The width of a text in points."""
    register_faces()
    return float(sum(pdfmetrics.stringWidth(run, own, size) for own, run in face_runs(text, face)))


def wrap(text: str, face: str, size: float, width: float) -> tuple[str, ...]:
    """The text in lines of at most the width, broken at blanks, and inside words that are longer than a line."""
    return tuple(line for part in text.split("\n") for line in _wrap(part, face, size, width))


def _wrap(text: str, face: str, size: float, width: float) -> tuple[str, ...]:
    lines, line = [], ""
    for word in text.split(" "):
        longer = f"{line} {word}" if line else word
        if line.strip() and measure(longer, face, size) > width:
            lines.append(line.rstrip())
            longer = word
        while measure(longer, face, size) > width and len(longer) > 1:
            fitting = _fitting(longer, face, size, width)
            lines.append(longer[:fitting])
            longer = longer[fitting:]
        line = longer
    return (*lines, line.rstrip()) if line.strip() or not lines else tuple(lines)


def _fitting(word: str, face: str, size: float, width: float) -> int:
    return next((end for end in range(len(word) - 1, 0, -1) if measure(word[:end], face, size) <= width), 1)
