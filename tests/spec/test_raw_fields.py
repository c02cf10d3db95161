"""Where raw fields go, and which variables are therefore collected."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from crf2tlf.spec.load import load_study
from crf2tlf.spec.model import Study
from crf2tlf.spec.raw_fields import Destination, trace_raw_fields


@pytest.fixture(scope="module")
def fulpyr(root: Path) -> Study:
    """The randomised study, whose CRF is drawn."""
    return load_study("fulpyr", root)


@pytest.fixture(scope="module")
def trace(fulpyr: Study) -> Callable[[str, str], list[Destination]]:
    """The destinations of a field."""
    every = trace_raw_fields(fulpyr)

    def of_field(form: str, field: str) -> list[Destination]:
        return [each for each in every if (each.form, each.field) == (form, field)]

    return of_field


Trace = Callable[[str, str], list[Destination]]


def told(destinations: list[Destination]) -> list[tuple[str, str, str]]:
    return [(each.use, each.dataset, each.annotation) for each in destinations]


def test_a_field_that_is_copied_makes_the_value_of_its_variable(trace: Trace) -> None:
    (serious,) = (each for each in trace("ae", "AESERCD") if each.use == "value")
    assert (serious.dataset, serious.annotation, serious.verb) == ("AE", "AESER", "from")
    assert serious.location is not None
    assert serious.location.path == "specs/fulpyr/sdtm/AE.yaml"


def test_a_field_that_chooses_between_constants_makes_the_value(trace: Trace) -> None:
    assert ("value", "AE", "AEENRTPT") in told(trace("ae", "AEONGOCD"))


def test_a_field_of_a_wide_form_is_told_with_its_test(trace: Trace) -> None:
    assert ("value", "VS", "VSORRES when VSTESTCD = SYSBP") in told(trace("vs", "SYSBP"))


def test_a_supplemental_qualifier_is_told_with_its_dataset(trace: Trace) -> None:
    assert told(trace("dm", "ETHNICCD")) == [("value", "DM", "ETHNICC in SUPPDM")]


def test_a_field_that_only_chooses_records_and_is_checked_is_told_so(trace: Trace) -> None:
    found = trace("ie", "IEYNCD")
    assert told(found) == [("records", "IE", ""), ("check", "DM", ""), ("check", "DM", "")]
    assert [each.reason for each in found] == ["", "IE_NOT_ELIGIBLE_BUT_TREATED", "IE_WITHOUT_CRITERION"]


def test_a_field_that_is_not_submitted_has_its_reason_and_line(trace: Trace) -> None:
    (sex,) = trace("dm", "SEX")
    assert (sex.use, sex.reason) == ("not submitted", "the text of SEXCD")
    assert str(sex.location).startswith("specs/fulpyr/sdtm/DM.yaml:")


@pytest.mark.parametrize("study", ["fulpyr", "pyrws", "cdiscpilot01"])
def test_every_field_of_every_form_is_told(study: str, root: Path) -> None:
    spec = load_study(study, root)
    fields = {(form.name, field) for form in spec.forms.values() if form.long is None for field in form.fields}
    assert {(each.form, each.field) for each in trace_raw_fields(spec)} == fields


@pytest.mark.parametrize(
    ("dataset", "variable", "origin", "fields"),
    [
        ("AE", "AESER", "Collected", (("ae", "AESERCD"),)),
        ("AE", "AESTDTC", "Collected", (("ae", "AESTDAT"),)),
        ("DM", "AGE", "Collected", (("dm", "AGE"),)),
        ("DM", "ARMCD", "Collected", (("rand", "RANDARMCD"),)),
        ("DM", "SITEID", "Derived", ()),
        ("DM", "ARM", "Assigned", ()),
        ("EC", "ECTRT", "Assigned", ()),
        ("VS", "VSDTC", "Collected", (("vs", "VSDAT"), ("vs", "VSTIM"))),
        ("VS", "VSTESTCD", "Assigned", ()),
        ("VS", "VSSTRESN", "Derived", ()),
        ("EX", "EXDOSE", "Derived", ()),
        ("PE", "PECLSIG", "Collected", (("pe", "PERESCD"),)),
    ],
)
def test_what_a_rule_retells_is_collected(
    fulpyr: Study, dataset: str, variable: str, origin: str, fields: tuple[tuple[str, str], ...]
) -> None:
    spec = fulpyr.sdtm[dataset]
    found = (spec.variables.get(variable) or spec.supp[variable]).origin
    assert (found.type, found.fields) == (origin, fields)


def test_a_collected_variable_has_no_method(fulpyr: Study) -> None:
    assert fulpyr.sdtm["AE"].variables["AESTDTC"].method is None
    assert fulpyr.sdtm["AE"].variables["AESTDY"].method is not None


def test_what_a_vendor_sends_is_collected_without_a_page(root: Path) -> None:
    unit = load_study("pyrws", root).sdtm["LB"].variables["LBORRESU"].origin
    assert (unit.type, unit.source, unit.fields) == ("Collected", "Vendor", ())
