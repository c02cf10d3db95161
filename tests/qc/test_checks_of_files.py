"""Every check of a file's name and header, each seen to hold and to fail."""

from __future__ import annotations

from qc_toys import PLACE, Values, faults, make_file, make_files, make_toy_rule

from crf2tlf.tables import XptFile, XptVariable
from qc.checks import (
    Columns,
    ContainsValue,
    DatasetLabel,
    FileKnown,
    FileName,
    FilePresent,
    NameFits,
    StoredFormat,
    StoredLength,
    StoredType,
    VariableLabel,
)
from qc.evaluate import check_rule, check_rules
from qc.evaluate_files import variable_faults

AE: dict[str, Values] = {"USUBJID": ["T-1", "T-2"], "AETERM": ["HEADACHE", "NAUSEA"], "AESEQ": [1, 1]}
FILES = make_files(AE=AE)


def with_variable(variable: XptVariable) -> XptFile:
    """AE with another header for one variable."""
    return make_file("AE", AE, **{variable.name: variable})


def test_a_dataset_without_a_file_is_found() -> None:
    assert faults(FilePresent(), FILES) == []
    assert faults(FilePresent(), make_files(DM=AE)) == ["no file"]


def test_a_file_without_a_spec_is_found() -> None:
    outcomes = check_rules([make_toy_rule(FilePresent(), "AE")], make_files(AE=AE, XX=AE), PLACE)
    assert [(each.rule.id, each.faults) for each in outcomes] == [
        ("AE.AETERM.required", ()),
        ("XX.file_known", ("2 records",)),
    ]
    assert isinstance(outcomes[1].rule.check, FileKnown)


def test_a_file_that_holds_another_dataset_is_found() -> None:
    assert faults(FileName(), FILES) == []
    assert faults(FileName(), make_files(AE=make_file("DM", AE))) == ["the file ae.xpt holds the dataset DM"]


def test_a_dataset_name_that_regulators_do_not_take_is_found() -> None:
    assert faults(FileName(), make_files(AE_2=make_file("AE_2", AE)), "AE_2") == ["the name AE_2"]
    assert faults(FileName(), make_files(ADVERSEEV=make_file("ADVERSEEV", AE)), "ADVERSEEV") == ["the name ADVERSEEV"]


def test_another_dataset_label_is_found() -> None:
    assert faults(DatasetLabel("Toy"), FILES) == []
    assert faults(DatasetLabel("Adverse Events"), FILES) == ["'Toy'"]


def test_absent_unknown_and_displaced_variables_are_found() -> None:
    assert faults(Columns(("USUBJID", "AETERM", "AESEQ")), FILES) == []
    assert faults(Columns(("USUBJID", "AESEQ", "AETERM")), FILES) == ["AETERM stands where AESEQ should"]
    assert faults(Columns(("STUDYID", "USUBJID", "AETERM")), FILES) == ["without STUDYID", "with AESEQ"]


def test_another_label_type_length_or_format_of_a_variable_is_found() -> None:
    assert faults(VariableLabel("AETERM", "Label of AETERM"), FILES) == []
    assert faults(VariableLabel("AETERM", "Reported Term"), FILES) == ["'Label of AETERM'"]
    assert faults(StoredType("AESEQ", "number"), FILES) == []
    assert faults(StoredType("AESEQ", "text"), FILES) == ["number"]
    assert faults(StoredFormat("AESEQ", ""), FILES) == []
    assert faults(StoredFormat("AESEQ", "DATE9."), FILES) == ["''"]


def test_a_format_in_lower_case_is_the_same_format() -> None:
    files = make_files(AE=with_variable(XptVariable("AESEQ", "number", 8, "x", "date9.")))
    assert faults(StoredFormat("AESEQ", "DATE9."), files) == []


def test_a_length_is_that_of_the_spec_or_of_the_longest_value() -> None:
    assert faults(StoredLength("AETERM", None), FILES) == []
    assert faults(StoredLength("AESEQ", 8), FILES) == []
    assert faults(StoredLength("AETERM", 200), FILES) == ["8, not 200"]
    padded = make_files(AE=with_variable(XptVariable("AETERM", "text", 200, "x")))
    assert faults(StoredLength("AETERM", None), padded) == ["200, not 8"]


def test_a_length_counts_the_bytes_of_the_files_encoding() -> None:
    file = make_files(AE={"AETERM": ["乏力"]}).datasets["AE"]
    held = XptVariable("AETERM", "text", 6, "x")
    assert variable_faults(StoredLength("AETERM", None), held, file, "utf-8") == []
    assert variable_faults(StoredLength("AETERM", None), held, file, "gb18030") == ["6, not 4"]


def test_a_variable_without_values_has_the_length_1() -> None:
    empty: dict[str, Values] = {"AETERM": [None, None]}
    assert faults(StoredLength("AETERM", None), make_files(AE=empty)) == []


def test_a_name_or_label_that_does_not_fit_is_found() -> None:
    assert faults(NameFits("AETERM"), FILES) == []
    long = make_files(AE=with_variable(XptVariable("AETERM", "text", 8, "L" * 41)))
    assert faults(NameFits("AETERM"), long) == [f"'AETERM', label '{'L' * 41}'"]
    assert faults(NameFits("_TERM"), make_files(AE={"_TERM": ["X"]})) == ["'_TERM', label 'Label of _TERM'"]


def test_a_variable_without_a_label_is_found() -> None:
    files = make_files(AE=with_variable(XptVariable("AETERM", "text", 8, "")))
    assert faults(NameFits("AETERM"), files) == ["'AETERM', label ''"]


def test_a_trial_summary_without_a_study_start_is_found() -> None:
    check = ContainsValue("TSPARMCD", "SSTDTC", "TSVAL")
    assert faults(check, make_files(TS={"TSPARMCD": ["SSTDTC"], "TSVAL": ["2024-01-01"]}), "TS") == []
    absent = ["no record with TSPARMCD 'SSTDTC' and TSVAL"]
    assert faults(check, make_files(TS={"TSPARMCD": ["TITLE"], "TSVAL": ["x"]}), "TS") == absent
    assert faults(check, make_files(TS={"TSPARMCD": ["SSTDTC"], "TSVAL": [None]}), "TS") == absent


def test_a_rule_about_an_absent_file_or_column_says_why_it_was_not_checked() -> None:
    absent = check_rule(make_toy_rule(DatasetLabel("Toy"), "DM"), FILES)
    assert (absent.blocked, absent.count) == ("there is no file dm.xpt", 0)
    column = check_rule(make_toy_rule(VariableLabel("AESEV", "x")), FILES)
    assert (column.blocked, column.count) == ("AE has no AESEV", 0)
