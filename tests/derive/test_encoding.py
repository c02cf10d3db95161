"""A study written in UTF-8 or GB18030: bytes, lengths, and what reads the files back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from toy_study import Toy, dataset, faults_of

from crf2tlf.derive.write import write_built
from crf2tlf.errors import ValueDoesNotFit
from crf2tlf.spec.load import load_study_standards
from crf2tlf.tables import read_xpt

MakeToy = Callable[..., Toy]
NAUSEA = "\u6076\u5fc3"


def make(toy: MakeToy, encoding: str) -> Toy:
    text = dataset(
        "XA",
        {"STUDYID": "set: TOY", "XASEQ": "seq: {by: [XATERM]}, type: integer", "XATERM": "set: NAUSEA"},
        source="raw.xa",
        supp={"XAORIG": "from: raw.xa.TERM"},
    )
    return toy(study=f"encoding: {encoding}\n", forms={"xa": f"SUBJ,TERM\n01,{NAUSEA}\n"}, datasets={"XA": text})


@pytest.mark.parametrize(("encoding", "size"), [("utf-8", 6), ("gb18030", 4)])
def test_text_as_reported_is_written_and_read_back_and_lengths_count_bytes(
    toy: MakeToy, encoding: str, size: int, tmp_path: Path
) -> None:
    made = make(toy, encoding)
    write_built(made.study, made.study.sdtm["XA"], made.derive("XA"), tmp_path, load_study_standards(made.study))
    file = read_xpt(tmp_path / "suppxa.xpt", encoding=encoding)
    assert file.frame["QVAL"].tolist() == [NAUSEA]
    assert {variable.name: variable.length for variable in file.variables}["QVAL"] == size
    assert NAUSEA.encode(encoding) in (tmp_path / "suppxa.xpt").read_bytes()


def test_without_an_encoding_other_characters_stop_the_build(toy: MakeToy, tmp_path: Path) -> None:
    made = make(toy, "ascii")
    with pytest.raises(ValueDoesNotFit, match="QVAL in row 1"):
        write_built(made.study, made.study.sdtm["XA"], made.derive("XA"), tmp_path, load_study_standards(made.study))


def test_an_encoding_that_regulators_do_not_read_is_refused(toy: MakeToy) -> None:
    assert faults_of(lambda: make(toy, "latin-1")) == (
        "specs/toy/study.yaml:8: encoding: 'latin-1' is not one of ascii, utf-8, gb18030\n1 fault in the spec"
    )
