"""The steps of the stage: one document for SDTM, one for ADaM."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from crf2tlf.build import Options, Step, StepResult
from crf2tlf.errors import Context, DataError
from crf2tlf.spec.folders import crf_paths, raw_folder
from crf2tlf.spec.load import load_study, load_study_standards
from crf2tlf.spec.model import Standard, Study
from crf2tlf.tables import moment_of_build, write_bytes, write_text
from define.acrf.merge import merge_crf
from define.check import check_content
from define.compile import compile_define
from define.displays import study_displays
from define.files import ACRF, CrfPages, count_crf_pages, dataset_paths, read_datasets
from define.findings import Finding
from define.write_html import ASSETS, render_html
from define.write_xml import STYLESHEET, render_xml

CODE = ("crf2tlf", "define")
STYLESHEET_PATH = Path(__file__).with_name(STYLESHEET)
STANDARDS: tuple[Standard, ...] = ("SDTM", "ADaM")
FINDINGS_SHOWN = 20


def plan(options: Options) -> list[Step]:
    """The steps that describe the datasets a study has built so far."""
    study = load_study(options.study, Path.cwd(), options.build_folder)
    raw = raw_folder(study, options.raw)
    build = options.build_folder
    documents = [_step(study, standard, raw, build) for standard in STANDARDS if study.datasets(standard)]
    return [_crf_step(study, raw, build), *documents]


def _crf_step(study: Study, raw: Path, build_folder: Path) -> Step:
    """The annotated CRF, beside the document that names its pages."""
    paths, target = crf_paths(study, raw), build_folder / "define" / "sdtm" / ACRF
    return Step(
        name="define/acrf",
        run=write_crf,
        arguments=(study, paths, target),
        inputs=(*dict.fromkeys(paths.values()), study.folder),
        outputs=(target,),
        code=CODE,
    )


def write_crf(study: Study, paths: dict[str, Path], target: Path) -> StepResult:
    """Draw and merge the pages of the forms."""
    write_bytes(target, merge_crf(study, paths, f"D:{moment_of_build():%Y%m%d%H%M%S}Z"))
    return StepResult(notes={"CRF files merged": len(set(paths.values()))} if paths else {})


def _step(study: Study, standard: Standard, raw: Path, build_folder: Path) -> Step:
    folder = build_folder / "define" / standard.lower()
    data_folder = build_folder / standard.lower()
    crfs = tuple(dict.fromkeys(crf_paths(study, raw).values())) if cites_crf(study, standard) else ()
    return Step(
        name=f"define/{standard.lower()}",
        run=build_define,
        arguments=(study, standard, data_folder, folder, raw),
        # Everything that the specs say can show in the document, so the whole folder decides.
        inputs=(
            *dataset_paths(data_folder),
            *crfs,
            study.folder,
            study.root / "specs" / "standards",
            STYLESHEET_PATH,
            *ASSETS,
        ),
        outputs=(folder / "define.xml", folder / "define.html", folder / STYLESHEET),
        code=CODE,
    )


def cites_crf(study: Study, standard: Standard) -> bool:
    """Whether a variable of the standard's datasets has pages of the CRF as its origin."""
    datasets = study.datasets(standard).values()
    origins = (variable.origin for dataset in datasets for variable in dataset.all_variables())
    return any(origin.pages or origin.fields for origin in origins)


def build_define(
    study: Study, standard: Standard, data_folder: Path, folder: Path, raw: Path | None = None
) -> StepResult:
    """Write define.xml, define.html and the stylesheet of the datasets in `data_folder`.

    Raises DataError where there are no datasets, and where the checker finds an error: nothing is written then.
    """
    files = read_datasets(dataset_paths(data_folder), study.encoding)
    if not files:
        fix = f"run make {standard.lower()} STUDY={study.name}"
        raise DataError(f"there are no datasets in {data_folder}", Context(study=study.name, fix=fix))
    standards = load_study_standards(study)
    pages = count_crf_pages(study, raw) if cites_crf(study, standard) else CrfPages({}, 0)
    define = compile_define(
        study,
        standard,
        files,
        standards,
        created=moment_of_build(),
        crf=pages,
        displays=study_displays(study) if standard == "ADaM" else (),
    )
    content = render_xml(define)
    findings = check_content(content, files, standards, crf_pages=pages.total)
    require_no_errors(study, standard, findings)
    write_bytes(folder / "define.xml", content)
    write_text(folder / "define.html", render_html(define))
    write_bytes(folder / STYLESHEET, STYLESHEET_PATH.read_bytes())
    return StepResult(notes=dict(Counter(finding.rule for finding in findings)))


def require_no_errors(study: Study, standard: Standard, findings: list[Finding]) -> None:
    """Raise DataError with the errors among the findings."""
    errors = [finding for finding in findings if finding.severity == "error"]
    if not errors:
        return
    listed = "".join(f"\n  {finding}" for finding in errors[:FINDINGS_SHOWN])
    more = len(errors) - FINDINGS_SHOWN
    if more > 0:
        listed += f"\n  and {more} more"
    count = f"{len(errors)} error{'s' if len(errors) > 1 else ''}"
    fix = f"correct the spec, build {standard.lower()} again, then define"
    raise DataError(f"define.xml of {standard} would have {count}:{listed}", Context(study=study.name, fix=fix))
