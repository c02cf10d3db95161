"""The closed list of functions of the expression language: their arguments' and results' types.

Kinds: T text, N number, A any, C a constant text, D a constant number; the last letter repeats when `more` is set.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Signature:
    """What a function takes and gives: `arguments` as letters, `result` "text", "number", "boolean" or "same"."""

    arguments: str
    result: str
    meaning: str
    optional: int = 0
    more: bool = False

    def takes(self, count: int) -> bool:
        """Whether a call with this many arguments is right."""
        least = len(self.arguments) - self.optional
        return count >= least and (self.more or count <= len(self.arguments))

    @property
    def arity(self) -> str:
        least, most = len(self.arguments) - self.optional, len(self.arguments)
        if self.more:
            return f"{least} or more arguments"
        span = str(most) if least == most else f"{least} to {most}"
        return f"{span} argument{'s' if most != 1 else ''}"

    def letter(self, position: int) -> str:
        """The kind of the argument at a position, counted from 0."""
        return self.arguments[min(position, len(self.arguments) - 1)]


FUNCTION_SIGNATURES: dict[str, Signature] = {
    "missing": Signature("A", "boolean", "whether the value is missing"),
    "complete": Signature("T", "boolean", "whether an ISO 8601 text holds year, month and day"),
    "upper": Signature("T", "text", "the text in upper case"),
    "lower": Signature("T", "text", "the text in lower case"),
    "trim": Signature("T", "text", "the text without blanks at both ends"),
    "normal": Signature("T", "text", "the text in its normal form, for matching: width, quotes, hyphens and blanks"),
    "is_ascii": Signature("T", "boolean", "whether the text holds ASCII characters only"),
    "digits": Signature("T", "text", "the first number in the text, as it is written"),
    "concat": Signature("TT", "text", "the texts one after the other; missing when one is missing", more=True),
    "substr": Signature("TDD", "text", "characters from a position, counted from 1", optional=1),
    "replace": Signature("TCC", "text", "the text with every occurrence of one text replaced by another"),
    "scan": Signature("TDC", "text", "the n-th part of a text cut at a separator"),
    "piece": Signature("TD", "text", "the n-th piece of at most 200 bytes, cut between words"),
    "text": Signature("N", "text", "the number as the shortest text"),
    "datepart": Signature("T", "text", "the date of an ISO 8601 date and time"),
    "timepart": Signature("T", "text", "the time of an ISO 8601 date and time"),
    "contains": Signature("TC", "boolean", "whether the first text holds the second"),
    "starts_with": Signature("TC", "boolean", "whether the first text starts with the second"),
    "ends_with": Signature("TC", "boolean", "whether the first text ends with the second"),
    "length": Signature("T", "number", "the number of characters"),
    "number": Signature("T", "number", "the number that a text holds"),
    "date": Signature("T", "number", "a complete ISO 8601 date as days since 1960-01-01"),
    "iso": Signature("N", "text", "days since 1960-01-01 as an ISO 8601 date"),
    "year": Signature("T", "number", "the year of an ISO 8601 date"),
    "month": Signature("T", "number", "the month of an ISO 8601 date"),
    "day": Signature("T", "number", "the day of an ISO 8601 date"),
    "abs": Signature("N", "number", "the absolute value"),
    "round": Signature("ND", "number", "rounded half away from zero to so many decimals", optional=1),
    "floor": Signature("N", "number", "the next whole number below"),
    "ceil": Signature("N", "number", "the next whole number above"),
    "min": Signature("AA", "same", "the smallest value that is not missing", more=True),
    "max": Signature("AA", "same", "the largest value that is not missing", more=True),
    "coalesce": Signature("AA", "same", "the first value that is not missing", more=True),
}
