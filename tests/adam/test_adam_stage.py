"""The stage's own work: the files that a dataset is made from."""

from __future__ import annotations

from pathlib import Path

import pytest

from adam.datasets import Files
from adam.stage import plan
from crf2tlf.build import Options
from crf2tlf.errors import UnreadableFile
from crf2tlf.spec.model import Study


def test_a_dataset_that_is_not_built_yet_stops_with_what_to_run(pilot: Study, tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile) as caught:
        Files(tmp_path).open(pilot, "AE")
    place = pilot.sdtm["AE"].location
    assert str(caught.value) == (
        f"cdiscpilot01 AE: {tmp_path / 'sdtm' / 'ae.xpt'} does not exist.\n"
        f"  spec     {place}\n"
        "  fix      run make sdtm STUDY=cdiscpilot01"
    )


def test_a_name_that_is_no_dataset_stops(pilot: Study, tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile) as caught:
        Files(tmp_path).open(pilot, "XX")
    assert str(caught.value) == "cdiscpilot01: there is no dataset XX in the spec"


def test_each_step_reads_the_files_of_what_its_dataset_reads(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(root)
    steps = {step.name: step for step in plan(Options("adam", "cdiscpilot01", Path("specs"), tmp_path))}
    inputs = {name: {path.relative_to(tmp_path).as_posix() for path in step.inputs} for name, step in steps.items()}
    assert inputs["adam/ADSL"] >= {"sdtm/dm.xpt", "sdtm/suppdm.xpt", "sdtm/ds.xpt"}
    assert inputs["adam/ADAE"] >= {"sdtm/ae.xpt", "sdtm/suppae.xpt", "adam/adsl.xpt"}
    assert inputs["adam/ADTTE"] >= {"adam/adsl.xpt", "adam/adae.xpt"}
    assert not any("adtte.xpt" in file for files in inputs.values() for file in files)
