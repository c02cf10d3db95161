"""The page of comments, and medication for diseases of the medical history: they name what is there."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from synthetic import read_forms, read_parameters, simulate

ROOT = Path(__file__).parents[2]
NUMBERED = {"AE", "CM", "MH", "ECPYR"}
Forms = dict[str, pd.DataFrame]


@pytest.fixture(scope="module", params=["fulpyr", "pyrws"])
def forms(request: pytest.FixtureRequest) -> Forms:
    parameters, definitions = read_parameters(request.param, ROOT), read_forms(request.param, ROOT)
    return next(simulate(parameters, definitions, subjects=200)).forms


def test_most_subjects_have_no_comment(forms: Forms) -> None:
    commented, everybody = set(forms["CO"]["SUBJECT"]), set(forms["DM"]["SUBJECT"])
    assert commented < everybody
    assert 0.2 < len(commented) / len(everybody) < 0.5


def test_there_are_general_comments_short_and_long_ones_and_chinese_ones(forms: Forms) -> None:
    comments = forms["CO"]
    size = comments["COVAL"].str.encode("utf-8").str.len()
    assert comments["COFORM"].isna().any()
    assert 0 < (size > 200).sum() < (size <= 200).sum()
    assert 0 < comments["COVAL"].str.match("[一-龥]").sum() < len(comments)


def test_a_comment_names_a_record_or_a_page_that_the_subject_has(forms: Forms) -> None:
    comments = forms["CO"]
    for form, mine in comments.groupby("COFORM"):
        numbered = form in NUMBERED
        assert mine["CONUM"].notna().eq(numbered).all(), form
        assert mine["COVISIT"].notna().eq(not numbered).all(), form
        named, key = ("CONUM", "ROW_REP") if numbered else ("COVISIT", "EVENT")
        there = set(zip(forms[str(form)]["SUBJECT"], forms[str(form)][key], strict=True))
        assert set(zip(mine["SUBJECT"], mine[named], strict=True)) <= there, form
    general = comments[comments["COFORM"].isna()]
    assert general[["CONUM", "COVISIT"]].isna().all(axis=None)


def test_a_medication_names_the_disease_that_is_its_indication_and_had_begun(forms: Forms) -> None:
    names = {"高血压": "Hypertension", "2型糖尿病": "Type 2 diabetes mellitus", "慢性乙型肝炎": "Chronic hepatitis B"}
    named = forms["CM"].dropna(subset="CMMHNO")
    history = forms["MH"][["SUBJECT", "ROW_REP", "MHTERM", "MHSTDAT"]]
    found = named.merge(
        history, left_on=["SUBJECT", "CMMHNO"], right_on=["SUBJECT", "ROW_REP"], how="left", validate="many_to_one"
    )
    assert set(found["CMINDC"]) == set(names.values())
    assert found["MHTERM"].replace(names).tolist() == found["CMINDC"].tolist()
    assert (found["MHSTDAT"] <= found["CMSTDAT"]).all()
    assert forms["CM"].loc[forms["CM"]["CMMHNO"].isna(), "CMINDC"].isin(names.values()).sum() == 0
