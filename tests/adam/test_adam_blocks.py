"""ADaM that is derived in blocks of subjects has the files of one that is derived whole."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from known_truth import build_known_truth

import adam.blocks
from adam.blocks import EVERY, Blocks, find_edges, find_rows
from adam.datasets import Files
from adam.stage import plan
from crf2tlf.build import Options, run_steps
from crf2tlf.rules.columns import text_column
from crf2tlf.spec.model import Study
from crf2tlf.tables import XptVariable, read_parquet, write_xpt


def build(root: Path, folder: Path, study: str) -> dict[str, bytes]:
    """Every file of the ADaM folder by name."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(root)
        steps = plan(Options("adam", study, Path("specs"), folder))
        summary = run_steps("adam", study, steps, build_folder=folder, jobs=1, quiet=True)
    assert summary.failed == {}
    files = [path for path in (folder / "adam").rglob("*") if path.is_file()]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def require_same_files(root: Path, study: str, folder: Path, patch: pytest.MonkeyPatch) -> None:
    size = sum(file.stat().st_size for file in (folder / "whole" / "sdtm").glob("*.xpt"))
    whole = build(root, folder / "whole", study)
    assert not (folder / "whole" / "blocks").exists()
    patch.setattr(adam.blocks, "BLOCK_BYTES", size // 4)
    split = build(root, folder / "split", study)
    assert len(list((folder / "split" / "blocks" / "adam" / "ADSL").iterdir())) > 2
    assert sorted(split) == sorted(whole)
    assert [name for name in whole if split[name] != whole[name]] == []


@pytest.mark.public_data
def test_blocks_of_subjects_give_the_files_of_the_whole_study(
    root: Path, pilot: Study, pilot_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("whole", "split"):
        shutil.copytree(pilot_data / "sdtm", tmp_path / name / "sdtm")
    require_same_files(root, pilot.name, tmp_path, monkeypatch)


@pytest.mark.slow
def test_blocks_of_subjects_give_the_same_responses_referee_and_explanations(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    built = build_known_truth(root, "fulpyr", tmp_path / "faulty", "--subjects", "60").folder / "fulpyr" / "sdtm"
    for name in ("whole", "split"):
        shutil.copytree(built, tmp_path / name / "sdtm")
    require_same_files(root, "fulpyr", tmp_path, monkeypatch)


def write_file(folder: Path, name: str, **columns: object) -> Path:
    """A transport file of texts."""
    path = folder / "sdtm" / f"{name}.xpt"
    path.parent.mkdir(parents=True, exist_ok=True)
    frame = pd.DataFrame({key: text_column(values) for key, values in columns.items()})
    write_xpt(path, frame, name=name.upper(), label=name, variables=[XptVariable(key, "text", 8, key) for key in frame])
    return path


def test_the_rows_of_a_block_need_not_stand_together(pilot: Study, tmp_path: Path) -> None:
    blocks = Blocks(tmp_path / "blocks", 2)
    dm = write_file(tmp_path, "dm", USUBJID=["04", "01", "03", "02"])
    ae = write_file(tmp_path, "ae", USUBJID=["01", "03", "03", "02", "04"], AETERM=["a", "b", "c", "d", "e"])
    ts = write_file(tmp_path, "ts", TSPARMCD=["TITLE", "PHASE"])
    find_edges(pilot, dm, blocks)
    for path in (dm, ae, ts):
        find_rows(pilot, path, blocks)
    assert read_parquet(blocks.edges)["FIRST"].tolist() == ["03"]
    assert blocks.runs(ae, 0) == ((0, 1), (3, 4))
    assert blocks.runs(ae, 1) == ((1, 3), (4, 5))
    assert read_parquet(blocks.rows(ts)).to_numpy().tolist() == [[EVERY, 0, 2]]
    source = Files(tmp_path, {"AE": ("AETERM",)}, blocks, 1).open(pilot, "AE")
    assert source.column("AETERM").tolist() == ["b", "c", "e"]
    np.testing.assert_array_equal(source.places().rows, [2, 3, 5])
