"""Random numbers that belong to a record: the same whatever block its subject is in and whatever else is drawn."""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

Hashes = npt.NDArray[np.uint64]
Floats = npt.NDArray[np.float64]
# The finaliser of SplitMix64 (Steele, Lea and Flood 2014), a bijection that mixes every bit.
FIRST, SECOND, STEP = (np.uint64(value) for value in (0xBF58476D1CE4E5B9, 0x94D049BB133111EB, 0x9E3779B97F4A7C15))


def mix(values: Hashes) -> Hashes:
    """Each number to another one that has no visible relation to it."""
    values = (values ^ (values >> np.uint64(30))) * FIRST
    values = (values ^ (values >> np.uint64(27))) * SECOND
    mixed: Hashes = values ^ (values >> np.uint64(31))
    return mixed


def hash_texts(texts: Any) -> Hashes:
    """A number for each text."""
    hashed: Hashes = pd.util.hash_array(pd.Series(texts).to_numpy(dtype=object), categorize=True)
    return hashed


def draw(seed: int, name: str, owners: Hashes, numbers: npt.NDArray[Any]) -> Floats:
    """Numbers in [0, 1): one for the record `numbers` of each owner, under a name that is used once."""
    digest = hashlib.blake2b(f"{seed}/{name}".encode(), digest_size=8).digest()
    key = np.uint64(int.from_bytes(digest, "little"))
    with np.errstate(over="ignore"):
        state = mix(mix(owners + key) + (numbers.astype(np.uint64) + np.uint64(1)) * STEP)
    return (state >> np.uint64(11)).astype(np.float64) * 2.0**-53
