"""Runs of the response engine in a spec: what they read counts, and each mistake gives one message."""

from __future__ import annotations

from pathlib import Path

import pytest
from toy_project import copy_project, edit, read_faults

from crf2tlf.rules.expressions import Reference
from crf2tlf.rules.verbs import CopyFrom
from crf2tlf.spec.describe import describe_method
from crf2tlf.spec.fingerprint import compute_dataset_key
from crf2tlf.spec.graph import Graph
from crf2tlf.spec.load import load_study

RESPONSE = """\
response: RECIST
criterion: recist_1_1
evaluators: [INVESTIGATOR]
subjects:
  source: ADSL
  variables: {STARTDT: {from: ADSL.TRTSDT}}
lesions:
  source: AE
  variables: {EVAL: {set: INVESTIGATOR}, LNKID: {from: AE.AETERM}, ROLE: {set: TARGET}}
measurements:
  source: AE
  where: AESER == 'Y'
  variables:
    EVAL: {set: INVESTIGATOR}
    LNKID: {from: AE.AETERM}
    LNKGRP: {from: AE.AEDECOD}
    ADT: {date: AE.AESTDTC}
    LDIAM: {from: AE.AESTDY}
    STATUS: {set: DONE}
    SEQ: {from: AE.AESEQ}
reported:
  source: AE
  variables:
    EVAL: {set: INVESTIGATOR}
    LNKGRP: {from: AE.AEDECOD}
    ADT: {date: AE.AESTDTC}
    TEST: {set: OVRLRESP}
    VALUE: {set: SD}
    SEQ: {from: AE.AESEQ}
"""
ADRS = """\
dataset: ADRS
label: Response Analysis
class: BASIC DATA STRUCTURE
structure: One record per subject per parameter
keys: [USUBJID, PARAMCD]
records: [{id: main, source: response.RECIST}]
results:
  BOR: {name: Best Overall Response, result: BOR}
  LDIAM: {name: Diameter, result: LESION, where: role == 'TARGET'}
variables:
  USUBJID: {from: response.RECIST.USUBJID}
  PARAMCD: {parameter: code}
  PARAM: {parameter: name}
  AVALC: {from: response.RECIST.value}
  AVAL: {from: response.RECIST.number, type: float, significant_digits: 1}
"""
FILE, DATASET = "specs/toy/responses/RECIST.yaml", "specs/toy/adam/ADRS.yaml"
MISTAKES = [
    ("a criterion that is not there", "RESPONSE", "recist_1_1", "recist_2",
     f"{FILE}:2: criterion: there is no specs/standards/recist_2.yaml"),
    ("another name than the file's", "RESPONSE", "response: RECIST", "response: BICR",
     f"{FILE}:1: response: the file is named RECIST.yaml"),
    ("no evaluator", "RESPONSE", "evaluators: [INVESTIGATOR]\n", "",
     f"{FILE}:1: the field 'evaluators' is missing"),
    ("a driver that is none", "RESPONSE", "criterion: recist_1_1", "criterion: recist_1_1\ndriver: both",
     f"{FILE}:3: driver: 'both' is not one of computed, reported"),
    ("an effect on no parameter", "RESPONSE", "criterion: recist_1_1", "criterion: recist_1_1\neffect_on: PFS",
     f"{FILE}:3: effect_on: 'PFS' is no parameter of a dataset, such as ADTTE.PFS"),
    ("an effect on a dataset that is not there", "RESPONSE", "criterion: recist_1_1",
     "criterion: recist_1_1\neffect_on: ADRX.PFS",
     f"{FILE}:3: effect_on: ADaM has no dataset 'ADRX'; did you mean 'ADRS'?"),
    ("an effect on a parameter that is not there", "RESPONSE", "criterion: recist_1_1",
     "criterion: recist_1_1\neffect_on: ADRS.BOR",
     f"{FILE}:3: effect_on: 'BOR' is no time-to-event parameter of ADRS"),
    ("an input without a source", "RESPONSE", "  source: ADSL\n", "",
     f"{FILE}:5: subjects: the field 'source' is missing"),
    ("a source that is not there", "RESPONSE", "source: ADSL\n", "source: ADSX\n",
     f"{FILE}:5: records.main: there is no 'ADSX'; did you mean 'ADSL'?"),
    ("a field that is none", "RESPONSE", "STATUS: {set: DONE}", "STATUSES: {set: DONE}\n    STATUS: {set: DONE}",
     f"{FILE}:19: measurements.variables.STATUSES: 'STATUSES' is not a known field; did you mean 'STATUS'?"),
    ("a date that is text", "RESPONSE", "STARTDT: {from: ADSL.TRTSDT}", "STARTDT: {from: ADSL.USUBJID}",
     f"{FILE}:6: variables.STARTDT: 'ADSL.USUBJID' is text, but the type is integer"),
    ("a result that is none", "ADRS", "result: BOR", "result: BORR",
     f"{DATASET}:8: results.BOR.result: 'BORR' is not one of LESION, SUM, OVERALL, TARGET, NON-TARGET, NEW LESION, "
     "BOR, CBOR, PD, RSP, CRSP, BCP, CBCP, DC, CDC, CB, CCB, LAST, MEASURABLE; did you mean 'BOR'?"),
    ("a code that is none", "ADRS", "  BOR: {name", "  bor: {name",
     f"{DATASET}:8: results.bor: 'bor' is no PARAMCD: 1 to 8 of A-Z, 0-9, _"),
    ("a condition over a field that is none", "ADRS", "role ==", "rolle ==",
     f"{DATASET}:9: results.LDIAM.where: 'rolle' is not a field of response.RECIST; did you mean 'role'?"),
    ("a condition that is none", "ADRS", "role == 'TARGET'", "number",
     f"{DATASET}:9: results.LDIAM.where: a condition is wanted, such as AESER == 'Y'"),
    ("a field that is no field", "ADRS", "RECIST.value", "RECIST.valu",
     f"{DATASET}:14: variables.AVALC: 'valu' is not a field of response.RECIST; did you mean 'value'?"),
    ("a number for a text", "ADRS", "RECIST.value", "RECIST.number",
     f"{DATASET}:14: variables.AVALC: 'response.RECIST.number' is a number, but the type is text"),
    ("results without records of the engine", "ADRS", "source: response.RECIST}", "source: ADSL}",
     f"{DATASET}:1: results: there are results, but no records of the response engine; "
     "name one as source: response.<name>"),
    ("a response that is not there", "ADRS", "source: response.RECIST}", "source: response.RECST}",
     f"{DATASET}:6: records.main: there is no 'response.RECST'; did you mean 'response.RECIST'?"),
]  # fmt: skip


@pytest.fixture
def toy(tmp_path: Path) -> Path:
    """The toy study with a response and a dataset that takes its records."""
    study = copy_project(tmp_path)
    (study / "responses").mkdir()
    (study / "responses" / "RECIST.yaml").write_text(RESPONSE, encoding="utf-8")
    (study / "adam" / "ADRS.yaml").write_text(ADRS, encoding="utf-8")
    return study


def test_a_response_and_its_dataset_are_read_without_a_fault(toy: Path) -> None:
    assert read_faults(toy.parents[1]) == []


@pytest.mark.parametrize(("file", "old", "new", "fault"), [each[1:] for each in MISTAKES], ids=[m[0] for m in MISTAKES])
def test_one_mistake_gives_one_message(toy: Path, file: str, old: str, new: str, fault: str) -> None:
    path = {"RESPONSE": toy / "responses" / "RECIST.yaml", "ADRS": toy / "adam" / "ADRS.yaml"}[file]
    edit(path, old, new)
    assert read_faults(toy.parents[1]) == [fault]


def test_sdtm_does_not_read_responses(toy: Path) -> None:
    edit(toy / "sdtm" / "AE.yaml", "{set: AE}", "{from: response.RECIST.value}")
    assert "specs/toy/sdtm/AE.yaml:7: variables.DOMAIN: 'response.RECIST.value': responses are derived in ADaM" in (
        read_faults(toy.parents[1])
    )


def test_a_dataset_reads_what_the_engine_reads(toy: Path) -> None:
    study = load_study("toy", toy.parents[1])
    assert Graph(study).sources(study.adam["ADRS"]) >= {"response.RECIST", "ADSL", "AE"}


def test_a_response_that_reads_its_own_dataset_is_a_cycle(toy: Path) -> None:
    edit(toy / "responses" / "RECIST.yaml", "where: AESER == 'Y'", "where: ADRS.AVALC == 'PD'")
    assert any("a cycle:" in fault for fault in read_faults(toy.parents[1]))


@pytest.mark.parametrize(("old", "new"), [("{set: SD}", "{set: PD}"), ("AESER == 'Y'", "AESER == 'N'")])
def test_a_change_of_the_response_builds_its_datasets_anew(toy: Path, old: str, new: str) -> None:
    keys = []
    for change in (("", ""), (old, new)):
        if change[0]:
            edit(toy / "responses" / "RECIST.yaml", *change)
        study = load_study("toy", toy.parents[1])
        graph = Graph(study)
        dataset = study.adam["ADRS"]
        names = [name for name in graph.closure(dataset) if name.source.startswith(("table.", "response."))]
        keys.append(compute_dataset_key(graph, dataset, names))
    assert keys[0] != keys[1]


def test_the_method_says_what_the_field_is() -> None:
    rule = CopyFrom(Reference(("response", "RECIST", "nadir")))
    assert describe_method("NADIR", rule).text == (
        "NADIR is the lowest complete sum from the baseline on, before the assessment (RECIST)."
    )
