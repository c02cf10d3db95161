"""date, date with imputation, its flag, and study_day: the usual, an edge and an error each."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pandas as pd
import pytest
from toy_study import Toy, dataset, typed

from crf2tlf.errors import SpecError

MakeToy = Callable[..., Toy]


def days(text: str) -> float:
    """Days since 1960-01-01."""
    return float((date.fromisoformat(text) - date(1960, 1, 1)).days)


def derive_dates(toy: MakeToy, rule: str, *cells: str) -> list[object]:
    """One --DTC of each cell, a cell being what stands after the subject in the CSV."""
    header = "SUBJ,DAY,TIME" if "TIME" in rule else "SUBJ,DAY"
    form = "".join(f"{number:02d},{cell}\n" for number, cell in enumerate(cells, start=1))
    text = dataset("XA", {"XADTC": rule}, source="raw.xa")
    made = toy(forms={"xa": f"{header}\n{form}"}, datasets={"XA": text})
    return [value for (value,) in made.rows("XA", "XADTC")]


def test_a_date_is_iso_8601_and_keeps_the_parts_that_are_known(toy: MakeToy) -> None:
    cells = ["05-Mar-2024", "5-MAR-2024", "UN-Mar-2024", "Mar-2024", "UN-UNK-2024", "2024", "UN-UNK-UNK", ""]
    assert derive_dates(toy, "date: raw.xa.DAY", *cells) == [
        "2024-03-05",
        "2024-03-05",
        "2024-03",
        "2024-03",
        "2024",
        "2024",
        None,
        None,
    ]


def test_a_date_may_have_another_format_than_its_form(toy: MakeToy) -> None:
    assert derive_dates(toy, "date: {date: raw.xa.DAY, format: YYYY.MM.DD}", "2024.03.05", "2024.03", "2024.13.05") == [
        "2024-03-05",
        "2024-03",
        None,
    ]


def test_a_day_that_the_month_does_not_have_is_no_date(toy: MakeToy) -> None:
    cells = ["29-Feb-2024", "29-Feb-2023", "31-Apr-2024", "00-Jan-2024"]
    assert derive_dates(toy, "date: raw.xa.DAY", *cells) == ["2024-02-29", None, None, None]


def test_a_time_follows_a_complete_date_only(toy: MakeToy) -> None:
    cells = ["05-Mar-2024,9:05", "05-Mar-2024,09:05:30", "05-Mar-2024,", "Mar-2024,09:05", ",09:05", "05-Mar-2024,9.05"]
    assert derive_dates(toy, "date: {date: raw.xa.DAY, time: raw.xa.TIME}", *cells) == [
        "2024-03-05T09:05",
        "2024-03-05T09:05:30",
        "2024-03-05",
        "2024-03",
        None,
        "2024-03-05",
    ]


def test_sdtm_dates_are_never_imputed(toy: MakeToy) -> None:
    with pytest.raises(SpecError) as caught:
        derive_dates(toy, "date: {date: raw.xa.DAY, impute: first}", "2024")
    assert str(caught.value).partition(": ")[2] == (
        "variables.XADTC: only a numeric date is imputed: SDTM dates stay as collected (SDTMIG 4.4.2)\n"
        "1 fault in the spec"
    )


XA = dataset("XA", {"XADTC": "date: raw.xa.DAY", "XAENDTC": "date: raw.xa.END"}, source="raw.xa")
# Label, class and the like are typed, since XL is no dataset of the standards.
ADAM = "BASIC DATA STRUCTURE"


def derive_adam_dates(toy: MakeToy, variables: dict[str, str], source: pd.DataFrame) -> Toy:
    subject = {"USUBJID": "from: XA.USUBJID"}
    text = dataset("ADXA", subject | variables, records="{id: main, source: XA}", class_=ADAM)
    made = toy(forms={"xa": "SUBJ,DAY,END\n"}, datasets={"XA": XA}, adam={"ADXA": text})
    assert len(source)
    return made


def test_an_imputed_date_is_the_first_or_last_possible_day_and_the_flag_says_what_was_imputed(toy: MakeToy) -> None:
    variables = {
        "ASTDT": "date: {date: XA.XADTC, impute: first}",
        "ASTDTF": "date: {imputed: ASTDT}",
        "AENDT": "date: {date: XA.XADTC, impute: last}",
        "AENDTF": "date: {imputed: AENDT}",
        "ADT": "date: XA.XADTC",
    }
    source = typed(USUBJID=["1", "2", "3", "4", "5"], XADTC=["2024-03-05", "2024-02", "2023", None, "2024-03-05T10:00"])
    built = derive_adam_dates(toy, variables, source).derive_adam("ADXA", {"XA": source})
    expected = typed(
        USUBJID=["1", "2", "3", "4", "5"],
        ASTDT=[days("2024-03-05"), days("2024-02-01"), days("2023-01-01"), None, days("2024-03-05")],
        ASTDTF=[None, "D", "M", None, None],
        AENDT=[days("2024-03-05"), days("2024-02-29"), days("2023-12-31"), None, days("2024-03-05")],
        AENDTF=[None, "D", "M", None, None],
        ADT=[days("2024-03-05"), None, None, None, days("2024-03-05")],
    )
    pd.testing.assert_frame_equal(built.frame, expected, check_dtype=False)


def test_an_imputed_date_moves_to_its_bound_only_as_far_as_the_known_parts_allow(toy: MakeToy) -> None:
    variables = {
        "TRTSDT": "date: XA.XAENDTC",
        "ASTDT": "date: {date: XA.XADTC, impute: first, not_before: TRTSDT}",
        "ASTDTF": "date: {imputed: ASTDT}",
        "AENDT": "date: {date: XA.XADTC, impute: last, not_after: TRTSDT}",
        "AENDTF": "date: {imputed: AENDT}",
    }
    source = typed(
        USUBJID=["1", "2", "3", "4"],
        XADTC=["2024-03", "2024-02", "2024-04", "2024-03-01"],
        XAENDTC=["2024-03-10", "2024-03-10", "2024-03-10", "2024-03-10"],
    )
    frame = derive_adam_dates(toy, variables, source).derive_adam("ADXA", {"XA": source}).frame
    assert frame["ASTDT"].tolist() == [days("2024-03-10"), days("2024-02-01"), days("2024-04-01"), days("2024-03-01")]
    assert frame["AENDT"].tolist() == [days("2024-03-10"), days("2024-02-29"), days("2024-04-30"), days("2024-03-01")]


def test_the_flag_of_a_variable_that_is_not_imputed_is_refused(toy: MakeToy) -> None:
    variables = {"ADT": "date: XA.XADTC", "ADTF": "date: {imputed: ADT}", "AENDT": "date: XA.XAENDTC"}
    source = typed(USUBJID=["1"], XADTC=["2024"], XAENDTC=["2024"])
    with pytest.raises(SpecError, match=r"variables\.ADTF: 'ADT' is not imputed"):
        derive_adam_dates(toy, variables, source)


DM = "SUBJ,START\n01,05-Mar-2024\n02,05-Mar-2024\n03,Mar-2024\n04,\n"


def make_days(toy: MakeToy, events: str) -> Toy:
    reference = dataset("DM1", {"RFSTDTC": "date: raw.dm.START"}, source="raw.dm")
    rule = "study_day: {date: XADTC, reference: DM1.RFSTDTC}, type: integer"
    text = dataset("XA", {"XADTC": "date: raw.xa.DAY", "XADY": rule}, source="raw.xa", keys="USUBJID, XADTC")
    return toy(forms={"dm": DM, "xa": "SUBJ,DAY\n" + events}, datasets={"DM1": reference, "XA": text})


def test_the_reference_day_is_day_1_and_the_day_before_it_day_minus_1(toy: MakeToy) -> None:
    made = make_days(toy, "01,05-Mar-2024\n01,04-Mar-2024\n01,06-Mar-2024\n02,29-Feb-2024\n")
    assert made.rows("XA", "USUBJID", "XADTC", "XADY") == [
        ("01", "2024-03-04", -1.0),
        ("01", "2024-03-05", 1.0),
        ("01", "2024-03-06", 2.0),
        ("02", "2024-02-29", -5.0),
    ]


def test_a_study_day_is_missing_for_partial_dates_and_without_a_reference(toy: MakeToy) -> None:
    made = make_days(toy, "01,Mar-2024\n03,05-Mar-2024\n04,05-Mar-2024\n05,05-Mar-2024\n")
    assert made.rows("XA", "USUBJID", "XADY") == [("01", None), ("03", None), ("04", None), ("05", None)]


def test_a_study_day_that_is_a_text_is_refused(toy: MakeToy) -> None:
    text = dataset(
        "XA", {"XADTC": "date: raw.xa.DAY", "XADY": "study_day: {date: XADTC, reference: XADTC}, type: text"}
    )
    with pytest.raises(SpecError, match="'study_day' gives a number, but the type is text"):
        toy(forms={"xa": "SUBJ,DAY\n"}, datasets={"XA": text.replace("from: .SUBJ", "from: raw.xa.SUBJ")})
