"""A reviewer's guide as data: sections of paragraphs, lists and tables; rendering is in guides.py."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class GuideTable:
    """A table; `widths` are shares of the page's width."""

    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[float, ...]


@dataclass(frozen=True)
class Section:
    """A numbered section: paragraphs, then tables; `parts` are its subsections."""

    title: str
    paragraphs: tuple[str, ...] = ()
    tables: tuple[GuideTable, ...] = ()
    parts: tuple[Section, ...] = ()


@dataclass(frozen=True)
class Guide:
    """A whole guide."""

    title: str
    study: str
    study_title: str
    sections: tuple[Section, ...]


def make_table(heads: Sequence[str], rows: Sequence[Sequence[object]], widths: Sequence[float]) -> GuideTable:
    """A table of texts; whole numbers get commas."""
    texts = tuple(tuple(f"{cell:,}" if isinstance(cell, int) else str(cell) for cell in row) for row in rows)
    return GuideTable(tuple(heads), texts, tuple(widths))
