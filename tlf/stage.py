"""The steps of the stage: for each output its results and then its display; at the end all of them together."""

from __future__ import annotations

import hashlib
import os
from datetime import UTC, datetime
from pathlib import Path

from crf2tlf.build import Options, Step
from crf2tlf.derive.write import is_without_records
from crf2tlf.spec.load import load_study
from crf2tlf.spec.model import Study
from crf2tlf.spec.outputs import Output
from crf2tlf.spec.read_outputs import load_outputs
from tlf.displays import StudyText
from tlf.files import Files
from tlf.results import facts_of
from tlf.steps import build_ard, build_book, build_display, build_results

CODE = ("crf2tlf", "tlf")


def plan(options: Options) -> list[Step]:
    """The steps that turn a study's ADaM files into results, tables, listings and figures."""
    study = load_study(options.study, Path.cwd(), options.build_folder)
    outputs = tuple(load_outputs(study).values())
    files = Files(options.build_folder / "tlf")
    text = study_text(study)
    if not outputs:
        return []
    pairs = [(output, *_steps_of_output(study, output, options.build_folder, text)) for output in outputs]
    figures = [step for output, *both in pairs if output.kind == "figure" for step in both]
    results = [results for output, results, _ in pairs if output.kind != "figure"]
    displays = [display for output, _, display in pairs if output.kind != "figure"]
    # The book takes as long as all displays together and needs the pictures alone of them: it is drawn beside them.
    book = _book_step(study, outputs, files, text)
    return [*figures, *results, book, *displays, _ard_step(outputs, files)]


def study_text(study: Study) -> StudyText:
    """What every page says of the study; the timestamp is SOURCE_DATE_EPOCH, never the clock."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    timestamp = f"{datetime.fromtimestamp(int(epoch), UTC):%Y-%m-%dT%H:%M:%S}" if epoch.isdecimal() else ""
    return StudyText(f"Protocol {study.protocol}", study.cut_off, timestamp)


def _steps_of_output(study: Study, output: Output, build_folder: Path, text: StudyText) -> tuple[Step, Step]:
    files = Files(build_folder / "tlf")
    adam = build_folder / "adam"
    facts = facts_of(study, output.datasets)
    constants = study.constants
    inputs = tuple(adam / study.adam[name].file_name for name in facts)
    empty = [is_without_records(adam, name) for name in facts]
    results = Step(
        name=f"tlf/results.{output.id}",
        run=build_results,
        arguments=(output, facts, constants, adam, files, study.encoding),
        inputs=inputs,
        key=_key(output, facts, sorted(constants.items()), study.encoding),
        outputs=files.results(output),
        code=CODE,
        optional=tuple(path for path, without in zip(inputs, empty, strict=True) if without),
    )
    display = Step(
        name=f"tlf/{output.id}",
        run=build_display,
        arguments=(output, facts, text, files),
        inputs=files.results(output),
        key=_key(output, facts, text),
        outputs=files.displays(output),
        code=CODE,
    )
    return results, display


def _ard_step(outputs: tuple[Output, ...], files: Files) -> Step:
    ids = tuple(output.id for output in outputs)
    return Step(
        name="tlf/ard",
        run=build_ard,
        arguments=(ids, files),
        inputs=tuple(files.ard(id_) for id_ in ids),
        key=_key(ids),
        outputs=(files.all_ard,),
        code=CODE,
    )


def _book_step(study: Study, outputs: tuple[Output, ...], files: Files, text: StudyText) -> Step:
    facts = facts_of(study, [name for output in outputs for name in output.datasets])
    made = tuple(path for output in outputs for path in (*files.results(output), *files.pictures(output)))
    return Step(
        name="tlf/all",
        run=build_book,
        arguments=(outputs, facts, text, files),
        inputs=made,
        key=_key(outputs, facts, text),
        outputs=(files.all_pdf, files.index),
        code=CODE,
    )


def _key(*parts: object) -> str:
    return hashlib.sha256(repr(parts).encode()).hexdigest()
