"""What the displays of times to event share: cells of quartiles and hazard ratios, and how they were computed."""

from __future__ import annotations

from collections.abc import Sequence

from crf2tlf.spec.output_bodies import Compare
from tlf.displays.numbers import Number, Numbers
from tlf.displays.parts import NOTHING, estimate_cell, p_value_cell
from tlf.render import Cell
from tlf.statistics import format_p_value

METHODS = {
    "loglog": "log-log transformation (Brookmeyer and Crowley)",
    "log": "log transformation",
    "plain": "linear limits",
}
STRATIFIED, UNSTRATIFIED = "stratified", "unstratified"


def quartile_cell(numbers: Numbers, name: str, levels: Sequence[str], analysis: str = "QUARTILES") -> Cell:
    """ "12.5 (10.5, NE)" of a quartile."""
    return estimate_cell(numbers, with_limits(numbers, analysis, name, levels), 1)


def with_limits(numbers: Numbers, analysis: str, name: str, levels: Sequence[str]) -> tuple[Number, Number, Number]:
    """A quartile and its limits."""
    lower, upper = (numbers.get(analysis, f"{name}_{end}", levels) for end in ("lower", "upper"))
    return numbers.get(analysis, name, levels), lower, upper


def ratio_numbers(numbers: Numbers, levels: Sequence[str]) -> tuple[Number, Number, Number]:
    """A hazard ratio and its limits; the levels end with the kind of comparison."""
    estimate, lower, upper = (numbers.get("HAZARD_RATIO", name, levels) for name in ("hazard_ratio", "lower", "upper"))
    return estimate, lower, upper


def ratio_cell(numbers: Numbers, levels: Sequence[str], decimals: int = 2) -> Cell:
    """ "0.85 (0.70, 1.03)"; empty where the column is not compared."""
    if not numbers.has("HAZARD_RATIO", "hazard_ratio", levels):
        return NOTHING
    details = (numbers.get("HAZARD_RATIO", name, levels) for name in ("std_error", "p_value"))
    return estimate_cell(numbers, ratio_numbers(numbers, levels), decimals, *details)


def log_rank_cell(numbers: Numbers, levels: Sequence[str]) -> Cell:
    """The two-sided p-value; empty where the column is not compared."""
    if not numbers.has("LOG_RANK_PAIR", "p_value", levels):
        return NOTHING
    details = (numbers.get("LOG_RANK_PAIR", name, levels) for name in ("chi_square", "p_one_sided"))
    return p_value_cell(numbers, numbers.get("LOG_RANK_PAIR", "p_value", levels), *details)


def kinds_of(compare: Compare) -> tuple[str, ...]:
    """The kinds of comparison in their order."""
    stratified = (STRATIFIED,) if compare.strata else ()
    return (*stratified, UNSTRATIFIED) if compare.unstratified or not stratified else stratified


def kind_label(compare: Compare, kind: str, text: str) -> str:
    """ "Stratified hazard ratio"; the word is left out where no comparison has strata."""
    return f"{kind.capitalize()} {text}" if compare.strata else text.capitalize()


def describe_p_value(value: float) -> str:
    """ "p = 0.0312" or "p <0.0001"."""
    text = format_p_value(value)
    return f"p {text}" if text.startswith("<") else f"p = {text}"


def describe_comparison(compare: Compare) -> str:
    """The footnote on hazard ratio and log-rank test."""
    strata = f", a stratum for each combination of {join_words(compare.strata)}" if compare.strata else ""
    test = "log-rank test with the same strata" if compare.strata else "log-rank test"
    return (
        f"Hazard ratio against {compare.reference}, below 1 in favour of the column it stands in: Cox model, ties by "
        f"{compare.ties.capitalize()}{strata}; {test}, two-sided."
    )


def join_words(words: Sequence[str]) -> str:
    """ "A, B and C" """
    return " and ".join(part for part in (", ".join(words[:-1]), *words[-1:]) if part)
