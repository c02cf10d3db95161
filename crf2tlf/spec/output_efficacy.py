"""The bodies of the templates of efficacy: times to event, hazard ratios, responses, best changes."""

from __future__ import annotations

from dataclasses import dataclass

from crf2tlf.errors import Location
from crf2tlf.spec.output_parts import Compare, Condition, Interval, RateInterval, Ties


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
    compare: Compare | None
    location: Location


@dataclass(frozen=True)
class TimeToEvent:
    """Template `time_to_event`: events and censorings with their reasons, quartiles, rates, comparisons.

    unit             of the time variable, in words: "months"
    reasons          the variable with the description of event or censoring
    levels           its values with labels; others are shown as they are
    landmarks        times at which the rate without event is given
    follow_up        the median of follow-up by reverse Kaplan-Meier
    restricted_mean  the time up to which mean times are compared; None for none
    """

    parameter: str
    time: str
    censor: str
    unit: str
    reasons: str
    levels: tuple[tuple[str, str], ...]
    landmarks: tuple[float, ...]
    interval: Interval
    follow_up: bool
    restricted_mean: float | None
    compare: Compare | None
    location: Location


@dataclass(frozen=True)
class AnalysisSet:
    """A set of subjects within the population of an output: a condition over the population's dataset."""

    label: str
    where: Condition | None


@dataclass(frozen=True)
class NonInferiority:
    """Template `non_inferiority`: the hazard ratio against a margin in several sets of subjects side by side."""

    parameter: str
    time: str
    censor: str
    unit: str
    interval: Interval
    margin: float
    sets: tuple[AnalysisSet, ...]
    compare: Compare
    location: Location


@dataclass(frozen=True)
class Rate:
    """A proportion of subjects whose response is one of the levels."""

    id: str
    label: str
    levels: tuple[str, ...]


@dataclass(frozen=True)
class Response:
    """Template `response`: the distribution of a response, rates with limits, and their differences.

    value   the variable with the response
    levels  responses and their labels in the order shown; subjects without a record of the parameter come last
    """

    parameter: str
    value: str
    levels: tuple[tuple[str, str], ...]
    rates: tuple[Rate, ...]
    interval: RateInterval
    compare: Compare | None
    location: Location


@dataclass(frozen=True)
class RatioRow:
    """A line of hazard ratios, or with `by` a line for each level of a subgroup and the test of interaction.

    parameter  instead of that of the output
    strata     instead of those of the comparison; subgroups have none unless they name them
    """

    label: str
    by: str
    levels: tuple[tuple[str, str], ...]
    parameter: str
    where: Condition | None
    strata: tuple[str, ...] | None
    location: Location


@dataclass(frozen=True)
class HazardRatios:
    """Templates `hazard_ratios` (table) and `forest` (figure): hazard ratios of analyses or subgroups.

    margin      a further line in the figure, None for none
    better      what stands under the figure on the left and right of 1
    """

    parameter: str
    time: str
    censor: str
    unit: str
    interval: Interval
    rows: tuple[RatioRow, ...]
    margin: float | None
    better: tuple[str, ...]
    compare: Compare
    location: Location


@dataclass(frozen=True)
class Covariate:
    """A covariate of a Cox model: a category with its levels, of which the first is the reference, or a number.

    per  the step of a number that its hazard ratio is for, such as 10 years
    """

    variable: str
    label: str
    levels: tuple[tuple[str, str], ...]
    per: float
    location: Location


@dataclass(frozen=True)
class Cox:
    """Templates `cox` (table) and `cox_forest` (figure): hazard ratios of covariates, without columns.

    models        univariable: each covariate alone; multivariable: all of them together. A figure shows the first
    strata        variables of the dataset or of ADSL, each combination with a baseline hazard of its own
    proportional  whether the multivariable model is tested for hazards that are not proportional
    better        what stands under the figure on the left and right of 1
    """

    parameter: str
    time: str
    censor: str
    unit: str
    interval: Interval
    covariates: tuple[Covariate, ...]
    models: tuple[str, ...]
    strata: tuple[str, ...]
    ties: Ties
    proportional: bool
    better: tuple[str, ...]
    location: Location


@dataclass(frozen=True)
class Joined:
    """A variable of another dataset with at most one record a subject for which `where` holds."""

    dataset: str
    variable: str
    where: Condition | None
    location: Location


@dataclass(frozen=True)
class Waterfall:
    """Template `waterfall`: a bar for each subject by falling value, coloured by a response, a panel for each column.

    lines  values at which a line is drawn, such as -30 and 20
    """

    value: str
    value_label: str
    colour: Joined
    levels: tuple[tuple[str, str], ...]
    lines: tuple[float, ...]
    location: Location


Survival = KaplanMeier | TimeToEvent | NonInferiority | HazardRatios | Cox
