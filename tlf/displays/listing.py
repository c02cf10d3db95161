"""Template `listing`: records as rows, texts filled into each column's pattern."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import pandas as pd

from crf2tlf.spec.check_output_bodies import PLACEHOLDER, split_placeholder
from crf2tlf.spec.output_bodies import Listing, ListingColumn
from tlf.displays.numbers import Numbers
from tlf.displays.parts import Body
from tlf.displays.values import compute_shown_values
from tlf.render import Cell, Column, Detail, Row, printable
from tlf.results import DatasetFacts
from tlf.statistics import format_number

_SEPARATORS = " /,;:"
_EMPTY_BRACKETS = re.compile(r" ?\(\s*\)| ?\[\s*\]")


def make_listing_rows(body: Listing, numbers: Numbers, facts: DatasetFacts) -> Body:
    """The listing's header and rows; each row leads to its record by the cell of the first column that repeats."""
    rows = numbers.results.rows
    shown = {text: _values(text, rows, facts) for text in _placeholders(body)}
    texts = [[printable(text) for text in fill(column.show, shown, len(rows))] for column in body.columns]
    headings = [printable(text) for text in fill(body.heading, shown, len(rows))]
    _add_details(numbers, facts)
    records = zip(rows["RESULTID"].astype(object), zip(*texts, strict=True), headings, strict=True)
    return Body(tuple(_column(column) for column in body.columns), tuple(_rows(body.columns, records)))


def _rows(columns: tuple[ListingColumn, ...], records: Iterable[tuple[str, tuple[str, ...], str]]) -> Iterator[Row]:
    """A row for each record, a heading where that changes, an empty line where another subject begins."""
    linked = next((place for place, column in enumerate(columns) if not column.no_repeat), 0)
    above: tuple[str, ...] | None = None
    heading = ""
    for result, texts, own_heading in records:
        if own_heading != heading:
            yield Row((Cell(own_heading),), bold=True, heading=True, spans=True, blank_before=above is not None)
            heading, above = own_heading, None
        group = tuple(text for text, column in zip(texts, columns, strict=True) if column.no_repeat)
        cells = tuple(Cell(text, result if place == linked else "") for place, text in enumerate(texts))
        yield Row(cells, indent=1 if heading else 0, blank_before=above not in {None, group})
        above = group


def fill(pattern: str, shown: dict[str, list[str]], length: int) -> list[str]:
    """The pattern for each record; brackets without content and lines without text are left out."""
    if not pattern:
        return [""] * length
    pieces = PLACEHOLDER.split(pattern)
    columns = [shown[piece] if at % 2 else [piece] * length for at, piece in enumerate(pieces)]
    filled = ("".join(parts) for parts in zip(*columns, strict=True))
    return [_tidy(text) for text in filled]


def _tidy(text: str) -> str:
    lines = (_EMPTY_BRACKETS.sub("", line).rstrip() for line in text.split("\n"))
    return "\n".join(line for line in lines if line.strip(_SEPARATORS)).rstrip(_SEPARATORS)


def _placeholders(body: Listing) -> list[str]:
    texts = [body.heading, *(column.show for column in body.columns)]
    return list(dict.fromkeys(found for text in texts for found in PLACEHOLDER.findall(text)))


def _values(placeholder: str, rows: pd.DataFrame, facts: DatasetFacts) -> list[str]:
    """The values of a placeholder: "AVAL:1" is rounded half away from zero to one decimal, "" where missing."""
    name, decimals = split_placeholder(placeholder)
    if decimals is None:
        return compute_shown_values(rows[name], facts.variables[name])
    return [format_number(float(value), decimals, missing="") for value in rows[name]]


def _column(column: ListingColumn) -> Column:
    return Column(column.label, column.align, column.share, column.no_repeat)


def _add_details(numbers: Numbers, facts: DatasetFacts) -> None:
    rows: pd.DataFrame = numbers.results.rows
    keys = [compute_shown_values(rows[key], facts.variables[key]) for key in facts.keys]
    for result, text, key in zip(rows["RESULTID"], rows["FILTER"], zip(*keys, strict=True), strict=True):
        numbers.details[str(result)] = Detail(facts.name, str(text), 1, facts.keys, (key,))
