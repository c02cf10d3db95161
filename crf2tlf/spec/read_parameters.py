"""The time-to-event parameters of an ADaM dataset in YAML: named dates, ordered rules, and rule sets of the same rows.

A parameter that is `like` another, and a rule set under `variants`, is its own mapping laid over the other's and then
read as any parameter. What both say is read twice; a fault in it is told once, since it is the same.
"""

from __future__ import annotations

from typing import Literal as OneOf
from typing import cast

from crf2tlf.errors import did_you_mean
from crf2tlf.rules.expressions import Reference
from crf2tlf.spec.model import VARIABLE_NAME
from crf2tlf.spec.nodes import Mapping, Node
from crf2tlf.spec.overlay import overlay
from crf2tlf.spec.read_dates import DateReader, read_gaps, read_schedule, read_series
from crf2tlf.spec.read_parts import UNREADABLE
from crf2tlf.spec.read_rules import RuleReader
from crf2tlf.spec.time_to_event import (
    AVERAGE_MONTH,
    START,
    NamedDate,
    OutcomeRule,
    Parameter,
    SubjectDate,
    Template,
    parse_template,
)

_OF_RULE_SETS = ("name", "schedule", "series", "dates", "gaps", "instead", "rules", "without", "sap")
_OF_PARAMETERS = ("like", "unit", "days_per_month", "start", "where", *_OF_RULE_SETS, "variants")
_NEEDED = ("name", "unit", "start", "rules")
_OF_RULES = ("code", "when", "date", "text", "date_text", "explain")


def read_parameters(rules: RuleReader, dataset: str, node: Mapping | None) -> dict[str, Parameter]:
    """The parameters by code, each with its rule sets after it."""
    found: dict[str, Parameter] = {}
    whole: dict[str, Mapping] = {}
    reader = rules.reader
    for code, value in node or ():
        mapping = reader.entry(value)
        if mapping is None:
            reader.faults.lost.add(f"{dataset}.parameters")
            continue
        reader.known_keys(mapping, _OF_PARAMETERS)
        whole[code] = overlay(reader, _like(rules, mapping, whole), mapping)
        reader.known_keys(whole[code], _OF_PARAMETERS, _NEEDED)
        _add_parameter(rules, found, code, whole[code])
        for variant, changes in reader.mapping(mapping.get("variants")) or ():
            over = reader.entry(changes)
            if over is not None:
                reader.known_keys(over, _OF_RULE_SETS, ("name",))
                _add_parameter(rules, found, variant, overlay(reader, whole[code], over), code)
    return found


def _like(rules: RuleReader, node: Mapping, above: dict[str, Mapping]) -> Mapping:
    """The mapping of the parameter that this one is like, or an empty one."""
    nothing = Mapping({}, {}, node.location, node.where)
    if node.get("like") is None:
        return nothing
    name = rules.reader.text(node.get("like"))
    if name not in above:
        message = f"there is no parameter '{name}' above"
        rules.reader.faults.add(node.keys["like"], node.under("like"), message, did_you_mean(name, above))
    return above.get(name, nothing)


def _add_parameter(
    rules: RuleReader, found: dict[str, Parameter], code: str, node: Mapping, rule_set_of: str = ""
) -> None:
    if not VARIABLE_NAME.match(code):
        rules.reader.faults.add(node.location, node.where, f"'{code}' is no PARAMCD: 1 to 8 of A-Z, 0-9, _")
    if code in found:
        rules.reader.faults.add(node.location, node.where, f"there is a parameter {code} above")
    found[code] = _parameter(rules, code, node, rule_set_of)


def _parameter(rules: RuleReader, code: str, node: Mapping, rule_set_of: str) -> Parameter:
    reader = rules.reader
    dates_reader = DateReader(rules, read_series(rules, reader.mapping(node.get("series"))))
    start = node.get("start")
    dates = dates_reader.dates(reader.mapping(node.get("dates")))
    outcome_rules = [
        _rule(rules, dates_reader, id_, value, dates) for id_, value in reader.mapping(node.get("rules")) or ()
    ]
    nowhere = NamedDate(START, SubjectDate(UNREADABLE), "", node.location, node.where)
    return Parameter(
        code,
        reader.text(node.get("name")),
        cast(OneOf["days", "months"], reader.one_of(node.get("unit"), ("days", "months"), "days")),
        _days_per_month(rules, node.get("days_per_month")),
        dates_reader.date(START, start) if start is not None else nowhere,
        rules.expression(node.get("where")),
        reader.text(node.get("where")),
        read_schedule(rules, reader.mapping(node.get("schedule"))),
        dates,
        read_gaps(rules, reader.mapping(node.get("gaps"))),
        tuple(rule for rule in outcome_rules if rule is not None),
        _instead(rules, reader.mapping(node.get("instead"))),
        reader.text(node.get("sap")),
        node.location,
        node.where,
        rule_set_of,
    )


def _rule(
    rules: RuleReader, dates_reader: DateReader, id_: str, value: Node, dates: dict[str, NamedDate]
) -> OutcomeRule | None:
    """One rule; None after a fault."""
    reader = rules.reader
    node, before = reader.entry(value), len(reader.faults.found)
    if node is None:
        return None
    reader.known_keys(node, _OF_RULES, ("code", "date", "text"))
    rule = OutcomeRule(
        id_,
        reader.whole(node.get("code"), 0) or 0,
        rules.expression(node.get("when")),
        reader.text(node.get("when")),
        dates_reader.date_of_rule(node.get("date"), dates),
        _template(rules, node.get("text")),
        reader.text(node.get("date_text")),
        _template(rules, node.get("explain")),
        node.location,
        node.where,
    )
    return rule if len(reader.faults.found) == before else None


def _template(rules: RuleReader, node: Node | None) -> Template:
    text = rules.reader.text(node)
    try:
        return parse_template(text)
    except ValueError as error:
        if node is not None:
            rules.reader.faults.add(node.location, node.where, str(error))
        return parse_template("")


def _days_per_month(rules: RuleReader, node: Node | None) -> float:
    text = rules.reader.text(node, str(AVERAGE_MONTH))
    try:
        days = float(text)
    except ValueError:
        days = 0.0
    if not 28 <= days <= 31 and node is not None:
        rules.reader.faults.add(node.location, node.where, f"'{text}' is no number of days in a month, 28 to 31")
    return days


def _instead(rules: RuleReader, node: Mapping | None) -> tuple[tuple[Reference, Reference], ...]:
    """Variables of an outcome's date, each with the one that is written in its place."""
    found = []
    for name, value in node or ():
        source, _, variable = name.partition(".")
        if node is not None and not variable:
            rules.reader.faults.add(node.keys[name], node.under(name), f"'{name}' is no variable such as ADRS.ADT")
            continue
        found.append((Reference((source, variable)), rules.reference(value)))
    return tuple(found)
