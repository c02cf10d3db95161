"""Columns of a frame as the bytes of a transport file, and the values that do not fit."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from crf2tlf.tables.arrow import ArrowColumn, ArrowText, pc
from crf2tlf.tables.xpt_layout import MAX_TEXT_BYTES, XptVariable
from crf2tlf.tables.xpt_numbers import Flags, Floats, Words, ibm_from_ieee
from crf2tlf.tables.xpt_text import BLANKS, Cells, UnencodableError, cells_from_text, encoded, longest_value, text_array

SHOWN = 60
WHOLE_UP_TO = 2**53


@dataclass(frozen=True)
class Misfit:
    """Values of one variable that cannot be stored: the first one's row (from 0), what is wrong, how many rows."""

    variable: str
    row: int
    value: str
    reason: str
    fix: str
    count: int


@dataclass(frozen=True)
class Column:
    """A column that is to be written: Arrow text or doubles, whichever the variable is."""

    variable: XptVariable
    text: ArrowColumn | None
    numbers: Floats | None

    def cells(self, start: int, stop: int, encoding: str) -> Cells | Words | Misfit:
        """The bytes of some rows, or what does not fit."""
        if self.text is not None:
            part = self.text.slice(start, stop - start)
            array = part.chunk(0) if part.num_chunks == 1 else part.combine_chunks()
            return text_cells(array, self.variable, encoding, start)
        assert self.numbers is not None
        return number_cells(self.numbers[start:stop], self.variable, start)


def column_of(series: pd.Series, variable: XptVariable) -> Column | Misfit:
    """The column in the form in which it is written.

    Raises TypeError where the column is of the wrong kind; whole numbers that a double cannot keep are a Misfit.
    """
    if variable.type == "text":
        return Column(variable, text_array(series), None)
    dtype = series.dtype
    if pd.api.types.is_bool_dtype(dtype) or not pd.api.types.is_numeric_dtype(dtype):
        raise TypeError(f"holds {dtype}, not numbers")
    numbers: Floats = series.to_numpy(dtype=np.float64, na_value=np.nan)
    if pd.api.types.is_integer_dtype(dtype):
        inexact = inexact_integers(series, numbers)
        if inexact.any():
            row = int(inexact.argmax())
            reason = "has more digits than a number can keep"
            fix = f"make {variable.name} a text variable"
            return Misfit(variable.name, row, str(series.iloc[row]), reason, fix, int(inexact.sum()))
    return Column(variable, None, numbers)


def inexact_integers(series: pd.Series, numbers: Floats) -> Flags:
    """Which whole numbers are changed by their way through a double (possible beyond 2**53)."""
    large: Flags = np.abs(numbers) >= WHOLE_UP_TO
    if large.any():
        large[large] = [int(whole) != int(double) for whole, double in zip(series[large], numbers[large], strict=True)]
    return large


def text_cells(array: ArrowText, variable: XptVariable, encoding: str, start: int) -> Cells | Misfit:
    """Text filled up with blanks to the variable's length, or the values that are too long or not in the encoding."""
    try:
        values = encoded(array, encoding)
    except UnencodableError as error:
        value = array[error.row].as_py()
        fix = f"correct the value of {variable.name}, or give the dataset the encoding utf-8"
        return Misfit(variable.name, start + error.row, shown(value), error.what(encoding), fix, 1)
    if longest_value(values) > variable.length:
        # Blanks at the end of a value are not stored apart from those that fill it up, so they need no room.
        values = pc.ascii_rtrim(values, characters=BLANKS)
        if longest_value(values) > variable.length:
            return too_long(array, values, variable, start)
    return cells_from_text(values, variable.length)


def too_long(array: ArrowText, values: ArrowText, variable: XptVariable, start: int) -> Misfit:
    """The values of more bytes than the variable's length."""
    sizes = pc.fill_null(pc.binary_length(values), 0).to_numpy()
    long = sizes > variable.length
    row, longest = int(long.argmax()), int(sizes.max())
    fix = f"give {variable.name} a length of {longest} bytes or more"
    if longest > MAX_TEXT_BYTES:
        fix = f"split the values of {variable.name}: text beyond 200 bytes goes to SUPP-- (SDTMIG)"
    reason = f"is {sizes[row]} bytes long, the length is {variable.length}"
    return Misfit(variable.name, start + row, shown(array[row].as_py()), reason, fix, int(long.sum()))


def number_cells(numbers: Floats, variable: XptVariable, start: int) -> Cells | Words | Misfit:
    """IBM numbers of the variable's length, or the numbers that are out of range or lose digits."""
    words, outside = ibm_from_ieee(numbers)
    if outside is not None:
        reason = "is beyond what a transport file can hold (16**-65 to 16**63)"
        return number_misfit(numbers, outside, variable, start, reason, f"correct {variable.name}, or store it as text")
    if variable.length == 8:
        return words
    lost = (words & np.uint64((1 << 8 * (8 - variable.length)) - 1)) != 0
    if lost.any():
        reason = f"loses digits in {variable.length} bytes"
        return number_misfit(numbers, lost, variable, start, reason, f"give {variable.name} a length of 8 bytes")
    cells: npt.NDArray[np.uint8] = words.byteswap().view(np.uint8).reshape(-1, 8)[:, : variable.length]
    return np.ascontiguousarray(cells).view(f"V{variable.length}").ravel()


def number_misfit(numbers: Floats, wrong: Flags, variable: XptVariable, start: int, reason: str, fix: str) -> Misfit:
    """The misfit of the numbers that are marked."""
    row = int(wrong.argmax())
    return Misfit(variable.name, start + row, repr(float(numbers[row])), reason, fix, int(wrong.sum()))


def shown(value: str) -> str:
    """A value as an error shows it: quoted, cut after 60 characters."""
    return repr(value if len(value) <= SHOWN else value[:SHOWN] + "...")
