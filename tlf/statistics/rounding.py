"""Numbers as text: round half away from zero on the decimal value, as SAS formats do; Python rounds half to even."""

from __future__ import annotations

import math
from decimal import ROUND_HALF_UP, Context, Decimal

from crf2tlf.errors import DataError

NOT_ESTIMABLE = "NE"

# A double holds 15 to 17 digits. A computed 2.5 may be stored as 2.4999999999999996; 14 digits take that noise away
# before the rounding and leave every value that somebody could have collected as it is.
_GUARD_DIGITS = 14

# The largest double has 309 digits before the point; the default context of decimal would refuse beyond 28.
_ANY_DOUBLE = Context(prec=400)


def _round_decimal(value: float, decimals: int) -> Decimal:
    """The value rounded half away from zero; never minus zero."""
    if decimals < 0:
        raise DataError(f"a number of decimals is at least 0, not {decimals}")
    guarded = Decimal(f"{value:.{_GUARD_DIGITS - 1}e}")
    rounded = guarded.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP, context=_ANY_DOUBLE)
    return abs(rounded) if rounded.is_zero() else rounded


def round_half_away(value: float, decimals: int) -> float:
    """The value rounded half away from zero at its decimal digits: 0.285 gives 0.29, -2.5 gives -3; NaN stays NaN."""
    return float(_round_decimal(value, decimals)) if math.isfinite(value) else value


def format_number(value: float, decimals: int, *, missing: str = NOT_ESTIMABLE) -> str:
    """The value with exactly `decimals` digits after the point, half away from zero; NaN and infinite give `missing`.

    A value that rounds to zero is shown without a minus sign.
    """
    return f"{_round_decimal(value, decimals):f}" if math.isfinite(value) else missing


def format_interval(lower: float, upper: float, decimals: int, *, missing: str = NOT_ESTIMABLE) -> str:
    """Two limits as "(10.5, NE)", each as format_number writes it."""
    return f"({format_number(lower, decimals, missing=missing)}, {format_number(upper, decimals, missing=missing)})"


def format_p_value(p: float, decimals: int = 4, *, missing: str = NOT_ESTIMABLE) -> str:
    """A p-value with `decimals` digits, or "<0.0001" when it is smaller than the last digit (as SAS PVALUEw.d)."""
    if math.isnan(p):
        return missing
    if not 0 <= p <= 1:
        raise DataError(f"a p-value is between 0 and 1, not {p}")
    smallest = Decimal(1).scaleb(-decimals)
    return f"<{smallest:f}" if Decimal(p) < smallest else format_number(p, decimals)


def format_count(n: int, denominator: int, decimals: int = 1) -> str:
    """A count with its percentage, "12 (14.0)"; "0" alone for none, "86 (100)" for all, "0" of an empty group."""
    if not 0 <= n <= denominator:
        raise DataError(f"a count is between 0 and its denominator {denominator}, not {n}")
    if n == 0:
        return "0"
    return f"{n} (100)" if n == denominator else f"{n} ({format_number(100 * n / denominator, decimals)})"
