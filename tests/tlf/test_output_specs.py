"""Output specs: what is read, and every fault with its place, before any data."""

from __future__ import annotations

from pathlib import Path

import pytest
from results_toys import HIERARCHY, KAPLAN_MEIER, LISTING, SUMMARY, faults_of, read_one, read_texts

from crf2tlf.rules.show import show
from crf2tlf.spec.load import read_study
from crf2tlf.spec.output_bodies import Condition, Hierarchy, KaplanMeier, Summary
from crf2tlf.spec.output_conditions import analysis_condition
from crf2tlf.spec.read_outputs import read_outputs

ROOT = Path(__file__).parents[2]


def test_a_table_of_ten_lines_is_read_with_its_defaults(tmp_path: Path) -> None:
    output = read_one(tmp_path, SUMMARY)
    assert (output.heading, output.kind, output.dataset) == ("Table 14.1.2.1", "table", "ADSL")
    assert output.titles == ("Demographics",)
    assert isinstance(output.population.where, Condition)
    assert output.population.where.text == "SAFFL == 'Y'"
    assert isinstance(output.body, Summary)
    assert [row.variable for row in output.body.rows] == ["AGE", "SEX"]
    assert output.body.rows[1].levels == (("F", "Female"), ("M", "Male"))
    assert output.datasets == ("ADSL",)


def test_columns_may_have_another_name_in_each_dataset(tmp_path: Path) -> None:
    output = read_one(tmp_path, HIERARCHY)
    assert output.columns is not None
    assert [output.columns.variable(name) for name in ("ADSL", "ADAE")] == ["TRT01A", "TRTA"]
    assert isinstance(output.body, Hierarchy)
    assert output.body.levels == ("AEBODSYS", "AEDECOD")


def test_a_figure_follows_from_its_template(tmp_path: Path) -> None:
    output = read_one(tmp_path, KAPLAN_MEIER)
    assert isinstance(output.body, KaplanMeier)
    assert (output.kind, output.heading, output.body.time, output.body.interval) == (
        "figure",
        "Figure 14.2.1.1",
        "AVAL",
        "loglog",
    )


def test_the_analysis_condition_joins_population_parameter_and_where(tmp_path: Path) -> None:
    output = read_one(tmp_path, KAPLAN_MEIER + "where: AVAL > 1\n")
    condition = analysis_condition(output, {"SAFFL", "PARAMCD", "AVAL"})
    assert condition is not None
    assert show(condition) == "SAFFL == 'Y' and PARAMCD == 'TTDE' and AVAL > 1"


def test_a_population_flag_that_the_dataset_lacks_is_looked_up_in_adsl(tmp_path: Path) -> None:
    output = read_one(tmp_path, HIERARCHY)
    condition = analysis_condition(output, {"TRTEMFL"})
    assert condition is not None
    assert show(condition) == "ADSL.SAFFL == 'Y' and TRTEMFL == 'Y'"


def test_tables_come_before_figures_and_listings_each_by_number(tmp_path: Path) -> None:
    later = SUMMARY.replace("t_1", "t_10").replace("14.1.2.1", "14.1.10.1")
    outputs, faults = read_texts(tmp_path, l_1=LISTING, f_1=KAPLAN_MEIER, t_2=HIERARCHY, t_10=later, t_1=SUMMARY)
    assert faults == []
    assert list(outputs) == ["t_1", "t_10", "t_2", "f_1", "l_1"]


def test_a_misspelt_field_is_named_with_its_line_and_what_may_be_meant(tmp_path: Path) -> None:
    assert faults_of(tmp_path, SUMMARY + "footnote: x\n") == [
        "specs/toy/tlf/t_1.yaml:10: footnote: 'footnote' is not a known field; did you mean 'footnotes'?"
    ]


def test_a_field_of_another_template_is_refused(tmp_path: Path) -> None:
    assert faults_of(tmp_path, SUMMARY + "levels: [AEBODSYS]\n") == [
        "specs/toy/tlf/t_1.yaml:10: levels: 'levels' is not a known field"
    ]


def test_an_unknown_template_is_refused(tmp_path: Path) -> None:
    assert faults_of(tmp_path, SUMMARY.replace("template: summary", "template: sumary")) == [
        "specs/toy/tlf/t_1.yaml:3: template: 'sumary' is not one of summary, counts, hierarchy, response, "
        "time_to_event, non_inferiority, hazard_ratios, forest, cox, cox_forest, kaplan_meier, waterfall, listing; "
        "did you mean 'summary'?"
    ]


def test_a_missing_template_is_one_fault(tmp_path: Path) -> None:
    assert faults_of(tmp_path, SUMMARY.replace("template: summary\n", "")) == [
        "specs/toy/tlf/t_1.yaml:1: the field 'template' is missing"
    ]


@pytest.mark.parametrize(
    ("text", "old", "new", "fault"),
    [
        (SUMMARY, "  AGE:", "  AGEE:", "t_1.yaml:8: rows.AGEE: 'AGEE' is not a variable of ADSL; did you mean 'AGE'?"),
        (
            SUMMARY,
            "SAFFL == 'Y'",
            "SAFFLX == 'Y'",
            "t_1.yaml:5: population.where: 'SAFFLX' is not a variable of ADSL; did you mean 'SAFFL'?",
        ),
        (
            SUMMARY,
            "SAFFL == 'Y'",
            "AGE == 'Y'",
            "t_1.yaml:5: population.where: '==' compares a number with text",
        ),
        (SUMMARY, "SAFFL == 'Y'", "SAFFL", "t_1.yaml:5: population.where: a condition is wanted, such as SAFFL == 'Y'"),
        (
            SUMMARY,
            "SAFFL == 'Y'",
            "SAFFL == $YESS",
            "t_1.yaml:5: population.where: '$YESS' is not a constant of the study; did you mean 'YES'?",
        ),
        (
            SUMMARY,
            "SAFFL == 'Y'",
            "mising(SAFFL)",
            "t_1.yaml:5: population.where: 'mising' is not a function of the expression language; "
            "did you mean 'missing'?",
        ),
        (
            SUMMARY,
            "by: TRT01A,",
            "by: TRT01AN,",
            "t_1.yaml:6: columns.by: 'TRT01AN' is a number, text is wanted",
        ),
        (
            SUMMARY,
            "{label: Age (years)}",
            "{levels: [A]}",
            "t_1.yaml:8: rows.AGE: 'AGE' is a number: it has no levels to count",
        ),
        (
            SUMMARY,
            "{label: Age (years)}",
            "{statistics: [mean_sdd]}",
            "t_1.yaml:8: rows.AGE.statistics[1]: 'mean_sdd' is not one of n, missing, mean, sd, mean_sd, median, "
            "q1_q3, min_max, total; did you mean 'mean_sd'?",
        ),
        (SUMMARY, "{label: Sex,", "{statistics: [n],", "t_1.yaml:9: rows.SEX: 'SEX' is text, a number is wanted"),
        (
            SUMMARY,
            "14.1.2.1",
            "Table 14",
            "t_1.yaml:2: number: 'Table 14' is no number such as 14.1.2.1; leave out the word",
        ),
        (
            HIERARCHY,
            "dataset: ADAE",
            "dataset: ADEA",
            "t_2.yaml:1: dataset: there is no ADaM dataset 'ADEA'; did you mean 'ADAE'?",
        ),
        (
            HIERARCHY,
            "TRTEMFL == 'Y'",
            "ADTTE.CNSR == 0",
            "t_2.yaml:7: where: 'ADTTE.CNSR': an output reads its own dataset and ADSL, so that it can be traced; "
            "derive it in ADAE",
        ),
        (
            HIERARCHY,
            "{ADSL: TRT01A, ADAE: TRTA}",
            "{ADSL: TRT01A}",
            "t_2.yaml:8: columns.by: the variable of ADAE is missing",
        ),
        (HIERARCHY, "AEDECOD]", "AESEQ]", "t_2.yaml:9: levels: 'AESEQ' is a number, text is wanted"),
        (KAPLAN_MEIER, "ticks: 4", "ticks: 0", "f_1.yaml:9: ticks: '0' is not a whole number of at least 1"),
        (KAPLAN_MEIER, "ticks: 4\n", "", "f_1.yaml:1: the field 'ticks' is missing"),
        (LISTING, "{AEDECOD}", "{AEDECOD:1}", "l_1.yaml:11: columns[2].show: 'AEDECOD' is text, a number is wanted"),
        (
            LISTING,
            "{ASTDY}",
            "{ASTDYY}",
            "l_1.yaml:12: columns[3].show: 'ASTDYY' is not a variable of ADAE; did you mean 'ASTDY'?",
        ),
        (
            LISTING,
            '"{USUBJID}"',
            "USUBJID",
            "l_1.yaml:10: columns[1].show: 'USUBJID' shows no variable; write variables in braces, such as {AEDECOD}",
        ),
    ],
)
def test_what_the_adam_specs_do_not_have_is_a_located_fault(
    tmp_path: Path, text: str, old: str, new: str, fault: str
) -> None:
    assert old in text
    assert faults_of(tmp_path, text.replace(old, new)) == [f"specs/toy/tlf/{fault}"]


def test_the_file_is_named_as_the_output(tmp_path: Path) -> None:
    faults = read_texts(tmp_path, t_9=SUMMARY)[1]
    assert [str(fault) for fault in faults] == [
        "specs/toy/tlf/t_9.yaml:1: output: the file is named t_9.yaml but holds t_1"
    ]


def test_two_outputs_of_one_number_are_refused(tmp_path: Path) -> None:
    faults = read_texts(tmp_path, t_1=SUMMARY, t_3=SUMMARY.replace("t_1", "t_3"))[1]
    assert [str(fault) for fault in faults] == ["specs/toy/tlf/t_3.yaml:1: number: Table 14.1.2.1 is also that of t_1"]


def test_analysis_metadata_uses_the_terms_of_arm(tmp_path: Path) -> None:
    text = SUMMARY + "arm: {reason: SPECIFIED IN SAP, purpose: PRIMARY OUTCOME, sap: SAP 6.1}\n"
    assert faults_of(tmp_path, text) == [
        "specs/toy/tlf/t_1.yaml:10: arm.purpose: 'PRIMARY OUTCOME' is not one of PRIMARY OUTCOME MEASURE, SECONDARY "
        "OUTCOME MEASURE, EXPLORATORY OUTCOME MEASURE; did you mean 'PRIMARY OUTCOME MEASURE'?"
    ]


def test_a_study_without_outputs_has_none_and_no_fault(tmp_path: Path) -> None:
    assert read_texts(tmp_path) == ({}, [])


def test_the_outputs_of_the_pilot_study_have_no_fault() -> None:
    outputs, faults = read_outputs(read_study("cdiscpilot01", ROOT)[0])
    assert faults == []
    assert list(outputs) == ["t_14_1_2_1", "t_14_3_1_2", "f_14_2_1_1", "l_16_2_7_1"]
