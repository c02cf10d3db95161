"""The typed model of a study's specification, resolved: standards inherited, rules parsed, places known.

Everything downstream (derivation, XPT attributes, define.xml, QC suites, guides) reads these classes and nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal as OneOf

from crf2tlf.errors import Location
from crf2tlf.rules.expressions import Expression, Reference
from crf2tlf.rules.verbs import Rule
from crf2tlf.spec.crf import Crf, FormDef
from crf2tlf.spec.facts import Codelist, CodelistChoice, CodeTexts, Dictionary, Exclusion, Form, SubjectFacts, Table
from crf2tlf.spec.nodes import Mapping
from crf2tlf.spec.time_to_event import Effect, Parameter

Standard = OneOf["SDTM", "ADaM"]
NUMBER_TYPES = ("integer", "float")
_DATE_TYPES = ("date", "time", "datetime", "partialDate", "partialTime", "partialDatetime")
_OTHER_TYPES = ("incompleteDatetime", "durationDatetime", "intervalDatetime")
DATA_TYPES = ("text", *NUMBER_TYPES, *_DATE_TYPES, *_OTHER_TYPES)


@dataclass(frozen=True)
class Origin:
    """Where a value comes from, in Define-XML 2.1's words (section 5.3.11.3: Type and Source).

    `pages` are those of the form's PDF; of forms whose page is drawn, `fields` are the raw fields (form and field) that
    the value was collected in. `stated` tells that the spec names the type.
    """

    type: str
    source: str = ""
    predecessor: str = ""
    form: str = ""
    pages: tuple[int, ...] = ()
    fields: tuple[tuple[str, str], ...] = ()
    stated: bool = False


@dataclass(frozen=True)
class Method:
    """How a value is derived: in words, and as the expression that the engine runs."""

    text: str
    expression: str = ""
    type: OneOf["Computation", "Imputation"] = "Computation"


@dataclass(frozen=True)
class Variable:
    """A variable of a dataset, or a supplemental qualifier, with its one rule."""

    dataset: str
    name: str
    label: str
    type: str
    rule: Rule
    verb: str
    location: Location
    origin: Origin
    length: int | None = None
    significant_digits: int | None = None
    format: str = ""
    codelist: str = ""
    dictionary: str = ""
    method: Method | None = None
    comment: str = ""
    core: str = ""
    role: str = ""
    evaluator: str = ""
    codelist_by: CodelistChoice | None = None
    origin_by: str = ""
    origins: tuple[tuple[str, Origin], ...] = ()  # by a value of `origin_by`, "" for all other values

    @property
    def codelists(self) -> tuple[str, ...]:
        """The names of all codelists that the variable may have."""
        return tuple(dict(self.codelist_by.of).values()) if self.codelist_by else (self.codelist,) * bool(self.codelist)

    @property
    def is_number(self) -> bool:
        return self.type in NUMBER_TYPES

    @property
    def mandatory(self) -> bool:
        """Required by the standard: never missing (define.xml Mandatory=Yes)."""
        return self.core == "Req"


@dataclass(frozen=True)
class RecordSource:
    """Where records come from: the rows of a source for which a condition holds.

    Of rows that agree in `distinct` the first or last by `order` is kept; with `report` the others are issues of it.
    """

    id: str
    source: str
    where: Expression | None
    where_text: str
    distinct: tuple[str, ...]
    location: Location
    keep: OneOf["first", "last"] = "first"
    order: tuple[str, ...] = ()
    report: str = ""


@dataclass(frozen=True)
class Check:
    """A check of the data: each record for which `when` holds is an issue, told with the values of `show`.

    The issue stands at the first of the `fields`, then of `show`, that leads to a collected value of the record.
    """

    id: str
    when: Expression
    when_text: str
    message: str
    severity: OneOf["error", "warning", "note"]
    show: tuple[str, ...]
    location: Location
    fields: tuple[Reference, ...] = ()


@dataclass(frozen=True)
class Result:
    """What of the response engine becomes a parameter: the records of one result for which a condition holds."""

    code: str
    name: str
    result: str
    where: Expression | None
    where_text: str
    location: Location


@dataclass(frozen=True)
class Dataset:
    """A dataset of SDTM or ADaM."""

    name: str
    standard: Standard
    label: str
    class_: str
    subclass: str
    structure: str
    keys: tuple[str, ...]
    records: tuple[RecordSource, ...]
    variables: dict[str, Variable]
    location: Location
    key_locations: dict[str, Location] = field(default_factory=dict)
    supp: dict[str, Variable] = field(default_factory=dict)
    parameters: dict[str, Parameter] = field(default_factory=dict)
    not_submitted: dict[str, str] = field(default_factory=dict)
    not_submitted_locations: dict[str, Location] = field(default_factory=dict)
    comment: str = ""
    working: dict[str, Variable] = field(default_factory=dict)
    checks: tuple[Check, ...] = ()
    results: dict[str, Result] = field(default_factory=dict)

    @property
    def is_reference_data(self) -> bool:
        """Trial design and the like: one set of records for the whole study, no subject."""
        return self.class_ in {"TRIAL DESIGN", "STUDY REFERENCE"}

    @property
    def sequence_variable(self) -> str:
        """The variable with the rule `seq`, or ""."""
        return next((variable.name for variable in self.variables.values() if variable.verb == "seq"), "")

    @property
    def record_number(self) -> str:
        """The variable by which SRCSEQ names a record: ASEQ, or the --SEQ of the domain behind it (not DTHSEQ)."""
        numbers = [name for name in self.variables if re.fullmatch(r"[A-Z]{2}SEQ", name)]
        return "ASEQ" if "ASEQ" in self.variables else (numbers[0] if numbers else "")

    @property
    def supp_name(self) -> str:
        return f"SUPP{self.name}"

    @property
    def file_name(self) -> str:
        return f"{self.name.lower()}.xpt"

    def find(self, name: str) -> Variable | None:
        """A variable of the dataset, submitted or working."""
        return self.variables.get(name) or self.working.get(name)

    def all_variables(self) -> Iterator[Variable]:
        """The dataset's variables, its supplemental qualifiers, and the working variables that no file holds."""
        yield from self.variables.values()
        yield from self.supp.values()
        yield from self.working.values()


@dataclass(frozen=True)
class Response:
    """A run of the response engine: its criterion, and what of the study's datasets it reads.

    `inputs` holds the subjects, lesions, measurements and reported responses as datasets that no file holds, each by
    its whole name such as RECIST.lesions. `driver` says which responses the results come from: computed or reported.
    """

    name: str
    criterion: str
    driver: OneOf["computed", "reported"]
    evaluators: tuple[str, ...]
    override: Mapping | None
    inputs: dict[str, Dataset]
    location: Location
    effect_on: Effect | None = None

    @property
    def source(self) -> str:
        """The name by which rules read its records."""
        return f"response.{self.name}"

    def input(self, table: str) -> Dataset | None:
        """One of its inputs by its short name."""
        return self.inputs.get(f"{self.name}.{table}")


@dataclass(frozen=True)
class Study:
    """A study's whole specification."""

    name: str
    study_id: str
    protocol: str
    title: str
    folder: Path
    root: Path
    standards: dict[str, str]
    constants: dict[str, str | float]
    raw_folder: str
    forms: dict[str, Form]
    tables: dict[str, Table]
    codelists: dict[str, Codelist]
    dictionaries: dict[str, Dictionary]
    sdtm: dict[str, Dataset]
    adam: dict[str, Dataset]
    location: Location
    cut_off: str = ""
    responses: dict[str, Response] = field(default_factory=dict)
    subject: SubjectFacts | None = None
    excluded: tuple[Exclusion, ...] = ()
    not_submitted: dict[str, str] = field(default_factory=dict)
    not_submitted_locations: dict[str, Location] = field(default_factory=dict)
    encoding: str = "ascii"
    code_texts: CodeTexts | None = None
    crf: Crf | None = None

    @property
    def has_form_issues(self) -> bool:
        """Whether anything is told of whole forms: records that are left out, texts beside their codes."""
        dated = any(form.cut_off for form in self.forms.values())
        return bool(self.excluded) or self.code_texts is not None or dated

    def dataset(self, name: str) -> Dataset | None:
        """A dataset of either standard, whose names never meet, or an input of the response engine."""
        return self.sdtm.get(name) or self.adam.get(name) or self.response_input(name)

    def response_input(self, name: str) -> Dataset | None:
        """An input of the response engine by its whole name."""
        response = self.responses.get(name.partition(".")[0])
        return response.inputs.get(name) if response is not None else None

    def datasets(self, standard: Standard) -> dict[str, Dataset]:
        return self.sdtm if standard == "SDTM" else self.adam

    def crf_page(self, form: str) -> FormDef | None:
        """The page of the study's CRF that is drawn for a raw form; None where it is a PDF, or there is none.

        A long form has that of its wide form.
        """
        found = self.forms.get(form)
        if found is None or found.crf_file or self.crf is None:
            return None
        name = found.long.form if found.long is not None else found.name
        return self.crf.forms.get(found.crf or name.upper())

    def codelist_of(self, variable: Variable) -> Codelist | None:
        return self.codelists.get(variable.codelist)

    def codelists_by_value(self, variable: Variable) -> tuple[tuple[tuple[str, str], Codelist], ...]:
        """The codelists that follow another variable's value, each with that variable and value; () for others."""
        choice = variable.codelist_by
        by, of = (choice.by, choice.of) if choice is not None else ("", ())
        return tuple(((by, value), self.codelists[name]) for value, name in of)


DATASET_NAME = re.compile(r"[A-Z][A-Z0-9]{1,7}\Z")
VARIABLE_NAME = re.compile(r"[A-Z_][A-Z0-9_]{0,7}\Z")
