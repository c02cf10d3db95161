"""Outputs of the spec as displays with key analyses."""

from __future__ import annotations

from pathlib import Path

import pytest

from crf2tlf.errors import Location
from crf2tlf.rules.expressions import parse_expression
from crf2tlf.spec.load import load_study
from crf2tlf.spec.model import Study
from crf2tlf.spec.output_bodies import Condition
from define.displays import range_checks, study_displays
from define.model import AnalysisDataset

HERE = Location("specs/toy/tlf/t.yaml", 1)


@pytest.mark.parametrize(
    ("text", "checks"),
    [
        ("SAFFL == 'Y'", (("SAFFL", "EQ", ("Y",)),)),
        ("AVAL >= 2.5 and CNSR != 1", (("AVAL", "GE", ("2.5",)), ("CNSR", "NE", ("1",)))),
        ("SEX in ['F', 'M']", (("SEX", "IN", ("F", "M")),)),
        ("SEX not in ['F']", (("SEX", "NOTIN", ("F",)),)),
        ("SEX == 'F' or SEX == 'M'", None),
        ("ADSL.SAFFL == 'Y'", None),
        ("SAFFL == 'Y' and missing(AVAL)", None),
    ],
)
def test_a_list_of_comparisons_is_a_where_clause(text: str, checks: object) -> None:
    assert range_checks(Condition(parse_expression(text), text, HERE, "where")) == checks


def test_no_condition_selects_everything() -> None:
    assert range_checks(None) == ()


def test_the_pilot_study_marks_its_key_analyses(pilot: Study) -> None:
    displays = {display.id: display for display in study_displays(pilot)}
    figure = displays["f_14_2_1_1"].results[0]
    assert (displays["f_14_2_1_1"].name, figure.reason, figure.parameter) == (
        "Figure 14.2.1.1",
        "SPECIFIED IN SAP",
        True,
    )
    assert figure.datasets == (
        AnalysisDataset("ADTTE", ("AVAL", "CNSR", "TRTA"), (("PARAMCD", "EQ", ("TTDE",)),)),
        AnalysisDataset("ADSL", ("SAFFL",), (("SAFFL", "EQ", ("Y",)),)),
    )
    assert figure.code == "template: kaplan_meier\npopulation: ADSL where SAFFL == 'Y'\nrecords: ADTTE"


def test_key_analyses_of_efficacy_name_their_variables_and_parameters(root: Path) -> None:
    displays = {display.id: display for display in study_displays(load_study("fulpyr", root))}
    margin, response = displays["t_14_2_1_2"].results[0], displays["t_14_2_2_1"].results[0]
    assert margin.datasets[0] == AnalysisDataset("ADTTE", ("AVAL", "CNSR", "TRTP"), (("PARAMCD", "EQ", ("PFSINV",)),))
    assert margin.purpose == "PRIMARY OUTCOME MEASURE"
    assert response.datasets[0] == AnalysisDataset("ADRS", ("AVALC", "TRTP"), (("PARAMCD", "EQ", ("BOR",)),))


def test_a_study_without_outputs_has_no_displays(toy_study: Study) -> None:
    assert study_displays(toy_study) == ()
