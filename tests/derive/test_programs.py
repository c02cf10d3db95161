"""A study's own program: what it gets, what it must give, and what happens when it does not."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from toy_study import Toy, dataset

from crf2tlf.errors import ProgramError, SpecError

MakeToy = Callable[..., Toy]
FORM = "SUBJ,ONE,TWO\n02,b,3\n01,a,1\n01,c,2\n"


def make(toy: MakeToy, body: str, *, call: str = "rules.py:rule", type_: str = "text", form: str = FORM) -> Toy:
    """XA.XAOUT is what the program gives for XA.XAONE and raw.xa.TWO."""
    rule = f"program: {{call: programs/{call}, reads: [XAONE, raw.xa.TWO], method: As programmed.}}, type: {type_}"
    text = dataset("XA", {"XAONE": "from: raw.xa.ONE", "XAOUT": rule}, source="raw.xa", keys="USUBJID, XAONE")
    return toy(forms={"xa": form}, datasets={"XA": text}, programs={"rules.py": "import pandas as pd\n\n\n" + body})


def error_of(made: Toy) -> str:
    """The error with which the derivation of XA stops."""
    with pytest.raises(ProgramError) as caught:
        made.derive("XA")
    return str(caught.value).replace(made.study.name, "toy")


def with_head(message: str) -> str:
    return f"toy XA: {message}\n  spec     specs/toy/sdtm/XA.yaml:10  variables.XAOUT"


def test_a_program_gets_a_frame_with_what_it_reads_and_gives_a_column(toy: MakeToy) -> None:
    body = "def rule(frame):\n    return frame['XAONE'].str.upper() + frame['raw.xa.TWO']\n"
    assert make(toy, body).rows("XA", "USUBJID", "XAONE", "XAOUT") == [
        ("01", "a", "A1"),
        ("01", "c", "C2"),
        ("02", "b", "B3"),
    ]


def test_a_program_may_give_whole_numbers_and_plain_lists_of_texts(toy: MakeToy) -> None:
    body = "def rule(frame):\n    return frame['raw.xa.TWO'].astype('int64') * 10\n"
    assert make(toy, body, type_="integer").rows("XA", "XAOUT") == [(10.0,), (20.0,), (30.0,)]
    body = "def rule(frame):\n    return pd.Series(['x', None, ''])\n"
    assert make(toy, body).rows("XA", "XAOUT") == [(None,), (None,), ("x",)]


def test_a_program_that_sorts_its_frame_does_not_mix_up_the_records(toy: MakeToy) -> None:
    body = "def rule(frame):\n    return frame.sort_values('raw.xa.TWO')['XAONE']\n"
    assert make(toy, body).rows("XA", "XAONE", "XAOUT") == [("a", "a"), ("c", "c"), ("b", "b")]


def test_a_program_of_no_records_gives_none(toy: MakeToy) -> None:
    body = "def rule(frame):\n    return frame['XAONE']\n"
    assert make(toy, body, form="SUBJ,ONE,TWO\n").rows("XA", "XAOUT") == []


@pytest.mark.parametrize(
    "body",
    [
        "def rule(frame):\n    return frame['XAONE'].head(2)\n",
        "def rule(frame):\n    return frame['XAONE'].set_axis([5, 6, 7])\n",
        "def rule(frame):\n    return ['a', 'b', 'c']\n",
        "def rule(frame):\n    return frame['raw.xa.TWO'].astype('float64')\n",
        "def rule(frame):\n    return frame['XAONE'] == 'a'\n",
    ],
    ids=["too short", "other rows", "no column", "a number", "a condition"],
)
def test_a_program_that_gives_something_else_stops(toy: MakeToy, body: str) -> None:
    expected = with_head("programs/rules.py:rule must give a text column with the 3 rows it was given")
    assert error_of(make(toy, body)) == expected


@pytest.mark.parametrize("result", ["frame['XAONE']", "frame['XAONE'] == 'a'", "frame['raw.xa.TWO'].astype(object)"])
def test_a_program_that_gives_no_numbers_where_numbers_are_wanted_stops(toy: MakeToy, result: str) -> None:
    body = f"def rule(frame):\n    return {result}\n"
    expected = with_head("programs/rules.py:rule must give a number column with the 3 rows it was given")
    assert error_of(make(toy, body, type_="integer")) == expected


def test_a_program_that_raises_stops_with_its_message(toy: MakeToy) -> None:
    body = "def rule(frame):\n    raise ValueError('no such visit')\n"
    assert error_of(make(toy, body)) == with_head("programs/rules.py:rule failed: ValueError: no such visit")


def test_a_program_that_cannot_be_loaded_stops(toy: MakeToy) -> None:
    assert error_of(make(toy, "rule = 1 / 0\n")) == with_head(
        "programs/rules.py cannot be loaded: ZeroDivisionError: division by zero"
    )


def test_a_function_that_is_not_there_stops(toy: MakeToy) -> None:
    assert error_of(make(toy, "def other(frame):\n    return frame\n")) == with_head(
        "programs/rules.py has no function rule"
    )


def test_a_file_that_has_gone_since_the_check_stops(toy: MakeToy) -> None:
    made = make(toy, "def rule(frame):\n    return frame['XAONE']\n")
    (made.study.folder / "programs" / "rules.py").unlink()
    assert error_of(made) == with_head("there is no programs/rules.py in the study's folder")


@pytest.mark.parametrize("call", ["../../rules.py:rule", "sub/../../../rules.py:rule"])
def test_a_program_outside_the_folder_is_refused_by_the_check(toy: MakeToy, call: str) -> None:
    with pytest.raises(SpecError) as caught:
        make(toy, "", call=call)
    assert str(caught.value.faults[0]).endswith("write 'programs/<file>.py:<function>'")


def test_a_link_that_leads_out_of_the_folder_is_not_followed(toy: MakeToy) -> None:
    made = make(toy, "def rule(frame):\n    return frame['XAONE']\n")
    program = made.study.folder / "programs" / "rules.py"
    program.symlink_to(program.rename(made.raw / "rules.py"))
    assert error_of(made) == with_head("there is no programs/rules.py in the study's folder")
