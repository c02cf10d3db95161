"""The page on adding a parameter: its blocks go into fulpyr's ADTTE as it says, and give what it says."""

from __future__ import annotations

import re
import shutil
from datetime import date
from pathlib import Path

import pytest
from small_files import derive_from_records, open_records, values

from adam.time_to_event.explained import compute_explained, compute_switchers
from crf2tlf.spec.load import load_study
from crf2tlf.spec.model import Study


def days(text: str) -> int:
    return (date.fromisoformat(text) - date(1960, 1, 1)).days


RECORDS = {
    "ADSL": [
        {"USUBJID": name, "ITTFL": "Y", "RANDDT": days("2024-01-01"), "LSTALVDT": days("2024-07-01"), **more}
        for name, more in (
            ("S1", {"NACTDT": days("2024-03-01"), "NACTTRT": "T-DXD", "DTHDT": days("2024-03-01")}),
            ("S2", {"DTHDT": days("2024-06-20")}),
            ("S3", {}),
        )
    ],
    "ADRS": [
        {
            "USUBJID": name,
            "PARAMCD": code,
            "AVALC": value,
            "ANL01FL": "Y",
            "ADT": days(day),
            "APLDT": days(day),
            "ASEQ": number,
        }
        for name, number, code, value, day in (
            ("S1", 1, "OVR", "SD", "2024-02-12"),
            ("S1", 2, "PD", "Y", "2024-03-25"),
            ("S2", 1, "OVR", "SD", "2024-02-12"),
            ("S3", 1, "OVR", "SD", "2024-02-12"),
        )
    ],
    "TR": [{"USUBJID": name, "TRDTC": "2023-12-20", "VISITNUM": 1} for name in ("S1", "S2", "S3")],
    "EX": [{"USUBJID": name, "EXTRT": "PYROTINIB", "EXENDTC": "2024-02-20"} for name in ("S1", "S2", "S3")],
}


@pytest.fixture(scope="module")
def study(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Study:
    """fulpyr with the blocks of the page."""
    page = (root / "docs" / "add_a_parameter.md").read_text(encoding="utf-8")
    parameter, variant = re.findall(r"```yaml\n(.*?)```", page, flags=re.DOTALL)
    folder = tmp_path_factory.mktemp("add_a_parameter")
    (folder / "specs").mkdir()
    (folder / "specs" / "standards").symlink_to(root / "specs" / "standards", target_is_directory=True)
    shutil.copytree(root / "specs" / "fulpyr", folder / "specs" / "fulpyr")
    file = folder / "specs" / "fulpyr" / "adam" / "ADTTE.yaml"
    text = file.read_text(encoding="utf-8")
    assert text.count("\nvariables:\n") == 1
    text = text.replace("\nvariables:\n", f"\n{parameter}\nvariables:\n")
    text = text.replace("    variants:\n", f"    variants:\n{variant}", 1)
    file.write_text(text, encoding="utf-8")
    return load_study("fulpyr", folder)


def test_the_blocks_make_a_parameter_and_a_rule_set(study: Study) -> None:
    parameters = study.adam["ADTTE"].parameters
    assert (parameters["TTNT"].rule_set_of, parameters["PFSLONG"].rule_set_of) == ("", "PFSINV")
    assert [rule.id for rule in parameters["PFSLONG"].rules] == [
        rule.id for rule in parameters["PFSINV"].rules if rule.id != "3"
    ]


def test_the_new_parameter_comes_out_as_the_page_says(study: Study) -> None:
    built = derive_from_records(study, "ADTTE", **RECORDS)
    rows = values(built, "USUBJID", "PARAMCD", "ADT", "CNSR", "ACNRULE", "EVNTDESC", "SRCVAR")
    assert [row for row in rows if row[1] == "TTNT"] == [
        ("S1", "TTNT", "2024-03-01", 0.0, "THERAPY", "NEW ANTI-CANCER THERAPY", "NACTDT"),
        ("S2", "TTNT", "2024-06-20", 0.0, "DEATH", "DEATH", "DTHDT"),
        ("S3", "TTNT", "2024-07-01", 1.0, "ALIVE", "ALIVE WITHOUT NEW THERAPY", "LSTALVDT"),
    ]


def test_the_new_rule_set_and_its_switchers_come_out_as_the_page_says(study: Study) -> None:
    explained = compute_explained(open_records(study, "ADTTE", RECORDS).dataset("ADTTE"))
    sentences = dict(zip(explained["USUBJID"] + " " + explained["PARAMCD"], explained["EXPLAIN"], strict=True))
    assert sentences["S1 TTNT"] == "event on 2024-03-01: new therapy T-DXD began before death on 2024-03-01"
    switchers = compute_switchers(explained)
    longer = switchers[switchers["RULESET"] == "PFSLONG"]
    assert longer[["USUBJID", "SWITCH", "CNSR", "TO_CNSR", "TO_ADT"]].to_numpy(dtype=object).tolist() == [
        ["S2", "censored to event", 5.0, 0.0, "2024-06-20"]
    ]
