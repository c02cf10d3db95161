"""What a stage can build, and in which order."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Any

from crf2tlf.build.folder import RESERVED, absolute, label_path, resolve_inside
from crf2tlf.errors import Context, ProgramError, did_you_mean

NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*(/[A-Za-z0-9_][A-Za-z0-9_.-]*)+")


@dataclass(frozen=True)
class StepResult:
    """What a step has to say: rows per dataset written, and counts worth telling (issues by rule)."""

    rows: Mapping[str, int] = field(default_factory=dict)
    notes: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Step:
    """One unit of work: a function of files that writes files.

    name       "<stage>/<what>", unique in the stage without regard to case: 'sdtm/AE'
    run        a function at the top level of a module (it travels to worker processes); called with `arguments`
    inputs     files or folders whose content decides; may be outputs of other steps, which then come first
    key        a hash of everything else that decides: the part of the spec, the parameters
    outputs    files (or folders, as a whole) that `run` writes with `tables.atomic_path`, all in the build folder
    needs      names of steps that come first and whose outputs count as inputs
    code       folders below the project's root whose Python files count: ('crf2tlf', 'sdtm')
    optional   inputs and outputs that need not be there: a dataset without records has no file. A run that does not
               write an optional output removes the one of before
    """

    name: str
    run: Callable[..., StepResult]
    arguments: tuple[Any, ...] = ()
    inputs: tuple[Path, ...] = ()
    key: str = ""
    outputs: tuple[Path, ...] = ()
    needs: tuple[str, ...] = ()
    code: tuple[str, ...] = ()
    optional: tuple[Path, ...] = ()


def order_steps(stage: str, study: str, steps: Sequence[Step], build_folder: Path) -> dict[str, tuple[str, ...]]:
    """Each step's name with the names of the steps that come before it, sorted so that those stand first.

    Raises ProgramError for a wrong or repeated name, an unknown need, an output outside the build folder, an output
    of two steps, and for steps that wait for each other.
    """
    check_names(stage, study, steps)
    owners = check_outputs(study, steps, build_folder)
    fillers = _fillers(owners)
    before = {step.name: tuple(sorted(set(step.needs) | _producers(step, owners, fillers))) for step in steps}
    try:
        order = tuple(TopologicalSorter(before).static_order())
    except CycleError as error:
        raise _fault(study, f"these steps wait for each other: {_cycle_text(error.args[1])}") from None
    return {name: before[name] for name in order}


def check_names(stage: str, study: str, steps: Sequence[Step]) -> None:
    """Raise ProgramError for a step name that is malformed, of another stage or used twice, and for unknown needs."""
    seen: dict[str, str] = {}
    for step in steps:
        if not step.name.startswith(f"{stage}/") or not NAME.fullmatch(step.name):
            raise _fault(study, f"step '{step.name}' of stage {stage} is not named '{stage}/<what>'")
        # Names become file names, and some file systems take AE and ae for the same file.
        if step.name.lower() in seen:
            raise _fault(study, f"two steps are named '{seen[step.name.lower()]}' and '{step.name}'")
        seen[step.name.lower()] = step.name
    known = set(seen.values())
    for step in steps:
        for need in sorted(set(step.needs) - known):
            hint = did_you_mean(need, known)
            raise _fault(study, f"step '{step.name}' needs the unknown step '{need}'" + (f"; {hint}" if hint else ""))


def check_outputs(study: str, steps: Sequence[Step], build_folder: Path) -> dict[Path, str]:
    """The step that writes each output; raises ProgramError where outputs are misplaced or overlap."""
    owners: dict[Path, str] = {}
    for step in steps:
        for output in step.outputs:
            path = resolve_inside(build_folder, output)
            if path is None:
                raise _fault(study, f"step '{step.name}' would write outside the build folder: {output}")
            if label_path(path, build_folder).split("/")[0] in RESERVED:
                raise _fault(study, f"step '{step.name}' would write a file of the step runner: {output}")
            if path in owners:
                raise _fault(study, f"steps '{owners[path]}' and '{step.name}' both write {output}")
            owners[path] = step.name
    for path, name in owners.items():
        inside = next((owners[folder] for folder in path.parents if folder in owners), None)
        if inside is not None:
            raise _fault(study, f"step '{name}' would write {path.name} into a folder that step '{inside}' writes")
    return owners


def _fillers(owners: Mapping[Path, str]) -> dict[Path, set[str]]:
    """The steps that write into each folder, however deep."""
    found: dict[Path, set[str]] = {}
    for output, name in owners.items():
        for folder in output.parents:
            found.setdefault(folder, set()).add(name)
    return found


def _producers(step: Step, owners: Mapping[Path, str], fillers: Mapping[Path, set[str]]) -> set[str]:
    """The steps that write an input, a folder around it, or into it: an input may be a folder that others fill."""
    inputs = [absolute(path).resolve() for path in step.inputs]
    found = {owners[path] for given in inputs for path in (given, *given.parents) if path in owners}
    return found.union(*(fillers.get(given, set()) for given in inputs))


def _cycle_text(cycle: Iterable[str]) -> str:
    names = list(cycle)[:-1]
    first = names.index(min(names))
    turned = names[first:] + names[:first]
    return " -> ".join([*turned, turned[0]])


def _fault(study: str, message: str) -> ProgramError:
    return ProgramError(message, Context(study=study))
