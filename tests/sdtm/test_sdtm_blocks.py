"""A study that is split into blocks of subjects on disk has the files of one that is derived whole."""

from __future__ import annotations

from pathlib import Path

import pytest

import sdtm.blocks
from crf2tlf.build import Options, run_steps
from crf2tlf.spec.model import Study
from sdtm.stage import plan

pytestmark = pytest.mark.public_data


def build(root: Path, folder: Path, study: str, raw: Path | None = None) -> dict[str, bytes]:
    """Every file of the SDTM folder by name."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(root)
        steps = plan(Options("sdtm", study, Path("specs"), folder, raw))
        summary = run_steps("sdtm", study, steps, build_folder=folder, jobs=1, quiet=True)
    assert summary.failed == {}
    files = [path for path in (folder / "sdtm").rglob("*") if path.is_file()]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def test_three_blocks_on_disk_give_the_files_of_the_whole_study(
    root: Path, pilot: Study, pilot_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    size = sum(file.stat().st_size for file in (pilot_data / "raw").iterdir())
    whole = build(root, tmp_path / "whole", pilot.name)
    assert not (tmp_path / "whole" / "blocks").exists()
    monkeypatch.setattr(sdtm.blocks, "BLOCK_BYTES", size // 3 + 1)
    split = build(root, tmp_path / "split", pilot.name)
    assert len(list((tmp_path / "split" / "blocks" / "dm").iterdir())) == 3
    assert sorted(split) == sorted(whole)
    assert [name for name in whole if split[name] != whole[name]] == []
