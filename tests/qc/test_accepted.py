"""accepted_findings.csv: what it takes, what it accepts, and what its faults say."""

from __future__ import annotations

from pathlib import Path

import pytest
from qc_toys import PLACE, failing, make_files, make_toy_rule

from crf2tlf.errors import SpecError
from qc.accepted import Accepted, read_accepted
from qc.checks import DatasetLabel, Filled
from qc.evaluate import check_rule
from qc.files import Files
from qc.findings import Findings, combine_findings

HEADER = "rule,dataset,variable,selector,reason\n"
FILES = make_files(AE={"USUBJID": ["T-1", "T-1", "T-2"], "AESEQ": [1, 2, 1], "AETERM": [None, None, None]})


def read(tmp_path: Path, text: str) -> tuple[Accepted, ...]:
    """The lines of a file with this text below the header."""
    path = tmp_path / "accepted_findings.csv"
    path.write_text(HEADER + text, encoding="utf-8")
    return read_accepted(path, "specs/toy/accepted_findings.csv")


def find(accepted: tuple[Accepted, ...], files: Files = FILES) -> Findings:
    """The findings of one rule: AETERM is missing three times."""
    assert failing(Filled("AETERM"), files) == [1, 2, 3]
    outcome = check_rule(make_toy_rule(Filled("AETERM")), files)
    return combine_findings([outcome], files, accepted, {"AE": ("STUDYID", "USUBJID", "AESEQ")})


def told(findings: Findings) -> list[tuple[str, int, str, str]]:
    """Status, count, records and reason of each finding."""
    frame = findings.findings
    return list(zip(frame["STATUS"], frame["COUNT"], frame["RECORDS"], frame["REASON"], strict=True))


def test_a_study_without_the_file_accepts_nothing(tmp_path: Path) -> None:
    assert read_accepted(tmp_path / "accepted_findings.csv", "x") == ()


def test_a_selector_divides_the_records_of_a_finding(tmp_path: Path) -> None:
    accepted = read(tmp_path, "required,AE,AETERM,USUBJID == 'T-1' and AESEQ > 1,The page is lost\n")
    assert told(find(accepted)) == [
        (
            "open",
            2,
            "USUBJID T-1, AESEQ 1 (AETERM missing) | USUBJID T-2, AESEQ 1 (AETERM missing)",
            "",
        ),
        ("accepted", 1, "USUBJID T-1, AESEQ 2 (AETERM missing)", "The page is lost"),
    ]


def test_an_empty_selector_accepts_all_records(tmp_path: Path) -> None:
    findings = find(read(tmp_path, "required,AE,AETERM,,No terms yet\n"))
    assert [(status, count, reason) for status, count, _, reason in told(findings)] == [("accepted", 3, "No terms yet")]
    assert findings.records["STATUS"].tolist() == ["accepted"] * 3


def test_the_first_line_that_selects_a_record_counts(tmp_path: Path) -> None:
    findings = find(read(tmp_path, "required,AE,AETERM,AESEQ == 2,First\nrequired,AE,AETERM,,Second\n"))
    assert [(count, reason) for _, count, _, reason in told(findings)] == [(1, "First"), (2, "Second")]


def test_an_accepted_line_without_a_finding_is_a_finding(tmp_path: Path) -> None:
    accepted = read(tmp_path, "required,AE,AETERM,,All\ncodelist,AE,AESEV,AESEQ == 9,Old\n")
    row = find(accepted).findings.iloc[0].to_dict()
    assert row == {
        "RULE": "accepted_unmatched",
        "SEVERITY": "warning",
        "DATASET": "AE",
        "VARIABLE": "AESEV",
        "COUNT": 1,
        "CHECKED": 1,
        "SUBJECTS": "",
        "RECORDS": "codelist for AESEQ == 9",
        "MESSAGE": "an accepted finding does not occur",
        "SPEC": "specs/toy/accepted_findings.csv:3",
        "FIX": "remove the line from accepted_findings.csv",
        "STATUS": "open",
        "REASON": "",
    }


def test_a_finding_about_a_file_is_accepted_as_a_whole(tmp_path: Path) -> None:
    outcome = check_rule(make_toy_rule(DatasetLabel("Adverse Events"), variable="", kind="dataset_label"), FILES)
    accepted = read(tmp_path, "dataset_label,AE,,,The label of the last delivery\n")
    assert told(combine_findings([outcome], FILES, accepted, {})) == [
        ("accepted", 1, "'Toy'", "The label of the last delivery")
    ]


def test_a_finding_of_core_is_explained_by_dataset(tmp_path: Path) -> None:
    (line,) = read(tmp_path, "CORE-000598,RELSPEC,,,RELSPEC has no DOMAIN\n")
    assert (line.is_core, line.rule, line.dataset, line.reason) == (
        True,
        "CORE-000598",
        "RELSPEC",
        "RELSPEC has no DOMAIN",
    )
    with pytest.raises(SpecError) as raised:
        read(tmp_path, "CORE-000598,RELSPEC,REFID,,Reason\n")
    assert str(raised.value) == (
        "specs/toy/accepted_findings.csv:2: rule: a finding of CORE-000598 is explained by dataset alone\n"
        "1 fault in the spec"
    )


def test_all_faults_of_the_file_are_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(SpecError) as raised:
        read(tmp_path, "requird,AE,AETERM,,Reason\nrequired,AE,AETERM,AESEQ =,\nrequired,AE\n")
    assert str(raised.value) == (
        "specs/toy/accepted_findings.csv:2: rule: there is no rule 'requird'; did you mean 'required'?\n"
        "specs/toy/accepted_findings.csv:3: reason: an accepted finding needs a reason\n"
        "specs/toy/accepted_findings.csv:3: selector: the character '=' is not part of the expression language; "
        "write '==', '<=' or '>=' to compare\n"
        "specs/toy/accepted_findings.csv:4: 2 fields where 5 are wanted\n"
        "4 faults in the spec"
    )


def test_another_header_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "accepted_findings.csv"
    path.write_text("rule,why\n", encoding="utf-8")
    with pytest.raises(SpecError) as raised:
        read_accepted(path, "accepted_findings.csv")
    assert str(raised.value) == (
        "accepted_findings.csv:1: the header must be rule,dataset,variable,selector,reason, not rule,why\n"
        "1 fault in the spec"
    )


def test_a_selector_with_an_unknown_column_is_refused(tmp_path: Path) -> None:
    accepted = read(tmp_path, "required,AE,AETERM,AESEK == 1,Reason\n")
    with pytest.raises(SpecError) as raised:
        find(accepted)
    assert str(raised.value) == (
        "specs/toy/accepted_findings.csv:2: selector: AE has no column AESEK; did you mean 'AESEQ'?\n"
        "1 fault in the spec"
    )


def test_a_rule_without_a_place_of_its_own_is_known_by_kind_dataset_and_variable() -> None:
    rule = make_toy_rule(Filled("AETERM"))
    assert (rule.id, rule.location) == ("AE.AETERM.required", PLACE)
