"""A toy study of six subjects for the tests of output specs, results and displays."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from crf2tlf.errors import Fault, Location
from crf2tlf.rules.verbs import NoData
from crf2tlf.spec.facts import Codelist, CodelistTerm
from crf2tlf.spec.model import Dataset, Origin, Study, Variable
from crf2tlf.spec.outputs import Output
from crf2tlf.spec.read_outputs import read_outputs
from tlf.results import Results, Source, Sources, compute_results, facts_of

HERE = Location("specs/toy/study.yaml", 1)
NUMBERS = {"TRT01AN", "AGE", "AESEQ", "ASTDT", "ASTDY", "AVAL", "CNSR"}
COLUMNS = {
    "ADSL": "USUBJID TRT01A TRT01AN SAFFL AGE SEX",
    "ADAE": "USUBJID AESEQ TRTA SAFFL AEBODSYS AEDECOD AESEV TRTEMFL ASTDT ASTDY",
    "ADTTE": "USUBJID PARAMCD TRTA SAFFL AVAL CNSR",
}

ADSL = """
01 A 1 Y 60 M
02 A 1 Y 65 F
03 A 1 Y 70 F
04 B 2 Y 75 M
05 B 2 Y 80 .
06 A 1 N 50 M
"""
ADAE = """
01 1 A Y GI   NAUSEA   MILD     Y 19726 3
01 2 A Y GI   NAUSEA   SEVERE   Y 19730 7
01 3 A Y GI   VOMITING MILD     Y .     .
02 1 A Y SKIN RASH     MILD     Y 19728 5
04 1 B Y GI   NAUSEA   MODERATE Y 19740 9
05 1 B Y SKIN RASH     MILD     N 19700 -4
06 1 A N GI   NAUSEA   MILD     Y 19726 2
"""
ADTTE = """
01 TTDE A Y 2  0
02 TTDE A Y 4  0
03 TTDE A Y 6  1
04 TTDE B Y 3  1
05 TTDE B Y 9  0
01 OS   A Y 20 1
06 TTDE A N 1  0
"""

SUMMARY = """\
output: t_1
number: 14.1.2.1
template: summary
titles: Demographics
population: {label: Safety Population, where: SAFFL == 'Y'}
columns: {by: TRT01A, order: TRT01AN, total: Total}
rows:
  AGE: {label: Age (years)}
  SEX: {label: Sex, levels: {F: Female, M: Male}}
"""
HIERARCHY = """\
output: t_2
number: 14.3.1.2
template: hierarchy
titles: Adverse Events
population: {label: Safety Population, where: SAFFL == 'Y'}
dataset: ADAE
where: TRTEMFL == 'Y'
columns: {by: {ADSL: TRT01A, ADAE: TRTA}, order: TRT01AN, total: Total}
levels: [AEBODSYS, AEDECOD]
any: Any event
"""
KAPLAN_MEIER = """\
output: f_1
number: 14.2.1.1
template: kaplan_meier
titles: Time to First Event
population: {label: Safety Population, where: SAFFL == 'Y'}
dataset: ADTTE
columns: {by: {ADSL: TRT01A, ADTTE: TRTA}, order: TRT01AN}
parameter: TTDE
ticks: 4
time_label: Days
"""
LISTING = """\
output: l_1
number: 16.2.7.1
template: listing
titles: Adverse Events
population: {label: Safety Population, where: SAFFL == 'Y'}
dataset: ADAE
sort: [TRTA, USUBJID, ASTDT]
heading: "Treatment: {TRTA}"
columns:
  - {label: Subject, show: "{USUBJID}", no_repeat: true}
  - {label: Event, show: "{AEBODSYS} /\\n{AEDECOD}"}
  - {label: Start (day), show: "{ASTDT} ({ASTDY})"}
"""


def typed_table(text: str, columns: str, numbers: set[str] = NUMBERS) -> pd.DataFrame:
    """A frame from lines of words, "." being missing; numbers as float64, the rest as text."""
    names = columns.split()
    rows = [[None if word == "." else word for word in line.split()] for line in text.strip().splitlines()]
    frame = pd.DataFrame(rows, columns=names)
    return frame.astype({name: "float64" if name in numbers else "string[pyarrow]" for name in names})


def toy_study(root: Path) -> Study:
    """The study, whose output specs are looked for in `<root>/specs/toy/tlf`."""
    keys = {"ADSL": ("USUBJID",), "ADAE": ("USUBJID", "AESEQ"), "ADTTE": ("USUBJID", "PARAMCD")}
    adam = {name: _dataset(name, ("STUDYID", *keys[name]), columns.split()) for name, columns in COLUMNS.items()}
    terms = {value: CodelistTerm(value, "", "", (), False, HERE) for value in ("M", "F")}
    codelists = {"SEX": Codelist("SEX", "Sex", "C66731", False, terms, HERE)}
    folder = root / "specs" / "toy"
    return Study("toy", "TOY", "TOY", "Toy", folder, root, {}, {"YES": "Y"}, "", {}, {}, codelists, {}, {}, adam, HERE)


def _dataset(name: str, keys: tuple[str, ...], columns: list[str]) -> Dataset:
    variables = {column: make_variable(name, column, column in NUMBERS) for column in columns}
    return Dataset(name, "ADaM", name, "ADAM OTHER", "", "", keys, (), variables, HERE)


def make_variable(dataset: str, name: str, is_number: bool) -> Variable:
    """A variable of a toy dataset."""
    type_ = "integer" if is_number else "text"
    format_ = "DATE9." if name.endswith("DT") else ""
    codelist = "SEX" if name == "SEX" else ""
    rule = NoData("toy")
    return Variable(
        dataset,
        name,
        f"Label of {name}",
        type_,
        rule,
        "no_data",
        HERE,
        Origin("Derived"),
        format=format_,
        codelist=codelist,
    )


def read_texts(root: Path, **texts: str) -> tuple[dict[str, Output], list[Fault]]:
    """The outputs of the toy study whose files have these texts."""
    folder = root / "specs" / "toy" / "tlf"
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return read_outputs(toy_study(root))


def read_one(root: Path, text: str) -> Output:
    """The one output of a text that has no fault."""
    name = text.split("\n", 1)[0].removeprefix("output: ")
    outputs, faults = read_texts(root, **{name: text})
    assert faults == []
    return outputs[name]


def faults_of(root: Path, text: str) -> list[str]:
    """The faults of an output's text, as they are printed."""
    name = text.split("\n", 1)[0].removeprefix("output: ")
    return [str(fault) for fault in read_texts(root, **{name: text})[1]]


def toy_sources(root: Path, **changed: str) -> Sources:
    """The toy data; `changed` replaces the lines of a dataset."""
    lines = {"ADSL": ADSL, "ADAE": ADAE, "ADTTE": ADTTE} | changed
    facts = facts_of(toy_study(root), COLUMNS)
    frames = {name: Source(facts[name], typed_table(text, COLUMNS[name])) for name, text in lines.items()}
    return Sources(frames, {"YES": "Y"})


def results_of(root: Path, text: str, **changed: str) -> Results:
    """The results of an output's text on the toy data."""
    return compute_results(read_one(root, text), toy_sources(root, **changed))


def numbers_of(results: Results, analysis: str, statistic: str) -> dict[str, float]:
    """The numbers of a statistic by the levels of their groups, joined by " | "."""
    ard = results.ard
    chosen = ard[(ard["ANALYSISID"] == analysis) & (ard["STATNAME"] == statistic)]
    levels = zip(*(chosen[f"GRP{number}LV"].fillna("-") for number in range(1, 5)), strict=True)
    names = [" | ".join(level for level in each if level != "-") for each in levels]
    return dict(zip(names, chosen["STATNUM"], strict=True))
