"""What each template of an output analyses and shows: the typed model of the fields that only that template has."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal as OneOf

from crf2tlf.errors import Location
from crf2tlf.spec.output_efficacy import (
    AnalysisSet,
    Covariate,
    Cox,
    HazardRatios,
    Joined,
    KaplanMeier,
    NonInferiority,
    Rate,
    RatioRow,
    Response,
    Survival,
    TimeToEvent,
    Waterfall,
)
from crf2tlf.spec.output_parts import Align, Compare, Condition, Interval, RateInterval, Test, Ties

# A line of a summary: the statistics it shows, its label, and how many decimals it has beyond those of the data.
STATISTICS: dict[str, tuple[tuple[str, ...], str, tuple[int, ...]]] = {
    "n": (("n",), "n", (0,)),
    "missing": (("n_missing",), "Missing", (0,)),
    "mean": (("mean",), "Mean", (1,)),
    "sd": (("sd",), "SD", (2,)),
    "mean_sd": (("mean", "sd"), "Mean (SD)", (1, 2)),
    "median": (("median",), "Median", (1,)),
    "q1_q3": (("q1", "q3"), "Q1, Q3", (1, 1)),
    "min_max": (("minimum", "maximum"), "Min, Max", (0, 0)),
    "total": (("total",), "Total", (0,)),
}
DEFAULT_STATISTICS = ("n", "mean_sd", "median", "q1_q3", "min_max")


@dataclass(frozen=True)
class SummaryRow:
    """A block of a summary table: a variable, of all records of the output or of those for which `where` holds.

    id          its name in the spec; that of the variable where the spec names no other
    statistics  lines of a number; empty for a category, which is counted
    decimals    decimals of the data as collected, from which those of the statistics follow
    levels      values and their labels in the order shown; empty: from the codelist or the data
    order       a number that sets the order of the levels
    test        compares the columns, without the total
    """

    id: str
    variable: str
    where: Condition | None
    label: str
    statistics: tuple[str, ...]
    decimals: int
    levels: tuple[tuple[str, str], ...]
    order: str
    test: Test
    location: Location


@dataclass(frozen=True)
class Summary:
    """Template `summary`."""

    rows: tuple[SummaryRow, ...]


@dataclass(frozen=True)
class GradeGroup:
    """Subjects whose worst grade is at least `least` and at most `most`; None: no bound."""

    label: str
    least: int | None
    most: int | None


@dataclass(frozen=True)
class Grades:
    """Columns under each column of a hierarchy: groups of the subject's worst grade at that level."""

    variable: str
    groups: tuple[GradeGroup, ...]
    location: Location


@dataclass(frozen=True)
class Hierarchy:
    """Template `hierarchy`: `any` labels the row of subjects with any record ("" for none), `label` the first column.

    sort      frequency: by falling number of subjects over all columns, then by text; alphabetic: by text
    at_least  shows a last level only where some column reaches this percentage of its subjects
    uncoded   the label of records without a level, which are an error without it
    """

    levels: tuple[str, ...]
    any: str
    label: str
    sort: OneOf["frequency", "alphabetic"]
    at_least: int
    uncoded: str
    grades: Grades | None
    location: Location


@dataclass(frozen=True)
class CountRow:
    """A line of a table of counts: the subjects with a record for which `where` holds, or those records.

    id       its name for `of`; "" without one
    by       a variable whose levels are counted in lines of their own under it, "" for none
    levels   values of `by` and their labels in the order shown; values that are not named follow as they are
    of       the id of an earlier line whose subjects percentages refer to; "": all subjects of the column
    percent  whether a percentage is shown
    records  counts records instead of subjects, without a percentage
    heading  the label alone
    """

    id: str
    label: str
    where: Condition | None
    by: str
    levels: tuple[tuple[str, str], ...]
    indent: int
    of: str
    percent: bool
    records: bool
    heading: bool
    location: Location


@dataclass(frozen=True)
class Counts:
    """Template `counts`: disposition, analysis sets, reasons, overviews of events."""

    rows: tuple[CountRow, ...]
    location: Location


@dataclass(frozen=True)
class ListingColumn:
    """A column of a listing: `show` is a text with variables in braces, "{AEDECOD} /\\n{AETERM}"."""

    label: str
    show: str
    share: float | None
    align: Align
    no_repeat: bool
    location: Location


@dataclass(frozen=True)
class Listing:
    """Template `listing`: `heading` is a line over each group of records, such as "Treatment: {TRTA}"."""

    columns: tuple[ListingColumn, ...]
    sort: tuple[str, ...]
    heading: str
    location: Location


Body = Summary | Hierarchy | Counts | Survival | Response | Waterfall | Listing

__all__ = [
    "DEFAULT_STATISTICS",
    "STATISTICS",
    "Align",
    "AnalysisSet",
    "Body",
    "Compare",
    "Condition",
    "CountRow",
    "Counts",
    "Covariate",
    "Cox",
    "GradeGroup",
    "Grades",
    "HazardRatios",
    "Hierarchy",
    "Interval",
    "Joined",
    "KaplanMeier",
    "Listing",
    "ListingColumn",
    "NonInferiority",
    "Rate",
    "RateInterval",
    "RatioRow",
    "Response",
    "Summary",
    "SummaryRow",
    "Survival",
    "Test",
    "Ties",
    "TimeToEvent",
    "Waterfall",
]
