"""Displays of the toy study: what stands in each cell, and what the panel beside it says."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from results_toys import HIERARCHY, KAPLAN_MEIER, LISTING, SUMMARY, read_one, results_of, toy_study

from crf2tlf.errors import ProgramError
from tlf.displays import Made, StudyText, draw_figures, make_display
from tlf.displays.kaplan_meier import make_kaplan_meier_figure
from tlf.displays.listing import fill
from tlf.displays.numbers import Numbers
from tlf.displays.values import compute_shown_values
from tlf.render import NO_DATA, Detail, render_html, render_pdf, render_rtf
from tlf.results import VariableFacts, facts_of


def made_of(tmp_path: Path, text: str, **changed: str) -> Made:
    """The display of an output's text on the toy data."""
    output = read_one(tmp_path, text)
    results = results_of(tmp_path, text, **changed)
    facts = facts_of(toy_study(tmp_path), output.datasets)
    study = StudyText("Protocol TOY", "2014-12-31", "2015-01-31T00:00:00")
    return make_display(output, results, facts, study, draw_figures(output, results))


def texts_of(made: Made) -> list[str]:
    """The rows, indents as dots, cells joined by " | "."""
    return ["." * row.indent + " | ".join(cell.text for cell in row.cells) for row in made.display.rows]


def test_a_summary_has_a_heading_for_each_variable_and_its_statistics_below(tmp_path: Path) -> None:
    made = made_of(tmp_path, SUMMARY)
    assert [column.label for column in made.display.columns] == ["", "A\n(N=3)", "B\n(N=2)", "Total\n(N=5)"]
    assert texts_of(made) == [
        "Age (years) |  |  | ",
        ".n | 3 | 2 | 5",
        ".Mean (SD) | 65.0 (5.00) | 77.5 (3.54) | 70.0 (7.91)",
        ".Median | 65.0 | 77.5 | 70.0",
        ".Q1, Q3 | 60.0, 70.0 | 75.0, 80.0 | 65.0, 75.0",
        ".Min, Max | 60, 70 | 75, 80 | 60, 80",
        "Sex, n (%) |  |  | ",
        ".Female | 2 (66.7) | 0 | 2 (40.0)",
        ".Male | 1 (33.3) | 1 (50.0) | 2 (40.0)",
        ".Missing | 0 | 1 (50.0) | 1 (20.0)",
    ]


def test_decimals_follow_those_of_the_data_and_round_half_away_from_zero(tmp_path: Path) -> None:
    adsl = "01 A 1 Y 0.25 M\n02 A 1 Y 0.45 M"
    text = SUMMARY.replace("{label: Age (years)}", "{decimals: 0, statistics: [mean, min_max]}")
    assert texts_of(made_of(tmp_path, text, ADSL=adsl))[:3] == [
        "Label of AGE |  | ",
        ".Mean | 0.4 | 0.4",
        ".Min, Max | 0, 0 | 0, 0",
    ]


def test_a_test_adds_a_column_of_p_values(tmp_path: Path) -> None:
    made = made_of(tmp_path, SUMMARY.replace("{label: Age (years)}", "{test: anova, statistics: [n]}"))
    assert made.display.columns[-1].label == "p-value"
    assert texts_of(made)[:3] == ["Label of AGE |  |  |  | 0.0577", ".n | 3 | 2 | 5 | ", "Sex, n (%) |  |  |  | "]


def test_a_hierarchy_sets_terms_in_under_their_class(tmp_path: Path) -> None:
    made = made_of(tmp_path, HIERARCHY)
    assert [column.label for column in made.display.columns[:2]] == [
        "Label of AEBODSYS\n  Label of AEDECOD",
        "A\n(N=3)\nn (%)",
    ]
    assert texts_of(made) == [
        "Any event | 2 (66.7) | 1 (50.0) | 3 (60.0)",
        "GI | 1 (33.3) | 1 (50.0) | 2 (40.0)",
        ".NAUSEA | 1 (33.3) | 1 (50.0) | 2 (40.0)",
        ".VOMITING | 1 (33.3) | 0 | 1 (20.0)",
        "SKIN | 1 (33.3) | 0 | 1 (20.0)",
        ".RASH | 1 (33.3) | 0 | 1 (20.0)",
    ]
    assert [row.heading for row in made.display.rows] == [False, True, False, False, True, False]


def test_a_cell_leads_to_its_filter_and_first_records(tmp_path: Path) -> None:
    made = made_of(tmp_path, HIERARCHY)
    cell = made.display.rows[2].cells[1]
    assert made.details[cell.result] == Detail(
        dataset="ADAE",
        filter="SAFFL == 'Y' and TRTEMFL == 'Y' and TRTA == 'A' and AEBODSYS == 'GI' and AEDECOD == 'NAUSEA'",
        count=2,
        key_names=("USUBJID", "AESEQ"),
        keys=(("01", "1"), ("01", "2")),
        facts=(("Number", "1"), ("Denominator", "3 subjects"), ("Percentage", "33.3333333333333")),
    )


def test_a_cell_of_two_statistics_tells_both_unrounded(tmp_path: Path) -> None:
    made = made_of(tmp_path, SUMMARY)
    cell = made.display.rows[2].cells[2]
    assert made.details[cell.result].facts == (("Mean", "77.5"), ("Standard deviation", "3.53553390593274"))
    assert made.details[cell.result].keys == (("04",), ("05",))


def test_a_listing_fills_its_patterns_under_a_heading_for_each_group(tmp_path: Path) -> None:
    made = made_of(tmp_path, LISTING)
    assert texts_of(made) == [
        "Treatment: A",
        ".01 | GI /\nNAUSEA | 03JAN2014 (3)",
        ".01 | GI /\nNAUSEA | 07JAN2014 (7)",
        ".01 | GI /\nVOMITING | ",
        ".02 | SKIN /\nRASH | 05JAN2014 (5)",
        "Treatment: B",
        ".04 | GI /\nNAUSEA | 17JAN2014 (9)",
        ".05 | SKIN /\nRASH | 08DEC2013 (-4)",
    ]
    assert [row.blank_before for row in made.display.rows] == [False, False, False, False, True, True, False, True]


def test_a_block_may_be_of_some_records_and_is_blank_where_a_column_has_none(tmp_path: Path) -> None:
    row = "  OLD: {variable: AGE, where: AGE > 72, label: Age over 72, statistics: [n, mean_sd, total]}"
    made = made_of(tmp_path, SUMMARY.split("  AGE:")[0] + row + "\n")
    assert [[cell.text for cell in row.cells] for row in made.display.rows] == [
        ["Age over 72", "", "", ""],
        ["n", "0", "2", "2"],
        ["Mean (SD)", "", "77.5 (3.54)", "77.5 (3.54)"],
        ["Total", "", "155", "155"],
    ]


def test_a_placeholder_of_a_listing_may_name_its_decimals(tmp_path: Path) -> None:
    made = made_of(tmp_path, LISTING.replace("{ASTDT} ({ASTDY})", "{ASTDY:1}"))
    assert texts_of(made)[1:4] == [".01 | GI /\nNAUSEA | 3.0", ".01 | GI /\nNAUSEA | 7.0", ".01 | GI /\nVOMITING | "]


def test_a_row_of_a_listing_leads_to_its_one_record(tmp_path: Path) -> None:
    made = made_of(tmp_path, LISTING)
    cells = made.display.rows[2].cells
    assert [cell.result for cell in cells] == ["", "l_1.row.2", ""]
    assert made.details["l_1.row.2"] == Detail(
        "ADAE", "SAFFL == 'Y' and USUBJID == '01' and AESEQ == 2", 1, ("USUBJID", "AESEQ"), (("01", "2"),)
    )


@pytest.mark.parametrize(
    ("pattern", "value", "shown"),
    [
        ("{X} ({Y})", ("1", ""), "1"),
        ("{X} /\n{Y}", ("1", ""), "1"),
        ("{X} /\n{Y}", ("", "2"), "2"),
        ("{X} /\n  {Y}", ("1", "2"), "1 /\n  2"),
        ("{X} [{Y}]", ("", ""), ""),
        ("fixed", ("1", "2"), "fixed"),
    ],
)
def test_what_is_missing_leaves_no_brackets_and_no_separators(pattern: str, value: tuple[str, str], shown: str) -> None:
    assert fill(pattern, {"X": [value[0]], "Y": [value[1]]}, 1) == [shown]


@pytest.mark.parametrize(
    ("format_", "value", "shown"),
    [
        ("DATE9.", 19726.0, "03JAN2014"),
        ("DATE9.", -1.0, "31DEC1959"),
        ("DATETIME20.", 86400.0 * 19726 + 3661, "03JAN2014T01:01:01"),
        ("TIME8.", 3661.0, "01:01:01"),
        ("", 1.5, "1.5"),
        ("", 2.0, "2"),
        ("DATE9.", float("nan"), ""),
    ],
)
def test_numbers_are_shown_by_their_format(format_: str, value: float, shown: str) -> None:
    assert compute_shown_values(pd.Series([value]), VariableFacts("", True, format_)) == [shown]


def test_a_kaplan_meier_figure_is_drawn_from_results_alone(tmp_path: Path) -> None:
    output, results = read_one(tmp_path, KAPLAN_MEIER), results_of(tmp_path, KAPLAN_MEIER)
    figure = make_kaplan_meier_figure(output.body, Numbers(results))  # type: ignore[arg-type]
    assert figure.groups == ("A", "B")
    assert figure.ticks == (0, 4, 8, 12)
    assert list(figure.steps["time"]) == [0, 2, 4, 6, 0, 3, 9]
    assert list(figure.steps["censored"]) == [0, 0, 0, 1, 0, 1, 0]
    assert list(figure.medians["median"]) == [4, 9]
    assert figure.notes == ("Log-rank p = 0.2807",)


def test_a_figure_says_in_words_what_it_shows(tmp_path: Path) -> None:
    made = made_of(tmp_path, KAPLAN_MEIER)
    assert len(made.display.figures) == 1
    assert made.display.figures[0].alternative == (
        "Kaplan-Meier curves. Time to First Event. Days. A: 2 of 3 subjects with an event, median 4.0 (2.0, NE); "
        "B: 1 of 2 subjects with an event, median 9.0 (NE, NE). Log-rank p = 0.2807."
    )
    assert made.display.footnotes == (
        "Kaplan-Meier estimates; short vertical lines mark censored subjects. NE: not estimable.",
        "Median and 95% confidence limits: log-log transformation (Brookmeyer and Crowley).",
        "Log-rank p = 0.2807 (two-sided, unstratified; chi-square 1.16, 1 df).",
    )


@pytest.mark.parametrize(
    ("text", "changed"),
    [
        (HIERARCHY, {"ADAE": "06 1 A N GI NAUSEA MILD Y 19726 2"}),
        (LISTING, {"ADAE": "06 1 A N GI NAUSEA MILD Y 19726 2"}),
        (KAPLAN_MEIER, {"ADTTE": "06 TTDE A N 1 0"}),
    ],
    ids=["hierarchy", "listing", "kaplan_meier"],
)
def test_an_output_without_records_says_so(tmp_path: Path, text: str, changed: dict[str, str]) -> None:
    made = made_of(tmp_path, text, **changed)
    assert (made.display.rows, made.display.figures) == ((), ())
    assert NO_DATA in render_html(made.display, made.details)


@pytest.mark.parametrize("text", [SUMMARY, HIERARCHY, KAPLAN_MEIER, LISTING])
def test_every_display_can_be_drawn_in_every_format(tmp_path: Path, text: str) -> None:
    made = made_of(tmp_path, text)
    assert render_pdf([made.display]).startswith(b"%PDF")
    assert render_rtf(made.display).startswith(b"{\\rtf1")
    assert "Protocol TOY" in render_html(made.display, made.details)
    assert made.display.provenance.cut_off == "2014-12-31"


def test_a_result_that_is_not_there_is_named(tmp_path: Path) -> None:
    numbers = Numbers(results_of(tmp_path, SUMMARY))
    with pytest.raises(ProgramError) as error:
        numbers.get("AGE", "mode", ("A",))
    assert str(error.value) == ("the results dataset has no AGE, mode, A\n  fix      build the results again")
