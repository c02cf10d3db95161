"""The datasets as written: their files, columns, and the few indexes that checks share."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from crf2tlf.tables import XptFile, read_xpt

BoolArray = npt.NDArray[np.bool_]
FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
SAS_EPOCH = np.datetime64("1960-01-01", "D")

# Every byte is a character of Latin-1, so that a file with bytes that are not ASCII becomes a finding, not an error.
ENCODING = "latin-1"


@dataclass
class Files:
    """The files of a study by dataset name (the file's name in upper case), and the encoding that they were read in."""

    datasets: Mapping[str, XptFile]
    encoding: str = ENCODING
    _factors: dict[tuple[str, str, bool], tuple[IntArray, npt.NDArray[np.object_]]] = field(default_factory=dict)

    def __contains__(self, name: str) -> bool:
        return name in self.datasets

    def frame(self, name: str) -> pd.DataFrame:
        return self.datasets[name].frame

    def has(self, name: str, column: str) -> bool:
        """Whether the dataset has a file and the file the column."""
        return name in self.datasets and column in self.datasets[name].frame

    def factors(self, name: str, column: str, *, ordered: bool = False) -> tuple[IntArray, npt.NDArray[np.object_]]:
        """The number of each row's value among the column's different values (-1 where missing), and these values."""
        key = (name, column, ordered)
        if key not in self._factors:
            codes, values = pd.factorize(self.frame(name)[column], sort=ordered, use_na_sentinel=True)
            self._factors[key] = np.asarray(codes, dtype=np.int64), np.asarray(values, dtype=object)
        return self._factors[key]

    def matches(self, name: str, column: str, pattern: str) -> BoolArray:
        """Where the pattern is found in a text; False where the text is missing."""
        codes, values = self.factors(name, column)
        wanted = re.compile(pattern)
        found = np.array([wanted.search(value) is not None for value in values.tolist()] + [False])
        return found[codes]

    def outside(self, name: str, column: str, allowed: Iterable[str | float], *, missing: bool = False) -> BoolArray:
        """Where a value is none of those allowed; `missing` says whether a missing one is."""
        codes, values = self.factors(name, column)
        wanted = frozenset(allowed)
        return np.array([value not in wanted for value in values.tolist()] + [missing])[codes]

    def domain_frames(self, domain: str) -> list[str]:
        """The datasets of an SDTM domain: its own, or its parts where it is split (SDTMIG 3.4 section 4.1.7)."""
        if domain in self.datasets:
            return [domain]
        return [name for name in self.datasets if name[:2] == domain and self.has(name, "DOMAIN")]

    def subjects(self, name: str) -> pd.Series:
        """The subjects of a dataset, each once."""
        return self.frame(name)["USUBJID"].dropna().drop_duplicates()


def read_files(paths: Iterable[Path], encoding: str = "ascii") -> Files:
    """The datasets of transport files in the study's encoding."""
    read_as = ENCODING if encoding == "ascii" else encoding
    return Files({path.stem.upper(): read_xpt(path, encoding=read_as) for path in paths}, read_as)


def compute_days(column: pd.Series) -> FloatArray:
    """Days since 1960-01-01: a number column as it is, of ISO 8601 texts the complete dates, NaN for all others."""
    if column.dtype.kind == "f":
        return column.to_numpy(dtype=np.float64)
    codes, values = pd.factorize(column, use_na_sentinel=True)
    heads = pd.Series([str(value)[:10] for value in values], dtype=object)
    parsed = pd.to_datetime(heads, format="%Y-%m-%d", errors="coerce").to_numpy(dtype="datetime64[D]")
    counted = (parsed - SAS_EPOCH) / np.timedelta64(1, "D")
    counted[(heads.str.len() < 10).to_numpy(dtype=bool)] = np.nan
    days: FloatArray = np.append(counted, np.nan)[codes]
    return days


def compute_texts(column: pd.Series) -> pd.Series:
    """Values as people read them: whole numbers without a point, "" where missing."""
    if column.dtype.kind != "f":
        return column.fillna("").astype(object)
    numbers = column.to_numpy(dtype=np.float64)
    whole = np.isfinite(numbers) & (numbers % 1 == 0) & (np.abs(numbers) < 1e15)
    texts = np.array([repr(number) for number in numbers.tolist()], dtype=object)
    texts[whole] = numbers[whole].astype(np.int64).astype(str)
    texts[np.isnan(numbers)] = ""
    return pd.Series(texts, dtype=object)
