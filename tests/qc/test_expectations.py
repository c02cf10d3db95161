"""The second run with Great Expectations: it fails the records that the first run fails, and differences are loud."""

from __future__ import annotations

import re

import numpy as np
import pytest
from qc_toys import make_files, make_toy_rule
from test_checks_of_records import SEEDED, Columns

from crf2tlf.errors import ProgramError
from qc.agreement import require_agreement
from qc.checks import AllowedValues, Check, SubjectKnown
from qc.checks import Columns as ColumnsCheck
from qc.evaluate import check_rule
from qc.expectations import (
    EXPRESSIBLE,
    Result,
    configurations_built_once,
    express_rules,
    import_great_expectations,
    validate,
)
from qc.files import Files

EXPRESSED = [seeded for seeded in SEEDED if isinstance(seeded[0], EXPRESSIBLE)]


def run(check: Check, files: Files) -> tuple[Result, ...]:
    """The results of a suite with one rule about AE."""
    return validate("AE", express_rules([make_toy_rule(check)], files), files.frame("AE")).results


@pytest.mark.parametrize(("check", "columns", "expected"), EXPRESSED, ids=lambda value: type(value).__name__)
def test_great_expectations_fails_the_same_records(check: Check, columns: Columns, expected: list[int]) -> None:
    files = make_files(AE=columns)
    results = run(check, files)
    assert (results[0].rows + 1).tolist() == expected
    assert results[0].failed
    require_agreement("toy", [check_rule(make_toy_rule(check), files)], results)


def test_every_kind_that_can_be_expressed_is_run() -> None:
    assert {type(check) for check, _, _ in EXPRESSED} | {ColumnsCheck, SubjectKnown} == set(EXPRESSIBLE)


def test_subjects_are_looked_up_in_the_other_dataset() -> None:
    files = make_files(DM={"USUBJID": ["T-1"]}, AE={"USUBJID": ["T-1", "T-2", None]})
    assert run(SubjectKnown("DM"), files)[0].rows.tolist() == [1]


def test_a_wrong_value_fails_every_record_that_has_it() -> None:
    files = make_files(AE={"AESEV": ["MILD", "HARSH", None, "MILD", "HARSH", "GRAVE"]})
    assert run(AllowedValues("AESEV", ("MILD", "SEVERE")), files)[0].rows.tolist() == [1, 4, 5]


def test_records_chosen_by_another_column_are_asked_as_they_stand() -> None:
    files = make_files(LB={"LBTESTCD": ["ALT", "SEX", None, "ALT"], "LBORRESU": ["U/L", "g", "g", "g"]})
    check = AllowedValues("LBORRESU", ("U/L",), where=("LBTESTCD", "ALT"))
    asked = express_rules([make_toy_rule(check, "LB")], files)
    assert validate("LB", asked, files.frame("LB")).results[0].rows.tolist() == [3]


def test_a_configuration_is_built_once_within_a_run_and_anew_after_it() -> None:
    expectations = import_great_expectations().expectations
    expectation = expectations.ExpectColumnValuesToNotBeNull(column="AETERM")
    with configurations_built_once(expectations.Expectation):
        assert expectation.configuration is expectation.configuration
        assert expectation.configuration.kwargs == {"column": "AETERM"}
    assert expectation.configuration is not expectation.configuration
    assert expectation.configuration == expectation.configuration


@pytest.mark.parametrize(("names", "failed"), [(("A", "B"), False), (("B", "A"), True), (("A",), True)])
def test_columns_are_compared_in_their_order(names: tuple[str, ...], failed: bool) -> None:
    files = make_files(AE={"A": ["x"], "B": [1]})
    results = run(ColumnsCheck(names), files)
    assert results[0].failed is failed
    require_agreement("toy", [check_rule(make_toy_rule(ColumnsCheck(names)), files)], results)


@pytest.mark.parametrize("check", [check for check, _, _ in EXPRESSED], ids=lambda value: type(value).__name__)
def test_a_dataset_without_records_meets_every_expectation(check: Check) -> None:
    columns: Columns = {name: [] for name in make_toy_rule(check).columns}
    assert not run(check, make_files(AE=columns))[0].failed


def test_the_stored_suite_is_the_same_in_every_run() -> None:
    check, columns, _ = SEEDED[0]
    files = make_files(AE=columns)
    asked = express_rules([make_toy_rule(check)], files)
    first = validate("AE", asked, files.frame("AE")).suite
    assert first == validate("AE", asked, files.frame("AE")).suite
    assert first["expectations"] == [
        {
            "type": "expect_compound_columns_to_be_unique",
            "kwargs": {"column_list": ["USUBJID", "AESEQ"], "ignore_row_if": "never"},
            "meta": {
                "rule": "AE.AETERM.required",
                "spec": "specs/toy/sdtm/AE.yaml:7",
                "message": "something is wrong",
            },
            "severity": "critical",
        }
    ]


def test_a_difference_between_the_two_runs_is_an_error() -> None:
    check, columns, _ = SEEDED[0]
    files = make_files(AE=columns)
    (result,) = run(check, files)
    less = Result(result.rule, result.expectation, np.array([0], dtype=np.int64), True)
    with pytest.raises(ProgramError) as raised:
        require_agreement("toy", [check_rule(make_toy_rule(check), files)], [less])
    assert str(raised.value) == (
        "toy: Great Expectations and the rules disagree: AE.AETERM.required (2 and 1 records)\n"
        "  fix      a check or the reading of the file is wrong: compare the records in qc/records.parquet"
    )


def test_a_file_that_only_one_run_finds_wrong_is_an_error() -> None:
    files = make_files(AE={"A": ["x"], "B": [1]})
    check = ColumnsCheck(("A", "B"))
    (result,) = run(check, files)
    wrong = Result(result.rule, result.expectation, result.rows, True)
    with pytest.raises(ProgramError, match=re.escape("AE.AETERM.required (0 and 1 faults)")):
        require_agreement("toy", [check_rule(make_toy_rule(check), files)], [wrong])
