"""Value-level metadata: which values of a variable are described apart, and how (Define-XML 2.1 section 5.3.4)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import pandas as pd

from crf2tlf.rules.verbs import ParameterField
from crf2tlf.spec.describe_parameters import describe_parameter, outcome_terms
from crf2tlf.spec.model import Dataset, Method, Origin, Variable
from crf2tlf.spec.time_to_event import Parameter
from define.extent import infer_data_type

TRIAL_SUMMARY_LISTS = {
    "ADAPT": "C66742",
    "ADDON": "C66742",
    "EXTTIND": "C66742",
    "HLTSUBJI": "C66742",
    "INTMODEL": "C99076",
    "INTTYPE": "C99078",
    "ONGOSIND": "C66742",
    "PDPSTIND": "C66742",
    "PDSTIND": "C66742",
    "PIPIND": "C66742",
    "RANDOM": "C66742",
    "RDIND": "C66742",
    "SEXPOP": "C66732",
    "STYPE": "C99077",
    "TBLIND": "C66735",
    "TCNTRL": "C66785",
    "TINDTP": "C66736",
    "TPHASE": "C66737",
    "TTYPE": "C66739",
}
"""The CDISC list of a trial summary parameter's values (SDTM terminology, TS codetable)."""
RULE_FIELDS = ("cnsr", "event_text")
"""Fields that the rule that fired gives; the rules themselves stand with AVAL."""
RESULTS = ("ORRES", "STRESC", "STRESN")


@dataclass(frozen=True)
class Value:
    """The values of a variable in the records where `by` is `code`."""

    by: str
    code: str
    label: str
    column: pd.Series
    data_type: str
    digits: int | None = None
    codelist: str = ""
    dictionary: str = ""
    guide_lists: tuple[str, ...] = ()
    terms: tuple[tuple[str, str], ...] = ()
    origin: Origin | None = None
    method: Method | None = None
    comment: str = ""


def qualifier_values(spec: Dataset, frame: pd.DataFrame) -> list[Value]:
    """QVAL by QNAM: the supplemental qualifiers that have records, in the order of the spec."""
    return [_qualifier_value(variable, column) for variable, column in _qualifiers(spec, frame)]


def _qualifiers(spec: Dataset, frame: pd.DataFrame) -> Iterator[tuple[Variable, pd.Series]]:
    present = set(frame["QNAM"].dropna())
    for name, variable in spec.supp.items():
        if name in present:
            yield variable, frame.loc[(frame["QNAM"] == name).fillna(False).astype(bool), "QVAL"]


def _qualifier_value(spec: Variable, column: pd.Series) -> Value:
    return Value(
        "QNAM",
        spec.name,
        spec.label,
        column,
        spec.type,
        spec.significant_digits,
        spec.codelist,
        spec.dictionary,
        origin=spec.origin,
        method=spec.method,
        comment=spec.comment,
    )


def dataset_values(spec: Dataset, frame: pd.DataFrame) -> dict[str, list[Value]]:
    """The values that are described apart, by variable."""
    if spec.name == "TS" and {"TSPARMCD", "TSPARM", "TSVAL"} <= set(frame.columns):
        return {"TSVAL": _trial_summary_values(frame)}
    found = _analysis_values(spec, frame) if spec.standard == "ADaM" else _finding_values(spec, frame)
    found |= _values_by_codelist(spec, frame)
    return found | _values_by_origin(spec, frame, found)


def _values_by_origin(spec: Dataset, frame: pd.DataFrame, found: dict[str, list[Value]]) -> dict[str, list[Value]]:
    """Variables that several sources collect, each value with its own origin; `found` are those told apart already."""
    told: dict[str, list[Value]] = {}
    for variable in spec.variables.values():
        by, own = variable.origin_by, dict(variable.origins)
        if not own or by not in frame:
            continue
        values = found.get(variable.name, [])
        if not all(value.by == by for value in values) or not values:
            values = [
                Value(by, code, label, column, variable.type, variable.significant_digits, variable.codelist)
                for code, label, column in _grouped(frame, by, by, variable.name)
            ]
        rest = own.get("", variable.origin)
        told[variable.name] = [replace(value, origin=own.get(value.code, rest)) for value in values]
    return told


def _values_by_codelist(spec: Dataset, frame: pd.DataFrame) -> dict[str, list[Value]]:
    """Variables whose codelist follows another variable's value, one entry a value that occurs."""
    found: dict[str, list[Value]] = {}
    for variable in spec.variables.values():
        choice = variable.codelist_by
        if choice is None or choice.by not in frame:
            continue
        lists = dict(choice.of)
        name = choice.by.removesuffix("CD")  # RSTEST beside RSTESTCD
        label = name if name in frame else choice.by
        found[variable.name] = [
            Value(choice.by, code, label, column, variable.type, codelist=lists[code])
            for code, label, column in _grouped(frame, choice.by, label, variable.name)
            if code in lists
        ]
    return {name: values for name, values in found.items() if values}


def _trial_summary_values(frame: pd.DataFrame) -> list[Value]:
    return [
        Value(
            "TSPARMCD",
            code,
            label,
            column,
            infer_data_type(column),
            guide_lists=(TRIAL_SUMMARY_LISTS[code],) if code in TRIAL_SUMMARY_LISTS else (),
        )
        for code, label, column in _grouped(frame, "TSPARMCD", "TSPARM", "TSVAL")
    ]


def _finding_values(spec: Dataset, frame: pd.DataFrame) -> dict[str, list[Value]]:
    """Results of findings by test: each test has its own data type and length."""
    test, name = f"{spec.name[:2]}TESTCD", f"{spec.name[:2]}TEST"
    found: dict[str, list[Value]] = {}
    if spec.class_ not in ("FINDINGS", "FINDINGS ABOUT") or not {test, name} <= set(frame.columns):
        return found
    for variable in (f"{spec.name[:2]}{ending}" for ending in RESULTS):
        if variable in spec.variables and frame[variable].notna().any():
            given = spec.variables[variable]
            found[variable] = [
                Value(test, code, label, column, _type_of(given, column), given.significant_digits, given.codelist)
                for code, label, column in _grouped(frame, test, name, variable)
            ]
    return found


def _type_of(spec: Variable, column: pd.Series) -> str:
    # A variable with a codelist keeps its type: list and item must agree (P21 rule OD0080).
    return infer_data_type(column) if spec.type == "text" and not spec.codelist else spec.type


def _analysis_values(spec: Dataset, frame: pd.DataFrame) -> dict[str, list[Value]]:
    """AVAL by PARAMCD; of time-to-event parameters also the variables that their rules fill with codes and texts."""
    if not {"PARAMCD", "PARAM"} <= set(frame.columns):
        return {}
    found: dict[str, list[Value]] = {}
    for variable in spec.variables.values():
        if variable.name == "AVAL" or (spec.parameters and _parameter_field(variable) in ("cnsr", "event_text")):
            found[variable.name] = [
                _parameter_value(variable, spec.parameters.get(code), code, label, column)
                for code, label, column in _grouped(frame, "PARAMCD", "PARAM", variable.name)
            ]
    return found


def _parameter_field(spec: Variable) -> str:
    return spec.rule.field if isinstance(spec.rule, ParameterField) else ""


def _parameter_value(spec: Variable, parameter: Parameter | None, code: str, label: str, column: pd.Series) -> Value:
    value = Value("PARAMCD", code, label, column, spec.type, spec.significant_digits, spec.codelist)
    if parameter is None:
        return value
    field = _parameter_field(spec)
    terms: tuple[tuple[str, str], ...] = ()
    if not spec.codelist and field == "cnsr":
        terms = outcome_terms(parameter)
    if not spec.codelist and field == "event_text":
        terms = tuple((text, "") for text in event_texts(parameter, column))
    text = spec.method.text if spec.method else ""
    if field not in RULE_FIELDS:
        text = f"{text} {describe_parameter(parameter)}".strip()
    method = Method(text, spec.method.expression if spec.method else "")
    return Value(
        value.by, code, label, column, spec.type, spec.significant_digits, spec.codelist,
        terms=terms, origin=spec.origin, method=method if spec.method else None, comment=spec.comment,
    )  # fmt: skip


def event_texts(parameter: Parameter, column: pd.Series) -> tuple[str, ...]:
    """The values of EVNTDESC for a parameter in the order of its rules; of texts with fields those that stand there."""
    fixed = [str(rule.text) for rule in parameter.rules if not rule.text.fields]
    filled = sorted({str(text) for text in column.dropna().unique()} - set(fixed))
    return tuple(dict.fromkeys([*fixed, *filled]))


def _grouped(frame: pd.DataFrame, by: str, label: str, variable: str) -> Iterator[tuple[str, str, pd.Series]]:
    """For each code in the order of appearance: code, label, and the variable's values."""
    known = frame.dropna(subset=[by])
    for code, rows in known.groupby(by, sort=False):
        labels = rows[label].dropna()
        yield str(code), str(labels.iloc[0]) if len(labels) else str(code), rows[variable]
