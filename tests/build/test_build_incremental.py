"""What is built again and what is kept."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest
from toy_steps import copy_lines, diamond, toy

from crf2tlf.build import RunSummary, Step, StepResult, run_steps
from crf2tlf.build import fingerprint as fingerprint_module
from crf2tlf.build import pool as pool_module
from crf2tlf.build.runner import summary_line

ALL = {"toy/adsl", "toy/ae", "toy/dm", "toy/ex", "toy/lb"}


def build(build_folder: Path, steps: list[Step], *, jobs: int = 1, force: bool = False) -> RunSummary:
    return run_steps("toy", "pilot", steps, build_folder=build_folder, jobs=jobs, force=force)


def tree(folder: Path) -> dict[str, bytes]:
    """Every file by its name, but the records that hold clock times."""
    clocks = {"run.json", "log.jsonl"}
    paths = [path for path in folder.rglob("*") if path.is_file() and path.name not in clocks]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def test_the_first_build_builds_all_steps(build_folder: Path, raw: Path) -> None:
    summary = build(build_folder, diamond(build_folder, raw))
    assert set(summary.built) == ALL
    assert summary.rows == {"DM": 30, "EX": 30, "AE": 30, "LB": 30, "ADSL": 30}
    assert summary.exit_code == 0


def test_a_second_build_keeps_everything_and_says_so(
    build_folder: Path, raw: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    build(build_folder, diamond(build_folder, raw))
    before = tree(build_folder)
    capsys.readouterr()
    summary = build(build_folder, diamond(build_folder, raw), jobs=2)
    assert set(summary.kept) == ALL
    assert capsys.readouterr().out == "toy: nothing to do: 5 steps are up to date\n  partial date: 5\n"
    assert tree(build_folder) == before


def test_touching_a_file_does_not_rebuild(build_folder: Path, raw: Path) -> None:
    build(build_folder, diamond(build_folder, raw))
    os.utime(raw / "dm.csv", (1, 1))
    os.utime(build_folder / "toy/dm.txt", (1, 1))
    assert build(build_folder, diamond(build_folder, raw)).built == ()


def test_a_change_that_keeps_size_and_time_rebuilds(build_folder: Path, raw: Path) -> None:
    build(build_folder, diamond(build_folder, raw))
    file = raw / "ex.csv"
    status = file.stat()
    with file.open("r+", encoding="ascii") as opened:
        opened.write("RAW")
    os.utime(file, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert (file.stat().st_size, file.stat().st_mtime_ns) == (status.st_size, status.st_mtime_ns)
    assert build(build_folder, diamond(build_folder, raw)).built == ("toy/ex", "toy/adsl")


@pytest.mark.parametrize("jobs", [1, 2])
def test_only_steps_behind_a_changed_input_are_rebuilt(build_folder: Path, raw: Path, jobs: int) -> None:
    build(build_folder, diamond(build_folder, raw))
    (raw / "ae.csv").write_text("other\n", encoding="ascii")
    summary = build(build_folder, diamond(build_folder, raw), jobs=jobs)
    assert set(summary.built) == {"toy/ae", "toy/adsl"}
    assert set(summary.kept) == {"toy/dm", "toy/ex", "toy/lb"}
    assert summary.rows == {"DM": 30, "EX": 30, "AE": 30, "LB": 30, "ADSL": 30}


def test_a_rebuilt_step_with_the_same_bytes_does_not_rebuild_those_behind_it(build_folder: Path, raw: Path) -> None:
    build(build_folder, diamond(build_folder, raw))
    steps = [replace(step, key="2") if step.name == "toy/dm" else step for step in diamond(build_folder, raw)]
    assert build(build_folder, steps).built == ("toy/dm",)


def test_a_changed_or_missing_output_is_built_again(build_folder: Path, raw: Path) -> None:
    build(build_folder, diamond(build_folder, raw))
    before = tree(build_folder)
    (build_folder / "toy/suppae.txt").write_text("edited by hand\n", encoding="ascii")
    (build_folder / "toy/lb.txt").unlink()
    assert set(build(build_folder, diamond(build_folder, raw)).built) == {"toy/ae", "toy/lb"}
    assert tree(build_folder) == before


def test_force_builds_everything(build_folder: Path, raw: Path) -> None:
    build(build_folder, diamond(build_folder, raw))
    assert set(build(build_folder, diamond(build_folder, raw), force=True).built) == ALL


def test_the_build_date_counts(build_folder: Path, raw: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    build(build_folder, diamond(build_folder, raw))
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "86400")
    assert set(build(build_folder, diamond(build_folder, raw)).built) == ALL


def test_the_version_of_a_library_counts(build_folder: Path, raw: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    build(build_folder, diamond(build_folder, raw))
    versions = fingerprint_module.library_versions() | {"pandas": "2.3.4"}
    monkeypatch.setattr(fingerprint_module, "library_versions", lambda: versions)
    assert set(build(build_folder, diamond(build_folder, raw)).built) == ALL


def test_code_counts_by_content(build_folder: Path, raw: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    code = raw.resolve().parent / "toy_stage" / "deeper"
    code.mkdir(parents=True)
    (code / "rules.py").write_text("A = 1\n", encoding="ascii")
    (code / "notes.txt").write_text("not code\n", encoding="ascii")
    monkeypatch.setattr(fingerprint_module, "PROJECT_ROOT", raw.resolve().parent)
    monkeypatch.setattr(fingerprint_module.hash_code, "__defaults__", (raw.resolve().parent,))
    steps = [replace(step, code=("toy_stage",)) for step in diamond(build_folder, raw)]
    build(build_folder, steps)
    (code / "notes.txt").write_text("changed\n", encoding="ascii")
    assert build(build_folder, steps).built == ()
    (code / "rules.py").write_text("A = 2\n", encoding="ascii")
    assert set(build(build_folder, steps).built) == ALL


def test_needs_without_inputs_count_as_inputs(build_folder: Path, raw: Path) -> None:
    first = toy("first", (raw / "dm.csv",), (build_folder / "first.txt",))
    second = replace(toy("second", (), (build_folder / "second.txt",)), needs=("toy/first",))
    assert build(build_folder, [second, first]).built == ("toy/first", "toy/second")
    (raw / "dm.csv").write_text("other\n", encoding="ascii")
    assert build(build_folder, [second, first]).built == ("toy/first", "toy/second")


def test_outputs_of_a_step_that_is_gone_are_removed(
    build_folder: Path, raw: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    steps = diamond(build_folder, raw)
    extra = toy("old", (raw / "dm.csv",), (build_folder / "old" / "old.txt",))
    build(build_folder, [*steps, extra])
    (build_folder / "kept.txt").write_text("no step wrote this\n", encoding="ascii")
    capsys.readouterr()
    build(build_folder, steps)
    assert capsys.readouterr().out.startswith("removed old/old.txt, which no step of toy writes any more\n")
    assert not (build_folder / "old").exists()
    assert not (build_folder / ".stamps/toy/old.json").exists()
    assert (build_folder / "kept.txt").exists()


def test_an_output_that_moved_to_another_step_stays(build_folder: Path, raw: Path) -> None:
    output = (build_folder / "dm.txt",)
    build(build_folder, [toy("old", (raw / "dm.csv",), output)])
    assert build(build_folder, [toy("new", (raw / "dm.csv",), output)]).built == ("toy/new",)
    assert output[0].exists()


def test_an_output_that_a_step_no_longer_writes_is_removed(build_folder: Path, raw: Path) -> None:
    both = (build_folder / "ae.txt", build_folder / "suppae.txt")
    build(build_folder, [toy("ae", (raw / "ae.csv",), both)])
    build(build_folder, [toy("ae", (raw / "ae.csv",), both[:1], key="2")])
    assert both[0].exists()
    assert not both[1].exists()


def test_a_folder_can_be_an_output_and_an_input(build_folder: Path, raw: Path) -> None:
    report = build_folder / "report"
    write = Step(
        "toy/report", copy_lines, ("r", (raw / "dm.csv",), (report / "a.txt",)), (raw / "dm.csv",), "", (report,)
    )
    read = toy("index", (report / "a.txt",), (build_folder / "index.txt",))
    pack = Step("toy/pack", copy_lines, ("p", (), (build_folder / "p.txt",)), (report,), "", (build_folder / "p.txt",))
    steps = [pack, read, write]
    assert set(build(build_folder, steps).built) == {"toy/report", "toy/index", "toy/pack"}
    assert build(build_folder, steps).built == ()
    (report / "extra.txt").write_text("not from the step\n", encoding="ascii")
    assert build(build_folder, steps).built == ("toy/report", "toy/pack")


def test_a_damaged_stamp_means_built_again(build_folder: Path, raw: Path) -> None:
    build(build_folder, diamond(build_folder, raw))
    (build_folder / ".stamps/toy/dm.json").write_text("{", encoding="ascii")
    assert build(build_folder, diamond(build_folder, raw)).built == ("toy/dm",)


def test_two_builds_in_two_folders_are_equal_byte_for_byte(raw: Path) -> None:
    one, two = Path("one"), Path("two/deeper")
    build(one, diamond(one, raw), jobs=2)
    build(two, diamond(two, raw), jobs=1)
    first, second = tree(one), tree(two)
    assert first == second
    assert len(first) == 12


def test_no_record_but_log_and_run_holds_a_clock_time(build_folder: Path, raw: Path) -> None:
    build(build_folder, diamond(build_folder, raw))
    stamp = json.loads((build_folder / ".stamps/toy/ae.json").read_text(encoding="utf-8"))
    assert sorted(stamp) == ["fingerprint", "notes", "outputs", "rows", "step"]
    assert sorted(stamp["outputs"]) == ["toy/ae.txt", "toy/suppae.txt"]
    assert sorted(stamp["fingerprint"]["inputs"]) == ["raw/ae.csv", "toy/dm.txt"]


def test_run_json_keeps_the_records_of_other_stages(build_folder: Path, raw: Path) -> None:
    build(build_folder, diamond(build_folder, raw))
    other = Step("late/x", copy_lines, ("x", (), (build_folder / "x.txt",)), (), "", (build_folder / "x.txt",))
    run_steps("late", "pilot", [other], build_folder=build_folder)
    record = json.loads((build_folder / "run.json").read_text(encoding="utf-8"))
    assert record["study"] == "pilot"
    assert sorted(record["stages"]) == ["late", "toy"]
    stage = record["stages"]["toy"]
    assert stage["status"] == "complete"
    assert sorted(stage["versions"])[:3] == ["PyYAML", "crf2tlf", "lxml"]
    assert stage["steps"]["toy/ae"]["rows"] == {"AE": 30}
    assert stage["steps"]["toy/ae"]["status"] == "built"
    assert (build_folder / "toy/ae.txt").exists()


def test_the_log_tells_why_a_step_was_built(build_folder: Path, raw: Path) -> None:
    build(build_folder, diamond(build_folder, raw))
    (raw / "ex.csv").write_text("other\n", encoding="ascii")
    build(build_folder, diamond(build_folder, raw))
    lines = [json.loads(line) for line in (build_folder / "log.jsonl").read_text(encoding="utf-8").splitlines()]
    reasons = [(line["step"], line["reason"]) for line in lines if line["event"] == "built"]
    assert reasons[5:] == [("toy/ex", "inputs raw/ex.csv changed"), ("toy/adsl", "inputs toy/ex.txt changed")]
    assert {reason for _, reason in reasons[:5]} == {"never built"}


def test_worker_processes_that_are_started_anew_build_the_same(
    build_folder: Path, raw: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    build(Path("forked"), diamond(Path("forked"), raw), jobs=2)
    monkeypatch.setattr(pool_module, "START_METHOD", "spawn")
    assert set(build(build_folder, diamond(build_folder, raw), jobs=2).built) == ALL
    assert tree(build_folder) == tree(Path("forked"))


def test_a_step_is_recorded_before_the_next_begins_in_one_process(build_folder: Path, raw: Path) -> None:
    seen = build_folder / "seen.txt"
    watch = Step("toy/watch", count_stamps, (build_folder, seen), (), "", (seen,))
    build(build_folder, [toy("first", (raw / "dm.csv",), (build_folder / "first.txt",)), watch])
    assert seen.read_text(encoding="ascii") == "first.json"


def count_stamps(folder: Path, output: Path) -> StepResult:
    """Write down which stamps there are."""
    output.write_text(" ".join(sorted(path.name for path in folder.rglob("*.json"))), encoding="ascii")
    return StepResult()


def test_the_last_line_counts_what_people_count() -> None:
    rows = {"AE": 1191, "SUPPAE": 1191}
    kept = RunSummary("sdtm", "pilot", kept=("sdtm/AE",), rows=rows)
    built = RunSummary(
        "sdtm", "pilot", ("sdtm/AE",), ("sdtm/DM",), {"sdtm/EX": "no"}, ("sdtm/TS", "sdtm/SE"), seconds=1.2
    )
    assert summary_line(kept) == "sdtm: nothing to do: 2 datasets are up to date"
    assert summary_line(replace(kept, stage="tlf", rows={})) == "tlf: nothing to do: 1 step is up to date"
    assert summary_line(built) == "sdtm: built 1 step, kept 1, 1 failed, 2 not run, 1.2 s"


def test_an_optional_output_that_is_not_written_is_no_fault_and_the_one_of_before_goes(
    build_folder: Path, raw: Path
) -> None:
    main, extra = build_folder / "toy/ae.txt", build_folder / "toy/suppae.txt"
    both = replace(toy("ae", (raw / "ae.csv",), (main, extra)), optional=(extra,))
    one = replace(both, arguments=("ae", (raw / "ae.csv",), (main,), 0.0), key="2")
    assert build(build_folder, [both]).built == ("toy/ae",)
    extra.unlink()
    assert build(build_folder, [one]).built == ("toy/ae",)
    assert not extra.exists()
    assert build(build_folder, [one]).kept == ("toy/ae",)


def test_an_optional_input_may_be_absent_and_its_coming_rebuilds(build_folder: Path, raw: Path) -> None:
    absent = raw / "suppae.csv"
    step = toy("ae", (raw / "ae.csv",), (build_folder / "toy/ae.txt",))
    step = replace(step, inputs=(*step.inputs, absent), optional=(absent,))
    assert build(build_folder, [step]).built == ("toy/ae",)
    assert build(build_folder, [step]).kept == ("toy/ae",)
    absent.write_text("now there\n", encoding="ascii")
    assert build(build_folder, [step]).built == ("toy/ae",)
