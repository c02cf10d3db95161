"""What a rule reads: references, and names that mean the fields of another source."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from crf2tlf.rules.expressions import Expression, Reference, references


@dataclass(frozen=True)
class Read:
    """One thing that a rule reads: a reference, and the source whose fields its bare name means ("" = this dataset).

    `record` is the only record source for which it is read, "" where it is read for all.
    """

    reference: Reference
    inside: str = field(default="")
    record: str = field(default="")

    @property
    def source(self) -> str:
        return self.inside or self.reference.source

    @property
    def name(self) -> str:
        return self.reference.dotted if self.inside else self.reference.name


def own(*names: str) -> tuple[Read, ...]:
    """Reads of variables of this dataset."""
    return tuple(Read(Reference((name,))) for name in names)


def named(name: str) -> Reference:
    """The reference that a name stands for inside a source; the fields of raw forms may hold dots."""
    return Reference(tuple(name.split(".")))


def inside(source: str, *names: str) -> Iterator[Read]:
    """Reads of fields of another source."""
    return (Read(named(name), source) for name in names)


def read_in(expression: Expression | None, source: str = "") -> Iterator[Read]:
    """What an expression reads, its bare names those of the source."""
    return (Read(reference, source) for reference in references(expression))
