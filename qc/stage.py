"""The steps of the stage: the rules over all files, Great Expectations a dataset, and the pages."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import pandas as pd

from crf2tlf.build import Options, Step, StepResult
from crf2tlf.derive.write import is_without_records
from crf2tlf.errors import Location, UsageError
from crf2tlf.spec.load import load_study, load_study_standards
from crf2tlf.spec.model import Study
from crf2tlf.tables import read_parquet, write_parquet, write_text
from qc.accepted import FILE_NAME, Accepted, read_accepted
from qc.agreement import require_agreement
from qc.checks import SubjectKnown
from qc.data_docs import render_dataset, render_index, summarize
from qc.evaluate import check_rule, check_rules
from qc.expectations import EXPRESSIBLE, express_rules, validate
from qc.files import read_files
from qc.findings import SEPARATOR, combine_findings
from qc.generate import generate_rules
from qc.report import render_report
from qc.rules import SEVERITIES, Rule

CODE = ("crf2tlf", "qc")
SUPPLEMENTAL_KEYS = ("USUBJID", "IDVAR", "IDVARVAL", "QNAM")


def plan(options: Options) -> list[Step]:
    """The steps that check a study's SDTM and ADaM files. UsageError where they have not been built."""
    study = load_study(options.study, Path.cwd(), options.build_folder)
    gx_version = great_expectations_version()
    paths = dataset_paths(study, options.build_folder)
    without = names_without_records(study, options.build_folder)
    rules = tuple(rule for rule in generate_rules(study, load_study_standards(study)) if rule.dataset not in without)
    folder = options.build_folder / "qc"
    named = {path.stem.upper(): path for path in paths}
    suites = [_suite_step(study, name, rules, named, folder, gx_version) for name in named]
    return [_rules_step(study, rules, paths, folder), *suites, _report_step(study, tuple(named), folder)]


def great_expectations_version() -> str:
    """The version that is installed; UsageError where none is."""
    try:
        return version("great-expectations")
    except PackageNotFoundError:
        raise UsageError("qc needs Great Expectations: install the project with its extra 'qc'") from None


def dataset_paths(study: Study, build_folder: Path) -> tuple[Path, ...]:
    """All transport files of the study, SDTM first. UsageError where a stage with a spec has written none."""
    found: list[Path] = []
    for standard in ("SDTM", "ADaM"):
        stage = standard.lower()
        files = sorted((build_folder / stage).glob("*.xpt"))
        if study.datasets("SDTM" if standard == "SDTM" else "ADaM") and not files:
            raise UsageError(f"{study.name}: there are no {standard} files; run make {stage} STUDY={study.name} first")
        found += files
    return tuple(found)


def names_without_records(study: Study, build_folder: Path) -> frozenset[str]:
    """The datasets that were built without a record, and the SUPP-- without a qualifier: they have no file."""
    found = set()
    for spec in (*study.sdtm.values(), *study.adam.values()):
        folder = build_folder / spec.standard.lower()
        if is_without_records(folder, spec.name):
            found |= {spec.name, spec.supp_name}
        if not (folder / f"{spec.supp_name.lower()}.xpt").is_file():
            found.add(spec.supp_name)
    return frozenset(found)


def _rules_step(study: Study, rules: tuple[Rule, ...], paths: tuple[Path, ...], folder: Path) -> Step:
    shown = f"specs/{study.name}/{FILE_NAME}"
    accepted = tuple(line for line in read_accepted(study.folder / FILE_NAME, shown) if not line.is_core)
    names = ("findings.parquet", "findings.json", "records.parquet", "rules.parquet")
    return Step(
        name="qc/rules",
        run=check_study,
        arguments=(study.name, study.location, rules, accepted, key_variables(study), paths, folder, study.encoding),
        inputs=paths,
        key=_hash(rules, accepted, study.encoding),
        outputs=tuple(folder / name for name in names),
        code=CODE,
    )


def key_variables(study: Study) -> dict[str, tuple[str, ...]]:
    """The key variables of each dataset, and those that tell supplemental qualifiers apart."""
    datasets = (*study.sdtm.values(), *study.adam.values())
    keys = {spec.name: spec.keys for spec in datasets}
    return keys | {spec.supp_name: SUPPLEMENTAL_KEYS for spec in datasets if spec.supp}


def check_study(
    study: str,
    place: Location,
    rules: tuple[Rule, ...],
    accepted: tuple[Accepted, ...],
    keys: dict[str, tuple[str, ...]],
    paths: tuple[Path, ...],
    folder: Path,
    encoding: str,
) -> StepResult:
    """Apply all rules to all files and write the findings."""
    files = read_files(paths, encoding)
    outcomes = check_rules(rules, files, place)
    tables = combine_findings(outcomes, files, accepted, keys)
    write_parquet(folder / "findings.parquet", tables.findings)
    write_parquet(folder / "records.parquet", tables.records)
    write_parquet(folder / "rules.parquet", tables.rules)
    write_text(folder / "findings.json", findings_json(study, tables.findings, tables.rules))
    return StepResult(rows={"findings": len(tables.findings)}, notes=count_findings(tables.findings, tables.rules))


def findings_json(study: str, findings: pd.DataFrame, rules: pd.DataFrame) -> str:
    """The findings for programs: counts, and each finding with its subjects and first records as lists."""
    rows = [{str(name).lower(): value for name, value in row.items()} for row in findings.to_dict("records")]
    for row in rows:
        row["subjects"] = row["subjects"].split(SEPARATOR) if row["subjects"] else []
        row["records"] = row["records"].split(SEPARATOR) if row["records"] else []
    told = {"study": study, "rules": len(rules), "counts": count_findings(findings, rules), "findings": rows}
    return json.dumps(told, indent=1, ensure_ascii=False) + "\n"


def count_findings(findings: pd.DataFrame, rules: pd.DataFrame) -> dict[str, int]:
    """Findings by severity and status, and the rules that could not be checked."""
    pairs = Counter(zip(findings["SEVERITY"].tolist(), findings["STATUS"].tolist(), strict=True))
    counts = {f"open findings, {name}": pairs[(name, "open")] for name in SEVERITIES}
    counts["accepted findings"] = sum(count for (_, status), count in pairs.items() if status == "accepted")
    counts["rules not checked"] = int((rules["BLOCKED"] != "").sum())
    return {name: count for name, count in counts.items() if count or name == "open findings, error"}


def _suite_step(
    study: Study, name: str, rules: tuple[Rule, ...], named: dict[str, Path], folder: Path, gx_version: str
) -> Step:
    own = tuple(rule for rule in rules if rule.dataset == name and isinstance(rule.check, EXPRESSIBLE))
    others = {rule.check.dataset for rule in own if isinstance(rule.check, SubjectKnown)}
    needed = tuple(named[other] for other in sorted({name, *others}) if other in named)
    stem = name.lower()
    return Step(
        name=f"qc/expectations-{name}",
        run=check_expectations,
        arguments=(study.name, study.study_id, name, own, needed, folder, study.encoding),
        inputs=needed,
        key=_hash(own, gx_version, study.study_id, study.encoding),
        outputs=(
            folder / "data_docs" / f"{stem}.html",
            folder / "expectations" / f"{stem}.json",
            folder / "expectations" / f"{stem}_result.json",
        ),
        code=CODE,
    )


def check_expectations(
    study: str, study_id: str, name: str, rules: tuple[Rule, ...], paths: tuple[Path, ...], folder: Path, encoding: str
) -> StepResult:
    """Run a dataset's suite; its failing records must be those of the rules."""
    files = read_files(paths, encoding)
    outcomes = [check_rule(rule, files) for rule in rules]
    asked = express_rules([outcome.rule for outcome in outcomes if not outcome.blocked], files)
    validation = validate(name, asked, files.frame(name))
    require_agreement(study, outcomes, validation.results)
    records, stem = len(files.frame(name)), name.lower()
    summary = summarize(name, records, validation.results)
    write_text(folder / "expectations" / f"{stem}.json", json.dumps(validation.suite, indent=1) + "\n")
    write_text(folder / "expectations" / f"{stem}_result.json", json.dumps(summary, indent=1) + "\n")
    write_text(folder / "data_docs" / f"{stem}.html", render_dataset(study_id, name, records, validation.results))
    return StepResult(notes={"expectations run": len(asked)})


def _report_step(study: Study, names: tuple[str, ...], folder: Path) -> Step:
    results = tuple(folder / "expectations" / f"{name.lower()}_result.json" for name in names)
    return Step(
        name="qc/report",
        run=write_report,
        arguments=(study.study_id, folder, results),
        inputs=(folder / "findings.parquet", folder / "rules.parquet", *results),
        outputs=(folder / "report.html", folder / "data_docs" / "index.html"),
        code=CODE,
    )


def write_report(study_id: str, folder: Path, results: tuple[Path, ...]) -> StepResult:
    """The findings page and the index of the expectation pages."""
    summaries = [json.loads(path.read_text(encoding="utf-8")) for path in results]
    findings, rules = read_parquet(folder / "findings.parquet"), read_parquet(folder / "rules.parquet")
    agreement = {"expectations": sum(int(each["expectations"]) for each in summaries)}
    write_text(folder / "report.html", render_report(study_id, findings, rules, agreement))
    write_text(folder / "data_docs" / "index.html", render_index(study_id, summaries))
    return StepResult()


def _hash(*facts: object) -> str:
    return hashlib.sha256(repr(facts).encode()).hexdigest()
