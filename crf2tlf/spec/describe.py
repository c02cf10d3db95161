"""What follows from a rule: origin, source, predecessor and method text (Define-XML 2.1, 5.3.11.3 and 5.3.15)."""

from __future__ import annotations

from collections.abc import Iterable

from crf2tlf.rules import verbs
from crf2tlf.rules.expressions import Expression, Reference
from crf2tlf.rules.own_source import copy_at_source, names_own_source
from crf2tlf.rules.show import show
from crf2tlf.spec.describe_records import phrase_of_records
from crf2tlf.spec.model import Method, Origin
from crf2tlf.spec.response_fields import RESPONSE_FIELDS

SOURCES = {"Collected": "Investigator", "Derived": "Sponsor", "Assigned": "Sponsor", "Protocol": "Sponsor"}
ORIGIN_TYPES = (*SOURCES, "Predecessor")
_COPIES = ("Collected", "Assigned", "Protocol")
ALLOWED_ORIGINS: dict[str, tuple[str, ...]] = {
    "set": ("Assigned", "Protocol"),
    "decode": ("Assigned", "Protocol", "Derived"),
    "lookup": ("Assigned", "Protocol", "Derived"),
    "from": (*_COPIES, "Predecessor", "Derived"),
    "date": ("Collected", "Derived"),
    "calc": ("Collected", "Derived", "Assigned"),
    "case": ("Collected", "Derived", "Assigned"),
    "by_record": (*_COPIES, "Derived"),
    "subject": ("Collected", "Derived", "Assigned"),
    "no_data": (*_COPIES, "Derived"),
    "parameter": ("Derived", "Assigned"),
    "program": ("Derived", "Assigned"),
}


PARAMETER_PHRASES = {
    "code": "the code of the parameter",
    "name": "the name of the parameter",
    "start": "the day on which the parameter's time starts",
    "date": "the date that the first of the parameter's rules that holds gives; the rules stand with AVAL",
    "value": "the days from the parameter's start to its date, both counted, in the parameter's unit",
    "cnsr": "0 for an event, else the code of the parameter's rule that held; the rules stand with AVAL",
    "event_text": "the text of the parameter's rule that held; the rules stand with AVAL",
    "date_text": "what the date of the parameter's rule that held is, where it is not that of the event",
    "source_dataset": "the dataset that gave the date of the parameter's rule that held",
    "source_variable": "the variable that gave the date of the parameter's rule that held",
    "source_sequence": "the number of the record that gave the date, missing where its dataset numbers no records",
    "rule": "the name of the parameter's rule that held",
    "explanation": "the outcome of the parameter, its date and why, as a sentence",
}


def raw_form(rule: verbs.Rule, own: tuple[str, ...]) -> str:
    """The first raw form that a rule reads, or ""; `own` are the record sources that `source` stands for."""
    reads = verbs.reads(rule)
    sources = (source for read in reads for source in (own if names_own_source(read.reference) else (read.source,)))
    return next((source.removeprefix("raw.") for source in sources if source.startswith("raw.")), "")


def infer_origin(
    verb: str,
    rule: verbs.Rule,
    name: str,
    pages: tuple[int, ...],
    dictionary: str,
    adam: bool,
    own: tuple[str, ...] = (),
) -> Origin:
    """The origin that follows from the rule; `own` are the record sources that `source` stands for."""
    form = raw_form(rule, own)
    if pages:
        return Origin("Collected", SOURCES["Collected"], form=form, pages=pages)
    if name == "STUDYID" and not adam:
        return Origin("Protocol", SOURCES["Protocol"])
    if isinstance(rule, verbs.CopyFrom):
        return _origin_of_copy(copy_at_source(rule, own[0]) if own else rule, dictionary, adam)
    if verb in {"set", "decode", "lookup", "no_data"} or dictionary or _is_constant(rule):
        return Origin("Assigned", SOURCES["Assigned"])
    return Origin("Derived", SOURCES["Derived"])


def _is_constant(rule: verbs.Rule) -> bool:
    """Whether each record source has its own constant, or no value."""
    fixed = verbs.SetConstant | verbs.NoData
    return isinstance(rule, verbs.ByRecord) and all(isinstance(each, fixed) for _, each in rule.rules)


def _origin_of_copy(rule: verbs.CopyFrom, dictionary: str, adam: bool) -> Origin:
    source = rule.reference.source
    if source.startswith("table."):
        return Origin("Protocol", SOURCES["Protocol"])
    if source.startswith("raw.") or dictionary:
        return Origin("Assigned", SOURCES["Assigned"])
    if source.startswith("response."):
        return Origin("Derived", SOURCES["Derived"])
    if adam and source:
        return Origin("Predecessor", predecessor=rule.reference.dotted)
    return Origin("Derived", SOURCES["Derived"])


def describe_method(name: str, rule: verbs.Rule, own: tuple[str, ...] = ()) -> Method:
    """How the engine derives a variable, in a sentence; the expression is the very one that runs.

    `own` are the record sources that `source` stands for.
    """
    imputes = isinstance(rule, verbs.IsoDate) and rule.impute != ""
    expression = rule.text if isinstance(rule, verbs.Calculate) else ""
    text = f"{name} is {_phrase(rule)}"
    if own and any(names_own_source(read.reference) for read in verbs.reads(rule)):
        text += f", where source is the record's own, {' or '.join(dict.fromkeys(own))}"
    text += "."
    return Method(text, expression, "Imputation" if imputes else "Computation")


def _phrase(rule: verbs.Rule) -> str:
    match rule:
        case verbs.SetConstant(value):
            return f"'{value}'"
        case verbs.CopyFrom(reference):
            return _phrase_of_copy(reference)
        case verbs.IsoDate():
            return _phrase_of_date(rule)
        case verbs.ImputationFlag(variable):
            return f"Y, M or D for the highest part of {variable} that was imputed, otherwise missing"
        case verbs.Case(branches):
            return _phrase_of_case(branches)
        case verbs.Calculate(expression, _):
            return show(expression)
        case verbs.Lookup(table, by, value, _):
            keys = " and ".join(f"{column} equals {show(key)}" for column, key in by)
            return f"{value} of the study table {table} where {keys}"
        case verbs.Grade(table, by, value, _):
            keys = " and ".join(f"{column} is {show(key)}" for column, key in by)
            return f"the highest grade of the study table {table} whose limit {value} passes, where {keys}; otherwise 0"
        case verbs.RecordLookup() | verbs.ValueAt() | verbs.Neighbour() | verbs.Summary():
            return phrase_of_records(rule)
        case verbs.Decode(variable):
            return f"the decode of {variable}"
        case verbs.Sequence(by):
            order = f"by {', '.join(by)}" if by else "in the order of the dataset's keys"
            return f"the record's number within the subject, {order}"
        case verbs.StudyDay(date, reference):
            return f"the days from {reference} to {date}, plus 1 on or after {reference}; missing for partial dates"
        case _:
            return _phrase_of_others(rule)


def _phrase_of_copy(reference: Reference) -> str:
    if not reference.source.startswith("response."):
        return str(reference)
    said = RESPONSE_FIELDS.get(reference.name)
    return f"{said.text if said else reference.name} ({reference.source.removeprefix('response.')})"


def _phrase_of_others(rule: verbs.Rule) -> str:
    match rule:
        case verbs.Extreme(which, of, where):
            word = "smallest" if which == "min" else "largest"
            return f"the {word} of {_list(of)} of the subject" + _condition(where)
        case verbs.Pick(which, of, by, where, on):
            side = {"first": "on or after", "last": "on or before"}[which]
            day = f" with {by[0]} {side} {on} (of a partial date, every day that it can mean)" if on else ""
            return f"{of} of the subject's {which} record by {', '.join(by)}" + day + _condition(where)
        case verbs.Occurrence(which, within, order, where):
            group = ", ".join(within)
            return f"Y on the {which} record by {', '.join(order)} within {group}" + _condition(where)
        case verbs.Baseline(by, date, reference, where):
            group = ", ".join(by)
            return f"Y on the last record by {date} on or before {reference} within {group}" + _condition(where)
        case verbs.ByRecord(rules):
            return "; ".join(f"for {record} records {_phrase(inner)}" for record, inner in rules)
        case verbs.SubjectId(expression):
            shown = show(expression) if expression is not None else "the subject"
            return f"{shown}, SUBJID being the identifier in the raw data"
        case verbs.ParameterField(field):
            return PARAMETER_PHRASES[field]
        case verbs.Program():
            return rule.method.rstrip(".")
        case verbs.NoData(reason):
            return f"missing: {reason.rstrip('.')}"
        case _:
            raise TypeError(f"no phrase for {rule!r}")


def _phrase_of_date(rule: verbs.IsoDate) -> str:
    words = f"the ISO 8601 form of {rule.date}" + (f" and {rule.time}" if rule.time else "")
    if rule.formats:
        words += f", which stands there as {' or '.join(rule.formats)}"
    if rule.format_by is not None:
        words += f", which stands there as {_phrase(rule.format_by)} says, or as the form has it"
    if rule.impute:
        words = f"the date of {rule.date}; of a partial date the {rule.impute} possible day"
    if rule.not_before:
        words += f", not before {rule.not_before} where the known parts allow it"
    if rule.not_after:
        words += f", not after {rule.not_after} where the known parts allow it"
    return words


def _phrase_of_case(branches: Iterable[tuple[Expression | None, verbs.Rule]]) -> str:
    parts = [
        f"{_phrase(rule)} if {show(condition)}" if condition is not None else f"{_phrase(rule)} otherwise"
        for condition, rule in branches
    ]
    return "; ".join(parts)


def _condition(where: Expression | None) -> str:
    return f" where {show(where)}" if where is not None else ""


def _list(of: tuple[Reference, ...]) -> str:
    return ", ".join(map(str, of))
