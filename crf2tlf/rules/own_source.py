"""`source.FIELD`: a field of the record's own record source, whichever form, table or dataset that is."""

from __future__ import annotations

from dataclasses import replace

from crf2tlf.rules.expressions import Reference
from crf2tlf.rules.verbs import CopyFrom, IsoDate

OWN_SOURCE = "source"


def names_own_source(reference: Reference) -> bool:
    """Whether a reference is `source.FIELD`."""
    return reference.source == OWN_SOURCE


def at_source(reference: Reference, source: str) -> Reference:
    """What `source.FIELD` is for a record of that source; any other reference is itself."""
    return Reference((*source.split("."), *reference.parts[1:])) if names_own_source(reference) else reference


def copy_at_source(rule: CopyFrom, source: str) -> CopyFrom:
    """The rule as it is for the records of a source."""
    return CopyFrom(at_source(rule.reference, source))


def date_at_source(rule: IsoDate, source: str) -> IsoDate:
    """The rule as it is for the records of a source."""
    time = at_source(rule.time, source) if rule.time is not None else None
    return replace(rule, date=at_source(rule.date, source), time=time)
