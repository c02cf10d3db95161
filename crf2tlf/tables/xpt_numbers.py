"""Numbers of a SAS transport file: IBM hexadecimal floating point, base 16, exponent excess 64, 56 bits of fraction.

An IEEE double of magnitude 16**-65 to 16**63 is stored without loss (53 bits fit in 56). `.A` to `.Z` and `._` are kept
as NaN with the letter's ASCII code in its last byte; every other NaN is the plain missing value `.`.
Source: TS-140, section "Missing values are written out with the first byte indicating the proper missing value".
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Words = npt.NDArray[np.uint64]
Flags = npt.NDArray[np.bool_]

PLAIN_MISSING = 0x2E
LETTERS = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ_")
QUIET_NAN = np.uint64(0x7FF8000000000000)
SIGN = np.uint64(1 << 63)
IEEE_FRACTION = np.uint64((1 << 52) - 1)
LEADING_BIT = 1 << 52
IBM_FRACTION = np.uint64((1 << 56) - 1)
EXPONENTS = np.arange(128) - 64
SCALE = np.ldexp(np.concatenate([np.ones(128), -np.ones(128)]), np.tile(4 * EXPONENTS - 56, 2))
"""What an IBM fraction is multiplied by, for each value of the first byte; powers of two, so nothing is rounded."""


def ibm_heads() -> Words:
    """For the first 12 bits of a double: sign, exponent and leading bit of the IBM number, or 0 where there is none.

    With e the IEEE exponent, the IBM exponent is (e >> 2) + 1, and the fraction moves up by e & 3 bits.
    """
    exponent = np.arange(2048) - 1023
    head = ((exponent >> 2) + 65).astype(np.uint64) << np.uint64(56)
    head |= np.uint64(LEADING_BIT) << (exponent & 3).astype(np.uint64)
    head[(exponent < -260) | (exponent > 251)] = 0
    return np.concatenate([head, np.where(head == 0, head, head | SIGN)])


IBM_HEAD = ibm_heads()


def special_missing(letter: str) -> float:
    """The float that stands for the special missing value `.A` to `.Z` or `._`; give the letter, or "_"."""
    if len(letter) != 1 or ord(letter) not in LETTERS:
        raise ValueError(f"'{letter}' is not one of A to Z or _")
    return float(np.array([int(QUIET_NAN) | ord(letter)], dtype=np.uint64).view(np.float64)[0])


def missing_codes(values: Floats) -> npt.NDArray[np.uint8]:
    """The ASCII code of each missing value: 46 for `.`, 65 to 90 for `.A` to `.Z`, 95 for `._`; 0 where not missing."""
    bits = values.view(np.uint64) & ~SIGN
    code = np.where(np.isnan(values), np.uint8(PLAIN_MISSING), np.uint8(0))
    tag = bits - QUIET_NAN
    tagged = np.isin(tag, np.array(sorted(LETTERS), dtype=np.uint64))
    code[tagged] = tag[tagged].astype(np.uint8)
    return code


def ibm_from_ieee(values: Floats) -> tuple[Words, Flags | None]:
    """IBM doubles as 64-bit words, and which values are out of range (None where all are in range)."""
    bits = np.ascontiguousarray(values, dtype=np.float64).view(np.uint64)
    first_bits = (bits >> np.uint64(52)).view(np.int64)
    head = IBM_HEAD[first_bits]
    words = bits & IEEE_FRACTION
    words <<= ((first_bits + 1) & 3).view(np.uint64)
    words |= head
    special = head == 0
    if not special.any():
        return words, None
    found = values[special]
    codes = missing_codes(found)
    words[special] = codes.astype(np.uint64) << np.uint64(56)
    wrong = (codes == 0) & (found != 0)
    if not wrong.any():
        return words, None
    special[special] = wrong
    return words, special


def ieee_from_ibm(words: Words) -> Floats:
    """IEEE doubles of IBM words; a fraction of more than 53 bits (mainframe files) is rounded to the nearest double."""
    fraction = words & IBM_FRACTION
    first_byte = (words >> np.uint64(56)).view(np.int64)
    values: Floats = fraction.view(np.int64).astype(np.float64)
    values *= SCALE[first_byte]
    empty = (fraction == 0) & (first_byte != 0)
    if empty.any():
        values[empty] = values_without_fraction(first_byte[empty])
    return values


def values_without_fraction(first_byte: npt.NDArray[np.int64]) -> Floats:
    """Missing values, or zero where the first byte is a mere sign or exponent."""
    by_first_byte = np.zeros(256)
    by_first_byte[PLAIN_MISSING] = np.nan
    for code in LETTERS:
        by_first_byte[code] = special_missing(chr(code))
    return by_first_byte[first_byte]
