"""The step that gathers the issues of a stage's datasets, as one table and as a page."""

from __future__ import annotations

from pathlib import Path

from crf2tlf.build.steps import Step, StepResult
from crf2tlf.derive.issues import combine_issues
from crf2tlf.derive.issues_page import render_issues
from crf2tlf.derive.subjects import combine_exclusions
from crf2tlf.spec.model import Study
from crf2tlf.tables import read_parquet, write_parquet, write_text


def issues_step(study: Study, stage: str, folder: Path, found_in: str, code: tuple[str, ...]) -> Step:
    """The step that writes issues.parquet and issues.html of the stage `sdtm` or `adam`; `found_in` names its input."""
    datasets = study.sdtm if stage == "sdtm" else study.adam
    parts = tuple(folder / "issues" / f"{name.lower()}.parquet" for name in sorted(datasets))
    return Step(
        name=f"{stage}/issues",
        run=gather_issues,
        arguments=(study.name, study.study_id, parts, folder, found_in),
        inputs=parts,
        outputs=(folder / "issues.parquet", folder / "issues.html"),
        code=code,
    )


def gather_issues(study: str, study_id: str, parts: tuple[Path, ...], folder: Path, found_in: str) -> StepResult:
    """All datasets' issues as one table and as a page."""
    issues = combine_exclusions(combine_issues([read_parquet(part) for part in parts]))
    write_parquet(folder / "issues.parquet", issues)
    write_text(folder / "issues.html", render_issues(study, study_id, issues, found_in))
    return StepResult(rows={"issues": len(issues)})
