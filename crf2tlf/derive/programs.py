"""Runs a study's own function, the verb `program`: rare, and with its method text in the spec."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from pathlib import Path

import pandas as pd

from crf2tlf.derive.scope import RowScope
from crf2tlf.errors import Context, ProgramError
from crf2tlf.rules.columns import Column, kind_of
from crf2tlf.rules.verbs import Program


def run_program(rule: Program, scope: RowScope) -> Column:
    """What the function gives for a frame with one column for each thing it reads, named as in the spec."""
    study = scope.study
    context = Context(study.name, scope.dataset.name, scope.variable.location, f"variables.{scope.variable.name}")
    function = _load(study.folder, rule, context)
    frame = pd.DataFrame({reference.dotted: scope.column(reference) for reference in rule.reads})
    try:
        result = function(frame)
    except Exception as error:
        raise ProgramError(f"{rule.file}:{rule.function} failed: {type(error).__name__}: {error}", context) from error
    wanted = "number" if scope.variable.is_number else "text"
    if not isinstance(result, pd.Series) or len(result) != scope.length or kind_of(result) != wanted:
        message = f"{rule.file}:{rule.function} must give a {wanted} column of {scope.length} rows"
        raise ProgramError(message, context)
    return result.reset_index(drop=True)


def _load(folder: Path, rule: Program, context: Context) -> Callable[[pd.DataFrame], pd.Series]:
    path = (folder / rule.file).resolve()
    if not path.is_relative_to((folder / "programs").resolve()) or not path.is_file():
        raise ProgramError(f"there is no {rule.file} in the study's folder", context)
    spec = importlib.util.spec_from_file_location(f"{folder.name}_{path.stem}", path)
    if spec is None or spec.loader is None:
        raise ProgramError(f"{rule.file} is no Python file", context)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    function = getattr(module, rule.function, None)
    if not callable(function):
        raise ProgramError(f"{rule.file} has no function {rule.function}", context)
    return function  # type: ignore[no-any-return]
