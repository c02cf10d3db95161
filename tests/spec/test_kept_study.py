"""A checked study is kept for the stages behind `check`, and never counts for another spec."""

from __future__ import annotations

from pathlib import Path

import pytest
from toy_project import STANDARDS, copy_project, edit

from crf2tlf.errors import SpecError
from crf2tlf.spec import load
from crf2tlf.spec.__main__ import main
from crf2tlf.spec.kept import FILE, compute_spec_key, read_kept_study, write_kept_study
from crf2tlf.spec.load import load_study, study_names
from crf2tlf.spec.model import Study

ROOT = STANDARDS.parents[1]


@pytest.fixture
def checked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a project whose toy study was checked, as the working folder."""
    copy_project(tmp_path)
    monkeypatch.chdir(tmp_path)
    assert main(["check", "toy"]) == 0
    return tmp_path


def load_kept(project: Path) -> Study:
    """The toy study as a stage loads it."""
    return load_study("toy", project, project / "build" / "toy")


@pytest.mark.parametrize("name", study_names(ROOT))
def test_a_kept_study_is_the_study(name: str, tmp_path: Path) -> None:
    study = load_study(name, ROOT)
    write_kept_study(tmp_path, "key", study)
    kept = read_kept_study(tmp_path, "key", ROOT)
    assert kept == study
    assert repr(kept) == repr(study)


def test_a_stage_does_not_read_again_what_was_checked(checked: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    study = load_study("toy", checked)
    monkeypatch.setattr(load, "read_study", lambda *_: pytest.fail("the spec files were read again"))
    assert load_kept(checked) == study


def test_a_stage_reads_a_spec_that_was_not_checked(tmp_path: Path) -> None:
    copy_project(tmp_path)
    assert load_kept(tmp_path) == load_study("toy", tmp_path)
    assert not (tmp_path / "build").exists()


def test_a_spec_that_changed_since_is_read_again(checked: Path) -> None:
    edit(checked / "specs" / "toy" / "sdtm" / "DM.yaml", "{set: CHN}", "{set: JPN}")
    assert load_kept(checked) == load_study("toy", checked)


def test_a_fault_that_came_since_is_told_as_ever(checked: Path) -> None:
    edit(checked / "specs" / "toy" / "sdtm" / "DM.yaml", "{set: CHN}", "{set: CHN, fron: raw.dm.SEX}")
    with pytest.raises(SpecError) as raised:
        load_kept(checked)
    assert str(raised.value) == (
        "specs/toy/sdtm/DM.yaml:25: variables.COUNTRY.fron: 'fron' is not a known field; did you mean 'from'?\n"
        "1 fault in the spec"
    )


def test_a_file_that_is_added_or_lost_or_moved_changes_the_key(checked: Path) -> None:
    study = checked / "specs" / "toy"
    first = compute_spec_key("toy", checked)
    (study / "more.csv").write_text("A\n", encoding="utf-8")
    added = compute_spec_key("toy", checked)
    (study / "more.csv").rename(study / "most.csv")
    moved = compute_spec_key("toy", checked)
    (study / "most.csv").unlink()
    assert len({first, added, moved}) == 3
    assert compute_spec_key("toy", checked) == first


def test_a_file_behind_a_link_counts(checked: Path) -> None:
    elsewhere = checked / "shared"
    (checked / "specs" / "toy" / "sdtm").rename(elsewhere)
    (checked / "specs" / "toy" / "sdtm").symlink_to(elsewhere, target_is_directory=True)
    before = compute_spec_key("toy", checked)
    edit(elsewhere / "DM.yaml", "{set: CHN}", "{set: JPN}")
    assert compute_spec_key("toy", checked) != before


@pytest.mark.parametrize("damage", ["CHN=>JPN", "]=>", "checked=>", "\n=>"])
def test_a_kept_study_that_somebody_changed_does_not_count(checked: Path, damage: str) -> None:
    path = checked / "build" / "toy" / "spec" / FILE
    old, new = damage.split("=>")
    text = path.read_text(encoding="utf-8")
    changed = text.replace(old, new, 1) if old in text else text[:-20]
    path.write_text(changed, encoding="utf-8")
    assert read_kept_study(path.parent, compute_spec_key("toy", checked), checked) is None
    assert load_kept(checked) == load_study("toy", checked)


def test_a_wrong_spec_is_not_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    study = copy_project(tmp_path)
    edit(study / "sdtm" / "DM.yaml", "{set: CHN}", "{set: CHN, fron: raw.dm.SEX}")
    monkeypatch.chdir(tmp_path)
    assert main(["check", "toy"]) == 1
    assert not (tmp_path / "build" / "toy" / "spec" / FILE).exists()


def test_the_same_spec_is_kept_with_the_same_bytes_in_another_folder(checked: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    copy_project(other)
    write_kept_study(other, "key", load_study("toy", other))
    write_kept_study(checked, "key", load_study("toy", checked))
    assert (other / FILE).read_bytes() == (checked / FILE).read_bytes()
