"""The templates of efficacy and safety on twelve subjects: every cell as it is printed, and where it leads."""

from __future__ import annotations

from pathlib import Path

import efficacy_toys as toys
import pytest

from crf2tlf.errors import DataError
from tlf.displays import Made, StudyText, draw_figures, make_display
from tlf.render import render_html, render_pdf, render_rtf
from tlf.results import compute_replay, facts_of


def made_of(root: Path, text: str, **changed: str) -> Made:
    """The display of an output's text on the toy data."""
    output = toys.read_one(root, text)
    results = toys.results_of(root, text, **changed)
    facts = facts_of(toys.toy_study(root), toys.COLUMNS)
    return make_display(output, results, facts, StudyText("Protocol TOY"), draw_figures(output, results))


def lines_of(made: Made) -> list[str]:
    """The rows as texts: two blanks a step, cells joined by " | ", no cells behind a heading without numbers."""
    lines = []
    for row in made.display.rows:
        texts = [cell.text for cell in row.cells]
        shown = texts if any(texts[1:]) else texts[:1]
        lines.append("  " * row.indent + " | ".join(shown))
    return lines


def header_of(made: Made) -> list[str]:
    return [column.label.replace("\n", " ") for column in made.display.columns]


@pytest.mark.parametrize("text", toys.ALL)
def test_every_count_is_that_of_its_replayed_filter(tmp_path: Path, text: str) -> None:
    ard, sources = toys.results_of(tmp_path, text).ard, toys.toy_sources(tmp_path)
    replayed = ard.merge(compute_replay(ard, sources), on="RESULTID", validate="1:1")
    assert (replayed["RECORDS"] == replayed["NRECORDS"]).all()
    subjects, records = (replayed[replayed["COUNTS"] == counted] for counted in ("subjects", "records"))
    assert len(subjects) > 0
    assert (subjects["SUBJECTS"] == subjects["STATNUM"]).all()
    assert (records["RECORDS"] == records["STATNUM"]).all()


@pytest.mark.parametrize("text", toys.ALL)
def test_every_display_can_be_drawn_in_every_format(tmp_path: Path, text: str) -> None:
    made = made_of(tmp_path, text)
    assert render_rtf(made.display).startswith(b"{\\rtf1")
    assert render_pdf([made.display]).startswith(b"%PDF")
    assert made.display.number in render_html(made.display, made.details)


def test_disposition_counts_those_without_an_arm_in_the_total_alone(tmp_path: Path) -> None:
    made = made_of(tmp_path, toys.COUNTS)
    assert header_of(made) == ["", "NEW (N=6) n (%)", "OLD (N=6) n (%)", "Total (N=13) n (%)"]
    assert lines_of(made) == [
        "Screened | 6 | 6 | 13",
        "Randomised | 6 | 6 | 12",
        "Treatment ended | 3 (50.0) | 4 (66.7) | 7 (58.3)",
        "  Toxicity | 1 (16.7) | 1 (16.7) | 2 (16.7)",
        "  PROGRESSION | 2 (33.3) | 3 (50.0) | 5 (41.7)",
    ]


def test_subjects_without_an_arm_are_an_error_where_the_spec_does_not_expect_them(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="1 of 13 records have no TRT01P"):
        made_of(tmp_path, toys.COUNTS.replace(", unassigned: total", ""))


def test_subjects_without_an_arm_have_a_column_before_the_total_where_the_spec_names_it(tmp_path: Path) -> None:
    made = made_of(tmp_path, toys.COUNTS.replace("unassigned: total", "missing: No arm"))
    assert header_of(made) == ["", "NEW (N=6) n (%)", "OLD (N=6) n (%)", "No arm (N=1) n (%)", "Total (N=13) n (%)"]
    assert lines_of(made) == [
        "Screened | 6 | 6 | 1 | 13",
        "Randomised | 6 | 6 | 0 | 12",
        "Treatment ended | 3 (50.0) | 4 (66.7) | 0 | 7 (58.3)",
        "  Toxicity | 1 (16.7) | 1 (16.7) | 0 | 2 (16.7)",
        "  PROGRESSION | 2 (33.3) | 3 (50.0) | 0 | 5 (41.7)",
    ]


def test_columns_without_an_order_stand_in_the_order_of_their_labels(tmp_path: Path) -> None:
    text = toys.COUNTS.replace("order: TRT01PN, ", "labels: {OLD: Old drug}, ")
    assert header_of(made_of(tmp_path, text)) == ["", "Old drug (N=6) n (%)", "NEW (N=6) n (%)", "Total (N=13) n (%)"]


def test_where_every_subject_has_an_arm_there_is_no_column_of_those_without(tmp_path: Path) -> None:
    text = toys.OVERVIEW.replace("order: TRT01PN}", "order: TRT01PN, missing: No arm}")
    assert header_of(made_of(tmp_path, text)) == ["", "NEW (N=6) n (%)", "OLD (N=6) n (%)"]


def test_the_log_rank_test_leaves_out_subjects_without_an_arm(tmp_path: Path) -> None:
    text = toys.KAPLAN_MEIER.replace("{ADSL: TRT01P, ADTTE: TRTP}", "ADSL.TRT01P").replace(
        "log_rank: false\ncompare: {reference: OLD, strata: STRAT1R}", "log_rank: true"
    )
    without = toys.DATA["ADSL"].replace("12 OLD 2", "12 .   .")
    results = toys.results_of(tmp_path, text.replace("TRT01PN}", "TRT01PN, missing: No arm}"), ADSL=without).ard
    fewer = toys.DATA["ADTTE"].replace("12 PFS OLD 12 0 PROGRESSION\n", "")
    expected = toys.results_of(tmp_path, text, ADTTE=fewer).ard
    tests = [ard[ard["ANALYSISID"] == "LOG_RANK"] for ard in (results, expected)]
    assert list(tests[0]["STATNUM"]) == list(tests[1]["STATNUM"])
    assert set(tests[0]["FILTER"]) == {"ADSL.ITTFL == 'Y' and PARAMCD == 'PFS' and not missing(ADSL.TRT01P)"}


def test_a_population_of_the_analysed_dataset_takes_its_columns_from_the_subject(tmp_path: Path) -> None:
    text = toys.TIME_TO_EVENT.replace("where: ITTFL == 'Y'", "dataset: ADTTE, where: PARAMCD == 'PFS'")
    assert text != toys.TIME_TO_EVENT
    subject = text.replace("{ADSL: TRT01P, ADTTE: TRTP}", "ADSL.TRT01P")
    assert lines_of(made_of(tmp_path, subject)) == lines_of(made_of(tmp_path, toys.TIME_TO_EVENT))
    wrong = subject.replace("order: TRT01PN", "order: TRTPN")
    assert toys.faults_of(tmp_path, wrong) == [
        "specs/toy/tlf/t_5.yaml:7: columns.order: 'TRTPN' is not a variable of ADSL; did you mean 'TRT01PN'?"
    ]


def test_columns_may_be_those_of_the_subject_and_have_other_names(tmp_path: Path) -> None:
    columns = "columns: {by: ADSL.TRT01P, order: TRT01PN, labels: {NEW: New drug, OLD: Old drug}}"
    for text in (toys.OVERVIEW, toys.TIME_TO_EVENT, toys.HAZARD_RATIOS):
        start, end = text.index("columns:"), text.index("\n", text.index("columns:"))
        same, renamed = made_of(tmp_path, text), made_of(tmp_path, text[:start] + columns + text[end:])
        assert lines_of(renamed) == lines_of(same)
        assert "New drug" in " ".join([*header_of(renamed), str(renamed.display.header)])
        ard, sources = toys.results_of(tmp_path, text[:start] + columns + text[end:]).ard, toys.toy_sources(tmp_path)
        replayed = ard.merge(compute_replay(ard, sources), on="RESULTID", validate="1:1")
        assert (replayed["RECORDS"] == replayed["NRECORDS"]).all()
        assert ard["FILTER"].str.contains("ADSL.TRT01P == 'NEW'", regex=False).any()


def test_an_overview_counts_events_and_subjects(tmp_path: Path) -> None:
    assert lines_of(made_of(tmp_path, toys.OVERVIEW)) == [
        "Events | 5 | 2",
        "Any event | 3 (50.0) | 2 (33.3)",
        "Any serious event | 1 (16.7) | 1 (16.7)",
    ]


def test_a_subject_is_counted_by_the_worst_grade_at_each_level(tmp_path: Path) -> None:
    made = made_of(tmp_path, toys.GRADES)
    grades = ["Any grade n (%)", "Grade 1-2 n (%)", "Grade >=3 n (%)"]
    assert header_of(made) == ["Label of AEBODSYS   Label of AEDECOD", *grades, *grades]
    # Subject 01 has diarrhoea of grades 2 and 3: grade 3 or more. Nausea without a grade is of any grade alone.
    assert lines_of(made) == [
        "Any event | 3 (50.0) | 1 (16.7) | 1 (16.7) | 2 (33.3) | 0 | 2 (33.3)",
        "GI | 3 (50.0) | 1 (16.7) | 1 (16.7) | 2 (33.3) | 0 | 2 (33.3)",
        "  DIARRHOEA | 2 (33.3) | 1 (16.7) | 1 (16.7) | 2 (33.3) | 0 | 2 (33.3)",
        "  NAUSEA | 1 (16.7) | 0 | 0 | 0 | 0 | 0",
        "SKIN | 1 (16.7) | 1 (16.7) | 0 | 0 | 0 | 0",
        "  RASH | 1 (16.7) | 1 (16.7) | 0 | 0 | 0 | 0",
    ]
    assert made.display.footnotes == ("1 record has no grade and count in columns of any grade alone.",)


def test_records_without_a_level_have_a_line_where_the_spec_expects_them(tmp_path: Path) -> None:
    changed = {"ADAE": toys.DATA["ADAE"] + "09 1 OLD .    .         2 N\n"}
    with pytest.raises(DataError, match="1 of 8 records have no AEBODSYS and would be counted nowhere"):
        made_of(tmp_path, toys.GRADES, **changed)
    text = toys.GRADES + "uncoded: Not coded\n"
    lines = lines_of(made_of(tmp_path, text, **changed))
    assert lines[-2:] == ["SKIN | 1 (16.7) | 1 (16.7) | 0 | 0 | 0 | 0", "  RASH | 1 (16.7) | 1 (16.7) | 0 | 0 | 0 | 0"]
    assert lines[4:6] == [
        "Not coded | 0 | 0 | 0 | 1 (16.7) | 1 (16.7) | 0",
        "  Not coded | 0 | 0 | 0 | 1 (16.7) | 1 (16.7) | 0",
    ]
    ard, sources = toys.results_of(tmp_path, text, **changed).ard, toys.toy_sources(tmp_path, **changed)
    replayed = ard.merge(compute_replay(ard, sources), on="RESULTID", validate="1:1")
    assert (replayed["RECORDS"] == replayed["NRECORDS"]).all()


def test_columns_of_grades_stand_under_their_arm_in_every_format(tmp_path: Path) -> None:
    made = made_of(tmp_path, toys.GRADES)
    html = render_html(made.display, made.details)
    assert html.count('scope="colgroup" class="span" colspan="3"') == 2
    assert render_rtf(made.display).count(b"\\trhdr") == 2


def test_responses_without_a_record_count_in_the_denominator(tmp_path: Path) -> None:
    # Limits and test by R: binom.test, mantelhaen.test; differences as in tests/oracle/comparison_functions.R.
    assert lines_of(made_of(tmp_path, toys.RESPONSE)) == [
        "Best overall response, n (%)",
        "  Complete response | 1 (16.7) | 0",
        "  Partial response | 3 (50.0) | 2 (33.3)",
        "  Stable disease | 1 (16.7) | 2 (33.3)",
        "  Progressive disease | 0 | 1 (16.7)",
        "  Not evaluable | 0 | 1 (16.7)",
        "  No record | 1 | 0",
        "Objective response, n (%) | 4 (66.7) | 2 (33.3)",
        "  95% CI | (22.3, 95.7) | (4.3, 77.7)",
        "  Stratified difference, % (95% CI) | 33.3 (-24.6, 73.5) | ",
        "  Odds ratio (95% CI) | 4.00 (0.34, 47.50) | ",
        "  p-value | 0.2636 | ",
        "  Difference, % (95% CI) | 33.3 (-24.0, 73.4) | ",
    ]


def test_a_response_that_the_spec_does_not_name_stops(tmp_path: Path) -> None:
    changed = toys.DATA["ADRS"].replace("12 1 BOR OLD NE", "12 1 BOR OLD NED")
    with pytest.raises(DataError, match="1 of 11 records of BOR have none of the levels"):
        made_of(tmp_path, toys.RESPONSE, ADRS=changed)


def test_a_subject_with_two_best_responses_stops(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="a subject has more than one record of the parameter BOR"):
        made_of(tmp_path, toys.RESPONSE, ADRS=toys.DATA["ADRS"] + "12 2 BOR OLD PD\n")


def test_times_to_event_equal_r(tmp_path: Path) -> None:
    # R 4.2.2, survival 3.5.3: survfit(conf.type = "log-log"), coxph, survdiff, summary(rmean = 12).
    assert lines_of(made_of(tmp_path, toys.TIME_TO_EVENT)) == [
        "Subjects with event, n (%) | 3 (50.0) | 5 (83.3)",
        "  PROGRESSION | 2 (33.3) | 4 (66.7)",
        "  DEATH | 1 (16.7) | 1 (16.7)",
        "Subjects censored, n (%) | 3 (50.0) | 1 (16.7)",
        "  ONGOING | 2 (33.3) | 1 (16.7)",
        "  No scan | 1 (16.7) | 0",
        "Time to event (months)",
        "  25th percentile (95% CI) | 10.0 (8.0, NE) | 4.0 (2.0, 9.0)",
        "  Median (95% CI) | 13.0 (8.0, NE) | 7.0 (2.0, NE)",
        "  75th percentile (95% CI) | NE (8.0, NE) | 12.0 (4.0, NE)",
        "  Min, Max | 3.0+, 19.0+ | 2.0, 12.0",
        "Rate without event, % (95% CI)",
        "  6 months | 100.0 (NE, NE) | 50.0 (11.1, 80.4)",
        "  12 months | 60.0 (12.6, 88.2) | 0.0 (NE, NE)",
        "Comparison with OLD",
        "  Stratified hazard ratio (95% CI) | 0.30 (0.06, 1.59) | ",
        "  Stratified log-rank p-value | 0.1344 | ",
        "  Unstratified hazard ratio (95% CI) | 0.26 (0.05, 1.38) | ",
        "  Unstratified log-rank p-value | 0.0900 | ",
        "Restricted mean time up to 12 months (95% CI) | 10.8 (9.4, 12.2) | 7.3 (4.2, 10.5)",
        "  Difference to OLD (95% CI) | 3.5 (0.0, 6.9) | ",
        "  p-value | 0.0471 | ",
        "Median follow-up (months) (95% CI) | 16.0 (3.0, NE) | 11.5 (11.0, NE)",
    ]


def test_non_inferiority_stands_side_by_side_and_bars_superiority_where_it_is_not_shown(tmp_path: Path) -> None:
    made = made_of(tmp_path, toys.NON_INFERIORITY)
    assert header_of(made) == ["", "NEW (N=6)", "OLD (N=6)", "NEW (N=5)", "OLD (N=6)"]
    assert lines_of(made) == [
        "Subjects with event, n (%) | 3 (50.0) | 5 (83.3) | 3 (60.0) | 5 (83.3)",
        "Subjects censored, n (%) | 3 (50.0) | 1 (16.7) | 2 (40.0) | 1 (16.7)",
        "Median time to event (months) (95% CI) | 13.0 (8.0, NE) | 7.0 (2.0, NE) | 13.0 (8.0, NE) | 7.0 (2.0, NE)",
        "Non-inferiority, margin of the hazard ratio 1.30",
        "  Hazard ratio (95% CI) | 0.260 (0.049, 1.375) |  | 0.266 (0.050, 1.409) | ",
        "  Upper limit below 1.30 | No |  | No | ",
        "  One-sided p-value | 0.0291 |  | 0.0311 | ",
        "Superiority, tested where every set shows non-inferiority",
        "  Upper limit below 1.00 | Not tested |  | Not tested | ",
        "  Log-rank p-value, two-sided | Not tested |  | Not tested | ",
    ]


def test_superiority_is_tested_where_every_set_shows_non_inferiority(tmp_path: Path) -> None:
    lines = lines_of(made_of(tmp_path, toys.NON_INFERIORITY.replace("margin: 1.30", "margin: 1.45")))
    assert lines[5] == "  Upper limit below 1.45 | Yes |  | Yes | "
    assert lines[-2] == "  Upper limit below 1.00 | No |  | No | "
    assert lines[-1].startswith("  Log-rank p-value, two-sided | 0.0900 |")
    # The margin lies between the limits of both sets: shown in one of them is not enough.
    lines = lines_of(made_of(tmp_path, toys.NON_INFERIORITY.replace("margin: 1.30", "margin: 1.40")))
    assert lines[5] == "  Upper limit below 1.40 | Yes |  | No | "
    assert lines[-2] == "  Upper limit below 1.00 | Not tested |  | Not tested | "


def test_subgroups_have_a_line_for_each_level_and_a_test_of_interaction(tmp_path: Path) -> None:
    assert lines_of(made_of(tmp_path, toys.HAZARD_RATIOS)) == [
        "All subjects | 3 / 6 | 13.0 (8.0, NE) | 5 / 6 | 7.0 (2.0, NE) | 0.30 (0.06, 1.59) | 0.1344 | ",
        "Age |  |  |  |  |  |  | 0.3410",
        "  Under 65 | 2 / 4 | 10.0 (8.0, NE) | 3 / 4 | 8.0 (2.0, NE) | 0.61 (0.10, 3.69) |  | ",
        "  65 and over | 1 / 2 | 14.5 (13.0, NE) | 2 / 2 | 7.0 (5.0, NE) | NE |  | ",
    ]


def test_a_line_may_analyse_another_parameter_or_other_records(tmp_path: Path) -> None:
    text = toys.HAZARD_RATIOS.replace("{label: All subjects}", "{label: Survival, parameter: OS, strata: []}")
    lines = lines_of(made_of(tmp_path, text.replace("by: AGEGR1,", "by: AGEGR1, where: CNSR != 2,")))
    assert lines[0] == "Survival | 1 / 2 | 15.0 (10.0, NE) | 0 / 0 | NE | NE | NE | "
    assert lines[2].startswith("  Under 65 | 2 / 3 |")


def test_a_figure_says_in_words_what_it_shows(tmp_path: Path) -> None:
    forest, waterfall, curves = (
        made_of(tmp_path, text).display.figures[0].alternative
        for text in (toys.FOREST, toys.WATERFALL, toys.KAPLAN_MEIER)
    )
    assert forest == (
        "Forest plot. Subgroups. Hazard ratios with 95% confidence intervals. All subjects: 0.30 (0.06, 1.59); Age; "
        "Under 65: 0.61 (0.10, 3.69); 65 and over: NE."
    )
    assert waterfall == (
        "Waterfall plot. Best Change. Best change from baseline (%), a bar for each subject. NEW (5 of 6 subjects): 4 "
        "with a fall of 30% or more; OLD (3 of 6 subjects): 1 with a fall of 30% or more."
    )
    assert curves.endswith("Stratified hazard ratio 0.30 (0.06, 1.59), log-rank p = 0.1344.")


def test_who_has_no_bar_is_told_under_the_waterfall(tmp_path: Path) -> None:
    made = made_of(tmp_path, toys.WATERFALL)
    assert made.display.footnotes == ("Subjects without a value are not shown: 1 of NEW, 3 of OLD.",)


def test_a_reference_that_is_no_column_stops(tmp_path: Path) -> None:
    for text in (toys.TIME_TO_EVENT, toys.RESPONSE):
        with pytest.raises(DataError, match="the reference 'PLACEBO' is none of the columns"):
            made_of(tmp_path, text.replace("reference: OLD", "reference: PLACEBO"))


@pytest.mark.parametrize(
    ("text", "old", "new", "fault"),
    [
        (
            toys.COUNTS,
            "of: rand",
            "of: randomised",
            "t_1.yaml:10: rows[3].of: 'randomised' is not the id of an earlier line; name the line with `id`, "
            "above this one",
        ),
        (
            toys.COUNTS,
            "total: Total, ",
            "",
            "t_1.yaml:6: columns: 'unassigned: total' needs a total; add `total: Total`",
        ),
        (
            toys.COUNTS,
            "unassigned: total",
            "unassigned: total, missing: No arm",
            "t_1.yaml:6: columns: 'unassigned' and 'missing' exclude each other; subjects without a column have one "
            "rule",
        ),
        (
            toys.GRADES,
            "3+}",
            "3 up}",
            "t_3.yaml:10: grades.groups.Grade >=3: '3 up' is no range of grades: any, 3, 3-4 or 3+",
        ),
        (
            toys.GRADES,
            "variable: ATOXGRN",
            "variable: AESER",
            "t_3.yaml:10: grades: 'AESER' is text, a number is wanted",
        ),
        (
            toys.RESPONSE,
            "[CR, PR]",
            "[CR, PRR]",
            "t_4.yaml:8: rates.ORR: 'PRR' is not one of the levels; did you mean 'PR'?",
        ),
        (
            toys.TIME_TO_EVENT,
            "strata: STRAT1R",
            "strata: STRAT2R",
            "t_5.yaml:14: compare.strata: 'STRAT2R' is not a variable of ADSL; did you mean 'STRAT1R'?",
        ),
        (
            toys.NON_INFERIORITY,
            "margin: 1.30",
            "margin: 0.9",
            "t_6.yaml:9: margin: the margin 0.9 of a hazard ratio is over 1",
        ),
        (
            toys.NON_INFERIORITY,
            "compare: {reference: OLD}\n",
            "",
            "t_6.yaml:1: the field 'compare' is missing",
        ),
        (
            toys.FOREST,
            "better: [NEW is better, OLD is better]",
            "better: NEW is better",
            "f_7.yaml:11: better: two texts are wanted, for hazard ratios below and over 1",
        ),
        (
            toys.WATERFALL,
            "dataset: ADRS",
            "dataset: ADRR",
            "f_8.yaml:1: colour.dataset: there is no ADaM dataset 'ADRR'; did you mean 'ADTR'?",
        ),
    ],
)
def test_what_a_template_cannot_use_is_a_located_fault(
    tmp_path: Path, text: str, old: str, new: str, fault: str
) -> None:
    assert old in text
    assert toys.faults_of(tmp_path, text.replace(old, new)) == [f"specs/toy/tlf/{fault}"]
