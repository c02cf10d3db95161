"""YAML nodes to rules: exactly one verb a variable, every expression parsed, every mistake with its line."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal as OneOf
from typing import cast

from crf2tlf.rules import verbs
from crf2tlf.rules.expressions import Expression, Reference
from crf2tlf.spec.nodes import Items, Mapping, Node, Text
from crf2tlf.spec.read_collected_dates import read_date
from crf2tlf.spec.read_grades import read_grade
from crf2tlf.spec.read_parts import PartReader
from crf2tlf.spec.read_records import (
    is_summary,
    read_keys,
    read_neighbour,
    read_record_lookup,
    read_summary,
    read_value_at,
)

_PROGRAM = re.compile(r"programs/[A-Za-z0-9_/-]+\.py:[A-Za-z_][A-Za-z0-9_]*")

PARAMETER_FIELDS = (
    "code",
    "name",
    "start",
    "date",
    "value",
    "cnsr",
    "event_text",
    "date_text",
    "source_dataset",
    "source_variable",
    "source_sequence",
    "rule",
    "explanation",
)


@dataclass(frozen=True)
class RuleReader(PartReader):
    """Reads rules; a rule with a fault becomes `no_data` without a reason, so that the reading goes on."""

    def rule(self, node: Mapping, attributes: tuple[str, ...]) -> tuple[str, verbs.Rule]:
        """The verb and the rule of a variable's mapping, whose other keys must be among `attributes`."""
        allowed = (*VERBS, *attributes)
        strange = any(key not in allowed for key in node.entries)
        written = [key for key in node.entries if key in VERBS]
        list_of_verbs = f"the verbs are {', '.join(VERBS)}"
        self.reader.known_keys(node, allowed, otherwise="" if written else list_of_verbs)
        given = written or [key for key in node.entries if key in VERBS]
        found = self.reader.faults.found
        if len(given) == 1:
            before, verb = len(found), given[0]
            rule = self._by_verb(verb, node.entries[verb])
            if len(found) == before:
                return verb, rule
        elif given:
            named = " and ".join(f"'{verb}'" for verb in given)
            self.reader.faults.add(node.keys[given[1]], node.where, f"exactly one verb is wanted, not {named}")
        elif not strange:
            self.reader.faults.add(node.location, node.where, "the variable has no verb", list_of_verbs)
        self.leave_unread(node)
        return (given[0] if given else "no_data"), verbs.NoData("")

    def _by_verb(self, verb: str, node: Node) -> verbs.Rule:
        if isinstance(node, Text) and not node.value and verb != "no_data":
            hint = "'no_data: REASON' leaves a variable empty" if verb == "set" else ""
            self.reader.faults.add(node.location, node.where, f"'{verb}' needs a value", hint)
            return verbs.NoData("")
        return VERBS[verb](self, node)

    def branch(self, node: Node) -> verbs.Rule:
        """The rule of some of the records: a mapping with one verb."""
        mapping = self.reader.entry(node)
        if mapping is None:
            return verbs.NoData("")
        rule = self.rule(mapping, ())[1]
        if isinstance(rule, verbs.Sequence):
            message = "'seq' numbers all records of a dataset and does not stand inside another verb"
            self.reader.faults.add(node.location, node.where, message)
        return rule


def _set(rules: RuleReader, node: Node) -> verbs.Rule:
    return verbs.SetConstant(rules.reader.text(node))


def _from(rules: RuleReader, node: Node) -> verbs.Rule:
    return verbs.CopyFrom(rules.reference(node))


def _date(rules: RuleReader, node: Node) -> verbs.Rule:
    return read_date(rules, node, rules.branch)


def _case(rules: RuleReader, node: Node) -> verbs.Rule:
    branches: list[tuple[Expression | None, verbs.Rule]] = []
    items = rules.reader.items(node)
    if not items:
        rules.reader.faults.add(node.location, node.where, "'case' needs at least one branch")
    for number, item in enumerate(items, start=1):
        branch = rules.reader.entry(item)
        if branch is None:
            continue
        if "else" in branch.entries:
            rules.reader.known_keys(branch, ("else",))
            if number < len(items):
                rules.reader.faults.add(item.location, item.where, "'else' must be the last branch")
            branches.append((None, _value(rules, branch.entries["else"])))
            continue
        rules.reader.known_keys(branch, ("when", "then"), ("when", "then"))
        condition = rules.expression(branch.get("when"))
        if condition is not None and "then" in branch.entries:
            branches.append((condition, _value(rules, branch.entries["then"])))
    return verbs.Case(tuple(branches))


def _value(rules: RuleReader, node: Node) -> verbs.Rule:
    """A branch's value: a constant, or a mapping with one verb."""
    if isinstance(node, Mapping):
        return rules.branch(node)
    if isinstance(node, Text) and not node.value:
        message = "the value is missing"
        rules.reader.faults.add(node.location, node.where, message, "'{no_data: REASON}' leaves these records empty")
    return verbs.SetConstant(rules.reader.text(node))


def _calc(rules: RuleReader, node: Node) -> verbs.Rule:
    expression = rules.expression(node)
    return verbs.NoData("") if expression is None else verbs.Calculate(expression, rules.reader.text(node).strip())


def _lookup(rules: RuleReader, node: Node) -> verbs.Rule:
    if isinstance(node, Mapping) and "source" in node.entries:
        return read_record_lookup(rules, node)
    found = rules.fields(node, ("table", "by", "value", "missing"), ("table", "by", "value"))
    return verbs.Lookup(
        rules.reader.text(found.get("table")),
        read_keys(rules, found),
        rules.reader.text(found.get("value")),
        cast(OneOf["issue", "blank"], rules.reader.one_of(found.get("missing"), ("issue", "blank"), "issue")),
    )


def _decode(rules: RuleReader, node: Node) -> verbs.Rule:
    return verbs.Decode(rules.reader.text(node))


def _seq(rules: RuleReader, node: Node) -> verbs.Rule:
    if isinstance(node, Text):
        if node.value != "true":
            rules.reader.faults.add(node.location, node.where, "write 'seq: true' or 'seq: {by: [VARIABLE, …]}'")
        return verbs.Sequence()
    found = rules.fields(node, ("by",), ("by",))
    return verbs.Sequence(rules.reader.texts(found.get("by")))


def _study_day(rules: RuleReader, node: Node) -> verbs.Rule:
    default = Reference(("DM", "RFSTDTC"))
    if isinstance(node, Text):
        return verbs.StudyDay(node.value, default)
    found = rules.fields(node, ("date", "reference"), ("date", "reference"))
    return verbs.StudyDay(rules.reader.text(found.get("date")), rules.reference(found.get("reference")))


def _extreme(which: OneOf["min", "max"]) -> Callable[[RuleReader, Node], verbs.Rule]:
    def read(rules: RuleReader, node: Node) -> verbs.Rule:
        if isinstance(node, Text | Items):
            if not rules.reader.items(node):
                rules.reader.faults.add(node.location, node.where, f"'{which}' needs at least one variable")
            return verbs.Extreme(which, tuple(rules.reference(item) for item in rules.reader.items(node)))
        if is_summary(node):
            return read_summary(which)(rules, node)
        found = rules.fields(node, ("of", "where"), ("of",))
        of = tuple(rules.reference(item) for item in rules.reader.items(found.get("of")))
        if len(of) > 1 and found.get("where"):
            rules.reader.faults.add(node.location, node.where, "'where' needs a single variable in 'of'")
        return verbs.Extreme(which, of, rules.expression(found.get("where")))

    return read


def _pick(which: OneOf["first", "last"]) -> Callable[[RuleReader, Node], verbs.Rule]:
    def read(rules: RuleReader, node: Node) -> verbs.Rule:
        if isinstance(node, Mapping) and "within" in node.entries:
            found = rules.fields(node, ("within", "order", "where"), ("within", "order"))
            within, order = (rules.reader.texts(found.get(name)) for name in ("within", "order"))
            return verbs.Occurrence(which, within, order, rules.expression(found.get("where")))
        found = rules.fields(node, ("of", "by", "where", "on"), ("of", "by"))
        by, where = rules.reader.texts(found.get("by")), rules.expression(found.get("where"))
        return verbs.Pick(which, rules.reference(found.get("of")), by, where, rules.reader.text(found.get("on")))

    return read


def _baseline(rules: RuleReader, node: Node) -> verbs.Rule:
    found = rules.fields(node, ("by", "date", "reference", "where"), ("by", "date", "reference"))
    return verbs.Baseline(
        rules.reader.texts(found.get("by")),
        rules.reader.text(found.get("date")),
        rules.reference(found.get("reference")),
        rules.expression(found.get("where")),
    )


def _by_record(rules: RuleReader, node: Node) -> verbs.Rule:
    found = rules.reader.entry(node)
    return verbs.ByRecord(tuple((record, rules.branch(value)) for record, value in found or ()))


def _subject(rules: RuleReader, node: Node) -> verbs.Rule:
    if not isinstance(node, Text) or node.value != "true":
        rules.reader.faults.add(node.location, node.where, "write 'subject: true'; study.yaml says who the subject is")
    return verbs.SubjectId(rules.subject.id if rules.subject is not None else None)


def _parameter(rules: RuleReader, node: Node) -> verbs.Rule:
    return verbs.ParameterField(rules.reader.one_of(node, PARAMETER_FIELDS))


def _program(rules: RuleReader, node: Node) -> verbs.Rule:
    found = rules.fields(node, ("call", "reads", "method"), ("call", "reads", "method"))
    call = rules.reader.text(found.get("call"))
    if call and not _PROGRAM.fullmatch(call):
        place = found.entries["call"]
        rules.reader.faults.add(place.location, place.where, f"'{call}': write 'programs/<file>.py:<function>'")
    file, _, function = call.partition(":")
    reads = tuple(rules.reference(item) for item in rules.reader.items(found.get("reads")))
    return verbs.Program(file, function, reads, rules.reader.text(found.get("method")))


def _no_data(rules: RuleReader, node: Node) -> verbs.Rule:
    reason = rules.reader.text(node)
    if not reason:
        rules.reader.faults.add(node.location, node.where, "'no_data' needs a reason")
    return verbs.NoData(reason)


VERBS: dict[str, Callable[[RuleReader, Node], verbs.Rule]] = {
    "set": _set,
    "from": _from,
    "date": _date,
    "case": _case,
    "calc": _calc,
    "lookup": _lookup,
    "grade": read_grade,
    "decode": _decode,
    "seq": _seq,
    "study_day": _study_day,
    "min": _extreme("min"),
    "max": _extreme("max"),
    "first": _pick("first"),
    "last": _pick("last"),
    "count": read_summary("count"),
    "sum": read_summary("sum"),
    "mean": read_summary("mean"),
    "previous": read_neighbour("previous"),
    "next": read_neighbour("next"),
    "value_at": read_value_at,
    "baseline": _baseline,
    "by_record": _by_record,
    "subject": _subject,
    "parameter": _parameter,
    "program": _program,
    "no_data": _no_data,
}
