"""The records of the standards' CSV files, and their reading row by row."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast

from crf2tlf.errors import Context, UnreadableFile

Core = Literal["Req", "Exp", "Perm", "Cond", ""]


@dataclass(frozen=True)
class StandardVariable:
    """A variable of an implementation guide.

    `order` counts from 1 in the guide's dataset or structure; 0 marks a variable taken from elsewhere (the SDTM model,
    ADSL, a suffix convention). `codelists` are NCI C-codes. `described` is the value domain in words (MedDRA), `values`
    are the values that the guide lists itself (Y). An empty `label` leaves the wording to the study.
    """

    dataset: str
    order: int
    name: str
    label: str
    type: Literal["text", "number"]
    role: str
    core: Core
    codelists: tuple[str, ...]
    described: str
    values: tuple[str, ...] = ()


@dataclass(frozen=True)
class StandardDataset:
    """A dataset (SDTM) or structure (ADaM) of a guide; class and sub-class as Define-XML 2.1 writes them."""

    name: str
    label: str
    class_: str
    structure: str
    sub_class: str = ""


@dataclass(frozen=True)
class Term:
    """A term: NCI C-code, submission value and decode (of a test code the test name, else NCI's preferred term)."""

    code: str
    value: str
    decode: str


@dataclass(frozen=True)
class StandardCodelist:
    """A codelist with its terms by submission value. `pair` is the C-code of the list of names to a list of codes."""

    code: str
    name: str
    label: str
    extensible: bool
    terms: dict[str, Term]
    publishing_set: str = "SDTM"
    pair: str = ""


@dataclass(frozen=True)
class ModelVariable:
    """A variable of the SDTM model: for a class, or for one dataset; `only` and `never` name domains or classes."""

    class_: str
    variable: StandardVariable
    only: frozenset[str]
    never: frozenset[str]


def read_rows(path: Path) -> Iterator[dict[str, str]]:
    """The rows of a CSV file with a header; raises UnreadableFile where it is missing."""
    _check_exists(path)
    with path.open(encoding="utf-8", newline="") as lines:
        yield from csv.DictReader(lines)


def read_datasets(folder: Path) -> Iterator[StandardDataset]:
    """The datasets or structures of a guide, in its order."""
    for row in read_rows(folder / "datasets.csv"):
        yield StandardDataset(row["dataset"], row["label"], row["class"], row["structure"], row["sub_class"])


def read_variables(folder: Path) -> dict[str, tuple[StandardVariable, ...]]:
    """The variables of a guide by dataset, each in the guide's order."""
    datasets: dict[str, list[StandardVariable]] = {}
    for row in read_rows(folder / "variables.csv"):
        datasets.setdefault(row["dataset"], []).append(as_variable(row, int(row["order"])))
    return {name: tuple(variables) for name, variables in datasets.items()}


def as_variable(row: dict[str, str], order: int) -> StandardVariable:
    """A row of variables.csv as a record."""
    return StandardVariable(
        dataset=row["dataset"],
        order=order,
        name=row["variable"],
        label=row["label"],
        type="number" if row["type"] == "Num" else "text",
        role=row["role"],
        core=cast(Core, row["core"]),
        codelists=tuple(row["codelists"].split()),
        described=row["described"],
        values=tuple(row["values"].split("; ")) if row["values"] else (),
    )


def read_terms(folder: Path) -> dict[str, list[tuple[str, str, str]]]:
    """Code, submission value and decode of every term, by the C-code of its list."""
    terms: dict[str, list[tuple[str, str, str]]] = {}
    path = folder / "terms.csv"
    _check_exists(path)
    with path.open(encoding="utf-8", newline="") as lines:
        reader = csv.reader(lines)
        next(reader)
        for codelist, code, value, decode in reader:
            terms.setdefault(codelist, []).append((code, value, decode))
    return terms


def _check_exists(path: Path) -> None:
    if not path.is_file():
        fix = "import the standards again with python -m crf2tlf.spec.standards_import import (docs/standards.md)"
        raise UnreadableFile(f"{path} is missing.", Context(fix=fix))
