"""RECIST 1.1 computed anew from the clean lesion pages alone, subject by subject, against the truth."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd
import pytest

from synthetic import Block, read_forms, read_parameters, simulate

ROOT = Path(__file__).parents[2]


@dataclass
class Scan:
    """One assessment as the pages show it."""

    event: str
    dates: list[float] = field(default_factory=list)
    targets: dict[str, tuple[str, float, bool]] = field(default_factory=dict)
    others: dict[str, str] = field(default_factory=dict)
    new: bool = False


@pytest.fixture(scope="module", params=["fulpyr", "pyrws"])
def block(request: pytest.FixtureRequest) -> Block:
    parameters = read_parameters(request.param, ROOT)
    return next(simulate(parameters, read_forms(request.param, ROOT)))


def test_every_response_follows_from_the_lesion_pages(block: Block) -> None:
    assert disagreements(block.forms, block.truth["responses"]) == []


@pytest.mark.slow
@pytest.mark.parametrize("study", ["fulpyr", "pyrws"])
def test_every_response_of_four_thousand_patients_follows_from_the_pages(study: str) -> None:
    for one in simulate(read_parameters(study, ROOT), read_forms(study, ROOT), subjects=4_000, seed=11):
        assert disagreements(one.forms, one.truth["responses"]) == []


def test_every_response_on_the_page_is_the_true_one(block: Block) -> None:
    keys = ["SUBJECT", "EVENT"]
    page = block.forms["RSP"].merge(block.truth["responses"], on=keys, validate="one_to_one")
    assert len(page) == len(block.truth["responses"])
    assert (page["OVRLRESP"] == page["OVERALL"]).all()
    assert (page["RSDAT"] == page["DATE"]).all()


def test_a_changed_diameter_makes_the_comparison_fail(block: Block) -> None:
    truth = block.truth["responses"].set_index(["SUBJECT", "EVENT"])["OVERALL"]
    lesions = block.forms["TL"].copy()
    answers = lesions[["SUBJECT", "EVENT"]].join(truth, on=["SUBJECT", "EVENT"], validate="many_to_one")["OVERALL"]
    row = lesions.index[lesions["TLSTATE"].eq("MEASURED") & answers.isin(["SD", "PR"])][0]
    lesions.loc[row, "TLDIAM"] += 60
    found = disagreements(block.forms | {"TL": lesions}, block.truth["responses"])
    assert lesions.loc[row, "SUBJECT"] in {subject for subject, _, _, _ in found}


def test_a_changed_response_makes_the_comparison_fail(block: Block) -> None:
    truth = block.truth["responses"].copy()
    row = truth.index[truth["OVERALL"].eq("SD")][0]
    truth.loc[row, "OVERALL"] = "PR"
    found = disagreements(block.forms, truth)
    assert found == [(truth.loc[row, "SUBJECT"], truth.loc[row, "EVENT"], "SD", "PR")]


def test_baseline_lesions_obey_the_rules(block: Block) -> None:
    base = block.forms["TL"][block.forms["TL"]["EVENT"].eq("SCR")]
    assert base.groupby("SUBJECT").size().max() <= 5
    assert base.groupby(["SUBJECT", "TLORGAN"]).size().max() <= 2
    node = base["TLORGAN"].eq("NODE")
    assert base.loc[node, "TLDIAM"].min() >= 15
    assert base.loc[~node, "TLDIAM"].min() >= 10


def disagreements(forms: dict[str, pd.DataFrame], truth: pd.DataFrame) -> list[tuple[str, str, str, str]]:
    """Subject, visit, response from the pages and response in the truth, where they differ or one is missing."""
    computed = dict(recomputed(forms))
    stored = dict(zip(zip(truth["SUBJECT"], truth["EVENT"], strict=True), truth["OVERALL"], strict=True))
    keys = sorted(set(computed) | set(stored))
    pairs = [(*key, computed.get(key, "none"), stored.get(key, "none")) for key in keys]
    return [pair for pair in pairs if pair[2] != pair[3]]


def recomputed(forms: dict[str, pd.DataFrame]) -> Iterator[tuple[tuple[str, str], str]]:
    for subject, scans in read_scans(forms).items():
        base = scans.pop("SCR", None)
        if base is None:
            continue
        first = sum(size for _, size, _ in base.targets.values())
        nadir, seen_new = first, False
        for scan in sorted(scans.values(), key=lambda scan: min(scan.dates)):
            assert scan.targets.keys() == base.targets.keys()
            assert scan.others.keys() == base.others.keys()
            target, total, whole = target_response(scan, first, nadir)
            seen_new = seen_new or scan.new
            yield (subject, scan.event), overall(target, other_response(scan), seen_new)
            if whole and base.targets:
                nadir = min(nadir, total)


def read_scans(forms: dict[str, pd.DataFrame]) -> dict[str, dict[str, Scan]]:
    """The scans that were done, by subject and visit, with what the three lesion pages say."""
    scans: dict[str, dict[str, Scan]] = {}
    images = forms["IMG"]
    images = images[images["IMGPERF"].eq("Y")]
    for subject, event, date in zip(images["SUBJECT"], images["EVENT"], images["IMGDAT"], strict=True):
        scans.setdefault(subject, {}).setdefault(event, Scan(event)).dates.append(date)
    targets = forms["TL"]
    columns = ["SUBJECT", "EVENT", "TLNO", "TLSTATE", "TLDIAM", "TLORGAN"]
    for subject, event, name, state, size, organ in zip(*(targets[column] for column in columns), strict=True):
        scans[subject][event].targets[name] = (state, size, organ == "NODE")
    others = forms["NTL"]
    columns = ["SUBJECT", "EVENT", "NTLNO", "NTLSTATE"]
    for subject, event, name, state in zip(*(others[column] for column in columns), strict=True):
        scans[subject][event].others[name] = state
    for subject, event in zip(forms["NL"]["SUBJECT"], forms["NL"]["EVENT"], strict=True):
        scans[subject][event].new = True
    return scans


def target_response(scan: Scan, first: float, nadir: float) -> tuple[str, float, bool]:
    if not scan.targets:
        return "none", 0, True
    total, whole, vanished = 0.0, True, True
    for state, size, is_node in scan.targets.values():
        if state == "NE":
            whole = False
            continue
        counted = {"SMALL": 5.0, "ABSENT": 0.0}.get(state, size)
        assert not math.isnan(counted)
        total += counted
        vanished = vanished and (counted < 10 if is_node else counted == 0)
    larger = total - nadir
    grown = (larger >= 5 and larger * 100 >= nadir * 20) or (nadir == 0 and total > 0)
    if not whole:
        return ("PD" if grown else "NE"), total, False
    if vanished:
        return "CR", total, True
    if grown:
        return "PD", total, True
    return ("PR" if (first - total) * 100 >= first * 30 else "SD"), total, True


def other_response(scan: Scan) -> str:
    states = set(scan.others.values())
    if not states:
        return "none"
    if "PROGRESSION" in states:
        return "PD"
    if "NE" in states:
        return "NE"
    return "CR" if states == {"ABSENT"} else "NN"


def overall(target: str, other: str, new: bool) -> str:
    if new or "PD" in (target, other):
        return "PD"
    if target == "none":
        return "NA" if other == "none" else other
    if target == "CR":
        return "CR" if other in ("none", "CR") else "PR"
    return target
