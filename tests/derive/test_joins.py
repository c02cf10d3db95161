"""Reading another dataset or form: one record for each subject, or an error that says what to do."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import pytest
from toy_study import Toy, dataset, typed

from crf2tlf.derive.tables import FileSource
from crf2tlf.errors import DataError

MakeToy = Callable[..., Toy]


def make(toy: MakeToy, xa: str, xb: str) -> Toy:
    """YA reads the value of XA and, for the same subject, a field of the form xb."""
    return toy(
        forms={"xa": xa, "xb": xb, "ya": "SUBJ\n02\n01\n03\n"},
        datasets={
            "XA": dataset("XA", {"XAVAL": "from: raw.xa.VAL"}, source="raw.xa"),
            "YA": dataset("YA", {"YAONE": "from: XA.XAVAL", "YATWO": "from: raw.xb.VAL"}, source="raw.ya"),
        },
    )


def test_a_value_is_joined_by_subject_and_missing_where_the_subject_has_no_record(toy: MakeToy) -> None:
    made = make(toy, "SUBJ,VAL\n01,a\n02,\n", "SUBJ,VAL\n02,x\n04,z\n")
    assert made.rows("YA", "USUBJID", "YAONE", "YATWO") == [("01", "a", None), ("02", None, "x"), ("03", None, None)]


def test_several_records_for_a_subject_stop_with_the_subjects_and_what_to_do(toy: MakeToy) -> None:
    twice = "".join(f"{number:02d},a\n{number:02d},b\n" for number in range(1, 8))
    made = make(toy, "SUBJ,VAL\n" + twice, "SUBJ,VAL\n01,x\n")
    with pytest.raises(DataError) as caught:
        made.derive("YA")
    assert str(caught.value).replace(made.study.name, "toy") == (
        "toy YA: XA.XAVAL is read for each subject of YA, but 7 subjects have several records there.\n"
        "  spec     specs/toy/sdtm/YA.yaml:9  variables.YAONE\n"
        "  subject  01: more than one record in XA\n"
        "  subject  02: more than one record in XA\n"
        "  subject  03: more than one record in XA\n"
        "  subject  04: more than one record in XA\n"
        "  subject  05: more than one record in XA\n"
        "  fix      choose one record with first, last, min or max"
    )


def test_several_records_in_a_form_for_one_subject_stop_too(toy: MakeToy) -> None:
    made = make(toy, "SUBJ,VAL\n01,a\n", "SUBJ,VAL\n03,x\n03,y\n")
    with pytest.raises(DataError) as caught:
        made.derive("YA")
    assert str(caught.value).replace(made.study.name, "toy") == (
        "toy YA: raw.xb.VAL is read for each subject of YA, but 1 subject has several records there.\n"
        "  spec     specs/toy/sdtm/YA.yaml:10  variables.YATWO\n"
        "  subject  03: more than one record in raw.xb\n"
        "  fix      choose one record with first, last, min or max"
    )


def test_records_without_a_subject_do_not_disturb_a_join(toy: MakeToy) -> None:
    made = make(toy, "SUBJ,VAL\n01,a\n", "SUBJ,VAL\n,x\n,y\n03,z\n")
    assert made.rows("YA", "USUBJID", "YATWO") == [("01", None), ("02", None), ("03", "z")]


def test_a_variable_of_the_records_own_source_is_taken_from_the_record_itself(toy: MakeToy) -> None:
    made = toy(
        forms={"xa": "SUBJ,VAL\n01,a\n01,b\n02,c\n"},
        datasets={
            "XA": dataset("XA", {"XAVAL": "from: raw.xa.VAL"}, source="raw.xa", keys="USUBJID, XAVAL"),
            "YA": dataset(
                "YA",
                {"USUBJID": "from: XA.USUBJID", "YAVAL": "from: XA.XAVAL", "YARAW": "calc: upper(YAVAL)"},
                records="{id: main, source: XA, where: XAVAL != 'b'}",
            ),
        },
    )
    assert made.rows("YA", "USUBJID", "YAVAL", "YARAW") == [("01", "a", "A"), ("02", "c", "C")]


def test_two_datasets_may_read_each_other_variable_by_variable(toy: MakeToy) -> None:
    made = toy(
        forms={"xa": "SUBJ,DAY\n01,05-Mar-2024\n01,07-Mar-2024\n", "ya": "SUBJ\n01\n"},
        datasets={
            "XA": dataset(
                "XA",
                {
                    "XADTC": "date: raw.xa.DAY",
                    "XADY": "study_day: {date: XADTC, reference: YA.YASTDTC}, type: integer",
                },
                source="raw.xa",
                keys="USUBJID, XADTC",
            ),
            "YA": dataset(
                "YA",
                {"YASTDTC": "min: {of: XA.XADTC}", "YADAYS": "max: {of: XA.XADY}, type: integer"},
                source="raw.ya",
            ),
        },
    )
    assert made.rows("XA", "XADTC", "XADY") == [("2024-03-05", 1.0), ("2024-03-07", 3.0)]
    assert made.rows("YA", "YASTDTC", "YADAYS") == [("2024-03-05", 3.0)]


QUALIFIERS = ("STUDYID", "RDOMAIN", "USUBJID", "IDVAR", "IDVARVAL", "QNAM", "QLABEL", "QVAL", "QORIG", "QEVAL")


def qualifiers(*rows: tuple[str, str | None, str | None, str, str]) -> pd.DataFrame:
    """Supplemental qualifiers: subject, IDVAR, IDVARVAL, QNAM, QVAL."""
    names = ("USUBJID", "IDVAR", "IDVARVAL", "QNAM", "QVAL")
    return typed(**{name: [row[number] for row in rows] for number, name in enumerate(names)})


def test_a_qualifier_belongs_to_the_record_that_its_idvar_names() -> None:
    parent = typed(USUBJID=["1", "1", "2"], XASEQ=[1, 2, 1], VISITNUM=[1.0, 1.1, 1.0])
    supp = qualifiers(
        ("1", "XASEQ", "2", "A", "a2"), ("2", "XASEQ", " 1", "A", "b1"), ("1", "VISITNUM", "1.1", "B", "c")
    )
    source = FileSource("XA", parent, supp)
    assert source.column("SUPPXA.A").tolist()[1:] == ["a2", "b1"]
    assert source.column("SUPPXA.A").isna().tolist() == [True, False, False]
    assert source.column("SUPPXA.B").isna().tolist() == [True, False, True]
    assert source.column("SUPPXA.C").isna().all()


def test_a_qualifier_without_an_idvar_belongs_to_the_subject() -> None:
    source = FileSource("DM", typed(USUBJID=["1", "2"]), qualifiers(("2", None, None, "ITT", "Y")))
    assert source.column("SUPPDM.ITT").isna().tolist() == [True, False]


def test_a_qualifier_that_stands_twice_for_one_record_stops() -> None:
    supp = qualifiers(("1", None, None, "ITT", "Y"), ("1", None, None, "ITT", "N"))
    with pytest.raises(DataError) as caught:
        FileSource("DM", typed(USUBJID=["1"]), supp).column("SUPPDM.ITT")
    assert str(caught.value) == "ITT stands twice for one record of DM: 1"


def test_a_qualifier_by_two_idvars_stops() -> None:
    supp = qualifiers(("1", "XASEQ", "1", "A", "a"), ("1", "XAGRP", "1", "A", "b"))
    with pytest.raises(DataError) as caught:
        FileSource("XA", typed(USUBJID=["1"], XASEQ=[1], XAGRP=[1]), supp).column("SUPPXA.A")
    assert str(caught.value) == "the records of XA with A are not all named by the same IDVAR"


def test_a_variable_that_the_file_does_not_have_stops() -> None:
    with pytest.raises(DataError) as caught:
        FileSource("XA", typed(USUBJID=["1"])).column("XAVAL")
    assert str(caught.value) == (
        "XA: the file of XA has no variable XAVAL\n  fix      build it again, or bring the file in line with its spec"
    )
