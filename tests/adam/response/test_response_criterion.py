"""Reading a criterion: every number from its file, every fault told with its line."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from response_toys import FILE, column, lesions, subjects

from adam.response import compute_best_responses, compute_responses, load_criterion
from adam.response.parameters import Criterion
from crf2tlf.errors import SpecError
from crf2tlf.spec.nodes import Faults, read_yaml

Read = Callable[..., Criterion]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """The criterion of the standard file with texts replaced, and a study's own fields laid over it."""

    def read_changed(*changes: tuple[str, str], override: str = "") -> Criterion:
        text = FILE.read_text("utf-8")
        for old, new in changes:
            assert old in text, old
            text = text.replace(old, new)
        path = tmp_path / "criterion.yaml"
        path.write_text(text, "utf-8")
        own = None
        if override:
            (tmp_path / "study.yaml").write_text(override, "utf-8")
            own = read_yaml(tmp_path / "study.yaml", "study.yaml", Faults())
        return load_criterion(path, "criterion.yaml", own)

    return read_changed


def test_the_standard_file_holds_the_numbers_of_recist(read: Read) -> None:
    criterion = read()
    assert (criterion.target.progression_percent, criterion.target.progression_mm) == (20, 5)
    assert (criterion.target.response_percent, criterion.target.normal_node_mm) == (30, 10)
    assert (criterion.confirmation.minimum_days, criterion.confirmation.most_not_evaluable) == (28, 1)
    assert (criterion.best.stable_days, criterion.best.benefit_days) == (35, 168)
    assert (criterion.measurement.too_small_mm, criterion.baseline.least_node_mm) == (5, 15)


def test_a_study_overrides_single_fields(read: Read) -> None:
    criterion = read(override="best_response: {stable_minimum_days: 56}\ndates: {target_progression: latest}\n")
    assert (criterion.best.stable_days, criterion.best.benefit_days) == (49, 168)
    assert (criterion.dates.target_progression, criterion.dates.other) == ("latest", "latest")


STATUSES = "      NE: {}\n      ABSENT: ABSENT\n      EQUIVOCAL"
ONLY_CR = "non_target: NON-CR/NON-PD,                 new: any, overall: PR"
PR_NED = "- {first: PR, next: NED,           best: SD,            too_early: NE}\n    "
FAULTS = [
    (
        ("  progression_mm: 5 ", "  progression_mm: five "),
        "target.progression_mm: 'five' is not a whole number of at least 0",
    ),
    (
        ("  response_percent: 30 ", "  respons_percent: 30 "),
        "target.respons_percent: 'respons_percent' is not a known field; did you mean 'response_percent'?",
    ),
    (
        ("absent_node: not_assessed", "absent_node: none"),
        "measurement.absent_node: 'none' is not one of not_assessed, zero",
    ),
    (
        (STATUSES.format("NOT DONE"), STATUSES.format("NONE")),
        "measurement.statuses.NEW.NE: 'NONE' is not one of NOT DONE, ABSENT, EQUIVOCAL, UNEQUIVOCAL",
    ),
    (
        ("  - {lesions: all, status: ABSENT, response: CR, reason: NT_GONE}\n", ""),
        "non_target: no rule says what follows from ABSENT",
    ),
    (
        (ONLY_CR, "non_target: CR, new: any, overall: PR"),
        "overall: no row fits target, non-target, new lesion = CR, NON-CR/NON-PD, N",
    ),
    ((PR_NED, ""), "confirmation.table: no row says what PR followed by NED is"),
    (('  STABLE: "sum {MEASURED} mm', '  STABLE: "sum {SUM} mm'), "reasons.STABLE: '{SUM}' is no field of a sentence"),
    (("  NT_GONE: all non", "  NT_AWAY: all non"), "reasons: the reason 'NT_GONE' has no sentence"),
    (("same_day: [PD, ", "same_day: ["), "best_response.same_day: PD of the order is missing here"),
    (("parts_of_mm: 10 ", "parts_of_mm: 7 "), "measurement.parts_of_mm: '7' is not one of 1, 10, 100, 1000"),
]


@pytest.mark.parametrize(("change", "expected"), FAULTS)
def test_a_fault_of_the_file_is_told_with_its_line(read: Read, change: tuple[str, str], expected: str) -> None:
    with pytest.raises(SpecError) as error:
        read(change)
    assert expected in [re.sub(r"^criterion\.yaml:\d+: ", "", str(fault)) for fault in error.value.faults]
    assert all(fault.location.line > 1 for fault in error.value.faults)


def test_a_pair_that_stands_twice_in_the_confirmation_table_is_a_fault(read: Read) -> None:
    with pytest.raises(SpecError) as error:
        read(("first: PR, next: NED,", "first: PR, next: NE,"))
    assert str(error.value) == (
        "criterion.yaml:127: confirmation.table[16]: PR followed by NE stands twice\n1 fault in the spec"
    )


def test_a_row_of_the_table_that_can_never_count_is_a_fault(read: Read) -> None:
    row = "  - {reason: NO_DISEASE,        target: NONE"
    with pytest.raises(SpecError) as error:
        read((row, "  - {reason: NO_DISEASE, target: CR, non_target: CR, new: any, overall: CR}\n" + row))
    assert str(error.value) == (
        "criterion.yaml:80: overall[13]: this row can never count: the rows above fit all that it fits\n"
        "1 fault in the spec"
    )


def test_a_section_that_is_missing_is_a_fault(read: Read) -> None:
    with pytest.raises(SpecError) as error:
        read(("dates:  ", "days:  "))
    assert "the field 'dates' is missing" in str(error.value)


def test_a_criterion_with_other_words_is_another_file_and_no_other_program(read: Read) -> None:
    text = FILE.read_text("utf-8")
    table = text[text.index("overall:  ") : text.index("reasons:  ")]
    renamed = re.sub(r"(?<!NON-)(?<!target: )\bPD\b(?!, +new: any)(?!,     non_target)", "iUPD", table)
    criterion = read((table, renamed))
    frame = compute_responses(lesions({"T01": [20, 20, 30, 20]}), criterion)
    assert column(frame, "OVRLRESP", "TRGRESP") == [(None, None), ("SD", "SD"), ("iUPD", "PD"), ("SD", "SD")]
    found = compute_best_responses(frame, subjects("1"), criterion)
    values = dict(column(found, "PARAMCD", "AVALC"))
    assert (values["BOR"], values["PD"]) == ("SD", "Y")
