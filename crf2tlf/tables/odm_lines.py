"""The physical lines on which the records of an XML file begin.

libxml2 keeps the line of an element in 16 bits, so beyond line 65,534 it guesses. The lines are therefore counted in
the bytes themselves: in XML a "<" stands for itself only in comments, CDATA sections and processing instructions,
which are skipped as a whole.
"""

from __future__ import annotations

import re
from collections import deque

OPENINGS = re.compile(
    rb"<!--(?:.*?(?P<comment>-->))?"
    rb"|<!\[CDATA\[(?:.*?(?P<section>\]\]>))?"
    rb"|<\?(?:.*?(?P<instruction>\?>))?"
    rb"|(?P<doctype><!DOCTYPE)"
    rb"|(?P<record><(?:[^\s<>/!?=:]+:)?ItemGroupData(?=[\s/>]))",
    re.DOTALL,
)
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
        counted, complete = 0, complete_part(text)
        for found in OPENINGS.finditer(text, 0, complete):
            start = found.start()
            self._line += text.count(b"\n", counted, start)
            counted = start
            if found.lastgroup is None:
                complete = start
                break
            if found.lastgroup == "record":
                self.waiting.append(self._line)
            elif found.lastgroup == "doctype" and not self.doctype_line:
                self.doctype_line = self._line
        self._line += text.count(b"\n", counted, complete)
        self._rest = text[complete:]


def complete_part(text: bytes) -> int:
    """The length of the part that ends before an opening which the next block may complete."""
    last = text.rfind(b"<", max(0, len(text) - LONGEST_NAME))
    if last < 0 or (any(byte in text[last:] for byte in b" \t\r\n/>") and not text.startswith(b"<!", last)):
        return len(text)
    return last
