"""What can go wrong, as one tree of exceptions.

Crf2tlfError              every error that is meant for the user
├── UsageError            the command was called wrongly                         exit code 2
├── SpecError             faults of spec files, all of them at once              exit code 1
├── DataError             data that cannot be stored, joined or computed         exit code 1
│   ├── UnreadableFile    a file that is missing, damaged or not what it says
│   └── ValueDoesNotFit   a value, name or label that a file format cannot hold
└── ProgramError          a rule or a study's own program failed                 exit code 1

Faults of data that do not stop a study (a partial date, an unknown unit) are no exceptions: they are rows
of the issues table, see `crf2tlf.derive.issues`.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

MAX_SUBJECTS_SHOWN = 5


@dataclass(frozen=True, order=True)
class Location:
    """A line of a file; `path` is relative to the project's root, `line` counts from 1."""

    path: str
    line: int

    def __str__(self) -> str:
        return f"{self.path}:{self.line}"


@dataclass(frozen=True, order=True)
class Fault:
    """One mistake in a spec file: where it stands, what it is and what to do."""

    location: Location
    where: str
    message: str
    hint: str = ""

    def __str__(self) -> str:
        place = f"{self.location}: {self.where}: " if self.where else f"{self.location}: "
        return place + self.message + (f"; {self.hint}" if self.hint else "")


class Crf2tlfError(Exception):
    """The base of every error that is meant for the user."""

    exit_code = 1


class UsageError(Crf2tlfError):
    """The command was called wrongly: an unknown study, option or folder."""

    exit_code = 2


class SpecError(Crf2tlfError):
    """Faults of spec files; `faults` holds all of them, sorted by file and line."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(sorted(set(faults)))
        count = len(self.faults)
        lines = [str(fault) for fault in self.faults]
        super().__init__("\n".join([*lines, f"{count} fault{'s' if count != 1 else ''} in the spec"]))


@dataclass(frozen=True)
class Example:
    """One record that shows an error: the subject and the values that matter."""

    subject: str
    values: str


@dataclass(frozen=True)
class Context:
    """Whom an error concerns: study, dataset, spec line, examples and what to do."""

    study: str = ""
    dataset: str = ""
    location: Location | None = None
    where: str = ""
    examples: Sequence[Example] = field(default_factory=tuple)
    fix: str = ""


class DataError(Crf2tlfError):
    """Data that cannot be stored, joined or computed."""

    def __init__(self, message: str, context: Context | None = None) -> None:
        self.context = context or Context()
        super().__init__(describe(message, self.context))


class UnreadableFile(DataError):
    """A file that is missing, damaged or not in the format it is said to have."""


class ValueDoesNotFit(DataError):
    """A value, name or label that a file format cannot hold."""


class ProgramError(DataError):
    """A rule or a study's own program failed or broke its promise."""


def describe(message: str, context: Context) -> str:
    """The text of an error: study and dataset, spec line, at most five subjects, and what to do."""
    head = " ".join(part for part in (context.study, context.dataset) if part)
    lines = [f"{head}: {message}" if head else message]
    if context.location is not None:
        lines.append(f"  spec     {context.location}  {context.where}".rstrip())
    lines += [f"  subject  {example.subject}: {example.values}" for example in context.examples[:MAX_SUBJECTS_SHOWN]]
    if context.fix:
        lines.append(f"  fix      {context.fix}")
    return "\n".join(lines)


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """The hint "did you mean 'X'?" for the closest known word, or an empty text."""
    by_upper = {name.upper(): name for name in known}
    close = difflib.get_close_matches(word.upper(), by_upper, n=1, cutoff=0.7)
    return f"did you mean '{by_upper[close[0]]}'?" if close else ""
