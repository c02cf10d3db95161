"""Where the numbers of a decimal-aligned column stand.

The first number of each cell is aligned on its decimal point, or on the end of its whole part; a number in
parentheses after it is aligned by no-break spaces, two of which are as wide as one digit in Times and in the faces
cut to its widths. So "5 (2.3)" stands under "12 (34.5)" as a statistician expects, with no tab stops that word
processors read differently and that would tear a copied cell apart.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tlf.render.wrap import text_width

_DIGIT_SPACE = "\u00a0\u00a0"
_FIRST_NUMBER = re.compile(r"[^0-9]{0,2}[0-9]+(?:,[0-9]{3}(?![0-9]))*")
_SECOND_NUMBER = re.compile(r"^(\S+) (\([^0-9]{0,2})([0-9]+)")


@dataclass(frozen=True)
class NumberBlock:
    """The block of numbers of a column: widths in ems before and from the decimal point, digits in parentheses."""

    before: float = 0.0
    after: float = 0.0
    digits: int = 0

    @property
    def width(self) -> float:
        return self.before + self.after


def measure_block(texts: Iterable[tuple[str, bool]], widest: float) -> NumberBlock:
    """The block that holds all (text, bold) cells of a column that start with a number and fit into `widest` ems."""
    numbers = {(text, bold) for text, bold in texts if starts_with_number(text) and text_width(text, bold) <= widest}
    digits = max((_digits_in_parentheses(text) for text, _ in numbers), default=0)
    halves = [(*_halves(pad_parentheses(text, digits)), bold) for text, bold in numbers]
    before = max((text_width(left, bold) for left, _, bold in halves), default=0.0)
    after = max((text_width(right, bold) for _, right, bold in halves), default=0.0)
    return NumberBlock(before, after, digits)


def starts_with_number(text: str) -> bool:
    """Whether a text is one line and starts with a number, behind at most two signs such as "<" or "-"."""
    return "\n" not in text and _FIRST_NUMBER.match(text) is not None


def shift_of(text: str, bold: bool, block: NumberBlock) -> float:
    """Distance in ems from the left edge of the block to the start of an already padded text."""
    return block.before - text_width(_halves(text)[0], bold)


def pad_parentheses(text: str, digits: int) -> str:
    """The text with no-break spaces before a parenthesis whose number has fewer than `digits` whole digits."""
    match = _SECOND_NUMBER.match(text)
    if not match:
        return text
    missing = _DIGIT_SPACE * (digits - len(match.group(3)))
    return f"{match.group(1)} {missing}{text[match.end(1) + 1 :]}"


def _digits_in_parentheses(text: str) -> int:
    match = _SECOND_NUMBER.match(text)
    return len(match.group(3)) if match else 0


def _halves(text: str) -> Sequence[str]:
    match = _FIRST_NUMBER.match(text)
    end = match.end() if match else 0
    return text[:end], text[end:]
