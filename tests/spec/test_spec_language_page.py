"""The reference page of the language says what the program knows, and its examples are read without a fault."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from crf2tlf.rules.dates import DATE_FORMATS
from crf2tlf.rules.expressions import parse_expression
from crf2tlf.rules.function_names import FUNCTION_SIGNATURES
from crf2tlf.rules.show import show
from crf2tlf.spec.describe import ORIGIN_TYPES
from crf2tlf.spec.nodes import Faults, Mapping, Reader, read_yaml
from crf2tlf.spec.read_dataset import DATASET_FIELDS, SUPP_ATTRIBUTES
from crf2tlf.spec.read_parameters import read_parameters
from crf2tlf.spec.read_rules import PARAMETER_FIELDS, VERBS, RuleReader
from crf2tlf.spec.read_study import ENCODINGS, FORM_FIELDS, FORMATS, STUDY_FIELDS

PAGE = (Path(__file__).parents[2] / "docs" / "spec_language.md").read_text(encoding="utf-8")
WORDS = " ".join(PAGE.split())


def section(title: str) -> str:
    return re.split(r"^## ", PAGE, flags=re.MULTILINE)[[part.split("\n")[0] for part in sections()].index(title)]


def sections() -> list[str]:
    return re.split(r"^## ", PAGE, flags=re.MULTILINE)


def table(text: str) -> list[list[str]]:
    rows = [line for line in text.splitlines() if line.startswith("| `")]
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in rows]


def first_cells(text: str) -> list[str]:
    return [row[0].strip("`") for row in table(text)]


def example(title: str, tmp_path: Path) -> tuple[Mapping, Faults]:
    found = re.search(r"```yaml\n(.*?)```", section(title), flags=re.DOTALL)
    assert found is not None
    file, faults = tmp_path / "example.yaml", Faults()
    file.write_text(found.group(1), encoding="utf-8")
    node = read_yaml(file, "example.yaml", faults)
    assert node is not None
    return node, faults


def test_the_functions_are_those_of_the_program() -> None:
    told = {row[0].strip("`"): row[1:4] for row in table(section("Expressions"))}
    known = {
        name: [re.sub(r" arguments?$", "", signature.arity), signature.result, signature.meaning]
        for name, signature in FUNCTION_SIGNATURES.items()
    }
    assert told == known


@pytest.mark.parametrize("row", table(section("Expressions")), ids=lambda row: row[0].strip("`"))
def test_the_example_of_a_function_is_an_expression_with_it(row: list[str]) -> None:
    text = row[4].strip("`")
    assert text.startswith(f"{row[0].strip('`')}(")
    assert show(parse_expression(text)) == text


def test_every_verb_has_an_example_that_is_read(tmp_path: Path) -> None:
    node, faults = example("Verbs", tmp_path)
    rules = RuleReader(Reader(faults))
    read = [rules.rule(value, ("codelist",))[0] for _, value in node if isinstance(value, Mapping)]
    assert faults.found == []
    assert len(read) == len(node.entries)
    assert set(read) == VERBS.keys()


def test_the_parameters_of_the_page_are_read(tmp_path: Path) -> None:
    node, faults = example("Time-to-event parameters", tmp_path)
    parameters = read_parameters(RuleReader(Reader(faults)), "ADTTE", node)
    assert faults.found == []
    rules = {code: [rule.id for rule in parameter.rules] for code, parameter in parameters.items()}
    every = ["1", "2", "3", "4", "5"]
    assert rules == {"PFS": every, "PFSPOL": ["3", "4", "5"], "PFSNEW": every, "DOR": every}
    assert (parameters["PFSNEW"].rules[0].code, parameters["PFS"].rules[0].code) == (0, 3)


def test_the_fields_and_attributes_are_those_of_the_program() -> None:
    study, form = section("study.yaml").split("A form:")
    assert first_cells(study) == list(STUDY_FIELDS)
    assert first_cells(form) == list(FORM_FIELDS)
    assert first_cells(section("A dataset")) == list(DATASET_FIELDS)
    assert first_cells(section("Attributes")) == list(SUPP_ATTRIBUTES)


@pytest.mark.parametrize("words", [tuple(DATE_FORMATS), FORMATS, ENCODINGS, ORIGIN_TYPES])
def test_lists_of_words_stand_on_the_page(words: tuple[str, ...]) -> None:
    assert f"{', '.join(words[:-1])} or {words[-1]}" in WORDS


def test_the_fields_of_parameters_stand_on_the_page() -> None:
    assert f"{', '.join(PARAMETER_FIELDS[:-1])} and {PARAMETER_FIELDS[-1]}" in WORDS
