"""The outputs of the spec that are marked as key analyses, as displays for Analysis Results Metadata (ARM 1.0)."""

from __future__ import annotations

from collections.abc import Iterable

from crf2tlf.rules.expressions import Comparison, Expression, Literal, Logic, Membership, Reference, walk
from crf2tlf.rules.show import show
from crf2tlf.spec.model import Study
from crf2tlf.spec.output_bodies import (
    Body,
    Condition,
    Counts,
    Cox,
    HazardRatios,
    Hierarchy,
    KaplanMeier,
    NonInferiority,
    Response,
    Summary,
    TimeToEvent,
    Waterfall,
)
from crf2tlf.spec.outputs import Output
from crf2tlf.spec.read_outputs import load_outputs
from define.model import AnalysisDataset, AnalysisResult, Display

Check = tuple[str, str, tuple[str, ...]]
COMPARATORS = {"==": "EQ", "!=": "NE", "<": "LT", "<=": "LE", ">": "GT", ">=": "GE"}


def study_displays(study: Study) -> tuple[Display, ...]:
    """The displays of the study's outputs with an `arm` entry; none where the study has no outputs."""
    return tuple(_display(output) for output in load_outputs(study).values() if output.arm is not None)


def _display(output: Output) -> Display:
    arm = output.arm
    assert arm is not None, output.id
    title = " ".join(output.titles)
    population, analysed = output.population, output.dataset
    datasets = [AnalysisDataset(analysed, _variables(output), _checks(output))]
    if population.dataset != analysed:
        subjects = range_checks(population.where) or ()
        datasets.append(AnalysisDataset(population.dataset, _named(population.where), subjects))
    result = AnalysisResult(
        output.id,
        arm.description or title,
        arm.reason,
        arm.purpose,
        tuple(datasets),
        parameter=bool(output.parameters),
        datasets_comment=_join(output) if len(datasets) > 1 else "",
        documentation=arm.sap,
        context="crf2tlf",
        code=_code(output),
    )
    return Display(output.id, output.heading, title, (result,))


def _checks(output: Output) -> tuple[Check, ...]:
    """The records analysed, as range checks; none where the condition is more than a list of comparisons."""
    checks = range_checks(output.where) or ()
    if output.parameters:
        return (("PARAMCD", "EQ" if len(output.parameters) == 1 else "IN", output.parameters), *checks)
    return checks


def range_checks(condition: Condition | None) -> tuple[Check, ...] | None:
    """Comparisons of own variables with values, joined by `and`, as range checks; None for any other condition."""
    if condition is None:
        return ()
    expression = condition.expression
    parts = expression.operands if isinstance(expression, Logic) and expression.operator == "and" else (expression,)
    checks = [_check(part) for part in parts]
    known = [check for check in checks if check is not None]
    return tuple(known) if len(known) == len(checks) else None


def _check(expression: Expression) -> Check | None:
    match expression:
        case Comparison(operator, Reference((name,)), Literal(value)):
            return name, COMPARATORS[operator], (_value(value),)
        case Membership(Reference((name,)), values, negated) if all(isinstance(each, Literal) for each in values):
            texts = tuple(_value(each.value) for each in values if isinstance(each, Literal))
            return name, "NOTIN" if negated else "IN", texts
        case _:
            return None


def _value(value: str | float) -> str:
    return value if isinstance(value, str) else f"{value:.15g}"


def _variables(output: Output) -> tuple[str, ...]:
    """The variables analysed: those shown, and those that make the columns."""
    names = list(_variables_of_body(output.body))
    if output.columns is not None:
        names.append(output.columns.variable(output.dataset))
    return tuple(dict.fromkeys(name for name in names if name and "." not in name))


def _variables_of_body(body: Body) -> tuple[str, ...]:
    match body:
        case Summary(rows):
            return tuple(row.variable for row in rows)
        case Counts(rows):
            return tuple(name for row in rows for name in (*_named(row.where), row.by))
        case Hierarchy():
            return (*body.levels, body.grades.variable if body.grades is not None else "")
        case Response() | Waterfall():
            return (body.value,)
        case TimeToEvent():
            return (body.time, body.censor, body.reasons)
        case KaplanMeier() | NonInferiority() | HazardRatios() | Cox():
            return (body.time, body.censor)
        case _:
            return ()


def _named(condition: Condition | None) -> tuple[str, ...]:
    if condition is None:
        return ()
    own = (part.name for part in walk(condition.expression) if isinstance(part, Reference) and not part.source)
    return tuple(dict.fromkeys(own))


def _join(output: Output) -> str:
    return (
        f"Records of {output.dataset} are those of the subjects of {output.population.dataset}, joined by USUBJID; "
        f"{output.population.dataset} gives the denominators."
    )


def _code(output: Output) -> str:
    """The selections that the display ran, as the engine reads them."""
    selections: Iterable[tuple[str, Condition | None]] = (
        (f"population: {output.population.dataset}", output.population.where),
        (f"records: {output.dataset}", output.where),
    )
    lines = [f"template: {output.template}"]
    lines += [f"{name}{f' where {show(where.expression)}' if where is not None else ''}" for name, where in selections]
    return "\n".join(lines)
