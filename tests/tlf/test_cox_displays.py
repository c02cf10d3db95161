"""Cox models of covariates on twelve subjects: every cell as it is printed, by R survival::coxph and cox.zph."""

from __future__ import annotations

from pathlib import Path

import efficacy_toys as toys
import numpy as np
import pandas as pd
import pytest

from crf2tlf.errors import DataError
from tlf.displays import Made, StudyText, draw_figures, make_display
from tlf.displays.cox import make_cox_figure
from tlf.displays.numbers import Numbers
from tlf.results import facts_of
from tlf.statistics import compute_cox_model, compute_proportional_hazards


def made_of(root: Path, text: str, **changed: str) -> Made:
    output = toys.read_one(root, text)
    results = toys.results_of(root, text, **changed)
    facts = facts_of(toys.toy_study(root), toys.COLUMNS)
    return make_display(output, results, facts, StudyText("Protocol TOY"), draw_figures(output, results))


def lines_of(made: Made) -> list[str]:
    return ["  " * row.indent + " | ".join(cell.text for cell in row.cells) for row in made.display.rows]


def test_covariates_have_hazard_ratios_alone_and_together_and_the_test_of_proportional_hazards(tmp_path: Path) -> None:
    made = made_of(tmp_path, toys.COX)
    assert lines_of(made) == [
        "Age |  |  |  |  |  |  | 0.6808",
        "  Under 65 | 5 / 8 | 10.0 (2.0, NE) | Reference |  | Reference |  | ",
        "  65 and over | 3 / 4 | 11.0 (5.0, NE) | 0.77 (0.18, 3.33) | 0.7264 | 0.76 (0.17, 3.33) | 0.7142 | ",
        "Visceral disease |  |  |  |  |  |  | 0.4443",
        "  No | 4 / 6 | 10.0 (4.0, NE) | Reference |  | Reference |  | ",
        "  Yes | 4 / 6 | 10.5 (2.0, NE) | 0.93 (0.23, 3.75) | 0.9143 | 0.89 (0.22, 3.68) | 0.8777 | ",
        "All covariates together |  |  |  |  |  |  | 0.7183",
    ]
    assert made.display.footnotes[2] == (
        "Multivariable: all covariates together, of the 12 subjects (8 events) with a value in each of them."
    )


def test_subjects_without_a_value_are_in_no_model_of_that_covariate(tmp_path: Path) -> None:
    # R: coxph without subject 12, who has the age but no stratum.
    without = toys.DATA["ADSL"].replace("ONGOING      .           N <65\n13", "ONGOING      .           . <65\n13")
    made = made_of(tmp_path, toys.COX.replace("proportional: true\n", ""), ADSL=without)
    assert lines_of(made)[1:3] == [
        "  Under 65 | 5 / 8 | 10.0 (2.0, NE) | Reference |  | Reference | ",
        "  65 and over | 3 / 4 | 11.0 (5.0, NE) | 0.77 (0.18, 3.33) | 0.7264 | 0.81 (0.17, 3.96) | 0.7986",
    ]
    assert "of the 11 subjects (7 events)" in made.display.footnotes[2]


def test_a_category_of_three_levels_has_one_test_of_all_of_them(tmp_path: Path) -> None:
    third = toys.DATA["ADSL"].replace("ONGOING      .           N <65\n13", "ONGOING      .           Z <65\n13")
    text = toys.COX.replace('Y: "Yes"}', 'Y: "Yes", Z: Unknown}').replace("proportional: true\n", "")
    line = lines_of(made_of(tmp_path, text, ADSL=third))[3]
    assert line == "Visceral disease |  |  |  | 0.9940 |  | 0.9711"


def test_a_level_without_a_record_has_no_hazard_ratio_and_leaves_the_others_as_they_are(tmp_path: Path) -> None:
    text = toys.COX.replace('Y: "Yes"}', 'Y: "Yes", Z: Unknown}')
    lines = lines_of(made_of(tmp_path, text))
    assert lines[5] == "  Yes | 4 / 6 | 10.5 (2.0, NE) | 0.93 (0.23, 3.75) | 0.9143 | 0.89 (0.22, 3.68) | 0.8777 | "
    assert lines[6] == "  Unknown | 0 / 0 | NE | NE | NE | NE | NE | "


def test_a_level_that_the_spec_does_not_name_stops(tmp_path: Path) -> None:
    with pytest.raises(DataError) as error:
        made_of(tmp_path, toys.COX.replace('N: "No", Y: "Yes"', 'N: "No", Z: "Yes"'))
    assert str(error.value) == (
        "ADTTE: STRAT1R has the values Y, which the line 'Visceral disease' does not name\n"
        "  fix      add them to its levels"
    )


def test_the_figure_has_a_line_for_each_level_and_none_drawn_for_the_reference(tmp_path: Path) -> None:
    body = toys.read_one(tmp_path, toys.COX_FOREST).body
    figure = make_cox_figure(body, Numbers(toys.results_of(tmp_path, toys.COX_FOREST)))  # type: ignore[arg-type]
    assert [(line.label, line.events, line.text) for line in figure.lines] == [
        ("Age", (), ""),
        ("Under 65", ("5/8", "10.0 (2.0, NE)"), "Reference"),
        ("65 and over", ("3/4", "11.0 (5.0, NE)"), "0.77 (0.18, 3.33)"),
        ("Visceral disease", (), ""),
        ("No", ("4/6", "10.0 (4.0, NE)"), "Reference"),
        ("Yes", ("4/6", "10.5 (2.0, NE)"), "0.93 (0.23, 3.75)"),
    ]
    assert [np.isnan(line.estimate) for line in figure.lines] == [True, True, False, True, True, False]


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("parameter: PFS\n", "", "t_10.yaml:1: the field 'parameter' is missing"),
        (
            "variable: STRAT1R",
            "variable: STRAT2R",
            "t_10.yaml:11: covariates[2]: 'STRAT2R' is not a variable of ADSL; did you mean 'STRAT1R'?",
        ),
        (', levels: {N: "No", Y: "Yes"}', "", "t_10.yaml:11: covariates[2]: 'STRAT1R' is text, a number is wanted"),
        (
            '{N: "No", Y: "Yes"}',
            '{N: "No"}',
            "t_10.yaml:11: covariates[2]: 'STRAT1R' needs a level besides the reference",
        ),
        (
            "proportional: true",
            "proportional: true\nmodels: [univariable]",
            "t_10.yaml:10: proportional: the test is of the multivariable model, which `models` lacks",
        ),
        (
            "proportional: true",
            "columns: {by: TRT01P}",
            "t_10.yaml:8: columns: 'columns' is not a known field",
        ),
    ],
)
def test_what_a_cox_model_cannot_use_is_a_located_fault(tmp_path: Path, old: str, new: str, fault: str) -> None:
    assert old in toys.COX
    found = [text.removeprefix("specs/toy/tlf/") for text in toys.faults_of(tmp_path, toys.COX.replace(old, new))]
    assert fault in found


def test_proportional_hazards_of_a_number_in_strata_with_ties() -> None:
    # R 4.2.2, survival 3.5-3: cox.zph(coxph(Surv(t, s) ~ x + strata(g))), by Efron and by Breslow.
    times = [1, 2, 2, 3, 4, 4, 5, 6, 7, 8, 8, 9]
    events = np.array([1, 1, 1, 0, 1, 1, 1, 0, 1, 1, 1, 0], dtype=bool)
    x = pd.DataFrame({"x": [0.5, 1.2, -0.3, 2.0, 0.1, 1.5, -1.0, 0.7, 0.2, -0.6, 1.1, 0.4]})
    strata = pd.DataFrame({"g": ["A"] * 6 + ["B"] * 6})
    found = {}
    for ties in ("efron", "breslow"):
        model = compute_cox_model(times, events, x, ties=ties, strata=strata)  # type: ignore[arg-type]
        test = compute_proportional_hazards(model, times, events, x, {"x": ["x"]}, ties=ties, strata=strata)  # type: ignore[arg-type]
        assert test.terms["x"] == test.together
        found[ties] = test.together.chi_square
    assert found == pytest.approx({"efron": 0.0109770825241436, "breslow": 0.0131068975995616}, rel=1e-9)
