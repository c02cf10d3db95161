"""One mistake in a spec file gives one message, with its file and line."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from toy_project import copy_project, edit, read_faults

MISTAKES: list[dict[str, str]] = yaml.safe_load(
    (Path(__file__).parent / "mistakes" / "mistakes.yaml").read_text(encoding="utf-8")
)


@pytest.mark.parametrize("mistake", MISTAKES, ids=[each["mistake"].replace(" ", "_") for each in MISTAKES])
def test_one_mistake_gives_one_message(mistake: dict[str, str], tmp_path: Path) -> None:
    file = copy_project(tmp_path) / mistake["file"]
    if "whole" in mistake:
        file.write_text(mistake["whole"], encoding="utf-8")
    else:
        edit(file, mistake["old"], mistake["new"])
    assert read_faults(tmp_path) == [mistake["fault"]]


def test_every_mistake_has_a_name_of_its_own() -> None:
    names = [mistake["mistake"] for mistake in MISTAKES]
    assert sorted(set(names)) == sorted(names)


def test_nothing_that_a_spec_says_is_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    study = copy_project(tmp_path)
    edit(study / "sdtm" / "DM.yaml", "{set: CHN}", "{calc: \"__import__('os').system('touch owned')\"}")
    edit(study / "sdtm" / "AE.yaml", "{set: AE}", "!!python/object/apply:os.system ['touch owned']")
    assert len(read_faults(tmp_path)) == 2
    assert not (tmp_path / "owned").exists()
