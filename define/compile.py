"""A study's spec and its datasets as written, compiled to one Define-XML document of one standard."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from crf2tlf.errors import Context, DataError
from crf2tlf.spec.model import Dataset, Standard, Study
from crf2tlf.spec.standards import OCCURRENCE, Standards
from crf2tlf.tables import XptFile
from define.classes import SDTM_CLASSES
from define.codelists import Codelists, terminology_oid
from define.compile_items import Described, Items, describe_spec, describe_supplemental
from define.files import ACRF, CrfPages
from define.model import Define, DefineStandard, Display, ItemGroup, ItemRef, Leaf
from define.texts import NO_VALUE, Texts

GUIDES: dict[Standard, Leaf] = {
    "SDTM": Leaf("LF.csdrg", "csdrg.pdf", "Clinical Study Data Reviewer's Guide"),
    "ADaM": Leaf("LF.adrg", "adrg.pdf", "Analysis Data Reviewer's Guide"),
}
CRF_LEAF = Leaf("LF.acrf", ACRF, "Annotated CRF")
GUIDE_OIDS = {"SDTM": "STD.SDTMIG", "ADaM": "STD.ADaMIG", "OCCDS": "STD.ADaM-OCCDSIG"}


def compile_define(
    study: Study,
    standard: Standard,
    files: Mapping[str, XptFile],
    standards: Standards,
    *,
    created: datetime,
    crf: CrfPages | None = None,
    displays: Sequence[Display] = (),
    guides: Sequence[Leaf] | None = None,
) -> Define:
    """The document of the datasets in `files` (by dataset name); datasets of the spec without a file are left out.

    `crf` tells the pages of acrf.pdf (see `count_crf_pages`). `displays` are the tables
    and figures with key analyses, for ADaM only. `guides` are the reviewer's guides beside the document (csdrg.pdf or
    adrg.pdf). Raises DataError where a file and its spec do not have the same variables.
    """
    texts, codelists = Texts(), Codelists(study, standards)
    items = Items(study, standards, texts, codelists, crf or CrfPages({}, 0))
    parents = {spec.supp_name: spec for spec in study.datasets(standard).values() if spec.supp}
    require_specs(study, standard, files)
    groups = []
    for name in files:
        spec = study.datasets(standard).get(name)
        described = describe_spec(spec) if spec is not None else describe_supplemental(parents[name], standards)
        groups.append(_group(described, files[name], items, standards))
    displays = tuple(displays) if standard == "ADaM" else ()
    clauses, result_comments = display_clauses(displays, texts), display_comments(displays, texts)
    lists = codelists.all()
    return Define(
        study=study.study_id,
        description=study.title,
        protocol=study.protocol,
        standard=standard,
        version=study.standards.get("Define-XML", "2.1.0"),
        created=created,
        standards=_standards(study, standards, groups, {each.standard for each in lists if each.standard}),
        annotated_crf=CRF_LEAF if items.cites_crf else None,
        guides=tuple(guides if guides is not None else (GUIDES[standard],)),
        value_lists=tuple(items.value_lists),
        where_clauses=tuple(texts.where_clauses.values()),
        groups=tuple(sorted(groups, key=_group_order)),
        items=tuple(items.items.values()),
        codelists=lists,
        methods=tuple(texts.methods.values()),
        comments=texts.comments,
        displays=displays,
        display_where=clauses,
        result_comment=result_comments,
    )


def require_specs(study: Study, standard: Standard, files: Mapping[str, XptFile]) -> None:
    """Raise DataError where a file has no spec or other variables than its spec, with all faults at once."""
    faults = []
    parents = {spec.supp_name: spec for spec in study.datasets(standard).values()}
    for name, file in files.items():
        spec = study.datasets(standard).get(name)
        if spec is None and name not in parents:
            faults.append(f"{name}: no spec describes this dataset")
        elif spec is not None:
            faults += _differences(spec, file)
    if faults:
        fix = f"build {standard.lower()} again, so that files and specs are of one make"
        raise DataError("the files are not those of the spec: " + "; ".join(faults), Context(study=study.name, fix=fix))


def _differences(spec: Dataset, file: XptFile) -> list[str]:
    written = {variable.name: variable for variable in file.variables}
    faults = [f"{spec.name}: the file has no variable {name}" for name in spec.variables if name not in written]
    for name, variable in written.items():
        if name not in spec.variables:
            faults.append(f"{spec.name}: the spec has no variable {name}")
        elif spec.variables[name].is_number != (variable.type == "number"):
            faults.append(
                f"{spec.name}: {name} is {variable.type} in the file, {spec.variables[name].type} in the spec"
            )
    return faults


def _group(described: Described, file: XptFile, items: Items, standards: Standards) -> ItemGroup:
    name, adam = described.name, described.standard == "ADaM"
    refs = items.dataset_refs(described, file)
    empty = len(file.frame) == 0
    known = adam or standards.dataset("SDTM", name) is not None
    repeating = not described.reference_data and not set(described.keys) <= {"STUDYID", "USUBJID"}
    parent = described.parent
    return ItemGroup(
        oid=f"IG.{name}",
        name=name,
        label=file.label,
        domain="" if adam or name == "RELREC" else _domain(described),
        repeating=repeating,
        reference_data=described.reference_data,
        structure=described.structure or f"One record per {', '.join(described.keys)}",
        class_=described.class_,
        subclass=described.subclass or _subclass(described, standards),
        standard=(GUIDE_OIDS["OCCDS"] if described.class_ == OCCURRENCE else GUIDE_OIDS[described.standard]) * known,
        refs=_without_no_data(refs) if empty else refs,
        purpose="Analysis" if adam else "Tabulation",
        leaf=None if empty else Leaf(f"LF.{name}", f"{name.lower()}.xpt", f"{name.lower()}.xpt"),
        rows=len(file.frame),
        comment=items.texts.comment(name, described.comment, NO_VALUE if empty else ""),
        domain_description=parent.label if parent is not None else _split_of(described, standards),
    )


def _domain(described: Described) -> str:
    """The domain: of supplemental qualifiers the parent's, of a split dataset (QSPH) the first two letters."""
    if described.parent is not None:
        return described.parent.name
    return described.name[:2] if "DOMAIN" in described.variables else described.name


def _split_of(described: Described, standards: Standards) -> str:
    """The domain's description where the dataset is a part of a split domain, else ""."""
    domain = standards.dataset("SDTM", _domain(described)) if described.standard == "SDTM" else None
    return domain.label if domain is not None and domain.name != described.name else ""


def _subclass(described: Described, standards: Standards) -> str:
    if described.standard == "SDTM":
        return ""
    published = standards.dataset("ADaM", described.name, class_=described.class_)
    return published.sub_class if published is not None else ""


def _without_no_data(refs: tuple[ItemRef, ...]) -> tuple[ItemRef, ...]:
    """A dataset without records says so itself; its variables do not say it again."""
    return tuple(replace(ref, no_data=False) for ref in refs)


def _group_order(group: ItemGroup) -> tuple[int, str]:
    """Define-XML 2.1 section 5.3.10: SDTM by class, then by name; ADaM has no rule, ADSL stands first."""
    if group.class_ in SDTM_CLASSES:
        return SDTM_CLASSES.index(group.class_), group.name
    return (0 if group.name == "ADSL" else 1), group.name


def _standards(
    study: Study, standards: Standards, groups: Sequence[ItemGroup], packages: set[str]
) -> tuple[DefineStandard, ...]:
    """The guides that datasets follow and the packages that codelists come from, with their versions."""
    used = {group.standard for group in groups}
    versions = {**standards.versions, **study.standards}
    found = [
        DefineStandard(oid, name, "IG", versions[name])
        for oid, name in ((f"STD.{name}", name) for name in ("SDTMIG", "ADaMIG", "ADaM-OCCDSIG"))
        if oid in used
    ]
    return tuple(found) + tuple(
        DefineStandard(terminology_oid(name), "CDISC/NCI", "CT", versions[f"{name} CT"], name)
        for name in ("SDTM", "ADaM")
        if terminology_oid(name) in packages
    )


def display_clauses(displays: Sequence[Display], texts: Texts) -> dict[tuple[str, str], str]:
    """The where clause of each analysis dataset that selects records, by result and dataset."""
    found: dict[tuple[str, str], str] = {}
    for display in displays:
        for result in display.results:
            for dataset in result.datasets:
                if dataset.where:
                    found[result.id, dataset.name] = texts.where(dataset.name, dataset.where, f"AR.{result.id}")
    return found


def display_comments(displays: Sequence[Display], texts: Texts) -> dict[str, str]:
    """The comment on how the datasets of a result are joined, by result."""
    results = [result for display in displays for result in display.results if result.datasets_comment]
    return {result.id: texts.comment(f"AR.{result.id}", result.datasets_comment) for result in results}
