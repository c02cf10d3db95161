"""The normal form of collected text, for matching only: what is stored stays as it was written."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from functools import lru_cache

import pandas as pd

from crf2tlf.rules.columns import Column, text_column

_STRAIGHT = str.maketrans(
    {
        **dict.fromkeys("\u201c\u201d\u201e\u201f\u00ab\u00bb\u2033\u300c\u300d", '"'),
        **dict.fromkeys("\u2018\u2019\u201a\u201b\u2032\u00b4", "'"),
        **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-"),
        **dict.fromkeys("\u200b\u200c\u200d\u2060\ufeff\u00ad", None),
    }
)


@lru_cache(maxsize=1_000_000)
def normal_text(text: str) -> str:
    """Unicode's NFKC, straight quotes and hyphens, one blank for any run of blanks, none and no quotes around it all.

    NFKC makes one character of the forms in which Chinese text writes digits, letters and punctuation (UAX 15). The
    case stays.
    """
    # Before NFKC, which takes an acute accent that stands alone apart into a blank and a combining one.
    folded = unicodedata.normalize("NFKC", text.translate(_STRAIGHT)).translate(_STRAIGHT)
    plain = " ".join(folded.split())
    quoted = len(plain) > 2 and plain[0] == plain[-1] == '"' and '"' not in plain[1:-1]
    return plain[1:-1].strip() if quoted else plain


def compute_normal(texts: Column) -> Column:
    """The normal form of each text; missing where nothing is left of it."""
    codes, distinct = pd.factorize(texts, use_na_sentinel=True)
    forms = pd.Series([*(normal_text(str(text)) for text in distinct), ""], dtype=object)
    return text_column(forms.take(codes).to_numpy())


def by_normal(values: Mapping[str, str]) -> dict[str, str]:
    """The values by the normal form of their keys, without the forms that would have two values."""
    found: dict[str, str] = {}
    unclear: set[str] = set()
    for key, value in values.items():
        form = normal_text(key)
        if found.setdefault(form, value) != value:
            unclear.add(form)
    return {form: value for form, value in found.items() if form not in unclear}


def normal_rows(rows: Iterable[tuple[str, ...]]) -> dict[tuple[str, ...], int]:
    """The position of each row by the normal form of its cells, without the forms that two rows have."""
    found: dict[tuple[str, ...], int] = {}
    twice: set[tuple[str, ...]] = set()
    for position, row in enumerate(rows):
        form = tuple(normal_text(cell) for cell in row)
        if form in found:
            twice.add(form)
        found[form] = position
    return {form: position for form, position in found.items() if form not in twice}
