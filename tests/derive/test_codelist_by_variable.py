"""A codelist that follows the value of another variable: mapping, checks and the value level of define.xml."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from toy_study import Toy, as_rows, dataset, faults_of

from define.value_level import dataset_values

MakeToy = Callable[..., Toy]
FORM = "SUBJ,CAT,TERM\n01,M,Signed\n01,D,Finished\n01,D,Signed\n01,O,Anything\n"
CODELISTS = """\
    CAT: {sponsor: Category, terms: {MILESTONE: [M], DISPOSITION: [D], OTHER: [O]}}
    STEPS: {sponsor: Milestones, terms: {CONSENT: [Signed]}}
    ENDS: {sponsor: Ends, terms: {COMPLETED: [Finished]}}
    """


def make(toy: MakeToy, choice: str = "{by: XACAT, of: {MILESTONE: STEPS, DISPOSITION: ENDS}}") -> Toy:
    variables = {"XACAT": "from: raw.xa.CAT, codelist: CAT", "XATERM": f"from: raw.xa.TERM, codelist: {choice}"}
    made = dataset("XA", variables, source="raw.xa", keys="USUBJID, XACAT, XATERM")
    return toy(forms={"xa": FORM}, datasets={"XA": made}, codelists=CODELISTS)


def test_each_record_is_mapped_by_the_codelist_of_its_category(toy: MakeToy) -> None:
    built = make(toy).derive("XA")
    assert as_rows(built.frame, "XACAT", "XATERM") == [
        ("DISPOSITION", None),
        ("DISPOSITION", "COMPLETED"),
        ("MILESTONE", "CONSENT"),
        ("OTHER", "Anything"),
    ]
    message = "the collected value is in no term of the codelist ENDS"
    assert as_rows(built.issues, "RULE", "ROW", "FIELD", "VALUE", "MESSAGE") == [
        ("UNMAPPED_VALUE", 4, "TERM", "Signed", message)
    ]


def test_each_category_that_occurs_has_its_codelist_at_the_value_level(toy: MakeToy) -> None:
    made = make(toy)
    values = dataset_values(made.study.sdtm["XA"], made.derive("XA").frame)["XATERM"]
    assert [(value.by, value.code, value.codelist) for value in values] == [
        ("XACAT", "DISPOSITION", "ENDS"),
        ("XACAT", "MILESTONE", "STEPS"),
    ]


@pytest.mark.parametrize(
    ("choice", "fault"),
    [
        (
            "{by: XACAT, of: {MILESTONES: STEPS}}",
            "'MILESTONES' is not in the codelist CAT of XACAT; did you mean 'MILESTONE'?",
        ),
        ("{by: XACAT, of: {MILESTONE: STEP}}", "there is no codelist 'STEP' in codelists.yaml; did you mean 'STEPS'?"),
        ("{by: XACAR, of: {MILESTONE: STEPS}}", "'XACAR' is not another variable of XA; did you mean 'XACAT'?"),
        ("{by: XACAT}", "the field 'of' is missing"),
    ],
)
def test_a_choice_of_codelists_that_cannot_be_is_refused(toy: MakeToy, choice: str, fault: str) -> None:
    assert fault in faults_of(lambda: make(toy, choice))
