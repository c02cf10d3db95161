"""The steps of the stage: the annotated CRF, the reviewer's guides, and the package."""

from __future__ import annotations

import csv
import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pandas as pd

from crf2tlf.build import Options, Step, StepResult
from crf2tlf.build.fingerprint import library_versions, project_version
from crf2tlf.errors import UsageError
from crf2tlf.spec.load import load_study
from crf2tlf.spec.model import Standard, Study
from crf2tlf.tables import read_parquet, read_xpt, write_bytes
from submission.check import require_package
from submission.guide_content import Facts, compose_guide
from submission.guides import render_guide
from submission.layout import ACRF, ADRG, CSDRG, DEFINE_FILES, MANIFEST, STYLESHEET, Layout
from submission.manifest import list_files, render_manifest
from submission.programs import ACCEPTED, README, program_sources, render_readme

CODE = ("crf2tlf", "submission")
GUIDES: dict[Standard, str] = {"SDTM": CSDRG, "ADaM": ADRG}
SHOWN_LIBRARIES = ("python", "pandas", "numpy", "pyarrow", "lxml", "reportlab")


def plan(options: Options) -> list[Step]:
    """The steps that package a study. UsageError, naming the target to make, where an earlier stage is not built."""
    study = load_study(options.study, Path.cwd(), options.build_folder)
    build = options.build_folder
    standards: list[Standard] = ["SDTM", *(["ADaM"] if study.adam else [])]  # type: ignore[list-item]
    require_stages(study, build, standards)
    guides = [_guide_step(study, standard, build) for standard in standards]
    return [*guides, _package_step(study, standards, build)]


def require_stages(study: Study, build: Path, standards: list[Standard]) -> None:
    """Raise UsageError for the first stage whose files are not there."""
    for standard in standards:
        stage = standard.lower()
        if not any((build / stage).glob("*.xpt")):
            raise _not_built(study, stage, f"{standard} dataset")
    needed = [("define", f"define/{each.lower()}/{name}") for each in standards for name in ("define.xml", STYLESHEET)]
    needed.append(("define", f"define/sdtm/{ACRF}"))
    needed += [("qc", "qc/findings.parquet"), ("qc", "qc/rules.parquet")]
    for stage, name in needed:
        if not (build / name).is_file():
            raise _not_built(study, stage, name)


def _not_built(study: Study, stage: str, what: str) -> UsageError:
    return UsageError(f"{study.name}: there is no {what}; run make {stage} STUDY={study.name} first")


def _guide_step(study: Study, standard: Standard, build: Path) -> Step:
    datasets = tuple(sorted((build / standard.lower()).glob("*.xpt")))
    tables = (build / "qc" / "findings.parquet", build / "qc" / "rules.parquet")
    issues = build / "sdtm" / "issues.parquet"
    known = (issues,) if standard == "SDTM" and issues.is_file() else ()
    accepted = study.folder / ACCEPTED
    explained = (accepted,) if standard == "SDTM" and accepted.is_file() else ()
    return Step(
        name=f"submission/{Path(GUIDES[standard]).stem}",
        run=write_guide,
        arguments=(study, standard, datasets, tables, known, explained, build / "submission" / GUIDES[standard]),
        inputs=(*datasets, *tables, *known, *explained),
        key=_hash(study, project_version()),
        outputs=(build / "submission" / GUIDES[standard],),
        code=CODE,
    )


def write_guide(
    study: Study,
    standard: Standard,
    datasets: tuple[Path, ...],
    tables: tuple[Path, Path],
    issues: tuple[Path, ...],
    accepted: tuple[Path, ...],
    target: Path,
) -> StepResult:
    """Compose and write one reviewer's guide."""
    records = {path.stem.upper(): count_records(study, path) for path in datasets}
    findings, rules = (read_parquet(path) for path in tables)
    found = read_parquet(issues[0]) if issues else pd.DataFrame({"RULE": []})
    libraries = library_versions()
    versions = {"crf2tlf": project_version()} | {name: libraries.get(name, "") for name in SHOWN_LIBRARIES}
    facts = Facts(records, findings, rules, found, read_core_explanations(accepted), versions)
    guide = compose_guide(study, standard, facts)
    write_bytes(target, render_guide(guide))
    return StepResult()


def count_records(study: Study, path: Path) -> int:
    """The records of a transport file. Without a column the header and their number are read, and no value."""
    return len(read_xpt(path, encoding=study.encoding, columns=()).frame)


def read_core_explanations(accepted: tuple[Path, ...]) -> tuple[tuple[str, str, str], ...]:
    """Rule, dataset and reason of the accepted findings that are CDISC CORE's; `make qc` has checked the file."""
    rows = [row for path in accepted for row in csv.DictReader(path.read_text("utf-8-sig").splitlines())]
    return tuple((row["rule"], row["dataset"], row["reason"]) for row in rows if row["rule"].startswith("CORE-"))


def _package_step(study: Study, standards: list[Standard], build: Path) -> Step:
    inputs = [path for standard in standards for path in sorted((build / standard.lower()).glob("*.xpt"))]
    inputs += [path for standard in standards for path in define_files(build, standard)]
    documents = [name for standard in standards for name in Layout(study.name).documents(standard.lower())]
    inputs += [document_path(build, name) for name in documents]
    return Step(
        name="submission/m5",
        run=write_package,
        arguments=(study, tuple(standards), build),
        inputs=(*inputs, *program_sources(study).values()),
        key=_hash(study.name, standards, project_version()),
        outputs=(build / "m5",),
        code=CODE,
    )


def document_path(build: Path, name: str) -> Path:
    """Where a document is built: the annotated CRF by define, the guides here."""
    return build / ("define/sdtm" if name == ACRF else "submission") / name


def define_files(build: Path, standard: Standard) -> list[Path]:
    """The files of define that belong to a standard's datasets."""
    folder = build / "define" / standard.lower()
    return [folder / name for name in DEFINE_FILES if (folder / name).is_file()]


def write_package(study: Study, standards: tuple[Standard, ...], build: Path) -> StepResult:
    """Lay out module 5, write its manifest, check it as a whole, and only then put it in place."""
    with replaced_folder(build / "m5") as m5:
        for target, source in package_files(study, standards, build).items():
            (m5 / target).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, m5 / target)
        programs = program_sources(study)
        readme = m5 / Layout(study.name).programs / README
        readme.parent.mkdir(parents=True, exist_ok=True)
        readme.write_text(render_readme(study, project_version(), programs), encoding="utf-8", newline="\n")
        (m5 / MANIFEST).write_text(render_manifest(m5), encoding="utf-8", newline="\n")
        require_package(m5, study.name, tuple(standard.lower() for standard in standards))
        count = len(list_files(m5)) + 1
    return StepResult(notes={"files in m5": count})


def package_files(study: Study, standards: tuple[Standard, ...], build: Path) -> dict[str, Path]:
    """The files that are copied, by their place in m5. Datasets without records are left out, as define.xml says."""
    layout, found = Layout(study.name), {}
    for standard in standards:
        folder = layout.sdtm if standard == "SDTM" else layout.adam
        datasets = sorted((build / standard.lower()).glob("*.xpt"))
        sources = [path for path in datasets if count_records(study, path)]
        sources += define_files(build, standard)
        sources += [document_path(build, name) for name in layout.documents(standard.lower())]
        found.update({(folder / path.name).as_posix(): path for path in sources})
    found.update({(layout.programs / name).as_posix(): path for name, path in program_sources(study).items()})
    return found


@contextmanager
def replaced_folder(target: Path) -> Iterator[Path]:
    """A new folder that takes the place of `target` when the block ends well, and is removed when it fails."""
    part = target.with_name(f".{target.name}.{os.urandom(6).hex()}.part")
    part.mkdir(parents=True)
    try:
        yield part
        if target.exists():
            shutil.rmtree(target)
        part.replace(target)
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _hash(*facts: object) -> str:
    return hashlib.sha256(repr(facts).encode()).hexdigest()
