"""The bytes of a transport file, and everything that it cannot hold."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from pathlib import Path

import pandas as pd
import pytest

from crf2tlf.errors import UsageError, ValueDoesNotFit
from crf2tlf.tables import XptVariable, XptWriter, read_xpt, text_length, write_xpt


def text(*values: str | None) -> pd.Series:
    """A text column."""
    return pd.Series(list(values), dtype="string[pyarrow]")


def test_a_file_has_the_records_of_ts_140(tmp_path: Path) -> None:
    frame = pd.DataFrame({"SEX": text("F", None), "AGE": [63.0, float("nan")]})
    variables = [XptVariable("SEX", "text", 3, "Sex", "$3."), XptVariable("AGE", "number", 8, "Age", "8.1", "BEST12.")]
    moment = datetime(2024, 3, 9, 13, 5, 7)
    write_xpt(tmp_path / "dm.xpt", frame, name="DM", label="Demographics", variables=variables, timestamp=moment)
    stamp = b"09MAR24:13:05:07"
    maker = b"9.4     LINUX   " + b" " * 24
    numbered = b"0" * 30 + b"  "
    expected = b"".join(
        [
            b"HEADER RECORD*******LIBRARY HEADER RECORD!!!!!!!" + numbered,
            b"SAS     SAS     SASLIB  " + maker + stamp,
            stamp + b" " * 64,
            b"HEADER RECORD*******MEMBER  HEADER RECORD!!!!!!!000000000000000001600000000140  ",
            b"HEADER RECORD*******DSCRPTR HEADER RECORD!!!!!!!" + numbered,
            b"SAS     DM      SASDATA " + maker + stamp,
            stamp + b" " * 16 + b"Demographics".ljust(40) + b" " * 8,
            b"HEADER RECORD*******NAMESTR HEADER RECORD!!!!!!!000000000200000000000000000000  ",
            b"\0\2\0\0\0\3\0\1" + b"SEX".ljust(8) + b"Sex".ljust(40) + b"$".ljust(8) + b"\0\3" + bytes(6),
            b" " * 8 + bytes(8) + bytes(52),
            b"\0\1\0\0\0\x08\0\2" + b"AGE".ljust(8) + b"Age".ljust(40) + b" " * 8 + b"\0\x08\0\1" + bytes(4),
            b"BEST".ljust(8) + b"\0\x0c\0\0" + b"\0\0\0\3" + bytes(52),
            b" " * 40,
            b"HEADER RECORD*******OBS     HEADER RECORD!!!!!!!" + numbered,
            b"F  \x42\x3f\0\0\0\0\0\0   \x2e\0\0\0\0\0\0\0" + b" " * 58,
        ]
    )
    assert (tmp_path / "dm.xpt").read_bytes() == expected


def test_a_dataset_without_rows_keeps_its_variables(
    tmp_path: Path, ae: pd.DataFrame, ae_variables: list[XptVariable]
) -> None:
    write_xpt(tmp_path / "ae.xpt", ae.iloc[:0], name="AE", label="Adverse Events", variables=ae_variables)
    found = read_xpt(tmp_path / "ae.xpt")
    assert found.variables == tuple(ae_variables)
    assert found.frame.shape == (0, 4)
    assert (tmp_path / "ae.xpt").stat().st_size == 640 + 560 + 80


def test_the_same_frame_gives_the_same_bytes_in_parts(
    tmp_path: Path, ae: pd.DataFrame, ae_variables: list[XptVariable]
) -> None:
    write_xpt(tmp_path / "whole.xpt", ae, name="AE", label="Adverse Events", variables=ae_variables)
    with XptWriter(tmp_path / "parts.xpt", name="AE", label="Adverse Events", variables=ae_variables) as writer:
        writer.write(ae.iloc[:2])
        writer.write(ae.iloc[2:2])
        writer.write(ae.iloc[2:])
    assert (tmp_path / "parts.xpt").read_bytes() == (tmp_path / "whole.xpt").read_bytes()


def test_blocks_within_a_frame_leave_no_trace(
    tmp_path: Path, ae: pd.DataFrame, ae_variables: list[XptVariable], monkeypatch: pytest.MonkeyPatch
) -> None:
    large = pd.concat([ae] * 50, ignore_index=True)
    write_xpt(tmp_path / "one.xpt", large, name="AE", label="", variables=ae_variables)
    monkeypatch.setattr("crf2tlf.tables.xpt_write.BLOCK_BYTES", 33 * 7)
    write_xpt(tmp_path / "many.xpt", large, name="AE", label="", variables=ae_variables)
    assert (tmp_path / "many.xpt").read_bytes() == (tmp_path / "one.xpt").read_bytes()
    monkeypatch.setattr("crf2tlf.tables.xpt_read.BLOCK_BYTES", 33 * 80)
    pd.testing.assert_frame_equal(read_xpt(tmp_path / "many.xpt").frame, large)


@pytest.mark.parametrize(("epoch", "expected"), [("", "01JAN60:00:00:00"), ("1710000307", "09MAR24:16:05:07")])
def test_timestamps_follow_source_date_epoch(
    tmp_path: Path,
    ae: pd.DataFrame,
    ae_variables: list[XptVariable],
    monkeypatch: pytest.MonkeyPatch,
    epoch: str,
    expected: str,
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", epoch)
    write_xpt(tmp_path / "ae.xpt", ae, name="AE", label="", variables=ae_variables)
    found = read_xpt(tmp_path / "ae.xpt")
    assert (found.created, found.modified) == (expected, expected)


def test_a_source_date_epoch_that_is_no_number_is_a_wrong_call(
    tmp_path: Path, ae: pd.DataFrame, ae_variables: list[XptVariable], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "today")
    with pytest.raises(UsageError) as caught:
        write_xpt(tmp_path / "ae.xpt", ae, name="AE", label="", variables=ae_variables)
    assert str(caught.value) == "SOURCE_DATE_EPOCH is 'today', not a number of seconds since 1970"


def test_a_timestamp_with_a_time_zone_is_written_in_utc(
    tmp_path: Path, ae: pd.DataFrame, ae_variables: list[XptVariable]
) -> None:
    moment = datetime(2024, 3, 9, 1, 0, tzinfo=timezone(timedelta(hours=8)))
    write_xpt(tmp_path / "ae.xpt", ae, name="AE", label="", variables=ae_variables, timestamp=moment)
    assert read_xpt(tmp_path / "ae.xpt").created == "08MAR24:17:00:00"


def failure(path: Path, frame: pd.DataFrame, variables: list[XptVariable], **options: str) -> str:
    """The text of the error of a dataset that cannot be stored; no file may be left."""
    with pytest.raises(ValueDoesNotFit) as caught:
        write_xpt(
            path, frame, name=options.pop("name", "AE"), label=options.pop("label", ""), variables=variables, **options
        )  # type: ignore[arg-type]
    assert list(path.parent.iterdir()) == []
    return str(caught.value)


def test_a_text_longer_than_its_variable_is_refused_with_row_and_subject(
    tmp_path: Path, ae: pd.DataFrame, ae_variables: list[XptVariable]
) -> None:
    ae["AETERM"] = text("RASH", "HEADACHE", "VERTIGO")
    assert failure(tmp_path / "ae.xpt", ae, ae_variables) == (
        "AE: AETERM in row 2: 'HEADACHE' is 8 bytes long, the length is 6 (and 1 more row)\n"
        "  subject  01-701-1015: AETERM 'HEADACHE', row 2\n"
        "  fix      give AETERM a length of 8 bytes or more"
    )


def test_the_row_of_a_misfit_counts_all_frames_written_so_far(
    tmp_path: Path, ae: pd.DataFrame, ae_variables: list[XptVariable]
) -> None:
    wrong = ae.assign(AESTDY=[1.0, 1e300, float("inf")])

    def write_both() -> None:
        with XptWriter(tmp_path / "ae.xpt", name="AE", label="", variables=ae_variables) as writer:
            writer.write(ae)
            writer.write(wrong)

    with pytest.raises(ValueDoesNotFit) as caught:
        write_both()
    assert str(caught.value) == (
        "AE: AESTDY in row 5: 1e+300 is beyond what a transport file can hold (16**-65 to 16**63) (and 1 more row)\n"
        "  subject  01-701-1015: AESTDY 1e+300, row 5\n"
        "  fix      correct AESTDY, or store it as text"
    )
    assert list(tmp_path.iterdir()) == []


def test_a_text_over_200_bytes_is_sent_to_the_supplemental_qualifiers(tmp_path: Path) -> None:
    frame = pd.DataFrame({"COVAL": text("a" * 201)})
    assert failure(tmp_path / "co.xpt", frame, [XptVariable("COVAL", "text", 200)], name="CO") == (
        f"CO: COVAL in row 1: '{'a' * 60}...' is 201 bytes long, the length is 200\n"
        "  fix      split the values of COVAL: text beyond 200 bytes goes to SUPP-- (SDTMIG)"
    )


def test_a_character_outside_the_encoding_is_refused(tmp_path: Path) -> None:
    frame = pd.DataFrame({"AETERM": text("RASH", "Sjögren")})
    assert failure(tmp_path / "ae.xpt", frame, [XptVariable("AETERM", "text", 20)]) == (
        "AE: AETERM in row 2: 'Sjögren' has the character 'ö' (U+00F6), which is not in ascii\n"
        "  fix      correct the value of AETERM, or give the dataset the encoding utf-8"
    )


def test_a_length_counts_bytes_and_nothing_is_cut_inside_a_character(tmp_path: Path) -> None:
    frame = pd.DataFrame({"AETERM": text("头痛")})
    assert failure(tmp_path / "ae.xpt", frame, [XptVariable("AETERM", "text", 5)], encoding="utf-8") == (
        "AE: AETERM in row 1: '头痛' is 6 bytes long, the length is 5\n"
        "  fix      give AETERM a length of 6 bytes or more"
    )
    write_xpt(
        tmp_path / "ae.xpt",
        frame,
        name="AE",
        label="",
        variables=[XptVariable("AETERM", "text", 4)],
        encoding="gb18030",
    )
    assert (tmp_path / "ae.xpt").read_bytes()[-80:] == "头痛".encode("gb18030") + b" " * 76


def test_blanks_at_the_end_of_a_text_need_no_room(tmp_path: Path) -> None:
    frame = pd.DataFrame({"AETERM": text("RASH   ", " X")})
    write_xpt(tmp_path / "ae.xpt", frame, name="AE", label="", variables=[XptVariable("AETERM", "text", 4)])
    assert read_xpt(tmp_path / "ae.xpt").frame["AETERM"].tolist() == ["RASH", " X"]


def test_a_short_number_that_would_lose_digits_is_refused(tmp_path: Path) -> None:
    variables = [XptVariable("AGE", "number", 3)]
    assert failure(tmp_path / "dm.xpt", pd.DataFrame({"AGE": [63.0, 0.1]}), variables, name="DM") == (
        "DM: AGE in row 2: 0.1 loses digits in 3 bytes\n  fix      give AGE a length of 8 bytes"
    )
    write_xpt(tmp_path / "dm.xpt", pd.DataFrame({"AGE": [63, 1024]}), name="DM", label="", variables=variables)
    assert read_xpt(tmp_path / "dm.xpt").frame["AGE"].tolist() == [63.0, 1024.0]


def test_a_whole_number_that_a_double_cannot_keep_is_refused(tmp_path: Path) -> None:
    frame = pd.DataFrame({"ID": pd.Series([2**53, 2**53 + 1], dtype="int64")})
    assert failure(tmp_path / "dm.xpt", frame, [XptVariable("ID", "number", 8)], name="DM") == (
        "DM: ID in row 2: 9007199254740993 has more digits than a number can keep\n  fix      make ID a text variable"
    )


def test_every_variable_that_does_not_fit_is_named_in_one_error(tmp_path: Path) -> None:
    frame = pd.DataFrame({"A": text("xx"), "B": text("é"), "C": [1e99]})
    variables = [XptVariable("A", "text", 1), XptVariable("B", "text", 1), XptVariable("C", "number", 8)]
    assert failure(tmp_path / "ae.xpt", frame, variables) == (
        "AE: A in row 1: 'xx' is 2 bytes long, the length is 1; "
        "B in row 1: 'é' has the character 'é' (U+00E9), which is not in ascii; "
        "C in row 1: 1e+99 is beyond what a transport file can hold (16**-65 to 16**63)\n"
        "  fix      give A a length of 2 bytes or more; "
        "correct the value of B, or give the dataset the encoding utf-8; correct C, or store it as text"
    )


SPEC = "\n  fix      change the spec of the dataset: a transport file of version 5 cannot hold this"
NAME = "is not 1 to 8 of the characters A-Z, 0-9 and _, beginning with a letter or _"


@pytest.mark.parametrize(
    ("variable", "expected"),
    [
        (XptVariable("aeterm", "text", 1), f"AE: aeterm: the name {NAME}"),
        (XptVariable("TOOLONGNAME", "text", 1), f"AE: TOOLONGNAME: the name {NAME}"),
        (XptVariable("1A", "text", 1), f"AE: 1A: the name {NAME}"),
        (XptVariable("A", "text", 0), "AE: A: a text variable has a length of 1 to 200 bytes, not 0"),
        (XptVariable("A", "text", 201), "AE: A: a text variable has a length of 1 to 200 bytes, not 201"),
        (XptVariable("A", "number", 9), "AE: A: a number variable has a length of 2 to 8 bytes, not 9"),
        (XptVariable("A", "text", 1, "L" * 41), f"AE: A: the label '{'L' * 41}' is 41 bytes long, not at most 40"),
        (XptVariable("A", "text", 1, "é"), "AE: A: the label 'é' has the character 'é', which is not in ascii"),
        (XptVariable("A", "text", 1, "", "DATE9."), "AE: A: the format 'DATE9.' is not for a text variable"),
        (XptVariable("A", "number", 8, "", "$5."), "AE: A: the format '$5.' is not for a number variable"),
        (XptVariable("A", "number", 8, "", "DATE9"), "AE: A: 'DATE9' is not a SAS format such as DATE9., 8.2 or $20."),
    ],
)
def test_a_variable_that_cannot_be_declared_is_refused(tmp_path: Path, variable: XptVariable, expected: str) -> None:
    assert failure(tmp_path / "ae.xpt", pd.DataFrame(), [variable]) == expected + SPEC


def test_every_fault_of_a_declaration_is_named_in_one_error(tmp_path: Path) -> None:
    variables = [XptVariable("A", "text", 1), XptVariable("A", "text", 0)]
    assert failure(tmp_path / "x.xpt", pd.DataFrame(), variables, name="ae", label="L" * 41) == (
        f"ae: the dataset name 'ae' {NAME}; the dataset label '{'L' * 41}' is 41 bytes long, not at most 40; "
        f"declared more than once: A; A: a text variable has a length of 1 to 200 bytes, not 0{SPEC}"
    )


def test_a_dataset_without_variables_is_refused(tmp_path: Path) -> None:
    assert failure(tmp_path / "x.xpt", pd.DataFrame(), []) == f"AE: the dataset has 0 variables, not 1 to 9999{SPEC}"


def test_an_encoding_that_transport_files_do_not_have_is_refused(tmp_path: Path) -> None:
    assert failure(tmp_path / "x.xpt", pd.DataFrame(), [], encoding="utf-16") == (
        "AE: the encoding 'utf-16' is not one of ascii, utf-8, gb18030, cp1252, latin-1"
    )


def test_columns_and_variables_must_agree(tmp_path: Path, ae: pd.DataFrame, ae_variables: list[XptVariable]) -> None:
    wrong = ae.rename(columns={"AETERM": "TERM"})
    assert failure(tmp_path / "ae.xpt", wrong, ae_variables) == (
        "AE: declared, but not in the frame: AETERM; in the frame, but not declared: TERM\n"
        "  fix      make the frame and the declared variables agree"
    )


def test_a_column_of_the_wrong_kind_is_refused(tmp_path: Path) -> None:
    frame = pd.DataFrame({"A": [1.0], "B": text("1"), "C": [True], "D": pd.Series([b"x"], dtype=object)})
    variables = [
        XptVariable("A", "text", 8),
        XptVariable("B", "number", 8),
        XptVariable("C", "number", 8),
        XptVariable("D", "text", 8),
    ]
    assert failure(tmp_path / "ae.xpt", frame, variables) == (
        "AE: A is declared a text variable and holds double, not text; "
        "B is declared a number variable and holds string, not numbers; "
        "C is declared a number variable and holds bool, not numbers; "
        "D is declared a text variable and holds binary, not text\n"
        "  fix      make the frame and the declared variables agree"
    )


def test_a_last_row_without_any_value_is_refused(tmp_path: Path) -> None:
    frame = pd.DataFrame({"AETERM": text("RASH", None)})
    assert failure(tmp_path / "ae.xpt", frame, [XptVariable("AETERM", "text", 4)]) == (
        "AE: row 2, the last, has no value at all; readers take it for the blanks that end the file\n"
        "  fix      leave the row out, or give it a value"
    )


def test_an_older_file_stays_when_a_new_one_fails(tmp_path: Path, ae: pd.DataFrame) -> None:
    path = tmp_path / "ae.xpt"
    path.write_bytes(b"older")
    with pytest.raises(ValueDoesNotFit):
        write_xpt(path, ae[["AETERM"]], name="AE", label="", variables=[XptVariable("AETERM", "text", 1)])
    assert path.read_bytes() == b"older"


def test_a_text_length_is_that_of_the_longest_value_in_bytes() -> None:
    assert text_length(text("RASH", None, "")) == 4
    assert text_length(text("RASH  ")) == 4
    assert text_length(text(None)) == 1
    assert text_length(text()) == 1
    assert text_length(text("头痛"), "utf-8") == 6
    assert text_length(text("头痛"), "gb18030") == 4


def test_a_text_length_in_an_encoding_without_the_character_is_refused() -> None:
    with pytest.raises(ValueDoesNotFit) as caught:
        text_length(text("RASH", "é").rename("AETERM"))
    assert str(caught.value) == (
        "AETERM in row 2: has the character 'é' (U+00E9), which is not in ascii\n"
        "  fix      correct the value of AETERM, or give the dataset the encoding utf-8"
    )
