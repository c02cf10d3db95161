"""The patients at entry: demography, disease, receptors, previous lines, and the covariates of their prognosis."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import NDArray

from synthetic.parameters import Parameters, Weights
from synthetic.streams import Bools, Floats, Ints, Streams, rounded

if TYPE_CHECKING:
    from synthetic.plan import Plan

Calendar: TypeAlias = NDArray[np.datetime64]

YEAR = 365.25
UNIX_EPOCH = 3653  # 1970-01-01, in days since 1960-01-01
NAIVE, SENSITIVE, RESISTANT = 0, 1, 2  # previous anti-HER2 therapy
LEAST_FREE_OF_SENSITIVE, MOST_FREE_OF_RESISTANT = 600, 700  # days from diagnosis to recurrence
ORGANS = ("LIVER", "LUNG", "NODE", "BREAST", "SOFT", "BRAIN", "BONE", "PLEURA")


@dataclass(frozen=True)
class Population:
    """One value a subject in every array; dates in days since 1960-01-01."""

    site: Ints
    number: Ints
    failed: Bools
    consent: Floats
    start: Floats
    first_dose: Floats
    regimen: Ints
    birth: Floats
    age: Ints
    male: Bools
    han: Bools
    post_menopausal: Bools
    ecog: Ints
    height: Floats
    weight: Floats
    line: Ints
    prior_her2: Ints
    organs: dict[str, Bools]
    de_novo: Bools
    diagnosis: Floats
    recurrence: Floats
    hormone: Bools
    genes: dict[str, Bools]
    covariates: dict[str, Floats]

    def __len__(self) -> int:
        return len(self.site)


def draw_visceral(streams: Streams, parameters: Parameters) -> Bools:
    return streams.chance("visceral", parameters.disease.visceral)


def draw_line(streams: Streams, parameters: Parameters) -> Ints:
    """Position in `disease.line`: the number of previous lines, or the line of treatment, as the study counts."""
    return streams.choice("line", tuple(parameters.disease.line.values()))


def draw_population(parameters: Parameters, plan: Plan, streams: Streams) -> Population:
    """The subjects of the block that `streams` stands for."""
    rows = slice(streams.first, streams.first + streams.count)
    people, disease = parameters.people, parameters.disease
    consent = plan.consent[rows]
    start = consent + np.floor(3 + streams.uniform("to start") * parameters.enrolment.consent_to_start)
    spread = (people.age_most - people.age_least) / 2
    age_years = people.age_median + people.age_sd * streams.normal("age")
    age_years = np.clip(age_years, people.age_least + 0.01, people.age_least + 2 * spread + 0.99)
    birth = np.floor(consent - age_years * YEAR)
    male = streams.chance("male", people.male)
    line = draw_line(streams, parameters)
    organs = _organs(parameters, streams)
    prior = _prior_her2(disease.prior_her2, tuple(disease.line), line, streams)
    # Disease that was metastatic from the start met anti-HER2 therapy in a previous line only.
    de_novo = streams.chance("de novo", disease.de_novo) & ((prior == NAIVE) | ((prior == SENSITIVE) & (line > 0)))
    diagnosis, recurrence = _history(consent, age_years, line, de_novo, prior, streams)
    genes = {gene: streams.chance(f"gene {gene}", share) for gene, share in disease.genes.items()}
    ecog = streams.choice("ecog", people.ecog)
    hormone = streams.chance("hormone", disease.hormone_positive)
    covariates = _covariates(parameters, organs, line, prior, ecog, hormone, genes)
    lag = np.floor(streams.uniform("to dose") * 3) if parameters.enrolment.arms else np.zeros(len(start))
    return Population(
        plan.site[rows],
        plan.number[rows],
        plan.failed[rows],
        consent,
        start,
        start + lag,
        _regimen(parameters, plan.arm[rows], line, covariates, streams),
        birth,
        completed_years(birth, consent),
        male,
        streams.chance("han", people.han),
        (age_years >= people.post_menopausal_age + 4 * (streams.uniform("menopause") - 0.5)) & ~male,
        ecog,
        rounded(people.height[0] + people.height[1] * streams.normal("height") + 10.0 * male),
        rounded(np.clip(people.weight[0] + people.weight[1] * streams.normal("weight"), 38, 110), 1),
        line,
        prior,
        organs,
        de_novo,
        diagnosis,
        recurrence,
        hormone,
        genes,
        covariates,
    )


def completed_years(birth: Floats, day: Floats) -> Ints:
    """Whole years from birth to the day, birthdays counted by the calendar."""
    born, then = _calendar(birth), _calendar(day)
    years = then.astype("datetime64[Y]").astype(np.int64) - born.astype("datetime64[Y]").astype(np.int64)
    months = then.astype("datetime64[M]").astype(np.int64) % 12 - born.astype("datetime64[M]").astype(np.int64) % 12
    days = _day_of_month(then) - _day_of_month(born)
    early = (months < 0) | ((months == 0) & (days < 0))
    return np.asarray(years - early, dtype=np.int64)


def _calendar(day: Floats) -> Calendar:
    return (day.astype(np.int64) - UNIX_EPOCH).astype("datetime64[D]")


def _day_of_month(day: Calendar) -> Ints:
    return np.asarray((day - day.astype("datetime64[M]")).astype(np.int64), dtype=np.int64)


def _organs(parameters: Parameters, streams: Streams) -> dict[str, Bools]:
    """Organs with disease: visceral means liver or lung or both; a few have disease in bone alone."""
    disease = parameters.disease
    visceral = draw_visceral(streams, parameters)
    liver = visceral & streams.chance("liver", disease.liver_if_visceral)
    lung = visceral & (~liver | streams.chance("lung", 0.35))
    only = ~visceral & streams.chance("bone only", disease.bone_only / (1 - disease.visceral))
    organs = {"LIVER": liver, "LUNG": lung}
    for organ, share in disease.organs.items():
        organs[organ] = streams.chance(f"organ {organ}", share) & ~only
    organs["BONE"] = organs["BONE"] | only
    # Somebody has metastatic disease somewhere: nodes, where nothing else was drawn.
    anywhere = np.logical_or.reduce(list(organs.values()))
    organs["NODE"] = organs["NODE"] | ~anywhere
    return organs


def _prior_her2(shares: dict[str, Weights], lines: tuple[str, ...], line: Ints, streams: Streams) -> Ints:
    """Trastuzumab-naive, sensitive or resistant (categories of ASCO abstract e13025)."""
    table = np.array([tuple(shares[name].values()) for name in lines])
    return streams.choice("prior HER2", table[line])


def _history(
    consent: Floats, age: Floats, line: Ints, de_novo: Bools, prior: Ints, streams: Streams
) -> tuple[Floats, Floats]:
    """First diagnosis and first metastasis; de novo disease is metastatic at the first diagnosis.

    Sensitive to trastuzumab is who relapsed more than a year after it, and resistant who relapsed within a year
    (ASCO abstract e13025): the first had that long without disease, the second no longer.
    """
    metastatic = 30 + 40 * streams.exponential("since metastasis") + line * (200 + 250 * streams.exponential("lines"))
    free = 200 + 1000 * streams.exponential("disease free")
    longest = (age - 17) * YEAR
    recurrence = np.floor(consent - np.minimum(metastatic, longest * 0.5))
    free = np.minimum(free, longest * 0.45)
    free = np.where(prior == SENSITIVE, np.maximum(free, LEAST_FREE_OF_SENSITIVE), free)
    free = np.where(prior == RESISTANT, np.minimum(free, MOST_FREE_OF_RESISTANT), free)
    diagnosis = np.floor(np.where(de_novo, recurrence, recurrence - free))
    return diagnosis, recurrence


def _regimen(parameters: Parameters, arm: Ints, line: Ints, covariates: dict[str, Floats], streams: Streams) -> Ints:
    """The regimen: that of the arm, or the physician's choice by line among those that suit the patient."""
    regimens = parameters.regimens
    if parameters.enrolment.arms:
        positions = np.array([list(regimens).index(name) for name in parameters.enrolment.arms])
        return np.asarray(np.where(arm >= 0, positions[arm], 0), dtype=np.int64)
    shares = np.array([[one.weights[name] for one in regimens.values()] for name in parameters.disease.line])[line]
    always = np.ones(len(line))
    suits = np.column_stack([covariates[one.needs] if one.needs else always for one in regimens.values()])
    return streams.choice("regimen", shares * suits)


def _covariates(
    parameters: Parameters,
    organs: dict[str, Bools],
    line: Ints,
    prior: Ints,
    ecog: Ints,
    hormone: Bools,
    genes: dict[str, Bools],
) -> dict[str, Floats]:
    """What the hazard ratios and response effects of the parameters may name."""
    known: dict[str, Bools] = {
        "visceral": organs["LIVER"] | organs["LUNG"],
        "liver": organs["LIVER"],
        "brain": organs["BRAIN"],
        "ecog1": ecog >= 1,
        "ecog2": ecog >= 2,
        "sensitive": prior == SENSITIVE,
        "resistant": prior == RESISTANT,
        "hormone": hormone,
        **genes,
    }
    known |= {f"line {name}": line == place for place, name in enumerate(parameters.disease.line)}
    return {name: value.astype(np.float64) for name, value in known.items()}
