"""Lineage: every record, and every value chosen from another record, with its file and physical row."""

from __future__ import annotations

from collections.abc import Callable

from toy_study import Rows, Toy, as_rows, dataset

from crf2tlf.derive.built import Built

MakeToy = Callable[..., Toy]
# Records begin on the lines 2, 3, 6 and 7: a cell has line breaks, and line 5 is empty.
EVENTS = 'SUBJ,NOTE,DAY\n02,first,05-Mar-2024\n01,"a, b\nand ""c""",07-Mar-2024\n\n01,second,06-Mar-2024\n02,last,\n'


def records_of(built: Built) -> Rows:
    return as_rows(built.records, "DSROW", "RECORD", "SOURCE", "FILE", "ROW")


def picked_of(built: Built) -> Rows:
    return as_rows(built.picked, "VARIABLE", "DSROW", "SOURCE", "FILE", "ROW")


def make(toy: MakeToy, chosen: dict[str, str], records: str = "{id: main, source: raw.ya}") -> Toy:
    return toy(
        forms={"xa": EVENTS, "ya": "SUBJ\n02\n03\n01\n", "za": "SUBJ,DAY\n02,08-Mar-2024\n01,01-Mar-2024\n"},
        datasets={
            "XA": dataset(
                "XA",
                {"XANOTE": "from: raw.xa.NOTE", "XADTC": "date: raw.xa.DAY"},
                source="raw.xa",
                keys="USUBJID, XADTC",
            ),
            "YA": dataset("YA", {"USUBJID": "from: raw.ya.SUBJ"} | chosen, records=records),
            "ZA": dataset("ZA", {"ZADTC": "date: raw.za.DAY"}, source="raw.za"),
        },
    )


def test_a_record_knows_the_line_on_which_it_begins(toy: MakeToy) -> None:
    built = make(toy, {}).derive("XA")
    assert as_rows(built.frame, "USUBJID", "XANOTE", "XADTC") == [
        ("01", "second", "2024-03-06"),
        ("01", 'a, b\nand "c"', "2024-03-07"),
        ("02", "last", None),
        ("02", "first", "2024-03-05"),
    ]
    assert records_of(built) == [
        (1, "main", "xa", "xa.csv", 6),
        (2, "main", "xa", "xa.csv", 3),
        (3, "main", "xa", "xa.csv", 7),
        (4, "main", "xa", "xa.csv", 2),
    ]


def test_a_chosen_value_knows_the_record_it_was_taken_from(toy: MakeToy) -> None:
    built = make(toy, {"YASTDTC": "min: {of: XA.XADTC}", "YANOTE": "last: {of: raw.xa.NOTE, by: [NOTE]}"}).derive("YA")
    assert as_rows(built.frame, "USUBJID", "YASTDTC", "YANOTE") == [
        ("01", "2024-03-06", "second"),
        ("02", "2024-03-05", "last"),
        ("03", None, None),
    ]
    assert picked_of(built) == [
        ("YANOTE", 1, "xa", "xa.csv", 6),
        ("YASTDTC", 1, "xa", "xa.csv", 6),
        ("YANOTE", 2, "xa", "xa.csv", 7),
        ("YASTDTC", 2, "xa", "xa.csv", 2),
    ]


def test_of_several_variables_the_one_that_gave_the_value_is_named(toy: MakeToy) -> None:
    built = make(toy, {"YAENDTC": "max: [XA.XADTC, ZA.ZADTC]"}).derive("YA")
    assert as_rows(built.frame, "USUBJID", "YAENDTC") == [("01", "2024-03-07"), ("02", "2024-03-08"), ("03", None)]
    assert picked_of(built) == [("YAENDTC", 1, "xa", "xa.csv", 3), ("YAENDTC", 2, "za", "za.csv", 2)]


def test_every_branch_of_a_rule_names_the_records_that_it_chose(toy: MakeToy) -> None:
    rule = "case: [{when: USUBJID == '01', then: {max: {of: XA.XADTC}}}, {else: {min: {of: ZA.ZADTC}}}]"
    assert picked_of(make(toy, {"YADTC": rule}).derive("YA")) == [
        ("YADTC", 1, "xa", "xa.csv", 3),
        ("YADTC", 2, "za", "za.csv", 2),
    ]


def test_every_record_source_names_the_records_that_it_chose(toy: MakeToy) -> None:
    chosen = {
        "USUBJID": "by_record: {one: {from: raw.ya.SUBJ}, two: {from: XA.USUBJID}}",
        "YADTC": "by_record: {one: {min: {of: ZA.ZADTC}}, two: {max: {of: XA.XADTC}}}",
    }
    built = make(toy, chosen, "{id: one, source: raw.ya}, {id: two, source: XA, where: XADTC == '2024-03-05'}").derive(
        "YA"
    )
    assert as_rows(built.frame, "USUBJID", "YADTC") == [
        ("01", "2024-03-01"),
        ("02", "2024-03-08"),
        ("02", "2024-03-05"),
        ("03", None),
    ]
    assert records_of(built) == [
        (1, "one", "ya", "ya.csv", 4),
        (2, "one", "ya", "ya.csv", 2),
        (3, "two", "xa", "xa.csv", 2),
        (4, "one", "ya", "ya.csv", 3),
    ]
    assert picked_of(built) == [
        ("YADTC", 1, "za", "za.csv", 3),
        ("YADTC", 2, "za", "za.csv", 2),
        ("YADTC", 3, "xa", "xa.csv", 2),
    ]


def test_lineage_is_the_same_for_blocks_of_one_subject(toy: MakeToy) -> None:
    made = make(toy, {"YAENDTC": "max: [XA.XADTC, ZA.ZADTC]", "YASTDTC": "min: {of: XA.XADTC}"})
    whole, blocks = made.derive("YA"), made.derive("YA", 1)
    assert records_of(blocks) == records_of(whole)
    assert picked_of(blocks) == picked_of(whole)
    assert as_rows(blocks.frame, *blocks.frame) == as_rows(whole.frame, *whole.frame)


def test_qualifiers_name_their_record_by_its_number(toy: MakeToy) -> None:
    text = dataset(
        "XA",
        {"STUDYID": "set: $STUDYID", "XADTC": "date: raw.xa.DAY", "XASEQ": "seq: {by: [XADTC]}"},
        source="raw.xa",
        keys="USUBJID, XASEQ",
        supp={
            "XANOTE": "from: raw.xa.NOTE",
            "XAKNOWN": "case: [{when: not missing(XADTC), then: 1}], type: integer, origin: Assigned",
        },
    )
    made = toy(forms={"xa": EVENTS}, datasets={"XA": text})
    expected = [
        ("TOY", "XA", "01", "XASEQ", "1", "XAKNOWN", "XAKNOWN", "1", "ASSIGNED"),
        ("TOY", "XA", "01", "XASEQ", "1", "XANOTE", "XANOTE", "second", "ASSIGNED"),
        ("TOY", "XA", "01", "XASEQ", "2", "XAKNOWN", "XAKNOWN", "1", "ASSIGNED"),
        ("TOY", "XA", "01", "XASEQ", "2", "XANOTE", "XANOTE", 'a, b\nand "c"', "ASSIGNED"),
        ("TOY", "XA", "02", "XASEQ", "1", "XANOTE", "XANOTE", "last", "ASSIGNED"),
        ("TOY", "XA", "02", "XASEQ", "2", "XAKNOWN", "XAKNOWN", "1", "ASSIGNED"),
        ("TOY", "XA", "02", "XASEQ", "2", "XANOTE", "XANOTE", "first", "ASSIGNED"),
    ]
    columns = ("STUDYID", "RDOMAIN", "USUBJID", "IDVAR", "IDVARVAL", "QNAM", "QLABEL", "QVAL", "QORIG")
    for subjects_per_block in (1, 4000):
        assert as_rows(made.derive("XA", subjects_per_block).supp, *columns) == expected
