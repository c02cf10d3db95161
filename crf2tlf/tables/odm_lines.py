"""The physical lines on which the records of an XML file begin.

libxml2 keeps the line of an element in 16 bits, so beyond line 65,534 it guesses. The lines are therefore counted in
the bytes themselves: in XML a "<" stands for itself only in comments, CDATA sections and processing instructions,
which are skipped as a whole.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator

OPENINGS = re.compile(
    rb"<!--(?:.*?(?P<comment>-->))?"
    rb"|<!\[CDATA\[(?:.*?(?P<section>\]\]>))?"
    rb"|<\?(?:.*?(?P<instruction>\?>))?"
    rb"|(?P<doctype><!DOCTYPE)"
    rb"|(?P<record><(?:[^\s<>/!?=:]+:)?ItemGroupData(?=[\s/>]))",
    re.DOTALL,
)
RECORD = re.compile(rb"ItemGroupData(?=[\s/>])")
PREFIX = re.compile(rb"(?:[^\s<>/!?=:]+:)?")
LONGEST_NAME = 256


class RecordLines:
    """The lines of the start tags named ItemGroupData, in the order of the file, found while the file is read.

    Any encoding in which the bytes of ASCII characters stand for nothing else (UTF-8, GB18030, Latin-1).
    """

    def __init__(self) -> None:
        self.waiting: deque[int] = deque()
        self.doctype_line = 0
        self._line = 1
        self._rest = b""

    def feed(self, block: bytes) -> None:
        """Take the next bytes of the file."""
        text = self._rest + block
        complete = complete_part(text)
        counted = 0
        for start, kind in openings(text, complete):
            self._line += text.count(b"\n", counted, start)
            counted = start
            if not kind:
                complete = start
                break
            if kind == "record":
                self.waiting.append(self._line)
            elif kind == "doctype" and not self.doctype_line:
                self.doctype_line = self._line
        self._line += text.count(b"\n", counted, complete)
        self._rest = text[complete:]


def openings(text: bytes, end: int) -> Iterator[tuple[int, str]]:
    """Where something opens, and what; "" is what the text does not close."""
    if text.find(b"<!", 0, end) >= 0 or text.find(b"<?", 0, end) >= 0:
        for found in OPENINGS.finditer(text, 0, end):
            yield found.start(), found.lastgroup or ""
        return
    # Without comments and the like it is enough to look for the name, which is four times as fast.
    for found in RECORD.finditer(text, 0, end):
        start = text.rfind(b"<", max(0, found.start() - LONGEST_NAME), found.start())
        if start >= 0 and PREFIX.fullmatch(text, start + 1, found.start()):
            yield start, "record"


def complete_part(text: bytes) -> int:
    """The length of the part that ends before an opening which the next block may complete."""
    last = text.rfind(b"<", max(0, len(text) - LONGEST_NAME))
    if last < 0 or (any(byte in text[last:] for byte in b" \t\r\n/>") and not text.startswith(b"<!", last)):
        return len(text)
    return last
