"""The facts of a study that are no datasets: codelists, raw forms, tables and dictionaries."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar
from typing import Literal as OneOf

from crf2tlf.errors import Location
from crf2tlf.rules.expressions import Expression


@dataclass(frozen=True)
class CodelistTerm:
    """A term that can occur in the study, with the collected values that become it."""

    value: str
    code: str
    decode: str
    collected: tuple[str, ...]
    extended: bool
    location: Location


@dataclass(frozen=True)
class Codelist:
    """A codelist of the study: the CDISC list's terms that can occur, or a sponsor's own list."""

    name: str
    label: str
    code: str
    extensible: bool
    terms: dict[str, CodelistTerm]
    location: Location

    @cached_property
    def by_collected(self) -> dict[str, str]:
        """Submission value by collected value; a submission value stands for itself."""
        own = {value: value for value in self.terms}
        return own | {text: term.value for term in self.terms.values() for text in term.collected}

    @property
    def has_decodes(self) -> bool:
        return any(term.decode for term in self.terms.values())


@dataclass(frozen=True)
class CodelistChoice:
    """The codelists of a variable by the value of another: `{by: DSCAT, of: {PROTOCOL MILESTONE: PROTMLST}}`."""

    by: str
    of: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class LongForm:
    """How a wide form is seen as one row a test: the table of tests, its rows, and which columns name raw fields."""

    form: str
    table: str
    select: tuple[tuple[str, str], ...]
    values: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class CodeTexts:
    """The texts that stand beside codes in the extract: a study table with the text of each code, by form and field.

    The code of FIELD stands in the field FIELD + `suffix`.
    """

    COLUMNS: ClassVar[tuple[str, ...]] = ("FORM", "FIELD", "CODE", "TEXT")
    table: str
    suffix: str
    location: Location


@dataclass(frozen=True)
class Form:
    """A raw form: its file, how to read it and where its subject stands.

    `subject_prefix` stands before the identifier in the subject's field, as in the USUBJID of a vendor's dataset.
    `cut_off` is the field whose date is compared with the data cut-off of the study, or "".
    `crf` is the PDF of its annotated CRF, or the name of its page in the study's CRF where that is another than the
    form's name in capitals. `collected_by` is the source of what it holds (Define-XML 2.1, 5.3.11.3).
    """

    name: str
    label: str
    file: str
    format: OneOf["csv", "sas7bdat", "xpt", "xlsx", "odm"]
    encoding: str
    header_rows: OneOf[1, 2]
    sheet: str
    subject: str
    dates: str
    crf: str
    fields: tuple[str, ...]
    location: Location
    long: LongForm | None = None
    subject_prefix: str = ""
    cut_off: str = ""
    collected_by: OneOf["Investigator", "Subject", "Vendor"] = "Investigator"

    @property
    def crf_file(self) -> str:
        """The PDF of the form's annotated CRF, or ""."""
        return self.crf if self.crf.lower().endswith(".pdf") else ""


@dataclass(frozen=True)
class Table:
    """A table of study facts, such as the visits: texts by column, from a CSV file of the study's folder."""

    name: str
    path: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    location: Location

    def values(self, column: str) -> list[str]:
        """A column's values in file order."""
        position = self.columns.index(column)
        return [row[position] for row in self.rows]


@dataclass(frozen=True)
class SubjectFacts:
    """How subjects are identified: USUBJID from the raw identifier SUBJID, and identifiers that count for another."""

    id: Expression
    id_text: str
    same: tuple[tuple[str, str], ...]
    table: str
    location: Location


@dataclass(frozen=True)
class Exclusion:
    """Subjects whose records are left out of every dataset, such as those of a test of the system."""

    id: str
    where: Expression
    reason: str
    location: Location


@dataclass(frozen=True)
class Dictionary:
    """An external dictionary such as MedDRA."""

    id: str
    name: str
    version: str
