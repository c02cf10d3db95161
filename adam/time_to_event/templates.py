"""Texts with fields, filled in for many subjects at once."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from crf2tlf.rules.columns import Column, is_missing, text_column
from crf2tlf.spec.time_to_event import Template

UNKNOWN = "unknown"


def fill(template: Template, count: int, value: Callable[[str], Column]) -> Column:
    """The text of each subject, with `value` giving the texts of a field.

    An optional part is left out where one of its fields is missing; elsewhere a missing field reads "unknown".
    """
    whole = np.full(count, "", dtype=object)
    for optional, pieces in template.parts:
        part = np.full(count, pieces[0], dtype=object)
        absent = np.zeros(count, dtype=bool)
        for name, plain in zip(pieces[1::2], pieces[2::2], strict=True):
            found = value(name)
            absent |= is_missing(found)
            part = part + found.fillna(UNKNOWN).to_numpy(dtype=object) + plain
        whole = whole + (np.where(absent, "", part) if optional else part)
    return text_column(whole)
