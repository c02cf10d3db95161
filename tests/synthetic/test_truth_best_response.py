"""Best overall response and its confirmation: rows of RECIST 1.1 table 3, typed by hand."""

from __future__ import annotations

import numpy as np
import pytest

from synthetic.best_response import best_response, confirmed_response
from synthetic.recist import RESPONSES

# Responses at the days given, from the start at day 0; SD counts from day 35 on, confirmation takes 28 days.
CASES = [
    ("PR PR", "42 84", "PR", "PR"),
    ("PR SD", "42 84", "PR", "SD"),
    ("PR PD", "42 84", "PR", "SD"),
    ("PR PD", "30 84", "PR", "PD"),
    ("PR", "42", "PR", "SD"),
    ("PR", "30", "PR", "NE"),
    ("CR CR", "42 84", "CR", "CR"),
    ("PR CR", "42 84", "CR", "PR"),
    ("PR CR CR", "42 84 126", "CR", "CR"),
    ("CR PR", "42 84", "CR", "SD"),
    ("PR NE PR", "42 84 126", "PR", "PR"),
    ("PR NE NE PR", "42 84 126 168", "PR", "SD"),
    ("PR SD PR", "42 84 126", "PR", "SD"),
    ("PR PR", "42 69", "PR", "SD"),
    ("PR PR", "42 70", "PR", "PR"),
    ("SD PD", "42 84", "SD", "SD"),
    ("SD PD", "30 84", "PD", "PD"),
    ("SD", "30", "NE", "NE"),
    ("NN NN", "42 84", "NN", "NN"),
    ("NE NE", "42 84", "NE", "NE"),
    ("PD PR", "42 84", "PD", "PD"),
    ("", "", "NA", "NA"),
]


@pytest.mark.parametrize(("answers", "days", "best", "confirmed"), CASES)
def test_best_response_of_a_sequence(answers: str, days: str, best: str, confirmed: str) -> None:
    names = answers.split()
    overall = np.array([[RESPONSES.index(name) for name in names] + [RESPONSES.index("NA")]])
    date = np.array([[*(float(day) for day in days.split()), np.inf]])
    given = (overall, date, np.zeros(1), np.array([np.inf]), 35)
    assert RESPONSES[best_response(*given)[0]] == best
    assert RESPONSES[confirmed_response(*given)[0]] == confirmed


def test_nothing_counts_after_new_therapy() -> None:
    overall = np.array([[RESPONSES.index("SD"), RESPONSES.index("PR")]])
    given = (overall, np.array([[42.0, 84.0]]), np.zeros(1), np.array([60.0]), 35)
    assert RESPONSES[best_response(*given)[0]] == "SD"
