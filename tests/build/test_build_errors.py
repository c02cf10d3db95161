"""What a build refuses, and how it tells of failures."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from toy_steps import diamond, end_worker, fail_by_mistake, fail_with_message, toy, write_nothing

from crf2tlf.build import RunSummary, Step, StepResult, run_steps
from crf2tlf.build.folder import lock_folder, remove_labels
from crf2tlf.errors import ProgramError, UsageError


def build(build_folder: Path, steps: list[Step], jobs: int = 1) -> RunSummary:
    return run_steps("toy", "pilot", steps, build_folder=build_folder, jobs=jobs)


def broken(steps: list[Step], name: str, step: Step) -> list[Step]:
    """The steps with one of them replaced; name, inputs and outputs stay."""
    return [replace(old, run=step.run, arguments=step.arguments, key="x") if old.name == name else old for old in steps]


def refusal(build_folder: Path, steps: list[Step]) -> str:
    with pytest.raises(ProgramError) as caught:
        build(build_folder, steps)
    assert not build_folder.exists()
    return str(caught.value)


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_failed_step_stops_only_those_that_need_it(
    build_folder: Path, raw: Path, jobs: int, capsys: pytest.CaptureFixture[str]
) -> None:
    failing = Step("toy/x", fail_with_message, ("pilot AE: 2 of 5 records have no subject.",))
    summary = build(build_folder, broken(diamond(build_folder, raw), "toy/ae", failing), jobs)
    assert set(summary.built) == {"toy/dm", "toy/ex", "toy/lb"}
    assert summary.failed == {"toy/ae": "pilot AE: 2 of 5 records have no subject."}
    assert summary.not_run == ("toy/adsl",)
    assert summary.exit_code == 1
    told = capsys.readouterr()
    assert "toy/ae  failed\n" in told.out
    assert "toy/adsl  not run: needs toy/ae\n" in told.out
    assert "toy: built 3 steps, 1 failed, 1 not run, " in told.out
    assert told.err == "pilot AE: 2 of 5 records have no subject.\n"


def test_a_failed_step_leaves_nothing_out_of_date_behind(build_folder: Path, raw: Path) -> None:
    steps = diamond(build_folder, raw)
    build(build_folder, steps)
    build(build_folder, broken(steps, "toy/ae", Step("toy/x", fail_with_message, ("no",))))
    written = sorted(path.name for path in (build_folder / "toy").iterdir())
    assert written == ["dm.txt", "ex.txt", "lb.txt"]
    record = json.loads((build_folder / "run.json").read_text(encoding="utf-8"))["stages"]["toy"]
    assert record["status"] == "failed"
    assert record["steps"]["toy/ae"]["error"] == "no"
    assert record["steps"]["toy/adsl"] == {"status": "not run", "seconds": 0.0, "error": "needs toy/ae"}
    assert set(build(build_folder, steps).built) == {"toy/ae", "toy/adsl"}


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_fault_of_the_program_is_told_with_its_traceback(
    build_folder: Path, raw: Path, jobs: int, capsys: pytest.CaptureFixture[str]
) -> None:
    steps = broken(diamond(build_folder, raw), "toy/lb", Step("toy/x", fail_by_mistake, ("",)))
    summary = build(build_folder, steps, jobs)
    assert summary.failed == {"toy/lb": "pilot toy/lb: the program failed with KeyError: 'AESTDTC'"}
    told = capsys.readouterr().err
    assert told.startswith("Traceback (most recent call last):\n")
    assert told.endswith("\npilot toy/lb: the program failed with KeyError: 'AESTDTC'\n")


def test_a_step_that_does_not_write_its_output_fails(build_folder: Path) -> None:
    step = Step("toy/ae", write_nothing, outputs=(build_folder / "ae.txt",))
    assert build(build_folder, [step]).failed == {"toy/ae": "pilot toy/ae: it ended without writing ae.txt"}


def link_outside(output: Path) -> StepResult:
    """Put a link to a file elsewhere where the output belongs."""
    output.symlink_to(Path("raw/dm.csv").resolve())
    return StepResult()


def test_a_step_that_writes_through_a_link_fails(build_folder: Path, raw: Path) -> None:
    step = Step("toy/ae", link_outside, (build_folder / "ae.txt",), outputs=(build_folder / "ae.txt",))
    assert build(build_folder, [step]).failed == {
        "toy/ae": "pilot toy/ae: it wrote outside the build folder: build/pilot/ae.txt"
    }
    assert (raw / "dm.csv").read_text(encoding="ascii") == "raw dm\n"
    assert not (build_folder / "ae.txt").is_symlink()


def return_nothing() -> StepResult:
    return None  # type: ignore[return-value]


def test_a_step_that_returns_something_else_fails(build_folder: Path) -> None:
    failed = build(build_folder, [Step("toy/ae", return_nothing)]).failed
    assert failed == {"toy/ae": "pilot toy/ae: return_nothing returned NoneType, not StepResult"}


def test_a_missing_input_file_is_named(build_folder: Path, raw: Path) -> None:
    (raw / "ex.csv").unlink()
    summary = build(build_folder, diamond(build_folder, raw))
    assert summary.failed == {
        "toy/ex": "pilot toy/ex: there is no raw/ex.csv\n"
        "  fix      put the file there, or name its folder with RAW= (--raw) where it is raw data"
    }
    assert summary.not_run == ("toy/adsl",)


def test_a_worker_that_is_killed_fails_the_build(build_folder: Path, raw: Path) -> None:
    steps = broken(diamond(build_folder, raw), "toy/ae", Step("toy/x", end_worker))
    summary = build(build_folder, steps, jobs=2)
    assert summary.failed["toy/ae"] == (
        "pilot toy/ae: its worker process, or one beside it, was ended from outside (out of memory?)\n"
        "  fix      build again with --jobs 1"
    )
    assert "toy/adsl" in summary.not_run
    assert summary.exit_code == 1


def test_a_step_that_cannot_travel_to_a_worker_fails(build_folder: Path, raw: Path) -> None:
    steps = broken(diamond(build_folder, raw), "toy/lb", Step("toy/x", lambda: StepResult()))
    text = build(build_folder, steps, jobs=2).failed["toy/lb"]
    assert text.startswith("pilot toy/lb: it could not be run in a worker process: ")


def test_steps_that_wait_for_each_other_are_named(build_folder: Path, raw: Path) -> None:
    file = {name: build_folder / f"{name}.txt" for name in ("dm", "ae", "ex")}
    steps = [
        toy("ex", (file["ae"],), (file["ex"],)),
        toy("dm", (file["ex"], raw / "dm.csv"), (file["dm"],)),
        replace(toy("ae", (), (file["ae"],)), needs=("toy/dm",)),
    ]
    text = refusal(build_folder, steps)
    assert text == "pilot: these steps wait for each other: toy/ae -> toy/ex -> toy/dm -> toy/ae"


def test_an_unknown_need_is_refused_with_a_hint(build_folder: Path) -> None:
    steps = [Step("toy/ADSL", write_nothing), Step("toy/ADTTE", write_nothing, needs=("toy/ADLS",))]
    text = refusal(build_folder, steps)
    assert text == "pilot: step 'toy/ADTTE' needs the unknown step 'toy/ADLS'; did you mean 'toy/ADSL'?"


@pytest.mark.parametrize("name", ["ae", "adam/ae", "toy/", "toy/../x", "toy//x", "toy/.x"])
def test_a_wrong_step_name_is_refused(build_folder: Path, name: str) -> None:
    text = refusal(build_folder, [Step(name, write_nothing)])
    assert text == f"pilot: step '{name}' of stage toy is not named 'toy/<what>'"


def test_two_steps_of_one_name_are_refused(build_folder: Path) -> None:
    text = refusal(build_folder, [Step("toy/AE", write_nothing), Step("toy/ae", write_nothing)])
    assert text == "pilot: two steps are named 'toy/AE' and 'toy/ae'"


@pytest.mark.parametrize("output", ["/elsewhere/ae.txt", "build/other/ae.txt", "build/pilot/../ae.txt", "build/pilot"])
def test_an_output_outside_the_build_folder_is_refused(build_folder: Path, output: str) -> None:
    text = refusal(build_folder, [toy("ae", (), (Path(output),))])
    assert text == f"pilot: step 'toy/ae' would write outside the build folder: {output}"


def test_an_output_behind_a_link_out_of_the_build_folder_is_refused(build_folder: Path, raw: Path) -> None:
    build_folder.mkdir(parents=True)
    (build_folder / "sdtm").symlink_to(raw.resolve())
    with pytest.raises(ProgramError) as caught:
        build(build_folder, [toy("dm", (), (build_folder / "sdtm" / "dm.csv",))])
    assert str(caught.value) == ("pilot: step 'toy/dm' would write outside the build folder: build/pilot/sdtm/dm.csv")
    assert (raw / "dm.csv").read_text(encoding="ascii") == "raw dm\n"


@pytest.mark.parametrize("output", ["run.json", "log.jsonl", ".stamps/toy/x.json"])
def test_an_output_over_the_records_of_the_build_is_refused(build_folder: Path, output: str) -> None:
    text = refusal(build_folder, [toy("ae", (), (build_folder / output,))])
    assert text == f"pilot: step 'toy/ae' would write a file of the step runner: build/pilot/{output}"


def test_one_output_of_two_steps_is_refused(build_folder: Path) -> None:
    output = (build_folder / "ae.txt",)
    text = refusal(build_folder, [toy("ae", (), output), toy("ce", (), output)])
    assert text == "pilot: steps 'toy/ae' and 'toy/ce' both write build/pilot/ae.txt"


def test_an_output_inside_the_folder_of_another_step_is_refused(build_folder: Path) -> None:
    steps = [toy("docs", (), (build_folder / "docs",)), toy("ae", (), (build_folder / "docs" / "sub" / "ae.txt",))]
    text = refusal(build_folder, steps)
    assert text == "pilot: step 'toy/ae' would write ae.txt into a folder that step 'toy/docs' writes"


def test_a_stamp_cannot_make_the_build_remove_files_elsewhere(build_folder: Path, raw: Path) -> None:
    build_folder.mkdir(parents=True)
    (build_folder / "link").symlink_to(raw.resolve())
    labels = ["../../raw/dm.csv", str((raw / "dm.csv").resolve()), "link/dm.csv", "", ".", "run.json"]
    (build_folder / "run.json").write_text("{}", encoding="ascii")
    assert remove_labels(build_folder, labels) == []
    assert (raw / "dm.csv").exists()
    assert (build_folder / "run.json").exists()


def test_a_second_build_of_the_same_folder_waits_and_then_gives_up(build_folder: Path) -> None:
    told: list[str] = []
    with lock_folder(build_folder, told.append):
        process = (build_folder / ".lock").read_text(encoding="ascii").strip()
        with pytest.raises(UsageError) as caught, lock_folder(build_folder, told.append, seconds=0.2):
            pass
    assert told == [f"build/pilot: waiting for another build (process {process}) to end"]
    assert str(caught.value) == (
        f"build/pilot: another build (process {process}) has held this folder for 0 s; "
        "wait for it or stop it, then build again"
    )
    with lock_folder(build_folder, told.append, seconds=0):
        assert len(told) == 1


def test_the_build_ends_with_the_same_summary_from_worker_processes(build_folder: Path, raw: Path) -> None:
    parallel = build(build_folder, diamond(build_folder, raw), jobs=2)
    serial = run_steps("toy", "pilot", diamond(Path("two"), raw), build_folder=Path("two"), jobs=1)
    assert replace(parallel, seconds=0.0) == replace(serial, seconds=0.0)
