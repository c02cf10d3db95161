"""Templates `cox` and `cox_forest`: the lines of covariates and their levels, as rows and as a picture."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from crf2tlf.spec.output_bodies import Covariate, Cox
from tlf.displays.numbers import Number, Numbers
from tlf.displays.parts import NOTHING, Body, estimate_cell, p_value_cell
from tlf.displays.survival import METHODS, join_words, quartile_cell, ratio_numbers, with_limits
from tlf.figures import ForestFigure, ForestLine
from tlf.render import Cell, Column, Row, Span
from tlf.statistics import NOT_ESTIMABLE, format_interval, format_number, format_p_value

MULTIVARIABLE = "multivariable"
LABELS = {"univariable": "Univariable", MULTIVARIABLE: "Multivariable"}
REFERENCE = "Reference"


@dataclass(frozen=True)
class Line:
    """A line shown: label and depth, the groups of its results; of a category the heading has none of its own."""

    label: str
    depth: int
    groups: tuple[str, ...]
    covariate: Covariate
    is_heading: bool = False
    is_reference: bool = False


def lines_of(body: Cox) -> Iterator[Line]:
    """The lines in the order of the spec."""
    for place, covariate in enumerate(body.covariates, start=1):
        line, labels = str(place), dict(covariate.levels)
        if not labels:
            step = f", per {covariate.per:g}" if covariate.per != 1 else ""
            yield Line(f"{covariate.label}{step}", 0, (line,), covariate)
            continue
        yield Line(covariate.label, 0, (line,), covariate, is_heading=True)
        for number, (level, label) in enumerate(labels.items()):
            yield Line(label, 1, (line, level), covariate, is_reference=number == 0)


def make_cox_rows(body: Cox, numbers: Numbers) -> Body:
    """The table's header and rows."""
    ratio = (Column("Hazard ratio\n(95% CI)"), Column("p-value"))
    header: list[Column | Span] = [
        Column("", "left"),
        Column("Events / N"),
        Column(f"Median, {body.unit}\n(95% CI)"),
    ]
    header += [Span(LABELS[model], ratio) for model in body.models]
    header += [Column("Proportional\nhazards\np-value")] if body.proportional else []
    rows = tuple(_row(line, body, numbers) for line in lines_of(body))
    if body.proportional:
        rows += (_row_of_all_tests(body, numbers),)
    return Body(tuple(header), rows, describe_cox(body, numbers))


def _row(line: Line, body: Cox, numbers: Numbers) -> Row:
    cells: list[Cell] = [Cell(line.label)]
    has_median = len(line.groups) == 2
    cells.append(NOTHING if line.is_heading else _events_cell(numbers, line.groups))
    cells.append(quartile_cell(numbers, "median", line.groups) if has_median else NOTHING)
    for model in body.models:
        cells += _model_cells(line, model, numbers)
    if body.proportional:
        cells.append(_proportional_cell(numbers, line.groups) if len(line.groups) == 1 else NOTHING)
    return Row(
        tuple(cells),
        line.depth,
        heading=line.is_heading,
        blank_before=line.depth == 0,
        block=line.groups[0],
    )


def _model_cells(line: Line, model: str, numbers: Numbers) -> tuple[Cell, Cell]:
    """Hazard ratio and p-value; a heading has the test of all its levels, where they are more than two."""
    levels = (*line.groups, model)
    if line.is_heading:
        several = len(line.covariate.levels) > 2
        found = numbers.get("COVARIATE", "p_value", levels)
        return NOTHING, p_value_cell(numbers, found) if several else NOTHING
    if line.is_reference:
        return Cell(REFERENCE), NOTHING
    details = (numbers.get("HAZARD_RATIO", name, levels) for name in ("log_hazard_ratio", "std_error"))
    ratio = estimate_cell(numbers, ratio_numbers(numbers, levels), 2, *details)
    return ratio, p_value_cell(numbers, numbers.get("HAZARD_RATIO", "p_value", levels))


def _proportional_cell(numbers: Numbers, groups: tuple[str, ...]) -> Cell:
    """The p-value of a covariate, or of all of them; empty where nothing could be fitted."""
    levels = (*groups, MULTIVARIABLE)
    if not numbers.has("PROPORTIONAL", "p_value", levels):
        return NOTHING
    return p_value_cell(
        numbers, numbers.get("PROPORTIONAL", "p_value", levels), numbers.get("PROPORTIONAL", "chi_square", levels)
    )


def _row_of_all_tests(body: Cox, numbers: Numbers) -> Row:
    """The test of all covariates together, on the page of the last of them."""
    between = [NOTHING] * (2 + 2 * len(body.models))
    return Row(
        (Cell("All covariates together"), *between, _proportional_cell(numbers, ())), block=str(len(body.covariates))
    )


def _events_cell(numbers: Numbers, levels: tuple[str, ...]) -> Cell:
    events, n = _events(numbers, levels)
    return numbers.cell(f"{events.count} / {n.count}", events, n)


def _events(numbers: Numbers, levels: tuple[str, ...]) -> tuple[Number, Number]:
    return numbers.get("EVENTS", "n_event", levels), numbers.get("EVENTS", "n", levels)


def describe_cox(body: Cox, numbers: Numbers, models: tuple[str, ...] = ()) -> tuple[str, ...]:
    """How the numbers were computed, and of whom."""
    strata = f", a baseline hazard for each combination of {join_words(body.strata)}" if body.strata else ""
    notes = [
        f"Cox models, ties by {body.ties.capitalize()}{strata}; limits and p-values by Wald. Medians by Kaplan-Meier, "
        f"95% confidence limits: {METHODS[body.interval]}. NE: not estimable."
    ]
    shown = models or body.models
    if "univariable" in shown:
        notes.append("Univariable: each covariate alone, of the subjects who have a value.")
    if MULTIVARIABLE in shown:
        events, n = _events(numbers, (MULTIVARIABLE,))
        notes.append(
            f"Multivariable: all covariates together, of the {n.count} subjects ({events.count} events) with a value "
            "in each of them."
        )
    if body.proportional and not models:
        notes.append(
            "Proportional hazards: score test that a coefficient does not change with 1 - S(t) (Grambsch and "
            "Therneau), of the multivariable model."
        )
    return tuple(notes)


def make_cox_figure(body: Cox, numbers: Numbers) -> ForestFigure:
    """The picture's lines, of the first model."""
    return ForestFigure(
        lines=tuple(_forest_line(line, body, numbers) for line in lines_of(body)),
        columns=("Events/N", f"Median, {body.unit}"),
        below=("", "(95% CI)"),
        margin=None,
        better=(body.better[0], body.better[1]) if len(body.better) == 2 else ("", ""),
    )


def _forest_line(line: Line, body: Cox, numbers: Numbers) -> ForestLine:
    levels = (*line.groups, body.models[0])
    if line.is_heading:
        several = len(line.covariate.levels) > 2
        p_value = numbers.get("COVARIATE", "p_value", levels).value
        return ForestLine(line.label, 0, (), f"p {format_p_value(p_value)}" if several else "")
    events, n = _events(numbers, line.groups)
    texts = (f"{events.count}/{n.count}", _median_text(numbers, line.groups))
    if line.is_reference:
        return ForestLine(line.label, line.depth, texts, REFERENCE)
    estimate, lower, upper = (number.value for number in ratio_numbers(numbers, levels))
    text = f"{format_number(estimate, 2)} {format_interval(lower, upper, 2)}" if estimate == estimate else NOT_ESTIMABLE
    return ForestLine(line.label, line.depth, texts, text, estimate, lower, upper)


def _median_text(numbers: Numbers, groups: tuple[str, ...]) -> str:
    """ "14.3 (12.9, NE)"; empty for a number, which has no groups."""
    if len(groups) < 2:
        return ""
    median, lower, upper = (number.value for number in with_limits(numbers, "QUARTILES", "median", groups))
    if median != median and lower != lower:
        return NOT_ESTIMABLE
    return f"{format_number(median, 1)} {format_interval(lower, upper, 1)}"


def describe_cox_figure(body: Cox, numbers: Numbers, title: str) -> str:
    """The figure in words, for readers who cannot see it."""
    figure = make_cox_figure(body, numbers)
    parts = [f"{line.label}: {line.text}" if line.text else line.label for line in figure.lines]
    return f"Forest plot. {title}. Hazard ratios with 95% confidence intervals. {'; '.join(parts)}."
