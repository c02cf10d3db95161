"""What can be checked, as data: each class is one kind of check, its fields are the parameters.

A check of a file looks at its name and header; a check of records says for each record whether it fails.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

VariableType = Literal["text", "number"]
VISIT_KEYS = ("USUBJID", "VISITNUM")


@dataclass(frozen=True)
class FilePresent:
    """The spec's dataset has a file."""


@dataclass(frozen=True)
class FileKnown:
    """The spec knows the file's dataset."""


@dataclass(frozen=True)
class FileName:
    """The file is the dataset's name in lower case, a name that transport files and regulators take."""


@dataclass(frozen=True)
class DatasetLabel:
    """The file's label is the spec's."""

    label: str


@dataclass(frozen=True)
class Columns:
    """The file has these variables, in this order, and no others."""

    names: tuple[str, ...]


@dataclass(frozen=True)
class VariableLabel:
    """The variable's label is the spec's."""

    variable: str
    label: str


@dataclass(frozen=True)
class StoredType:
    """The variable is text or number, as in the spec."""

    variable: str
    type: VariableType


@dataclass(frozen=True)
class StoredLength:
    """The variable is as long as the spec says, else as its longest value."""

    variable: str
    length: int | None


@dataclass(frozen=True)
class StoredFormat:
    """The variable has the spec's format."""

    variable: str
    format: str


@dataclass(frozen=True)
class NameFits:
    """The variable's name has 1 to 8 of A-Z, 0-9 and _ and begins with a letter; its label has at most 40 bytes."""

    variable: str


@dataclass(frozen=True)
class ContainsValue:
    """A record has this value, and `filled` is not missing there."""

    variable: str
    value: str
    filled: str


@dataclass(frozen=True)
class Unique:
    """No two records agree in all columns."""

    columns: tuple[str, ...]


@dataclass(frozen=True)
class Sorted:
    """The records are in the order of the columns, missing first."""

    columns: tuple[str, ...]


@dataclass(frozen=True)
class Filled:
    """The variable is never missing."""

    variable: str


@dataclass(frozen=True)
class AllowedValues:
    """The variable has one of these values or is missing; with `where`, only records with that value there count."""

    variable: str
    values: tuple[str | float, ...]
    where: tuple[str, str] | None = None


@dataclass(frozen=True)
class Matches:
    """The text matches a pattern as a whole, or is missing."""

    variable: str
    pattern: str


@dataclass(frozen=True)
class MatchesNot:
    """No part of the text matches the pattern."""

    variable: str
    pattern: str


@dataclass(frozen=True)
class CalendarDate:
    """Every whole date in the text is a day of the calendar: not 30 February."""

    variable: str


@dataclass(frozen=True)
class DatesInOrder:
    """The first ISO 8601 date is not after the second, as far as both are known."""

    start: str
    end: str


@dataclass(frozen=True)
class NumbersInOrder:
    """The first number is not greater than the second, where both are known."""

    low: str
    high: str


@dataclass(frozen=True)
class StudyDay:
    """Days from the subject's reference date to the date, the reference day being 1; missing where one is partial."""

    variable: str
    date: str
    dataset: str
    reference: str


@dataclass(frozen=True)
class WholeNumber:
    """The number is whole, or missing."""

    variable: str


@dataclass(frozen=True)
class AtLeast:
    """The number is at least this, or missing."""

    variable: str
    least: float


@dataclass(frozen=True)
class OneToOne:
    """A value of one column always stands beside the same value of the other, within the group."""

    left: str
    right: str
    within: tuple[str, ...] = ()


@dataclass(frozen=True)
class SubjectKnown:
    """The subject has a record in the dataset."""

    dataset: str


@dataclass(frozen=True)
class VisitKnown:
    """The subject has a record of the visit in the dataset; records without a visit pass."""

    dataset: str


@dataclass(frozen=True)
class ParentRecord:
    """A qualifier or comment belongs to a record: IDVAR and IDVARVAL find it in the subject's RDOMAIN records."""


@dataclass(frozen=True)
class RelatedRecord:
    """A RELREC record names records that exist (SDTMIG 3.4 section 8.2)."""


@dataclass(frozen=True)
class SourceRecord:
    """SRCDOM, SRCVAR and SRCSEQ name a record that exists (ADaMIG 1.3)."""

    domain: str
    variable: str
    sequence: str


@dataclass(frozen=True)
class DaysBetween:
    """The value is end minus start plus 1, for the parameters whose unit is days."""

    variable: str
    start: str
    end: str
    parameters: tuple[str, ...]


@dataclass(frozen=True)
class FlagNeedsOrder:
    """The flag is Y only where the second date is not before the first; an unknown date decides nothing."""

    flag: str
    earlier: str
    later: str


FileCheck = (
    FilePresent
    | FileKnown
    | FileName
    | DatasetLabel
    | Columns
    | VariableLabel
    | StoredType
    | StoredLength
    | StoredFormat
    | NameFits
    | ContainsValue
)
RecordCheck = (
    Unique
    | Sorted
    | Filled
    | AllowedValues
    | Matches
    | MatchesNot
    | CalendarDate
    | DatesInOrder
    | NumbersInOrder
    | StudyDay
    | WholeNumber
    | AtLeast
    | OneToOne
    | SubjectKnown
    | VisitKnown
    | ParentRecord
    | RelatedRecord
    | SourceRecord
    | DaysBetween
    | FlagNeedsOrder
)
Check = FileCheck | RecordCheck
