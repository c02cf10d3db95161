"""Variables and their values, compiled to items and references to them."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from crf2tlf.errors import Context, DataError
from crf2tlf.rules.verbs import NoData, SetConstant
from crf2tlf.spec.model import Dataset, Method, Origin, Standard, Study, Variable
from crf2tlf.spec.standards import Standards
from crf2tlf.tables import XptFile, XptVariable
from define.codelists import Codelists, guide_lists
from define.extent import compute_extent
from define.files import CrfPages
from define.model import DefineOrigin, DocumentRef, Item, ItemRef, ValueList
from define.texts import NO_VALUE, Texts, as_sentence
from define.value_level import Value, dataset_values, qualifier_values

DOMAIN_LIST = ("C66734",)
"""The guide gives DOMAIN its value, but not the list that the value is from (SDTM terminology, DOMAIN)."""
ASSIGNED = Origin("Assigned", "Sponsor")
PROTOCOL = Origin("Protocol", "Sponsor")


@dataclass(frozen=True)
class DescribedVariable:
    """What a define says of a variable beyond what its file says."""

    name: str
    type: str
    core: str
    role: str
    origin: Origin | None
    method: Method | None = None
    method_owner: str = ""
    codelist: str = ""
    dictionary: str = ""
    comment: str = ""
    digits: int | None = None
    reason: str = ""
    fixed: bool = False


@dataclass(frozen=True)
class Described:
    """What a define says of a dataset beyond what its file says; `parent` is that of supplemental qualifiers."""

    name: str
    standard: Standard
    class_: str
    subclass: str
    structure: str
    keys: tuple[str, ...]
    reference_data: bool
    comment: str
    variables: dict[str, DescribedVariable]
    spec: Dataset | None = None
    parent: Dataset | None = None


def describe_spec(spec: Dataset) -> Described:
    """A dataset of the spec."""
    return Described(
        spec.name,
        spec.standard,
        spec.class_,
        spec.subclass,
        spec.structure,
        spec.keys,
        spec.is_reference_data,
        spec.comment,
        {name: _of_spec(spec, variable) for name, variable in spec.variables.items()},
        spec=spec,
    )


def _of_spec(spec: Dataset, variable: Variable) -> DescribedVariable:
    rule = variable.rule
    return DescribedVariable(
        variable.name,
        variable.type,
        variable.core,
        variable.role,
        variable.origin,
        variable.method,
        f"{spec.name}.{variable.name}",
        variable.codelist,
        variable.dictionary,
        variable.comment,
        variable.significant_digits,
        rule.reason if isinstance(rule, NoData) else "",
        # Of a constant or a trial design, the values as written are all that can occur.
        fixed=isinstance(rule, SetConstant) or spec.is_reference_data,
    )


def describe_supplemental(parent: Dataset, standards: Standards) -> Described:
    """The supplemental qualifiers of a dataset, after SUPPQUAL (SDTMIG 3.4 section 8.4)."""
    published = standards.dataset("SDTM", parent.supp_name)
    return Described(
        parent.supp_name,
        "SDTM",
        published.class_ if published else "RELATIONSHIP",
        "",
        published.structure if published else "",
        ("STUDYID", "RDOMAIN", "USUBJID", "IDVAR", "IDVARVAL", "QNAM"),
        False,
        "",
        {
            each.name: _of_guide(parent, each.name, each.core, each.role)
            for each in standards.variables("SDTM", parent.supp_name)
        },
        parent=parent,
    )


def _of_guide(parent: Dataset, name: str, core: str, role: str) -> DescribedVariable:
    if name == "USUBJID" and name in parent.variables:
        own = parent.variables[name]
        return DescribedVariable(name, "text", core, role, own.origin, own.method, f"{parent.name}.{name}")
    origin = {"STUDYID": PROTOCOL, "QVAL": None}.get(name, ASSIGNED)
    return DescribedVariable(name, "text", core, role, origin, fixed=name in ("RDOMAIN", "QEVAL"))


class Items:
    """Collects items and value lists while datasets are compiled."""

    def __init__(self, study: Study, standards: Standards, texts: Texts, codelists: Codelists, crf: CrfPages) -> None:
        self.items: dict[str, Item] = {}
        self.value_lists: list[ValueList] = []
        self.cites_crf = False
        self.texts = texts
        self._study, self._standards, self._codelists, self._crf = study, standards, codelists, crf

    def dataset_refs(self, described: Described, file: XptFile) -> tuple[ItemRef, ...]:
        """The references to a dataset's variables, in the order of the file; their items are collected."""
        values = self._values(described, file.frame)
        return tuple(
            self._ref(described, described.variables[variable.name], variable, file.frame, order, values)
            for order, variable in enumerate(file.variables, start=1)
        )

    def _values(self, described: Described, frame: pd.DataFrame) -> dict[str, list[Value]]:
        if described.parent is not None:
            found = {"QVAL": qualifier_values(described.parent, frame)}
        else:
            found = dataset_values(described.spec, frame) if described.spec is not None else {}
        return {name: values for name, values in found.items() if values}

    def _ref(
        self,
        dataset: Described,
        spec: DescribedVariable,
        written: XptVariable,
        frame: pd.DataFrame,
        order: int,
        values: dict[str, list[Value]],
    ) -> ItemRef:
        owner, column = f"{dataset.name}.{spec.name}", frame[spec.name]
        own_values = values.get(spec.name, [])
        no_data = bool(column.isna().all())
        self._add_variable(dataset, spec, written, frame, no_data, own_values)
        told_apart = any(value.origin is not None for value in own_values)
        key = dataset.keys.index(spec.name) + 1 if spec.name in dataset.keys else 0
        return ItemRef(
            f"IT.{owner}",
            order,
            mandatory=_is_mandatory(dataset, spec, column),
            key=key,
            method="" if told_apart else self.texts.method(spec.method_owner, spec.method),
            role=spec.role if dataset.standard == "SDTM" else "",
            no_data=no_data,
            non_standard=self._is_non_standard(dataset, spec.name),
        )

    def _add_variable(
        self,
        dataset: Described,
        spec: DescribedVariable,
        written: XptVariable,
        frame: pd.DataFrame,
        no_data: bool,
        values: list[Value],
    ) -> None:
        owner, column = f"{dataset.name}.{spec.name}", frame[spec.name]
        extent = compute_extent(column, spec.type, written.length, spec.digits)
        reason = as_sentence(spec.reason) or NO_VALUE
        told_apart = any(value.origin is not None for value in values)
        oid = f"IT.{owner}"
        self.items[oid] = Item(
            oid,
            spec.name,
            spec.type,
            written.label,
            extent.length,
            extent.digits,
            written.format if written.type == "number" else "",
            spec.name,
            self._codelist(dataset, spec, frame),
            None if told_apart or spec.origin is None else self._origin(owner, spec.origin),
            self.texts.comment(owner, spec.comment, reason if no_data and len(frame) else ""),
            f"VL.{owner}" if values else "",
        )
        if values:
            self._add_values(dataset, spec, values)

    def _add_values(self, dataset: Described, spec: DescribedVariable, values: list[Value]) -> None:
        owner = f"{dataset.name}.{spec.name}"
        longest = self.items[f"IT.{owner}"].length
        refs = []
        for order, value in enumerate(values, start=1):
            name = f"{owner}.{value.code.replace(' ', '_')}"
            data_type = value.data_type
            extent = compute_extent(value.column, data_type, None, value.digits, self._study.encoding)
            if extent.length is not None and longest is not None and extent.length > longest:
                # 160 and 1.62 have five digits together, but no more than four characters each: they are texts.
                data_type = "text"
                extent = compute_extent(value.column, data_type, encoding=self._study.encoding)
            origin = self._origin(name, value.origin) if value.origin is not None else None
            self.items[f"IT.{name}"] = Item(
                f"IT.{name}",
                value.code,
                data_type,
                value.label,
                extent.length,
                extent.digits,
                codelist=self._value_codelist(dataset, spec, value),
                origin=origin,
                comment=self.texts.comment(name, value.comment),
            )
            where = self.texts.where(dataset.name, ((value.by, "EQ", (value.code,)),))
            method = self.texts.method(name, value.method)
            mandatory = _is_mandatory(dataset, spec, value.column)
            refs.append(ItemRef(f"IT.{name}", order, mandatory, method=method, where=(where,)))
        self.value_lists.append(ValueList(f"VL.{owner}", tuple(refs)))

    def _value_codelist(self, dataset: Described, spec: DescribedVariable, value: Value) -> str:
        owner = f"{dataset.name}.{spec.name}"
        if value.terms:
            oid = f"CL.{owner}.{value.code}"
            return self._codelists.of_sponsor(oid, f"{spec.name} of {value.code}", value.data_type, value.terms)
        named = self._codelists.of_spec(value.codelist, value.dictionary, value.data_type)
        return named or self._codelists.of_guide(value.guide_lists, value.column)

    def _codelist(self, dataset: Described, spec: DescribedVariable, frame: pd.DataFrame) -> str:
        """The variable's list: the spec's, that of a constant or trial design, or that of codes with names beside."""
        named = self._codelists.of_spec(spec.codelist, spec.dictionary, spec.type)
        if named or spec.type != "text":
            return named
        # RDOMAIN of a relation is no constant, but a list of the datasets that it relates.
        if spec.fixed or spec.name == "RDOMAIN":
            codes = guide_lists(self._standards, dataset.standard, dataset.name, spec.name, dataset.class_)
            # Each dataset has one DOMAIN, and the list is to have the values that are possible, not all domains.
            part = _domain_of(dataset) if spec.name in ("DOMAIN", "RDOMAIN") else ""
            # CO has both: its own domain, and those of the records that its comments are on.
            part += ".RDOMAIN" if spec.name == "RDOMAIN" and "DOMAIN" in frame.columns else ""
            found = self._codelists.of_guide(DOMAIN_LIST if part else codes, frame[spec.name], part)
            if found:
                return found
        names = {"PARAMCD": "PARAM", "QNAM": "QLABEL"}.get(spec.name, "")
        return self._code_names(dataset.name, spec.name, names, frame) if names in frame.columns else ""

    def _code_names(self, dataset: str, code: str, name: str, frame: pd.DataFrame) -> str:
        pairs = frame[[code, name]].dropna().drop_duplicates()
        if pairs.empty or pairs[code].duplicated().any():
            return ""
        terms = zip(pairs[code].astype(str), pairs[name].astype(str), strict=True)
        what = "Parameter Code" if code == "PARAMCD" else "Qualifier Variable Name"
        return self._codelists.of_sponsor(f"CL.{dataset}.{code}", f"{what} of {dataset}", "text", terms)

    def _is_non_standard(self, dataset: Described, name: str) -> bool:
        """Whether a variable of an SDTM dataset of the guide is not in the guide or the model."""
        if dataset.standard == "ADaM" or self._standards.dataset("SDTM", dataset.name) is None:
            return False
        return self._standards.variable("SDTM", dataset.name, name, class_=dataset.class_) is None

    def _origin(self, owner: str, origin: Origin) -> DefineOrigin:
        if not origin.pages and not origin.fields:
            return DefineOrigin(origin.type, origin.source, origin.predecessor)
        if origin.form not in self._crf.offsets:
            fix = f"give forms.{origin.form} of study.yaml a 'crf', or take 'crf' from the variable"
            context = Context(study=self._study.name, dataset=owner.split(".")[0], fix=fix)
            raise DataError(f"{owner} names pages of the CRF of the form '{origin.form}', which has none", context)
        self.cites_crf = True
        document = DocumentRef("LF.acrf", self._crf.of_origin(origin))
        return DefineOrigin(origin.type, origin.source, origin.predecessor, document)


def _is_mandatory(dataset: Described, spec: DescribedVariable, column: pd.Series) -> bool:
    """Required by the guide; in ADaM that asks for the variable, not for all its values (ADaMIG 1.3 chapter 3)."""
    return spec.core == "Req" and (dataset.standard == "SDTM" or bool(column.notna().all()))


def _domain_of(dataset: Described) -> str:
    return dataset.parent.name if dataset.parent is not None else dataset.name
