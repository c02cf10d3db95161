"""Long texts in pieces that fit into the variables of a transport file.

A character variable of a SAS V5 transport file holds 200 bytes. SDTMIG 3.4 cuts a longer text between words: the
pieces go to COVAL, COVAL1 ... (5.1), TSVAL, TSVAL1 ... (7.4), else to the variable and to supplemental qualifiers
(4.5.3.2).
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from crf2tlf.rules.columns import Column, take_rows, text_column
from crf2tlf.tables.arrow import pa, pc
from crf2tlf.tables.xpt_layout import MAX_TEXT_BYTES

# Chinese and Japanese are written without blanks: from CJK radicals on, a line may end before and after a character.
_WIDE = "\u2e80"
# What closes stays with what it closes.
_CLOSING = frozenset("、。〉》」』】〕！），：；？”’")


def compute_piece(texts: Column, number: int) -> Column:
    """The piece `number` (from 1) of each text; missing where the text has fewer pieces.

    A piece has at most 200 bytes in UTF-8 and in GB 18030. It ends at a blank, which falls away, or beside a Chinese
    character; a single word that is longer is cut where it must be. A text that fits is its own first piece as it is.
    """
    codes, distinct = pd.factorize(texts, use_na_sentinel=True)
    words = text_column(distinct)
    # A character takes at most twice as many bytes in GB 18030 as in UTF-8: what is short needs no look at its letters.
    short = pc.less_equal(pc.binary_length(pa.array(words.array)), MAX_TEXT_BYTES // 2).to_numpy(zero_copy_only=False)
    whole = words if number == 1 else text_column(None, len(words))
    pieces = whole.astype(object).to_numpy(copy=True)
    for place in np.flatnonzero(~short.astype(bool)):
        found = split_text(str(words.iloc[place]))
        pieces[place] = found[number - 1] if number <= len(found) else None
    return take_rows(text_column(list(pieces)), np.asarray(codes, dtype=np.int64))


def split_text(text: str) -> list[str]:
    """The pieces of a text; one that fits is its own only piece."""
    if _fitting(text) == len(text):
        return [text]
    pieces, text = [], text.strip()
    while (fitting := _fitting(text)) < len(text):
        cut = next((place for place in range(fitting, 0, -1) if _may_end(text, place)), fitting)
        pieces.append(text[:cut].rstrip())
        text = text[cut:].lstrip()
    return [*pieces, text]


def _fitting(text: str) -> int:
    """How many characters from the start fit into a piece."""
    size = 0
    for place, character in enumerate(text):
        size += max(len(character.encode("utf-8")), len(character.encode("gb18030")))
        if size > MAX_TEXT_BYTES:
            return place
    return len(text)


def _may_end(text: str, place: int) -> bool:
    """Whether a piece may end before the character at a place."""
    before, after = text[place - 1], text[place]
    if before.isspace() or after.isspace():
        return True
    return after not in _CLOSING and (before >= _WIDE or after >= _WIDE)
