"""The functions of the expression language, over whole columns (arguments and meaning: `function_names`)."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from crf2tlf.rules.columns import (
    TEXT,
    Column,
    boolean_column,
    choose,
    compute_by_distinct,
    compute_iso_dates,
    compute_sas_dates,
    is_missing,
    is_true,
    number_column,
    take_rows,
    text_column,
)
from crf2tlf.rules.normal import compute_normal
from crf2tlf.rules.pieces import compute_piece

NUMBER_PATTERN = r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?"
_FIRST_DAY, _LAST_DAY = -138061, 2936549  # 1582-01-01 and 9999-12-31, the dates that SAS knows with four digits
_WHOLE_FROM = 2.0**52  # from here on every double is a whole number


@compute_by_distinct
def compute_numbers(texts: Column) -> Column:
    """The numbers that texts hold; missing where a text is missing, is no plain decimal number or over 1.8e308."""
    stripped = texts.str.strip()
    plain = stripped.str.fullmatch(NUMBER_PATTERN).fillna(False).to_numpy(dtype=bool)
    numbers = np.full(len(texts), np.nan)
    numbers[plain] = stripped[plain].astype("float64").to_numpy()
    return number_column(np.where(np.isinf(numbers), np.nan, numbers))


def compute_number_texts(numbers: Column) -> Column:
    """Numbers as the shortest text that gives the same number again, whole numbers without a decimal point."""
    values, codes = np.unique(numbers.to_numpy(), return_inverse=True)
    return take_rows(text_column([_shortest(value) for value in values.tolist()]), codes.astype(np.int64))


def compute_rounded(numbers: Column, decimals: Column | None = None) -> Column:
    """Rounded half away from zero at the decimal digits: 1.005 to 2 decimals gives 1.01, -2.5 gives -3; never -0.

    A double holds 1.005 a little too small, so what lies within a relative 1e-14 of a half counts as that half.
    """
    values = numbers.to_numpy()
    places = decimals.to_numpy() if decimals is not None else np.zeros(len(values))
    up, down = 10.0 ** np.maximum(places, 0), 10.0 ** np.maximum(-places, 0)
    with np.errstate(over="ignore"):
        scaled = np.abs(values) * up / down
        rounded = np.floor(scaled + 0.5 + np.minimum(scaled * 1e-14, 1e-3)) / up * down
    return number_column(np.where(scaled < _WHOLE_FROM, np.sign(values) * rounded, values) + 0.0)


def _shortest(value: float) -> str | None:
    if value != value:
        return None
    if abs(value) < 1e15 and value == int(value):
        return str(int(value))
    plain = 1e-7 <= abs(value) < 1e21
    return np.format_float_positional(value, trim="-") if plain else repr(value)


def _fixed(argument: Column) -> str:
    """The one value of a column that must be constant."""
    values = argument.dropna().unique()
    if len(values) > 1:
        raise ValueError("this argument must be the same text in every row")
    return str(values[0]) if len(values) else ""


def _fixed_number(argument: Column) -> int:
    return int(argument.iloc[0]) if len(argument) else 0


def _concat(*texts: Column) -> Column:
    result = texts[0]
    for text in texts[1:]:
        result = result + text
    return result


def _substr(text: Column, start: Column, length: Column | None = None) -> Column:
    first = _fixed_number(start) - 1
    stop = first + _fixed_number(length) if length is not None else None
    return text_column(text.str.slice(first, stop))


def _scan(text: Column, position: Column, separator: Column) -> Column:
    pieces: Column = text.str.split(_fixed(separator), regex=False).astype(object)
    return text_column(pd.Series(pieces.str.get(_fixed_number(position) - 1).to_numpy(dtype=object), dtype=TEXT))


def _iso_part(pattern: str) -> Callable[[Column], Column]:
    return lambda text: compute_numbers(text.str.extract(pattern, expand=False).astype(TEXT))


def _text_test(test: Callable[[Column, str], Column]) -> Callable[[Column, Column], Column]:
    def compute(text: Column, part: Column) -> Column:
        found = test(text, _fixed(part)).fillna(False).to_numpy(dtype=bool)
        return boolean_column(found, is_missing(text))

    return compute


def _complete(text: Column) -> Column:
    return boolean_column(~np.isnan(compute_sas_dates(text)), is_missing(text))


def _iso(number: Column) -> Column:
    days = np.floor(number.to_numpy())
    return compute_iso_dates(np.where((days >= _FIRST_DAY) & (days <= _LAST_DAY), days, np.nan))


def _is_ascii(text: Column) -> Column:
    plain = text.str.fullmatch(r"[\x00-\x7f]*").astype("boolean")
    return boolean_column(is_true(plain), is_missing(text))


def _extreme(take_larger: bool) -> Callable[..., Column]:
    def compute(*columns: Column) -> Column:
        result = columns[0]
        for column in columns[1:]:
            better = (column > result) if take_larger else (column < result)
            better = better.fillna(False).astype(bool) | (result.isna() & column.notna())
            result = choose(better.to_numpy(dtype=bool), column, result)
        return result

    return compute


def _coalesce(*columns: Column) -> Column:
    result = columns[0]
    for column in columns[1:]:
        result = choose(~is_missing(result), result, column)
    return result


FUNCTIONS: dict[str, Callable[..., Column]] = {
    "missing": lambda column: boolean_column(is_missing(column), np.zeros(len(column), dtype=bool)),
    "complete": _complete,
    "upper": lambda text: text.str.upper(),
    "lower": lambda text: text.str.lower(),
    "trim": lambda text: text_column(text.str.strip()),
    "normal": compute_normal,
    "is_ascii": _is_ascii,
    "digits": lambda text: text_column(text.str.extract(r"([0-9]+(?:\.[0-9]+)?)", expand=False).astype(TEXT)),
    "concat": _concat,
    "substr": _substr,
    "replace": lambda text, old, new: text_column(text.str.replace(_fixed(old), _fixed(new), regex=False)),
    "scan": _scan,
    "piece": lambda text, number: compute_piece(text, _fixed_number(number)),
    "text": compute_number_texts,
    "datepart": lambda text: text_column(text.str.slice(0, 10)),
    "timepart": lambda text: text_column(text.str.slice(11, None)),
    "contains": _text_test(lambda text, part: text.str.contains(part, regex=False)),
    "starts_with": _text_test(lambda text, part: text.str.startswith(part)),
    "ends_with": _text_test(lambda text, part: text.str.endswith(part)),
    "length": lambda text: number_column(text.str.len().to_numpy(dtype="float64", na_value=np.nan)),
    "number": compute_numbers,
    "date": lambda text: number_column(compute_sas_dates(text)),
    "iso": _iso,
    "year": _iso_part(r"^([0-9]{4})"),
    "month": _iso_part(r"^[0-9]{4}-([0-9]{2})"),
    "day": _iso_part(r"^[0-9]{4}-[0-9]{2}-([0-9]{2})"),
    "abs": lambda number: number.abs(),
    "round": compute_rounded,
    "floor": lambda number: number_column(np.floor(number.to_numpy())),
    "ceil": lambda number: number_column(np.ceil(number.to_numpy())),
    "min": _extreme(take_larger=False),
    "max": _extreme(take_larger=True),
    "coalesce": _coalesce,
}
