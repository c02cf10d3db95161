"""Every check of records, each seen to hold and to fail; the number of a record in its file counts from 1."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import pytest
from qc_toys import Values, failing, make_file, make_files, make_toy_rule

from crf2tlf.tables import XptVariable, write_xpt
from qc import patterns
from qc.checks import (
    AllowedValues,
    AtLeast,
    CalendarDate,
    Check,
    DatesInOrder,
    DaysBetween,
    Filled,
    FlagNeedsOrder,
    Matches,
    MatchesNot,
    NumbersInOrder,
    OneToOne,
    ParentRecord,
    RecordCheck,
    RelatedRecord,
    Sorted,
    SourceRecord,
    StudyDay,
    SubjectKnown,
    Unique,
    VisitKnown,
    WholeNumber,
)
from qc.evaluate import check_rule
from qc.files import read_files

Columns = dict[str, Values]

# One line a kind of check: the check, columns of AE, and the records that must be found. The others must hold.
SEEDED: list[tuple[Check, Columns, list[int]]] = [
    (Unique(("USUBJID", "AESEQ")), {"USUBJID": ["T-1", "T-1", "T-1", "T-2"], "AESEQ": [1, 2, 2, 1]}, [2, 3]),
    (Unique(("USUBJID",)), {"USUBJID": ["T-1", "T-1", None, None]}, [1, 2]),
    (Sorted(("USUBJID", "AESEQ")), {"USUBJID": ["T-1", "T-1", "T-2"], "AESEQ": [2, 1, 1]}, [1]),
    (Sorted(("AESEQ",)), {"AESEQ": [None, 1, None]}, [2]),
    (Filled("AETERM"), {"AETERM": ["X", None]}, [2]),
    (Filled("AESEQ"), {"AESEQ": [None, 1]}, [1]),
    (AllowedValues("AESER", ("N", "Y")), {"AESER": ["Y", "y", None, "U"]}, [2, 4]),
    (AllowedValues("AESEQ", (1.0, 2.0)), {"AESEQ": [1, 3, None]}, [2]),
    (AllowedValues("QVAL", ("Y",), ("QNAM", "TE")), {"QNAM": ["TE", "TE", "OTH"], "QVAL": ["Y", "N", "N"]}, [2]),
    (Matches("AETERM", patterns.ASCII), {"AETERM": ["A~B", "CAF\u00c9", "A\tB", None, "A\n"]}, [2, 3, 5]),
    (Matches("AETERM", patterns.BYTES_200), {"AETERM": ["A" * 200, "A" * 201]}, [2]),
    (MatchesNot("AEDTC", patterns.MIDNIGHT), {"AEDTC": ["2024-01-01T00:00", "2024-01-01T00:01", None]}, [1]),
    (CalendarDate("AEDTC"), {"AEDTC": ["2024-02-29", "2023-02-29", "2023-02", "2024-01-01/2024-04-31"]}, [2, 4]),
    (
        DatesInOrder("S", "E"),
        {"S": ["2024-02-01", "2024-02", "2024-03"], "E": ["2024-01-31", "2024-02-01", "2024"]},
        [1],
    ),
    (NumbersInOrder("S", "E"), {"S": [2, 1, None, 1], "E": [1, 1, 1, None]}, [1]),
    (WholeNumber("AESEQ"), {"AESEQ": [1, 1.5, None]}, [2]),
    (AtLeast("AESEQ", 1), {"AESEQ": [0, 1, None]}, [1]),
    (OneToOne("L", "R"), {"L": ["A", "A", "B", "C", None], "R": ["1", "2", "3", "4", "4"]}, [1, 2]),
    (OneToOne("L", "R"), {"L": ["A", "B", "C"], "R": [1, 1, 2]}, [1, 2]),
    (OneToOne("L", "R", ("P",)), {"P": ["X", "Y", "Y"], "L": ["A", "A", "A"], "R": [1, 2, 3]}, [2, 3]),
    (
        DaysBetween("AVAL", "S", "E", ("PFS",)),
        {
            "PARAMCD": ["PFS", "PFS", "OS", "PFS"],
            "S": [10, 10, 10, 10],
            "E": [10, 12, 12, None],
            "AVAL": [1, 2, 9, None],
        },
        [2],
    ),
    (FlagNeedsOrder("FL", "T", "A"), {"FL": ["Y", "Y", None, "Y"], "T": [5, 5, 5, 5], "A": [5, 4, 4, None]}, [2]),
]


@pytest.mark.parametrize(("check", "columns", "expected"), SEEDED, ids=lambda value: type(value).__name__)
def test_a_seeded_error_is_found_and_nothing_else(check: Check, columns: Columns, expected: list[int]) -> None:
    assert failing(check, make_files(AE=columns)) == expected


def test_every_kind_of_record_check_has_a_seeded_error() -> None:
    related = {StudyDay, SubjectKnown, VisitKnown, ParentRecord, RelatedRecord, SourceRecord}
    assert {type(check) for check, _, _ in SEEDED} | related == set(get_args(RecordCheck))


def test_dates_are_compared_as_far_as_both_are_known() -> None:
    starts = ["2024", "2025", "2024-03", "2024-03-02T10:00", "2024-03-02T10:30", "--03-02", None]
    ends = ["2024-01-01", "2024-12-31", "2024-02-28", "2024-03-02T09", "2024-03-02T10:29:59", "2024-01-01", "2024"]
    files = make_files(AE={"AESTDTC": starts, "AEENDTC": ends})
    assert failing(DatesInOrder("AESTDTC", "AEENDTC"), files) == [2, 3, 4, 5]


def test_study_days_are_counted_again_from_the_reference_date() -> None:
    dm: Columns = {"USUBJID": ["T-1", "T-2"], "RFSTDTC": ["2024-01-10T08:00", None]}
    ae: Columns = {
        "USUBJID": ["T-1", "T-1", "T-1", "T-1", "T-1", "T-2", "T-2", "T-3"],
        "AESTDTC": ["2024-01-10", "2024-01-09", "2024-01-09", "2024-01", "2024-01", "2024-01-10", "2024-01-10", None],
        "AESTDY": [1, -1, 0, None, 1, None, 1, None],
    }
    check = StudyDay("AESTDY", "AESTDTC", "DM", "RFSTDTC")
    assert failing(check, make_files(DM=dm, AE=ae)) == [3, 5, 7]


def test_study_days_of_numeric_dates_are_counted_from_a_numeric_reference() -> None:
    adsl: Columns = {"USUBJID": ["T-1"], "TRTSDT": [100]}
    adae: Columns = {"USUBJID": ["T-1", "T-1", "T-1"], "ASTDT": [100, 99, 101], "ASTDY": [1, -1, 1]}
    check = StudyDay("ASTDY", "ASTDT", "ADSL", "TRTSDT")
    assert failing(check, make_files(ADSL=adsl, ADAE=adae), "ADAE") == [3]


def test_a_subject_without_a_record_in_dm_is_found() -> None:
    files = make_files(DM={"USUBJID": ["T-1"]}, AE={"USUBJID": ["T-1", "T-2", None]})
    assert failing(SubjectKnown("DM"), files) == [2]


def test_a_record_at_a_visit_that_sv_does_not_have_for_the_subject_is_found() -> None:
    sv: Columns = {"USUBJID": ["T-1", "T-1", "T-2"], "VISITNUM": [1, 2, 3]}
    ae: Columns = {"USUBJID": ["T-1", "T-1", "T-1", "T-2", None], "VISITNUM": [1, 3, None, 3, 1]}
    assert failing(VisitKnown("SV"), make_files(SV=sv, AE=ae)) == [2]
    assert check_rule(make_toy_rule(VisitKnown("SV")), make_files(AE=ae)).blocked == "SV has no USUBJID, VISITNUM"


def test_a_supplemental_qualifier_without_its_record_is_found() -> None:
    ae: Columns = {"USUBJID": ["T-1", "T-2"], "AESEQ": [1, 1], "AESPID": ["E1", "E2"]}
    supp: Columns = {
        "USUBJID": ["T-1", "T-1", "T-2", "T-2", "T-1", "T-1"],
        "RDOMAIN": ["AE", "AE", "AE", "AE", "CM", "AE"],
        "IDVAR": ["AESEQ", "AESEQ", "AESPID", "AESPID", "CMSEQ", "AELNKID"],
        "IDVARVAL": ["1", "2", "E2", "E1", "1", "1"],
    }
    assert failing(ParentRecord(), make_files(AE=ae, SUPPAE=supp), "SUPPAE") == [2, 4, 5, 6]


def test_a_qualifier_of_dm_needs_only_its_subject() -> None:
    supp: Columns = {
        "USUBJID": ["T-1", "T-2"],
        "RDOMAIN": ["DM", "DM"],
        "IDVAR": [None, None],
        "IDVARVAL": [None, None],
    }
    assert failing(ParentRecord(), make_files(DM={"USUBJID": ["T-1"]}, SUPPDM=supp), "SUPPDM") == [2]


def test_a_comment_is_on_a_record_that_exists_on_a_domain_that_the_subject_is_in_or_on_neither() -> None:
    ae: Columns = {"USUBJID": ["T-1", "T-2"], "AESEQ": [1.0, 1.0]}
    co: Columns = {
        "USUBJID": ["T-1", "T-1", "T-3", "T-2", "T-3"],
        "RDOMAIN": ["AE", "AE", None, "AE", "AE"],
        "IDVAR": ["AESEQ", "AESEQ", None, None, None],
        "IDVARVAL": ["1", "2", None, None, None],
    }
    assert failing(ParentRecord(), make_files(AE=ae, CO=co), "CO") == [2, 5]


def test_a_qualifier_may_belong_to_a_part_of_a_split_domain() -> None:
    qsph: Columns = {"DOMAIN": ["QS"], "USUBJID": ["T-1"], "QSSEQ": [7]}
    supp: Columns = {
        "USUBJID": ["T-1", "T-1"],
        "RDOMAIN": ["QS", "QS"],
        "IDVAR": ["QSSEQ", "QSSEQ"],
        "IDVARVAL": ["7", "8"],
    }
    assert failing(ParentRecord(), make_files(QSPH=qsph, SUPPQS=supp), "SUPPQS") == [2]


def test_both_ends_of_a_relationship_must_exist() -> None:
    ae: Columns = {"USUBJID": ["T-1"], "AESEQ": [1]}
    cm: Columns = {"USUBJID": ["T-1"], "CMSEQ": [4]}
    relrec: Columns = {
        "USUBJID": ["T-1", "T-1", "T-1", "T-1", "T-1", None, None],
        "RDOMAIN": ["AE", "CM", "AE", "CM", "AE", "AE", "CM"],
        "IDVAR": ["AESEQ", "CMSEQ", "AESEQ", "CMSEQ", "AESEQ", "AELNKID", "CMSEQ"],
        "IDVARVAL": ["1", "4", "1", "5", "1", None, None],
        "RELID": ["R1", "R1", "R2", "R2", "R3", "R4", "R4"],
    }
    # Number 4 names no record, 5 stands alone, 6 names a variable that AE does not have.
    assert failing(RelatedRecord(), make_files(AE=ae, CM=cm, RELREC=relrec), "RELREC") == [4, 5, 6]


def test_the_source_of_an_analysis_record_must_exist() -> None:
    rs: Columns = {"USUBJID": ["T-1"], "RSSEQ": [3], "RSDTC": ["2024-01-01"]}
    adsl: Columns = {"USUBJID": ["T-1"], "DTHDT": [100]}
    adtte: Columns = {
        "USUBJID": ["T-1", "T-1", "T-1", "T-1", "T-1", "T-1", "T-2"],
        "SRCDOM": ["RS", "RS", "ADSL", "ADSL", None, "TU", "ADSL"],
        "SRCVAR": ["RSDTC", "RSDTC", "DTHDT", "LSTALVDT", None, "TUDTC", "DTHDT"],
        "SRCSEQ": [3, 4, None, None, None, 1, None],
    }
    check = SourceRecord("SRCDOM", "SRCVAR", "SRCSEQ")
    assert failing(check, make_files(RS=rs, ADSL=adsl, ADTTE=adtte), "ADTTE") == [2, 4, 6, 7]


def test_a_dataset_without_records_fails_nothing() -> None:
    empty: Columns = {"USUBJID": [], "AETERM": []}
    files = make_files(AE=empty, DM=empty)
    for check in (Filled("AETERM"), Unique(("USUBJID", "AETERM")), Sorted(("USUBJID",)), SubjectKnown("DM")):
        assert failing(check, files) == []
    assert failing(OneToOne("USUBJID", "AETERM"), files) == []
    assert failing(CalendarDate("AETERM"), files) == []


def test_a_check_of_numbers_says_that_it_met_a_text() -> None:
    outcome = check_rule(make_toy_rule(AtLeast("AESEQ", 1)), make_files(AE={"AESEQ": ["1"]}))
    assert outcome.blocked == "AESEQ is not number"


def test_a_check_says_which_reference_it_misses() -> None:
    day = StudyDay("AEDY", "AEDTC", "DM", "RFSTDTC")
    columns: Columns = {"USUBJID": ["T-1"], "AEDTC": ["2024"], "AEDY": [None]}
    assert check_rule(make_toy_rule(day), make_files(AE=columns)).blocked == "DM has no USUBJID, RFSTDTC"
    assert check_rule(make_toy_rule(SubjectKnown("DM")), make_files(AE=columns)).blocked == "DM has no USUBJID"


def test_a_byte_that_is_not_ascii_is_read_and_found(tmp_path: Path) -> None:
    frame = make_file("AE", {"AETERM": ["CAF\u00c9", "COFFEE"]}).frame
    variables = [XptVariable("AETERM", "text", 6, "x")]
    write_xpt(tmp_path / "ae.xpt", frame, name="AE", label="Toy", variables=variables, encoding="latin-1")
    assert failing(Matches("AETERM", patterns.ASCII), read_files([tmp_path / "ae.xpt"])) == [1]
