"""Template `time_to_event` as a table: events and reasons, quartiles, rates, comparisons."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from crf2tlf.spec.output_bodies import TimeToEvent
from tlf.displays.numbers import Numbers
from tlf.displays.parts import NOTHING, Body, ResultColumn, count_cell, estimate_cell, p_value_cell, result_header
from tlf.displays.survival import (
    METHODS,
    describe_comparison,
    kind_label,
    kinds_of,
    log_rank_cell,
    quartile_cell,
    ratio_cell,
    with_limits,
)
from tlf.render import Cell, Row
from tlf.statistics import format_number

MakeCell = Callable[[str], Cell]
QUARTILES = {"q1": "25th percentile (95% CI)", "median": "Median (95% CI)", "q3": "75th percentile (95% CI)"}


def make_time_to_event_rows(body: TimeToEvent, numbers: Numbers, columns: tuple[ResultColumn, ...]) -> Body:
    """The table's header and rows; comparisons stand in the column that is compared with the reference."""
    maker = _Maker(body, numbers, columns)
    return Body(result_header("", columns), tuple(maker.rows()), maker.footnotes())


class _Maker:
    def __init__(self, body: TimeToEvent, numbers: Numbers, columns: tuple[ResultColumn, ...]) -> None:
        self.body, self.numbers, self.columns = body, numbers, columns

    def rows(self) -> Iterator[Row]:
        """All rows, block by block."""
        yield from self._counts("Subjects with event, n (%)", "n_event", "EVENT")
        yield from self._counts("Subjects censored, n (%)", "n_censor", "CENSORING")
        yield from self._times()
        if self.body.landmarks:
            yield from self._rates()
        if self.body.compare is not None:
            yield from self._comparisons()
        if self.body.restricted_mean is not None:
            yield from self._means(self.body.restricted_mean)
        if self.body.follow_up:
            yield from self._follow_up()

    def _row(self, label: str, cell: MakeCell | None, block: str, *, heading: bool = False, indent: int = 1) -> Row:
        cells = (cell(column.label) if cell is not None else NOTHING for column in self.columns)
        return Row((Cell(label), *cells), 0 if heading else indent, heading=heading, blank_before=heading, block=block)

    def _counts(self, label: str, statistic: str, kind: str) -> Iterator[Row]:
        numbers = self.numbers
        yield self._row(
            label, lambda column: count_cell(numbers, numbers.get("EVENTS", statistic, (column,))), kind, heading=True
        )
        labels = dict(self.body.levels)
        for reason in dict.fromkeys(levels[1] for levels in numbers.levels(kind, "n")):
            yield self._row(labels.get(reason, reason), self._reason(kind, reason), kind)

    def _reason(self, kind: str, reason: str) -> MakeCell:
        return lambda column: count_cell(self.numbers, self.numbers.get(kind, "n", (column, reason)))

    def _times(self) -> Iterator[Row]:
        yield self._row(f"Time to event ({self.body.unit})", None, "times", heading=True)
        for name, label in QUARTILES.items():
            yield self._row(label, self._quartile(name), "times")
        yield self._row("Min, Max", self._range, "times")

    def _quartile(self, name: str) -> MakeCell:
        return lambda column: quartile_cell(self.numbers, name, (column,))

    def _range(self, column: str) -> Cell:
        """ "0.3+, 24.5", a plus for a censored time."""
        found = [self.numbers.get("RANGE", name, (column,)) for name in ("minimum", "maximum")]
        marks = [self.numbers.get("RANGE", f"{name}_censored", (column,)) for name in ("minimum", "maximum")]
        texts = [
            format_number(number.value, 1) + ("+" if mark.value == 1 else "")
            for number, mark in zip(found, marks, strict=True)
        ]
        return self.numbers.cell(", ".join(texts), *found)

    def _rates(self) -> Iterator[Row]:
        yield self._row("Rate without event, % (95% CI)", None, "rates", heading=True)
        for landmark in self.body.landmarks:
            yield self._row(f"{landmark:g} {self.body.unit}", self._rate(f"{landmark:.15g}"), "rates")

    def _rate(self, landmark: str) -> MakeCell:
        def cell(column: str) -> Cell:
            found = [self.numbers.get("RATE", name, (column, landmark)) for name in ("survival", "lower", "upper")]
            at_risk = self.numbers.get("RATE", "at_risk", (column, landmark))
            return estimate_cell(self.numbers, [number.times(100) for number in found], 1, at_risk)

        return cell

    def _comparisons(self) -> Iterator[Row]:
        assert self.body.compare is not None
        yield self._row(f"Comparison with {self.body.compare.reference}", None, "comparison", heading=True)
        for kind in kinds_of(self.body.compare):
            yield self._row(
                kind_label(self.body.compare, kind, "hazard ratio") + " (95% CI)", self._ratio(kind), "comparison"
            )
            yield self._row(kind_label(self.body.compare, kind, "log-rank p-value"), self._log_rank(kind), "comparison")

    def _ratio(self, kind: str) -> MakeCell:
        return lambda column: ratio_cell(self.numbers, (column, kind))

    def _log_rank(self, kind: str) -> MakeCell:
        return lambda column: log_rank_cell(self.numbers, (column, kind))

    def _means(self, end: float) -> Iterator[Row]:
        label = f"Restricted mean time up to {end:g} {self.body.unit} (95% CI)"
        yield self._row(label, self._mean, "means", heading=True)
        if self.body.compare is not None:
            yield self._row(f"Difference to {self.body.compare.reference} (95% CI)", self._difference, "means")
            yield self._row("p-value", self._difference_p_value, "means")

    def _mean(self, column: str) -> Cell:
        found = [self.numbers.get("MEAN", name, (column,)) for name in ("value", "lower", "upper")]
        return estimate_cell(self.numbers, found, 1)

    def _difference(self, column: str) -> Cell:
        if not self.numbers.has("MEAN_DIFFERENCE", "value", (column,)):
            return NOTHING
        found = [self.numbers.get("MEAN_DIFFERENCE", name, (column,)) for name in ("value", "lower", "upper")]
        return estimate_cell(self.numbers, found, 1)

    def _difference_p_value(self, column: str) -> Cell:
        if not self.numbers.has("MEAN_DIFFERENCE", "p_value", (column,)):
            return NOTHING
        return p_value_cell(self.numbers, self.numbers.get("MEAN_DIFFERENCE", "p_value", (column,)))

    def _follow_up(self) -> Iterator[Row]:
        def cell(column: str) -> Cell:
            return estimate_cell(self.numbers, with_limits(self.numbers, "FOLLOW_UP", "median", (column,)), 1)

        yield self._row(f"Median follow-up ({self.body.unit}) (95% CI)", cell, "follow-up", heading=True)

    def footnotes(self) -> tuple[str, ...]:
        """How the numbers were computed."""
        notes = [
            f"Kaplan-Meier estimates; 95% confidence limits of percentiles and rates: {METHODS[self.body.interval]}. "
            "NE: not estimable; +: censored."
        ]
        if self.body.compare is not None:
            notes.append(describe_comparison(self.body.compare))
        if self.body.follow_up:
            notes.append("Follow-up by reverse Kaplan-Meier: events are censored, censorings are events.")
        return tuple(notes)
