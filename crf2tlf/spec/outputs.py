"""The typed model of a study's outputs: tables, listings and figures, one file `specs/<study>/tlf/<id>.yaml` each.

A template says which results an output holds and how they are laid out, so that a table takes about ten lines:

    summary          descriptive statistics of numbers, counts of categories              table
    counts           subjects or records for which conditions hold                        table
    hierarchy        subjects with a record, by nested levels (SOC, then PT), and grade   table
    response         best response, rates with limits, differences                        table
    time_to_event    events, censorings, quartiles, rates, hazard ratio, log-rank test    table
    non_inferiority  hazard ratio against a margin in several sets of subjects            table
    hazard_ratios    a line for each analysis or subgroup                                 table
    forest           the same as a picture                                                figure
    cox              hazard ratios of covariates, each alone and all together             table
    cox_forest       the same as a picture                                                figure
    kaplan_meier     survival curves with the numbers at risk, medians, log-rank test     figure
    waterfall        best change of each subject                                          figure
    listing          the records themselves                                               listing
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal as OneOf
from typing import get_args

from crf2tlf.errors import Location
from crf2tlf.spec.output_bodies import Body, Condition, HazardRatios, Response, Survival, Waterfall

Kind = OneOf["table", "listing", "figure"]
Template = OneOf[
    "summary",
    "counts",
    "hierarchy",
    "response",
    "time_to_event",
    "non_inferiority",
    "hazard_ratios",
    "forest",
    "cox",
    "cox_forest",
    "kaplan_meier",
    "waterfall",
    "listing",
]
Orientation = OneOf["landscape", "portrait"]
Paper = OneOf["letter", "a4"]

_NOT_TABLES: dict[str, Kind] = {
    "forest": "figure",
    "cox_forest": "figure",
    "kaplan_meier": "figure",
    "waterfall": "figure",
    "listing": "listing",
}
KINDS: dict[str, Kind] = {template: _NOT_TABLES.get(template, "table") for template in get_args(Template)}


@dataclass(frozen=True)
class Population:
    """The subjects of an output; they are the denominators and bound every analysis of it."""

    dataset: str
    where: Condition | None
    label: str


@dataclass(frozen=True)
class Columns:
    """The columns of a table or the curves of a figure: the levels of a variable, and all of them together.

    by          the variable of each dataset, where the names differ: (("ADSL", "TRT01A"), ("ADAE", "TRTA"));
                (("", "TRT01A"),) means the same name everywhere
    order       the number beside the variable that sets the order; "": the order of `labels`, others by text
    total       the label of the last column, "" for none
    labels      levels and what stands over their columns, where that is another text
    unassigned  subjects without a column are counted in the total alone
    missing     the label of a column for subjects without one, shown where there are some; "": they are an error
    """

    by: tuple[tuple[str, str], ...]
    order: str
    total: str
    labels: tuple[tuple[str, str], ...]
    unassigned: bool
    missing: str
    location: Location

    def variable(self, dataset: str) -> str:
        """The variable that holds the column in a dataset: its own, or that of the subject as ADSL.NAME."""
        named = dict(self.by)
        variable = named.get(dataset, named.get("", ""))
        return variable.removeprefix("ADSL.") if dataset == "ADSL" else variable

    def order_variable(self, dataset: str) -> str:
        """The number that sets the order, where `variable` stands; "" without one."""
        home = "ADSL." if self.variable(dataset).startswith("ADSL.") else ""
        return f"{home}{self.order}" if self.order else ""


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
        joined = (self.body.colour.dataset,) if isinstance(self.body, Waterfall) else ()
        return tuple(dict.fromkeys((self.dataset, self.population.dataset, "ADSL", *joined)))

    @property
    def parameters(self) -> tuple[str, ...]:
        """The parameters of the dataset it analyses, by PARAMCD; none where the spec selects them by `where` alone."""
        body = self.body
        if isinstance(body, HazardRatios):
            return tuple(dict.fromkeys(row.parameter or body.parameter for row in body.rows))
        return (body.parameter,) if isinstance(body, Survival | Response) else ()
