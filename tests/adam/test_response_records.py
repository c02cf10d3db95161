"""From TU, TR and RS of fulpyr to ADTR and ADRS, by the study's own spec."""

from __future__ import annotations

import pandas as pd
import pytest
from tumour_toys import SUBJECT, derive, files, rows_of

from crf2tlf.rules.columns import text_column


def test_a_lesion_that_splits_counts_by_its_fragments() -> None:
    shown = {"T04": [30, None], "T04.1": [None, 10], "T04.2": [None, 12]}
    adtr, adrs = derive("ADTR", files(shown)), derive("ADRS", files(shown))
    assert rows_of(adtr, "LDIAM4", "AVAL", "BASE") == [(30.0, 30.0)]
    assert rows_of(adtr, "LDIAM4A", "AVAL", "PARAM") == [(10.0, "Target Lesion 4.1 Diameter by Investigator (mm)")]
    assert rows_of(adtr, "LDIAM4B", "AVAL") == [12.0]
    assert rows_of(adtr, "SDIAM", "ABLFL", "AVAL", "LSEXP", "LSASS") == [("Y", 30.0, 1.0, 1.0), (None, 22.0, 1.0, 1.0)]
    assert rows_of(adrs, "OVR", "AVALC", "ADT") == [("SD", "2024-02-12")]


def test_lesions_that_merge_count_as_the_one_they_became() -> None:
    shown = {"T01": [20, None], "T02": [15, 15], "T03": [10, None], "T01/T03": [None, 28]}
    adtr = derive("ADTR", files(shown))
    assert rows_of(adtr, "LDIAM13", "AVAL", "TRLNKID") == [(28.0, "T01/T03")]
    assert rows_of(adtr, "SDIAM", "AVAL", "LSEXP", "LSASS", "CHG") == [(45.0, 3.0, 3.0, None), (43.0, 3.0, 3.0, -2.0)]


def test_a_lesion_too_small_to_measure_counts_five_and_one_that_is_gone_nothing() -> None:
    adtr = derive("ADTR", files({"T01": [20, "TS"], "T02": [10, "G"]}))
    assert rows_of(adtr, "LDIAM1", "AVAL", "CHG", "PCHG") == [(20.0, None, None), (5.0, -15.0, -75.0)]
    assert rows_of(adtr, "LDIAM2", "AVAL") == [10.0, 0.0]
    assert rows_of(adtr, "SDIAM", "AVAL") == [30.0, 5.0]


def test_nodes_below_ten_mm_are_complete_response_with_a_sum_above_zero() -> None:
    shown = {"T01": [20, "G"], "T02": [15, 9], "NT01": ["P", "A"]}
    adtr, adrs = (derive(name, files(shown, nodes=["T02"])) for name in ("ADTR", "ADRS"))
    assert rows_of(adtr, "NLDIAM2", "AVAL", "PARAM") == [
        (15.0, "Target Lesion 2 Short Axis by Investigator (mm)"),
        (9.0, "Target Lesion 2 Short Axis by Investigator (mm)"),
    ]
    assert rows_of(adtr, "SDIAM", "AVAL", "CRITRULE") == [(35.0, None), (9.0, "NODES_NORMAL")]
    assert [rows_of(adrs, code, "AVALC") for code in ("TRGRESP", "NTRGRESP", "OVR")] == [["CR"], ["CR"], ["CR"]]


def test_a_node_of_ten_mm_is_no_complete_response() -> None:
    adrs = derive("ADRS", files({"T01": [20, "G"], "T02": [15, 10]}, nodes=["T02"]))
    assert rows_of(adrs, "OVR", "AVALC", "AVAL") == [("PR", 2.0)]


def test_a_lesion_not_evaluable_leaves_no_sum_and_no_response() -> None:
    shown = {"T01": [20, 12], "T02": [10, "ND"]}
    adtr, adrs = derive("ADTR", files(shown)), derive("ADRS", files(shown))
    assert rows_of(adtr, "LDIAM2", "AVAL", "AVALC") == [(10.0, None), (None, "NOT DONE")]
    assert rows_of(adtr, "SDIAM", "AVAL", "MEASSUM", "LSEXP", "LSASS") == [
        (30.0, 30.0, 2.0, 2.0),
        (None, 12.0, 2.0, 1.0),
    ]
    assert rows_of(adrs, "OVR", "AVALC", "CRITRULE") == [("NE", "TARGET_NE")]
    assert rows_of(adrs, "BOR", "AVALC", "AVAL") == [("NE", 6.0)]
    assert rows_of(adrs, "LSTA", "AVALC") == []


def test_an_equivocal_new_lesion_that_proves_true_dates_progression_back() -> None:
    shown = {"T01": [20, 20, 20, 20], "NEW01": [None, None, "E", "U"]}
    adrs = derive("ADRS", files(shown))
    assert rows_of(adrs, "NEWLES", "AVALC") == ["N", "Y", "Y"]
    assert rows_of(adrs, "OVR", "AVALC", "ANL02FL") == [("SD", "Y"), ("PD", "Y"), ("PD", None)]
    assert rows_of(adrs, "PD", "AVALC", "ADT", "APLDT") == [("Y", "2024-03-25", "2024-03-25")]


@pytest.mark.parametrize(
    ("before", "after", "response", "rule"),
    [
        (25, 30, "PD", "NADIR"),  # exactly 20 % and exactly 5 mm
        (30, 36, "PD", "NADIR"),  # exactly 20 %, 6 mm
        (20, 24, "SD", "RELATIVE_ONLY"),  # exactly 20 %, 4 mm
        (30, 35, "SD", "ABSOLUTE_ONLY"),  # exactly 5 mm, 16.7 %
        (10, 7, "PR", "DECREASE"),  # exactly 30 % below the baseline
    ],
)
def test_the_limits_of_the_target_response(before: int, after: int, response: str, rule: str) -> None:
    adrs = derive("ADRS", files({"T01": [before, after]}))
    assert rows_of(adrs, "TRGRESP", "AVALC", "CRITRULE") == [(response, rule)]


@pytest.mark.parametrize(
    ("second", "confirmed"),
    [(70, ("Y", "2024-02-12", "2024-03-11")), (69, ("N", None, None))],
)
def test_a_response_is_confirmed_from_day_28_on(second: int, confirmed: tuple[str, str | None, str | None]) -> None:
    adrs = derive("ADRS", files({"T01": [20, 10, 10]}, days=(-7, 42, second)))
    assert rows_of(adrs, "RSP", "AVALC", "ADT") == [("Y", "2024-02-12")]
    assert rows_of(adrs, "CRSP", "AVALC", "ADT", "CONFDT") == [confirmed]
    assert rows_of(adrs, "CBOR", "AVALC") == ["PR" if confirmed[0] == "Y" else "SD"]


def test_the_best_change_is_sought_up_to_progression_and_new_therapy() -> None:
    shown = {"T01": [40, 30, 20, 10]}
    flags = [rows_of(derive("ADTR", files(shown, therapy=therapy)), "SDIAM", "ANL03FL") for therapy in (None, 100)]
    assert flags == [[None, None, None, "Y"], [None, None, "Y", None]]


def test_the_nadir_is_the_lowest_sum_before_the_assessment() -> None:
    adtr = derive("ADTR", files({"T01": [40, 20, 30]}))
    assert rows_of(adtr, "SDIAM", "NADIR", "NADIRDT", "CHGNAD", "PCHGNAD", "PDFL") == [
        (None, None, None, None, None),
        (40.0, "2023-12-25", -20.0, -50.0, None),
        (20.0, "2024-02-12", 10.0, 50.0, "Y"),
    ]


def test_the_source_of_a_record_is_the_record_of_tr_that_dates_it() -> None:
    frames = files({"T01": [40, 20], "T02": [20, 20]})
    adtr, adrs = derive("ADTR", frames), derive("ADRS", frames)
    assert rows_of(adtr, "LDIAM2", "SRCDOM", "SRCVAR", "SRCSEQ") == [("TR", "TRSTRESC", 3.0), ("TR", "TRSTRESC", 4.0)]
    assert rows_of(adrs, "OVR", "SRCDOM", "SRCVAR", "SRCSEQ") == [("TR", "TRSTRESC", 2.0)]
    assert rows_of(adrs, "PD", "AVALC", "SRCDOM", "SRCSEQ") == [("N", None, None)]
    assert rows_of(adrs, "DEATH", "AVALC", "SRCDOM") == [("N", None)]


def test_the_reported_responses_drive_where_the_spec_says_so() -> None:
    reported = {"TA01": {"OVRLRESP": "PD", "TRGRESP": "PD", "NEWLIND": "N"}, "TA02": {"OVRLRESP": "SD"}}
    frames = files({"T01": [20, 22, 22]}, reported=reported)
    adrs = derive("ADRS", frames, "reported")
    assert rows_of(adrs, "OVR", "AVALC", "SRCDOM", "SRCVAR", "SRCSEQ", "CRITRULE") == [
        ("PD", "RS", "RSSTRESC", 1.0, "REPORTED"),
        ("SD", "RS", "RSSTRESC", 4.0, "REPORTED"),
    ]
    assert rows_of(adrs, "PD", "AVALC", "ADT", "SRCSEQ") == [("Y", "2024-02-12", 1.0)]
    assert rows_of(derive("ADRS", frames), "PD", "AVALC") == ["N"]
    assert rows_of(derive("ADTR", frames, "reported"), "SDIAM", "AVAL") == [20.0, 22.0, 22.0]


def test_a_subject_without_assessments_has_a_missing_best_response() -> None:
    adrs = derive("ADRS", files({"T01": [20]}))
    assert rows_of(adrs, "BOR", "AVALC", "AVAL", "ADT") == [("MISSING", 7.0, None)]
    assert rows_of(adrs, "OVR", "AVALC") == []
    assert rows_of(adrs, "MDIS", "AVALC", "ADT") == [("Y", "2023-12-25")]


def test_a_scan_without_lesion_records_is_an_assessment_when_a_response_was_given() -> None:
    frames = files({"T01": [20]}, reported={"TA01": {"OVRLRESP": "NE"}})
    adrs = derive("ADRS", frames)
    assert rows_of(adrs, "OVR", "AVALC", "ADT", "SRCDOM") == [("NE", "2024-02-12", "RS")]


def test_a_record_that_takes_no_part_is_an_issue() -> None:
    frames = files({"T01": [20, 18], "T02": [12, 12]})
    measured = frames["TR"]
    again = measured.iloc[[1]].assign(TRSEQ=9.0, TRSTRESN=99.0, TRSTRESC=text_column(["99"]).to_numpy())
    frames["TR"] = pd.concat([measured, again], ignore_index=True)
    frames["TU"] = frames["TU"].iloc[[0]].reset_index(drop=True)
    built = derive("ADTR", frames)
    assert rows_of(built, "SDIAM", "AVAL") == [20.0, 18.0]
    shown = built.issues[["RULE", "USUBJID", "FORM", "ROW", "VALUE", "MESSAGE"]].to_numpy(dtype=object).tolist()
    unknown = "the lesion was never identified and is not used"
    repeated = "the lesion has an earlier record at this assessment, and this one is not used"
    assert shown == [
        ["RESPONSE_NOT_IDENTIFIED", SUBJECT, "TR", 3, "12", unknown],
        ["RESPONSE_NOT_IDENTIFIED", SUBJECT, "TR", 4, "12", unknown],
        ["RESPONSE_REPEATED", SUBJECT, "TR", 5, "99", repeated],
    ]
