"""Which columns a check of records reads."""

from __future__ import annotations

from qc.checks import (
    VISIT_KEYS,
    AllowedValues,
    AtLeast,
    CalendarDate,
    Check,
    DatesInOrder,
    DaysBetween,
    Filled,
    FlagNeedsOrder,
    Matches,
    MatchesNot,
    NumbersInOrder,
    OneToOne,
    ParentRecord,
    RelatedRecord,
    Sorted,
    SourceRecord,
    StudyDay,
    SubjectKnown,
    Unique,
    VisitKnown,
    WholeNumber,
)


def columns_of(check: Check) -> tuple[str, ...]:
    """The columns of the dataset that a check of records reads."""
    match check:
        case Unique(columns) | Sorted(columns):
            return columns
        case Filled(variable) | Matches(variable, _) | MatchesNot(variable, _) | CalendarDate(variable):
            return (variable,)
        case WholeNumber(variable) | AtLeast(variable, _):
            return (variable,)
        case AllowedValues(variable, _, where):
            return (variable, where[0]) if where else (variable,)
        case DatesInOrder(first, second) | NumbersInOrder(first, second):
            return (first, second)
        case StudyDay(variable, date, _, _):
            return ("USUBJID", variable, date)
        case OneToOne(left, right, within):
            return (*within, left, right)
        case SubjectKnown():
            return ("USUBJID",)
        case VisitKnown():
            return VISIT_KEYS
        case ParentRecord() | RelatedRecord():
            return ("USUBJID", "RDOMAIN", "IDVAR", "IDVARVAL")
        case SourceRecord(domain, variable, sequence):
            return ("USUBJID", domain, variable, sequence)
        case DaysBetween(variable, start, end, _):
            return ("PARAMCD", variable, start, end)
        case FlagNeedsOrder(flag, earlier, later):
            return (flag, earlier, later)
        case _:
            return ()
