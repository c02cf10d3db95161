"""A Define-XML 2.1 document as data: what `compile` makes, and `write_xml` and `write_html` render.

Identifiers (`oid`) are those of the XML file; a field that is "" or None is an attribute or element that is absent.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from crf2tlf.spec.model import Standard


@dataclass(frozen=True)
class Leaf:
    """A file that the document points to, relative to its folder."""

    id: str
    href: str
    title: str


@dataclass(frozen=True)
class DocumentRef:
    """A place in a document: the leaf, and physical pages of a PDF."""

    leaf: str
    pages: tuple[int, ...] = ()


@dataclass(frozen=True)
class DefineStandard:
    """An implementation guide, or a package of controlled terminology with its publishing set."""

    oid: str
    name: str
    type: str
    version: str
    publishing_set: str = ""

    @property
    def title(self) -> str:
        """The standard as people say it: SDTMIG 3.4, CDISC/NCI SDTM CT 2025-03-28."""
        words = (self.name, self.publishing_set, "CT" if self.type == "CT" else "", self.version)
        return " ".join(word for word in words if word)


@dataclass(frozen=True)
class DefineOrigin:
    """Where values come from (Define-XML 2.1 section 5.3.11.3)."""

    type: str
    source: str = ""
    text: str = ""
    document: DocumentRef | None = None


@dataclass(frozen=True)
class Item:
    """An ItemDef: a variable, or the values of a variable for which a where clause holds."""

    oid: str
    name: str
    data_type: str
    label: str
    length: int | None = None
    significant_digits: int | None = None
    display_format: str = ""
    sas_name: str = ""
    codelist: str = ""
    origin: DefineOrigin | None = None
    comment: str = ""
    value_list: str = ""


@dataclass(frozen=True)
class ItemRef:
    """The place of an item in a dataset or value list; `key` counts from 1, 0 is no key."""

    item: str
    order: int
    mandatory: bool
    key: int = 0
    method: str = ""
    role: str = ""
    no_data: bool = False
    non_standard: bool = False
    where: tuple[str, ...] = ()


@dataclass(frozen=True)
class ValueList:
    """Value-level metadata of one variable."""

    oid: str
    refs: tuple[ItemRef, ...]


@dataclass(frozen=True)
class RangeCheck:
    """One condition of a where clause: an item compared with values."""

    item: str
    comparator: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class WhereClause:
    """Conditions that all hold."""

    oid: str
    checks: tuple[RangeCheck, ...]
    comment: str = ""


@dataclass(frozen=True)
class ItemGroup:
    """A dataset; `rows` is the number of its records as written."""

    oid: str
    name: str
    label: str
    domain: str
    repeating: bool
    reference_data: bool
    structure: str
    class_: str
    subclass: str
    standard: str
    refs: tuple[ItemRef, ...]
    purpose: str
    leaf: Leaf | None
    rows: int
    comment: str = ""
    domain_description: str = ""

    @property
    def no_data(self) -> bool:
        return self.leaf is None

    @property
    def keys(self) -> tuple[ItemRef, ...]:
        """The references to key variables, in the order of the key."""
        return tuple(sorted((ref for ref in self.refs if ref.key), key=lambda ref: ref.key))


@dataclass(frozen=True)
class Term:
    """A term of a codelist; `code` is its NCI code."""

    value: str
    decode: str = ""
    code: str = ""
    extended: bool = False


@dataclass(frozen=True)
class CodeList:
    """A codelist: CDISC's cut to the study (`code`, `standard`), the sponsor's own, or an external dictionary."""

    oid: str
    name: str
    data_type: str
    terms: tuple[Term, ...] = ()
    code: str = ""
    standard: str = ""
    dictionary: str = ""
    version: str = ""

    @property
    def has_decodes(self) -> bool:
        return any(term.decode for term in self.terms)

    @property
    def non_standard(self) -> bool:
        return not self.standard and not self.dictionary


@dataclass(frozen=True)
class MethodDef:
    """How values are derived; `expression` is the one that the engine ran."""

    oid: str
    name: str
    type: str
    text: str
    expression: str = ""


@dataclass(frozen=True)
class CommentDef:
    """A comment on a dataset, variable, value or where clause."""

    oid: str
    text: str


@dataclass(frozen=True)
class AnalysisDataset:
    """A dataset of an analysis, its record selection as (variable, comparator, values), and the variables analysed."""

    name: str
    variables: tuple[str, ...]
    where: tuple[tuple[str, str, tuple[str, ...]], ...] = ()


@dataclass(frozen=True)
class AnalysisResult:
    """An analysis result of a display (Analysis Results Metadata 1.0); `parameter`: PARAMCD selects the records."""

    id: str
    description: str
    reason: str
    purpose: str
    datasets: tuple[AnalysisDataset, ...]
    parameter: bool = False
    datasets_comment: str = ""
    documentation: str = ""
    context: str = ""
    code: str = ""


@dataclass(frozen=True)
class Display:
    """A table or figure with key analyses: `id` is a unique name, `name` is like 'Table 14.2.1'."""

    id: str
    name: str
    title: str
    results: tuple[AnalysisResult, ...]


@dataclass(frozen=True)
class Define:
    """A whole Define-XML document of one standard of a study."""

    study: str
    description: str
    protocol: str
    standard: Standard
    version: str
    created: datetime
    standards: tuple[DefineStandard, ...]
    annotated_crf: Leaf | None
    guides: tuple[Leaf, ...]
    value_lists: tuple[ValueList, ...]
    where_clauses: tuple[WhereClause, ...]
    groups: tuple[ItemGroup, ...]
    items: tuple[Item, ...]
    codelists: tuple[CodeList, ...]
    methods: tuple[MethodDef, ...]
    comments: tuple[CommentDef, ...]
    displays: tuple[Display, ...] = ()
    display_where: dict[tuple[str, str], str] = field(default_factory=dict)
    result_comment: dict[str, str] = field(default_factory=dict)

    @cached_property
    def item(self) -> dict[str, Item]:
        """The items by identifier."""
        return {item.oid: item for item in self.items}

    @cached_property
    def codelist(self) -> dict[str, CodeList]:
        """The codelists by identifier."""
        return {codelist.oid: codelist for codelist in self.codelists}

    @cached_property
    def method(self) -> dict[str, MethodDef]:
        """The methods by identifier."""
        return {method.oid: method for method in self.methods}

    @cached_property
    def comment(self) -> dict[str, CommentDef]:
        """The comments by identifier."""
        return {comment.oid: comment for comment in self.comments}

    @cached_property
    def value_list(self) -> dict[str, ValueList]:
        """The value lists by identifier."""
        return {values.oid: values for values in self.value_lists}

    @cached_property
    def where_clause(self) -> dict[str, WhereClause]:
        """The where clauses by identifier."""
        return {clause.oid: clause for clause in self.where_clauses}

    @cached_property
    def leaf(self) -> dict[str, Leaf]:
        """The documents (not the datasets) by identifier."""
        return {leaf.id: leaf for leaf in self.documents()}

    def documents(self) -> Iterator[Leaf]:
        """The annotated CRF, then the guides."""
        if self.annotated_crf is not None:
            yield self.annotated_crf
        yield from self.guides
