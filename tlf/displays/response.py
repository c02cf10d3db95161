"""Template `response` as a table: the responses, then each rate with its limits and differences."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from crf2tlf.spec.output_bodies import Rate, Response
from tlf.displays.numbers import Number, Numbers
from tlf.displays.parts import NOTHING, Body, ResultColumn, count_cell, estimate_cell, p_value_cell, result_header
from tlf.displays.survival import STRATIFIED, join_words, kinds_of
from tlf.render import Cell, Row
from tlf.statistics import format_interval

MakeCell = Callable[[str], Cell]
LIMITS = {"clopper_pearson": "Clopper-Pearson (exact)", "wilson": "Wilson", "wald": "Wald"}


def make_response_rows(body: Response, numbers: Numbers, columns: tuple[ResultColumn, ...]) -> Body:
    """The table's header and rows; differences stand in the column that is compared with the reference."""
    maker = _Maker(body, numbers, columns)
    return Body(result_header("", columns), tuple(maker.rows()), maker.footnotes())


class _Maker:
    def __init__(self, body: Response, numbers: Numbers, columns: tuple[ResultColumn, ...]) -> None:
        self.body, self.numbers, self.columns = body, numbers, columns

    def _row(self, label: str, cell: MakeCell | None, block: str, *, heading: bool = False) -> Row:
        cells = (cell(column.label) if cell is not None else NOTHING for column in self.columns)
        return Row((Cell(label), *cells), 0 if heading else 1, heading=heading, blank_before=heading, block=block)

    def rows(self) -> Iterator[Row]:
        """The responses, then the rates."""
        yield self._row("Best overall response, n (%)", None, "response", heading=True)
        for level, label in self.body.levels:
            yield self._row(label, self._count("RESPONSE", level), "response")
        if any(self.numbers.get("WITHOUT", "n", (column.label,)).count for column in self.columns):
            yield self._row("No record", self._without, "response")
        for rate in self.body.rates:
            yield from self._rate(rate)

    def _count(self, analysis: str, *levels: str) -> MakeCell:
        return lambda column: count_cell(self.numbers, self.numbers.get(analysis, "n", (column, *levels)))

    def _without(self, column: str) -> Cell:
        number = self.numbers.get("WITHOUT", "n", (column,))
        return self.numbers.cell(str(number.count), number)

    def _rate(self, rate: Rate) -> Iterator[Row]:
        yield self._row(f"{rate.label}, n (%)", self._count(rate.id), rate.id, heading=True)
        yield self._row("95% CI", self._limits(rate), rate.id)
        compare = self.body.compare
        if compare is None:
            return
        for kind in kinds_of(compare):
            word = "Stratified difference" if kind == STRATIFIED else "Difference"
            yield self._row(f"{word}, % (95% CI)", self._difference(rate, kind), rate.id)
            if kind == STRATIFIED or not compare.strata:
                yield self._row("Odds ratio (95% CI)", self._odds_ratio(rate, kind), rate.id)
                yield self._row("p-value", self._p_value(rate, kind), rate.id)

    def _limits(self, rate: Rate) -> MakeCell:
        def cell(column: str) -> Cell:
            lower, upper = (self.numbers.get(rate.id, end, (column,)) for end in ("lower", "upper"))
            return self.numbers.cell(format_interval(lower.value, upper.value, 1), lower, upper)

        return cell

    def _found(self, rate: Rate, column: str, kind: str, name: str) -> list[Number]:
        names = (name, f"{name}_lower", f"{name}_upper")
        if not self.numbers.has(rate.id, name, (column, kind)):
            return []
        return [self.numbers.get(rate.id, each, (column, kind)) for each in names]

    def _difference(self, rate: Rate, kind: str) -> MakeCell:
        def cell(column: str) -> Cell:
            found = self._found(rate, column, kind, "difference")
            return estimate_cell(self.numbers, found, 1) if found else NOTHING

        return cell

    def _odds_ratio(self, rate: Rate, kind: str) -> MakeCell:
        def cell(column: str) -> Cell:
            found = self._found(rate, column, kind, "odds_ratio")
            return estimate_cell(self.numbers, found, 2) if found else NOTHING

        return cell

    def _p_value(self, rate: Rate, kind: str) -> MakeCell:
        def cell(column: str) -> Cell:
            if not self.numbers.has(rate.id, "p_value", (column, kind)):
                return NOTHING
            return p_value_cell(self.numbers, self.numbers.get(rate.id, "p_value", (column, kind)))

        return cell

    def footnotes(self) -> tuple[str, ...]:
        """How the numbers were computed."""
        notes = [f"Confidence limits of rates: {LIMITS[self.body.interval]}."]
        compare = self.body.compare
        if compare is not None:
            strata = f", stratified by {join_words(compare.strata)}" if compare.strata else ""
            notes.append(
                f"Compared with {compare.reference}: difference with limits of Miettinen and Nurminen"
                f"{f'{strata} (weights of Cochran, Mantel and Haenszel)' if strata else ''}; odds ratio of Mantel and "
                f"Haenszel and test of Cochran, Mantel and Haenszel{strata}, two-sided. NE: not estimable."
            )
        return tuple(notes)
