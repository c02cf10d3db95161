"""Faults of data become rows of the issues table: what, where it stands in the raw data, whose it is, which rule."""

from __future__ import annotations

from collections.abc import Callable

from toy_study import Rows, Toy, as_rows, dataset

from crf2tlf.derive.issues import ISSUE_COLUMNS

MakeToy = Callable[..., Toy]
SUBJECT = {"USUBJID": "calc: \"concat('TOY-', raw.xa.SUBJ)\""}


def issues_of(toy: MakeToy, form: str, variables: dict[str, str], **parts: object) -> Rows:
    """The issues of XA, whose USUBJID is TOY-<subject>."""
    text = dataset("XA", SUBJECT | variables, source="raw.xa")
    made = toy(forms={"xa": form}, datasets={"XA": text}, **parts)
    built = made.derive("XA")
    assert tuple(built.issues) == ISSUE_COLUMNS
    assert set(built.issues["SPEC"].str.partition(":")[0]) <= {f"specs/{made.study.name}/sdtm/XA.yaml"}
    built.issues["SPEC"] = built.issues["SPEC"].str.rpartition("/")[2]
    return as_rows(built.issues, *(name for name in ISSUE_COLUMNS if name != "DETAIL"))


def test_a_value_in_no_term_of_the_codelist_is_blank_and_an_issue(toy: MakeToy) -> None:
    form = "SUBJ,ANSWER\n01,Yes\n02,Perhaps\n03,\n"
    codelist = "NY: {cdisc: C66742, terms: {N: [No], Y: [Yes]}}\n"
    assert issues_of(toy, form, {"XACODE": "from: raw.xa.ANSWER, codelist: NY"}, codelists=codelist) == [
        (
            "UNMAPPED_VALUE",
            "error",
            "XA",
            "XACODE",
            "TOY-02",
            "xa",
            "xa.csv",
            3,
            "ANSWER",
            "Perhaps",
            "the collected value is in no term of the codelist NY",
            "XA.yaml:9",
        )
    ]


def test_a_date_that_cannot_be_read_whole_is_an_issue(toy: MakeToy) -> None:
    form = "SUBJ,DAY\n01,05-Mar-2024\n02,05/03/2024\n03,05-UNK-2024\n04,UN-UNK-2024\n"
    message = "the date or a part of it could not be read"
    assert issues_of(toy, form, {"XADTC": "date: raw.xa.DAY"}) == [
        *[
            ("UNREADABLE_DATE", "error", "XA", "XADTC", subject, "xa", "xa.csv", row, "DAY", text, message, "XA.yaml:9")
            for subject, row, text in (("TOY-02", 3, "05/03/2024"), ("TOY-03", 4, "05-UNK-2024"))
        ]
    ]


def test_a_time_that_cannot_be_read_or_has_no_date_is_an_issue(toy: MakeToy) -> None:
    form = "SUBJ,DAY,TIME\n01,05-Mar-2024,noon\n02,Mar-2024,09:30\n03,,10:00\n"
    rule = {"XADTC": "date: {date: raw.xa.DAY, time: raw.xa.TIME}"}
    lonely = "a time without a complete date is not submitted"
    assert [row[:1] + row[4:-1] for row in issues_of(toy, form, rule)] == [
        ("TIME_WITHOUT_DATE", "TOY-02", "xa", "xa.csv", 3, "TIME", "09:30", lonely),
        ("TIME_WITHOUT_DATE", "TOY-03", "xa", "xa.csv", 4, "TIME", "10:00", lonely),
        ("UNREADABLE_TIME", "TOY-01", "xa", "xa.csv", 2, "TIME", "noon", "the time could not be read"),
    ]


def test_a_text_that_is_no_number_is_an_issue(toy: MakeToy) -> None:
    form = "SUBJ,SCORE\n01,12\n02,<5\n03,1e2\n"
    assert [row[:1] + row[4:] for row in issues_of(toy, form, {"XANUM": "from: raw.xa.SCORE, type: integer"})] == [
        ("NOT_A_NUMBER", "TOY-02", "xa", "xa.csv", 3, "SCORE", "<5", "the collected value is no number", "XA.yaml:9")
    ]


def test_a_computed_value_outside_its_codelist_is_kept_and_an_issue(toy: MakeToy) -> None:
    rule = {"XACODE": "calc: upper(raw.xa.ANSWER), codelist: ANSWER"}
    codelist = "ANSWER: {sponsor: Answer, terms: {YES: []}}\n"
    assert [row[:1] + row[3:] for row in issues_of(toy, "SUBJ,ANSWER\n01,yes\n02,no\n", rule, codelists=codelist)] == [
        (
            "NOT_IN_CODELIST",
            "XACODE",
            "TOY-02",
            "xa",
            "xa.csv",
            3,
            "XACODE",
            "NO",
            "the value is not in the codelist ANSWER",
            "XA.yaml:9",
        )
    ]


def test_a_number_outside_its_codelist_is_an_issue_even_if_it_is_not_whole(toy: MakeToy) -> None:
    rule = {"XAGRADE": "calc: number(raw.xa.GRADE), type: float, significant_digits: 1, codelist: GRADE"}
    codelist = "GRADE: {sponsor: Grade, terms: {'1': [], '2.5': []}}\n"
    found = issues_of(toy, "SUBJ,GRADE\n01,1\n02,1.5\n03,2.50\n04,\n", rule, codelists=codelist)
    assert [(row[0], row[4], row[9]) for row in found] == [("NOT_IN_CODELIST", "TOY-02", "1.5")]


def test_a_key_that_is_not_in_the_table_is_blank_and_an_issue_of_the_fields_looked_up(toy: MakeToy) -> None:
    rule = {"XADOSE": "lookup: {table: arms, by: {ARM: upper(raw.xa.ARM), PART: raw.xa.PART}, value: DOSE}"}
    tables = {"arms": "ARM,PART,DOSE\nA,1,10 mg\n"}
    found = issues_of(toy, "SUBJ,ARM,PART\n01,a,1\n02,b,1\n03,,1\n", rule, tables=tables)
    message = "there is no such row in specs/{}/arms.csv"
    assert [row[:1] + row[4:-2] for row in found] == [
        ("NOT_IN_TABLE", "TOY-02", "xa", "xa.csv", 3, "ARM, PART", "B, 1")
    ]
    assert found[0][-2] == message.format(str(found[0][-2]).split("/")[1])


def test_a_record_without_a_subject_is_left_out_and_an_issue_whatever_the_blocks_are(toy: MakeToy) -> None:
    form = "SUBJ,VAL\n02,a\n,b\n  ,c\n01,d\n"
    made = toy(forms={"xa": form}, datasets={"XA": dataset("XA", {"XAVAL": "from: raw.xa.VAL"}, source="raw.xa")})
    for subjects_per_block in (1, 2):
        built = made.derive("XA", subjects_per_block)
        assert as_rows(built.frame, "USUBJID", "XAVAL") == [("01", "d"), ("02", "a")]
        assert as_rows(built.issues, "RULE", "VARIABLE", "USUBJID", "FILE", "ROW", "FIELD", "VALUE", "MESSAGE") == [
            ("NO_SUBJECT", "USUBJID", None, "xa.csv", row, "SUBJ", None, "the record names no subject and is left out")
            for row in (3, 4)
        ]


def test_a_subject_is_the_same_with_blanks_around_its_number(toy: MakeToy) -> None:
    text = dataset("XA", {"XAVAL": "first: {of: raw.xb.VAL, by: [VAL]}"}, source="raw.xa")
    made = toy(forms={"xa": "SUBJ\n01 \n", "xb": "SUBJ,VAL\n 01,a\n"}, datasets={"XA": text})
    assert made.rows("XA", "USUBJID", "XAVAL") == [("01", "a")]


def test_a_value_from_another_form_is_reported_where_it_stands(toy: MakeToy) -> None:
    text = dataset("XA", {"XANUM": "from: raw.xb.SCORE, type: integer"}, source="raw.xa")
    made = toy(forms={"xa": "SUBJ\n02\n01\n", "xb": "SUBJ,SCORE\n01,7\n,\n,\n02,many\n"}, datasets={"XA": text})
    assert as_rows(made.derive("XA").issues, "RULE", "USUBJID", "FORM", "FILE", "ROW", "FIELD", "VALUE") == [
        ("NOT_A_NUMBER", "02", "xb", "xb.csv", 5, "SCORE", "many")
    ]


def test_the_issues_of_a_dataset_that_another_one_reads_are_its_own(toy: MakeToy) -> None:
    made = toy(
        forms={"xa": "SUBJ,DAY\n01,never\n"},
        datasets={
            "XA": dataset("XA", {"XADTC": "date: raw.xa.DAY"}, source="raw.xa"),
            "YA": dataset("YA", {"YADTC": "from: XA.XADTC"}, source="raw.xa"),
        },
    )
    assert as_rows(made.derive("XA").issues, "DATASET", "VARIABLE") == [("XA", "XADTC")]
    assert as_rows(made.derive("YA").issues, "DATASET", "VARIABLE") == []


def test_the_row_of_an_issue_is_the_line_of_the_file_even_after_a_cell_with_line_breaks(toy: MakeToy) -> None:
    form = 'SUBJ,NOTE,DAY\n01,"two\nlines, one ""quoted""",05-Mar-2024\n\n02,plain,never\n'
    found = issues_of(toy, form, {"XANOTE": "from: raw.xa.NOTE", "XADTC": "date: raw.xa.DAY"})
    assert [(row[4], row[7], row[9]) for row in found] == [("TOY-02", 5, "never")]


def test_an_issue_of_a_form_with_several_records_of_a_subject_stands_at_its_own_row(toy: MakeToy) -> None:
    form = "SUBJ,DAY\n01,05-Mar-2024\n01,31-Feb-2024\n01,07-Mar-2024\n"
    text = dataset("XA", SUBJECT | {"XADTC": "date: raw.xa.DAY"}, source="raw.xa", keys="USUBJID, XADTC")
    issues = toy(forms={"xa": form}, datasets={"XA": text}).derive("XA").issues
    assert as_rows(issues, "RULE", "USUBJID", "ROW", "VALUE") == [("UNREADABLE_DATE", "TOY-01", 3, "31-Feb-2024")]
