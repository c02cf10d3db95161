"""Medication for a disease of the medical history: RELREC relates the two records, and only where both exist."""

from __future__ import annotations

from pathlib import Path

import pytest
from raw_rows import Row, derive_from_rows, values

from crf2tlf.spec.load import load_study
from crf2tlf.spec.model import Study


@pytest.fixture(scope="module", params=["fulpyr", "pyrws"])
def study(request: pytest.FixtureRequest, root: Path) -> Study:
    return load_study(request.param, root)


def on_page(study: Study, form: str, number: str, **items: str) -> Row:
    """A row of a form; `number` is that of the record on its page. Items of an ODM file have the form before them."""
    if study.forms[form].format == "odm":
        coded = {f"{form.upper()}.{name}": value for name, value in items.items()}
        return {"STUDYID": "PYRWS", "SITE": "01", "SUBJ": "01-001", "EVENT": "LOG", "GROUP_REP": number} | coded
    keys = {"STUDYID": "FULPYR", "SITEID": "01", "SUBJID": "01-001", "EventId": "LOG", "ItemGroupSeq": number}
    return keys | {name + ("CD" if name.endswith("ONGO") else ""): value for name, value in items.items()}


def history(study: Study) -> list[Row]:
    return [
        on_page(study, "mh", "1", MHTERM="Hypertension", MHSTDAT="2015-03-01", MHONGO="Y"),
        on_page(study, "mh", "2", MHTERM="失眠", MHSTDAT="2019-01-01", MHONGO="Y"),
    ]


def medication(study: Study, indication: str, number: str) -> list[Row]:
    taken = {"CMTRT": "Amlodipine", "CMSTDAT": "2023-05-01", "CMONGO": "Y"}
    return [on_page(study, "cm", "1", CMINDC=indication, CMMHNO=number, **taken)]


def test_a_medication_and_the_disease_that_it_names_are_related(study: Study) -> None:
    forms = {"mh": history(study), "cm": medication(study, "Hypertension", "1")}
    assert values(derive_from_rows(study, "MH", **forms), "MHSEQ", "MHSPID", "MHTERM") == [
        (1.0, "MH-1", "HYPERTENSION"),
        (2.0, "MH-2", "INSOMNIA"),
    ]
    related = [
        row
        for row in values(
            derive_from_rows(study, "RELREC", **forms), "USUBJID", "RDOMAIN", "IDVAR", "IDVARVAL", "RELTYPE", "RELID"
        )
        if row[0] is not None
    ]
    subject = f"{study.study_id}-01-001"
    assert related == [
        (subject, "CM", "CMSEQ", "1", None, "MHCM1"),
        (subject, "MH", "MHSEQ", "1", None, "MHCM1"),
    ]


def test_a_medication_for_a_disease_that_is_not_in_the_history_is_told_and_related_to_nothing(study: Study) -> None:
    forms = {"mh": history(study), "cm": medication(study, "Hypertension", "7")}
    built = derive_from_rows(study, "CM", **forms)
    assert built.issues["RULE"].tolist() == ["CM_HISTORY_UNKNOWN"]
    assert built.issues[["FORM", "ROW", "VALUE"]].to_numpy().tolist() == [["cm", 3, "7"]]
    assert built.issues["MESSAGE"].tolist() == [
        "the record names a disease that is not in the subject's medical history"
    ]
    related = derive_from_rows(study, "RELREC", **forms)
    assert [row for row in values(related, "USUBJID") if row[0] is not None] == []


def test_an_indication_other_than_the_disease_that_is_named_is_told(study: Study) -> None:
    built = derive_from_rows(study, "CM", mh=history(study), cm=medication(study, "Hypertension", "2"))
    assert built.issues["RULE"].tolist() == ["CM_HISTORY_DIFFERS"]
    assert built.issues["DETAIL"].tolist() == ["CMSPID CM-1, CMINDC HYPERTENSION, HISTTERM INSOMNIA"]


def test_a_disease_and_an_indication_written_in_two_languages_agree(study: Study) -> None:
    (indication,) = medication(study, "Insomnia", "2")
    assert derive_from_rows(study, "CM", mh=history(study), cm=[indication]).issues["RULE"].tolist() == []
