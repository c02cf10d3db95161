"""Template `non_inferiority` as a table: the sets of subjects side by side, each with its columns."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from crf2tlf.spec.output_bodies import NonInferiority
from tlf.displays.numbers import Number, Numbers
from tlf.displays.parts import NOTHING, Body, count_cell, p_value_cell
from tlf.displays.survival import (
    METHODS,
    describe_comparison,
    kind_label,
    kinds_of,
    log_rank_cell,
    quartile_cell,
    ratio_cell,
)
from tlf.render import Cell, Column, Row, Span
from tlf.statistics import format_number

Place = tuple[str, str]
MakeCell = Callable[[Place], Cell]


def make_non_inferiority_rows(body: NonInferiority, numbers: Numbers) -> Body:
    """The table's header with a span for each set, and its rows; the test stands in the compared column."""
    maker = _Maker(body, numbers)
    return Body(maker.header(), tuple(maker.rows()), maker.footnotes())


class _Maker:
    def __init__(self, body: NonInferiority, numbers: Numbers) -> None:
        self.body, self.numbers = body, numbers
        self.places: list[Place] = [(levels[0], levels[1]) for levels in numbers.levels("SET_N", "N")]
        self.kind = kinds_of(body.compare)[0]

    def header(self) -> tuple[Column | Span, ...]:
        """The stub and for each set its columns with the number of subjects."""
        spans = []
        for label in dict.fromkeys(label for label, _ in self.places):
            own = [place for place in self.places if place[0] == label]
            columns = (f"{place[1]}\n(N={self.numbers.get('SET_N', 'N', place).count})" for place in own)
            spans.append(Span(label, tuple(Column(text) for text in columns)))
        return (Column("", "left"), *spans)

    def _row(self, label: str, cell: MakeCell | None = None, *, indent: int = 0, apart: bool = False) -> Row:
        cells = (cell(place) if cell is not None else NOTHING for place in self.places)
        return Row((Cell(label), *cells), indent, heading=cell is None, blank_before=apart)

    def rows(self) -> Iterator[Row]:
        """Events and medians, the test against the margin, then superiority."""
        numbers, kind = self.numbers, self.kind
        yield self._row("Subjects with event, n (%)", self._count("n_event"))
        yield self._row("Subjects censored, n (%)", self._count("n_censor"))
        label = f"Median time to event ({self.body.unit}) (95% CI)"
        yield self._row(label, lambda place: quartile_cell(numbers, "median", place))
        margin = format_number(self.body.margin, 2)
        yield self._row(f"Non-inferiority, margin of the hazard ratio {margin}", apart=True)
        yield self._row(
            f"{kind_label(self.body.compare, kind, 'hazard ratio')} (95% CI)",
            lambda place: ratio_cell(numbers, (*place, kind), 3),
            indent=1,
        )
        yield self._row(f"Upper limit below {margin}", self._shown, indent=1)
        yield self._row("One-sided p-value", self._p_value, indent=1)
        yield self._row("Superiority, tested where every set shows non-inferiority", apart=True)
        yield self._row("Upper limit below 1.00", self._superior, indent=1)
        yield self._row(
            f"{kind_label(self.body.compare, kind, 'log-rank p-value')}, two-sided", self._log_rank, indent=1
        )

    def _count(self, statistic: str) -> MakeCell:
        return lambda place: count_cell(self.numbers, self.numbers.get("EVENTS", statistic, place))

    def _found(self, place: Place, statistic: str) -> Number | None:
        if not self.numbers.has("NON_INFERIORITY", statistic, place):
            return None
        return self.numbers.get("NON_INFERIORITY", statistic, place)

    def _shown(self, place: Place) -> Cell:
        found = self._found(place, "shown")
        return NOTHING if found is None else self.numbers.cell("Yes" if found.value == 1 else "No", found)

    def _p_value(self, place: Place) -> Cell:
        found, z = self._found(place, "p_value"), self._found(place, "z")
        return NOTHING if found is None or z is None else p_value_cell(self.numbers, found, z)

    def _is_tested(self, place: Place) -> bool:
        return self.numbers.get("CONCLUSION", "shown", place[1:]).value == 1

    def _superior(self, place: Place) -> Cell:
        if self._found(place, "shown") is None:
            return NOTHING
        conclusion = self.numbers.get("CONCLUSION", "shown", place[1:])
        upper = self.numbers.get("HAZARD_RATIO", "upper", (*place, self.kind))
        text = "Not tested" if not self._is_tested(place) else "Yes" if upper.value < 1 else "No"
        return self.numbers.cell(text, upper, conclusion)

    def _log_rank(self, place: Place) -> Cell:
        if self._found(place, "shown") is None:
            return NOTHING
        if not self._is_tested(place):
            return Cell("Not tested")
        return log_rank_cell(self.numbers, (*place, self.kind))

    def footnotes(self) -> tuple[str, ...]:
        """How the numbers were computed."""
        margin = format_number(self.body.margin, 2)
        return (
            f"Kaplan-Meier medians; 95% confidence limits: {METHODS[self.body.interval]}. NE: not estimable.",
            describe_comparison(self.body.compare),
            f"Non-inferiority: H0 hazard ratio at least {margin}; shown where the upper limit of the two-sided 95% "
            f"confidence interval is below {margin}, which is a one-sided p below 0.025 of (ln HR - ln {margin}) / SE.",
        )
