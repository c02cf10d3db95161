"""The pages: they stand alone, say what was found, and escape what comes from data."""

from __future__ import annotations

import re

import numpy as np
from qc_toys import Values, make_files, make_toy_rule

from qc.checks import AllowedValues, Filled
from qc.data_docs import render_dataset, render_index, snake_case, summarize
from qc.evaluate import check_rule
from qc.expectations import Expectation, Result
from qc.findings import MAX_RECORDS, combine_findings
from qc.report import render_report

TERMS: list[str | float | None] = ["<b>X</b>", None]
COLUMNS: dict[str, Values] = {"USUBJID": ["T-1", "T-2"], "AETERM": TERMS}
FILES = make_files(AE=COLUMNS)
RULES = [make_toy_rule(Filled("AETERM")), make_toy_rule(AllowedValues("AETERM", ("Y",)), kind="codelist")]


def render() -> str:
    """The report of two findings."""
    tables = combine_findings([check_rule(rule, FILES) for rule in RULES], FILES, (), {"AE": ("USUBJID",)})
    return render_report("TOY", tables.findings, tables.rules, {"expectations": 2})


def loads(page: str) -> list[tuple[str, str]]:
    """What a page would fetch or lead to."""
    return re.findall(r"(?:src|href)=[\"']?([^\"'> ]+)|url\(([^)]+)\)|@import|https?://[^\s\"'<]+", page)


def test_the_report_stands_alone() -> None:
    assert loads(render()) == [("data_docs/index.html", "")]


def test_the_report_says_what_was_found_and_checked() -> None:
    page = render()
    assert "2 rules from the specification were applied to the datasets as written: 2 open and 0 accepted" in page
    assert "2 of the rules were run again with Great Expectations" in page
    assert "USUBJID T-2 (AETERM missing)" in page
    assert "Required variables are never missing (SDTMIG 3.4)" in page


def test_values_are_escaped() -> None:
    assert "&lt;b&gt;X&lt;/b&gt;" in render()
    assert "<b>X</b>" not in render()


def test_a_report_without_findings_says_so() -> None:
    files = make_files(AE={"USUBJID": ["T-1"], "AETERM": ["Y"]})
    tables = combine_findings([check_rule(rule, files) for rule in RULES], files, (), {})
    page = render_report("TOY", tables.findings, tables.rules, {"expectations": 2})
    assert "<p>No rule failed.</p>" in page
    assert '<section class="group">' not in page


def test_rules_that_could_not_be_checked_are_named() -> None:
    files = make_files(DM=COLUMNS)
    tables = combine_findings([check_rule(RULES[0], files)], files, (), {})
    page = render_report("TOY", tables.findings, tables.rules, {"expectations": 0})
    assert "What could not be checked" in page
    assert "there is no file ae.xpt" in page


def test_many_records_are_cut_in_the_finding_and_whole_in_the_table() -> None:
    files = make_files(AE={"USUBJID": [f"T-{number}" for number in range(30)], "AETERM": [None] * 30})
    tables = combine_findings([check_rule(RULES[0], files)], files, (), {"AE": ("USUBJID",)})
    row = tables.findings.iloc[0]
    assert row["COUNT"] == 30
    assert row["SUBJECTS"] == "T-0 | T-1 | T-2 | T-3 | T-4"
    assert row["RECORDS"].count(" | ") == MAX_RECORDS
    assert row["RECORDS"].endswith(" | ...")
    assert tables.records["DSROW"].tolist() == list(range(1, 31))


def test_the_pages_of_expectations_stand_alone_and_lead_to_each_other() -> None:
    asked = Expectation("ExpectColumnValuesToNotBeNull", {"column": "AETERM"})
    results = [Result(RULES[0], asked, np.array([1], dtype=np.int64), True)]
    page = render_dataset("TOY", "AE", 2, results)
    assert loads(page) == [("index.html", "")]
    assert "1: records 2" in page
    index = render_index("TOY", [summarize("AE", 2, results)])
    assert loads(index) == [("../report.html", ""), ("ae.html", "")]


def test_an_expectation_is_named_as_suites_store_it() -> None:
    assert snake_case("ExpectColumnValuesToNotBeNull") == "expect_column_values_to_not_be_null"
    assert snake_case("ExpectColumnPairValuesAToBeGreaterThanB") == ("expect_column_pair_values_a_to_be_greater_than_b")
