"""The steps of the stage: one for each dataset, and one that gathers the issues."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from crf2tlf.build import Options, Step, StepResult
from crf2tlf.derive.built import Built, build_dataset, combine_blocks
from crf2tlf.derive.engine import Deriver
from crf2tlf.derive.issues import combine_issues
from crf2tlf.derive.long_forms import compute_long_form
from crf2tlf.derive.subjects import combine_exclusions, excluded_issues, kept_rows
from crf2tlf.derive.tables import RawSource
from crf2tlf.derive.write import count_issues, output_paths, transport_paths, write_built
from crf2tlf.spec.facts import Form
from crf2tlf.spec.fingerprint import compute_dataset_key
from crf2tlf.spec.folders import raw_folder
from crf2tlf.spec.graph import Graph, forms_among, forms_to_tell
from crf2tlf.spec.load import load_study, load_study_standards
from crf2tlf.spec.model import Dataset, Study
from crf2tlf.tables import RawTable, read_parquet, read_raw, read_raw_copy, write_parquet, write_text
from sdtm.issues_page import render_issues
from sdtm.raw_forms import check_fields, copy_path, copy_steps

CODE = ("crf2tlf", "sdtm")
SUBJECTS_PER_BLOCK = 4000
COPIES = "raw_forms"


@dataclass(frozen=True)
class Extract:
    """Where the raw forms of a study lie: the extract, and the copies of forms that share a file."""

    raw: Path
    copies: Path

    def file_of(self, study: Study, form: Form) -> Path:
        """The file that a step reads for a form."""
        wide = study.forms[form.long.form] if form.long is not None else form
        return copy_path(wide, self.copies) if wide.format == "odm" else self.raw / wide.file


def plan(options: Options) -> list[Step]:
    """The steps that turn a study's raw forms into SDTM."""
    root = Path.cwd()
    study = load_study(options.study, root)
    raw = raw_folder(study, options.raw)
    folder = options.build_folder / "sdtm"
    graph = Graph(study)
    copies = options.build_folder / COPIES
    extract, telling = Extract(raw, copies), forms_to_tell(graph)
    steps = [
        _dataset_step(study, graph, dataset, telling.get(name, ()), extract, folder)
        for name, dataset in study.sdtm.items()
    ]
    return [*copy_steps(study, raw, copies), *steps, _issues_step(study, folder)]


def _dataset_step(
    study: Study, graph: Graph, dataset: Dataset, telling: tuple[str, ...], extract: Extract, folder: Path
) -> Step:
    names = graph.closure(dataset)
    forms = forms_among(names)
    key = compute_dataset_key(graph, dataset, names)
    return Step(
        name=f"sdtm/{dataset.name}",
        run=build_sdtm_dataset,
        arguments=(study, dataset.name, forms, telling, extract, folder),
        inputs=tuple(dict.fromkeys(extract.file_of(study, study.forms[form]) for form in forms)),
        key=" ".join((key, *telling)),
        outputs=output_paths(dataset, folder),
        code=CODE,
        optional=transport_paths(dataset, folder),
    )


def build_sdtm_dataset(
    study: Study, name: str, forms: tuple[str, ...], telling: tuple[str, ...], extract: Extract, folder: Path
) -> StepResult:
    """Derive one dataset from its raw forms, block by block of subjects, and write it."""
    spec = study.sdtm[name]
    tables = {form: read_form(study, study.forms[form], extract.raw, extract.copies) for form in forms}
    built = derive_sdtm(study, spec, tables, telling=telling)
    write_built(study, spec, built, folder, load_study_standards(study))
    rows = {name: len(built.frame)} | ({spec.supp_name: len(built.supp)} if spec.supp else {})
    return StepResult(rows=rows, notes=count_issues(built))


def derive_sdtm(
    study: Study,
    spec: Dataset,
    tables: dict[str, RawTable],
    subjects_per_block: int = SUBJECTS_PER_BLOCK,
    telling: tuple[str, ...] = (),
) -> Built:
    """The dataset whole; the size of the blocks changes the memory that is needed, never the result.

    `telling` names the forms whose excluded subjects this dataset tells as issues.
    """
    built = _derive_blocks(study, spec, tables, subjects_per_block)
    collected = {form: RawSource(study.forms[form], tables[form]) for form in telling if study.excluded}
    told = excluded_issues(study, spec, collected)
    return replace(built, issues=combine_issues([built.issues, told])) if len(told) else built


def _derive_blocks(study: Study, spec: Dataset, tables: dict[str, RawTable], subjects_per_block: int) -> Built:
    derived = frozenset(study.sdtm)
    same = study.subject.same if study.subject is not None else ()
    whole = {name: RawSource(study.forms[name], table, same=same) for name, table in tables.items()}
    if study.excluded:
        whole = {name: source.rows(kept_rows(study, source)) for name, source in whole.items()}
    if spec.is_reference_data or not tables:
        return build_dataset(Deriver(study, whole, derived=derived), spec.name)
    subjects = sorted({str(subject) for source in whole.values() for subject in source.subjects().dropna().unique()})
    blocks = [subjects[start : start + subjects_per_block] for start in range(0, len(subjects), subjects_per_block)]
    if len(blocks) <= 1:
        return build_dataset(Deriver(study, whole, derived=derived), spec.name)
    built = []
    for number, block in enumerate(blocks):
        # What belongs to no subject goes with the first block: study tables, and records that become issues.
        raw = {name: source.of_subjects(frozenset(block), number == 0) for name, source in whole.items()}
        deriver = Deriver(study, raw, derived=derived, makes_table_records=number == 0)
        built.append(build_dataset(deriver, spec.name))
    return combine_blocks(spec, built)


def read_form(study: Study, form: Form, folder: Path, copies: Path | None = None) -> RawTable:
    """A raw form, whose columns must be those that the spec declares; from its copy where it has one."""
    if form.long is not None:
        wide = read_form(study, study.forms[form.long.form], folder, copies)
        return compute_long_form(wide, form, form.long, study.tables[form.long.table])
    if form.format == "odm" and copies is not None:
        return read_raw_copy(copy_path(form, copies))
    table = _read(form, folder)
    check_fields(study, form, table.file.name, table.frame.columns)
    return table


def _read(form: Form, folder: Path) -> RawTable:
    return read_raw(
        folder / form.file,
        form=form.name,
        format=form.format,
        encoding=form.encoding,
        header_rows=form.header_rows,
        sheet=form.sheet or None,
    )


def _issues_step(study: Study, folder: Path) -> Step:
    parts = tuple(folder / "issues" / f"{name.lower()}.parquet" for name in sorted(study.sdtm))
    return Step(
        name="sdtm/issues",
        run=gather_issues,
        arguments=(study.name, study.study_id, parts, folder),
        inputs=parts,
        outputs=(folder / "issues.parquet", folder / "issues.html"),
        code=CODE,
    )


def gather_issues(study: str, study_id: str, parts: tuple[Path, ...], folder: Path) -> StepResult:
    """All datasets' issues as one table and as a page."""
    issues = combine_exclusions(combine_issues([read_parquet(part) for part in parts]))
    write_parquet(folder / "issues.parquet", issues)
    write_text(folder / "issues.html", render_issues(study, study_id, issues))
    return StepResult(rows={"issues": len(issues)})
