"""The steps of the stage: one for each dataset, ADSL first and then in the order in which they read each other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

import pandas as pd

from adam.imputed import imputed_path, imputed_step, write_imputed
from adam.response_outcome import drawn_datasets
from adam.response_run import criterion_path, read_study_criterion
from adam.response_stage import derive_response, write_referee
from adam.time_to_event.engine import TimeToEvent
from adam.time_to_event.stage import explained_path, explained_steps, write_explained
from crf2tlf.build import Options, Step, StepResult
from crf2tlf.build.issues import issues_step
from crf2tlf.derive.built import build_dataset
from crf2tlf.derive.engine import Deriver
from crf2tlf.derive.tables import FileSource
from crf2tlf.derive.write import is_without_records, output_paths, transport_paths, write_built
from crf2tlf.errors import Context, UnreadableFile
from crf2tlf.rules.columns import missing_column
from crf2tlf.spec.fingerprint import compute_dataset_key
from crf2tlf.spec.graph import Graph
from crf2tlf.spec.load import load_study, load_study_standards
from crf2tlf.spec.model import Dataset, Response, Study
from crf2tlf.tables import read_xpt

CODE = ("crf2tlf", "adam")


def plan(options: Options) -> list[Step]:
    """The steps that turn a study's SDTM files into ADaM."""
    study = load_study(options.study, Path.cwd())
    graph = Graph(study)
    for response in study.responses.values():
        read_study_criterion(study, response)  # a fault of its override is told before any data are read
    steps = [_dataset_step(study, graph, dataset, options.build_folder) for dataset in study.adam.values()]
    folder = options.build_folder / "adam"
    issues = issues_step(study, "adam", folder, "data behind the analysis datasets", CODE)
    gathered = [issues, imputed_step(study, folder, CODE), *explained_steps(study, folder, CODE)]
    return [*steps, *gathered, *_referee_steps(study, graph, options.build_folder)]


def _dataset_step(study: Study, graph: Graph, dataset: Dataset, build_folder: Path) -> Step:
    sources = graph.sources(dataset)
    files = tuple(dict.fromkeys(path for source in sorted(sources) for path in _files(study, source, build_folder)))
    empty = tuple(path for source in sorted(sources) for path in _absent(study, source, build_folder))
    written = transport_paths(dataset, build_folder / "adam")
    facts = (name for name in graph.closure(dataset) if name.source.startswith(("table.", "response.")))
    return Step(
        name=f"adam/{dataset.name}",
        run=build_adam_dataset,
        arguments=(study, dataset.name, build_folder, graph.columns(dataset)),
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
        name="adam/response_referee",
        run=build_referee,
        arguments=(study, build_folder),
        inputs=(*files, *criterion_files(study, {each.source for each in responses})),
        key="".join(compute_dataset_key(graph, each, facts) for each in inputs) + repr(responses),
        outputs=(folder / "response_referee.parquet", folder / "response_referee.html"),
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


def build_adam_dataset(
    study: Study, name: str, build_folder: Path, columns: Mapping[str, tuple[str, ...]] | None = None
) -> StepResult:
    """Derive one dataset from the files of others and write it; `columns` names what is read of each."""
    spec = study.adam[name]

    def opened(source: str) -> FileSource:
        return open_dataset(study, source, build_folder, (columns or {}).get(source, ()))

    deriver = Deriver(study, {}, opened, frozenset({name}), TimeToEvent(), derive_response)
    built = build_dataset(deriver, name)
    written = write_built(study, spec, built, build_folder / "adam", load_study_standards(study))
    write_imputed(deriver.dataset(name), build_folder / "adam")
    if spec.parameters:
        write_explained(deriver.dataset(name), build_folder / "adam")
    return StepResult(written.rows, written.issues)


def build_referee(study: Study, build_folder: Path) -> StepResult:
    """Compare the computed responses with those reported."""
    deriver = Deriver(study, {}, lambda source: open_dataset(study, source, build_folder))
    return write_referee(deriver, build_folder / "adam")


def open_dataset(study: Study, name: str, build_folder: Path, columns: tuple[str, ...] = ()) -> FileSource:
    """A dataset of either standard from its file, with its supplemental qualifiers.

    The named columns are read in one go, others when they are asked for.
    """
    dataset = study.dataset(name)
    if dataset is None:
        raise UnreadableFile(f"there is no dataset {name} in the spec", Context(study.name))
    folder = build_folder / dataset.standard.lower()
    path = folder / dataset.file_name
    if not path.is_file() and is_without_records(folder, name):
        return FileSource(name, _without_records(dataset))
    if not path.is_file():
        target = dataset.standard.lower()
        context = Context(study.name, name, dataset.location, fix=f"run make {target} STUDY={study.name}")
        raise UnreadableFile(f"{path} does not exist.", context)
    supplemental = folder / f"{dataset.supp_name.lower()}.xpt"
    qualifiers = read_xpt(supplemental, encoding=study.encoding).frame if supplemental.is_file() else None
    there = {variable.name for variable in read_xpt(path, encoding=study.encoding, columns=[]).variables}
    wanted = [each for each in dict.fromkeys(("USUBJID", *columns)) if each in there]

    def read(column: str) -> pd.Series:
        known = read_xpt(path, encoding=study.encoding, columns=[column] if column in there else []).frame
        return known[column]

    return FileSource(name, read_xpt(path, encoding=study.encoding, columns=wanted).frame, qualifiers, read)


def _without_records(dataset: Dataset) -> pd.DataFrame:
    """The columns of a dataset that has no records."""
    columns = dataset.variables.values()
    return pd.DataFrame({each.name: missing_column("number" if each.is_number else "text", 0) for each in columns})
