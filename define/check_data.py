"""The document held against the datasets: what is described is there, as described."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd

from crf2tlf.tables import XptFile, XptVariable
from define.check_columns import check_column, shown
from define.check_values import check_value_list
from define.document import Document, Element, attribute, description, full
from define.findings import Finding, found

NUMBERS = ("integer", "float")
PAIRS = {"PARAMCD": "PARAM", "QNAM": "QLABEL", "TSPARMCD": "TSPARM"}


def check_data(document: Document, files: Mapping[str, XptFile]) -> Iterator[Finding]:
    """Findings of every dataset against its file, by dataset name."""
    described = {attribute(group, "Name"): group for group in document.groups.values()}
    for name in files:
        if name not in described:
            yield found("DEF030", name, "the file is not described")
    for name, group in described.items():
        no_data = attribute(group, "def:HasNoData") == "Yes"
        if name in files:
            yield from _check_dataset(document, group, files[name], no_data)
        elif not no_data:
            yield found("DEF030", attribute(group, "OID"), "there is no file of this dataset")


def _check_dataset(document: Document, group: Element, file: XptFile, no_data: bool) -> Iterator[Finding]:
    oid = attribute(group, "OID")
    if description(group) != file.label:
        yield found("DEF032", oid, f"the description is '{description(group)}', the label of the file '{file.label}'")
    if no_data != (len(file.frame) == 0):
        yield found("DEF037", oid, f"the file has {len(file.frame)} records, def:HasNoData is {no_data}")
    refs = _in_order(document, group)
    names = [attribute(item, "Name") for _, item in refs]
    written = [variable.name for variable in file.variables]
    if names != written:
        yield _other_variables(oid, names, written)
    variables = {variable.name: variable for variable in file.variables}
    for ref, item in refs:
        name = attribute(item, "Name")
        if name in variables:
            yield from _check_variable(item, variables[name])
            yield from _check_missing(ref, item, file.frame[name])
            yield from check_column(document, item, file.frame[name])
            values = document.values_of(item)
            if values is not None:
                yield from check_value_list(document, item, values, file.frame)
    yield from _check_keys(oid, refs, file.frame)
    yield from _check_pairs(oid, attribute(group, "Domain"), file.frame)


def _in_order(document: Document, group: Element) -> list[tuple[Element, Element]]:
    refs = list(document.refs(group))
    numbers = [attribute(ref, "OrderNumber") for ref, _ in refs]
    if not all(number.isdecimal() for number in numbers):
        return refs
    return [refs[place] for place in np.argsort([int(number) for number in numbers], kind="stable")]


def _other_variables(oid: str, names: list[str], written: list[str]) -> Finding:
    absent = [name for name in names if name not in written]
    extra = [name for name in written if name not in names]
    parts = []
    if absent:
        parts.append(f"{', '.join(absent)} not in the file")
    if extra:
        parts.append(f"{', '.join(extra)} not in the document")
    if not parts:
        first = next(place for place, name in enumerate(names) if name != written[place])
        parts.append(f"another order from {names[first]} on")
    return found("DEF031", oid, "the variables differ: " + "; ".join(parts))


def _check_variable(item: Element, variable: XptVariable) -> Iterator[Finding]:
    oid, type_, length = attribute(item, "OID"), attribute(item, "DataType"), attribute(item, "Length")
    if description(item) != variable.label:
        yield found(
            "DEF032", oid, f"the description is '{description(item)}', the label of the file '{variable.label}'"
        )
    if (type_ in NUMBERS) != (variable.type == "number"):
        yield found("DEF033", oid, f"the data type is {type_}, the file has {variable.type}")
    elif type_ == "text" and length != str(variable.length):
        yield found("DEF034", oid, f"the Length is {length}, that of the file {variable.length}")
    given = attribute(item, "def:DisplayFormat").upper()
    if variable.type == "number" and given != variable.format.upper():
        yield found("DEF044", oid, f"the display format is '{given}', that of the file '{variable.format}'")


def _check_missing(ref: Element, item: Element, column: pd.Series) -> Iterator[Finding]:
    oid, missing = attribute(item, "OID"), int(column.isna().sum())
    if attribute(ref, "Mandatory") == "Yes" and missing:
        yield found("DEF036", oid, f"the variable is mandatory and missing in {missing} of {len(column)} records")
    empty = len(column) > 0 and missing == len(column)
    if len(column) and empty != (attribute(ref, "def:HasNoData") == "Yes"):
        word = "is missing in every record and has no" if empty else "has values and"
        yield found("DEF037", oid, f"the variable {word} def:HasNoData")


def _check_keys(oid: str, refs: list[tuple[Element, Element]], frame: pd.DataFrame) -> Iterator[Finding]:
    numbered = [(attribute(ref, "KeySequence"), attribute(item, "Name")) for ref, item in refs]
    keys = [name for number, name in sorted(numbered, key=lambda each: (len(each[0]), each[0])) if number]
    if not keys or not set(keys) <= set(frame.columns):
        return
    repeated = frame.duplicated(subset=keys, keep=False)
    if repeated.any():
        examples = frame.loc[repeated, keys].drop_duplicates().head(1)
        values = ", ".join(f"{name} {shown(examples[name].iloc[0])}" for name in keys)
        yield found("DEF035", oid, f"{int(repeated.sum())} records do not differ in their keys, such as {values}")


def _check_pairs(oid: str, domain: str, frame: pd.DataFrame) -> Iterator[Finding]:
    pairs = PAIRS | ({f"{domain}TESTCD": f"{domain}TEST"} if domain else {})
    for code, name in pairs.items():
        if code not in frame.columns or name not in frame.columns:
            continue
        known = frame[[code, name]].dropna().drop_duplicates()
        for one, other in ((code, name), (name, code)):
            twice = known.loc[known[one].duplicated(), one]
            if len(twice):
                yield found("DEF041", oid, f"{one} '{twice.iloc[0]}' goes with more than one {other}")


def check_pages(document: Document, crf_pages: int) -> Iterator[Finding]:
    """Pages of origins that the annotated CRF does not have."""
    for oid, item in document.items.items():
        for page_ref in item.iter(full("def:PDFPageRef")):
            pages = attribute(page_ref, "PageRefs").split()
            pages += [attribute(page_ref, key) for key in ("FirstPage", "LastPage") if attribute(page_ref, key)]
            for page in pages:
                if page.isdecimal() and not 1 <= int(page) <= crf_pages:
                    yield found("DEF045", oid, f"page {page} is not in the annotated CRF, which has {crf_pages}")
