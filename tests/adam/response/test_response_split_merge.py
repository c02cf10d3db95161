"""Lesions that split or merge (RECIST 1.1 section 4.3.2): nothing counts twice, nothing is lost."""

from __future__ import annotations

from dataclasses import replace

import pytest
from response_toys import RECIST, Shown, column, responses


def test_the_diameters_of_fragments_are_added() -> None:
    found = responses({"T01": [30, None, None], "T01.1 of T01": [None, 20, 25], "T01.2 of T01": [None, 8, 11]})
    assert column(found, "LSEXP", "LSASS", "SDIAM", "TRGRESP") == [(1.0, 1.0, 28.0, "SD"), (1.0, 1.0, 36.0, "PD")]


def test_a_fragment_that_is_missed_makes_the_visit_not_evaluable() -> None:
    found = responses({"T01": [30, None, None], "T01.1 of T01": [None, 20, 20], "T01.2 of T01": [None, 8, None]})
    assert column(found, "LSASS", "MEASURED", "TRGRULE") == [(1.0, 28.0, "STABLE"), (0.0, 20.0, "NOT_ALL_ASSESSED")]


def test_fragments_take_the_place_of_the_lesion_that_split() -> None:
    found = responses({"T01": [30, 28, "ND"], "T01.1 of T01": [None, 20, 20], "T01.2 of T01": [None, 8, 8]})
    assert column(found, "LSASS", "SDIAM") == [(1.0, 28.0), (1.0, 28.0)]


def test_a_lesion_measured_as_one_again_needs_no_fragments() -> None:
    found = responses({"T01": [30, None, 29], "T01.1 of T01": [None, 20, None], "T01.2 of T01": [None, 8, None]})
    assert column(found, "SDIAM") == [28.0, 29.0]


def test_a_fragment_that_splits_again_is_followed() -> None:
    shown: dict[str, Shown] = {
        "T01": [30, None, None],
        "T01.1 of T01": [None, 20, None],
        "T01.2 of T01": [None, 8, 6],
        "T01.1.1 of T01.1": [None, None, 11],
        "T01.1.2 of T01.1": [None, None, 7],
    }
    assert column(responses(shown), "LSASS", "SDIAM") == [(1.0, 28.0), (1.0, 24.0)]


@pytest.mark.parametrize("parents", [None, "ND"])
def test_merged_lesions_count_as_the_one_they_became(parents: str | None) -> None:
    shown: dict[str, Shown] = {
        "T01": [30, parents],
        "T02": [20, parents],
        "T01/T02 of T01/T02": [None, 45],
        "T03": [10, 10],
    }
    assert column(responses(shown), "LSEXP", "LSASS", "SDIAM", "TRGRESP") == [(3.0, 3.0, 55.0, "SD")]


def test_merged_lesions_are_missed_if_the_criterion_says_so() -> None:
    criterion = replace(RECIST, measurement=replace(RECIST.measurement, merged_parents="missed"))
    shown: dict[str, Shown] = {"T01": [30, None], "T02": [20, None], "T9 of T01/T02": [None, 45]}
    assert column(responses(shown, criterion), "LSASS", "TRGRULE") == [(0.0, "NOT_ALL_ASSESSED")]


def test_a_merged_lesion_that_is_missed_later_makes_the_visit_not_evaluable() -> None:
    shown: dict[str, Shown] = {
        "T01": [30, None, None],
        "T02": [20, None, None],
        "T9 of T01/T02": [None, 45, None],
        "T03": [10] * 3,
    }
    assert column(responses(shown), "LSASS", "TRGRESP") == [(3.0, "SD"), (1.0, "NE")]


def test_a_lesion_that_is_its_own_ancestor_ends_nowhere() -> None:
    shown: dict[str, Shown] = {"T01": [30, 30], "T02 of T03": [None, 9], "T03 of T02": [None, 9]}
    assert column(responses(shown), "SDIAM") == [30.0]
