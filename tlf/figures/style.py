"""What all figures share: font, colours, line styles, and bytes that are the same on every run.

The font is DejaVu Sans because matplotlib carries it: the same glyphs on every machine, whatever fonts it has.
"""

from __future__ import annotations

import io
from collections.abc import Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from matplotlib import rc_context
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import findfont, get_font
from matplotlib.typing import LineStyleType

from crf2tlf.errors import Context, DataError

FigureFormat: TypeAlias = Literal["png", "svg", "pdf"]

FONT = "DejaVu Sans"
PNG_DPI = 300
TEXT_SIZE = 8.0
AXIS_COLOUR = "#333333"
GUIDE_COLOUR = "#8c8c8c"

_SETTINGS: Any = {
    "font.family": FONT,
    "font.size": TEXT_SIZE,
    "text.parse_math": False,  # a dollar sign in a group's name is a dollar sign
    "axes.edgecolor": AXIS_COLOUR,
    "axes.labelsize": TEXT_SIZE + 1,
    "axes.linewidth": 0.8,
    "xtick.color": AXIS_COLOUR,
    "ytick.color": AXIS_COLOUR,
    "xtick.labelcolor": "black",
    "ytick.labelcolor": "black",
    "svg.fonttype": "path",
    "svg.hashsalt": "crf2tlf",  # otherwise every SVG has new random ids
    "pdf.fonttype": 42,
    "pdf.compression": 6,
}

# No dates and no versions: they would change the bytes without changing the picture.
_METADATA: dict[FigureFormat, dict[str, str | None]] = {
    "png": {"Software": None},
    "svg": {"Creator": "crf2tlf", "Date": None},
    "pdf": {"Creator": "crf2tlf", "Producer": None, "CreationDate": None},
}


@dataclass(frozen=True)
class LineLook:
    """How the line of one group looks: colour and dashes tell the same, for readers who see only one of them."""

    colour: str
    dashes: LineStyleType
    width: float = 1.5


# Okabe and Ito's colours, which stay apart in the common kinds of colour blindness, without the yellow that fades
# on white paper.
LOOKS: tuple[LineLook, ...] = (
    LineLook("#0072B2", "solid"),
    LineLook("#D55E00", (0, (5, 1.6))),
    LineLook("#009E73", (0, (5, 1.5, 1, 1.5))),
    LineLook("#CC79A7", (0, (1.2, 1.2))),
    LineLook("#000000", (0, (8, 2))),
    LineLook("#56B4E9", (0, (3, 1, 1, 1, 1, 1))),
)


def apply_style() -> AbstractContextManager[None]:
    """A context in which everything drawn has the settings of this page, and the caller's come back after it."""
    return rc_context(_SETTINGS)


def render_figure(figure: Figure, format: FigureFormat) -> bytes:
    """The file: PNG of 300 dpi, SVG or PDF with vector shapes.

    The same figure gives the same bytes with the same versions of matplotlib and pillow.
    """
    stream = io.BytesIO()
    with apply_style():
        figure.savefig(stream, format=format, dpi=PNG_DPI, metadata=_METADATA[format])
    return stream.getvalue()


def make_figure(width: float, height: float) -> Figure:
    """An empty white figure of that many inches, apart from pyplot's global state; call inside apply_style()."""
    figure = Figure(figsize=(width, height), facecolor="white")
    FigureCanvasAgg(figure)
    return figure


def check_glyphs(texts: Iterable[str]) -> None:
    """Nothing, or a DataError that names the characters which the font does not have and would draw as boxes."""
    font = get_font(findfont(FONT))
    characters = {character for text in texts for character in text if character != "\n"}
    absent = "".join(sorted(character for character in characters if not font.get_char_index(ord(character))))
    if absent:
        raise DataError(
            f"the figure font {FONT} has no character for: {absent}",
            Context(fix="use Latin, Greek or Cyrillic text in group names and labels of figures"),
        )
