"""The typed model of a study's outputs: tables, listings and figures, one file `specs/<study>/tlf/<id>.yaml` each.

A template says which results an output holds and how they are laid out, so that a table takes about ten lines:

    summary       descriptive statistics of numbers, counts of categories           table
    hierarchy     subjects with a record, by nested levels (SOC, then PT)           table
    kaplan_meier  survival curves with the numbers at risk, medians, log-rank test  figure
    listing       the records themselves                                           listing
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal as OneOf

from crf2tlf.errors import Location
from crf2tlf.rules.expressions import Expression

Kind = OneOf["table", "listing", "figure"]
Template = OneOf["summary", "hierarchy", "kaplan_meier", "listing"]
Orientation = OneOf["landscape", "portrait"]
Paper = OneOf["letter", "a4"]
Interval = OneOf["loglog", "log", "plain"]
Test = OneOf["", "anova", "chi_square", "fisher"]
Align = OneOf["left", "center", "right", "decimal"]

KINDS: dict[str, Kind] = {"summary": "table", "hierarchy": "table", "kaplan_meier": "figure", "listing": "listing"}

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
}
DEFAULT_STATISTICS = ("n", "mean_sd", "median", "q1_q3", "min_max")


@dataclass(frozen=True)
class Condition:
    """An expression that selects records, with its text as written and where it stands."""

    expression: Expression
    text: str
    location: Location
    where: str


@dataclass(frozen=True)
class Population:
    """The subjects of an output; they are the denominators and bound every analysis of it."""

    dataset: str
    where: Condition | None
    label: str


@dataclass(frozen=True)
class Columns:
    """The columns of a table or the curves of a figure: the levels of a variable, and all of them together.

    by       the variable of each dataset, where the names differ: (("ADSL", "TRT01A"), ("ADAE", "TRTA"));
             (("", "TRT01A"),) means the same name everywhere
    order    the number of the population's dataset that sets the order; "" sorts by text
    total    the label of the last column, "" for none
    """

    by: tuple[tuple[str, str], ...]
    order: str
    total: str
    location: Location

    def variable(self, dataset: str) -> str:
        """The variable that holds the column in a dataset."""
        named = dict(self.by)
        return named.get(dataset, named.get("", ""))


@dataclass(frozen=True)
class SummaryRow:
    """A variable of a summary table.

    statistics  lines of a number; empty for a category, which is counted
    decimals    decimals of the data as collected, from which those of the statistics follow
    levels      values and their labels in the order shown; empty: from the codelist or the data
    order       a number that sets the order of the levels
    test        compares the columns, without the total
    """

    variable: str
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
class Hierarchy:
    """Template `hierarchy`: `any` labels the row of subjects with any record ("" for none), `label` the first column.

    sort      frequency: by falling number of subjects over all columns, then by text; alphabetic: by text
    at_least  shows a last level only where some column reaches this percentage of its subjects
    """

    levels: tuple[str, ...]
    any: str
    label: str
    sort: OneOf["frequency", "alphabetic"]
    at_least: int
    location: Location


@dataclass(frozen=True)
class KaplanMeier:
    """Template `kaplan_meier`: `ticks` is the distance of the times at risk, in the unit of the time variable."""

    parameter: str
    time: str
    censor: str
    ticks: int
    time_label: str
    survival_label: str
    interval: Interval
    log_rank: bool
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


Body = Summary | Hierarchy | KaplanMeier | Listing


@dataclass(frozen=True)
class Page:
    """Paper, orientation and size of the body text in points."""

    paper: Paper = "letter"
    orientation: Orientation = "landscape"
    font_size: float = 9.0


@dataclass(frozen=True)
class AnalysisMetadata:
    """Why and what for an analysis was done, for the Analysis Results Metadata of define.xml (ARM 1.0)."""

    reason: str
    purpose: str
    sap: str
    description: str
    location: Location


@dataclass(frozen=True)
class Output:
    """A table, listing or figure.

    `id` is the name of its file, `number` its place in the report ("14.1.2.1", ICH E3), `dataset` the ADaM dataset
    that is analysed or listed and `where` which of its records. `spec_hash` is the start of the SHA-256 of its file.
    """

    id: str
    number: str
    template: Template
    titles: tuple[str, ...]
    population: Population
    dataset: str
    where: Condition | None
    columns: Columns | None
    body: Body
    footnotes: tuple[str, ...]
    page: Page
    arm: AnalysisMetadata | None
    spec_hash: str
    location: Location

    @property
    def kind(self) -> Kind:
        return KINDS[self.template]

    @property
    def heading(self) -> str:
        """ "Table 14.1.2.1" """
        return f"{self.kind.capitalize()} {self.number}"

    @property
    def datasets(self) -> tuple[str, ...]:
        """The ADaM datasets it reads, the analysed one first; ADSL always, for conditions that look up a subject."""
        return tuple(dict.fromkeys((self.dataset, self.population.dataset, "ADSL")))
