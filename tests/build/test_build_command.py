"""The command line that the stages share."""

from __future__ import annotations

from pathlib import Path

import pytest
from toy_steps import diamond

from crf2tlf.build import Options, Step, main
from crf2tlf.errors import DataError


@pytest.fixture
def specs(raw: Path) -> Path:
    """Two studies and the standards beside them."""
    for study in ("fulpyr", "pyrws"):
        (raw.parent / "specs" / study).mkdir(parents=True)
        (raw.parent / "specs" / study / "study.yaml").write_text(f"study: {study}\n", encoding="ascii")
    (raw.parent / "specs" / "standards").mkdir()
    return raw.parent / "specs"


def plan(options: Options) -> list[Step]:
    return diamond(options.build_folder, Path("raw"))


def refuse(options: Options) -> list[Step]:
    raise DataError(f"{options.study} has no data")


def interrupt(_options: Options) -> list[Step]:
    raise KeyboardInterrupt


@pytest.mark.usefixtures("specs")
def test_a_stage_is_built_into_the_folder_of_its_study() -> None:
    assert main("toy", plan, ["fulpyr"]) == 0
    assert Path("build/fulpyr/toy/adsl.txt").is_file()


@pytest.mark.usefixtures("specs")
def test_all_options_reach_the_plan() -> None:
    seen: list[Options] = []
    given = ["--raw", "raw", "--build", "elsewhere", "--jobs", "1", "--force", "--quiet", "pyrws"]

    def remember(options: Options) -> list[Step]:
        seen.append(options)
        return []

    assert main("toy", remember, given) == 0
    folder = Path("elsewhere/pyrws")
    assert seen == [Options("toy", "pyrws", Path("specs"), folder, Path("raw"), 1, quiet=True, force=True)]
    assert seen[0].study_folder == Path("specs/pyrws")


@pytest.mark.usefixtures("specs")
def test_an_unknown_study_is_refused_with_the_known_ones(capsys: pytest.CaptureFixture[str]) -> None:
    assert main("toy", plan, ["fulpir"]) == 2
    told = capsys.readouterr().err
    assert told == "there is no study 'fulpir'; did you mean 'fulpyr'?\nstudies: fulpyr, pyrws\n"


@pytest.mark.usefixtures("raw")
def test_a_call_from_elsewhere_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main("toy", plan, ["fulpyr"]) == 2
    assert capsys.readouterr().err == "there is no folder 'specs' here; run this from the project's root\n"


@pytest.mark.usefixtures("specs")
def test_a_missing_raw_folder_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main("toy", plan, ["fulpyr", "--raw", "nowhere"]) == 2
    assert capsys.readouterr().err == "there is no folder nowhere (--raw, RAW=)\n"


@pytest.mark.usefixtures("specs")
def test_building_into_the_specs_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main("toy", plan, ["fulpyr", "--build", "specs"]) == 2
    told = capsys.readouterr().err
    assert told == "specs/fulpyr is a folder of specs; choose another folder for results (--build)\n"


@pytest.mark.usefixtures("specs")
@pytest.mark.parametrize("arguments", [[], ["fulpyr", "--jobs", "0"], ["fulpyr", "--unknown"], ["fulpyr", "pyrws"]])
def test_a_wrong_call_has_exit_code_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main("toy", plan, arguments) == 2
    assert capsys.readouterr().err.startswith("usage: python -m toy")


@pytest.mark.usefixtures("specs")
def test_an_error_of_the_plan_is_told_with_its_exit_code(capsys: pytest.CaptureFixture[str]) -> None:
    assert main("toy", refuse, ["fulpyr"]) == 1
    assert capsys.readouterr().err == "fulpyr has no data\n"


@pytest.mark.usefixtures("specs")
def test_a_failed_step_gives_exit_code_1() -> None:
    Path("raw/dm.csv").unlink()
    assert main("toy", plan, ["fulpyr"]) == 1


@pytest.mark.usefixtures("specs")
def test_ctrl_c_gives_exit_code_130(capsys: pytest.CaptureFixture[str]) -> None:
    assert main("toy", interrupt, ["fulpyr"]) == 130
    assert capsys.readouterr().err == "toy: stopped; the next run goes on from here\n"
