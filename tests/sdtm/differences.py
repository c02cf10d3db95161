"""Compares two sets of SDTM datasets cell by cell, and the differences with a list of claims."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pyreadstat

# What names a record in both sets; AE's is explained in docs/cdiscpilot01_differences.md.
KEYS: dict[str, tuple[str, ...]] = {
    "DM": ("USUBJID",),
    "AE": ("USUBJID", "AETERM", "AEDTC", "AELLT", "AEENDTC", "AESEV", "AEREL", "AEOUT"),
    "EX": ("USUBJID", "EXSTDTC"),
    "DS": ("USUBJID", "DSSTDTC", "DSCAT"),
    "SUPPAE": ("PARENT", "QNAM"),
    "SUPPDM": ("USUBJID", "QNAM"),
    "SUPPDS": ("USUBJID", "QNAM"),
    "SE": ("USUBJID", "ETCD"),
    "SV": ("USUBJID", "VISITNUM"),
    "TA": ("ARMCD", "ETCD"),
    "TE": ("ETCD",),
    "TI": ("IETESTCD",),
    "TV": ("VISITNUM",),
    "TS": ("TSPARMCD",),
}
# Records that agree in the key are told apart by their place in this order.
TIES = {"AE": "AESTDTC", "TS": "TSSEQ"}

Claim = dict[str, str]


@dataclass(frozen=True)
class Difference:
    """A cell that differs, a published record that is not ours (`missing_record`), or one of ours (`extra_record`)."""

    dataset: str
    kind: str
    variable: str
    key: str
    published: str
    ours: str
    record: tuple[tuple[str, str], ...] = ()

    @property
    def line(self) -> str:
        """The line of a group's digest."""
        return f"{self.key}\t{self.published}\t{self.ours}\n"


@dataclass(frozen=True)
class Counts:
    """How far a dataset was compared."""

    published: int
    ours: int
    matched: int
    variables: int
    equal_variables: int
    cells: int
    different_cells: int


def read_texts(path: Path, encoding: str) -> pd.DataFrame:
    """All variables of an XPT file as texts: numbers in their shortest form, a missing value is ""."""
    frame, _ = pyreadstat.read_xport(str(path), encoding=encoding)
    return frame.map(as_text)


def as_text(value: object) -> str:
    """A cell as the comparison sees it."""
    if value is None or value != value:
        return ""
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    return str(value).strip()


def add_record_keys(name: str, frame: pd.DataFrame, parent: pd.DataFrame | None) -> pd.DataFrame:
    """The frame with the key of each record as its index; no two are alike."""
    keyed = frame.copy()
    if name == "SUPPAE":
        assert parent is not None
        keys = dict(zip(zip(parent["USUBJID"], parent["AESEQ"], strict=True), parent.index, strict=True))
        keyed["PARENT"] = [keys[place] for place in zip(frame["USUBJID"], frame["IDVARVAL"], strict=True)]
    if name in TIES:
        keyed = keyed.sort_values(TIES[name], kind="stable")
    columns = [keyed[part] for part in KEYS[name]]
    texts = pd.Series(["|".join(parts) for parts in zip(*columns, strict=True)], dtype=object)
    number = texts.groupby(texts).cumcount() + 1
    keyed.index = pd.Index([text if n == 1 else f"{text}|#{n}" for text, n in zip(texts, number, strict=True)])
    assert keyed.index.is_unique
    return keyed


def compare(
    published: Mapping[str, pd.DataFrame], ours: Mapping[str, pd.DataFrame]
) -> tuple[list[Difference], dict[str, Counts]]:
    """Every difference in the published variables of all datasets, and how much was compared."""
    found: list[Difference] = []
    counts: dict[str, Counts] = {}
    parents: list[pd.DataFrame | None] = [None, None]
    for name in KEYS:
        theirs = add_record_keys(name, published[name], parents[0])
        own = add_record_keys(name, ours[name], parents[1])
        if name == "AE":
            parents = [theirs, own]
        differences, counts[name] = compare_dataset(name, list(published[name].columns), theirs, own)
        found += differences
    return found, counts


def compare_dataset(
    name: str, variables: Sequence[str], theirs: pd.DataFrame, own: pd.DataFrame
) -> tuple[list[Difference], Counts]:
    """The differences of one dataset, all published variables compared."""
    both = theirs.index.intersection(own.index, sort=False)
    found = [_record(name, "missing_record", key, theirs) for key in theirs.index.difference(own.index)]
    found += [_record(name, "extra_record", key, own) for key in own.index.difference(theirs.index)]
    unequal = 0
    cells = 0
    for variable in variables:
        left = theirs.loc[both, variable]
        right = own.loc[both, variable] if variable in own else pd.Series("", index=both)
        different = both[(left != right).to_numpy()]
        unequal += len(different) > 0
        cells += len(different)
        for key in different:
            record = tuple((column, theirs.at[key, column]) for column in variables)
            found.append(Difference(name, "cell", variable, key, left[key], right[key], record))
    compared = len(both) * len(variables)
    counts = Counts(len(theirs), len(own), len(both), len(variables), len(variables) - unequal, compared, cells)
    return found, counts


def _record(name: str, kind: str, key: str, frame: pd.DataFrame) -> Difference:
    return Difference(name, kind, "", key, "", "", tuple((column, frame.at[key, column]) for column in frame.columns))


def read_claims(path: Path) -> list[Claim]:
    """The list of claims, all texts."""
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def check_claims(differences: Sequence[Difference], claims: Sequence[Claim]) -> list[str]:
    """What keeps the list from being the differences, no more and no less: nothing when it is true."""
    faults: list[str] = []
    covered: list[list[Difference]] = [[] for _ in claims]
    for difference in differences:
        cell = [number for number, claim in enumerate(claims) if _is_cell(claim, difference)]
        found = cell or [number for number, claim in enumerate(claims) if _is_in_group(claim, difference)]
        if len(found) != 1:
            faults.append(f"{len(found)} claims cover {_shown(difference)}")
            continue
        covered[found[0]].append(difference)
    for claim, cells in zip(claims, covered, strict=True):
        faults += _check_claim(claim, cells)
    return faults


def compute_digest(differences: Sequence[Difference]) -> str:
    """The first 16 hexadecimal digits of the SHA-256 of the sorted lines of some differences."""
    return hashlib.sha256("".join(sorted(each.line for each in differences)).encode()).hexdigest()[:16]


def _check_claim(claim: Claim, cells: list[Difference]) -> list[str]:
    shown = " ".join(filter(None, (claim[name] for name in ("dataset", "kind", "variable", "where", "key"))))
    if len(cells) != int(claim["count"]):
        return [f"{shown}: {claim['count']} claimed, {len(cells)} found"]
    if not claim["key"] and compute_digest(cells) != claim["digest"]:
        return [f"{shown}: the digest is {compute_digest(cells)}"]
    return []


def _is_cell(claim: Claim, difference: Difference) -> bool:
    names = ("dataset", "kind", "variable", "key", "published", "ours")
    return bool(claim["key"]) and all(claim[name] == getattr(difference, name) for name in names)


def _is_in_group(claim: Claim, difference: Difference) -> bool:
    if claim["key"] or any(claim[name] != getattr(difference, name) for name in ("dataset", "kind", "variable")):
        return False
    filled = ["*" if text else "" for text in (difference.published, difference.ours)]
    if [claim["published"], claim["ours"]] != filled:
        return False
    variable, _, value = claim["where"].partition("=")
    return not variable or (variable, value) in difference.record


def _shown(difference: Difference) -> str:
    place = " ".join(filter(None, (difference.dataset, difference.kind, difference.variable, difference.key)))
    return f"{place}: published {difference.published!r}, ours {difference.ours!r}"
