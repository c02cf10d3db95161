"""Templates `cox` and `cox_forest`: hazard ratios of covariates, each alone and all together in a Cox model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import norm

from crf2tlf.rules.columns import BoolArray
from crf2tlf.rules.columns import is_missing as compute_missing
from crf2tlf.rules.expressions import Comparison, Literal
from crf2tlf.spec.output_bodies import Covariate, Cox
from tlf.results.ard import Groups, ResultBook
from tlf.results.frame import AnalysisFrame
from tlf.results.hazard_ratios import LEVEL, LINE, named_levels
from tlf.results.predicates import is_present
from tlf.results.selection import Selection
from tlf.results.survival import (
    Endpoint,
    add_estimates,
    add_events,
    add_quartiles,
    check_records,
    endpoint_of,
)
from tlf.statistics import (
    ChiSquare,
    CoxModel,
    compute_cox_model,
    compute_proportional_hazards,
    compute_wald_test,
    not_estimable,
)

MODEL = "MODEL"
UNIVARIABLE, MULTIVARIABLE = "univariable", "multivariable"
HALF = float(norm.isf(0.025))
NONE = float("nan")


@dataclass(frozen=True)
class Term:
    """A covariate with its line in the spec; of a category its levels, the reference first."""

    line: str
    covariate: Covariate
    levels: tuple[str, ...]

    def columns(self, frame: AnalysisFrame, part: Selection) -> dict[str, np.typing.NDArray[np.float64]]:
        """Its columns in a model of some records: a number by its step, or 0/1 for each level but the reference.

        A level without a record has no column: nothing can be said of it.
        """
        name = self.covariate.variable
        if not self.covariate.levels:
            values = frame.sources.numbers(part.source, name)[part.rows]
            return {self.line: values / self.covariate.per}
        texts = frame.texts(part, name).to_numpy(dtype=object)
        held = {level: texts == level for level in self.levels[1:]}
        return {f"{self.line} {level}": each.astype(np.float64) for level, each in held.items() if each.any()}


def add_cox(book: ResultBook, frame: AnalysisFrame, body: Cox) -> None:
    """Subjects, events and medians by level; then each model with its hazard ratios and tests."""
    endpoint = endpoint_of(body)
    check_records(frame.everything, endpoint)
    terms = [_make_term(frame, str(place), each) for place, each in enumerate(body.covariates, start=1)]
    for term in terms:
        _add_levels(book, frame, endpoint, term)
    if UNIVARIABLE in body.models:
        for term in terms:
            _add_model(book, frame, endpoint, body, [term], UNIVARIABLE)
    if MULTIVARIABLE in body.models:
        _add_model(book, frame, endpoint, body, terms, MULTIVARIABLE)


def _make_term(frame: AnalysisFrame, line: str, covariate: Covariate) -> Term:
    if not covariate.levels:
        return Term(line, covariate, ())
    named = named_levels(frame, covariate.variable, covariate.levels, covariate.label)
    return Term(line, covariate, tuple(named))


def _add_levels(book: ResultBook, frame: AnalysisFrame, endpoint: Endpoint, term: Term) -> None:
    variable = frame.qualified(term.covariate.variable)
    if not term.levels:
        known = _known(frame, frame.everything, [term.covariate.variable])
        part = frame.everything if known.all() else frame.everything.narrow(is_present(str(variable)), known)
        add_events(book, endpoint, part, ((LINE, term.line),))
        return
    for level in term.levels:
        part = frame.select(Comparison("==", variable, Literal(level))).everything
        groups = ((LINE, term.line), (LEVEL, level))
        add_events(book, endpoint, part, groups)
        add_quartiles(book, endpoint, part, groups, endpoint.curve(part))


def _known(frame: AnalysisFrame, part: Selection, names: Sequence[str]) -> BoolArray:
    """The records that have a value in all of the variables."""
    missing = [compute_missing(frame.sources.texts(part.source, name))[part.rows] for name in names]
    known: BoolArray = ~np.logical_or.reduce(missing)
    return known


def _complete(frame: AnalysisFrame, names: Sequence[str]) -> Selection:
    """The records that a model with these variables can use, and the filter that says so."""
    part = frame.everything
    for name in names:
        known = _known(frame, part, [name])
        if not known.all():
            part = part.narrow(is_present(str(frame.qualified(name))), known)
    return part


def _add_model(
    book: ResultBook, frame: AnalysisFrame, endpoint: Endpoint, body: Cox, terms: list[Term], kind: str
) -> None:
    part = _complete(frame, [*(term.covariate.variable for term in terms), *body.strata])
    columns = {term.line: term.columns(frame, part) for term in terms}
    matrix = pd.DataFrame({name: values for own in columns.values() for name, values in own.items()})
    strata = pd.DataFrame({name: frame.texts(part, name) for name in body.strata}) if body.strata else None
    times, events = part.numbers(endpoint.time), endpoint.events(part)
    # Of covariates with one level alone there is nothing to fit.
    empty = CoxModel((), len(times), int(events.sum()), np.zeros(0), np.zeros((0, 0)), (NONE, NONE), not_estimable(0))
    model = empty if matrix.empty else compute_cox_model(times, events, matrix, ties=body.ties, strata=strata)
    group = (MODEL, kind)
    if kind == MULTIVARIABLE:
        add_events(book, endpoint, part, (group,))
    for term in terms:
        _add_ratios(book, endpoint, part, model, term, (f"cox_{body.ties}", group))
        own = tuple(columns[term.line])
        _add_test(
            book, ("COVARIATE", "wald"), endpoint, part, ((LINE, term.line), group), compute_wald_test(model, own)
        )
    if kind == MULTIVARIABLE and body.proportional and not matrix.empty:
        named = {line: tuple(own) for line, own in columns.items() if own}
        tests = compute_proportional_hazards(model, times, events, matrix, named, ties=body.ties, strata=strata)
        name = ("PROPORTIONAL", "score")
        for line, test in tests.terms.items():
            _add_test(book, name, endpoint, part, ((LINE, line), group), test)
        _add_test(book, name, endpoint, part, (group,), tests.together)


def _add_ratios(
    book: ResultBook,
    endpoint: Endpoint,
    part: Selection,
    model: CoxModel,
    term: Term,
    how: tuple[str, tuple[str, str]],
) -> None:
    """The hazard ratio of each level against the reference, or of a number."""
    method, group = how
    for level in term.levels[1:] or ("",):
        name = f"{term.line} {level}".strip()
        groups: Groups = ((LINE, term.line), (LEVEL, level), group) if level else ((LINE, term.line), group)
        add_estimates(book, ("HAZARD_RATIO", method), endpoint, part, groups, _ratio(model, name))


def _ratio(model: CoxModel, name: str) -> dict[str, float]:
    """Hazard ratio, Wald limits and test of a coefficient; NaN (NE) for one that the model does not have."""
    found, error = NONE, NONE
    if name in model.names:
        place = model.names.index(name)
        found, error = float(model.coefficients[place]), float(model.std_errors[place])
    return {
        "hazard_ratio": float(np.exp(found)),
        "lower": float(np.exp(found - HALF * error)),
        "upper": float(np.exp(found + HALF * error)),
        "log_hazard_ratio": found,
        "std_error": error,
        "p_value": compute_wald_test(model, (name,) if name in model.names else ()).p_value,
    }


def _add_test(
    book: ResultBook, name: tuple[str, str], endpoint: Endpoint, part: Selection, groups: Groups, test: ChiSquare
) -> None:
    values = {"chi_square": test.chi_square, "df": float(test.degrees_of_freedom), "p_value": test.p_value}
    add_estimates(book, name, endpoint, part, groups, values)
