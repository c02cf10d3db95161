"""The steps of the stage: one for each dataset, ADSL first and then in the order in which they read each other."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from adam.blocks import Blocks, block_steps, count_blocks
from adam.datasets import (
    REFEREE,
    Files,
    build_block,
    build_referee,
    build_referee_block,
    build_whole,
    join_blocks,
    join_referee,
)
from adam.imputed import imputed_path, imputed_step
from adam.response_outcome import drawn_datasets
from adam.response_run import criterion_path, read_study_criterion
from adam.time_to_event.stage import explained_path, explained_steps
from crf2tlf.build import Options, Step
from crf2tlf.build.blocks import by_block
from crf2tlf.build.issues import issues_step
from crf2tlf.derive.write import is_without_records, output_paths, transport_paths
from crf2tlf.spec.fingerprint import compute_dataset_key
from crf2tlf.spec.graph import Graph
from crf2tlf.spec.load import load_study
from crf2tlf.spec.model import Dataset, Response, Study

CODE = ("crf2tlf", "adam")


def plan(options: Options) -> list[Step]:
    """The steps that turn a study's SDTM files into ADaM."""
    study = load_study(options.study, Path.cwd(), options.build_folder)
    graph = Graph(study)
    for response in study.responses.values():
        read_study_criterion(study, response)  # a fault of its override is told before any data are read
    build_folder = options.build_folder
    finals = [_dataset_step(study, graph, dataset, build_folder) for dataset in study.adam.values()]
    referee = _referee_steps(study, graph, build_folder)
    files = dict.fromkeys(path for step in (*finals, *referee) for path in step.inputs if path.suffix == ".xpt")
    blocks = Blocks(
        build_folder / "blocks" / "adam", count_blocks(path for path in files if path.parent.name == "sdtm")
    )
    folder = build_folder / "adam"
    issues = issues_step(study, "adam", folder, "data behind the analysis datasets", CODE)
    gathered = [issues, imputed_step(study, folder, CODE), *explained_steps(study, folder, CODE)]
    if blocks.count == 1:
        return [*finals, *gathered, *referee]
    parts = [_in_blocks(study, step, blocks) for step in (*finals, *referee)]
    found = block_steps(study, blocks, _subject_file(study, build_folder), files)
    return [*found, *by_block(steps for steps, _ in parts), *(final for _, final in parts), *gathered]


def _in_blocks(study: Study, final: Step, blocks: Blocks) -> tuple[list[Step], Step]:
    """The steps that do the work of a step for each block of subjects, and the one that writes it whole."""
    name = final.name.partition("/")[2]
    parts = tuple(blocks.part(name, block) for block in range(blocks.count))
    files: Files = final.arguments[-1]
    own = () if name == REFEREE else (name,)
    rows = tuple(blocks.rows(path) for path in final.inputs if path.suffix == ".xpt")
    steps = [
        replace(
            final,
            name=f"{final.name}.{block:04d}",
            run=build_referee_block if name == REFEREE else build_block,
            arguments=(study, *own, replace(files, blocks=blocks, block=block), part),
            inputs=(*final.inputs, *rows),
            outputs=(part,),
        )
        for block, part in enumerate(parts)
    ]
    joined = join_referee if name == REFEREE else join_blocks
    return steps, replace(final, run=joined, arguments=(study, *own, files.build_folder, parts), inputs=parts)


def _subject_file(study: Study, build_folder: Path) -> Path:
    """The file that tells which subjects there are: that of DM, else what ADSL is made of."""
    adsl = study.adam.get("ADSL")
    source = "DM" if "DM" in study.sdtm or adsl is None else adsl.records[0].source
    return _files(study, source, build_folder)[0]


def _dataset_step(study: Study, graph: Graph, dataset: Dataset, build_folder: Path) -> Step:
    sources = graph.sources(dataset)
    files = tuple(dict.fromkeys(path for source in sorted(sources) for path in _files(study, source, build_folder)))
    empty = tuple(path for source in sorted(sources) for path in _absent(study, source, build_folder))
    written = transport_paths(dataset, build_folder / "adam")
    facts = (name for name in graph.closure(dataset) if name.source.startswith(("table.", "response.")))
    return Step(
        name=f"adam/{dataset.name}",
        run=build_whole,
        arguments=(study, dataset.name, Files(build_folder, graph.columns(dataset))),
        inputs=(*files, *criterion_files(study, sources)),
        key=compute_dataset_key(graph, dataset, facts),
        outputs=_outputs(dataset, build_folder / "adam"),
        code=CODE,
        optional=(*empty, *written),
    )


def _outputs(dataset: Dataset, folder: Path) -> tuple[Path, ...]:
    """The files that a dataset's step writes."""
    files = (*output_paths(dataset, folder), imputed_path(folder, dataset.name))
    return (*files, explained_path(dataset, folder)) if dataset.parameters else files


def _referee_steps(study: Study, graph: Graph, build_folder: Path) -> list[Step]:
    """The step that compares computed and reported responses, where the study has any."""
    responses = [each for each in study.responses.values() if each.input("reported") is not None]
    inputs = [each for response in responses for each in (*response.inputs.values(), *_judged(study, response))]
    if not inputs:
        return []
    sources = sorted({source for each in inputs for source in graph.sources(each)})
    files = dict.fromkeys(path for source in sources for path in _files(study, source, build_folder))
    empty = dict.fromkeys(path for source in sources for path in _absent(study, source, build_folder))
    facts = {name for each in inputs for name in graph.closure(each) if name.source.startswith("table.")}
    folder = build_folder / "adam"
    step = Step(
        name=f"adam/{REFEREE}",
        run=build_referee,
        arguments=(study, Files(build_folder)),
        inputs=(*files, *criterion_files(study, {each.source for each in responses})),
        key="".join(compute_dataset_key(graph, each, facts) for each in inputs) + repr(responses),
        outputs=(folder / f"{REFEREE}.parquet", folder / f"{REFEREE}.html"),
        code=CODE,
        optional=tuple(empty),
    )
    return [step]


def _judged(study: Study, response: Response) -> list[Dataset]:
    """The datasets behind the outcome by which the referee judges: its own, and those that take their responses."""
    if response.effect_on is None:
        return []
    return [*drawn_datasets(study, response), study.adam[response.effect_on.dataset]]


def criterion_files(study: Study, sources: Iterable[str]) -> list[Path]:
    """The files of the response criteria behind some sources."""
    return [criterion_path(study, each) for each in study.responses.values() if each.source in sources]


def _files(study: Study, source: str, build_folder: Path) -> tuple[Path, ...]:
    """The files behind a source: a dataset's, and its supplemental qualifiers' where it has any."""
    dataset = _dataset(study, source)
    return () if dataset is None else transport_paths(dataset, build_folder / dataset.standard.lower())


def _absent(study: Study, source: str, build_folder: Path) -> tuple[Path, ...]:
    """Those of the files that need not be there: qualifiers that nobody has, and datasets built without a record."""
    dataset = _dataset(study, source)
    if dataset is None:
        return ()
    own, *supplemental = _files(study, source, build_folder)
    without = dataset.standard == "ADaM" or is_without_records(own.parent, dataset.name)
    return (own, *supplemental) if without else tuple(supplemental)


def _dataset(study: Study, source: str) -> Dataset | None:
    return study.dataset(source if study.dataset(source) is not None else source.removeprefix("SUPP"))
