"""The time-to-event parameters of an ADaM dataset: where time starts, what ends it, and when it is censored."""

from __future__ import annotations

from crf2tlf.spec.model import VARIABLE_NAME, Censoring, Event, Parameter
from crf2tlf.spec.nodes import Mapping, Node
from crf2tlf.spec.read_rules import RuleReader

_FIELDS = ("name", "unit", "start", "where", "events", "censor", "sap")
_NEEDED = ("name", "unit", "start", "events", "censor")


def read_parameters(rules: RuleReader, dataset: str, node: Mapping | None) -> dict[str, Parameter]:
    """The parameters by code."""
    found: dict[str, Parameter] = {}
    for code, value in node or ():
        mapping = rules.reader.entry(value)
        if mapping is None:
            rules.reader.faults.lost.add(f"{dataset}.parameters")
            continue
        if not VARIABLE_NAME.match(code):
            rules.reader.faults.add(mapping.location, mapping.where, f"'{code}' is no PARAMCD: 1 to 8 of A-Z, 0-9, _")
        found[code] = _parameter(rules, code, mapping)
    return found


def _parameter(rules: RuleReader, code: str, node: Mapping) -> Parameter:
    reader = rules.reader
    reader.known_keys(node, _FIELDS, _NEEDED)
    events = [_event(rules, item) for item in reader.items(node.get("events"))]
    censor = [_censoring(rules, item) for item in reader.items(node.get("censor"))]
    return Parameter(
        code,
        reader.text(node.get("name")),
        reader.one_of(node.get("unit"), ("days", "months"), "days"),
        rules.reference(node.get("start")),
        rules.expression(node.get("where")),
        reader.text(node.get("where")),
        tuple(event for event in events if event is not None),
        tuple(rule for rule in censor if rule is not None),
        reader.text(node.get("sap")),
        node.location,
    )


def _event(rules: RuleReader, item: Node) -> Event | None:
    """One kind of event; None after a fault."""
    reader = rules.reader
    node, before = reader.entry(item), len(reader.faults.found)
    if node is None:
        return None
    reader.known_keys(node, ("id", "date", "where", "text", "sequence"), ("id", "date", "text"))
    event = Event(
        reader.text(node.get("id")),
        rules.reference(node.get("date")),
        rules.expression(node.get("where")),
        reader.text(node.get("where")),
        reader.text(node.get("text")),
        item.location,
        reader.text(node.get("sequence")),
    )
    return event if len(reader.faults.found) == before else None


def _censoring(rules: RuleReader, item: Node) -> Censoring | None:
    """One censoring rule; None after a fault."""
    reader = rules.reader
    node, before = reader.entry(item), len(reader.faults.found)
    if node is None:
        return None
    reader.known_keys(node, ("code", "when", "date", "text", "date_text"), ("code", "date", "text"))
    rule = Censoring(
        reader.whole(node.get("code"), 1, least=1) or 1,
        rules.expression(node.get("when")),
        reader.text(node.get("when")),
        rules.reference(node.get("date")),
        reader.text(node.get("text")),
        reader.text(node.get("date_text")),
        item.location,
    )
    return rule if len(reader.faults.found) == before else None
