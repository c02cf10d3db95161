"""ADTR and ADRS of both studies, from TU, TR and RS alone, against what really happened at every assessment."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from known_truth import KnownTruth

from crf2tlf.lineage import Lineage
from crf2tlf.spec.load import load_study
from crf2tlf.tables import read_parquet

pytestmark = pytest.mark.slow

WORDS = {"NN": "NON-CR/NON-PD", "NA": ""}
ASSESSMENT = ["SUBJID", "ALNKGRP"]


@pytest.fixture(scope="module", params=["fulpyr", "pyrws"])
def built(request: pytest.FixtureRequest) -> KnownTruth:
    """Each study in turn, from raw to ADaM."""
    found: KnownTruth = request.getfixturevalue(request.param)
    return found


@pytest.fixture(scope="module")
def truth(built: KnownTruth) -> pd.DataFrame:
    """The true responses, one row a subject and assessment."""
    found = built.truth("responses").rename(columns={"SUBJECT": "SUBJID", "EVENT": "ALNKGRP"})
    return found.sort_values(ASSESSMENT, ignore_index=True)


@pytest.fixture(scope="module")
def subjects(built: KnownTruth) -> pd.DataFrame:
    """The true outcome of every randomised subject."""
    found = built.truth("subjects").rename(columns={"SUBJECT": "SUBJID"})
    return found[~found["SCREEN_FAILURE"]].sort_values("SUBJID", ignore_index=True)


def parameter(data: KnownTruth, dataset: str, code: str) -> pd.DataFrame:
    """The records of a parameter, with the subject as the truth names it."""
    frame = data.adam(dataset)
    frame = frame[frame["PARAMCD"] == code].assign(SUBJID=lambda rows: rows["USUBJID"].str[len(data.study) + 1 :])
    return frame.sort_values(ASSESSMENT, ignore_index=True)


def texts(column: pd.Series) -> list[str]:
    """Responses by one name for each, "" for none."""
    return [WORDS.get(str(value), str(value)) for value in column.astype(object).where(column.notna(), "")]


def assessments(frame: pd.DataFrame) -> list[tuple[str, str]]:
    return list(zip(texts(frame["SUBJID"]), texts(frame["ALNKGRP"]), strict=True))


@pytest.mark.parametrize(("code", "name"), [("OVR", "OVERALL"), ("TRGRESP", "TARGET"), ("NTRGRESP", "NONTARGET")])
def test_every_response_is_the_true_one(built: KnownTruth, truth: pd.DataFrame, code: str, name: str) -> None:
    found = parameter(built, "adrs", code)
    given = truth[truth[name] != "NA"]
    assert assessments(found) == assessments(given)
    assert texts(found["AVALC"]) == texts(given[name])


def test_every_new_lesion_is_a_true_one(built: KnownTruth, truth: pd.DataFrame) -> None:
    found = parameter(built, "adrs", "NEWLES")
    assert assessments(found) == assessments(truth)
    assert texts(found["AVALC"]) == ["Y" if new else "N" for new in truth["NEW"]]


def test_every_response_has_the_true_date(built: KnownTruth, truth: pd.DataFrame) -> None:
    found = parameter(built, "adrs", "OVR")
    assert found["ADT"].tolist() == truth["DATE"].tolist()


def test_every_sum_with_its_baseline_and_nadir_is_the_true_one(built: KnownTruth, truth: pd.DataFrame) -> None:
    found = parameter(built, "adtr", "SDIAM")
    found = found[found["ABLFL"].isna()]
    given = truth[truth["TARGET"] != "NA"]
    assert assessments(found) == assessments(given)
    for name, true in (("MEASSUM", "SUM"), ("BASE", "BASELINE"), ("NADIR", "NADIR")):
        assert found[name].fillna(0).tolist() == given[true].tolist(), name
    complete = (found["LSASS"] == found["LSEXP"]).to_numpy()
    assert found["AVAL"].notna().tolist() == complete.tolist()
    assert found["AVAL"][complete].tolist() == given["SUM"][complete].tolist()


@pytest.mark.parametrize(("code", "name"), [("BOR", "BEST_RESPONSE"), ("CBOR", "CONFIRMED_RESPONSE")])
def test_every_best_response_is_the_true_one(built: KnownTruth, subjects: pd.DataFrame, code: str, name: str) -> None:
    found = parameter(built, "adrs", code)
    assert texts(found["SUBJID"]) == texts(subjects["SUBJID"])
    assert texts(found["AVALC"]) == [value or "MISSING" for value in texts(subjects[name])]


def test_every_first_progression_is_the_true_one(built: KnownTruth, subjects: pd.DataFrame) -> None:
    found = parameter(built, "adrs", "PD")
    assert found["ADT"].fillna(0).tolist() == subjects["PROGRESSION"].fillna(0).tolist()
    assert texts(found["AVALC"]) == ["Y" if seen else "N" for seen in subjects["PROGRESSION"].notna()]


def test_the_source_of_every_record_is_a_record_of_its_subject_on_that_day(built: KnownTruth) -> None:
    measured = built.sdtm("tr")[["USUBJID", "TRSEQ", "TRDTC", "TRLNKGRP"]]
    for dataset in ("adtr", "adrs"):
        frame = built.adam(dataset)
        frame = frame[frame["SRCDOM"] == "TR"]
        found = frame.merge(
            measured, left_on=["USUBJID", "SRCSEQ"], right_on=["USUBJID", "TRSEQ"], how="left", validate="m:1"
        )
        days = (pd.to_datetime(found["TRDTC"].astype(object)) - pd.Timestamp("1960-01-01")).dt.days
        assert len(frame) > 1000
        assert found["TRLNKGRP"].tolist() == found["ALNKGRP"].tolist()
        assert days.tolist() == found["ADT"].tolist()


def test_clean_data_have_neither_a_finding_nor_a_difference(built: KnownTruth) -> None:
    adam = built.folder / built.study / "adam"
    assert read_parquet(adam / "issues" / "adtr.parquet").to_dict("records") == []
    assert read_parquet(adam / "response_referee.parquet").to_dict("records") == []


@pytest.mark.parametrize(("variable", "field"), [("AVAL", "TLDIAM"), ("ADT", "TLDAT"), ("TRLNKID", "TLNO")])
def test_a_diameter_and_its_date_lead_to_their_cells_of_the_page(
    root: Path, built: KnownTruth, variable: str, field: str
) -> None:
    lineage = Lineage(load_study(built.study, root), built.folder / built.study)
    cells = lineage.trace("ADTR", 1, variable).raw_cells()
    assert ("raw.tl", field) in {(cell.source, cell.name.removeprefix("TL.")) for cell in cells}
