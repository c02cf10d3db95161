"""The referee over a study's files: what was reported against what the lesions say, as dataset and page."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
from tumour_toys import files, referee

SHOWN: dict[str, list[float | str | None]] = {"T01": [25, 20, 26, 26]}
REPORTED = {
    "TA01": {"TRGRESP": "SD", "NEWLIND": "N", "OVRLRESP": "SD"},
    "TA02": {"TRGRESP": "SD", "NEWLIND": "N", "OVRLRESP": "SD"},
    "TA03": {"TRGRESP": "PD", "NEWLIND": "N", "OVRLRESP": "PD"},
}


def rows(found: pd.DataFrame, *columns: str) -> list[list[object]]:
    chosen = found[list(columns)].astype(object)
    return [list(row) for row in chosen.where(chosen.notna(), None).to_numpy(dtype=object)]


def test_each_difference_has_its_reason_and_its_effect(tmp_path: Path) -> None:
    found, _ = referee(files(SHOWN, reported=REPORTED), tmp_path)
    assert rows(found, "RESPONSE", "VISIT", "COMPONENT", "REPORTED", "COMPUTED", "REASON") == [
        ["RECIST", "TUMOUR ASSESSMENT 2", "TARGET", "SD", "PD", "NADIR"],
        ["RECIST", "TUMOUR ASSESSMENT 2", "OVERALL", "SD", "PD", "NADIR"],
    ]
    assert rows(found, "BORREP", "BORALONE", "EFFECT") == [
        ["SD", None, None],
        [
            "SD",
            "SD",
            "first progression 2024-05-06 -> 2024-03-25; PFSINV event 2024-05-06 (DISEASE PROGRESSION) -> "
            "event 2024-03-25 (DISEASE PROGRESSION)",
        ],
    ]
    assert found["EXPLAIN"][1] == (
        "PD on 2024-03-25: sum 26.0 mm is 30.0 % and 6.0 mm above the nadir of 20.0 mm on 2024-02-12"
    )


def test_the_page_shows_what_changes_an_endpoint_first(tmp_path: Path) -> None:
    _, page = referee(files(SHOWN, reported=REPORTED), tmp_path)
    group = "overall response or its date, with an effect on best response, first progression or PFSINV"
    overall = page.index(f"RECIST, {group}: NADIR")
    component = page.index("RECIST, a component of the response: NADIR")
    assert overall < component
    assert '<span class="count">2</span> differences between the responses computed' in page
    assert "of 1 subject; 1 of them alone change best response, first progression or PFSINV." in page
    assert "RECIST: the computed responses are analysed." in page


def test_an_assessment_that_was_not_reported_is_a_difference(tmp_path: Path) -> None:
    some = {group: each for group, each in REPORTED.items() if group == "TA01"}
    found, _ = referee(files({"T01": [25, 20, 21]}, reported=some), tmp_path)
    ongoing = "NO EVENT AT DATA CUT-OFF (ONGOING)"
    effect = f"PFSINV censored 2024-02-12 ({ongoing}) -> censored 2024-03-25 ({ongoing})"
    assert rows(found, "VISIT", "COMPONENT", "REPORTED", "COMPUTED", "REASON", "EFFECT") == [
        ["TUMOUR ASSESSMENT 2", "OVERALL", None, "SD", "NOT_REPORTED", effect],
    ]


def test_responses_that_agree_leave_an_empty_list(tmp_path: Path) -> None:
    found, page = referee(files({"T01": [25, 20]}, reported={"TA01": REPORTED["TA01"]}), tmp_path)
    assert found.empty
    assert "<p>Every reported response is the computed one.</p>" in page
