"""A codelist that follows the value of another variable: mapping, checks and the value level of define.xml."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from toy_study import Toy, as_rows, dataset, faults_of

from define.value_level import dataset_values
from qc.checks import AllowedValues
from qc.rules_records import record_rules

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


def test_qc_checks_each_category_against_its_codelist(toy: MakeToy) -> None:
    study = make(toy).study
    rules = [each for each in record_rules(study, study.sdtm["XA"]) if each.variable == "XATERM"]
    assert [(each.check, each.message) for each in rules if isinstance(each.check, AllowedValues)] == [
        (
            AllowedValues("XATERM", ("CONSENT",), ("XACAT", "MILESTONE")),
            "XATERM is not a term of the study's list of XACAT MILESTONE (STEPS)",
        ),
        (
            AllowedValues("XATERM", ("COMPLETED",), ("XACAT", "DISPOSITION")),
            "XATERM is not a term of the study's list of XACAT DISPOSITION (ENDS)",
        ),
    ]


def test_a_constant_is_in_one_of_the_codelists_unless_some_categories_have_none(toy: MakeToy) -> None:
    def with_constant(choice: str) -> Toy:
        variables = {"XACAT": "from: raw.xa.CAT, codelist: CAT", "XATERM": f"set: CONSENTS, codelist: {choice}"}
        more = "not_submitted: {raw.xa.TERM: not wanted}\n"
        made = dataset("XA", variables, source="raw.xa", keys="USUBJID, XACAT, XATERM", more=more)
        return toy(forms={"xa": FORM}, datasets={"XA": made}, codelists=CODELISTS)

    every = "{by: XACAT, of: {MILESTONE: STEPS, DISPOSITION: ENDS, OTHER: ENDS}}"
    fault = "'CONSENTS' is not in any of ENDS, STEPS; did you mean 'CONSENT'?"
    assert fault in faults_of(lambda: with_constant(every))
    some = with_constant("{by: XACAT, of: {MILESTONE: STEPS, DISPOSITION: ENDS}}")
    assert some.derive("XA").issues["RULE"].tolist() == ["NOT_IN_CODELIST"] * 3


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
