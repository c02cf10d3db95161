"""Value-level metadata: which values of a variable are described apart, and how (Define-XML 2.1 section 5.3.4)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd

from crf2tlf.rules.show import show
from crf2tlf.rules.verbs import ParameterField
from crf2tlf.spec.model import Dataset, Method, Origin, Parameter, Variable
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
FIELD_METHODS = {
    "cnsr": "is 0 for an event, else the code of the first censoring rule that applies; see AVAL.",
    "event_text": "is the text of the event or of the censoring rule that AVAL counts to; see AVAL.",
}
"""The methods of variables that a parameter's rules fill; the rules themselves stand with AVAL."""
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
    if spec.standard == "ADaM":
        return _analysis_values(spec, frame)
    return _finding_values(spec, frame)


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
        terms = censoring_terms(parameter)
    if not spec.codelist and field == "event_text":
        terms = tuple((text, "") for text in event_texts(parameter))
    text = f"{spec.name} {FIELD_METHODS[field]}" if field in FIELD_METHODS else describe_parameter(spec, parameter)
    method = Method(text, spec.method.expression if spec.method else "")
    return Value(
        value.by, code, label, column, spec.type, spec.significant_digits, spec.codelist,
        terms=terms, origin=spec.origin, method=method if spec.method else None, comment=spec.comment,
    )  # fmt: skip


def censoring_terms(parameter: Parameter) -> tuple[tuple[str, str], ...]:
    """The values of CNSR for a parameter, with what they mean: 0 is an event (ADaM BDS for TTE 1.0 section 4.3)."""
    texts: dict[int, dict[str, None]] = {}
    for rule in parameter.censor:
        texts.setdefault(rule.code, {})[rule.text] = None
    return (("0", "Event"), *((str(code), "; ".join(texts[code])) for code in sorted(texts)))


def event_texts(parameter: Parameter) -> tuple[str, ...]:
    """The values of EVNTDESC for a parameter: of its events, then of its censoring rules."""
    return tuple(
        dict.fromkeys([*(event.text for event in parameter.events), *(rule.text for rule in parameter.censor)])
    )


def describe_parameter(spec: Variable, parameter: Parameter) -> str:
    """A variable's method with the parameter's start, events and censoring rules in words."""
    parts = [spec.method.text if spec.method else ""]
    if parameter.where is not None:
        parts.append(f"Subjects where {show(parameter.where)}.")
    parts.append(f"Time starts on {parameter.start}.")
    events = [
        f"{event.text} on {event.date}" + (f" where {show(event.where)}" if event.where is not None else "")
        for event in parameter.events
    ]
    parts.append(f"The event is the earliest of: {'; '.join(events)}.")
    rules = [
        f"{rule.code} ({rule.text}) on {rule.date}" + (f" if {show(rule.when)}" if rule.when is not None else "")
        for rule in parameter.censor
    ]
    if rules:
        parts.append(f"Censored by the first rule that applies: {'; '.join(rules)}.")
    if parameter.sap:
        parts.append(f"Source: {parameter.sap}.")
    return " ".join(part for part in parts if part)


def _grouped(frame: pd.DataFrame, by: str, label: str, variable: str) -> Iterator[tuple[str, str, pd.Series]]:
    """For each code in the order of appearance: code, label, and the variable's values."""
    known = frame.dropna(subset=[by])
    for code, rows in known.groupby(by, sort=False):
        labels = rows[label].dropna()
        yield str(code), str(labels.iloc[0]) if len(labels) else str(code), rows[variable]
