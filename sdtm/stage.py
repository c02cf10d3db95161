"""The steps of the stage: one for each dataset (and block of subjects), one for the issues, one for raw fields."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd

from crf2tlf.build import Options, Step, StepResult
from crf2tlf.build.blocks import by_block
from crf2tlf.build.issues import issues_step
from crf2tlf.derive.built import Built, build_dataset
from crf2tlf.derive.extract import form_issues
from crf2tlf.derive.issues import combine_issues
from crf2tlf.derive.stored import StoredBlock, write_block
from crf2tlf.derive.write import output_paths, transport_paths, write_blocks, write_built
from crf2tlf.spec.fingerprint import compute_dataset_key
from crf2tlf.spec.folders import raw_folder
from crf2tlf.spec.graph import Graph, forms_among, forms_to_tell, wide_form
from crf2tlf.spec.load import load_study, load_study_standards
from crf2tlf.spec.model import Dataset, Study
from crf2tlf.tables import write_parquet, write_text
from sdtm.blocks import Extract, count_blocks, deriver_of
from sdtm.raw_fields_page import hash_table, render_raw_fields, tabulate_raw_fields
from sdtm.raw_forms import copy_steps
from sdtm.split import split_steps

CODE = ("crf2tlf", "sdtm")
COPIES = "raw_forms"
BLOCKS = "blocks"


def plan(options: Options) -> list[Step]:
    """The steps that turn a study's raw forms into SDTM."""
    root = Path.cwd()
    study = load_study(options.study, root, options.build_folder)
    raw = raw_folder(study, options.raw)
    build = options.build_folder
    extract = Extract(raw, build / COPIES, build / BLOCKS, count_blocks(study, raw))
    graph = Graph(study)
    telling = forms_to_tell(graph)
    datasets = study.sdtm.items()
    steps = [_dataset_steps(study, graph, spec, telling.get(name, ()), extract, build) for name, spec in datasets]
    parts = by_block(blocks for blocks, _ in steps)
    copies = copy_steps(study, raw, extract.copies)
    gathered = [issues_step(study, "sdtm", build / "sdtm", "raw data", CODE), _raw_fields_step(study, build / "sdtm")]
    whole = [final for _, final in steps]
    return [*copies, *split_steps(study, extract), *parts, *whole, *gathered]


def _dataset_steps(
    study: Study, graph: Graph, spec: Dataset, telling: tuple[str, ...], extract: Extract, build: Path
) -> tuple[list[Step], Step]:
    """The step that writes a dataset, after those for each block of subjects where there are several.

    `telling` names the forms whose excluded subjects this dataset tells as issues.
    """
    names = graph.closure(spec)
    forms = forms_among(names)
    key = " ".join((compute_dataset_key(graph, spec, names), *telling))
    folder = build / "sdtm"
    parts = [extract.blocks / "sdtm" / spec.name / f"{block:04d}" for block in range(extract.count)]
    one = len(parts) == 1 or spec.is_reference_data or not forms
    # What belongs to no subject is derived from the forms of all of them.
    whole = replace(extract, count=1)
    final = Step(
        name=f"sdtm/{spec.name}",
        run=build_whole,
        arguments=(study, spec.name, telling, whole, folder),
        inputs=_files(study, whole, forms, 0),
        key=key,
        outputs=output_paths(spec, folder),
        code=CODE,
        optional=transport_paths(spec, folder),
    )
    if one:
        return [], final
    blocks = [
        Step(
            name=f"sdtm/{spec.name}.{number:04d}",
            run=build_block,
            arguments=(study, spec.name, telling, extract, number, part),
            inputs=_files(study, extract, forms, number),
            key=key,
            outputs=(part,),
            code=CODE,
        )
        for number, part in enumerate(parts)
    ]
    joined = (study, spec.name, tuple(parts), folder)
    return blocks, replace(final, run=join_blocks, arguments=joined, inputs=tuple(parts))


def _files(study: Study, extract: Extract, forms: tuple[str, ...], block: int) -> tuple[Path, ...]:
    return tuple(dict.fromkeys(extract.file(wide_form(study, form), block) for form in forms))


def build_whole(study: Study, name: str, telling: tuple[str, ...], extract: Extract, folder: Path) -> StepResult:
    """Derive a dataset of all subjects at once and write it."""
    built = derive_block(study, name, telling, extract, 0)
    written = write_built(study, study.sdtm[name], built, folder, load_study_standards(study))
    return StepResult(written.rows, written.issues)


def build_block(
    study: Study, name: str, telling: tuple[str, ...], extract: Extract, block: int, folder: Path
) -> StepResult:
    """Derive a dataset of one block of subjects and keep it for `join_blocks`."""
    write_block(folder, derive_block(study, name, telling, extract, block))
    return StepResult()


def derive_block(study: Study, name: str, telling: tuple[str, ...], extract: Extract, block: int) -> Built:
    """A dataset of one block of subjects, with what is told of whole forms."""
    deriver, forms = deriver_of(study, extract, block)
    built = build_dataset(deriver, name)
    told = form_issues(study, study.sdtm[name], {form: forms.collected(form) for form in telling})
    return replace(built, issues=combine_issues([built.issues, told])) if len(told) else built


def join_blocks(study: Study, name: str, parts: tuple[Path, ...], folder: Path) -> StepResult:
    """Write a dataset from its blocks."""
    spec = study.sdtm[name]
    blocks = [StoredBlock(part) for part in parts]
    written = write_blocks(study, spec, blocks, folder, load_study_standards(study))
    return StepResult(written.rows, written.issues)


def _raw_fields_step(study: Study, folder: Path) -> Step:
    fields = tabulate_raw_fields(study)
    return Step(
        name="sdtm/raw_fields",
        run=write_raw_fields,
        arguments=(study, fields, folder),
        inputs=(),
        # Of the specs only what the table says counts: a new label of a variable rebuilds nothing here.
        key=hash_table(fields),
        outputs=(folder / "raw_fields.parquet", folder / "raw_fields.html"),
        code=CODE,
    )


def write_raw_fields(study: Study, fields: pd.DataFrame, folder: Path) -> StepResult:
    """Where every raw field went, as a table and as a page."""
    write_parquet(folder / "raw_fields.parquet", fields)
    write_text(folder / "raw_fields.html", render_raw_fields(study, fields))
    return StepResult(rows={"raw fields": len(fields)})
