"""What the two reviewer's guides say: from the spec, the datasets as written, and the findings."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from crf2tlf.rules.verbs import ImputationFlag, IsoDate, NoData, StudyDay
from crf2tlf.spec.check_coverage import fields_not_submitted
from crf2tlf.spec.describe_parameters import describe_date, describe_dates
from crf2tlf.spec.model import Dataset, Standard, Study
from submission.guide import Guide, GuideTable, Section, make_table

_OWN = {
    "SDTM": ("Clinical Study Data Reviewer's Guide", "tabulation", "SDTMIG", "SDTM CT"),
    "ADaM": ("Analysis Data Reviewer's Guide", "analysis", "ADaMIG", "ADaM CT"),
}

QUERY = re.compile(r"Open query (\w+): ")
"""How an explanation begins that names the check by which the raw data are queried."""


@dataclass(frozen=True)
class Facts:
    """What a guide tells beside the spec.

    `records` counts the records of each dataset as written; `findings` and `rules` are the tables of qc; `issues` is
    the table of raw values that could not be used; `explained` holds rule, dataset and explanation of what CDISC CORE
    finds; `versions` are those of the program and its libraries.
    """

    records: Mapping[str, int]
    findings: pd.DataFrame
    rules: pd.DataFrame
    issues: pd.DataFrame
    explained: tuple[tuple[str, str, str], ...]
    versions: Mapping[str, str]


def compose_guide(study: Study, standard: Standard, facts: Facts) -> Guide:
    """The guide of one standard: csdrg for SDTM, adrg for ADaM."""
    own = sdtm_sections(study, facts) if standard == "SDTM" else adam_sections(study)
    sections = (
        introduction(study, standard),
        protocol(study),
        Section("Datasets", (dataset_text(study, standard, facts),), (dataset_table(study, standard, facts),)),
        *own,
        conformance(study, standard, facts),
        *core_sections(standard, facts),
        software(facts),
    )
    return Guide(_OWN[standard][0], study.study_id, study.title, sections)


def introduction(study: Study, standard: Standard) -> Section:
    """Purpose, and the standards and dictionaries with their versions."""
    _, kind, guide, terminology = _OWN[standard]
    purpose = (
        f"This guide tells reviewers of the {kind} datasets of study {study.study_id} what the datasets and define.xml "
        "do not say by themselves. It is made from the specification that the datasets were built with."
    )
    rows = [("Implementation guide", guide, study.standards.get(guide, ""))]
    rows.append(("Controlled terminology", f"CDISC/NCI {terminology}", study.standards.get(terminology, "")))
    rows.append(("Data definition", "Define-XML", study.standards.get("Define-XML", "")))
    rows += [("Dictionary", each.name, each.version) for each in study.dictionaries.values()]
    table = make_table(("Use", "Standard", "Version"), rows, (0.3, 0.45, 0.25))
    encoding = "All datasets are SAS transport files of version 5 and hold ASCII characters only."
    if study.encoding != "ascii":
        encoding = (
            f"All datasets are SAS transport files of version 5, written in {study.encoding.upper()}: read them in a "
            "session of that encoding. Variables hold ASCII characters; only QVAL in supplemental qualifiers holds "
            "text as reported in other characters. Lengths count bytes."
        )
    return Section("Introduction", (purpose, encoding), (table,))


def protocol(study: Study) -> Section:
    """Protocol number and title, arms, and the data cut-off."""
    cut_off = (
        f"The data are cut off at {study.cut_off}." if study.cut_off else "The specification names no data cut-off."
    )
    paragraphs = (f"Protocol {study.protocol}: {study.title}.", cut_off)
    arms = study.codelists.get("ARMCD")
    rows = [(term.value, term.decode) for term in arms.terms.values()] if arms is not None else []
    tables = (make_table(("Arm code", "Arm"), rows, (0.3, 0.7)),) if rows else ()
    return Section("Protocol", paragraphs, tables)


def dataset_text(study: Study, standard: Standard, facts: Facts) -> str:
    """One sentence on how many datasets there are, and on those without records."""
    names = [name for name in dataset_names(study, standard) if name in facts.records]
    empty = [name for name in names if not facts.records[name]]
    text = f"{len(names) - len(empty)} datasets are submitted."
    if empty:
        text += f" No record was collected for {', '.join(empty)}; no file is submitted for it."
    return text


def dataset_names(study: Study, standard: Standard) -> list[str]:
    """The datasets of a standard, each followed by its supplemental qualifiers."""
    found: list[str] = []
    for spec in ordered_specs(study, standard):
        found += [spec.name, *([spec.supp_name] if spec.supp else [])]
    return found


def ordered_specs(study: Study, standard: Standard) -> list[Dataset]:
    """The datasets by name, ADSL first."""
    return sorted(study.datasets(standard).values(), key=lambda spec: (spec.name != "ADSL", spec.name))


def dataset_table(study: Study, standard: Standard, facts: Facts) -> GuideTable:
    """Name, label, class, structure, keys and records of each dataset as written."""
    rows: list[tuple[object, ...]] = []
    for spec in ordered_specs(study, standard):
        if spec.name in facts.records:
            structure = spec.structure or f"One record per {', '.join(spec.keys)}"
            kind = spec.class_.capitalize()
            rows.append((spec.name, spec.label, kind, structure, ", ".join(spec.keys), facts.records[spec.name]))
        if spec.supp and spec.supp_name in facts.records:
            qualifiers = f"Qualifiers: {', '.join(spec.supp)}"
            label = f"Supplemental Qualifiers for {spec.name}"
            keys = "USUBJID, IDVAR, IDVARVAL, QNAM"
            rows.append((spec.supp_name, label, "Relationship", qualifiers, keys, facts.records[spec.supp_name]))
    heads = ("Dataset", "Label", "Class", "Structure", "Keys", "Records")
    return make_table(heads, rows, (0.11, 0.18, 0.15, 0.24, 0.22, 0.1))


def sdtm_sections(study: Study, facts: Facts) -> tuple[Section, ...]:
    """What the tabulation guide adds: conventions, what is not there and why, raw values that could not be used."""
    return (
        conventions(tuple(study.sdtm.values())),
        Section("Data that are not submitted", parts=(not_submitted(study), without_data(study))),
        raw_issues(facts),
    )


def conventions(specs: tuple[Dataset, ...]) -> Section:
    """How dates, study days and numbers of records are to be read, as far as the specification has them."""
    variables = [variable for spec in specs for variable in spec.variables.values()]
    rules = [variable.rule for variable in variables]
    found = []
    if any(variable.name.endswith("DTC") for variable in variables):
        found.append("Dates and times are ISO 8601 (--DTC); parts that are unknown or not collected are left out.")
    if any(variable.format.upper().startswith("DATE") for variable in variables):
        found.append("Numeric dates are days since 1960-01-01.")
    if any(isinstance(rule, ImputationFlag) for rule in rules):
        found.append("An imputed date has its flag (--DTF) beside it: Y, M or D for the highest part imputed.")
    references = sorted({str(rule.reference) for rule in rules if isinstance(rule, StudyDay)})
    if references:
        found.append(
            f"Study days count from {' or '.join(references)}, which is day 1; the day before is day -1. They are "
            "missing for partial dates."
        )
    sequences = [variable.name for variable in variables if variable.verb == "seq"]
    if sequences:
        found.append(f"Unique within the subject: {', '.join(sequences)}.")
    return Section("Conventions", tuple(found) or ("There are none beyond those of the standards.",))


def not_submitted(study: Study) -> Section:
    """Collected fields that are in no dataset."""
    rows = list(fields_not_submitted(study))
    if not rows:
        return Section("Collected fields", ("Every collected field is in a dataset.",))
    table = make_table(("Dataset", "Form and field", "Reason"), rows, (0.12, 0.28, 0.6))
    return Section("Collected fields", ("These collected fields are in no dataset.",), (table,))


def without_data(study: Study) -> Section:
    """Variables that the standard expects and that hold no value."""
    rows = [
        (spec.name, variable.name, variable.rule.reason)
        for spec in study.sdtm.values()
        for variable in spec.variables.values()
        if isinstance(variable.rule, NoData)
    ]
    if not rows:
        return Section("Variables without values", ("There are none.",))
    table = make_table(("Dataset", "Variable", "Reason"), rows, (0.12, 0.16, 0.72))
    return Section("Variables without values", ("These variables are missing in every record.",), (table,))


def raw_issues(facts: Facts) -> Section:
    """The collected values that could not be used, by dataset, variable and rule."""
    title = "Collected values that could not be used"
    if not len(facts.issues):
        return Section(title, ("There are none.",))
    by = ["DATASET", "VARIABLE", "RULE", "MESSAGE"]
    counts = facts.issues.groupby(by, sort=True, dropna=False).size().reset_index(name="COUNT")
    rows = [(row["DATASET"], row["VARIABLE"], row["MESSAGE"], int(row["COUNT"])) for row in counts.to_dict("records")]
    table = make_table(("Dataset", "Variable", "What is wrong", "Values"), rows, (0.12, 0.16, 0.6, 0.12))
    return Section(title, ("These values could not be used as they were collected.",), (table,))


def adam_sections(study: Study) -> tuple[Section, ...]:
    """What the analysis guide adds: conventions, imputed dates, time-to-event parameters, programs."""
    specs = tuple(ordered_specs(study, "ADaM"))
    programs = (
        "The folder programs holds the specification that the datasets and displays were computed from: one text file "
        "for each dataset and display. The specification is what the program runs; nothing is programmed beside it.",
    )
    found = (
        conventions(specs),
        imputed_dates(specs),
        time_to_event(specs),
        Section("Programs", programs),
    )
    return tuple(section for section in found if section.paragraphs)


def imputed_dates(specs: tuple[Dataset, ...]) -> Section:
    """The variables whose partial dates are completed, and how."""
    rows = []
    for spec in specs:
        for variable in spec.variables.values():
            if isinstance(variable.rule, IsoDate) and variable.rule.impute and variable.method is not None:
                rows.append((spec.name, variable.name, variable.method.text))
    if not rows:
        return Section("Imputed dates", ("No date is imputed.",))
    table = make_table(("Dataset", "Variable", "Method"), rows, (0.12, 0.16, 0.72))
    return Section("Imputed dates", ("Unknown parts of these dates are imputed.",), (table,))


def time_to_event(specs: tuple[Dataset, ...]) -> Section:
    """The time-to-event parameters: start, dates, rules in their order."""
    rows = []
    for parameter in (each for spec in specs for each in spec.parameters.values()):
        rows.append((parameter.code, "Start", parameter.name, describe_date(parameter.start)))
        rows += [(parameter.code, "Date", name, words) for name, words in describe_dates(parameter)]
        rows += [
            (
                parameter.code,
                "Event" if rule.code == 0 else f"Censored {rule.code}",
                f"{rule.id}: {rule.text}",
                f"{rule.date} if {rule.when_text}" if rule.when_text else rule.date,
            )
            for rule in parameter.rules
        ]
    if not rows:
        return Section("Time-to-event parameters")
    text = "The first rule that holds, and whose date is known, gives the outcome."
    table = make_table(("Parameter", "Role", "Name or text", "Date and condition"), rows, (0.12, 0.14, 0.32, 0.42))
    return Section("Time-to-event parameters", (text,), (table,))


def conformance(study: Study, standard: Standard, facts: Facts) -> Section:
    """How many rules were applied, and every finding with its explanation."""
    names = set(dataset_names(study, standard))
    rules = facts.rules[facts.rules["DATASET"].isin(names)]
    findings = facts.findings[facts.findings["DATASET"].isin(names)]
    applied = int((rules["BLOCKED"] == "").sum())
    blocked = len(rules) - applied
    text = f"{applied:,} rules made from the specification were applied to the datasets as written."
    text += f" {blocked:,} rules could not be applied." if blocked else ""
    if not len(findings):
        return Section("Data conformance", (f"{text} None of them failed.",))
    rows = [
        (
            row["DATASET"],
            row["VARIABLE"].replace("/", " / "),
            f"{row['MESSAGE']} ({row['SEVERITY']})",
            int(row["COUNT"]),
            row["REASON"] or "Open: no explanation has been given.",
        )
        for row in findings.to_dict("records")
    ]
    heads = ("Dataset", "Variable", "Finding", "Records", "Explanation")
    table = make_table(heads, rows, (0.11, 0.16, 0.3, 0.1, 0.33))
    return Section("Data conformance", (text, f"{len(findings):,} findings:"), (table,))


def core_sections(standard: Standard, facts: Facts) -> tuple[Section, ...]:
    """The explanations of what CDISC CORE finds; it looks at SDTM alone."""
    if standard != "SDTM" or not facts.explained:
        return ()
    text = (
        "CDISC CORE, with the published rules for SDTMIG 3.4, is a second opinion on the datasets. Its findings are "
        "explained by rule and dataset. What an open query explains is in the raw data and has not been answered yet."
    )
    open_queries = set(facts.issues["RULE"])
    rows = [
        (rule, dataset or "all", reason)
        for rule, dataset, reason in facts.explained
        if (query := QUERY.match(reason)) is None or query[1] in open_queries
    ]
    table = make_table(("Rule", "Dataset", "Explanation"), rows, (0.17, 0.12, 0.71))
    return (Section("Findings of CDISC CORE", (text,), (table,)),)


def software(facts: Facts) -> Section:
    """The program and the libraries, with versions."""
    rows = [(name, version) for name, version in facts.versions.items() if version]
    table = make_table(("Software", "Version"), rows, (0.4, 0.6))
    return Section("Software", ("The datasets were built with this software.",), (table,))
