"""What a run tells: lines or a moving progress for people, log.jsonl and run.json for programs.

These two files are the only ones of a build that hold clock times.
"""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from crf2tlf.build.folder import LOG, RUN_RECORD
from crf2tlf.tables.atomic import write_text

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID


def clock() -> str:
    """The time of day, in UTC, ISO 8601 with milliseconds."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


class Log:
    """Appends one JSON line per event to the log of a build folder."""

    def __init__(self, build_folder: Path, stage: str) -> None:
        self.path = build_folder / LOG
        self.stage = stage
        # A killed build may have left half a line.
        if self.path.exists() and not self.path.read_bytes().endswith(b"\n"):
            self._append("\n")

    def write(self, event: str, **facts: Any) -> None:
        """Append an event with the time, the stage and its facts (empty ones are left out)."""
        told = {name: fact for name, fact in facts.items() if fact not in ("", None, {}, [])}
        self._append(json.dumps({"time": clock(), "stage": self.stage, "event": event, **told}) + "\n")

    def _append(self, text: str) -> None:
        with self.path.open("a", encoding="utf-8", newline="\n") as file:
            file.write(text)


def write_run_record(build_folder: Path, study: str, stage: str, record: dict[str, Any]) -> None:
    """Put the record of one stage's run into run.json, beside those of the other stages."""
    path = build_folder / RUN_RECORD
    try:
        stages = dict(json.loads(path.read_text(encoding="utf-8"))["stages"])
    except (OSError, ValueError, KeyError, TypeError):
        stages = {}
    stages[stage] = record
    write_text(path, json.dumps({"study": study, "stages": stages}, indent=1) + "\n")


class Console:
    """Tells people how a run goes: moving progress on a terminal, plain lines elsewhere and with `quiet`."""

    def __init__(self, stage: str, total: int, quiet: bool) -> None:
        self.stage = stage
        self.total = total
        self.moving = not quiet and total > 1 and sys.stdout.isatty()
        self._progress: Progress | None = None
        self._task: TaskID | None = None
        self._running: list[str] = []

    def __enter__(self) -> Self:
        if self.moving:
            # Imported here: a tenth of a second that a log does not need.
            from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

            columns = (BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TextColumn("{task.description}"))
            self._progress = Progress(*columns, transient=True)
            self._progress.start()
            self._task = self._progress.add_task(self.stage, total=self.total)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._progress is not None:
            self._progress.stop()

    def begin(self, name: str) -> None:
        """A step has begun."""
        self._running.append(name)
        self._move(0)

    def end(self, name: str, line: str) -> None:
        """A step has ended; `line` says how, an empty one says nothing."""
        if name in self._running:
            self._running.remove(name)
        self._move(1)
        if line and self._progress is not None:
            self._progress.console.print(line, markup=False, highlight=False)
        elif line:
            tell(line)

    def _move(self, steps: int) -> None:
        if self._progress is not None and self._task is not None:
            self._progress.update(self._task, advance=steps, description=", ".join(self._running))


def tell(line: str) -> None:
    """Print a line, seen at once also where the output is a file."""
    print(line, flush=True)


def tell_error(text: str) -> None:
    """Print the text of an error to the standard error stream."""
    print(text, file=sys.stderr, flush=True)


def count_text(count: int, noun: str) -> str:
    """A number with its noun: '1 row', '1,191 rows'."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def built_line(name: str, rows: dict[str, int], seconds: float) -> str:
    """The line about a step that was built: 'sdtm/AE  AE 1,191 rows, SUPPAE 1,191 rows  0.42 s'."""
    what = ", ".join(f"{dataset} {count_text(count, 'row')}" for dataset, count in rows.items())
    return "  ".join(part for part in (name, what, f"{seconds:.2f} s") if part)
