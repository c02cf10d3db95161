"""Checks of a file's name and header: what was found instead of what should be there."""

from __future__ import annotations

import re

from crf2tlf.tables import XptFile, XptVariable
from qc.checks import (
    Columns,
    ContainsValue,
    DatasetLabel,
    FileCheck,
    FileKnown,
    FileName,
    FilePresent,
    NameFits,
    StoredFormat,
    StoredLength,
    StoredType,
    VariableLabel,
)
from qc.files import ENCODING

DATASET_NAME = re.compile(r"[A-Z][A-Z0-9]{1,7}")
VARIABLE_NAME = re.compile(r"[A-Z][A-Z0-9_]{0,7}")
MAX_LABEL = 40


def find_file_faults(check: FileCheck, key: str, file: XptFile | None, encoding: str = ENCODING) -> list[str]:
    """What is wrong with the file of the dataset `key`, in words; empty where the check holds."""
    if file is None:
        return ["no file"] if isinstance(check, FilePresent) else []
    match check:
        case FilePresent():
            return []
        case FileKnown():
            return [f"{len(file.frame)} records"]
        case FileName():
            return file_name_faults(key, file)
        case DatasetLabel(label):
            return [f"'{file.label}'"] if file.label != label else []
        case Columns(names):
            return column_faults(names, tuple(file.frame.columns))
        case ContainsValue(variable, value, filled):
            held = file.frame.loc[(file.frame[variable] == value).fillna(False).to_numpy(dtype=bool), filled]
            return [] if bool(held.notna().any()) else [f"no record with {variable} '{value}' and {filled}"]
        case _:
            described = next(each for each in file.variables if each.name == check.variable)
            return variable_faults(check, described, file, encoding)


def file_name_faults(key: str, file: XptFile) -> list[str]:
    """Faults of the names of file and dataset (FDA and NMPA: at most 8 letters and digits, a letter first)."""
    if file.name != key:
        return [f"the file {key.lower()}.xpt holds the dataset {file.name}"]
    return [] if DATASET_NAME.fullmatch(key) else [f"the name {key}"]


def column_faults(wanted: tuple[str, ...], found: tuple[str, ...]) -> list[str]:
    """Which variables are absent, unknown or out of order."""
    absent = [name for name in wanted if name not in found]
    unknown = [name for name in found if name not in wanted]
    faults = [f"without {', '.join(absent)}"] if absent else []
    faults += [f"with {', '.join(unknown)}"] if unknown else []
    common, ordered = [name for name in found if name in wanted], [name for name in wanted if name in found]
    if common != ordered:
        first = next(place for place, (is_, should) in enumerate(zip(common, ordered, strict=True)) if is_ != should)
        faults.append(f"{common[first]} stands where {ordered[first]} should")
    return faults


def variable_faults(check: FileCheck, variable: XptVariable, file: XptFile, encoding: str) -> list[str]:
    """What is wrong with the header's description of one variable."""
    match check:
        case VariableLabel(_, label):
            return [f"'{variable.label}'"] if variable.label != label else []
        case StoredType(_, type_):
            return [variable.type] if variable.type != type_ else []
        case StoredLength(name, length):
            wanted = length if length is not None else longest_value(file, name, encoding)
            return [f"{variable.length}, not {wanted}"] if variable.length != wanted else []
        case StoredFormat(_, form):
            return [f"'{variable.format}'"] if variable.format.upper() != form.upper() else []
        case NameFits(name):
            fits = VARIABLE_NAME.fullmatch(name) and len(variable.label) <= MAX_LABEL and variable.label
            return [] if fits else [f"'{name}', label '{variable.label}'"]
        case _:
            raise TypeError(f"{check!r} is no check of a variable's header")


def longest_value(file: XptFile, name: str, encoding: str) -> int:
    """Bytes of the longest value in the encoding, at least 1; a number has 8."""
    column = file.frame[name]
    if column.dtype.kind == "f":
        return 8
    return max((len(value.encode(encoding)) for value in column.dropna().unique()), default=1)
