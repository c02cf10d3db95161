"""YAML nodes to rules: exactly one verb a variable, every expression parsed, every mistake with its line."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal as OneOf
from typing import cast

from crf2tlf.errors import did_you_mean
from crf2tlf.rules import verbs
from crf2tlf.rules.dates import DATE_FORMATS
from crf2tlf.rules.expressions import (
    Expression,
    ExpressionError,
    Reference,
    parse_expression,
    parse_reference,
)
from crf2tlf.spec.nodes import Items, Mapping, Node, Reader, Text

PARAMETER_FIELDS = (
    "code",
    "name",
    "start",
    "date",
    "cnsr",
    "event_text",
    "date_text",
    "source_dataset",
    "source_variable",
    "source_sequence",
    "rule",
)


@dataclass(frozen=True)
class RuleReader:
    """Reads rules; a rule with a fault becomes `no_data`, so that the reading goes on."""

    reader: Reader

    def rule(self, node: Mapping, attributes: tuple[str, ...]) -> tuple[str, verbs.Rule]:
        """The verb and the rule of a variable's mapping, whose other keys must be among `attributes`."""
        given = [key for key in node.entries if key in VERBS]
        self.reader.known_keys(node, (*VERBS, *attributes))
        if len(given) != 1:
            self._complain_about_verbs(node, given)
            return "no_data", verbs.NoData("")
        return given[0], VERBS[given[0]](self, node.entries[given[0]])

    def expression(self, node: Node | None) -> Expression | None:
        """The parsed expression of a text, None when there is none or it is faulty."""
        if node is None:
            return None
        text = self.reader.text(node)
        try:
            return parse_expression(text)
        except ExpressionError as error:
            self.reader.faults.add(node.location, node.where, str(error))
            return None

    def reference(self, node: Node | None, default: str = "MISSING") -> Reference:
        """The reference that a text names."""
        if node is None:
            return Reference((default,))
        try:
            return parse_reference(self.reader.text(node, default))
        except ExpressionError as error:
            self.reader.faults.add(node.location, node.where, str(error))
            return Reference((default,))

    def fields(self, node: Node, allowed: tuple[str, ...], required: tuple[str, ...]) -> Mapping:
        """A verb's mapping with its keys checked."""
        found = self.reader.mapping(node)
        if found is None:
            return Mapping({}, {}, node.location, node.where)
        self.reader.known_keys(found, allowed, required)
        return found

    def _complain_about_verbs(self, node: Mapping, given: list[str]) -> None:
        if given:
            named = " and ".join(f"'{verb}'" for verb in given)
            self.reader.faults.add(node.keys[given[1]], node.where, f"exactly one verb is wanted, not {named}")
            return
        close = [hint for key in node.entries if (hint := did_you_mean(key, VERBS))]
        hint = close[0] if close else f"the verbs are {', '.join(VERBS)}"
        self.reader.faults.add(node.location, node.where, "the variable has no verb", hint)


def _set(rules: RuleReader, node: Node) -> verbs.Rule:
    return verbs.SetConstant(rules.reader.text(node))


def _from(rules: RuleReader, node: Node) -> verbs.Rule:
    return verbs.CopyFrom(rules.reference(node))


def _date(rules: RuleReader, node: Node) -> verbs.Rule:
    if isinstance(node, Text):
        return verbs.IsoDate(rules.reference(node))
    if isinstance(node, Mapping) and "imputed" in node.entries:
        rules.fields(node, ("imputed",), ())
        return verbs.ImputationFlag(rules.reader.text(node.get("imputed")))
    found = rules.fields(node, ("date", "time", "format", "impute", "not_before", "not_after"), ("date",))
    optional = {
        name: rules.reference(found.get(name)) for name in ("time", "not_before", "not_after") if found.get(name)
    }
    return verbs.IsoDate(
        rules.reference(found.get("date")),
        format=rules.reader.one_of(found.get("format"), tuple(DATE_FORMATS)),
        impute=cast(OneOf["", "first", "last"], rules.reader.one_of(found.get("impute"), ("first", "last"))),
        time=optional.get("time"),
        not_before=optional.get("not_before"),
        not_after=optional.get("not_after"),
    )


def _case(rules: RuleReader, node: Node) -> verbs.Rule:
    branches: list[tuple[Expression | None, verbs.Rule]] = []
    items = rules.reader.items(node)
    for number, item in enumerate(items, start=1):
        branch = rules.reader.mapping(item)
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
        return rules.rule(node, ())[1]
    return verbs.SetConstant(rules.reader.text(node))


def _calc(rules: RuleReader, node: Node) -> verbs.Rule:
    expression = rules.expression(node)
    return verbs.NoData("") if expression is None else verbs.Calculate(expression, rules.reader.text(node).strip())


def _lookup(rules: RuleReader, node: Node) -> verbs.Rule:
    found = rules.fields(node, ("table", "by", "value", "missing"), ("table", "by", "value"))
    by = rules.reader.mapping(found.get("by"))
    parsed = ((column, rules.expression(key)) for column, key in (by or ()))
    return verbs.Lookup(
        rules.reader.text(found.get("table")),
        tuple((column, key) for column, key in parsed if key is not None),
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
            return verbs.Extreme(which, tuple(rules.reference(item) for item in rules.reader.items(node)))
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
        found = rules.fields(node, ("of", "by", "where"), ("of", "by"))
        by = rules.reader.texts(found.get("by"))
        return verbs.Pick(which, rules.reference(found.get("of")), by, rules.expression(found.get("where")))

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
    found = rules.reader.mapping(node)
    inner: list[tuple[str, verbs.Rule]] = []
    for record, value in found or ():
        rule = rules.reader.mapping(value)
        if rule is not None:
            inner.append((record, rules.rule(rule, ())[1]))
    return verbs.ByRecord(tuple(inner))


def _parameter(rules: RuleReader, node: Node) -> verbs.Rule:
    return verbs.ParameterField(rules.reader.one_of(node, PARAMETER_FIELDS))


def _program(rules: RuleReader, node: Node) -> verbs.Rule:
    found = rules.fields(node, ("call", "reads", "method"), ("call", "reads", "method"))
    file, _, function = rules.reader.text(found.get("call")).partition(":")
    call = found.get("call")
    if call is not None and (not function.isidentifier() or not file.startswith("programs/") or ".." in file):
        rules.reader.faults.add(call.location, call.where, "write 'programs/<file>.py:<function>'")
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
    "decode": _decode,
    "seq": _seq,
    "study_day": _study_day,
    "min": _extreme("min"),
    "max": _extreme("max"),
    "first": _pick("first"),
    "last": _pick("last"),
    "baseline": _baseline,
    "by_record": _by_record,
    "parameter": _parameter,
    "program": _program,
    "no_data": _no_data,
}
