"""What is written for a dataset: attributes from the spec, and values that a type cannot hold stop."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pyreadstat
import pytest
from toy_study import Toy, dataset

from crf2tlf.derive.write import is_without_records, output_paths, write_built
from crf2tlf.errors import DataError, ValueDoesNotFit
from crf2tlf.spec.load import load_study_standards

MakeToy = Callable[..., Toy]


def write(made: Toy, name: str, folder: Path) -> None:
    write_built(made.study, made.study.sdtm[name], made.derive(name), folder, load_study_standards(made.study))


def test_a_dataset_is_written_with_the_attributes_of_its_spec(toy: MakeToy, tmp_path: Path) -> None:
    variables = {
        "XAVAL": "label: A Value, from: raw.xa.VAL",
        "XAFIX": "label: Twelve Bytes, from: raw.xa.VAL, length: 12",
        "XANUM": "label: A Number, from: raw.xa.NUM, type: float, significant_digits: 1",
    }
    text = dataset("XA", variables, source="raw.xa", supp={"XAQ": "label: A Qualifier, set: Q"}, keys="USUBJID, XAVAL")
    made = toy(
        forms={"xa": "SUBJ,VAL,NUM\n01,abc,1.5\n01,,\n"},
        datasets={"XA": text.replace("variables:\n", "variables:\n  STUDYID: {label: S, set: $STUDYID}\n")},
    )
    write(made, "XA", tmp_path)
    frame, attributes = pyreadstat.read_xport(str(tmp_path / "xa.xpt"))
    assert attributes.column_names_to_labels == {
        "STUDYID": "S",
        "USUBJID": "USUBJID",
        "XAVAL": "A Value",
        "XAFIX": "Twelve Bytes",
        "XANUM": "A Number",
    }
    assert [attributes.variable_storage_width[name] for name in ("XAVAL", "XAFIX", "XANUM")] == [3, 12, 8]
    assert (attributes.table_name, attributes.file_label) == ("XA", "Toy XA")
    assert frame["XANUM"].fillna(-1).tolist() == [-1.0, 1.5]
    qualifiers, _ = pyreadstat.read_xport(str(tmp_path / "suppxa.xpt"))
    assert (
        qualifiers[["RDOMAIN", "USUBJID", "QNAM", "QLABEL", "QVAL"]].to_numpy().tolist()
        == [["XA", "01", "XAQ", "A Qualifier", "Q"]] * 2
    )


def test_exactly_the_files_that_the_step_names_are_written(toy: MakeToy, tmp_path: Path) -> None:
    made = toy(forms={"xa": "SUBJ\n01\n"}, datasets={"XA": dataset("XA", {}, source="raw.xa")})
    write(made, "XA", tmp_path)
    written = {path for path in tmp_path.rglob("*") if path.is_file()}
    assert written == set(output_paths(made.study.sdtm["XA"], tmp_path))
    assert len(pd.read_parquet(tmp_path / "issues" / "xa.parquet")) == 0


def test_a_part_of_a_whole_number_stops_with_the_subject(toy: MakeToy, tmp_path: Path) -> None:
    text = dataset("XA", {"XANUM": "from: raw.xa.NUM, type: integer"}, source="raw.xa")
    made = toy(forms={"xa": "SUBJ,NUM\n01,1\n02,1.5\n"}, datasets={"XA": text})
    with pytest.raises(DataError) as caught:
        write(made, "XA", tmp_path)
    assert str(caught.value).replace(made.study.name, "toy") == (
        "toy XA: XANUM is an integer, but 1 value is not whole.\n"
        "  spec     specs/toy/sdtm/XA.yaml:9  variables.XANUM\n"
        "  subject  02: XANUM 1.5\n"
        "  fix      give it 'type: float' and significant_digits, or round it"
    )
    assert not (tmp_path / "xa.xpt").exists()


def test_a_text_that_is_longer_than_its_length_stops(toy: MakeToy, tmp_path: Path) -> None:
    text = dataset("XA", {"XAVAL": "from: raw.xa.VAL, length: 2"}, source="raw.xa")
    made = toy(forms={"xa": "SUBJ,VAL\n01,abc\n"}, datasets={"XA": text})
    with pytest.raises(ValueDoesNotFit, match="XAVAL"):
        write(made, "XA", tmp_path)
    assert not (tmp_path / "xa.xpt").exists()


def test_a_dataset_without_records_gets_no_transport_file_and_the_one_of_before_goes(
    toy: MakeToy, tmp_path: Path
) -> None:
    spec = {"XA": dataset("XA", {"XAVAL": "from: raw.xa.VAL"}, source="raw.xa", supp={"XAQ": "label: Q, set: Q"})}
    spec = {"XA": spec["XA"].replace("variables:\n", "variables:\n  STUDYID: {label: S, set: $STUDYID}\n")}
    write(toy(forms={"xa": "SUBJ,VAL\n01,abc\n"}, datasets=spec), "XA", tmp_path)
    assert (tmp_path / "xa.xpt").is_file()
    assert (tmp_path / "suppxa.xpt").is_file()
    assert not is_without_records(tmp_path, "XA")
    write(toy(forms={"xa": "SUBJ,VAL\n"}, datasets=spec), "XA", tmp_path)
    assert not (tmp_path / "xa.xpt").exists()
    assert not (tmp_path / "suppxa.xpt").exists()
    assert is_without_records(tmp_path, "XA")
    assert not is_without_records(tmp_path, "XB")
