"""Templates `hazard_ratios` and `forest`: the lines of analyses and subgroups, as rows and as a picture."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from crf2tlf.spec.output_bodies import HazardRatios
from tlf.displays.numbers import Numbers
from tlf.displays.parts import NOTHING, Body, p_value_cell
from tlf.displays.survival import (
    METHODS,
    STRATIFIED,
    UNSTRATIFIED,
    log_rank_cell,
    quartile_cell,
    ratio_cell,
    ratio_numbers,
)
from tlf.figures import ForestFigure, ForestLine
from tlf.render import Cell, Column, Row, Span
from tlf.statistics import NOT_ESTIMABLE, format_interval, format_number, format_p_value

LINE_EVENTS = ("EVENTS", "n")


@dataclass(frozen=True)
class Line:
    """A line shown: label, depth, groups of its results (none for the heading of a subgroup), number in the spec."""

    label: str
    depth: int
    groups: tuple[str, ...]
    number: str
    is_subgroup: bool


class Lines:
    """The lines of an output in their order, and its columns."""

    def __init__(self, body: HazardRatios, numbers: Numbers) -> None:
        self.body, self.numbers = body, numbers
        self.columns = tuple(label for (label,) in numbers.levels("BIG_N", "N") if self._is_arm(label))
        self.compared = tuple(dict.fromkeys(levels[-2] for levels in numbers.levels("HAZARD_RATIO", "hazard_ratio")))

    def _is_arm(self, label: str) -> bool:
        return any(levels[-1] == label for levels in self.numbers.levels(*LINE_EVENTS))

    def __iter__(self) -> Iterator[Line]:
        for place, row in enumerate(self.body.rows, start=1):
            number = str(place)
            if not row.by:
                yield Line(row.label, 0, (number,), number, False)
                continue
            yield Line(row.label, 0, (), number, True)
            labels = dict(row.levels)
            found = (levels[1] for levels in self.numbers.levels(*LINE_EVENTS) if levels[0] == number)
            for level in dict.fromkeys(found):
                yield Line(labels.get(level, level), 1, (number, level), number, True)

    def kind(self, line: Line) -> str:
        """The kind of comparison of a line."""
        levels = (*line.groups, self.compared[0], STRATIFIED)
        return STRATIFIED if self.numbers.has("HAZARD_RATIO", "hazard_ratio", levels) else UNSTRATIFIED


def make_hazard_ratio_rows(body: HazardRatios, numbers: Numbers) -> Body:
    """The table's header and rows."""
    lines = Lines(body, numbers)
    spans = [Span(label, (Column("Events / N"), Column(f"Median, {body.unit}\n(95% CI)"))) for label in lines.columns]
    has_analyses = any(not line.is_subgroup for line in lines)
    has_subgroups = any(line.is_subgroup for line in lines)
    tail = [Column("Hazard ratio\n(95% CI)")]
    tail += [Column("Log-rank\np-value")] if has_analyses else []
    tail += [Column("Interaction\np-value")] if has_subgroups else []
    ends = tuple(tail) if len(lines.compared) == 1 else tuple(Span(label, tuple(tail)) for label in lines.compared)
    rows = tuple(_row(line, lines, has_analyses, has_subgroups) for line in lines)
    return Body((Column("", "left"), *spans, *ends), rows, describe_ratios(body))


def _row(line: Line, lines: Lines, has_analyses: bool, has_subgroups: bool) -> Row:
    numbers = lines.numbers
    cells: list[Cell] = [Cell(line.label)]
    for column in lines.columns:
        levels = (*line.groups, column)
        cells += (
            [_events_cell(numbers, levels), quartile_cell(numbers, "median", levels)] if line.groups else [NOTHING] * 2
        )
    for column in lines.compared:
        own = (*line.groups, column, lines.kind(line)) if line.groups else ()
        cells.append(ratio_cell(numbers, own) if own else NOTHING)
        if has_analyses:
            cells.append(log_rank_cell(numbers, own) if own and not line.is_subgroup else NOTHING)
        if has_subgroups:
            opens = line.is_subgroup and not line.groups
            cells.append(
                p_value_cell(numbers, numbers.get("INTERACTION", "p_value", (line.number, column)))
                if opens
                else NOTHING
            )
    is_heading = line.is_subgroup and not line.groups
    return Row(tuple(cells), line.depth, heading=is_heading, blank_before=is_heading, block=line.number)


def _events_cell(numbers: Numbers, levels: tuple[str, ...]) -> Cell:
    events, n = numbers.get("EVENTS", "n_event", levels), numbers.get("EVENTS", "n", levels)
    return numbers.cell(f"{events.count} / {n.count}", events, n)


def describe_ratios(body: HazardRatios) -> tuple[str, ...]:
    """How the numbers were computed."""
    compare = body.compare
    notes = [
        f"Hazard ratio against {compare.reference}: Cox model, ties by {compare.ties.capitalize()}. Medians by "
        f"Kaplan-Meier, 95% confidence limits: {METHODS[body.interval]}. NE: not estimable."
    ]
    if any(row.by for row in body.rows):
        notes.append("Interaction: likelihood ratio test of treatment by subgroup, not adjusted for multiplicity.")
    return tuple(notes)


def make_forest_figure(body: HazardRatios, numbers: Numbers) -> ForestFigure:
    """The picture's lines, for the first column that is compared with the reference."""
    lines = Lines(body, numbers)
    return ForestFigure(
        lines=tuple(_forest_line(line, lines) for line in lines),
        columns=lines.columns,
        below=("events/N",) * len(lines.columns),
        margin=body.margin,
        better=(body.better[0], body.better[1]) if len(body.better) == 2 else ("", ""),
    )


def _forest_line(line: Line, lines: Lines) -> ForestLine:
    numbers = lines.numbers
    if not line.groups:
        p_value = numbers.get("INTERACTION", "p_value", (line.number, lines.compared[0])).value
        return ForestLine(line.label, 0, (), interaction=format_p_value(p_value))
    estimate, lower, upper = (
        n.value for n in ratio_numbers(numbers, (*line.groups, lines.compared[0], lines.kind(line)))
    )
    events = tuple(
        f"{numbers.get('EVENTS', 'n_event', (*line.groups, column)).count}/"
        f"{numbers.get('EVENTS', 'n', (*line.groups, column)).count}"
        for column in lines.columns
    )
    text = f"{format_number(estimate, 2)} {format_interval(lower, upper, 2)}" if estimate == estimate else NOT_ESTIMABLE
    return ForestLine(line.label, line.depth, events, text, estimate, lower, upper)


def describe_forest(body: HazardRatios, numbers: Numbers, title: str) -> str:
    """The figure in words, for readers who cannot see it."""
    figure = make_forest_figure(body, numbers)
    parts = [f"{line.label}: {line.text}" if line.text else line.label for line in figure.lines]
    return f"Forest plot. {title}. Hazard ratios with 95% confidence intervals. {'; '.join(parts)}."
