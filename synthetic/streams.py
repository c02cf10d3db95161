"""Random numbers that belong to a subject: the same whatever block the subject is simulated in."""

from __future__ import annotations

import hashlib
import math
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

Floats: TypeAlias = NDArray[np.float64]
Bools: TypeAlias = NDArray[np.bool_]
Ints: TypeAlias = NDArray[np.int64]

# One step of Philox's counter makes this many 64-bit numbers, and a double takes one of them.
NUMBERS_A_STEP = 4
SMALLEST = 2.0**-53


def rounded(value: Floats, decimals: int = 0) -> Floats:
    return np.asarray(np.round(value, decimals), dtype=np.float64)


def counted(flags: Bools) -> Ints:
    """How many are true up to each place of a row."""
    return np.asarray(np.cumsum(flags, axis=1), dtype=np.int64)


class Streams:
    """Numbers for the subjects `first` to `first + count - 1`, drawn by name.

    A name and the seed make the key of a Philox generator (counter-based: Salmon et al., SC'11); each subject owns a
    fixed stretch of its counter. So a subject's numbers depend on the seed, the name and the subject alone, not on the
    block, nor on what else was drawn. A name serves once: a second use would repeat the same numbers.
    """

    def __init__(self, seed: int, first: int, count: int) -> None:
        self.seed = seed
        self.first = first
        self.count = count
        self._used: set[str] = set()

    def uniform(self, name: str, *shape: int) -> Floats:
        """Numbers in (0, 1) of shape (count, *shape)."""
        if name in self._used:
            raise ValueError(f"the random stream '{name}' is drawn twice")
        self._used.add(name)
        width = math.prod(shape)
        padded = -(-width // NUMBERS_A_STEP) * NUMBERS_A_STEP
        start = self.first * padded // NUMBERS_A_STEP
        generator = np.random.Generator(np.random.Philox(key=self._key(name), counter=start))
        drawn = generator.random((self.count, padded))[:, :width].reshape(self.count, *shape)
        return np.maximum(drawn, SMALLEST)

    def normal(self, name: str, *shape: int) -> Floats:
        """Standard normal numbers of shape (count, *shape)."""
        return np.asarray(ndtri(self.uniform(name, *shape)), dtype=np.float64)

    def exponential(self, name: str, *shape: int) -> Floats:
        """Exponential numbers with mean 1."""
        return -np.log(self.uniform(name, *shape))

    def chance(self, name: str, probability: float | Floats, *shape: int) -> Bools:
        """True with the probability given."""
        return np.asarray(self.uniform(name, *shape) < probability, dtype=np.bool_)

    def choice(self, name: str, weights: Floats | tuple[float, ...], *shape: int) -> Ints:
        """Positions in `weights` (one row for all, or one row a subject), drawn in proportion."""
        table = np.asarray(weights, dtype=np.float64)
        edges = np.cumsum(table, axis=-1) / np.sum(table, axis=-1, keepdims=True)
        drawn = self.uniform(name, *shape)[..., None]
        if edges.ndim > 1:
            edges = edges.reshape(edges.shape[0], *([1] * len(shape)), edges.shape[-1])
        return np.asarray(np.sum(drawn > edges[..., :-1], axis=-1), dtype=np.int64)

    def whole(self, name: str, low: int, high: int, *shape: int) -> Ints:
        """Whole numbers from `low` to `high`, both included."""
        return (low + np.floor(self.uniform(name, *shape) * (high - low + 1))).astype(np.int64)

    def _key(self, name: str) -> int:
        digest = hashlib.blake2b(f"{self.seed}/{name}".encode(), digest_size=16).digest()
        return int.from_bytes(digest, "little")
