"""Time-to-event parameters as the spec says them: named dates, ordered rules, and rule sets made from the same rows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal as OneOf

from crf2tlf.errors import Location
from crf2tlf.rules.expressions import Expression, Reference

START = "start"
"""The name of the day on which time starts."""
OUTCOME = "date"
"""In a text, the date of the outcome itself."""
AVERAGE_MONTH = 30.4375
"""Days in a month, 365.25 / 12, where a parameter gives no other number."""
SIDES = ("before", "on_or_before", "after", "on_or_after")
_PIECE = re.compile(r"\{([A-Za-z][A-Za-z0-9_]*)\}|([\[\]])")


@dataclass(frozen=True)
class Template:
    """A text with fields: `{name}` is a named date or a variable of ADSL; what stands in [ ] needs all its fields.

    `parts` holds the pieces in order: a piece is a tuple of plain texts and names in turn, and whether it is optional.
    """

    text: str
    parts: tuple[tuple[bool, tuple[str, ...]], ...]

    @property
    def fields(self) -> tuple[str, ...]:
        """The names that are filled in."""
        return tuple(name for _, pieces in self.parts for name in pieces[1::2])

    def __str__(self) -> str:
        return self.text


def parse_template(text: str) -> Template:
    """The template of a text; ValueError when a bracket has no partner or a field's name is none."""
    parts: list[tuple[bool, tuple[str, ...]]] = []
    pieces, optional, end = [""], False, 0
    for found in _PIECE.finditer(text):
        pieces[-1] += text[end : found.start()]
        end = found.end()
        if found[1]:
            pieces += [found[1], ""]
            continue
        if (found[2] == "[") == optional:
            raise ValueError(f"the bracket '{found[2]}' at character {found.start() + 1} has no partner")
        parts.append((optional, tuple(pieces)))
        pieces, optional = [""], not optional
    pieces[-1] += text[end:]
    if optional:
        raise ValueError("a bracket '[' is not closed")
    parts.append((optional, tuple(pieces)))
    if any("{" in plain or "}" in plain for _, given in parts for plain in given[::2]):
        raise ValueError("a field is a name in braces, such as {date}")
    return Template(text, tuple(part for part in parts if part[1] != ("",)))


@dataclass(frozen=True)
class Bound:
    """A side of a named date: `before`, `on_or_before`, `after` or `on_or_after` it. A missing date bounds nothing."""

    side: OneOf["before", "on_or_before", "after", "on_or_after"]
    name: str


@dataclass(frozen=True)
class Series:
    """The dated records of a source for which a condition holds, such as the adequate assessments."""

    date: Reference
    where: Expression | None
    where_text: str
    bounds: tuple[Bound, ...] = ()


@dataclass(frozen=True)
class SubjectDate:
    """A date that each subject has at most once, such as ADSL.DTHDT."""

    reference: Reference


@dataclass(frozen=True)
class RecordDate:
    """The date of the subject's first or last record of a series; on one day the lowest or highest number decides."""

    which: OneOf["first", "last"]
    series: Series


@dataclass(frozen=True)
class NamedChoice:
    """The earliest or latest of other named dates; on one day the one listed first."""

    which: OneOf["earliest", "latest"]
    names: tuple[str, ...]


DateRule = SubjectDate | RecordDate | NamedChoice


@dataclass(frozen=True)
class NamedDate:
    """A date by name; `otherwise` names the date of subjects who have none."""

    name: str
    rule: DateRule
    otherwise: str
    location: Location
    place: str

    def needs(self) -> tuple[str, ...]:
        """The named dates that this one is made from."""
        names: tuple[str, ...] = ()
        if isinstance(self.rule, NamedChoice):
            names = self.rule.names
        elif isinstance(self.rule, RecordDate):
            names = tuple(bound.name for bound in self.rule.series.bounds)
        return (*names, self.otherwise) if self.otherwise else names


@dataclass(frozen=True)
class Schedule:
    """Planned assessments: pairs of a study day and the interval in days from then on, and how late one may be.

    `missed` assessments in a row make a gap.
    """

    intervals: tuple[tuple[int, int], ...]
    window: int
    missed: int


@dataclass(frozen=True)
class Gap:
    """Holds where `missed` assessments and the window fit between two named dates; as a condition by its name."""

    name: str
    start: str
    end: str
    location: Location
    place: str


@dataclass(frozen=True)
class OutcomeRule:
    """One row: the first that holds, and whose date the subject has, gives the outcome. Code 0 is an event."""

    id: str
    code: int
    when: Expression | None
    when_text: str
    date: str
    text: Template
    date_text: str
    explain: Template
    location: Location
    place: str


@dataclass(frozen=True)
class Parameter:
    """A time-to-event parameter; `rule_set_of` is the code of the parameter whose rows it uses as another rule set."""

    code: str
    name: str
    unit: OneOf["days", "months"]
    days_per_month: float
    start: NamedDate
    where: Expression | None
    where_text: str
    schedule: Schedule | None
    dates: dict[str, NamedDate]
    gaps: dict[str, Gap]
    rules: tuple[OutcomeRule, ...]
    instead: tuple[tuple[Reference, Reference], ...]
    sap: str
    location: Location
    place: str
    rule_set_of: str = ""

    def all_dates(self) -> Iterator[NamedDate]:
        """The start and the named dates."""
        yield self.start
        yield from self.dates.values()

    def named(self, name: str) -> NamedDate:
        """A date by its name; KeyError when there is none."""
        return self.start if name == START else self.dates[name]

    def is_own(self, reference: Reference) -> bool:
        """Whether a name in a condition is a date or gap of the parameter, not a variable of ADSL."""
        name = reference.name
        return not reference.source and (name == START or name in self.dates or name in self.gaps)

    def fields(self) -> Iterator[tuple[OutcomeRule, str]]:
        """The variables of ADSL that texts name, with the rule whose text it is."""
        for rule in self.rules:
            for name in dict.fromkeys((*rule.text.fields, *rule.explain.fields)):
                if name not in (OUTCOME, START) and name not in self.dates:
                    yield rule, name


@dataclass(frozen=True)
class Effect:
    """The time-to-event parameter by which the referee judges a difference between computed and reported responses."""

    dataset: str
    parameter: str
    location: Location
