"""Comments: on a record, on a page or on neither, short and long, in English and in Chinese (SDTMIG 3.4, 5.1)."""

from __future__ import annotations

from pathlib import Path

import pytest
from raw_rows import Row, derive_from_rows, values

from crf2tlf.derive.built import Built
from crf2tlf.spec.load import load_study
from crf2tlf.spec.model import Study

PLACE = ("RDOMAIN", "IDVAR", "IDVARVAL", "COREF", "CODTC")
CODED = {"COFORM", "AEONGO", "PERES"}
# What three bytes a character leave of 200 bytes, and the rest.
FIRST_66 = (
    "该时段日记卡遗失。日期依据药物发放回收记录、回收药片数量以及与患者女儿的电话核实填写。已通知监查员，"
    "并对研究中心就日记卡的发放、核对"
)
THE_REST = "和回收再次进行培训。患者现于家中另备一份日记卡，每次访视时拍照留存。该患者其他时段不受影响。"


@pytest.fixture(scope="module", params=["fulpyr", "pyrws"])
def study(request: pytest.FixtureRequest, root: Path) -> Study:
    return load_study(request.param, root)


def on_page(study: Study, form: str, number: str, event: str = "LOG", **items: str) -> Row:
    """A row of a form; `number` is that of the record on its page. Items of an ODM file have the form before them."""
    if study.forms[form].format == "odm":
        named = {f"{form.upper()}.{name}": value for name, value in items.items()}
        return {"STUDYID": "PYRWS", "SITE": "01", "SUBJ": "01-001", "EVENT": event, "GROUP_REP": number} | named
    keys = {"STUDYID": "FULPYR", "SITEID": "01", "SUBJID": "01-001", "EventId": event, "ItemGroupSeq": number}
    return keys | {name + ("CD" if name in CODED else ""): value for name, value in items.items()}


def written(study: Study, *comments: dict[str, str]) -> Built:
    """CO of comments, each dated 2024-03-05, of a subject with two events, the second earlier, and one examination."""
    events = [
        on_page(study, "ae", "1", AESPID="1", AETERM="Nausea", AESTDAT="2024-03-01", AEONGO="Y"),
        on_page(study, "ae", "2", AESPID="2", AETERM="Rash", AESTDAT="2024-02-01", AEONGO="Y"),
    ]
    examined = [on_page(study, "pe", "1", "C2D1", PEDAT="2024-03-04", PERES="NORMAL")]
    rows = [
        on_page(study, "co", str(number), **{"CODAT": "2024-03-05", **comment})
        for number, comment in enumerate(comments, start=1)
    ]
    return derive_from_rows(study, "CO", ae=events, pe=examined, co=rows)


def test_a_comment_on_a_record_names_its_sequence_number_and_has_its_time(study: Study) -> None:
    built = written(study, {"COVAL": "Told by telephone.", "COFORM": "AE", "CONUM": "1"})
    assert values(built, *PLACE) == [("AE", "AESEQ", "2", "AE-1", None)]
    assert values(built, "COSEQ", "COVAL", "COVAL1", "COEVAL", "CODY") == [
        (1.0, "Told by telephone.", None, "INVESTIGATOR", None)
    ]
    assert built.issues["RULE"].tolist() == []


def test_a_comment_on_a_page_names_the_domain_and_the_visit(study: Study) -> None:
    built = written(study, {"COVAL": "Examined at home.", "COFORM": "PE", "COVISIT": "C2D1"})
    assert values(built, *PLACE) == [("PE", None, None, "PE-CYCLE 2 DAY 1", "2024-03-05")]
    assert built.issues["RULE"].tolist() == []


def test_a_general_comment_names_nothing(study: Study) -> None:
    built = written(study, {"COVAL": "The subject has moved."}, {"COVAL": "And moved again.", "CODAT": "2024-06"})
    assert sorted(values(built, "COSEQ", *PLACE)) == [
        (1.0, None, None, None, None, "2024-03-05"),
        (2.0, None, None, None, None, "2024-06"),
    ]
    assert built.issues["RULE"].tolist() == []


def test_a_comment_on_a_record_that_does_not_exist_is_told_and_stays_with_the_page(study: Study) -> None:
    built = written(study, {"COVAL": "Told by telephone.", "COFORM": "AE", "CONUM": "9"})
    assert values(built, *PLACE) == [("AE", None, None, "AE-9", "2024-03-05")]
    told = built.issues[["RULE", "MESSAGE", "FORM", "ROW", "VALUE", "DETAIL"]].to_numpy().tolist()
    message, detail = (
        "the comment is on a record that the subject does not have",
        "COREF AE-9, COVAL Told by telephone.",
    )
    assert told == [["CO_RECORD_UNKNOWN", message, "co", 3, "9", detail]]


def test_a_comment_on_a_page_that_does_not_exist_is_told(study: Study) -> None:
    built = written(study, {"COVAL": "Examined at home.", "COFORM": "PE", "COVISIT": "C3D1"})
    told = built.issues[["RULE", "MESSAGE", "FORM", "VALUE"]].to_numpy().tolist()
    assert told == [["CO_PAGE_UNKNOWN", "the comment is on a page that the subject does not have", "co", "C3D1"]]


def test_a_comment_of_more_than_200_bytes_goes_on_between_words(study: Study) -> None:
    built = written(study, {"COVAL": "word " * 39 + "five5 and more"})
    assert values(built, "COVAL", "COVAL1", "COVAL2") == [("word " * 39 + "five5", "and more", None)]
    assert built.issues["RULE"].tolist() == []


def test_a_comment_that_three_variables_do_not_hold_is_told(study: Study) -> None:
    built = written(study, {"COVAL": "a" * 601})
    assert values(built, "COVAL", "COVAL1", "COVAL2") == [("a" * 200, "a" * 200, "a" * 200)]
    assert built.issues["RULE"].tolist() == ["CO_TOO_LONG"]
    assert built.issues["MESSAGE"].tolist() == ["the comment is too long for three variables, and its end is left out"]


def test_a_comment_in_chinese_is_translated_and_kept_as_written_in_pieces_of_200_bytes(study: Study) -> None:
    built = written(study, {"COVAL": FIRST_66 + THE_REST, "COFORM": "AE", "CONUM": "2"})
    assert values(built, "COVAL") == [
        (
            "The diary of this period was lost. The dates were taken from the drug accountability log, the number of "
            "tablets that were returned and a telephone call with the subject's daughter. The monitor was",
        )
    ]
    kept = built.supp[["IDVAR", "IDVARVAL", "QNAM", "QVAL"]].to_numpy().tolist()
    assert kept == [
        ["COSEQ", "1", "COVALL", FIRST_66],
        ["COSEQ", "1", "COVALL1", THE_REST],
    ]
    assert built.issues["RULE"].tolist() == []


def test_a_comment_without_a_translation_says_so(study: Study) -> None:
    built = written(study, {"COVAL": "患者自述良好"})
    assert values(built, "COVAL") == [("NOT TRANSLATED",)]
    assert built.issues["RULE"].tolist() == ["CO_NOT_TRANSLATED"]
