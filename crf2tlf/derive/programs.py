"""Runs a study's own function, the verb `program`: rare, and with its method text in the spec."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
from pandas.api.types import infer_dtype, is_bool_dtype, is_numeric_dtype

from crf2tlf.derive.scope import RowScope
from crf2tlf.errors import Context, ProgramError
from crf2tlf.rules.columns import Column, number_column, text_column
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
    column = _checked(result, scope)
    if column is None:
        wanted = "number" if scope.variable.is_number else "text"
        message = f"{rule.file}:{rule.function} must give a {wanted} column with the {scope.length} rows it was given"
        raise ProgramError(message, context)
    return column


def _checked(result: object, scope: RowScope) -> Column | None:
    """The result in the order of the rows, which a function may have sorted; None where it is not what is wanted."""
    if not isinstance(result, pd.Series) or len(result) != scope.length:
        return None
    ordered = result.sort_index()
    if not ordered.index.equals(pd.RangeIndex(scope.length)):
        return None
    if not scope.variable.is_number:
        return text_column(ordered) if infer_dtype(ordered, skipna=True) in {"string", "empty"} else None
    if not is_numeric_dtype(ordered.dtype) or is_bool_dtype(ordered.dtype):
        return None
    return number_column(ordered.to_numpy(dtype="float64", na_value=np.nan))


def _load(folder: Path, rule: Program, context: Context) -> Callable[[pd.DataFrame], pd.Series]:
    path = (folder / rule.file).resolve()
    if not path.is_relative_to((folder / "programs").resolve()) or not path.is_file():
        raise ProgramError(f"there is no {rule.file} in the study's folder", context)
    spec = importlib.util.spec_from_file_location(f"{folder.name}_{path.stem}", path)
    if spec is None or spec.loader is None:
        raise ProgramError(f"{rule.file} is no Python file", context)
    module = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        raise ProgramError(f"{rule.file} cannot be loaded: {type(error).__name__}: {error}", context) from error
    function = getattr(module, rule.function, None)
    if not callable(function):
        raise ProgramError(f"{rule.file} has no function {rule.function}", context)
    return function  # type: ignore[no-any-return]
