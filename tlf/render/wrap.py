"""Line breaking with real character widths.

The pieces of a text always join to the text again: what is shown is what was given.
"""

from __future__ import annotations

import re
from functools import lru_cache

from tlf.render.fonts import width_of

_WIDE = (
    "\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\uac00-\ud7a3"
    "\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\U00020000-\U0003fffd"
)
_OPENING = "（《〈「『【〔"
_CLOSING = "，。、；：？！）》〉」』】〕％"
# An ideograph with its punctuation, or a run of other characters up to a space or up to a hyphen before a letter.
_ATOM = re.compile(
    rf"\n|[{_OPENING}]*[{_WIDE}][{_CLOSING}]*[ ]*|[ ]+"
    rf"|[^ \n{_WIDE}]+?(?:(?<=[A-Za-z0-9])-(?=[A-Za-z])|[ ]+|(?=[\n{_WIDE}])|\Z)"
)


@lru_cache(maxsize=100_000)
def text_width(text: str, bold: bool = False) -> float:
    """Width of a text without line breaks, in ems."""
    return sum(width_of(character, bold) for character in text)


def wrap_text(text: str, width: float, bold: bool = False) -> tuple[str, ...]:
    """The lines of a text in a column of `width` ems; joined, they give the text again.

    Breaks come after spaces, after hyphens before a letter and around ideographs (not before closing punctuation),
    which are places where word processors break too; a word wider than the column is broken anywhere.
    """
    if "\n" not in text and text_width(text, bold) <= width:
        return (text,)
    lines: list[str] = []
    line, used = "", 0.0
    for atom in _atoms(text, width, bold):
        solid = text_width(atom.rstrip(" \n"), bold)
        if line and used + solid > width:
            lines.append(line)
            line, used = "", 0.0
        line += atom
        used += text_width(atom.rstrip("\n"), bold)
        if atom == "\n":
            lines.append(line)
            line, used = "", 0.0
    return (*lines, line)


def _atoms(text: str, width: float, bold: bool) -> list[str]:
    found: list[str] = []
    for atom in _ATOM.findall(text):
        if text_width(atom.rstrip(" "), bold) <= width:
            found.append(atom)
        else:
            found += _broken(atom, width, bold)
    return found


def _broken(word: str, width: float, bold: bool) -> list[str]:
    parts: list[str] = []
    part, used = "", 0.0
    for character in word:
        advance = width_of(character, bold)
        if part and used + advance > width and character != " ":
            parts.append(part)
            part, used = "", 0.0
        part += character
        used += advance
    return [*parts, part]
