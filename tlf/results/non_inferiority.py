"""Template `non_inferiority`: the hazard ratio against a margin in each set of subjects, then superiority."""

from __future__ import annotations

from crf2tlf.rules.evaluate import evaluate_condition
from crf2tlf.spec.output_bodies import AnalysisSet, NonInferiority
from crf2tlf.spec.output_conditions import rename_references
from crf2tlf.spec.outputs import Output
from tlf.results.ard import Denominator, ResultBook
from tlf.results.frame import AnalysisFrame
from tlf.results.selection import ColumnValue, Selection, select_population, split_columns
from tlf.results.survival import (
    add_comparison,
    add_estimates,
    add_events,
    add_quartiles,
    check_records,
    endpoint_of,
    make_pairs,
)
from tlf.statistics import compute_non_inferiority


def add_non_inferiority(book: ResultBook, frame: AnalysisFrame, output: Output, body: NonInferiority) -> None:
    """For each set the subjects, events, medians, hazard ratio and the test; at last whether all sets show it.

    Superiority may be tested where every set shows non-inferiority (closed procedure; EMA CPMP/EWP/482/99).
    """
    shown: dict[str, list[bool]] = {}
    for each in body.sets:
        own = _select_set(frame, output, each)
        group = ("SET", each.label)
        denominators = _add_subjects(book, frame, output, each)
        endpoint = endpoint_of(body)
        check_records(own.everything, endpoint)
        for column, part in own.groups_compared.items():
            groups = (group, frame.group(column))
            add_events(book, endpoint, part, groups, denominators[column])
            add_quartiles(book, endpoint, part, groups, endpoint.curve(part))
        for pair in make_pairs(own, body.compare):
            ratio = add_comparison(book, own, endpoint, pair, body.compare, (group,))
            test = compute_non_inferiority(ratio.log_estimate, ratio.std_error, body.margin)
            values = {"margin": test.margin, "z": test.z, "p_value": test.p_value, "shown": float(test.shown)}
            groups = (group, frame.group(pair.compared))
            add_estimates(book, ("NON_INFERIORITY", "wald"), endpoint, pair.records, groups, values)
            shown.setdefault(pair.compared.label, []).append(test.shown)
    for label, found in shown.items():
        name = ("CONCLUSION", "closed_procedure", "shown")
        book.add(name, float(all(found)), frame.everything, groups=((frame.by, label),), parameter=body.parameter)


def _select_set(frame: AnalysisFrame, output: Output, each: AnalysisSet) -> AnalysisFrame:
    if each.where is None:
        return frame
    home, variables = output.population.dataset, frame.everything.source.facts.variables
    condition = each.where.expression
    if home != frame.everything.source.name:
        condition = rename_references(condition, home, variables)
    return frame.select(condition)


def _add_subjects(
    book: ResultBook, frame: AnalysisFrame, output: Output, each: AnalysisSet
) -> dict[ColumnValue, Denominator]:
    """The number of subjects of the set in each column, from the population's dataset."""
    assert output.columns is not None
    population = select_population(output, frame.sources)
    columns = tuple(frame.groups_compared)
    found = {}
    for column, part in split_columns(population, output.columns, columns, frame.sources).items():
        chosen = _narrow(part, frame, each)
        by = output.columns.variable(population.source.name)
        groups = (("SET", each.label), (by, column.label))
        result = book.add(("SET_N", "count", "N"), chosen.n_subjects, chosen, groups=groups, counts="subjects")
        found[column] = Denominator(chosen.n_subjects, result)
    return found


def _narrow(part: Selection, frame: AnalysisFrame, each: AnalysisSet) -> Selection:
    if each.where is None:
        return part
    held = evaluate_condition(each.where.expression, frame.sources.scope(part.source.name))
    return part.narrow(each.where.expression, held[part.rows])
