"""What is assumed of a study's patients: the typed content of specs/<study>/synthetic.yaml."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from crf2tlf.errors import Location, SpecError
from crf2tlf.spec.nodes import Faults, Reader, read_yaml
from synthetic.typed import Day, read_record

Weights = dict[str, float]


@dataclass(frozen=True)
class Design:
    """The non-inferiority design that sizes a randomised study (see synthetic.design)."""

    margin: float
    alpha: float
    power: float
    hazard_ratio: float
    control_median: float
    dropout_per_year: float
    events: int


@dataclass(frozen=True)
class Enrolment:
    """Who enters, when and where; `subjects` is the planned number of enrolled subjects."""

    subjects: int
    screen_failures: float
    start: Day
    accrual_months: float
    follow_up_months: float
    sites: int
    consent_to_start: float
    arms: tuple[str, ...] = ()
    block: int = 4


@dataclass(frozen=True)
class People:
    age_median: float
    age_sd: float
    age_least: float
    age_most: float
    male: float
    han: float
    ecog: tuple[float, ...]
    height: tuple[float, ...]
    weight: tuple[float, ...]
    post_menopausal_age: float


@dataclass(frozen=True)
class Disease:
    """Shares of patients; `organs` besides liver and lung, which split `visceral`."""

    line: Weights
    visceral: float
    liver_if_visceral: float
    organs: Weights
    bone_only: float
    de_novo: float
    prior_her2: dict[str, Weights]
    hormone_positive: float
    receptor_cut: float
    her2_3plus: float
    her2_2plus_untested: float
    discordance: Weights
    second_specimen: float
    genes: Weights
    prior_drugs: dict[str, tuple[str, ...]]


@dataclass(frozen=True)
class Hazard:
    """A hazard constant between the months `knots`, per month; `ratios` multiply it (see population.covariates)."""

    knots: tuple[float, ...]
    rates: tuple[float, ...]
    ratios: Weights = field(default_factory=dict)
    frailty: float = 0.0


@dataclass(frozen=True)
class Course:
    """The illness-death model and the ways to leave it."""

    progression: Hazard
    death_before: Hazard
    death_after: Hazard
    withdrawal_per_year: float
    loss_per_year: float
    stop_per_year: Weights
    clinical_progression: float
    beyond_progression: float
    new_therapy_after_progression: float
    new_therapy_after_stop: float
    scans_after_stop: float
    scans_after_new_therapy: float
    fatal_event: float


@dataclass(frozen=True)
class Response:
    """Chance of a response by regimen, as log odds for an average patient; depth and speed of the shrinkage."""

    regimens: Weights
    effects: Weights
    complete: float
    half_life: float
    frailty: float
    doubling: float
    kinds: Weights
    brain_new: float
    noise: float


@dataclass(frozen=True)
class Imaging:
    """Scan calendar in days: every `interval`, on time within `window`; chances per scan."""

    interval: int
    window: int
    jitter: float
    missed: float
    poor_attender: float
    missed_by_poor: float
    not_evaluable: float
    no_baseline: float
    baseline_days: int
    unscheduled: float


@dataclass(frozen=True)
class VisitRules:
    """Cycle visits every `cycle` days within the window, in days; survival contacts every `survival` days."""

    cycle: int
    window: int
    missed: float
    survival: int


@dataclass(frozen=True)
class Regimen:
    """`hazard` multiplies that of progression, `weights` are shares by line, `needs` a covariate of its patients."""

    label: str
    hazard: float
    drugs: tuple[str, ...]
    weights: Weights = field(default_factory=dict)
    code: str = ""
    needs: str = ""


@dataclass(frozen=True)
class Partner:
    """A drug given with pyrotinib in routine care; `cycles` 0: until the end of treatment."""

    label: str
    dose: float
    unit: str
    every: int
    cycles: int = 0
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class Dosing:
    """Pyrotinib: starting doses with their shares, what follows an adverse event."""

    starts: Weights
    levels: tuple[float, ...]
    longest_interruption: int
    reduce: float


@dataclass(frozen=True)
class Term:
    """An adverse event: chance by regimen (`all` for those not named), shares of worst grades 1 to 4, timing in days.

    `severe` multiplies the shares of grades 3 and 4 for the regimens named.
    """

    code: str
    system: str
    chance: Weights
    grades: tuple[float, ...]
    onset: float
    duration: float
    names: tuple[str, ...]
    chinese: tuple[str, ...]
    episodes: float = 0.0
    modifies: int = 9
    drug: str = "pyrotinib"
    lab: str = ""
    treatment: str = ""
    route: str = "ORAL"
    top_grade: int = 4
    severe: Weights = field(default_factory=dict)


@dataclass(frozen=True)
class Anchor:
    """A published value that the simulation is held against; `statistic` names a function of synthetic.calibration.

    `group` is `all` or a column of the truth frame `subjects` with its value, `REGIMEN=CAP` (values parted by |);
    `time` months of a landmark; `term` an adverse event, organ or parameter; `explained` why the value may be missed.
    """

    statistic: str
    value: float
    source: str
    group: str = "all"
    time: float = 0.0
    term: str = ""
    published: str = ""
    explained: str = ""


@dataclass(frozen=True)
class Parameters:
    study: str
    seed: int
    enrolment: Enrolment
    people: People
    disease: Disease
    regimens: dict[str, Regimen]
    course: Course
    response: Response
    imaging: Imaging
    visits: VisitRules
    dosing: Dosing
    terms: dict[str, Term]
    systems: dict[str, str]
    anchors: tuple[Anchor, ...]
    design: Design | None = None
    partners: dict[str, Partner] = field(default_factory=dict)
    minimum_stable_days: int = 35
    chinese: float = 0.0

    @property
    def cut_off(self) -> float:
        """The data cut-off, days since 1960-01-01: the end of accrual plus the least follow-up."""
        months = self.enrolment.accrual_months + self.enrolment.follow_up_months
        return float(self.enrolment.start + round(months * 30.4375))


def read_parameters(study: str, root: Path) -> Parameters:
    """The parameters of specs/<study>/synthetic.yaml; SpecError names every fault with its line."""
    shown = f"specs/{study}/synthetic.yaml"
    faults = Faults()
    top = read_yaml(root / shown, shown, faults)
    parameters = read_record(Parameters, top, Reader(faults), Location(shown, 1)) if top else None
    if parameters is None or faults.found:
        raise SpecError(faults.found)
    return parameters
