"""Twelve subjects in two arms with responses, times to event and grades, for the tests of the templates of efficacy."""

from __future__ import annotations

from pathlib import Path

import results_toys

from crf2tlf.spec.facts import Codelist
from crf2tlf.spec.model import Dataset, Study
from crf2tlf.spec.outputs import Output
from crf2tlf.spec.read_outputs import read_outputs
from tlf.results import Results, Source, Sources, compute_results, facts_of

NUMBERS = {"TRT01PN", "AVAL", "CNSR", "PCHG", "ASEQ", "ATOXGRN", "AESEQ"}
COLUMNS = {
    "ADSL": "USUBJID TRT01P TRT01PN ITTFL PPROTFL RANDFL EOTSTT DCTREAS STRAT1R AGEGR1",
    "ADTTE": "USUBJID PARAMCD TRTP AVAL CNSR EVNTDESC",
    "ADRS": "USUBJID ASEQ PARAMCD TRTP AVALC",
    "ADTR": "USUBJID ASEQ PARAMCD TRTP PCHG",
    "ADAE": "USUBJID AESEQ TRTP AEBODSYS AEDECOD ATOXGRN AESER",
}
KEYS = {
    "ADSL": ("USUBJID",),
    "ADTTE": ("USUBJID", "PARAMCD"),
    "ADRS": ("USUBJID", "ASEQ"),
    "ADTR": ("USUBJID", "ASEQ"),
    "ADAE": ("USUBJID", "AESEQ"),
}
DATA = {
    "ADSL": """
01 NEW 1 Y Y Y DISCONTINUED PROGRESSION Y <65
02 NEW 1 Y Y Y DISCONTINUED PROGRESSION N <65
03 NEW 1 Y Y Y DISCONTINUED TOXICITY    Y >=65
04 NEW 1 Y Y Y ONGOING      .           N >=65
05 NEW 1 Y Y Y ONGOING      .           Y <65
06 NEW 1 Y N Y .            .           N <65
07 OLD 2 Y Y Y DISCONTINUED PROGRESSION Y <65
08 OLD 2 Y Y Y DISCONTINUED PROGRESSION N <65
09 OLD 2 Y Y Y DISCONTINUED PROGRESSION Y >=65
10 OLD 2 Y Y Y DISCONTINUED TOXICITY    N >=65
11 OLD 2 Y Y Y ONGOING      .           Y <65
12 OLD 2 Y Y Y ONGOING      .           N <65
13 .   . N N N .            .           . <65
""",
    "ADTTE": """
01 PFS NEW  8 0 PROGRESSION
02 PFS NEW 10 0 DEATH
03 PFS NEW 13 0 PROGRESSION
04 PFS NEW 16 1 ONGOING
05 PFS NEW 19 1 ONGOING
06 PFS NEW  3 2 NO_SCAN
07 PFS OLD  2 0 PROGRESSION
08 PFS OLD  4 0 PROGRESSION
09 PFS OLD  5 0 DEATH
10 PFS OLD  9 0 PROGRESSION
11 PFS OLD 11 1 ONGOING
12 PFS OLD 12 0 PROGRESSION
01 OS  NEW 20 1 ALIVE
02 OS  NEW 10 0 DEATH
""",
    "ADRS": """
01 1 BOR NEW PR
02 1 BOR NEW PR
03 1 BOR NEW CR
04 1 BOR NEW SD
05 1 BOR NEW PR
07 1 BOR OLD PD
08 1 BOR OLD PR
09 1 BOR OLD SD
10 1 BOR OLD SD
11 1 BOR OLD PR
12 1 BOR OLD NE
01 2 OVR NEW PR
""",
    "ADTR": """
01 1 SDIAM NEW -40
02 1 SDIAM NEW -55.5
03 1 SDIAM NEW -100
04 1 SDIAM NEW -10
05 1 SDIAM NEW -35
07 1 SDIAM OLD 25
08 1 SDIAM OLD -30
09 1 SDIAM OLD 0
10 1 SDIAM OLD .
""",
    "ADAE": """
01 1 NEW GI   DIARRHOEA 2 N
01 2 NEW GI   DIARRHOEA 3 Y
01 3 NEW SKIN RASH      1 N
02 1 NEW GI   DIARRHOEA 1 N
03 1 NEW GI   NAUSEA    . N
07 1 OLD GI   DIARRHOEA 3 N
08 1 OLD GI   DIARRHOEA 5 Y
""",
}

COUNTS = """\
output: t_1
number: 14.1.1.1
template: counts
titles: Disposition
population: {label: All Subjects}
columns: {by: TRT01P, order: TRT01PN, total: Total, unassigned: total}
rows:
  - {label: Screened, percent: false}
  - {label: Randomised, where: RANDFL == 'Y', percent: false, id: rand}
  - {label: Treatment ended, where: EOTSTT == 'DISCONTINUED', by: DCTREAS, of: rand, levels: {TOXICITY: Toxicity}}
"""
OVERVIEW = """\
output: t_2
number: 14.3.1.1
template: counts
titles: Overview of Events
population: {label: All Randomised, where: ITTFL == 'Y'}
dataset: ADAE
columns: {by: {ADSL: TRT01P, ADAE: TRTP}, order: TRT01PN}
rows:
  - {label: Events, records: true}
  - {label: Any event}
  - {label: Any serious event, where: AESER == 'Y'}
"""
GRADES = """\
output: t_3
number: 14.3.1.3
template: hierarchy
titles: Events by Worst Grade
population: {label: All Randomised, where: ITTFL == 'Y'}
dataset: ADAE
columns: {by: {ADSL: TRT01P, ADAE: TRTP}, order: TRT01PN}
levels: [AEBODSYS, AEDECOD]
any: Any event
grades: {variable: ATOXGRN, groups: {Any grade: any, Grade 1-2: 1-2, "Grade >=3": 3+}}
"""
RESPONSE = """\
output: t_4
number: 14.2.2.1
template: response
titles: Best Overall Response
population: {label: All Randomised, where: ITTFL == 'Y'}
dataset: ADRS
columns: {by: {ADSL: TRT01P, ADRS: TRTP}, order: TRT01PN}
parameter: BOR
levels: {CR: Complete response, PR: Partial response, SD: Stable disease, PD: Progressive disease, NE: Not evaluable}
rates:
  ORR: {label: Objective response, levels: [CR, PR]}
compare: {reference: OLD, strata: STRAT1R, unstratified: true}
"""
TIME_TO_EVENT = """\
output: t_5
number: 14.2.1.1
template: time_to_event
titles: Progression-Free Survival
population: {label: All Randomised, where: ITTFL == 'Y'}
dataset: ADTTE
columns: {by: {ADSL: TRT01P, ADTTE: TRTP}, order: TRT01PN}
parameter: PFS
reasons: EVNTDESC
levels: {NO_SCAN: No scan}
landmarks: [6, 12]
follow_up: true
restricted_mean: 12
compare: {reference: OLD, strata: STRAT1R, unstratified: true}
"""
NON_INFERIORITY = """\
output: t_6
number: 14.2.1.2
template: non_inferiority
titles: Non-Inferiority
population: {label: All Randomised, where: ITTFL == 'Y'}
dataset: ADTTE
columns: {by: {ADSL: TRT01P, ADTTE: TRTP}, order: TRT01PN}
parameter: PFS
margin: 1.30
sets:
  - {label: Intent-to-Treat}
  - {label: Per-Protocol, where: PPROTFL == 'Y'}
compare: {reference: OLD}
"""
HAZARD_RATIOS = """\
output: t_7
number: 14.2.1.5
template: hazard_ratios
titles: Subgroups
population: {label: All Randomised, where: ITTFL == 'Y'}
dataset: ADTTE
columns: {by: {ADSL: TRT01P, ADTTE: TRTP}, order: TRT01PN}
parameter: PFS
rows:
  - {label: All subjects}
  - {label: Age, by: AGEGR1, levels: {<65: Under 65, ">=65": 65 and over}}
compare: {reference: OLD, strata: STRAT1R}
"""
FOREST = (
    HAZARD_RATIOS.replace("t_7", "f_7")
    .replace("template: hazard_ratios", "template: forest")
    .replace("rows:", "margin: 1.30\nbetter: [NEW is better, OLD is better]\nrows:")
)
WATERFALL = """\
output: f_8
number: 14.2.2.1
template: waterfall
titles: Best Change
population: {label: All Randomised, where: ITTFL == 'Y'}
dataset: ADTR
columns: {by: {ADSL: TRT01P, ADTR: TRTP}, order: TRT01PN}
value: PCHG
colour: {dataset: ADRS, variable: AVALC, where: PARAMCD == 'BOR'}
levels: {CR: CR, PR: PR, SD: SD, PD: PD, NE: NE}
lines: [-30, 20]
"""
KAPLAN_MEIER = """\
output: f_9
number: 14.2.1.1
template: kaplan_meier
titles: Progression-Free Survival
population: {label: All Randomised, where: ITTFL == 'Y'}
dataset: ADTTE
columns: {by: {ADSL: TRT01P, ADTTE: TRTP}, order: TRT01PN}
parameter: PFS
ticks: 6
log_rank: false
compare: {reference: OLD, strata: STRAT1R}
"""
COX = """\
output: t_10
number: 14.2.1.6
template: cox
titles: Covariates
population: {label: All Randomised, where: ITTFL == 'Y'}
dataset: ADTTE
parameter: PFS
proportional: true
covariates:
  - {variable: AGEGR1, label: Age, levels: {<65: Under 65, ">=65": 65 and over}}
  - {variable: STRAT1R, label: Visceral disease, levels: {N: "No", Y: "Yes"}}
"""
COX_FOREST = (
    COX.replace("t_10", "f_10")
    .replace("template: cox", "template: cox_forest")
    .replace("proportional: true", "models: [univariable]\nbetter: [Longer, Shorter]")
)
ALL = (
    COX,
    COX_FOREST,
    COUNTS,
    OVERVIEW,
    GRADES,
    RESPONSE,
    TIME_TO_EVENT,
    NON_INFERIORITY,
    HAZARD_RATIOS,
    FOREST,
    WATERFALL,
    KAPLAN_MEIER,
)


def toy_study(root: Path) -> Study:
    """The study, whose output specs are looked for in `<root>/specs/toy/tlf`."""
    adam = {name: _dataset(name, columns.split()) for name, columns in COLUMNS.items()}
    folder = root / "specs" / "toy"
    codelists: dict[str, Codelist] = {}
    here = results_toys.HERE
    return Study("toy", "TOY", "TOY", "Toy", folder, root, {}, {}, "", {}, {}, codelists, {}, {}, adam, here)


def _dataset(name: str, columns: list[str]) -> Dataset:
    variables = {column: results_toys.make_variable(name, column, column in NUMBERS) for column in columns}
    keys = ("STUDYID", *KEYS[name])
    return Dataset(name, "ADaM", name, "ADAM OTHER", "", "", keys, (), variables, results_toys.HERE)


def read_one(root: Path, text: str) -> Output:
    """The one output of a text that has no fault."""
    outputs, faults = read_outputs(_written(root, text))
    assert faults == []
    return outputs[text.split("\n", 1)[0].removeprefix("output: ")]


def faults_of(root: Path, text: str) -> list[str]:
    """The faults of an output's text, as they are printed."""
    return [str(fault) for fault in read_outputs(_written(root, text))[1]]


def _written(root: Path, text: str) -> Study:
    folder = root / "specs" / "toy" / "tlf"
    folder.mkdir(parents=True, exist_ok=True)
    name = text.split("\n", 1)[0].removeprefix("output: ")
    (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return toy_study(root)


def toy_sources(root: Path, **changed: str) -> Sources:
    """The toy data; `changed` replaces the lines of a dataset."""
    facts = facts_of(toy_study(root), COLUMNS)
    frames = {
        name: Source(facts[name], results_toys.typed_table(text, COLUMNS[name], NUMBERS))
        for name, text in (DATA | changed).items()
    }
    return Sources(frames, {})


def results_of(root: Path, text: str, **changed: str) -> Results:
    """The results of an output's text on the toy data."""
    return compute_results(read_one(root, text), toy_sources(root, **changed))
