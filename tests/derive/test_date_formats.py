"""Formats of dates by site, and lists of formats."""

from __future__ import annotations

from collections.abc import Callable

from toy_study import Toy, as_rows, dataset

MakeToy = Callable[..., Toy]
FORM = "SUBJ,SITE,DAY\n01,A,05/07/2024\n02,B,05/07/2024\n03,C,05-Jul-2024\n04,D,05-Jul-2024\n"
SITES = "SITE,FORMAT\nA,DD/MM/YYYY\nB,MM/DD/YYYY\nC,\n"


def by_site(toy: MakeToy, missing: str) -> Toy:
    lookup = f"lookup: {{table: sites, by: {{SITE: source.SITE}}, value: FORMAT, missing: {missing}}}"
    rule = f"date: {{date: source.DAY, format: {{{lookup}}}}}"
    text = dataset("XA", {"XADTC": rule}, source="raw.xa")
    return toy(forms={"xa": FORM}, datasets={"XA": text}, tables={"sites": SITES})


def test_the_table_gives_each_site_its_format_and_a_blank_the_form_s_own(toy: MakeToy) -> None:
    made = by_site(toy, "blank")
    assert made.rows("XA", "USUBJID", "XADTC") == [
        ("01", "2024-07-05"),
        ("02", "2024-05-07"),
        ("03", "2024-07-05"),
        ("04", "2024-07-05"),
    ]
    assert len(made.derive("XA").issues) == 0


def test_a_site_that_must_be_in_the_table_is_told(toy: MakeToy) -> None:
    issues = by_site(toy, "issue").derive("XA").issues
    assert as_rows(issues, "RULE", "USUBJID", "FIELD", "VALUE") == [("NOT_IN_TABLE", "04", "SITE", "D")]


def test_a_text_that_two_formats_read_differently_is_an_issue(toy: MakeToy) -> None:
    text = dataset("XA", {"XADTC": "date: {date: raw.xa.DAY, format: [DD/MM/YYYY, MM/DD/YYYY]}"}, source="raw.xa")
    made = toy(forms={"xa": "SUBJ,DAY\n01,05/07/2024\n02,25/07/2024\n03,2024\n04,x\n"}, datasets={"XA": text})
    built = made.derive("XA")
    dates = [("01", None), ("02", "2024-07-25"), ("03", "2024"), ("04", None)]
    assert as_rows(built.frame, "USUBJID", "XADTC") == dates
    assert as_rows(built.issues, "RULE", "USUBJID", "VALUE", "MESSAGE") == [
        ("AMBIGUOUS_DATE", "01", "05/07/2024", "DD/MM/YYYY and MM/DD/YYYY read different dates in the text"),
        ("UNREADABLE_DATE", "04", "x", "the date or a part of it could not be read"),
    ]
